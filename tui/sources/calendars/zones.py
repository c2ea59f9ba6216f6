"""Which zone a TZID means: the zone database, the file's own VTIMEZONE, Windows names, offsets. Reads zone files only.

A VTIMEZONE is known by its content, never by its name alone: two calendars that both define `Customized Time
Zone` have two zones.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from tui.sources.calendars.budget import Budget, OverBudgetError
from tui.sources.calendars.lines import Property, own_lines, parse_properties, unescaped
from tui.sources.calendars.recurring import starts_between
from tui.sources.calendars.rules import YEARLY, Rule, parse_rule, rule_parts
from tui.sources.calendars.values import parse_moment_text

MAX_TZID = 255
MAX_ZONES = 500
"""VTIMEZONEs of one file that are looked at."""

_OLSON = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,3}")
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?")
_FIXED = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?", re.IGNORECASE)
_UTC_NAMES = frozenset({"utc", "gmt", "z", "zulu", "tzone://microsoft/utc", "coordinated universal time"})
_NO_PLACES = frozenset({"localtime", "posixrules", "Factory"})
_OBSERVANCE = re.compile(
    rb"\nBEGIN:(?:STANDARD|DAYLIGHT)[ \t]*\n(.*?)\nEND:(?:STANDARD|DAYLIGHT)[ \t]*(?=\n)",
    re.IGNORECASE | re.DOTALL,
)
_WANTED = frozenset({"TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE", "X-LIC-LOCATION"})


@dataclass(frozen=True, slots=True)
class Observance:
    """A STANDARD or DAYLIGHT part of a VTIMEZONE."""

    onset: datetime
    """The first one, on the wall of the offset before it."""
    before: timedelta
    after: timedelta
    rule: Rule | None = None
    others: tuple[datetime, ...] = ()
    """Further onsets (RDATE)."""


class FileZone(tzinfo):
    """A zone as one file's VTIMEZONE defines it. Years are worked out as they are asked for."""

    def __init__(self, name: str, observances: tuple[Observance, ...]) -> None:
        self._name = name
        self._observances = observances
        self._years: dict[int, tuple[tuple[datetime, timedelta, timedelta], ...]] = {}

    def utcoffset(self, when: datetime | None) -> timedelta:
        """The offset on the wall; the first of two times that occur twice unless `fold` is set."""
        if when is None:
            return self._observances[0].after
        wall = when.replace(tzinfo=None)
        pick = min if when.fold else max
        changes = self._changes(wall.year)
        offset = changes[0][1]
        for instant, before, after in changes:
            if wall < instant + pick(before, after):
                break
            offset = after
        return offset

    def dst(self, when: datetime | None) -> timedelta | None:
        """Not told: a VTIMEZONE need not say which of its offsets is the standard one."""
        return None

    def tzname(self, when: datetime | None) -> str:
        """The TZID."""
        return self._name

    def fromutc(self, when: datetime) -> datetime:
        """`when`, a UTC time that carries this zone, as the clock here shows it."""
        plain = when.replace(tzinfo=None)
        changes = self._changes(plain.year)
        offset = changes[0][1]
        for instant, _, after in changes:
            if plain < instant:
                break
            offset = after
        wall = (plain + offset).replace(tzinfo=self)
        return wall if self.utcoffset(wall) == offset else wall.replace(fold=1)

    def _changes(self, year: int) -> tuple[tuple[datetime, timedelta, timedelta], ...]:
        """(instant, offset before, offset after) of the changes around `year`, with the last ones before it."""
        if year not in self._years:
            found: set[tuple[datetime, timedelta, timedelta]] = set()
            for part in self._observances:
                for onset in _onsets(part, year):
                    found.add((onset - part.before, part.before, part.after))
            ordered = sorted(found)
            joined = [ordered[0]]
            for instant, _, after in ordered[1:]:
                joined.append((instant, joined[-1][2], after))
            self._years[year] = tuple(joined)
        return self._years[year]


def _onsets(part: Observance, year: int) -> list[datetime]:
    """The onsets of `part` from a year before `year` to a year after it, and the last one before those."""
    onsets = [part.onset, *part.others]
    rule = part.rule
    if rule is not None:
        last = min(year + 1, rule.until.year) if rule.until else year + 1
        low = rule.start.year if rule.count else max(min(last, year) - 2, 1)
        high = min(max(last, 2), 9998)
        budget = Budget(5.0)
        onsets += starts_between(rule, datetime(low, 1, 1), datetime(high, 12, 31), budget)  # noqa: DTZ001
    edge = datetime(max(year - 1, 1), 1, 1)  # noqa: DTZ001
    past = [onset for onset in onsets if onset < edge]
    return [onset for onset in onsets if onset >= edge and onset.year <= year + 1] + [
        max(past) if past else min(onsets)
    ]


