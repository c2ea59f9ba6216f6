"""Snapshots as lines of plain text, for a terminal without the screen, a pipe or a screen reader. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby, zip_longest

from tui.domain.agenda import Agenda, Meeting
from tui.domain.arranging import by_attention
from tui.domain.attention import AttentionRules, attention
from tui.domain.backlog import Item, Section, leverage
from tui.domain.fitting import Fit, NowLine
from tui.domain.key_lines import lines_of
from tui.domain.keymap import KeyPlace, display_key
from tui.domain.planning import Gap
from tui.domain.repos import Fleet, Repository
from tui.domain.spare import Spare
from tui.domain.text import safe_text

KEYS_WIDTH, KEY_COLUMN = 13, 40
"""Cells of the key card: for the keys of a line, and for a column."""
_ARROWS = str.maketrans({"↑": "up", "↓": "down", "←": "left", "→": "right"})


def key_lines(places: Iterable[KeyPlace], own: Mapping[str, str], width: int) -> list[str]:
    """The key card: the keys of every place under its name, in as many columns as `width` has room for."""
    every = lines_of(places, own, KEYS_WIDTH, lambda key: display_key(key).translate(_ARROWS))
    told: list[str] = []
    for place, lines in groupby(every, lambda line: line.place):
        told += ([""] if told else []) + [place] + [f"  {line.keys:<{KEYS_WIDTH}} {line.text}" for line in lines]
    height = -(-len(told) // max(width // KEY_COLUMN, 1))
    columns = [told[first : first + height] for first in range(0, len(told), height)]
    return ["".join(f"{line:<{KEY_COLUMN}}" for line in row) for row in zip_longest(*columns, fillvalue="")]


def counted(number: int, noun: str) -> str:
    """`number` of what `noun` names: `1 meeting`, `2 meetings`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def repos_lines(fleet: Fleet, rules: AttentionRules, now: datetime) -> Iterator[str]:
    """A line a repository, those that need the person first; problems last."""
    width = min(max((len(repo.name) for repo in fleet.repositories), default=0) + 2, 32)
    for repo in by_attention(fleet.repositories, rules, now):
        name = ("  " if repo.parent else "") + safe_text(repo.name)
        branch = safe_text(repo.branch or ("no commits" if repo.unborn else "detached" if repo.detached else "-"))
        yield f"{name:<{width}}  {branch:<20}  {_state(repo)}"
        for sentence in attention(repo, rules, now):
            yield f"{'':<{width}}  ! {safe_text(sentence)}"
    if not fleet.repositories:
        yield "no repositories found under " + ", ".join(safe_text(str(root)) for root in fleet.roots)


def _state(repo: Repository) -> str:
    if repo.error:
        return "error"
    parts = (
        (repo.conflicted, "in conflict"),
        (repo.staged, "staged"),
        (repo.unstaged, "edited"),
        (repo.untracked, "new"),
        (repo.ahead or 0, "to push"),
        (repo.behind or 0, "to pull"),
        (repo.stashes, "stashed"),
    )
    words = [f"{repo.operation} under way"] if repo.operation else []
    words += ["no commits yet"] if repo.unborn else []
    words += ["upstream gone"] if repo.upstream_gone else []
    words += [f"{number} {word}" for number, word in parts if number]
    return ", ".join(words) or "clean"


NO_CALENDAR = "no calendar yet; name an .ics file or folder under [[calendars]] in the configuration"


def agenda_lines(agenda: Agenda) -> Iterator[str]:
    """A line a meeting, days apart."""
    day: date | None = None
    for meeting in agenda.meetings:
        if (on := max(meeting.start.date(), agenda.start.date())) != day:
            day = on
            yield f"{day:%A} {day.isoformat()}"
        yield f"  {_span(meeting)}  {safe_text(meeting.summary) or '(no title)'}{_notes(meeting)}"
    if not agenda.calendars:
        yield NO_CALENDAR
    elif not agenda.meetings:
        yield f"no meetings from {agenda.start.date()} to {agenda.end.date()}"


