"""What fits a gap, and the one line that says so: the ranked items and the facts of the Now bar.

Pure functions of snapshots, rules and `now`. Gaps and meetings are `tui.domain.planning`; wording for the screen is
`widgets.formats`. What getting back into an item's repository costs (`tui.domain.reentry`) is taken off the minutes
of that item, and its reasons say so.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import takewhile
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.agenda import Agenda, CalendarState, Meeting
from tui.domain.backlog import Item, leverage, leverage_assumed
from tui.domain.planning import (
    DAYS_AHEAD,
    Gap,
    PlanningRules,
    blocks,
    current_and_next,
    gaps,
    minutes_between,
    whole_minute,
    working_hours,
)
from tui.domain.reentry import Cost, Reentry, WorkedAt
from tui.domain.repos import Fleet, Names, Repository
from tui.domain.shelves import ByLeverage
from tui.domain.slide import SlideDebts, explained

Situation = Literal["in_gap", "in_meeting", "short", "day_over", "no_calendar"]


class Fit(Struct, frozen=True):
    """An item that fits, and why it stands where it stands."""

    item: Item
    score: float
    """Its leverage; more is better."""
    reasons: tuple[str, ...]
    """In words, the most telling first. They hold names as they came: show them through `safe_text`."""


class NowLine(Struct, frozen=True):
    """What the Now bar says. It changes with the minute, not with the second."""

    situation: Situation
    """`in_gap`: free now. `in_meeting`: a blocking meeting is under way. `short`: neither, and a gap is left today.
    `day_over`: no gap is left today. `no_calendar`: none is configured, or none could ever be read."""
    current: Meeting | None = None
    """The timed meeting under way; beside `in_gap` only a tentative one that does not block."""
    next_meeting: Meeting | None = None
    """The next timed meeting within 7 days, tentative ones included."""
    minutes_to_next: int | None = None
    gap: Gap | None = None
    """The gap now, else the next one within 7 days, as far as the agenda reaches."""
    usable_minutes: int = 0
    """Of `gap`."""
    until: datetime | None = None
    """In a gap: when the next blocking meeting begins or work ends (`next_meeting` gives the name where it starts
    then). In a meeting: when that ends."""
    minutes_until: int | None = None
    """Minutes from now to `until`: in a gap the free time, buffer and wrap-up included."""
    best: Fit | None = None
    """The item that fits `gap` best."""
    stale_note: str = ""
    """Where a calendar is not as of now: which, and since when. Shown through `safe_text`."""


def fits(
    items: Iterable[Item],
    usable_minutes: int,
    fleet: Fleet | None,
    reentry: Reentry | None = None,
    debts: SlideDebts | None = None,
) -> tuple[Fit, ...]:
    """The items to build whose estimate fits `usable_minutes`, best leverage first, then the longer, then as given.

    With `reentry`, less what getting back into the item's repository costs at its moment. An item without an
    estimate never fits. Without a `fleet`, nothing is known of repositories: reasons are silent on them, and
    getting into them costs nothing. With `debts`, reasons say in how many meetings an item was explained.
    """
    places = _Places(fleet, reentry)
    ranked = sorted(_fitting(items, usable_minutes, places), key=_rank)
    found = tuple(_explained(ranked, usable_minutes, places))
    if debts is None:
        return found
    told = ((fit, debts.of(fit.item)) for fit in found)
    return tuple(replace(fit, reasons=(*fit.reasons, explained(debt))) if debt else fit for fit, debt in told)


def best_fit(
    items: Iterable[Item], usable_minutes: int, fleet: Fleet | None, reentry: Reentry | None = None
) -> Fit | None:
    """The first of what `fits` tells, without explaining the others."""
    places = _Places(fleet, reentry)
    best = _best(ByLeverage.of(items), usable_minutes, places)
    return None if best is None else next(_explained((best,), usable_minutes, places))


def best_fits(
    items: Iterable[Item], free: Iterable[Gap], fleet: Fleet | None, rules: PlanningRules
) -> tuple[Fit | None, ...]:
    """What fits each of the gaps `free` best, as `best_fit` tells it as of the gap's begin."""
    known, places = ByLeverage.of(items), _Places(fleet, None)
    found = []
    for gap in free:
        then = places.at(Reentry(rules.reentry_minutes, gap.start))
        best = _best(known, gap.usable_minutes, then)
        found.append(None if best is None else next(_explained((best,), gap.usable_minutes, then)))
    return tuple(found)


