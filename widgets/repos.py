"""The repositories pane: one row a repository, lanes and submodules folded under their parent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from tui.domain.arranging import by_attention
from tui.domain.attention import AttentionRules, attention, needs_person
from tui.domain.repos import Fleet, Repository, find_named
from widgets.formats import count, fit, format_age
from widgets.pane import Pane, empty_rows
from widgets.row_list import Row, Span

MARKS = {"conflict": "!", "error": "×", "changed": "●", "diverged": "↕", "ahead": "↑", "behind": "↓"}
MARKS |= {"new": "◌", "gone": "↕", "pending": "…", "clean": "✓"}
TONES = {
    "conflict": "error",
    "error": "error",
    "changed": "warning",
    "diverged": "primary",
    "ahead": "primary",
}
TONES |= {"behind": "primary", "gone": "warning", "new": "muted", "pending": "faint", "clean": "success"}


OPERATIONS = {"merge": "merging", "rebase": "rebasing", "cherry-pick": "picking", "revert": "reverting"}
OPERATIONS |= {"bisect": "bisecting", "am": "applying"}


def shown_state(repo: Repository) -> str:
    """The one state a row's mark stands for, gravest first (a key of MARKS)."""
    if repo.conflicted or repo.operation:
        return "conflict"
    if repo.error:
        return "error"
    if repo.changed:
        return "changed"
    if repo.ahead and repo.behind:
        return "diverged"
    if repo.ahead:
        return "ahead"
    if repo.behind:
        return "behind"
    if repo.unborn:
        return "new"
    if repo.upstream_gone:
        return "gone"
    return "pending" if repo.pending and repo.head is None else "clean"


def format_state(repo: Repository, width: int) -> str:
    """The state in words, most telling first, as many as fit `width` cells."""
    if repo.error:
        return repo.error
    said = ""
    for choices in _state_words(repo):
        for words in choices:
            longer = f"{said}, {words}" if said else words
            if len(longer) <= width or (not said and words == choices[-1]):
                said = longer
                break
    return said


def _state_words(repo: Repository) -> Iterator[tuple[str, ...]]:
    """What there is to say, each in one or more lengths, longest first."""
    if repo.conflicted:
        yield f"{repo.conflicted} in conflict", "conflict"
    if repo.operation:
        doing = OPERATIONS[repo.operation]
        yield (f"{doing} {repo.step[0]} of {repo.step[1]}", doing) if repo.step else (doing,)
    parts = ((repo.staged, "staged"), (repo.unstaged, "edited"), (repo.untracked, "new"))
    detailed = ", ".join(f"{number} {word}" for number, word in parts if number)
    if detailed:
        yield detailed, f"{repo.changed - repo.conflicted} changed"
    if not (repo.conflicted or repo.operation or detailed):
        yield (_quiet_state(repo),)
    if moved := format_moved(repo):
        yield (moved,)
    if repo.stashes:
        yield (f"{repo.stashes} stashed",)


def _quiet_state(repo: Repository) -> str:
    if repo.pending and repo.head is None:
        return "waiting for git"
    if repo.unborn:
        return "no commits"
    if repo.ahead and repo.behind:
        return "diverged"
    if repo.ahead:
        return "to push"
    if repo.behind:
        return "behind"
    return "upstream gone" if repo.upstream_gone else "clean"


def format_counts(repo: Repository) -> str:
    """Commits to push and to pull; `?` where the remote could not be asked: what there is to pull is not known."""
    down = f"{repo.behind or ''}{'?' if repo.fetch_error else ''}"
    return " ".join(f"{arrow}{number}" for arrow, number in (("↑", repo.ahead), ("↓", down)) if number)


def format_branch(repo: Repository) -> str:
    """Branch, or what stands in for one."""
    if repo.branch:
        return repo.branch
    if repo.detached and repo.head:
        return f"({repo.head[:8]})"
    return "(no commits)" if repo.unborn else ""


def format_moved(repo: Repository) -> str:
    """Who moved it since it was marked seen: `Ana +6, you +1`; credit in order of the latest, no totals."""
    found: dict[str, int] = {}
    for moved in repo.moved:
        who = "you" if moved.by_me else moved.commit.author.split(" ")[0]
        found[who] = found.get(who, 0) + 1
    return ", ".join(f"{who} +{number}" for who, number in list(found.items())[:3])


