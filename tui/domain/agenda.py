"""Meetings as facts, and the rules on them: busy or not, conflicts, days. Reading is `tui.sources.calendars`."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import islice
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.values import Snapshot

Status = Literal["confirmed", "tentative", "cancelled"]
Response = Literal["accepted", "declined", "tentative", "needs-action"]
Busy = Literal["busy", "tentative", "away", "free"]
CalendarKind = Literal["file", "folder", "url"]


class Meeting(Struct, frozen=True):
    """One occurrence on the agenda, in the viewer's zone. Text is raw: show it through `safe_text`.

    An all-day meeting runs from local midnight of its first day to local midnight after its last (RFC 5545
    3.6.1: DTEND is not included), so `start.date()` and `end.date()` are the dates of the iCalendar text.
    """

    start: datetime
    end: datetime
    """Not before `start`; the end is not part of the meeting."""
    summary: str
    calendar: str
    """Name of the calendar it comes from."""
    uid: str = ""
    all_day: bool = False
    location: str = ""
    recurrence_id: str | None = None
    """ISO form of the instance's original start, for an instance of a series."""
    status: Status = "confirmed"
    response: Response | None = None
    """This person's answer, where an attendee has one of the configured addresses."""
    busy: Busy = "busy"
    join_url: str | None = None
    organizer: str = ""
    time_zone: str = ""
    """The zone it is written in, where a clock there shows another time than the viewer's; else empty."""
    zone_minutes: int = 0
    """Minutes `time_zone` is ahead of UTC at `start`."""

    def there(self, moment: datetime) -> datetime:
        """`moment` on a clock in its own zone, as that stands at its start."""
        return moment.astimezone(timezone(timedelta(minutes=self.zone_minutes)) if self.time_zone else moment.tzinfo)


class CalendarState(Struct, frozen=True):
    """How reading one configured calendar went."""

    name: str
    kind: CalendarKind
    fetched: datetime | None = None
    """When what is shown was as it is (a file: its modification time); None where nothing could be read."""
    stale: bool = False
    """True when the last try failed and an older good copy is shown."""
    error: str | None = None
    """Why the last try failed, as a sentence."""
    unread: tuple[str, ...] = ()
    """A sentence for each meeting that could not be read, or only in part; the others are shown."""
    color: str = ""
    """The colour of its meetings: the configured one, else that of a folder's `color` file; may be empty."""
    next_try: datetime | None = None
    """When a calendar behind an address is asked again; None for one that is not."""
    offline: bool = False
    """True where the last try failed because nothing could be reached."""


class Agenda(Snapshot, frozen=True):
    """What all calendars say about a stretch of days, sorted by start, end, summary."""

    start: datetime
    end: datetime
    time_zone: str
    meetings: tuple[Meeting, ...] = ()
    calendars: tuple[CalendarState, ...] = ()
    remembered: bool = False
    """True where all of it is from an earlier run, and nothing has been read in this one yet."""
    taken_at: datetime | None = None

    @property
    def was_read(self) -> bool:
        """True where at least one calendar, or an older copy of it, says something: without that no time is free."""
        return any(calendar.fetched is not None or calendar.error is None for calendar in self.calendars)


MAX_CONFLICTS = 50
"""Conflicts that are listed for one meeting: a hostile feed overlaps thousands."""


def busy_class(
    *,
    status: Status = "confirmed",
    response: Response | None = None,
    organizing: bool = False,
    busy_status: str | None = None,
    transparency: str | None = None,
    all_day: bool = False,
    empty: bool = False,
) -> Busy:
    """Whether a meeting takes this person's time; the first rule that matches decides.

    `organizing`: this person is the organizer. `busy_status`: X-MICROSOFT-CDO-BUSYSTATUS, which is read before
    TRANSP (MS-OXCICAL 2.1.3.1.1.20.31). `transparency`: TRANSP (RFC 5545 3.8.2.7); None where it is not said,
    which means busy for a timed meeting and free for an all-day one. `empty`: it has no length.
    """
    told = (busy_status or "").strip().upper()
    if empty or status == "cancelled" or (response == "declined" and not organizing):
        return "free"
    match told:
        case "FREE" | "WORKINGELSEWHERE":
            return "free"
        case "OOF":
            return "away"
        case "TENTATIVE":
            return "tentative"
    if told != "BUSY":
        shown = (transparency or "").strip().upper()
        if shown == "TRANSPARENT" or (all_day and not shown):
            return "free"
    if status == "tentative" or response in ("tentative", "needs-action"):
        return "tentative"
    return "busy"