def _span(meeting: Meeting) -> str:
    if meeting.all_day:
        return "all day    "
    return f"{meeting.start:%H:%M}-{meeting.end:%H:%M}"


def _notes(meeting: Meeting) -> str:
    notes: list[str] = [meeting.status] if meeting.status != "confirmed" else []
    if meeting.response in ("declined", "tentative", "needs-action"):
        notes.append("not answered" if meeting.response == "needs-action" else meeting.response)
    if meeting.busy == "free" and not notes:
        notes.append("free")
    return f"  ({', '.join(notes)})" if notes else ""


def gaps_lines(gaps: Iterable[Gap], days_off: Sequence[date] = ()) -> Iterator[str]:
    """A line a gap. `days_off` are the days where that is all that was asked about: they say why there is none."""
    found = False
    for gap in gaps:
        found = True
        yield f"{gap.start:%a %H:%M}-{gap.end:%H:%M}  {gap.minutes} min, {gap.usable_minutes} usable"
    if not found:
        yield _no_gap(days_off)


def _no_gap(days_off: Sequence[date]) -> str:
    names = list(dict.fromkeys(f"{day:%A}" for day in days_off))
    if not names:
        return "no gap left"
    if len(names) == 1:
        return f"no gap: {names[0]} is a day off"
    return f"no gap: {', '.join(names[:-1])} and {names[-1]} are days off"


def backlog_lines(sections: Iterable[Section], state: str | None = None) -> Iterator[str]:
    """Sections with a line an item; `state` is the only one that was asked for."""
    empty = True
    for section in sections:
        if section.items:
            yield f"{section.state} {len(section.items)}"
        for item in section.items:
            empty = False
            yield f"  {safe_text(item.id)}  {_estimate(item):>5}  {leverage(item):>3.0f}  {safe_text(item.title)}"
    if empty and state:
        yield f"no item is in state `{state}`"
    elif empty:
        yield 'nothing in the backlog; `makerhour add "an idea"` writes one down'


def _estimate(item: Item) -> str:
    return f"{item.estimate}m" if item.estimate else "?"


def fits_lines(
    found: Iterable[Fit],
    usable_minutes: int,
    until: datetime | None,
    rule: str = "",
    instead: Iterable[Spare] = (),
    now: datetime | None = None,
) -> Iterator[str]:
    """What fits, best first, each with its reasons; `rule` is by what the minutes of each were cut. `instead` is what a
    time too short to build in is good for."""
    day = f"{until:%a} " if until and now and until.date() != now.date() else ""
    yield f"{usable_minutes} usable min" + (f" until {day}{until:%H:%M}" if until else "")
    none = True
    for fit in found:
        none = False
        yield f"  {safe_text(fit.item.title)}  ({safe_text(' · '.join(fit.reasons))})"
    spent = [safe_text(one.text) for one in instead]
    if spent:
        yield "five minutes are enough to"
        yield from (f"  {text}" for text in spent)
    elif none:
        yield "  nothing to build fits; items need the verdict `build` and an estimate"
    if rule:
        yield rule


def next_line(line: NowLine) -> str:
    """The Now bar as one line for a status bar: meeting, usable minutes, best item."""
    parts: list[str] = []
    match line.situation:
        case "no_calendar":
            parts.append(line.stale_note or "no calendar")
        case "in_gap":
            parts.append(f"{line.minutes_until} min free, {line.usable_minutes} usable")
        case "in_meeting" if line.current and line.until:
            parts.append(f"in {safe_text(line.current.summary, 40)} until {line.until:%H:%M}")
    if line.next_meeting and line.situation != "no_calendar":
        start = line.next_meeting.start
        when = f"{start:%H:%M}" if (line.minutes_to_next or 0) < 12 * 60 else f"{start:%a %H:%M}"
        parts.append(f"{when} {safe_text(line.next_meeting.summary, 40)}")
    if line.gap and line.situation != "in_gap":
        parts.append(f"next gap {line.gap.start:%a %H:%M}, {line.usable_minutes} usable")
    if line.best:
        parts.append(f"{safe_text(line.best.item.title, 40)} {line.best.item.estimate}m fits")
    return " | ".join(parts)
