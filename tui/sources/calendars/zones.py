"""Which zone a TZID means: the zone database, the file's own VTIMEZONE, else what its name implies (`zonenames`).

A VTIMEZONE is known by its content, never by its name alone: two calendars that both define `Customized Time
Zone` have two zones.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from msgspec import Struct
from msgspec.structs import replace

from tui.sources.calendars.budget import Budget
from tui.sources.calendars.lines import Property, own_lines, parse_properties, unescaped
from tui.sources.calendars.recurring import starts_between
from tui.sources.calendars.rules import YEARLY, Rule, parse_rule, rule_parts
from tui.sources.calendars.values import parse_moment_text
from tui.sources.calendars.zonenames import implied_zone, is_utc, known_zone

MAX_TZID = 255
MAX_ZONES = 500
"""VTIMEZONEs of one file that are looked at."""

MAX_PARTS = 1000
"""Observances of one VTIMEZONE; one with more is not used."""
MAX_STEPS = 500_000
"""Days that are looked at for the clock changes of all zones of one file."""
FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Outside, clocks do as in the nearest of these years."""

_OFFSET = re.compile(r"([+-]?)(\d\d):?(\d\d)(?::?(\d\d))?")
_PART = re.compile(rb"\n(BEGIN|END):(?:STANDARD|DAYLIGHT)[ \t]*(?=\n)", re.IGNORECASE)
_YEARS = (datetime(FIRST_YEAR - 3, 1, 1), datetime(LAST_YEAR + 2, 1, 1))  # noqa: DTZ001
_WANTED = frozenset({"TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE", "X-LIC-LOCATION"})


class Observance(Struct, frozen=True):
    """A STANDARD or DAYLIGHT part of a VTIMEZONE."""

    onset: datetime
    """The first one, on the wall of the offset before it."""
    before: timedelta
    after: timedelta
    rule: Rule | None = None
    """Onsets without end; those of a rule that ends are `others`."""
    others: tuple[datetime, ...] = ()
    """Further onsets."""


class FileZone(tzinfo):
    """A zone as one file's VTIMEZONE defines it. Years are worked out as they are asked for."""

    def __init__(self, name: str, observances: tuple[Observance, ...], budget: Budget) -> None:
        self._name = name
        self._budget = budget
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
        year = min(max(year, FIRST_YEAR), LAST_YEAR)
        if year not in self._years:
            found: set[tuple[datetime, timedelta, timedelta]] = set()
            for part in self._observances:
                for onset in _onsets(part, year, self._budget):
                    found.add((onset - part.before, part.before, part.after))
            ordered = sorted(found)
            joined = [ordered[0]]
            for instant, _, after in ordered[1:]:
                joined.append((instant, joined[-1][2], after))
            self._years[year] = tuple(joined)
        return self._years[year]


def _onsets(part: Observance, year: int, budget: Budget) -> list[datetime]:
    """The onsets of `part` from a year before `year` to a year after it, and the last one before those."""
    onsets = [part.onset, *part.others]
    if part.rule is not None:
        onsets += starts_between(part.rule, datetime(year - 2, 1, 1), datetime(year + 1, 12, 31), budget)  # noqa: DTZ001
    edge = datetime(year - 1, 1, 1)  # noqa: DTZ001
    past = [onset for onset in onsets if onset < edge]
    return [onset for onset in onsets if onset >= edge and onset.year <= year + 1] + [
        max(past) if past else min(onsets)
    ]


def no_more_than(steps: int) -> Budget:
    """What all zones of a file may take together: steps, whatever the time they are taken at."""
    return Budget(math.inf, steps)


