"""Events of one UID as the one series they are, laid out on its own wall clock for one stretch of time. Pure.

recurring-ical-events joins starts, exceptions and changed instances. It is handed only what it is right about:
the starts of the stretch instead of rules, and wall times of one clock instead of zones; instants are worked out
here afterwards, so that zones, clock changes and lengths are exact.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo

from msgspec import Struct, field

from tui.sources.calendars.budget import Budget, OverBudgetError
from tui.sources.calendars.events import Event
from tui.sources.calendars.recurring import MAX_STARTS_A_DAY, starts_between
from tui.sources.calendars.rules import Rule, parse_rule, rule_parts
from tui.sources.calendars.values import Length, Moment, later, localized, on_wall, parse_moment_text

MAX_STARTS = 5000
"""Starts of one series in one stretch; more are cut, and said."""
PLACE = "X-MAKERHOUR-PLACE"
"""Carries the number of an event through recurring-ical-events."""

_DAY = timedelta(days=1)
_FAR = timedelta(days=100_000)


class Series(Struct):
    """A meeting or series and its changed instances. `floating` is the zone of times without one."""

    master: Event | None
    changes: tuple[Event, ...]
    floating: tzinfo
    periods: dict[datetime, Length] = field(default_factory=dict)
    """Lengths of single starts (RDATE with PERIOD), by wall time."""
    problems: list[str] = field(default_factory=list)

    @property
    def events(self) -> tuple[Event, ...]:
        """All of them; the number of each in here is what PLACE carries."""
        return (self.master, *self.changes) if self.master else self.changes

    @property
    def is_date(self) -> bool:
        """True for a series of whole days."""
        return self.master.start.is_date if self.master else False

    @property
    def zone(self) -> tzinfo:
        """Whose wall clock the series lives on."""
        first = self.events[0].start
        return first.zone or self.floating

    def wall(self, moment: Moment) -> datetime:
        """When `moment` starts, on the clock of the series."""
        if moment.is_date or (moment.zone or self.floating) == self.zone:
            return moment.wall
        return on_wall(moment.instant(self.floating), self.zone)

    def instance_wall(self, moment: Moment) -> datetime:
        """Which start of the series a RECURRENCE-ID, EXDATE or RDATE means, whatever kind and zone it has itself."""
        if self.is_date:
            return _day_meant(moment, self.floating)
        if moment.is_date:
            clock = self.wall(self.master.start).time() if self.master else time()
            return datetime.combine(moment.wall.date(), clock)
        if moment.zone is None or moment.zone == self.zone:
            return moment.wall
        instant = moment.instant(self.floating)
        wall = on_wall(instant, self.zone)
        # Where a clock change left the time out, the start still is the time the rule says, an hour off the clock's.
        said = wall + (on_wall(instant - _DAY, self.zone) - (wall - _DAY))
        if said != wall and self.master and said.time() == self.wall(self.master.start).time():
            return said if self.instant(said) == instant else wall
        return wall

    def instant(self, wall: datetime) -> datetime:
        """`wall` on the clock of the series, in UTC."""
        return localized(wall, self.zone)


class Laid(Struct, frozen=True):
    """A small calendar that gives a series in one stretch of time."""

    lines: tuple[str, ...] = ()
    """Its content lines; empty where the series has nothing there. Times in it are floating and mean the clock of the
    series."""
    starts: tuple[datetime, ...] | None = None
    """All starts of its one event, on that clock; None where changes are near, which have to be joined with them."""


def lay_out(series: Series, start: datetime, end: datetime, budget: Budget) -> Laid:
    """`series` from a day before `start` to a day after `end`, both in UTC."""
    low, high = stretch_on_wall(series, start, end)
    shift = _shift(series)
    # A meeting that began earlier may still be going on; an onward change may move starts from outside in here.
    first, last = low - _longest(series) - shift, high + shift
    near = [
        (place, change)
        for place, change in enumerate(series.changes, start=1 if series.master else 0)
        if change.onward or _touches(series, change, low, high) or first <= _replaced(series, change) <= last
    ]
    kept = {_replaced(series, change) for _, change in near}
    lines: list[str] = []
    master = series.master
    if master is not None:
        begin = series.wall(master.start)
        starts, gone = _starts(series, master, first, last, budget)
        if first <= begin <= last:
            starts = sorted({begin, *starts})
        if not near:
            shown = tuple(start for start in starts if start not in gone)
            lines = _component(series, 0, master, shown[0], []) if shown else []
            return Laid(_calendar(lines), shown)
        if starts:
            # All starts are told one by one, so any of them can stand as DTSTART: the first one here.
            dates = _dates(series, starts[1:], (gone - kept) & set(starts))
            lines += _component(series, 0, master, starts[0], dates)
    for place, change in near:
        onward = change.onward and abs(series.wall(change.start) - _replaced(series, change)) < _FAR
        dates = [_line(series.is_date, "RECURRENCE-ID", [_replaced(series, change)], onward=onward)]
        lines += _component(series, place, change, series.wall(change.start), dates)
    return Laid(_calendar(lines))


def _calendar(lines: list[str]) -> tuple[str, ...]:
    return ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:makerhour", *lines, "END:VCALENDAR") if lines else ()


def stretch_on_wall(series: Series, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """`start` to `end` (instants) on the clock of `series`, a day wider on either side for every zone's sake."""
    return on_wall(start, series.zone) - _DAY, on_wall(end, series.zone) + _DAY


def _replaced(series: Series, change: Event) -> datetime:
    return series.instance_wall(change.instance) if change.instance else series.wall(change.start)