def reentry_of(line: "NowLine", rules: PlanningRules) -> Reentry | None:
    """The rule of re-entry for the gap of `line`, as of its begin; None where there is no gap."""
    return Reentry(rules.reentry_minutes, line.gap.start) if line.gap else None


def now_line(
    agenda: Agenda, items: Iterable[Item], fleet: Fleet | None, rules: PlanningRules, now: datetime
) -> NowLine:
    """The facts of the Now bar at `now`, which is in the viewer's zone."""
    now = whole_minute(now)
    zone = now.tzinfo or UTC
    note = _stale_note(agenda.calendars, now, zone)
    if not agenda.was_read:
        return NowLine("no_calendar", stale_note=note)
    current, following = current_and_next(agenda.meetings, now, rules)
    gap = _next_gap(agenda, zone, rules, now)
    situation, until = _situation(agenda, current, gap, rules, now, zone)
    reentry = Reentry(rules.reentry_minutes, gap.start) if gap else None
    return NowLine(
        situation,
        current=current,
        next_meeting=following,
        minutes_to_next=minutes_between(now, following.start) if following else None,
        gap=gap,
        usable_minutes=gap.usable_minutes if gap else 0,
        until=until,
        minutes_until=minutes_between(now, until) if until else None,
        best=best_fit(items, gap.usable_minutes, fleet, reentry) if gap else None,
        stale_note=note,
    )


def _situation(
    agenda: Agenda,
    current: Meeting | None,
    gap: Gap | None,
    rules: PlanningRules,
    now: datetime,
    zone: tzinfo,
) -> tuple[Situation, datetime | None]:
    """The situation, and how long it lasts where that is known."""
    if current is not None and blocks(current, rules):
        return "in_meeting", current.end.astimezone(zone)
    hours = working_hours(now.date(), zone, rules)
    if hours is None or gap is None or gap.start.date() != now.date():
        return "day_over", None
    begin, end = hours
    buffer = timedelta(minutes=rules.buffer_minutes)
    moment = now.astimezone(UTC)
    # Right after a meeting only its buffer lies before the gap: that is free time too.
    if moment < max(begin.astimezone(UTC), gap.start.astimezone(UTC) - buffer):
        return "short", None
    stop = gap.end.astimezone(UTC)
    if stop != end.astimezone(UTC):
        stop += buffer  # the gap ends a buffer before the meeting begins
    return "in_gap", stop.astimezone(zone)


