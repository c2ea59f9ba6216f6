"""Where the meetings of a calendar text are and which days each can touch, found without parsing them. Pure.

A row is a VEVENT: its place in the plain bytes (`lines.plain_bytes`) and the few facts that say whether a window
needs it. What is found here is conservative: a row may be looked at for nothing, none is left out.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from tui.domain.text import safe_text
from tui.sources.calendars.lines import own_lines, parse_properties, unescaped
from tui.sources.calendars.values import parse_duration
from tui.sources.calendars.zones import MAX_STEPS, MAX_ZONES, Zones, no_more_than

FOREVER = date.max.toordinal()
MAX_NAMED = 5
"""Meetings that cannot be read and are named one by one; of more only the number is said."""
MANY_DATES = 4000
"""Bytes of an RDATE with which a row counts as heavy."""

_MARK = re.compile(rb"\n(BEGIN|END):(VEVENT|VTIMEZONE|VCALENDAR)[ \t]*(?=\n)")
_KEY = re.compile(rb"\n(DTSTART|DTEND|DURATION|RRULE|RDATE|RECURRENCE-ID|UID|SEQUENCE|LAST-MODIFIED)[ \t]*([;:][^\n]*)")
_DAY = re.compile(rb"(?<!\d)\d{8}(?!\d)")
_HEAVY = re.compile(rb"SECONDLY|MINUTELY|HOURLY|BYSETPOS|BYHOUR|BYMINUTE|BYSECOND|COUNT=\d{5}")
_UNTIL = re.compile(rb"UNTIL=(\d{8})")
_UID = re.compile(rb"\nUID[ \t]*(?:;[^:\n]*)?:([^\n]*)", re.IGNORECASE)
_TZID = frozenset({"TZID"})


@dataclass(frozen=True, slots=True)
class Row:
    """A VEVENT that can be placed on days. Days are ordinals of `datetime.date`, in whatever zone it is written in."""

    begin: int
    end: int
    first: int
    last: int
    """The last day it can touch; FOREVER for a rule, which only a rule's own test bounds."""
    days: int
    """Days one occurrence covers, at least 1."""
    uid: str
    instance: int | None
    """The day of RECURRENCE-ID; None for the meeting or series itself."""
    onward: bool
    """RECURRENCE-ID has RANGE=THISANDFUTURE."""
    revision: tuple[int, str]
    """SEQUENCE and LAST-MODIFIED: of two rows for the same, the higher is meant."""
    heavy: bool
    """Its rule or its dates may take long to work out."""
    scope: int
    """Which of the index's zones its TZIDs mean."""


@dataclass(frozen=True, slots=True)
class Index:
    """The rows of one calendar text."""

    rows: tuple[Row, ...]
    scopes: tuple[Zones, ...]
    floating: tuple[str, ...]
    """X-WR-TIMEZONE of each scope; empty where it says none."""
    problems: tuple[str, ...]
    """A sentence for each meeting that could not be placed, and for a text that breaks off."""


class NotCalendarError(ValueError):
    """The text is no calendar; the message is a sentence."""


def index_text(plain: bytes) -> Index:
    """The index of `plain` (see `lines.plain_bytes`). Raises NotCalendarError where it is no iCalendar text."""
    capitals = plain.upper()
    marks = [(mark.start(), mark.end(), mark[1] == b"BEGIN", mark[2]) for mark in _MARK.finditer(capitals)]
    if not any(begins for _, _, begins, _ in marks):
        raise NotCalendarError(_why_not(capitals))
    # A line that nothing ends is cut short, and half a date is another date.
    blocks, zones, borders = _blocks(marks, plain.rfind(b"\n", 0, len(plain) - 1))
    rows: list[Row] = []
    lost: list[str] = []
    for begin, end in blocks:
        block = plain[begin:end] + b"\n"
        row = _row(block, begin, end, max(bisect_right(borders, begin) - 1, 0))
        if row is None:
            lost.append(_title(block))
        else:
            rows.append(row)
    scopes = _scopes(plain, zones, borders)
    problems = list(_lost(lost))
    if not capitals.rstrip().endswith(b"END:VCALENDAR"):
        problems.append("the calendar breaks off before its end; what it holds up to there is shown")
    return Index(tuple(rows), scopes, _floating(plain, capitals, borders), tuple(problems))


def _why_not(capitals: bytes) -> str:
    head = capitals[:4096].lstrip()
    if not head:
        return "it is empty"
    if head.startswith(b"<") or b"<HTML" in head:
        return "it is a web page (a sign-in page?), not a calendar; save the calendar's .ics file in its place"
    return "it is not a calendar: nothing in it begins with BEGIN:VCALENDAR; give an .ics file"


def _blocks(
    marks: list[tuple[int, int, bool, bytes]], size: int
) -> tuple[list[tuple[int, int]], list[tuple[int, int]], list[int]]:
    """The insides of VEVENTs and VTIMEZONEs, and where VCALENDARs begin. What is never ended ends at the next mark."""
    events: list[tuple[int, int]] = []
    zones: list[tuple[int, int]] = []
    borders: list[int] = []
    for place, (before, after, begins, name) in enumerate(marks):
        if name == b"VCALENDAR":
            if begins:
                borders.append(before)
        elif begins:
            end = marks[place + 1][0] if place + 1 < len(marks) else size
            (events if name == b"VEVENT" else zones).append((after, end))
    return events, zones, borders


