"""Meetings of a stretch of time from indexed calendar texts, through icalendar and recurring-ical-events. Pure.

Whatever one UID's events do, the others go on: each is read by itself, within the time the calendar has. What
could not be read becomes a sentence.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from msgspec import Struct

from tui.domain.agenda import Busy, Meeting, Response, Status, busy_class, day_bounds, in_order, overlaps
from tui.sources.calendars.budget import Budget, OverBudgetError
from tui.sources.calendars.events import Event, parse_event
from tui.sources.calendars.files import Blocks
from tui.sources.calendars.index import Index, uid_in
from tui.sources.calendars.rows import Row
from tui.sources.calendars.series import PLACE, Series, lay_out, stretch_on_wall
from tui.sources.calendars.values import Length, localized

PATIENCE = 10.0
"""Seconds one calendar may take for one stretch; what was read by then is shown."""
MAX_MEETINGS_A_DAY = 2000
MAX_CHANGES = 3000
"""Changed instances of one series that are looked at for one stretch."""
MAX_PROBLEMS = 20
"""Sentences kept; of more only the number is said."""
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Nothing outside is looked for."""

_LAST_DAY = date(9999, 12, 29).toordinal()
_SLACK = 2
"""Days by which a day in one zone may differ from the same instant's day in another, twice over."""
_STATUS: dict[str, Status] = {"CANCELLED": "cancelled", "TENTATIVE": "tentative"}
RESPONSES: dict[str, Response] = {
    "ACCEPTED": "accepted",
    "DECLINED": "declined",
    "DELEGATED": "declined",
    "TENTATIVE": "tentative",
}


class Reader(Struct, frozen=True):
    """Who reads a calendar, and how it is called."""

    name: str
    zone: tzinfo
    """The viewer's: all meetings are given in it, and floating times are meant in it."""
    me: frozenset[str] = frozenset()
    """This person's addresses, in lower case."""
    busy: bool = True
    """False where no meeting of the calendar takes time."""
    patience: float = PATIENCE


def meetings_between(
    blocks: Blocks, start: datetime, end: datetime, reader: Reader
) -> tuple[tuple[Meeting, ...], tuple[str, ...]]:
    """The meetings with time in [start, end), in order, and a sentence for each that could not be (wholly) read."""
    low, high = max(start.astimezone(UTC), EARLIEST), min(end.astimezone(UTC), LATEST)
    if low >= high:
        return (), ()
    budget = Budget(reader.patience)
    problems: dict[str, None] = {}
    found: list[Meeting] = []
    most = MAX_MEETINGS_A_DAY * ((high - low).days + 1)
    groups = _groups(blocks, low, high)
    for number, group in enumerate(groups):
        try:
            budget.next_series()
        except OverBudgetError:
            problems[f"reading took longer than {reader.patience:g} s: {len(groups) - number} meetings are missing"] = (
                None
            )
            break
        meetings, sentences = _meetings_of(group, low, high, reader, budget)
        found += meetings
        problems.update(dict.fromkeys(sentences))
        if len(found) > most:
            problems[f"there are more than {most} meetings here; only these are shown"] = None
            break
    return in_order(found[:most]), shortened(tuple(problems))


def shortened(sentences: tuple[str, ...]) -> tuple[str, ...]:
    """At most MAX_PROBLEMS of `sentences`, the last of them the number of the others."""
    if len(sentences) <= MAX_PROBLEMS:
        return sentences
    return (*sentences[: MAX_PROBLEMS - 1], f"and {len(sentences) - MAX_PROBLEMS + 1} more such meetings")


class Place(Struct, frozen=True):
    """A row and the blocks it stands in."""

    blocks: Blocks
    row: Row

    def block(self) -> bytes:
        """See `Blocks.block`."""
        return self.blocks.block(self.row)

    @property
    def index(self) -> Index:
        """Of its document."""
        return self.blocks.shelf.documents[self.row.document].index


def _groups(blocks: Blocks, low: datetime, high: datetime) -> list[list[Place]]:
    """The rows the stretch needs, together what shares a UID; the costly ones last, so that they cost no other."""
    first, last = low.toordinal() - _SLACK, high.toordinal() + _SLACK
    rows = blocks.shelf.rows
    wanted: dict[int, list[Place]] = {}
    groups: list[list[Place]] = []
    for number in rows.touching(first, last):
        row = rows[number]
        if not row.uid:
            groups.append([Place(blocks, row)])
        elif row.uid not in wanted:
            wanted[row.uid] = [Place(blocks, rows[sibling]) for sibling in rows.kin(row.uid)]
    groups += [_needed(places, first, last) for places in wanted.values()]
    return sorted(filter(None, groups), key=lambda group: any(place.row.heavy for place in group))


