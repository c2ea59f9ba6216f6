"""What the day shown comes to: meetings, gaps, conflicts, the days around it; and from when what is told is. Pure.

Worked out once for each snapshot, day and minute: rows are built far more often.
"""

from datetime import UTC, date, datetime, tzinfo

from msgspec import Struct

from tui.domain.agenda import Agenda, CalendarState, Meeting, meetings_on
from tui.domain.backlog import Item
from tui.domain.days import DayRoom, room_by_day, straight_on
from tui.domain.fitting import Fit, best_fits
from tui.domain.planning import Gap, PlanningRules, clashes, gaps, whole_minute
from tui.domain.repos import Fleet
from widgets.formats import count, format_time


class DayPlan(Struct, frozen=True):
    """One day of `agenda` as of `minute`."""

    agenda: Agenda
    day: date
    minute: datetime
    rules: PlanningRules
    known: bool
    """False where the agenda does not hold the whole of the day."""
    meetings: tuple[Meeting, ...]
    gaps: tuple[Gap, ...]
    """Those left of it; none of a day that is over or not known."""
    conflicts: dict[Meeting, tuple[Meeting, ...]]
    straight_on: frozenset[Meeting]
    rooms: tuple[DayRoom, ...]

    def is_of(self, agenda: Agenda, day: date, now: datetime, rules: PlanningRules) -> bool:
        """True where `plan_day` would say the same of these."""
        return self.agenda is agenda and (self.day, self.minute, self.rules) == (day, whole_minute(now), rules)


class Fitting(Struct, frozen=True):
    """What fits the gaps of a day best."""

    plan: DayPlan
    items: tuple[Item, ...]
    fleet: Fleet | None
    best: tuple[Fit | None, ...]

    def is_of(self, plan: DayPlan, items: tuple[Item, ...], fleet: Fleet | None) -> bool:
        """True where `fit_day` would say the same of these."""
        return self.plan is plan and self.items is items and self.fleet is fleet


def plan_day(agenda: Agenda, day: date, now: datetime, zone: tzinfo, rules: PlanningRules) -> DayPlan:
    """What `day` comes to, seen from `zone`."""
    known = agenda.start.date() <= day < agenda.end.date()
    meetings = meetings_on(agenda, day)
    free = gaps(agenda.meetings, day, zone, rules, now) if known and day >= now.date() else ()
    rooms = room_by_day(agenda, day, zone, rules, now)
    clashing, straight = clashes(meetings, rules), straight_on(meetings)
    return DayPlan(agenda, day, whole_minute(now), rules, known, meetings, free, clashing, straight, rooms)


def fit_day(plan: DayPlan, items: tuple[Item, ...], fleet: Fleet | None) -> Fitting:
    """What of `items` fits each gap of `plan` best."""
    return Fitting(plan, items, fleet, best_fits(items, plan.gaps, fleet, plan.rules))


def agenda_notes(agenda: Agenda, now: datetime | None) -> list[str]:
    """What is to be known of the whole agenda: from when the oldest of it is, and what of it could not be read."""
    moments = [state.fetched for state in agenda.calendars if state.fetched and _is_copy(state)]
    moments += [agenda.taken_at] if agenda.remembered and agenda.taken_at else []
    said = []
    if moments and now is not None:
        said.append(f"as of {_moment(min(moment.astimezone(UTC) for moment in moments), now)}")
    elif agenda.remembered:
        said.append("of an earlier run")
    broken = sum(state.error is not None and not _is_copy(state) for state in agenda.calendars)
    unread = sum(len(state.unread) for state in agenda.calendars)
    said += [f"{count(broken, 'calendar')} not read"] if broken else []
    return [*said, f"{count(unread, 'meeting')} not read as written"] if unread else said


def _is_copy(state: CalendarState) -> bool:
    """True where what it had before is shown."""
    return state.stale and state.fetched is not None


def _moment(moment: datetime, now: datetime) -> str:
    local = moment.astimezone(now.tzinfo)
    day = "" if local.date() == now.date() else f"{local:%a} {local.day} {local:%b} "
    return f"{day}{format_time(local)}"
