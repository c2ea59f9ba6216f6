"""What fits a gap, and the one line that says so: the ranked items and the facts of the Now bar.

Pure functions of snapshots, rules and `now`. Gaps and meetings are `tui.domain.planning`; wording for the screen is
`widgets.formats`. No cost of re-entry is taken off: nothing here knows when this person last worked in a
repository, so a repository long untouched counts like one left an hour ago.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

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
from tui.domain.repos import Fleet, Names

Situation = Literal["in_gap", "in_meeting", "short", "day_over", "no_calendar"]


@dataclass(frozen=True, slots=True)
class Fit:
    """An item that fits, and why it stands where it stands."""

    item: Item
    score: float
    """Its leverage; more is better."""
    reasons: tuple[str, ...]
    """In words, the most telling first. They hold names as they came: show them through `safe_text`."""


@dataclass(frozen=True, slots=True)
class NowLine:
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


def fits(items: Iterable[Item], usable_minutes: int, fleet: Fleet | None) -> tuple[Fit, ...]:
    """The items to build whose estimate fits `usable_minutes`, best leverage first, then the longer, then as given.

    An item without an estimate never fits. Without a `fleet`, reasons say nothing about repositories.
    """
    ranked = sorted(_fitting(items, usable_minutes), key=_rank)
    return tuple(_explained(ranked, usable_minutes, fleet))


def best_fit(items: Iterable[Item], usable_minutes: int, fleet: Fleet | None) -> Fit | None:
    """The first of what `fits` tells, without looking into the others."""
    best = min(_fitting(items, usable_minutes), key=_rank, default=None)
    return None if best is None else next(_explained((best,), usable_minutes, fleet))


def now_line(
    agenda: Agenda, items: Iterable[Item], fleet: Fleet | None, rules: PlanningRules, now: datetime
) -> NowLine:
    """The facts of the Now bar at `now`, which is in the viewer's zone."""
    now = whole_minute(now)
    zone = now.tzinfo or UTC
    note = _stale_note(agenda.calendars, now, zone)
    if not any(_was_read(calendar) for calendar in agenda.calendars):
        return NowLine("no_calendar", stale_note=note)
    current, following = current_and_next(agenda.meetings, now, rules)
    gap = _next_gap(agenda, zone, rules, now)
    situation, until = _situation(agenda, current, gap, rules, now, zone)
    return NowLine(
        situation,
        current=current,
        next_meeting=following,
        minutes_to_next=minutes_between(now, following.start) if following else None,
        gap=gap,
        usable_minutes=gap.usable_minutes if gap else 0,
        until=until,
        minutes_until=minutes_between(now, until) if until else None,
        best=best_fit(items, gap.usable_minutes, fleet) if gap else None,
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


def _was_read(calendar: CalendarState) -> bool:
    return calendar.fetched is not None or calendar.error is None


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
    return f"{name} from {when}{', offline' if oldest.kind == 'url' else ''}"


def _fitting(items: Iterable[Item], usable_minutes: int) -> Iterator[tuple[float, int, Item]]:
    """The items that fit, as given, with their leverage and estimate."""
    for item in items:
        if item.state == "build" and item.estimate is not None and 0 < item.estimate <= usable_minutes:
            yield leverage(item), item.estimate, item


def _rank(scored: tuple[float, int, Item]) -> tuple[float, int]:
    score, estimate, _ = scored
    return -score, -estimate


def _explained(scored: Iterable[tuple[float, int, Item]], usable_minutes: int, fleet: Fleet | None) -> Iterator[Fit]:
    names = Names(fleet) if fleet else None  # once: every item looks its repository up
    for score, estimate, item in scored:
        assumed = ", partly assumed" if leverage_assumed(item) else ""
        reasons = [f"{estimate} of {usable_minutes} usable min", f"leverage {_short(score)}{assumed}"]
        if fleet and names and (place := _repo_reason(item.repo.strip(), names, complete=fleet.complete)):
            reasons.append(place)
        yield Fit(item, score, tuple(reasons))


def _short(number: float) -> str:
    """Whole from ten on, else with one digit where that is not a zero."""
    rounded = f"{number:.0f}" if number >= 10 else f"{number:.1f}"
    return rounded.removesuffix(".0")


def _repo_reason(named: str, names: Names, *, complete: bool) -> str:
    """The state of the repository an item names, as far as the fleet knows it."""
    if not named:
        return "no repo yet"
    repo = names.find(named)
    if repo is None:
        return "repo not found" if complete else ""
    if repo.error:
        return f"`{repo.name}` cannot be read"
    if repo.pending:
        return ""
    if repo.operation:
        return f"{repo.operation} under way in `{repo.name}`"
    if repo.changed:
        return f"{repo.changed} changed in `{repo.name}`"
    return f"repo clean, {repo.behind} to pull" if repo.behind else "repo clean"