def _needed(places: list[Place], first: int, last: int) -> list[Place]:
    """Of the rows of one UID: the newest one of the series itself, and the changes that can matter from day to day."""
    masters = [place for place in places if place.row.instance is None]
    kept = [max(reversed(masters), key=lambda place: place.row.revision)] if masters else []
    back = max((place.row.days for place in places if place.row.instance is None or place.row.onward), default=1)
    onward = any(place.row.onward for place in places)
    for place in places:
        row = place.row
        if row.instance is None:
            continue
        near = first - back <= row.instance <= last or (row.first <= last and row.last >= first)
        if near or onward:
            kept.append(place)
    return kept


def _meetings_of(
    group: list[Place], low: datetime, high: datetime, reader: Reader, budget: Budget
) -> tuple[list[Meeting], list[str]]:
    masters: list[Event] = []
    changes: dict[object, tuple[tuple[int, int], Event]] = {}
    problems: list[str] = []
    floating = floating_zone(group[0], reader.zone)
    if len(group) > MAX_CHANGES:
        problems.append(f"a series has more than {MAX_CHANGES} changed meetings here; the others show unchanged")
    for place in group[:MAX_CHANGES]:
        zones, block = place.index.scopes[place.row.scope], place.block()
        try:
            event = parse_event(block, uid_in(block), zones.zone_of, floating, reader.me)
        except ValueError as error:
            problems.append(str(error))
            continue
        problems += event.problems
        if event.instance is None:
            masters.append(event)
            continue
        key = event.instance.instant(floating)
        if key not in changes or changes[key][0] <= place.row.revision:
            changes[key] = (place.row.revision, event)
    found: list[Meeting] = []
    # An instance whose RECURRENCE-ID is broken counts as a meeting of its own, beside the series.
    for number, master in enumerate(masters or [None]):
        events = tuple(event for _, event in changes.values()) if number == 0 else ()
        series = Series(master, events, floating)
        if series.events:
            try:
                found += _expanded(series, low, high, reader, budget)
            except (ValueError, OverflowError, KeyError, AttributeError, TypeError, IndexError) as error:
                title = series.events[0].title
                problems.append(f"{title}: cannot be worked out ({type(error).__name__}); it is not shown")
        problems += series.problems
    return found, problems


def floating_zone(place: Place, viewer: tzinfo) -> tzinfo:
    """The zone of times without one: X-WR-TIMEZONE where the calendar has it, else the viewer's."""
    name = place.index.floating[min(place.row.scope, len(place.index.floating) - 1)]
    if not name:
        return viewer
    return place.index.scopes[place.row.scope].zone_of(name) or viewer


def _expanded(series: Series, low: datetime, high: datetime, reader: Reader, budget: Budget) -> Iterator[Meeting]:
    laid = lay_out(series, low, high, budget)
    master, starts = series.master, laid.starts
    if master is not None and starts is not None:
        starts = tuple(wall for wall in starts if _within(series, master, wall, low, high, reader.zone))
        if not starts:
            return
    if not laid.lines:
        return
    seen: set[datetime] = set()
    for component, wall in _occurrences(laid.lines, starts, stretch_on_wall(series, low, high)):
        event = series.events[int(component[PLACE])]
        meeting = _meeting(series, event, component, wall, reader)
        if event is master:
            # A time that a clock change leaves out can fall on the next one: one start, one meeting.
            if meeting.start in seen:
                continue
            seen.add(meeting.start)
        if overlaps(meeting, low, high):
            yield meeting


def _occurrences(
    lines: Sequence[str], starts: Sequence[datetime] | None, stretch: tuple[datetime, datetime]
) -> Iterator[tuple[Any, datetime]]:
    """The components of the small calendar `lines` with the wall time each occurs at."""
    from icalendar import Calendar

    calendar = Calendar.from_ical("\r\n".join((*lines, "")))
    if starts is not None:
        (component,) = calendar.walk("VEVENT")
        yield from ((component, wall) for wall in starts)
        return
    from recurring_ical_events import of

    for component in of(calendar).between(*stretch):
        shown = component["DTSTART"].dt
        day_only = not isinstance(shown, datetime)
        yield component, datetime(shown.year, shown.month, shown.day) if day_only else shown  # noqa: DTZ001


