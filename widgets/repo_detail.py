"""The detail of a repository as rows: what its row knows at once, and what was read of it when that has arrived."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct, field
from rich.cells import cell_len

from tui.domain.agents import AgentSession
from tui.domain.detail import Branch, MovedBranch, RepositoryDetail, by_branch, file_words, ways_out
from tui.domain.lane_facts import LaneFacts
from tui.domain.repos import Moved, Repository
from widgets.agent_rows import agent_rows
from widgets.detail_rows import (
    file_row,
    format_ago,
    format_areas,
    format_distance,
    format_moment,
    format_standing,
    heading,
    more,
    name_row,
    paired,
)
from widgets.formats import count, cut, facts, fit, format_age, format_path, wrap
from widgets.repo_words import MARKS, TONES, format_branch, format_lane, format_state, shown_state
from widgets.rows import Row, Span

ROOMY = 110
"""From this width on facts stand two in a line and rows have more columns."""

_MOST_NAMES = 40


class OpenRepository(Struct, frozen=True):
    """What the detail of a repository is made from."""

    repository: Repository
    """Its row as it is now."""
    sentences: Sequence[str]
    """What about it needs the person."""
    lanes: Sequence[Repository]
    """Its linked work trees and submodules, as the fleet has them."""
    detail: RepositoryDetail | None
    """What was read; None while that is on its way."""
    now: datetime
    home: Path | None
    facts: Mapping[Path, LaneFacts] = field(default_factory=dict)
    """What sessions tell of it and of its lanes, by their paths."""
    agents: Sequence[AgentSession] = ()
    """AI agents at work in it, or done there."""

    def rows(self, width: int) -> list[Row]:
        """Every row, at `width` cells."""
        parts = (
            self._sentences(width),
            agent_rows(self.agents, self.now, width),
            self._facts(width),
            self._prototype(width),
            self._operation(width),
            self._moved(width),
            self._names(width),
            self._branches(width),
            self._lanes(width),
            self._files(width),
            self._stashes(width),
        )
        return [row for part in parts for row in part]

    def _sentences(self, width: int) -> Iterator[Row]:
        for place, text in enumerate(self.sentences):
            yield Row(f"attention-{place}", (Span(" ! ", "error"), Span(fit(text, width - 3))))
        for place, text in enumerate(self.repository.notes):
            yield Row(f"note-{place}", (Span(" · ", "muted"), Span(fit(text, width - 3), "muted")))
        problems = self.detail.problems if self.detail else ()
        for place, problem in enumerate(problems):
            if problem == self.repository.error:
                continue  # said above
            for number, line in enumerate(wrap(problem, width - 3, 4)):
                key = f"problem-{place}-{number}"
                yield Row(key, (Span(" × " if number == 0 else "   ", "error"), Span(line, "error")), selectable=False)

    def _facts(self, width: int) -> list[Row]:
        repo = self.repository
        pairs = [("path", format_path(repo.path, self.home))]
        if branch := format_branch(repo):
            pairs.append(("branch", branch))
        if not (repo.error and any(repo.error in said for said in self.sentences)):
            pairs.append(("state", format_state(repo, 200, with_moved=False)))
        if repo.upstream:
            pairs.append(("upstream", f"{repo.upstream}{format_distance(repo)}"))
        if repo.parent:
            pairs.append(("lane of" if repo.kind == "linked" else "within", format_path(repo.parent, self.home)))
        if repo.remote:
            pairs.append(("forge (o)", repo.remote))
        if repo.fetched_at:
            pairs.append(("fetched", format_ago(repo.fetched_at, self.now)))
        if last := repo.last_commit:
            said = f"{last.author}, {format_ago(last.when, self.now)}, {last.sha[:8]}"
            pairs.append(("last commit", f"{said}: {last.subject}" if width >= ROOMY else f"{last.subject}\n{said}"))
        return facts(pairs, width) if width < ROOMY else paired(pairs, width)

    def _prototype(self, width: int) -> list[Row]:
        """What a lane is for, and how far it is."""
        lane = self.facts.get(self.repository.path) if self.repository.kind == "linked" else None
        if lane is None:
            return []
        of = f" of {lane.timebox}" if lane.timebox is not None else ""
        made = f"{lane.made}{of} min{', over its timebox' if lane.over else ''}"
        pairs = [("prototype", lane.title or "(no title)"), *([("why", lane.why)] if lane.why else [])]
        pairs += [("made", made), ("started", format_moment(lane.started, self.now))]
        pairs += [("next", lane.going_on)] if lane.going_on else []
        return facts(pairs, width, "prototype", {"made": "warning"} if lane.over else {})

    def _operation(self, width: int) -> Iterator[Row]:
        operation, step = self.repository.operation, self.repository.step
        if operation is None:
            return
        where = f", {step[0]} of {step[1]}" if step else ""
        yield heading("operation", f"{operation} under way{where}", width, "error")
        ways = ways_out(operation)
        commands = max(len(command) for command, _ in ways) + 2
        for place, (command, effect) in enumerate(ways):
            spans = (Span(f"   {command.ljust(commands)}", "accent"), Span(cut(effect, width - commands - 3), "muted"))
            yield Row(f"way-{place}", spans, selectable=False)

    def _moved(self, width: int) -> Iterator[Row]:
        """What moved is the row's, so that what is listed is what `m` marks; its folders are the detail's."""
        detail = self.detail
        if not self.repository.moved:
            if detail and detail.marked_at:
                said = f"nothing moved since it was marked seen, {format_moment(detail.marked_at, self.now)}"
                yield heading("moved", said, width)
            return
        said = "moved lately"
        if detail and detail.marked_at:
            said = f"moved since it was marked seen, {format_moment(detail.marked_at, self.now)}"
        elif detail:
            said = "moved in the last 7 days"
        yield heading("moved", f"{said} (m marks it seen)", width)
        for group in by_branch(self.repository.moved, detail.areas if detail else ()):
            yield self._moved_heading(group, width)
            areas = dict(detail.areas) if detail else {}
            for one in group.moved:
                yield self._moved_row(group.branch, one, areas.get(one.commit.sha, ()), width)

    def _moved_heading(self, group: MovedBranch, width: int) -> Row:
        name = cut(group.branch, max(width // 2, 20))
        area = f"in {format_areas(group.area)}" if group.area else ""
        rest = max(width - cell_len(name) - 5, 0)
        return Row(
            f"moved:{group.branch}",
            (Span(f"   {name}  "), Span(cut(area, rest), "secondary")),
            selectable=False,
        )

    def _moved_row(self, branch: str, one: Moved, area: Sequence[str], width: int) -> Row:
        who = "you" if one.by_me else one.commit.author
        who_width = 20 if width >= ROOMY else 16
        area_width = width // 4 if width >= ROOMY else 0
        spans = [
            Span(fit(format_age(one.commit.when, self.now), 8, right=True) + " ", "muted"),
            Span(fit(who, who_width) + " ", "accent"),
            Span(fit(one.commit.subject, max(width - 10 - who_width - area_width, 8))),
        ]
        if area_width:
            spans.append(Span(f" {fit(format_areas(area), area_width - 1)}", "faint"))
        return Row(f"commit:{branch}:{one.commit.sha}", tuple(spans))

    def _names(self, width: int) -> Iterator[Row]:
        detail = self.detail
        if detail is None or detail.marked_at is None:
            return
        if not detail.names_known:
            yield heading("names", "new and gone branches and tags are told from the next mark on (m)", width)
            return
        if not detail.names:
            return
        yield heading("names", "new and gone since then", width)
        for change in detail.names[:_MOST_NAMES]:
            yield name_row(change, width)
        if len(detail.names) > _MOST_NAMES:
            yield more("names-more", f"and {len(detail.names) - _MOST_NAMES} more", width)

    def _branches(self, width: int) -> Iterator[Row]:
        detail = self.detail
        if detail is None:
            if not self.repository.error:
                yield heading("branches", "branches: reading …", width)
            return
        for remote, name in ((False, "branches"), (True, "remote branches")):
            shown = [branch for branch in detail.branches if branch.remote == remote]
            if not shown:
                continue
            yield heading(name, f"{name} {len(shown)}", width)
            longest = max(cell_len(cut(branch.name, 60)) for branch in shown)
            name_width = min(longest, 44 if width >= ROOMY else max(width // 3, 12))
            for branch in shown:
                yield self._branch_row(branch, name_width, width)
        if detail.more_branches:
            yield more("branches-more", f"and {detail.more_branches:,} more, touched before these", width)

    def _branch_row(self, branch: Branch, name_width: int, width: int) -> Row:
        last = branch.last
        who_width = 18 if width >= ROOMY else 14 if width >= 90 else 10
        stand, tone = format_standing(branch)
        stand_width = 0 if branch.remote else 10
        upstream_width = 26 if width >= ROOMY and not branch.remote else 0
        spans = [
            Span(" * " if branch.current else "   ", "accent"),
            Span(fit(branch.name, name_width) + " ", "strong" if branch.current else "text"),
        ]
        if stand_width:
            spans.append(Span(fit(stand, stand_width - 1) + " ", tone))
        if upstream_width:
            spans.append(Span(fit(branch.upstream or "", upstream_width - 1) + " ", "faint"))
        taken = 4 + name_width + stand_width + upstream_width
        spans.append(Span(fit(format_age(last.when if last else None, self.now), 5, right=True) + " ", "muted"))
        spans.append(Span(fit(last.author if last else "", who_width) + " ", "muted"))
        spans.append(Span(cut(last.subject if last else "", max(width - taken - who_width - 7, 0)), "faint"))
        return Row(f"branch:{branch.name}:{branch.remote}", tuple(spans))

    def _lanes(self, width: int) -> Iterator[Row]:
        if not self.lanes:
            return
        yield heading("lanes", f"lanes and submodules {len(self.lanes)}", width)
        name_width = min(max(cell_len(cut(lane.name, 40)) for lane in self.lanes), max(width // 4, 12))
        longest = max(cell_len(cut(format_branch(lane), 40)) for lane in self.lanes)
        branch_width = min(longest, max(width // 4, 10))
        for lane in self.lanes:
            state = shown_state(lane)
            rest = max(width - 3 - name_width - 1 - branch_width - 1 - 6, 4)
            when = lane.last_commit.when if lane.last_commit else None
            spans = (
                Span(f" {MARKS[state]} ", TONES[state]),
                Span(fit(lane.name, name_width) + " "),
                Span(fit(format_branch(lane), branch_width) + " ", "muted"),
                *self._lane_state(lane, rest, TONES[state]),
                Span(fit(format_age(when, self.now), 6, right=True), "muted"),
            )
            yield Row(f"lane:{lane.path}", spans)

    def _lane_state(self, lane: Repository, width: int, tone: str) -> list[Span]:
        """The state of a lane, and what was made in it where there is room."""
        words, known = format_state(lane, width, with_moved=False), self.facts.get(lane.path)
        room = width - cell_len(words) - 2
        said = next((said for said in format_lane(known) if len(said) <= room), "") if known else ""
        if known is None or not said:
            return [Span(fit(words, width), tone)]
        return [Span(f"{words}  ", tone), Span(fit(said, room), "warning" if known.over else "muted")]

    def _files(self, width: int) -> Iterator[Row]:
        repo, detail = self.repository, self.detail
        if detail is None:
            if repo.changed and not repo.error:
                yield heading("files", "changed files: reading …", width)
            return
        if not detail.files:
            return
        total = len(detail.files) + detail.more_files
        yield heading("files", f"changed files {total} (enter shows what changed)", width)
        words_width = min(max(len(file_words(file.state)) for file in detail.files), max(width * 2 // 5, 8))
        for file in detail.files:
            yield file_row(file, words_width, width)
        if detail.more_files:
            yield more("files-more", f"and {detail.more_files:,} more", width)

    def _stashes(self, width: int) -> Iterator[Row]:
        repo, detail = self.repository, self.detail
        if detail is None:
            if repo.stashes and not repo.error:
                yield heading("stashes", "stashes: reading …", width)
            return
        if not detail.stashes:
            return
        yield heading("stashes", count(len(detail.stashes) + detail.more_stashes, "stash", "stashes"), width)
        for place, stash in enumerate(detail.stashes):
            spans = (
                Span(fit(str(place), 5, right=True) + " ", "muted"),
                Span(fit(format_age(stash.when, self.now), 5, right=True) + " ", "muted"),
                Span(cut(stash.message, width - 12)),
            )
            yield Row(f"stash-{place}", spans)
        if detail.more_stashes:
            yield more("stashes-more", f"and {detail.more_stashes:,} more", width)
