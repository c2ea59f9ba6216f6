"""Repositories as rows: the columns a width has room for, and what stands in them. The words are `repo_words`.

A row is made once and kept for as long as the repository's value is the same object and what is said of its age is
the same: while hundreds of repositories load, snapshots arrive many times a second in which few differ.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct
from rich.cells import cell_len

from tui.domain.agents import AgentSession, in_order
from tui.domain.arranging import Placed
from tui.domain.folding import Heading
from tui.domain.lane_facts import LaneFacts
from tui.domain.repos import Repository
from widgets.formats import count, cut, fit, fit_path, format_age, format_path
from widgets.repo_words import (
    AGENT_TONES,
    GRAVITY,
    MARKS,
    SHORTEST_MIDDLE,
    TONES,
    format_agent,
    format_branch,
    format_counts,
    format_lane,
    format_lane_columns,
    format_moved,
    format_name,
    format_state,
    shown_state,
)
from widgets.rows import Row, Span
from widgets.seen import seen

_LAST_OF_LANE = 24
"""From so many cells on, age and timebox of a lane stand before its last commit; else after its state."""

_STATE_OF_LANE = 20
"""With fewer cells for its state, a lane says its age where others have their branch: it is called nearly the same."""


class LateRow(Row):
    """A row whose spans are made when it is first painted or compared: most rows of a long list never are."""

    __slots__ = ("_made", "_make")
    _made: tuple[Span, ...] | None
    _make: Callable[[], tuple[Span, ...]]

    def __init__(self, key: str, make: Callable[[], tuple[Span, ...]], selectable: bool = True) -> None:
        for name, value in (("key", key), ("selectable", selectable), ("_make", make), ("_made", None)):
            object.__setattr__(self, name, value)

    @property
    def spans(self) -> tuple[Span, ...]:
        """See `Row.spans`."""
        made = self._made
        if made is None:
            made = self._make()
            object.__setattr__(self, "_made", made)
        return made

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Row):
            return NotImplemented
        return (self.key, self.selectable, self.spans) == (other.key, other.selectable, other.spans)

    __hash__ = Row.__hash__


class Columns(Struct, frozen=True):
    """Cells for each part of a row; the mark takes three and the age five."""

    name: int
    branch: int
    state: int
    counts: int
    last: int
    """Of who moved what, or the last commit; 0 where there is no room."""

    @property
    def rest(self) -> int:
        """What name and age leave."""
        return self.branch + 1 + self.state + self.counts + self.last


def columns(width: int, longest: int) -> Columns:
    """How `width` cells are shared out where the longest name has `longest`."""
    cap = next(cap for limit, cap in ((60, 15), (80, 20), (100, 24), (150, 32), (10_000, 40)) if width <= limit)
    name = min(max(longest, 8), cap)
    rest = max(width - 3 - name - 1 - 5, 17)
    counts = 8 if rest >= 40 else 6
    if rest >= 70:
        share = max(20, min(34, rest * 22 // 100))
        return Columns(name, share, share, counts, rest - 2 * share - 1 - counts)
    state = max(10, min(32, (rest - counts) * (62 if rest >= 40 else 50) // 100))
    return Columns(name, max(rest - counts - state - 1, 0), state, counts, 0)


class _Made(Struct):
    placed: Placed
    columns: Columns
    faint: bool
    age: str
    agent: Span | None
    minute: datetime
    row: Row


class RowMaker:
    """Makes rows, each once."""

    def __init__(self) -> None:
        self.made = 0
        """Rows made since the beginning."""
        self._made: dict[int, _Made] = {}
        self._names: dict[str, int] = {}
        self._measured: tuple[Sequence[Repository], int] = ((), 0)
        self._columns: Columns | None = None
        self._lanes: Mapping[Path, LaneFacts] = {}

    def show_lanes(self, lanes: Mapping[Path, LaneFacts]) -> None:
        """Say this of lanes, by their paths; rows of which something else was said are made anew."""
        before, self._lanes = self._lanes, lanes
        differing = {path for path in before.keys() | lanes.keys() if before.get(path) != lanes.get(path)}
        if differing:
            self._made = {id: made for id, made in self._made.items() if made.placed.repo.path not in differing}

    def longest(self, repos: Sequence[Repository]) -> int:
        """Cells of the longest name as it is shown, lanes with what stands before them."""
        if repos is self._measured[0]:
            return self._measured[1]
        names = self._names
        if len(names) > 2 * len(repos) + 100:
            names.clear()
        widest = 0
        for repo in repos:
            cells = names.get(repo.name)
            if cells is None:
                cells = names[repo.name] = cell_len(seen(repo.name))
            if repo.parent is not None:
                above = cell_len(seen(repo.parent.name)) + 3  # as ` +2` says of lanes that are put away
                cells = max(cell_len(seen(format_name(repo))) + 2, above)
            widest = max(widest, cells)
        self._measured = repos, widest
        return widest

    def rows(
        self,
        lines: Sequence[Heading | Placed],
        shared: Columns,
        now: datetime,
        home: Path | None,
        *,
        faint: bool,
        agents: Mapping[Path, Sequence[AgentSession]] = MappingProxyType({}),
    ) -> list[Row]:
        """`lines` as rows; `faint` where all of it is remembered from an earlier run. `agents` are those at work in
        each, or done there."""
        minute = now.replace(second=0, microsecond=0)
        if self._columns is None or shared != self._columns:
            self._columns = shared
        shared = self._columns
        if len(self._made) > 2 * max(len(self._measured[0]), len(lines)) + 100:
            self._made.clear()  # most of it has left; a filter that shows few is no reason
        rows: list[Row] = []
        for line in lines:
            if isinstance(line, Heading):
                rows.append(_heading(line, shared, home))
                continue
            agent = _agent(line, agents, shared.state, now) if agents else None
            made = self._made.get(id(line.repo))
            if (
                made is None
                or made.placed.repo is not line.repo
                or made.columns is not shared
                or made.faint is not faint
                or made.agent != agent
                or (made.placed is not line and made.placed != line)
                or (made.minute != minute and made.age != _age(line, now))
            ):
                self.made += 1
                age = _age(line, now)
                made = _Made(line, shared, faint, age, agent, minute, self._row(line, shared, age, faint, agent))
                self._made[id(line.repo)] = made
            else:
                made.minute = minute
            rows.append(made.row)
        return rows

    def _row(self, placed: Placed, shared: Columns, age: str, faint: bool, agent: Span | None) -> Row:
        lane = self._lanes.get(placed.repo.path) if placed.repo.kind == "linked" else None
        make = partial(_spans, placed, shared, age, faint, lane, agent)
        return LateRow(str(placed.repo.path), make, selectable=not placed.context)


def _heading(line: Heading, shared: Columns, home: Path | None) -> Row:
    name = format_path(Path(line.text), home) if line.text.startswith("/") else line.text
    said = count(len(line.repos), "repo")
    if line.needing:
        said += f" · {line.needing} need you"
    width = shared.rest + shared.name + 9
    name = cut(name, width - len(said) - 4)
    spans = (Span(f" {name}", "secondary"), Span(f"  {said}", "muted"))
    return Row(f"group-{line.text}", spans, selectable=False)


def _age(placed: Placed, now: datetime) -> str:
    """How long ago something was last committed or changed here."""
    repo = placed.repo
    when = repo.last_commit.when if repo.last_commit else None
    if repo.changed_at and (when is None or repo.changed_at > when):
        when = repo.changed_at
    return format_age(when, now)


def _agent(placed: Placed, agents: Mapping[Path, Sequence[AgentSession]], width: int, now: datetime) -> Span | None:
    """What the foremost agent does here, or in what is put away under it."""
    found = [one for repo in (placed.repo, *placed.folded) for one in agents.get(repo.path, ())]
    if not found:
        return None
    one = in_order(found)[0]
    return Span(cut(format_agent(one, now, width), width), AGENT_TONES[one.state])


def _spans(
    placed: Placed, shared: Columns, age: str, faint: bool, lane: LaneFacts | None, agent: Span | None
) -> tuple[Span, ...]:
    repo, lanes = placed.repo, placed.folded
    state = min((shown_state(each) for each in (repo, *lanes)), key=GRAVITY.__getitem__)
    faint = faint or placed.context
    tone = "faint" if faint or repo.pending else TONES[state]

    def toned(wanted: str) -> str:
        return "faint" if faint else wanted

    spans = [Span(f" {MARKS[state]} ", tone), *_name(placed, shared.name, toned("strong"))]
    if repo.error:
        spans.append(Span(fit(repo.error, shared.rest), toned("error")))
    else:
        counted = Span(format_counts(repo, shared.counts), toned("warning" if repo.fetch_error else "primary"))
        branch = format_branch(repo, shared.branch)
        if lane and shared.state < _STATE_OF_LANE and not counted.text:
            branch, counted, lane = _in_columns(lane, shared, branch, faint=faint)
        spans.append(Span(fit(branch, shared.branch) + " ", toned("muted")))
        of_parent = placed.depth > 0 and repo.kind == "linked"  # whose branches these are, and whose row says it
        words = partial(format_state, repo, lanes=lanes, with_moved=not (shared.last or of_parent))
        in_last = shared.last >= _LAST_OF_LANE
        spans += _state(words, tone, agent, None if in_last else lane, shared.state, faint=faint)
        spans.append(Span(fit(counted.text, shared.counts, right=True), counted.tone))
        if shared.last:
            said = [] if lane is None or not in_last else _lane_spans(lane, shared.last - 2, "  ", faint=faint)
            room = shared.last - sum(cell_len(span.text) for span in said)
            spans += [*said, *_last(repo, "" if of_parent else format_moved(repo), room, faint=faint)]
    spans.append(Span(fit(age, 5, right=True), toned("muted")))
    return tuple(spans)


def _in_columns(lane: LaneFacts, shared: Columns, branch: str, *, faint: bool) -> tuple[str, Span, LaneFacts | None]:
    """What stands as branch and as counts where the state has no room for it, and what is left to be said."""
    age, made = format_lane_columns(lane)
    if cell_len(age) > shared.branch or cell_len(made) > shared.counts:
        return branch, Span(""), lane
    return age, Span(made, "faint" if faint else "warning" if lane.over else "muted"), None


def _state(
    words: Callable[[int], str], tone: str, agent: Span | None, lane: LaneFacts | None, width: int, *, faint: bool
) -> list[Span]:
    """What an agent does, the state, and what is to be said of a lane, as far as each has room."""
    room = width - cell_len(agent.text) if agent else width
    said = words(room - 2 if agent else room)
    if agent:
        said = f", {said}" if cell_len(said) <= room - 2 else ""
    then = _lane_spans(lane, room - cell_len(said) - 2, ", ", faint=faint) if lane else []
    return [*([agent] if agent else []), *_within(Span(said, tone), then, room)]


def _lane_spans(lane: LaneFacts, room: int, before: str, *, faint: bool) -> list[Span]:
    """Age and timebox of a lane after `before`, in the most words that `room` has cells for; none where it has not."""
    said = next((words for words in format_lane(lane) if cell_len(words) <= room), "")
    return [Span(before + said, "faint" if faint else "warning" if lane.over else "muted")] if said else []


def _within(first: Span, then: Sequence[Span], width: int) -> list[Span]:
    """`first`, and what follows it, in exactly `width` cells."""
    taken = sum(cell_len(span.text) for span in then)
    if not then:
        return [Span(fit(first.text, width), first.tone)]
    rest = width - cell_len(first.text) - taken
    return [first, *then, Span(" " * rest)]


def _name(placed: Placed, width: int, tone: str) -> list[Span]:
    repo = placed.repo
    if repo.pending and repo.head is None:
        tone = "faint"
    name = f"{'  ' * (placed.depth - 1)}└ {format_name(repo)}" if placed.depth else repo.name
    if not placed.folded:
        return [Span(fit(fit_path(name, width) if width >= SHORTEST_MIDDLE else name, width) + " ", tone)]
    tag = f" +{len(placed.folded)}"
    name = fit_path(name, width - len(tag))
    return [Span(name, tone), Span(fit(tag, width - cell_len(name)) + " ", "muted")]


def _last(repo: Repository, moved: str, width: int, *, faint: bool) -> list[Span]:
    """Who moved what, else the last commit."""
    if moved:
        who = cut(f"  {moved}", width)
        what = fit(f" · {repo.moved[0].commit.subject}", width - cell_len(who))
        return [Span(who, "faint" if faint else "accent"), Span(what, "faint")]
    if repo.last_commit:
        return [Span(fit(f"  {repo.last_commit.author.split(' ')[0]}: {repo.last_commit.subject}", width), "faint")]
    return [Span(" " * width)]