@dataclass(slots=True)
class Zones:
    """The zones one VCALENDAR may name. `definitions`: TZID and the plain bytes of its VTIMEZONE."""

    definitions: dict[str, bytes] = field(default_factory=dict)
    budget: Budget = field(default_factory=lambda: no_more_than(MAX_STEPS), compare=False)
    _found: dict[str, tzinfo | None] = field(default_factory=dict, compare=False)
    _defined: dict[str, bytes] | None = field(default=None, compare=False)

    def zone_of(self, name: str) -> tzinfo | None:
        """The zone `name` (a TZID) means here; None where it is unknown."""
        if name not in self._found:
            self._found[name] = self._resolve(name)
        return self._found[name]

    def _resolve(self, name: str) -> tzinfo | None:
        cleaned = _cleaned(name)
        if not cleaned or len(cleaned) > MAX_TZID or not cleaned.isprintable():
            return None
        known = known_zone(cleaned)
        # A short name is the file's own where it defines it: `EST` with a summer time, `GMT` for London (RFC 5545
        # 3.6.5). Of a whole name such as `Europe/Berlin` the database knows more than an exporter's two rules.
        if known is not None and ("/" in cleaned or (is_utc(cleaned) and cleaned.upper() != "GMT")):
            return known
        definition = self._definition(cleaned)
        own = parse_zone(cleaned, definition, self.budget) if definition is not None else None
        return own or known or implied_zone(cleaned)

    def _definition(self, cleaned: str) -> bytes | None:
        """The VTIMEZONE of that name: the first one, as written or else in whatever case."""
        if self._defined is None:
            self._defined = {}
            for name, block in self.definitions.items():
                self._defined.setdefault(_cleaned(name), block)
            for name, block in tuple(self._defined.items()):
                self._defined.setdefault(name.casefold(), block)
        return self._defined.get(cleaned, self._defined.get(cleaned.casefold()))


def _cleaned(name: str) -> str:
    """A TZID without quotes and escapes: as a parameter it has the one, as a property the other."""
    return unescaped(name).strip().strip('"').strip()


def parse_zone(name: str, block: bytes, budget: Budget) -> tzinfo | None:
    """The zone a VTIMEZONE defines; that of its X-LIC-LOCATION where it cannot be used; else None.

    Only yearly rules (the only ones zones need) are followed, so that none of them can take long.
    """
    observances = []
    for part in _parts(block):
        try:
            observances.append(_parse_observance(parse_properties(part, _WANTED), budget))
        except (ValueError, OverflowError):
            observances = []
            break
    if 0 < len(observances) <= MAX_PARTS:
        return FileZone(name, tuple(observances), budget)
    places = (prop for prop in parse_properties(own_lines(block), _WANTED) if prop.name == "X-LIC-LOCATION")
    return next((zone for prop in places if (zone := known_zone(prop.value.strip()))), None)


def _parts(block: bytes) -> Iterator[bytes]:
    """The insides of STANDARD and DAYLIGHT, one more than are used at most; what is never ended is none."""
    begin: int | None = None
    number = 0
    for mark in _PART.finditer(block):
        if mark[1].upper() == b"BEGIN":
            begin = mark.end()
        elif begin is not None:
            yield block[begin : mark.start()] + b"\n"
            begin = None
            number += 1
            if number > MAX_PARTS:
                return


def _parse_observance(properties: list[Property], budget: Budget) -> Observance:
    told = {prop.name: prop for prop in reversed(properties)}
    missing = {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"} - told.keys()
    if missing:
        raise ValueError("an observance without its start or offsets")
    onset = _wall(told["DTSTART"].value)
    before, after = _offset(told["TZOFFSETFROM"].value), _offset(told["TZOFFSETTO"].value)
    others = [
        _wall(text.partition("/")[0])
        for prop in properties
        if prop.name == "RDATE"
        for text in prop.value.split(",")[:1000]
    ]
    rule = _parse_onsets(told["RRULE"].value, onset, before) if "RRULE" in told else None
    if rule is not None and (rule.until or rule.count):
        others += starts_between(rule, max(onset, _YEARS[0]), _YEARS[1], budget)
        rule = None
    return Observance(onset, before, after, rule, tuple(others))


def _parse_onsets(text: str, onset: datetime, before: timedelta) -> Rule:
    """The rule of an observance. Raises ValueError where it is none that clocks are changed by."""
    parts = rule_parts(text)
    rule = parse_rule(text, onset, _until(parts["UNTIL"], before) if "UNTIL" in parts else None)
    if rule.frequency != YEARLY or rule.interval != 1 or rule.dense:
        raise ValueError("a zone that does not change by the year")
    # Windows writes a first year of 1601: what lies before any calendar need not be walked.
    if rule.count is None and rule.start < _YEARS[0]:
        rule = replace(rule, start=rule.start.replace(year=_YEARS[0].year, month=1, day=1))
    return rule


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
