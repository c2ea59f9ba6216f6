"""A day's meetings and gaps as rows: one for each entry, and more in proportion to its time where there is room. Pure.

Which day and which keys is `widgets.agenda`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct
from rich.cells import cell_len

from tui.domain.agenda import CalendarState, Meeting, day_bounds
from tui.domain.fitting import Fit
from tui.domain.planning import Gap, whole_minute
from widgets.day_scale import spread
from widgets.formats import count, cut, fit, format_minutes, format_time
from widgets.rows import Row, Span

BARS = {"busy": "▌", "away": "▌", "tentative": "▏", "free": "·", "gap": "░", "rule": "━"}
SHORTEST_TITLE = 16
"""Cells a title keeps before a row's note gives way to a mark."""
SHORTEST_FIT = 12
"""Cells the title of what fits a gap keeps in the gap's own line; with fewer it has the next line."""
LEAD = 9
"""Cells before a title: the time and the bar."""
MANY_ALL_DAY = 3
"""From so many on, all-day meetings stand in one line."""
NOW = "now"
"""The key of the now-line."""
ALL_DAY = "all-day"
"""The key of that line."""


class DayView(Struct, frozen=True):
    """What a day is shown from."""

    day: date
    now: datetime
    """In the viewer's zone."""
    meetings: tuple[Meeting, ...]
    """Those that are shown, in order."""
    gaps: tuple[Gap, ...] = ()
    fits: tuple[Fit | None, ...] = ()
    """What fits best, for each gap."""
    conflicts: Mapping[Meeting, tuple[Meeting, ...]] | None = None
    straight_on: frozenset[Meeting] = frozenset()
    """Meetings that begin where another ends."""
    calendars: tuple[CalendarState, ...] = ()
    filtered: bool = False
    """True where meetings are left out: then rows say nothing of the time between them."""
    unfolded: bool = False
    """True where all-day meetings have a row each, however many they are."""


class _Entry(Struct, frozen=True):
    """One row and what stands below it while its time lasts."""

    row: Row
    start: datetime
    """In UTC, not before the day."""
    end: datetime
    order: int
    """Of entries that start together."""
    bar: Span | None = None
    """What stands below it; None for what has no length."""
    more: tuple[Span, ...] = ()
    """What the line below it says where there is one."""
    marks_hours: bool = False
    least: int = 1


def key_of(meeting: Meeting) -> str:
    """The key of a meeting's row."""
    return f"{meeting.calendar}\n{meeting.uid}\n{meeting.start.isoformat()}\n{meeting.summary}"


def gap_key(gap: Gap) -> str:
    """The key of a gap's row: its end, for its start moves with the time."""
    return f"gap-{gap.end.isoformat()}"


FAILED = "failed-"
"""Begins the key of the row of a calendar that could not be read, before its name."""


def day_rows(view: DayView, width: int, height: int) -> list[Row]:
    """The rows of a day at `width` cells, spread over `height` lines where they do not need them all."""
    rows = [_error_row(state.name, state.error, width) for state in view.calendars if state.error]
    rows += _all_day_rows(view, width)
    if not view.meetings and not view.filtered:
        rows.append(Row("none", (Span(" no meetings", "muted"),), selectable=False))
    entries = sorted(_entries(view, width), key=lambda entry: (entry.start, entry.order))
    if view.filtered or not entries:
        return [*rows, *(entry.row for entry in entries)]
    return [*rows, *_spread_out(entries, view, width, height - len(rows))]


def home_of(view: DayView, rows: Sequence[Row]) -> str | None:
    """The key of the row that matters now: the meeting under way, else what comes after the now-line, else the last.

    None on other days.
    """
    if view.day != view.now.date():
        return None
    under_way = [
        meeting
        for meeting in view.meetings
        if not meeting.all_day and meeting.busy != "free" and meeting.start <= view.now < meeting.end
    ]
    if under_way:
        return key_of(under_way[-1])
    keys = [row.key for row in rows if row.selectable or row.key == NOW]
    place = keys.index(NOW) if NOW in keys else -1
    after = keys[place + 1 :]
    return after[0] if after else keys[place - 1] if place > 0 else None


def _entries(view: DayView, width: int) -> Iterator[_Entry]:
    zone = view.now.tzinfo or UTC
    begin, over = (moment.astimezone(UTC) for moment in day_bounds(view.day, zone))
    for meeting in view.meetings:
        if not meeting.all_day:
            start, end = (min(max(m.astimezone(UTC), begin), over) for m in (meeting.start, meeting.end))
            yield _Entry(_meeting_row(meeting, view, width), start, end, 2, *_below(meeting, view, width))
    if not view.filtered:
        for gap, best in zip(view.gaps, view.fits or (None,) * len(view.gaps), strict=True):
            yield _gap_entry(gap, best, view.now, width)
    if view.day == view.now.date():
        moment = whole_minute(view.now).astimezone(UTC)
        yield _Entry(_now_row(view.now, width), moment, moment, 0)