def _next_gap(agenda: Agenda, zone: tzinfo, rules: PlanningRules, now: datetime) -> Gap | None:
    """The gap now or the first one after, on the days the agenda covers to the end of work."""
    today = now.date()
    for ahead in range(DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        hours = working_hours(day, zone, rules)
        if hours is None:
            continue
        if hours[1].astimezone(UTC) > agenda.end.astimezone(UTC):
            return None
        found = gaps(agenda.meetings, day, zone, rules, now)
        if found:
            return found[0]
    return None


def _stale_note(calendars: tuple[CalendarState, ...], now: datetime, zone: tzinfo) -> str:
    """Of the calendars that could not be read just now the one furthest behind, such as `calendar from 08:40`."""
    behind = [calendar for calendar in calendars if calendar.stale or calendar.error]
    if not behind:
        return ""
    oldest = min(behind, key=lambda calendar: calendar.fetched.timestamp() if calendar.fetched else 0.0)
    name = f"calendar `{oldest.name}`" if len(calendars) > 1 else "calendar"
    if oldest.fetched is None:
        return f"{name} cannot be read"
    then = oldest.fetched.astimezone(zone)
    when = f"{then:%H:%M}" if then.date() == now.date() else f"{then:%Y-%m-%d %H:%M}"
    return f"{name} from {when}{', offline' if oldest.offline else ''}"


class _Places:
    """The repositories items name, and what getting into each costs; every name is looked up once."""

    def __init__(self, fleet: Fleet | None, reentry: Reentry | None) -> None:
        self.fleet = fleet
        self._reentry = reentry
        self._names: Names | None = None
        self._worked = WorkedAt(fleet.repositories if fleet else ())
        self._costs: dict[str, Cost] = {}

    def at(self, reentry: Reentry) -> "_Places":
        """The same repositories as of another moment."""
        other = _Places(self.fleet, reentry)
        self._names = self._names or (Names(self.fleet) if self.fleet else None)
        other._names, other._worked = self._names, self._worked
        return other

    def find(self, named: str) -> Repository | None:
        """The repository an item calls `named`, which is not empty."""
        if self.fleet is None:
            return None
        if self._names is None:
            self._names = Names(self.fleet)
        return self._names.find(named)

    def cost(self, named: str) -> Cost:
        """What getting into the repository an item calls `named` costs; nothing where it names none that is known."""
        if self._reentry is None or self.fleet is None or not named:
            return Cost(0)
        if named not in self._costs:
            repo = self.find(named)
            self._costs[named] = self._reentry.cost(repo, self._worked.of(repo) if repo else None)
        return self._costs[named]


def _fitting(items: Iterable[Item], usable_minutes: int, places: _Places) -> Iterator[tuple[float, int, Item]]:
    """The items that fit, as given, with their leverage and estimate."""
    for item in items:
        if item.state == "build" and item.estimate is not None and 0 < item.estimate <= usable_minutes:
            left = usable_minutes - places.cost(item.repo.strip()).minutes
            if item.estimate <= left:
                yield leverage(item), item.estimate, item


def _best(items: ByLeverage, usable_minutes: int, places: _Places) -> tuple[float, int, Item] | None:
    """The first by `_rank` of those that fit; nothing is looked at below the first leverage that does."""
    found = _fitting(items, usable_minutes, places)
    first = next(found, None)
    if first is None:
        return None
    return min((first, *takewhile(lambda scored: scored[0] == first[0], found)), key=_rank)


def _rank(scored: tuple[float, int, Item]) -> tuple[float, int]:
    score, estimate, _ = scored
    return -score, -estimate


def _explained(scored: Iterable[tuple[float, int, Item]], usable_minutes: int, places: _Places) -> Iterator[Fit]:
    for score, estimate, item in scored:
        named = item.repo.strip()
        cost = places.cost(named)
        assumed = ", partly assumed" if leverage_assumed(item) else ""
        reasons = [f"{estimate} of {usable_minutes - cost.minutes} usable min", f"leverage {_short(score)}{assumed}"]
        if cost.reason:
            reasons.append(cost.reason)
        if places.fleet and (place := _repo_reason(named, places)):
            reasons.append(place)
        yield Fit(item, score, tuple(reasons))


def _short(number: float) -> str:
    """Whole from ten on, else with one digit where that is not a zero."""
    rounded = f"{number:.0f}" if number >= 10 else f"{number:.1f}"
    return rounded.removesuffix(".0")


def _repo_reason(named: str, places: _Places) -> str:
    """The state of the repository an item names, as far as the fleet knows it."""
    if not named:
        return "no repo yet"
    repo = places.find(named)
    if repo is None:
        return "repo not found" if places.fleet and places.fleet.complete else ""
    if repo.error:
        return f"`{repo.name}` cannot be read"
    if repo.pending:
        return ""
    if repo.operation:
        return f"{repo.operation} under way in `{repo.name}`"
    if repo.changed:
        return f"{repo.changed} changed in `{repo.name}`"
    return f"repo clean, {repo.behind} to pull" if repo.behind else "repo clean"
