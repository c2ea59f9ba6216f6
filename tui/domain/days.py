"""Days side by side: which seven are shown together, the room each has, and meetings without a break between them.

Pure functions of the agenda, rules and `now`.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo

from msgspec import Struct

from tui.domain.agenda import Agenda, Meeting, day_bounds, overlaps
from tui.domain.planning import PlanningRules, blocks, gaps, working_hours

SIDE_BY_SIDE = 7
BEHIND, AHEAD = 1, 8
"""Days read before and after the seven shown together begin: the evening shows tomorrow, and the next gap may be days
away."""


class DayRoom(Struct, frozen=True):
    """One day and what can be made of it."""

    day: date
    usable_minutes: int | None
    """Of all its gaps, today of those left; None where the day is not read yet."""
    off: bool = False
    """True for a day without working hours."""


def side_by_side(shown: date, today: date) -> tuple[date, ...]:
    """The seven days `shown` stands among: today and the six after it, or seven days that many weeks on or back."""
    first = today + timedelta(days=(shown - today).days // SIDE_BY_SIDE * SIDE_BY_SIDE)
    return tuple(first + timedelta(days=number) for number in range(SIDE_BY_SIDE))


def days_to_read(shown: date, today: date) -> tuple[date, date]:
    """The first and the last day to be read: today's week ahead, that of the day shown, and what lies between."""
    first = side_by_side(shown, today)[0]
    return min(first, today) - timedelta(days=BEHIND), max(first, today) + timedelta(days=AHEAD)


def room_by_day(agenda: Agenda, shown: date, zone: tzinfo, rules: PlanningRules, now: datetime) -> tuple[DayRoom, ...]:
    """The room of each of the seven days `shown` stands among, seen from `zone`."""
    blocking = [meeting for meeting in agenda.meetings if blocks(meeting, rules)]
    begin, end = agenda.start.astimezone(UTC), agenda.end.astimezone(UTC)
    reach = timedelta(minutes=rules.buffer_minutes)
    found = []
    for day in side_by_side(shown, now.astimezone(zone).date()):
        first, last = (moment.astimezone(UTC) for moment in day_bounds(day, zone))
        if begin <= first and last <= end:
            near = [meeting for meeting in blocking if overlaps(meeting, first - reach, last + reach)]
            usable = sum(gap.usable_minutes for gap in gaps(near, day, zone, rules, now))
            found.append(DayRoom(day, usable, off=working_hours(day, zone, rules) is None))
        else:
            found.append(DayRoom(day, None))
    return tuple(found)


def straight_on(meetings: Iterable[Meeting]) -> frozenset[Meeting]:
    """Of timed meetings, each at least tentative, those that begin in the minute in which another ends."""
    timed = [m for m in meetings if m.busy != "free" and not m.all_day and _minute(m.start) < _minute(m.end)]
    ends = {_minute(meeting.end) for meeting in timed}
    return frozenset(meeting for meeting in timed if _minute(meeting.start) in ends)


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)