def _spread_out(entries: Sequence[_Entry], view: DayView, width: int, height: int) -> Iterator[Row]:
    """`entries` with the lines that stand for the rest of their time, and for the time after it."""
    starts, end = [entry.start for entry in entries], max(max(entry.start, entry.end) for entry in entries)
    lines = spread(starts, [entry.least for entry in entries], end, height)
    for place, (entry, until, number) in enumerate(zip(entries, (*starts[1:], end), lines, strict=True)):
        yield entry.row
        step = (until - entry.start) / number
        for line in range(1, number):
            moment = entry.start + step * line
            here = [one for one in entries[: place + 1] if one.bar and one.start <= moment < one.end]
            standing = max(here, key=lambda one: one.start) if here else None
            said = line == 1 and standing is entry
            yield _line_below(entry, standing, line, _hour_in(moment, step, view.now), said=said, width=width)


def _line_below(entry: _Entry, standing: _Entry | None, line: int, hour: str, *, said: bool, width: int) -> Row:
    """A line of time: what is under way, else the hour. A click on it is one on the entry."""
    label = hour if standing is None or standing.marks_hours else ""
    spans = [Span(f" {label:5} ", "faint")]
    if standing is not None and standing.bar is not None:
        spans.append(standing.bar)
        spans += standing.more if said else ()
    of = standing.row.key if standing else ""
    return Row(f"{entry.row.key}\n+{line}", tuple(spans), selectable=False, of=of)


def _hour_in(moment: datetime, step: timedelta, now: datetime) -> str:
    """The full hour that begins within the `step` from `moment`, as the clock shows it; empty where none or more do."""
    if step > timedelta(hours=1):
        return ""
    local = moment.astimezone(now.tzinfo)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    wait = timedelta(hours=1) - past if past else timedelta()
    return format_time((moment + wait).astimezone(now.tzinfo)) if wait < step else ""


def _error_row(name: str, error: str | None, width: int) -> Row:
    return Row(f"{FAILED}{name}", (Span(" × ", "error"), Span(fit(f"{name}: {error}", width - 3), "error")))


def _all_day_rows(view: DayView, width: int) -> Iterator[Row]:
    """A row each; many in one row, which opens and closes."""
    whole = [meeting for meeting in view.meetings if meeting.all_day]
    if len(whole) >= MANY_ALL_DAY and not view.filtered:
        lead = f" {len(whole)} all day: "
        titles = " enter folds" if view.unfolded else " · ".join(_title(meeting) for meeting in whole)
        said = Span(fit(titles.strip(), max(width - cell_len(lead), 4)), "muted")
        yield Row(ALL_DAY, (Span(lead, "muted"), said))
        if not view.unfolded:
            return
    for meeting in whole:
        taken = meeting.busy if meeting.busy in ("busy", "away") and not _is_off(meeting) else ""  # why no gap is left
        tone = "text" if taken else "faint" if _is_off(meeting) else "muted"
        title = fit(_title(meeting), width - LEAD - (len(taken) + 1 if taken else 0))
        note = (Span(f" {taken}", "muted"),) if taken else ()
        yield Row(key_of(meeting), (Span(" all day ", "muted"), Span(title, tone), *note))


def _meeting_row(meeting: Meeting, view: DayView, width: int) -> Row:
    off, past = _is_off(meeting), meeting.end <= view.now
    clashes = bool(view.conflicts and view.conflicts.get(meeting))
    current = meeting.start <= view.now < meeting.end and not off
    tone = "faint" if off or past else "strong" if current else "text"
    note = _note(meeting, width - LEAD - SHORTEST_TITLE, clashes=clashes, straight=meeting in view.straight_on)
    there = f"{note} {_own_time(meeting)}".strip()
    note = there if cell_len(_title(meeting)) + cell_len(there) < width - LEAD else note
    room = width - LEAD - (cell_len(note) + 1 if note else 0)
    spans = [
        Span(f" {format_time(meeting.start)} ", "faint" if off or past else "muted"),
        _bar(meeting, view),
        Span(fit(_title(meeting), max(room, 4)), tone),
    ]
    if note:
        spans.append(Span(f" {note}", "error" if clashes and not past else "muted"))
    return Row(key_of(meeting), tuple(spans))


