"""The repositories pane: filtered, sorted, grouped; lanes and submodules folded under their parent."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from msgspec.structs import replace
from textual.binding import Binding, BindingType
from textual.reactive import var

from tui.domain.agents import AgentSession, format_calls
from tui.domain.arranging import GROUPINGS, ORDERS, Group, Grouping, View
from tui.domain.attention import AttentionRules, attention, since_text
from tui.domain.folding import Lineup
from tui.domain.lane_facts import LaneFacts
from tui.domain.repos import Fleet, Repository, find_named
from widgets.formats import count
from widgets.pane import Pane, empty_rows
from widgets.posted import Posted
from widgets.repo_rows import RowMaker, columns
from widgets.rows import Row, key_shown
from widgets.seen import is_hiding, seen, turns

GROUPED = {"none": "", "root": " · by root", "setting": " · in groups"}


class ReposPane(Pane):
    """Repositories, those that need the person first unless the person wants it otherwise."""

    TITLE = "Repositories"
    ABOUT_ROW = Pane.ABOUT_ROW | {"launch", "lane", "end_lane", "fetch", "fetch_all", "mark_seen", "mark_all_seen"}
    FILTER_WORDS = "words, is:dirty, author:ana, branch:feat, -not"

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
        Binding("o", "launch('browser')", "Forge", id="repos.forge", show=False, tooltip="Its page on the forge"),
        Binding("P", "lane", "Lane", id="repos.lane", show=False, tooltip="Make a lane, end one"),
        Binding("X", "end_lane", "End lane", id="repos.end_lane", show=False, tooltip="Make a lane, end one"),
        Binding("m", "mark_seen", "Seen", id="repos.seen", show=False, tooltip="Mark this, all seen"),
        Binding(
            "M",
            "mark_all_seen",
            "All seen",
            id="repos.all_seen",
            show=False,
            tooltip="Mark this, all seen",
        ),
        Binding("r", "refresh", "Refresh", id="repos.refresh", show=False, tooltip="Read this one again"),
        Binding("F", "fetch", "Fetch", id="repos.fetch", show=False, tooltip="Fetch: this, all shown"),
        Binding(
            "ctrl+f",
            "fetch_all",
            "Fetch all",
            id="repos.fetch_all",
            show=False,
            tooltip="Fetch: this, all shown",
        ),
        Binding("S", "sort", "Sort", id="repos.sort", show=False, tooltip="Sort, group otherwise"),
        Binding("s", "group", "Group", id="repos.group", show=False, tooltip="Sort, group otherwise"),
        Binding("space", "fold", "Fold", id="repos.fold", show=False, tooltip="Its lanes: hide or show"),
        Binding("left", "fold(True)", "Fold away", id="repos.fold_away", show=False, tooltip="Its lanes: hide or show"),
        Binding("right", "fold(False)", "Unfold", id="repos.unfold", show=False, tooltip="Its lanes: hide or show"),
        Binding("y", "copy", "Copy", id="repos.copy", show=False, tooltip="Copy its path"),
    ]

    fleet: var[Fleet | None] = var[Fleet | None](None, init=False)
    agents: var[Mapping[Path, tuple[AgentSession, ...]]] = var[Mapping[Path, tuple[AgentSession, ...]]]({}, init=False)
    """AI agents by work tree, those to be told of first before others."""
    rules: var[AttentionRules] = var(AttentionRules())
    groups: var[tuple[Group, ...]] = var(())
    looked_in: var[tuple[str, ...]] = var(())
    """The roots, as the empty pane names them."""
    lanes: var[Mapping[Path, LaneFacts]] = var[Mapping[Path, LaneFacts]]({}, init=False)
    """What sessions tell of lanes, by their paths."""
    home: var[Path | None] = var[Path | None](None)
    """Shown as `~` in headings."""
    view: var[View] = var(View(), init=False)
    """How the repositories are looked at; its filter is the one that is remembered."""
    restored: var[bool] = var(False)
    """True while the filter is the one of an earlier run."""

    class LaunchRequested(Posted):
        """Posted when the person wants a program of `kind` in a repository."""

        kind: str
        repository: Repository

    class LaneRequested(Posted):
        """Posted when the person wants a lane of a repository."""

        repository: Repository

    class EndRequested(Posted):
        """Posted when a lane is to be kept as a bundle and removed."""

        repository: Repository

    class RefreshRequested(Posted):
        """Posted when one repository is to be read again."""

        path: Path

    class FetchRequested(Posted):
        """Posted when the remotes of repositories are to be asked what is new."""

        repositories: tuple[Repository, ...]

    class SeenRequested(Posted):
        """Posted when what moved is seen, in these repositories."""

        paths: tuple[Path, ...]

    class ViewChanged(Posted):
        """Posted when the person looks at the repositories in another way that is to be remembered."""

        view: View

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.maker = RowMaker()
        self._lineup = Lineup(self.rules)
        self._turns = 0
        """How often share-safe had been turned over when the lineup was made."""
        self._by_key: tuple[Fleet | None, dict[str, Repository]] = (None, {})

    def open_view(self, view: View) -> None:
        """Show the repositories as they were looked at last; before the pane is mounted."""
        if view.grouping not in self._groupings:
            view = replace(view, grouping="none")
        self.set_reactive(ReposPane.view, view)
        self.set_reactive(ReposPane.filter_text, view.filter_text)
        self.restored = bool(view.filter_text)

    def mend_view(self) -> None:
        """Group by nothing where the groups are gone that was grouped by."""
        if self.view.grouping not in self._groupings:
            self.view = replace(self.view, grouping="none")

    def watch_fleet(self) -> None:
        self.refresh_rows()

    def watch_agents(self) -> None:
        self.refresh_rows()

    def watch_lanes(self) -> None:
        self.maker.show_lanes(self.lanes)
        self.refresh_rows()

    def watch_view(self, before: View, after: View) -> None:
        if replace(after, filter_text=before.filter_text) != before:
            self.refresh_rows()
        self.post_message(self.ViewChanged(after))

    def watch_filter_text(self) -> None:
        self.restored = False
        super().watch_filter_text()
        if not self.has_class("-filtering"):  # what is being typed is not remembered letter by letter
            self._remember_filter()

    def close_filter(self) -> None:
        super().close_filter()
        self._remember_filter()

    def _remember_filter(self) -> None:
        if is_hiding():
            return  # it looks for stand-ins, which are others the next time
        self.view = replace(self.view, filter_text=self.filter_text)

    def show_anew(self) -> None:
        """See Pane."""
        self.maker = RowMaker()
        self.maker.show_lanes(self.lanes)
        super().show_anew()

    def refresh_rows(self) -> None:
        before = self.key
        super().refresh_rows()
        if before is not None and self.key != before:
            self._go_to_parent(before)

    def _go_to_parent(self, key: str) -> None:
        """Put the cursor on what the row `key` is now put away under, where it is."""
        top = self.lineup.top_of(repo) if self.lineup and (repo := self.by_key(key)) else None
        if top and not self.filter_text and top.path in self.view.folded:
            self.list.select(str(top.path))

    @property
    def is_read(self) -> bool:
        """See Pane."""
        return self.fleet is not None

    @property
    def selected(self) -> Repository | None:
        """The repository under the cursor."""
        return self.by_key(self.key)

    def by_key(self, key: str | None) -> Repository | None:
        """The repository a row stands for."""
        if self.fleet is None or key is None:
            return None
        if self._by_key[0] is not self.fleet:
            self._by_key = (self.fleet, {str(repo.path): repo for repo in self.fleet.repositories})
        return self._by_key[1].get(key)

    def named(self, name: str) -> Repository | None:
        """The repository an item names: by name, or by its path; work trees before lanes."""
        return find_named(self.fleet, name) if self.fleet else None

    @property
    def lineup(self) -> Lineup | None:
        """What is shown; None before there is anything."""
        if self.fleet is None or self.now is None:
            return None
        arranger = self._lineup.arranger
        if arranger.rules is not self.rules or arranger.groups is not self.groups or self._turns != turns():
            self._turns = turns()
            self._lineup = Lineup(self.rules, self.groups, told=seen if is_hiding() else str)
        self._lineup.calling = frozenset(path for path, found in self.agents.items() if found[0].state == "needs you")
        self._lineup.look(self.fleet, replace(self.view, filter_text=self.filter_text), self.now)
        return self._lineup

    def matching(self) -> tuple[Repository, ...]:
        """The repositories that match the filter, in order, lanes that are put away included."""
        return self.lineup.matching if self.lineup else ()

    def build_rows(self, width: int) -> Sequence[Row]:
        lineup, height = self.lineup, self.list.size.height
        if lineup is None or self.fleet is None or self.now is None:
            return empty_rows((("reading repositories …", "muted"),), width, height)
        if not self.fleet.repositories:
            return empty_rows(self._empty(), width, height)
        lines = lineup.lines
        if not lines:
            return empty_rows((("nothing matches the filter", "strong"), ("esc shows all", "muted")), width, height)
        shared = columns(width, self.maker.longest(self.fleet.repositories))
        return self.maker.rows(lines, shared, self.now, self.home, faint=self.fleet.remembered, agents=self.agents)

    def title_text(self) -> str:
        return f"{self.TITLE}  by {self.view.order}{GROUPED[self.view.grouping]}"

    def count_text(self) -> str:
        """What is shown and what of it needs the person, in as many words as the frame has room for."""
        lineup, now = self.lineup, self.now
        if lineup is None or self.fleet is None or now is None:
            return ""
        every, taken = self.fleet.repositories, self.fleet.taken_at
        total = count(len(every), "repo") if every else ""
        parts = (
            (0, lineup.query.problem.partition(";")[0]),
            (1, "from last time, esc shows all" if self.restored else ""),
            (2, count(len(self.fleet.problems), "problem") if self.fleet.problems else ""),
            (0, f"as of {since_text(taken, now)}" if self.fleet.remembered and taken else ""),
            (0, f"{len(lineup.matching)} of {total}" if lineup.query.terms else total),
            (1, f"{lineup.needing} need you" if every else ""),
        )
        room = self.size.width - 6 - len(f"/{self.filter_text} · " if self.filter_text else "") - len(self.stale)
        said = ""
        for least in (2, 1, 0):
            said = " · ".join(text for weight, text in parts if text and weight <= least)
            if len(said) <= room:
                break
        return said

    @property
    def filter_hint(self) -> str:
        query = self._lineup.query
        return query.problem or query.hint

    def _empty(self) -> list[tuple[str, str]]:
        lines = [("no repositories found", "strong"), ("looked in " + " ".join(self.looked_in), "muted")]
        if self.fleet:
            lines += [(problem, "error") for problem in self.fleet.problems[:3]]
        guide = f"{key_shown(self, 'app.guide')} finds them, or name a folder"
        return [*lines, ("", "text"), (guide, "accent"), ("`roots` in config.toml names them too", "muted")]

    def sentences(self, repo: Repository) -> tuple[str, ...]:
        """What about `repo` needs the person, as sentences."""
        found = attention(repo, self.rules, self.now) if self.now else ()
        calls = (format_calls(one) for one in self.agents.get(repo.path, ()) if one.state == "needs you")
        return (*calls, *found)

    @property
    def _groupings(self) -> tuple[Grouping, ...]:
        return GROUPINGS if self.groups else tuple(grouping for grouping in GROUPINGS if grouping != "setting")

    def action_sort(self) -> None:
        """Sort by the next order."""
        self.view = replace(self.view, order=ORDERS[(ORDERS.index(self.view.order) + 1) % len(ORDERS)])

    def action_group(self) -> None:
        """Group in the next way there is."""
        ways = self._groupings
        self.view = replace(self.view, grouping=ways[(ways.index(self.view.grouping) + 1) % len(ways)])

    def action_fold(self, away: bool | None = None) -> None:
        """Put the lanes of the selected family away, or show them; the other of both where `away` is not given."""
        lineup, selected = self.lineup, self.selected
        top = lineup.top_of(selected) if lineup and selected else None
        if top is None or self.filter_text:
            return
        folded = self.view.folded
        if away is None:
            away = top.path not in folded
        self.view = replace(self.view, folded=folded | {top.path} if away else folded - {top.path})

    def action_launch(self, kind: str) -> None:
        """Ask for a program of `kind` in the selected repository."""
        if self.selected:
            self.post_message(self.LaunchRequested(kind, self.selected))

    def action_lane(self) -> None:
        """Ask for a lane of the selected repository."""
        if self.selected:
            self.post_message(self.LaneRequested(self.selected))

    def action_end_lane(self) -> None:
        """Ask for the selected lane to be kept as a bundle and removed."""
        if self.selected:
            self.post_message(self.EndRequested(self.selected))

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
        if found := tuple(repo.path for repo in self.matching()):
            self.post_message(self.SeenRequested(found))

    def action_copy(self) -> None:
        """Copy the selected repository's path."""
        if self.selected:
            self.post_message(self.CopyRequested(str(self.selected.path)))