class ReposPane(Pane):
    """Repositories, those that need the person first."""

    TITLE = "Repositories"
    NUMBER = 1

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "launch('editor')", "Editor", id="repos.editor", tooltip="Editor in here"),
        Binding("a", "launch('agent')", "Agent", id="repos.agent", tooltip="AI agent in here"),
        Binding(
            "exclamation_mark",
            "launch('shell')",
            "Shell",
            id="repos.shell",
            tooltip="Shell in here",
        ),
        Binding("L", "launch('git-client')", "Git", id="repos.git", tooltip="Git client in here"),
        Binding("o", "launch('browser')", "Forge", id="repos.forge", tooltip="Its page on the forge"),
        Binding("m", "mark_seen", "Seen", id="repos.seen", show=False, tooltip="What moved is seen"),
        Binding(
            "M",
            "mark_all_seen",
            "All seen",
            id="repos.all_seen",
            show=False,
            tooltip="All that moved is seen",
        ),
        Binding("r", "refresh", "Refresh", id="repos.refresh", show=False, tooltip="Read this one again"),
        Binding("F", "fetch", "Fetch", id="repos.fetch", show=False, tooltip="Ask its remote what is new"),
        Binding(
            "ctrl+f",
            "fetch_all",
            "Fetch all",
            id="repos.fetch_all",
            show=False,
            tooltip="Ask all remotes what is new",
        ),
        Binding("y", "copy", "Copy", id="repos.copy", show=False, tooltip="Copy its path"),
    ]

    fleet: var[Fleet | None] = var[Fleet | None](None, init=False)
    rules: var[AttentionRules] = var(AttentionRules())
    looked_in: var[tuple[str, ...]] = var(())
    """The roots, as the empty pane names them."""

    @dataclass
    class LaunchRequested(Message):
        """Posted when the person wants a program of `kind` in a repository."""

        kind: str
        repository: Repository

    @dataclass
    class RefreshRequested(Message):
        """Posted when one repository is to be read again."""

        path: Path

    @dataclass
    class FetchRequested(Message):
        """Posted when the remotes of repositories are to be asked what is new."""

        repositories: tuple[Repository, ...]

    @dataclass
    class SeenRequested(Message):
        """Posted when what moved is seen, in these repositories."""

        paths: tuple[Path, ...]

    def watch_fleet(self) -> None:
        self.refresh_rows()

    @property
    def selected(self) -> Repository | None:
        """The repository under the cursor."""
        return self.by_key(self.key)

    def by_key(self, key: str | None) -> Repository | None:
        """The repository a row stands for."""
        if self.fleet is None or key is None:
            return None
        return next((repo for repo in self.fleet.repositories if str(repo.path) == key), None)

    def named(self, name: str) -> Repository | None:
        """The repository an item names: by name, or by its path; work trees before lanes."""
        return find_named(self.fleet, name) if self.fleet else None

    def matching(self) -> tuple[Repository, ...]:
        """The repositories that match the filter, in the order shown."""
        if self.fleet is None or self.now is None:
            return ()
        ordered = by_attention(self.fleet.repositories, self.rules, self.now)
        return tuple(repo for repo in ordered if all(word in _words_of(repo) for word in self.words))

    def build_rows(self, width: int) -> Sequence[Row]:
        now = self.now
        if self.fleet is None or now is None:
            return empty_rows((("reading repositories …", "muted"),), width, self.list.size.height)
        repos = self.matching()
        if not self.fleet.repositories:
            return empty_rows(self._empty(), width, self.list.size.height)
        if not repos:
            return empty_rows((("nothing matches the filter", "muted"),), width, self.list.size.height)
        shown = {repo.path for repo in repos}
        name_width = min(max(len(repo.name) + 2 * (repo.parent in shown) for repo in repos), 24 if width > 60 else 15)
        return [self._row(repo, width, max(name_width, 8), repo.parent in shown, now) for repo in repos]

    def _row(self, repo: Repository, width: int, name_width: int, folded: bool, now: datetime) -> Row:
        state = shown_state(repo)
        tone = "faint" if repo.pending else TONES[state]
        age_of = repo.last_commit.when if repo.last_commit else None
        if repo.changed_at and (age_of is None or repo.changed_at > age_of):
            age_of = repo.changed_at
        name = f"└ {repo.name}" if folded else repo.name
        rest = width - 3 - name_width - 1 - 5
        branch_width, state_width, counts_width, last_width = _columns(rest)
        spans = [
            Span(f" {MARKS[state]} ", tone),
            Span(fit(name, name_width) + " ", "faint" if repo.pending and repo.head is None else "strong"),
        ]
        if repo.error:
            spans.append(Span(fit(repo.error, rest), "error"))
        else:
            spans.append(Span(fit(format_branch(repo), branch_width) + " ", "muted"))
            spans.append(Span(fit(format_state(repo, state_width), state_width), tone))
            tone = "warning" if repo.fetch_error else "primary"
            spans.append(Span(fit(format_counts(repo), counts_width, right=True), tone))
            if last_width:
                spans.append(self._last(repo, last_width))
        spans.append(Span(fit(format_age(age_of, now), 5, right=True), "muted"))
        return Row(str(repo.path), tuple(spans))

    def _last(self, repo: Repository, width: int) -> Span:
        moved = format_moved(repo)
        if moved:
            return Span(fit(f"  {moved}", width), "accent")
        if repo.last_commit:
            return Span(fit(f"  {repo.last_commit.author.split(' ')[0]}: {repo.last_commit.subject}", width), "faint")
        return Span(" " * width)

    def count_text(self) -> str:
        if self.fleet is None or self.now is None:
            return ""
        total = len(self.fleet.repositories)
        need = sum(needs_person(repo, self.rules, self.now) for repo in self.fleet.repositories)
        shown = f"{len(self.matching())} of {count(total, 'repo')}" if self.filter_text else count(total, "repo")
        problems = f"{count(len(self.fleet.problems), 'problem')} · " if self.fleet.problems else ""
        return f"{problems}{shown} · {need} need you"

    def _empty(self) -> list[tuple[str, str]]:
        lines = [("no repositories found", "strong"), ("looked in " + " ".join(self.looked_in), "muted")]
        if self.fleet:
            lines += [(problem, "error") for problem in self.fleet.problems[:3]]
        return [
            *lines,
            ("", "text"),
            ("name your folders as `roots` in config.toml:", "muted"),
            ("makerhour init", "accent"),
        ]

    def sentences(self, repo: Repository) -> tuple[str, ...]:
        """What about `repo` needs the person, as sentences."""
        return attention(repo, self.rules, self.now) if self.now else ()

    def action_launch(self, kind: str) -> None:
        """Ask for a program of `kind` in the selected repository."""
        if self.selected:
            self.post_message(self.LaunchRequested(kind, self.selected))

    def action_refresh(self) -> None:
        """Ask for the selected repository to be read again."""
        if self.selected:
            self.post_message(self.RefreshRequested(self.selected.path))

    def action_fetch(self) -> None:
        """Ask for the selected repository to be fetched."""
        if self.selected:
            self.post_message(self.FetchRequested((self.selected,)))

    def action_fetch_all(self) -> None:
        """Ask for every repository shown to be fetched."""
        self.post_message(self.FetchRequested(self.matching()))

    def action_mark_seen(self) -> None:
        """What moved in the selected repository is seen."""
        if self.selected:
            self.post_message(self.SeenRequested((self.selected.path,)))

    def action_mark_all_seen(self) -> None:
        """What moved in every repository shown is seen."""
        self.post_message(self.SeenRequested(tuple(repo.path for repo in self.matching())))

    def action_copy(self) -> None:
        """Copy the selected repository's path."""
        if self.selected:
            self.post_message(self.CopyRequested(str(self.selected.path)))


def _columns(rest: int) -> tuple[int, int, int, int]:
    """Cells for branch, state, counts and last commit, of the `rest` that name and age leave."""
    counts = 8 if rest >= 40 else 6
    if rest >= 80:
        return 24, 24, counts, rest - 49 - counts
    state = max(10, min(24, (rest - counts) // 2))
    return max(rest - counts - state - 1, 0), state, counts, 0


def _words_of(repo: Repository) -> str:
    author = repo.last_commit.author if repo.last_commit else ""
    return " ".join((repo.name, repo.branch or "", author, shown_state(repo), format_state(repo, 80))).casefold()
