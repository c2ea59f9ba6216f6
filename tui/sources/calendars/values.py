"""Date, time and duration values of iCalendar text. Pure: no file, no clock, and no zone but the one handed in."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo

from msgspec import Struct

from tui.sources.calendars.lines import Property

_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?", re.IGNORECASE)
_DURATION = re.compile(
    r"([+-]?)P(?=.)(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?",
    re.IGNORECASE,
)

_FIRST, _LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)

ZoneOf = Callable[[str], tzinfo | None]
"""The zone a TZID means; None where it is unknown, which makes a time floating."""


class Moment(Struct, frozen=True):
    """A DATE or DATE-TIME as written: what the clock on the wall shows, and where that wall is."""

    wall: datetime
    """Naive; midnight for a date."""
    zone: tzinfo | None = None
    """None for a floating time and for a date."""
    is_date: bool = False

    def instant(self, floating: tzinfo) -> datetime:
        """In UTC; a floating time (and a date's midnight) on the clock of `floating`."""
        return localized(self.wall, self.zone or floating)


class Length(Struct, frozen=True):
    """How long a meeting is: `days` on the calendar, then `seconds` on a stopwatch (RFC 5545 3.3.6)."""

    days: int = 0
    seconds: int = 0

    def after(self, wall: datetime, zone: tzinfo) -> datetime:
        """The instant (UTC) this length after `wall` on the clock of `zone`."""
        start = localized(later(wall, timedelta(days=self.days)), zone) if self.days else localized(wall, zone)
        return min(later(start, timedelta(seconds=self.seconds)), _LAST)

    @property
    def span(self) -> timedelta:
        """As a plain stretch, right but for clock changes."""
        return timedelta(days=self.days, seconds=self.seconds)


def localized(wall: datetime, zone: tzinfo) -> datetime:
    """`wall` on the clock of `zone` as an instant in UTC.

    A time that occurs twice is its first one; one that a clock change leaves out has the offset from before it
    (RFC 5545 3.3.5). In the first and last days Python can count it is those days' edge: no meeting is lost for
    an exception at the end of time.
    """
    try:
        return min(max(wall.replace(tzinfo=zone, fold=0).astimezone(UTC), _FIRST), _LAST)
    except OverflowError:
        return _FIRST if wall.year < 5000 else _LAST


def on_wall(instant: datetime, zone: tzinfo) -> datetime:
    """What a clock in `zone` shows at `instant`; naive."""
    return min(max(instant, _FIRST), _LAST).astimezone(zone).replace(tzinfo=None, fold=0)


def later(when: datetime, span: timedelta) -> datetime:
    """`span` after `when`, or the last time there is."""
    try:
        return when + span
    except OverflowError:
        return datetime.max.replace(microsecond=0, tzinfo=when.tzinfo)


def parse_moment(prop: Property, zone_of: ZoneOf) -> Moment:
    """The DATE or DATE-TIME in `prop`. Raises ValueError where it is neither.

    VALUE=DATE decides over a time and a TZID that stand beside it; a trailing Z decides over a TZID.
    """
    return parse_moment_text(prop.value, prop.parameters, zone_of)


def parse_moment_text(text: str, parameters: dict[str, str], zone_of: ZoneOf) -> Moment:
    """As `parse_moment`, for one value of a list."""
    matched = _MOMENT.fullmatch(text.strip())
    if matched is None:
        raise ValueError(f"`{text[:40]}` is no date or time")
    year, month, day = (int(part) for part in matched.group(1, 2, 3))
    if matched[4] is None or parameters.get("VALUE", "").upper() == "DATE":
        return Moment(datetime(year, month, day), is_date=True)  # noqa: DTZ001 - a wall clock has no zone
    hour, minute, second = (int(part) for part in matched.group(4, 5, 6))
    wall = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
    if matched[7]:
        return Moment(wall, UTC)
    name = parameters.get("TZID", "")
    return Moment(wall, zone_of(name) if name else None)


def parse_duration(text: str) -> Length:
    """A DURATION (RFC 5545 3.3.6); negative ones have negative parts. Raises ValueError where it is none."""
    matched = _DURATION.fullmatch(text.strip())
    if matched is None:
        raise ValueError(f"`{text[:40]}` is no duration")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in matched.groups()[1:])
    sign = -1 if matched[1] == "-" else 1
    length = Length(sign * (7 * weeks + days), sign * (3600 * hours + 60 * minutes + seconds))
    if abs(length.span) > timedelta(days=100_000):
        raise ValueError(f"`{text[:40]}` is longer than any meeting")
    return length


def parse_period(text: str, parameters: dict[str, str], zone_of: ZoneOf) -> tuple[Moment, Length]:
    """A PERIOD (RFC 5545 3.3.9) as its start and length. Raises ValueError where it is none."""
    begins, slash, ends = text.partition("/")
    if not slash:
        raise ValueError(f"`{text[:40]}` is no period")
    start = parse_moment_text(begins, {**parameters, "VALUE": ""}, zone_of)
    if ends.strip().upper().startswith(("P", "+P", "-P")):
        return start, parse_duration(ends)
    end = parse_moment_text(ends, {**parameters, "VALUE": ""}, zone_of)
    stretch = end.instant(UTC) - start.instant(UTC)
    return start, Length(0, max(int(stretch.total_seconds()), 0))


def as_date(moment: Moment) -> date:
    """The day on the wall."""
    return moment.wall.date()