def day_bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first instant of `day` in `zone` and that of the next day, both in `zone`.

    Days are 23 or 25 hours long where clocks change; a day whose midnight does not exist begins with the first
    time that does, and a day a zone skipped altogether (Samoa, 30 December 2011) has no length.
    """
    return _first_instant(day, zone), _first_instant(day + timedelta(days=1), zone)


def overlaps(meeting: Meeting, start: datetime, end: datetime) -> bool:
    """True where `meeting` has time in [start, end); one without length where it stands in it. Nothing has time in a
    day that never was."""
    begins, ends, low, high = _utc(meeting.start), _utc(meeting.end), _utc(start), _utc(end)
    if begins == ends:
        return low <= begins < high
    return begins < high and low < ends and low < high


def in_order(meetings: Iterable[Meeting]) -> tuple[Meeting, ...]:
    """Sorted by start, end, summary; what is left is settled by what else differs, so that order is stable."""

    def place(meeting: Meeting) -> tuple[datetime, datetime, str, str, str, str, str]:
        own = (meeting.summary, meeting.calendar, meeting.uid, meeting.recurrence_id or "", meeting.location)
        return (_utc(meeting.start), _utc(meeting.end), *own)

    return tuple(sorted(meetings, key=place))


def meetings_on(agenda: Agenda, day: date) -> tuple[Meeting, ...]:
    """The meetings of `agenda` that have time on `day` in the agenda's zone (that of `agenda.start`), in order."""
    zone = agenda.start.tzinfo
    if zone is None:
        raise ValueError("an agenda has aware datetimes")
    start, end = day_bounds(day, zone)
    return in_order(meeting for meeting in agenda.meetings if overlaps(meeting, start, end))


def in_zone(agenda: Agenda, zone: tzinfo) -> Agenda:
    """`agenda` with all its times in `zone`: the same instants, whatever offsets they came with.

    Whole days stay the dates they are, on the clock of `zone`: a holiday does not move with whoever travels.
    """

    def moved(meeting: Meeting) -> Meeting:
        if meeting.all_day:
            first, after = meeting.start.date(), meeting.end.date()
            return replace(meeting, start=_first_instant(first, zone), end=_first_instant(after, zone))
        return replace(meeting, start=meeting.start.astimezone(zone), end=meeting.end.astimezone(zone))

    def seen(calendar: CalendarState) -> CalendarState:
        return replace(calendar, fetched=calendar.fetched.astimezone(zone)) if calendar.fetched else calendar

    return replace(
        agenda,
        start=agenda.start.astimezone(zone),
        end=agenda.end.astimezone(zone),
        meetings=tuple(map(moved, agenda.meetings)),
        calendars=tuple(map(seen, agenda.calendars)),
    )


def same_meeting(one: Meeting, other: Meeting) -> bool:
    """True for two copies of one meeting in two calendars: UID and start agree, or title, start and end."""
    if one.calendar == other.calendar or _utc(one.start) != _utc(other.start):
        return False
    if one.uid and one.uid == other.uid:
        return True
    return one.summary == other.summary and _utc(one.end) == _utc(other.end)


def merge_duplicates(meetings: Iterable[Meeting]) -> tuple[Meeting, ...]:
    """`meetings` in order, with copies of one meeting in several calendars as one: the copy that takes most time."""
    kept: list[Meeting] = []
    by_start: dict[datetime, list[int]] = {}
    for meeting in in_order(meetings):
        places = by_start.setdefault(_utc(meeting.start), [])
        twin = next((place for place in places if same_meeting(kept[place], meeting)), None)
        if twin is None:
            places.append(len(kept))
            kept.append(meeting)
        elif _WEIGHT[meeting.busy] > _WEIGHT[kept[twin].busy]:
            kept[twin] = meeting
    return in_order(kept)


def conflicts(meetings: Iterable[Meeting]) -> dict[Meeting, tuple[Meeting, ...]]:
    """For each meeting that overlaps others, those others, in order; at most MAX_CONFLICTS of them.

    Two timed meetings, each at least tentative, that share more than an instant. All-day meetings never
    conflict; copies of one meeting in two calendars do not conflict with each other.
    """
    found: dict[Meeting, list[Meeting]] = {}
    running: list[Meeting] = []
    for meeting in in_order(m for m in meetings if m.busy != "free" and not m.all_day):
        begins = _utc(meeting.start)
        if begins == _utc(meeting.end):
            continue
        running = [other for other in running if _utc(other.end) > begins]
        for other in islice(running, MAX_CONFLICTS):
            if other != meeting and not same_meeting(other, meeting):
                found.setdefault(other, []).append(meeting)
                found.setdefault(meeting, []).append(other)
        running.append(meeting)
    return {meeting: _unlike(others) for meeting, others in found.items()}


_WEIGHT: dict[Busy, int] = {"free": 0, "tentative": 1, "busy": 2, "away": 3}


def _unlike(others: Sequence[Meeting]) -> tuple[Meeting, ...]:
    """`others` with copies of one meeting once, cut to what is listed."""
    return merge_duplicates(others[:MAX_CONFLICTS])


def _first_instant(day: date, zone: tzinfo) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return midnight.astimezone(UTC).astimezone(zone)


def _utc(when: datetime) -> datetime:
    """Datetimes that share a zone compare by their wall clock, which repeats in autumn; instants do not."""
    return when.astimezone(UTC)