def _row(block: bytes, begin: int, end: int, scope: int) -> Row | None:
    own = own_lines(block)
    capitals = own.upper()
    found: dict[bytes, bytes] = {}
    bounded = True
    earliest = FOREVER
    for name, rest in _KEY.findall(capitals):
        bounded = bounded and not (name in found and name == b"RRULE") and name != b"RDATE"
        if name == b"RDATE":  # it may name dates before DTSTART
            earliest = min(earliest, _first_day(rest))
        found.setdefault(name, rest)
    first = _day(found.get(b"DTSTART", b""))
    if first is None:
        return None
    days = _days(found, first)
    instance = found.get(b"RECURRENCE-ID")
    onward = instance is not None and b"THISANDFUTURE" in instance
    last = first + days - 1
    if onward or b"RRULE" in found or not bounded:
        last = _last_day(found.get(b"RRULE", b""), last, days) if bounded and not onward else FOREVER
    uid = _UID.search(own) if b"UID" in found else None
    return Row(
        begin=begin,
        end=end,
        first=min(first, earliest),
        last=last,
        days=days,
        uid=unescaped(uid[1].decode("utf-8", "replace")).strip()[:1000] if uid else "",
        instance=(_day(instance) or first) if instance is not None else None,
        onward=onward,
        revision=(
            _sequence(found.get(b"SEQUENCE", b"")),
            found.get(b"LAST-MODIFIED", b"")[-17:].decode("ascii", "replace"),
        ),
        heavy=len(found.get(b"RDATE", b"")) > MANY_DATES or _HEAVY.search(found.get(b"RRULE", b"")) is not None,
        scope=scope,
    )


def _last_day(rule: bytes, first: int, days: int) -> int:
    """The last day of a series whose first occurrence, of `days` days, ends on `first`; FOREVER without an UNTIL."""
    matched = _UNTIL.search(rule)
    until = _day(b":" + matched[1]) if matched else None
    return FOREVER if until is None else max(first, until + days)


def _day(rest: bytes) -> int | None:
    matched = _DAY.search(rest, max(rest.rfind(b":"), 0)) if rest else None
    if matched is None:
        return None
    digits = matched[0]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).toordinal()
    except ValueError:
        return None


def _first_day(rest: bytes) -> int:
    """The earliest of the days in an RDATE; FOREVER where it has none."""
    return min((day for digits in set(_DAY.findall(rest)) if (day := _day(digits)) is not None), default=FOREVER)


def _days(found: dict[bytes, bytes], first: int) -> int:
    last = _day(found.get(b"DTEND", b""))
    if last is not None:
        return max(last - first, 0) + 1
    text = found.get(b"DURATION", b"").rpartition(b":")[2]
    try:
        return max(parse_duration(text.decode("ascii", "replace")).span.days, 0) + 2
    except ValueError:
        return 1


def _sequence(rest: bytes) -> int:
    text = rest.rpartition(b":")[2].strip()
    return int(text) if text.isdigit() and len(text) < 10 else 0  # its default (RFC 5545 3.8.7.4)


def _title(block: bytes) -> str:
    for prop in parse_properties(own_lines(block), frozenset({"SUMMARY"})):
        return quoted_title(prop.value)
    return quoted_title("")


def quoted_title(value: str) -> str:
    """SUMMARY as sentences name a meeting by it."""
    title = safe_text(unescaped(value[:400]).strip(), 60)
    return f"`{title}`" if title else "a meeting without a title"


def _lost(titles: list[str]) -> Iterable[str]:
    for title in titles[:MAX_NAMED]:
        yield f"{title}: has no start that can be read; it is not shown"
    if len(titles) > MAX_NAMED:
        yield f"{len(titles) - MAX_NAMED} more meetings have no start that can be read; they are not shown"


def _scopes(plain: bytes, zones: list[tuple[int, int]], borders: list[int]) -> tuple[Zones, ...]:
    budget = no_more_than(MAX_STEPS)
    scopes = tuple(Zones(budget=budget) for _ in range(max(len(borders), 1)))
    for begin, end in zones[:MAX_ZONES]:
        block = plain[begin:end] + b"\n"
        scope = scopes[max(bisect_right(borders, begin) - 1, 0)]
        for prop in parse_properties(own_lines(block), _TZID):
            scope.definitions.setdefault(prop.value.strip(), block)
    return scopes


def _floating(plain: bytes, capitals: bytes, borders: list[int]) -> tuple[str, ...]:
    """X-WR-TIMEZONE of each VCALENDAR."""
    return tuple(_wr_zones(plain, capitals, borders)) or ("",)


def _wr_zones(plain: bytes, capitals: bytes, borders: list[int]) -> Iterator[str]:
    for number, begin in enumerate(borders):
        end = borders[number + 1] if number + 1 < len(borders) else len(capitals)
        place = capitals.find(b"\nX-WR-TIMEZONE", begin, end)
        line = plain[place + 1 : place + 400].partition(b"\n")[0] if place >= 0 else b""
        yield line.partition(b":")[2].decode("utf-8", "replace").strip()