def _touches(series: Series, change: Event, low: datetime, high: datetime) -> bool:
    begin = series.wall(change.start)
    return begin <= high and low <= later(begin, change.length.span)


def _longest(series: Series) -> timedelta:
    """The longest stretch one start of the series takes."""
    events = [event for event in series.events if event is series.master or event.onward]
    spans = [event.length.span for event in events]
    spans += [length.span for event in events for _, length in event.more if length]
    return min(max(spans, default=timedelta()), _FAR)


def _shift(series: Series) -> timedelta:
    """How far onward changes move the starts after them, at most."""
    moves = [abs(series.wall(change.start) - _replaced(series, change)) for change in series.changes if change.onward]
    return min(max(moves, default=timedelta()), _FAR)


def _starts(
    series: Series, master: Event, first: datetime, last: datetime, budget: Budget
) -> tuple[list[datetime], set[datetime]]:
    """The starts of the series from `first` to `last`, and those that are excluded."""
    begin = series.wall(master.start)
    rules = list(_rules(series, master, master.rules, begin))
    starts = set(_bounded(series, rules, first, last, budget))
    for moment, length in master.more:
        wall = series.instance_wall(moment)
        if first <= wall <= last:
            starts.add(wall)
            if length is not None and not series.is_date:
                series.periods[wall] = length
    gone = set(_bounded(series, list(_rules(series, master, master.exclusions, begin)), first, last, budget))
    days = {moment.wall.date() for moment in master.without if moment.is_date}
    gone |= {start for start in (*starts, begin) if start.date() in days}
    gone |= {series.instance_wall(moment) for moment in master.without if not moment.is_date}
    # An UNTIL before the start is how some servers write a series that was deleted from its first meeting on.
    if rules and not master.more and all(rule.until is not None and rule.until < begin for rule in rules):
        gone.add(begin)
    if len(starts) > MAX_STARTS:
        series.problems.append(f"{master.title}: repeats too often; only {MAX_STARTS} of its meetings are shown")
    return sorted(starts)[:MAX_STARTS], gone


def _rules(series: Series, master: Event, texts: Iterable[str], begin: datetime) -> Iterator[Rule]:
    for text in texts:
        try:
            yield parse_rule(text, begin, _until(series, master, rule_parts(text).get("UNTIL", "")))
        except (ValueError, OverflowError) as error:
            series.problems.append(f"{master.title}: its rule: {error}; it is shown without that rule")


def _until(series: Series, master: Event, text: str) -> datetime | None:
    """UNTIL on the clock of the series (RFC 5545 3.3.10), also where it is local, or a day, and should be UTC."""
    if not text:
        return None
    moment = parse_moment_text(text, {}, lambda _: None)
    if series.is_date:
        return datetime.combine(moment.wall.date(), time())
    if moment.is_date:
        return datetime.combine(moment.wall.date(), time(23, 59, 59))
    if moment.zone is None or moment.wall.year > 9000:
        return moment.wall
    wall = on_wall(moment.instant(UTC), series.zone)
    # Where the series is floating a Z means either; the later reading loses no meeting.
    return max(wall, moment.wall) if master.start.zone is None else wall


def _bounded(series: Series, rules: list[Rule], first: datetime, last: datetime, budget: Budget) -> Iterator[datetime]:
    title = series.master.title if series.master else ""
    days = max((last - first).days, 1)
    most = min(MAX_STARTS, MAX_STARTS_A_DAY * days)
    for rule in rules:
        number = 0
        try:
            for start in starts_between(rule, first, last, budget):
                number += 1
                if number > most:
                    series.problems.append(f"{title}: repeats too often; only {most} of its meetings are shown")
                    break
                yield start
        except OverBudgetError as error:
            series.problems.append(f"{title}: {error}; not all of its meetings are shown")


def _dates(series: Series, starts: list[datetime], gone: set[datetime]) -> list[str]:
    lines = []
    if starts:
        lines.append(_line(series.is_date, "RDATE", starts))
    if gone:
        lines.append(_line(series.is_date, "EXDATE", sorted(gone)))
    return lines


def _component(series: Series, place: int, event: Event, begin: datetime, dates: list[str]) -> list[str]:
    # Only whether it can touch the stretch is asked of this end; the exact one is worked out from the length.
    longest = max(event.length.span, _longest(series) if event is series.master else timedelta())
    end = later(begin, min(longest, _FAR))
    whole = event.start.is_date
    return [
        "BEGIN:VEVENT",
        "UID:1",
        f"{PLACE}:{place}",
        _line(whole, "DTSTART", [begin]),
        _line(whole, "DTEND", [end]),
        *dates,
        *event.shown,
        "END:VEVENT",
    ]


def _line(whole: bool, name: str, walls: list[datetime], *, onward: bool = False) -> str:
    stamps = (wall.isoformat(timespec="seconds").replace("-", "").replace(":", "") for wall in walls)
    values = ",".join(stamp[:8] if whole else stamp for stamp in stamps)
    return f"{name}{';RANGE=THISANDFUTURE' if onward else ''}{';VALUE=DATE' if whole else ''}:{values}"


def _day_meant(moment: Moment, floating: tzinfo) -> datetime:
    """The day a DATE-TIME means in a series of whole days, as Exchange writes it: midnight somewhere."""
    midnight = datetime.combine(moment.wall.date(), time())
    if moment.is_date or moment.zone is not UTC:
        return midnight
    here = on_wall(moment.instant(floating), floating)
    if here.time() == time():
        return here
    return later(midnight, _DAY) if moment.wall.hour >= 12 else midnight