@dataclass(slots=True)
class Zones:
    """The zones one VCALENDAR may name. `definitions`: TZID and the plain bytes of its VTIMEZONE."""

    definitions: dict[str, bytes] = field(default_factory=dict)
    _found: dict[str, tzinfo | None] = field(default_factory=dict)

    def zone_of(self, name: str) -> tzinfo | None:
        """The zone `name` (a TZID) means here; None where it is unknown."""
        if name not in self._found:
            self._found[name] = self._resolve(name)
        return self._found[name]

    def _resolve(self, name: str) -> tzinfo | None:
        cleaned = unescaped(name).strip().strip('"').strip()
        if not cleaned or len(cleaned) > MAX_TZID or not cleaned.isprintable():
            return None
        known = known_zone(cleaned)
        if known is not None:
            return known
        definition = self.definitions.get(name, self.definitions.get(cleaned))
        if definition is not None:
            own = parse_zone(cleaned, definition)
            if own is not None:
                return own
        return windows_zone(cleaned) or _prefixed(cleaned) or _fixed(cleaned)


def known_zone(name: str) -> tzinfo | None:
    """The zone of the zone database called `name`, in any case of letters; None where there is none."""
    if name.casefold() in _UTC_NAMES:
        return UTC
    if not _OLSON.fullmatch(name) or name in _NO_PLACES:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of the database, such as `America`
        pass
    exact = {known.casefold(): known for known in available_timezones()}.get(name.casefold())
    return ZoneInfo(exact) if exact and exact not in _NO_PLACES else None


def windows_zone(name: str) -> tzinfo | None:
    """The zone of a Windows name such as `W. Europe Standard Time` (Unicode CLDR windowsZones)."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    place = WINDOWS_TO_OLSON.get(name) or {known.casefold(): place for known, place in WINDOWS_TO_OLSON.items()}.get(
        name.casefold()
    )
    return known_zone(place) if place else None


def parse_zone(name: str, block: bytes) -> tzinfo | None:
    """The zone a VTIMEZONE defines; that of its X-LIC-LOCATION where it cannot be used; else None.

    Only yearly rules (the only ones zones need) are followed, so that none of them can take long.
    """
    observances = []
    for part in _OBSERVANCE.finditer(block):
        try:
            observances.append(_parse_observance(parse_properties(b"\n" + part[1], _WANTED)))
        except (ValueError, OverflowError, OverBudgetError):
            observances = []
            break
    if observances:
        return FileZone(name, tuple(observances))
    places = (prop for prop in parse_properties(own_lines(block), _WANTED) if prop.name == "X-LIC-LOCATION")
    return next((zone for prop in places if (zone := known_zone(prop.value.strip()))), None)


def _parse_observance(properties: list[Property]) -> Observance:
    told = {prop.name: prop for prop in reversed(properties)}
    missing = {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"} - told.keys()
    if missing:
        raise ValueError("an observance without its start or offsets")
    onset = _wall(told["DTSTART"].value)
    before, after = _offset(told["TZOFFSETFROM"].value), _offset(told["TZOFFSETTO"].value)
    rule = None
    if "RRULE" in told:
        text = told["RRULE"].value
        parts = rule_parts(text)
        rule = parse_rule(text, onset, _until(parts["UNTIL"], before) if "UNTIL" in parts else None)
        if rule.frequency != YEARLY or rule.interval != 1 or rule.dense:
            raise ValueError("a zone that does not change by the year")
    others = tuple(
        _wall(text.partition("/")[0])
        for prop in properties
        if prop.name == "RDATE"
        for text in prop.value.split(",")[:1000]
    )
    return Observance(onset, before, after, rule, others)


def _until(text: str, before: timedelta) -> datetime:
    """UNTIL of an observance, which is in UTC (RFC 5545 3.6.5), on the wall of its onsets; a date means all of it."""
    moment = parse_moment_text(text, {}, lambda _: None)
    if moment.is_date:
        return moment.wall + timedelta(hours=23, minutes=59, seconds=59)
    return moment.wall + before if moment.zone is UTC else moment.wall


def _wall(text: str) -> datetime:
    return parse_moment_text(text, {}, lambda _: None).wall


def _offset(text: str) -> timedelta:
    matched = _OFFSET.fullmatch(text.strip())
    if matched is None:
        raise ValueError(f"`{text[:20]}` is no offset")
    hours, minutes, seconds = (int(part or 0) for part in matched.groups()[1:])
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if offset >= timedelta(hours=24) or minutes > 59 or seconds > 59:
        raise ValueError(f"`{text[:20]}` is no offset")
    return -offset if matched[1] == "-" else offset


def _prefixed(name: str) -> tzinfo | None:
    """A globally unique TZID (RFC 5545 3.2.19) that ends with a zone's name, as libical and Evolution write it."""
    parts = name.strip("/").split("/")
    for size in (3, 2, 1):
        if size < len(parts):
            tail = "/".join(parts[-size:])
            zone = known_zone(tail) if size > 1 or tail.casefold() in _UTC_NAMES else windows_zone(tail)
            if zone is not None:
                return zone
    return None


def _fixed(name: str) -> tzinfo | None:
    """`GMT+0100`, `UTC-05:00`, `+02:00`: an offset and nothing else."""
    matched = _FIXED.fullmatch(name)
    if matched is None:
        return None
    offset = timedelta(hours=int(matched[2]), minutes=int(matched[3] or 0))
    if offset >= timedelta(hours=24):
        return None
    return timezone(-offset if matched[1] == "-" else offset)
