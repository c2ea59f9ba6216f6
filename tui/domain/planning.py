"""Time to make: working hours, gaps between meetings, load, the meeting now and next.

Pure functions of meetings, rules and `now`; what fits a gap is `tui.domain.fitting`. Sums are done in UTC: Python
subtracts two times of one zone by the clock on the wall, which is an hour wrong across a DST change.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from msgspec import Struct

from tui.domain.agenda import Meeting, conflicts
from tui.domain.spans import Span, length_within, moment_at, union, without

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_AHEAD = 7
"""How far the next meeting and the next gap are looked for."""

_OFFICE = (time(9), time(18))


class WorkingHours(Struct, frozen=True):
    """Begin and end of work for each weekday from Monday, local time; None is a day off."""

    days: tuple[tuple[time, time] | None, ...] = (_OFFICE,) * 5 + (None, None)


class PlanningRules(Struct, frozen=True):
    """What turns a stretch without meetings into usable minutes."""

    working_hours: WorkingHours = WorkingHours()
    """When you work, by weekday (`mon` to `sun`), such as `09:00-18:00`; empty is a day off."""
    buffer_minutes: int = 5
    """Kept free before and after each meeting."""
    wrap_up_minutes: int = 5
    """Kept at the end of a gap to leave the work in a good state."""
    minimum_gap_minutes: int = 15
    """Shorter stretches are no gap."""
    tentative_blocks: bool = True
    """True where a meeting you have not agreed to counts as busy."""
    focus_titles: tuple[str, ...] = ("focus time", "deep work", "maker time", "no meetings")
    """Titles (or parts of one) of blocks you hold for making: they are time to make, not meetings."""
    reentry_minutes: tuple[int, ...] = (0, 5, 10, 15)
    """Minutes to get back into a repository you last worked in within a day, a week, a month, or longer ago."""
    landing_minutes: tuple[int, ...] = (10, 3)
    """While a session runs: so long before a meeting you are asked what is next, and for a commit; `[]` never."""


class Gap(Struct, frozen=True):
    """A stretch of working time without a blocking meeting and without the buffers around meetings.

    The buffers are off its edges already, so `usable_minutes` takes off the wrap-up and nothing else: between a
    meeting until 10:00 and one from 11:00 with a buffer of 5 and a wrap-up of 5, the gap is 10:05 to 10:55,
    `minutes` 50, `usable_minutes` 45.
    """

    start: datetime
    end: datetime
    minutes: int
    """Whole minutes that pass from `start` to `end`."""
    usable_minutes: int
    """`minutes` less the wrap-up, never below 0."""


class Load(Struct, frozen=True):
    """Time that meetings take."""

    busy: timedelta
    tentative: timedelta
    """Time that only tentative meetings take; no part of it is in `busy`."""


def working_hours(day: date, zone: tzinfo, rules: PlanningRules) -> Span | None:
    """When work begins and ends on `day`, in `zone`; None on a day off.

    Begin and end are what the clock on the wall shows. Where it jumps over one of them, the moment of the jump
    counts; where it shows one twice, work runs from the first begin to the last end.
    """
    hours = rules.working_hours.days[day.weekday()]
    if hours is None:
        return None
    begin = moment_at(datetime.combine(day, hours[0]), zone, last=False)
    end = moment_at(datetime.combine(day, hours[1]), zone, last=True)
    return (begin.astimezone(zone), end.astimezone(zone)) if begin < end else None


def gaps(
    meetings: Iterable[Meeting], day: date, zone: tzinfo, rules: PlanningRules, now: datetime | None
) -> tuple[Gap, ...]:
    """The gaps of `day` in order, their times in `zone`: working hours less each blocking meeting and its buffers.

    On the day of `now` only what is left of it, from the minute `now` is in (so numbers hold for a whole minute);
    other days, and every day without `now`, are whole. Stretches below the minimum are left out.
    """
    hours = working_hours(day, zone, rules)
    if hours is None:
        return ()
    begin, end = (moment.astimezone(UTC) for moment in hours)
    if now is not None and now.astimezone(zone).date() == day:
        begin = max(begin, whole_minute(now).astimezone(UTC))
    buffer = timedelta(minutes=rules.buffer_minutes)
    taken = union(
        (start - buffer, stop + buffer)
        for start, stop in (_span(meeting) for meeting in meetings if blocks(meeting, rules))
    )
    found = []
    for start, stop in without((begin, end), taken):
        minutes = (stop - start) // timedelta(minutes=1)
        if minutes >= max(rules.minimum_gap_minutes, 1):
            usable = max(minutes - rules.wrap_up_minutes, 0)
            found.append(Gap(start.astimezone(zone), stop.astimezone(zone), minutes, usable))
    return tuple(found)


def blocks(meeting: Meeting, rules: PlanningRules) -> bool:
    """True where `meeting` takes time from making.

    Busy and away do; tentative by setting; a focus block, a free meeting and one of no length never. An all-day
    one only as busy or away, which it is only where its calendar says so (`tui.domain.agenda` gives the class).
    """
    start, end = _span(meeting)
    if start >= end or is_focus(meeting, rules):
        return False
    match meeting.busy:
        case "busy" | "away":
            return True
        case "tentative":
            return rules.tentative_blocks and not meeting.all_day
        case "free":
            return False


def is_focus(meeting: Meeting, rules: PlanningRules) -> bool:
    """True for a block held for making: its title holds one of `focus_titles`, in any case."""
    title = meeting.summary.casefold()
    return any(part.strip() and part.strip().casefold() in title for part in rules.focus_titles)


def clashes(meetings: Iterable[Meeting], rules: PlanningRules) -> dict[Meeting, tuple[Meeting, ...]]:
    """For each meeting that overlaps others, those others (see `conflicts`). A focus block is no meeting."""
    return conflicts(meeting for meeting in meetings if not is_focus(meeting, rules))


def busy_time(meetings: Iterable[Meeting], start: datetime, end: datetime, rules: PlanningRules) -> Load:
    """The load from `start` to `end`: time under at least one timed meeting, counted once however many overlap.

    Without buffers, all-day meetings and focus blocks. For the load of a day ask for its working hours.
    """
    window = (start.astimezone(UTC), end.astimezone(UTC))
    timed = [meeting for meeting in meetings if _takes_part(meeting, rules)]
    firm = [_span(meeting) for meeting in timed if meeting.busy != "tentative"]
    busy = length_within(window, firm)
    whole = length_within(window, [_span(meeting) for meeting in timed])
    return Load(busy, whole - busy)


def current_and_next(
    meetings: Iterable[Meeting], now: datetime, rules: PlanningRules
) -> tuple[Meeting | None, Meeting | None]:
    """The meeting under way and the next to begin within 7 days; None where there is none.

    Timed meetings only, without free ones and focus blocks; tentative ones count whatever the rules say of gaps.
    Of several under way the firm one before the tentative, then the one that began last; of several that begin
    together the firm one, then the longer.
    """
    moment = now.astimezone(UTC)
    horizon = moment + timedelta(days=DAYS_AHEAD)
    current: tuple[tuple[bool, float], Meeting] | None = None
    following: tuple[tuple[float, bool, float], Meeting] | None = None
    for meeting in meetings:
        if not _takes_part(meeting, rules):
            continue
        start, end = _span(meeting)
        soft = meeting.busy == "tentative"
        if start <= moment < end:
            rank = (soft, -start.timestamp())
            if current is None or rank < current[0]:
                current = (rank, meeting)
        elif moment < start <= horizon:
            order = (start.timestamp(), soft, -end.timestamp())
            if following is None or order < following[0]:
                following = (order, meeting)
    return current and current[1], following and following[1]


def whole_minute(moment: datetime) -> datetime:
    """The beginning of the minute `moment` is in."""
    return moment.replace(second=0, microsecond=0)


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes that pass from `start` to `end`; negative where `end` came first."""
    return (end.astimezone(UTC) - start.astimezone(UTC)) // timedelta(minutes=1)


def _takes_part(meeting: Meeting, rules: PlanningRules) -> bool:
    """True for what a person goes to: timed, at least tentative, of some length, no focus block."""
    if meeting.all_day or meeting.busy == "free" or is_focus(meeting, rules):
        return False
    start, end = _span(meeting)
    return start < end


def _span(meeting: Meeting) -> Span:
    return meeting.start.astimezone(UTC), meeting.end.astimezone(UTC)