def _below(meeting: Meeting, view: DayView, width: int) -> tuple[Span, tuple[Span, ...]]:
    """What stands below a meeting: its bar, and once when it ends, its own time, where it is and how to join it."""
    parts = (
        f"→ {format_time(meeting.end)}",
        _own_time(meeting),
        meeting.location,
        "join link" if meeting.join_url else "",
    )
    said = cut(" · ".join(part for part in parts if part), max(width - LEAD, 4))
    tone = "faint" if _is_off(meeting) or meeting.end <= view.now else "muted"
    return _bar(meeting, view), (Span(said, tone),)


def _bar(meeting: Meeting, view: DayView) -> Span:
    if _is_off(meeting) or meeting.end <= view.now:
        tone = "faint"
    elif view.conflicts and view.conflicts.get(meeting):
        tone = "error"
    else:
        color = next((state.color for state in view.calendars if state.name == meeting.calendar), "")
        tone = color if re.fullmatch(r"#[0-9a-fA-F]{6}", color) else "primary"
    return Span(f"{BARS[meeting.busy]} ", tone)


def _gap_entry(gap: Gap, best: Fit | None, now: datetime, width: int) -> _Entry:
    """A gap and what fits it: in one line where that has room, else in the next."""
    start = max(gap.start, now)
    until = f"→ {format_time(gap.end)}"
    text = f"{format_minutes(gap.usable_minutes)} usable"
    if len(text) + len(until) >= width - LEAD:
        text = format_minutes(gap.usable_minutes)
    bar = Span(f"{BARS['gap']} ", "success")
    spans = [Span(f" {format_time(start)} ", "success"), bar]
    more: tuple[Span, ...] = ()
    minutes = format_minutes(best.item.estimate or 0) if best else ""
    room = width - LEAD - len(f"{text} ·  {minutes} {until}")
    if best is not None and room >= SHORTEST_FIT:
        title = cut(best.item.title, room)
        pad = " " * (room - cell_len(title) + 1)
        spans += [Span(text, "success"), Span(f" · {title} ", "text"), Span(f"{minutes}{pad}", "secondary")]
    else:
        spans.append(Span(fit(text, max(width - LEAD - len(until), 4)), "success"))
        if best is not None:
            title = cut(best.item.title, max(width - LEAD - 6 - len(minutes), 4))
            more = (Span("fits ", "muted"), Span(f"{title} ", "text"), Span(minutes, "secondary"))
    spans.append(Span(until, "success"))
    begin, end = whole_minute(start).astimezone(UTC), gap.end.astimezone(UTC)
    least = 2 if more else 1
    return _Entry(Row(gap_key(gap), tuple(spans)), begin, end, 1, bar, more, marks_hours=True, least=least)


def _now_row(now: datetime, width: int) -> Row:
    rule = BARS["rule"]
    text = f" {format_time(now)} {rule * 2} now "
    return Row(NOW, (Span(text + rule * max(width - len(text) - 1, 0), "accent"),), selectable=False)


def _note(meeting: Meeting, room: int, *, clashes: bool, straight: bool) -> str:
    """What is special about a meeting, in as many words as `room` cells take; a mark where none fits."""
    declined = meeting.response == "declined" and meeting.status != "cancelled"
    marks = (
        (meeting.status == "cancelled", "cancelled", ""),
        (declined, "declined", ""),
        (clashes, "conflict", "!"),
        (meeting.busy == "away", "away", ""),
        (meeting.busy == "tentative", "tentative", "?"),
        (straight, "back to back", "»"),
    )
    note = ""
    for true, word, mark in marks:
        if not true:
            continue
        for text in (word, mark):
            longer = f"{note} {text}".strip()
            if text and cell_len(longer) <= max(room, 3):
                note = longer
                break
    return note


def _own_time(meeting: Meeting) -> str:
    """When it starts where it was written, such as `09:00 New York`; empty where that is as here."""
    city = meeting.time_zone.rpartition("/")[2].replace("_", " ")
    return f"{format_time(meeting.there(meeting.start))} {city}" if city else ""


def _is_off(meeting: Meeting) -> bool:
    return meeting.status == "cancelled" or meeting.response == "declined"


def _title(meeting: Meeting) -> str:
    return meeting.summary or "(no title)"


def heading_of(gap: Gap) -> str:
    """What a gap is called above its detail."""
    return f"Gap {format_time(gap.start)} → {format_time(gap.end)}"


def all_day_heading(meetings: Sequence[Meeting]) -> str:
    """What the folded all-day meetings are called above their detail."""
    return f"All day: {count(len(meetings), 'meeting')}"