def _within(series: Series, master: Event, wall: datetime, low: datetime, high: datetime, viewer: tzinfo) -> bool:
    """Whether the occurrence at `wall` can have time in [low, high): one without length may stand at `low`."""
    start, end = (moment.astimezone(UTC) for moment in _bounds(series, master, wall, wall, viewer))
    return start < high and (low < end or start == end)


def _meeting(series: Series, event: Event, component: Any, wall: datetime, reader: Reader) -> Meeting:
    """`component`, the occurrence of `event` at `wall`, as a meeting in the viewer's zone."""
    own = series.wall(event.start)
    original = wall
    if event.instance is not None:
        original = wall - (own - series.instance_wall(event.instance))
    start, end = _bounds(series, event, wall, original, reader.zone)
    organizer, organizing = _organizer(component, reader.me)
    status = _STATUS.get(_text(component, "STATUS").strip().upper(), "confirmed")
    response = _response(component)
    busy: Busy = "free"
    if reader.busy:
        busy = busy_class(
            status=status,
            response=response,
            organizing=organizing,
            busy_status=_text(component, "X-MICROSOFT-CDO-BUSYSTATUS") or None,
            transparency=_text(component, "TRANSP") or None,
            all_day=event.start.is_date,
            empty=start.astimezone(UTC) == end.astimezone(UTC),
        )
    in_series = event.instance is not None or event.recurs
    zone, zone_minutes = _own_zone(series, event, wall, start)
    return Meeting(
        start=start,
        end=end,
        summary=_text(component, "SUMMARY"),
        calendar=reader.name,
        uid=event.uid,
        all_day=event.start.is_date,
        location=_text(component, "LOCATION"),
        recurrence_id=recurrence_id_of(series, original, reader.zone) if in_series else None,
        status=status,
        response=response,
        busy=busy,
        join_url=event.join_url,
        organizer=organizer,
        time_zone=zone,
        zone_minutes=zone_minutes,
    )


def _own_zone(series: Series, event: Event, wall: datetime, start: datetime) -> tuple[str, int]:
    """The zone it is written in, and the minutes that is ahead of UTC then; empty where the viewer's clock shows the
    same. UTC is nobody's own zone: exporters write it for all."""
    moved = event is not series.master and wall == series.wall(event.start)
    zone = event.start.zone if moved else series.events[0].start.zone
    name = getattr(zone, "key", "") if zone and not event.start.is_date else ""
    if not zone or not name or name in ("UTC", "Etc/UTC"):
        return "", 0
    there = start.astimezone(zone).utcoffset()
    if there is None or there == start.utcoffset():
        return "", 0
    return name, round(there / timedelta(minutes=1))


def _bounds(
    series: Series, event: Event, wall: datetime, original: datetime, viewer: tzinfo
) -> tuple[datetime, datetime]:
    """Start and end of the occurrence of `event` at `wall`, in the viewer's zone."""
    if event.start.is_date:
        day = wall.date()
        after = date.fromordinal(min(day.toordinal() + event.length.days, _LAST_DAY))
        return day_bounds(day, viewer)[0], day_bounds(after, viewer)[0]
    if event is not series.master and wall == series.wall(event.start):
        # A changed instance has a zone of its own, in which its time is exact.
        zone, wall = event.start.zone or series.floating, event.start.wall
    else:
        zone = series.zone
    length: Length = series.periods.get(original, event.length) if event is series.master else event.length
    return localized(wall, zone).astimezone(viewer), length.after(wall, zone).astimezone(viewer)


def recurrence_id_of(series: Series, original: datetime, viewer: tzinfo) -> str:
    """How a meeting names the instance that starts at `original` on the clock of its series."""
    if series.is_date:
        return original.date().isoformat()
    return series.instant(original).astimezone(viewer).isoformat()


def _text(component: Any, name: str) -> str:
    return str(component.get(name, ""))


def _response(component: Any) -> Response | None:
    """This person's answer: of all attendees only theirs was kept (see `events`)."""
    attendee = component.get("ATTENDEE")
    if attendee is None:
        return None
    return RESPONSES.get(str(attendee.params.get("PARTSTAT", "")).upper(), "needs-action")


def _organizer(component: Any, me: Iterable[str]) -> tuple[str, bool]:
    """Name (else address) of the organizer, and whether it is this person."""
    organizer = component.get("ORGANIZER")
    if organizer is None:
        return "", False
    address = str(organizer).removeprefix("mailto:")
    return str(organizer.params.get("CN", "")) or address, address in me
