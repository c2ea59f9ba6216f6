"""Where the meetings of a calendar text are and which days each can touch, found without parsing them. Pure.

A text is indexed as it lies on disk where that is possible, so that single events can be read from there later; its
content lines may be folded. Rows are `rows`; what is found is conservative.
"""

import functools
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import blake2b

from msgspec import Struct

from tui.domain.text import safe_text
from tui.sources.calendars.lines import own_lines, parse_properties, unescaped, unfolded
from tui.sources.calendars.rows import FOREVER, Row, Rows
from tui.sources.calendars.values import parse_duration
from tui.sources.calendars.zones import MAX_STEPS, MAX_ZONES, Zones, no_more_than

MAX_NAMED = 5
"""Meetings that cannot be read and are named one by one; of more only the number is said."""
MANY_DATES = 4000
"""Bytes of an RDATE with which a row counts as heavy."""
KEY_BYTES = 16
"""Length of the secret with which UIDs become numbers: nobody outside can make two of them the same."""

_MARK = re.compile(rb"\n(BEGIN|END):(VEVENT|VTIMEZONE|VCALENDAR)[ \t]*(?=\r?(?:\n(?![ \t])|\Z))", re.IGNORECASE)
_FIRST_MARK = re.compile(_MARK.pattern.removeprefix(rb"\n"), re.IGNORECASE)
_KEYS = (b"DTSTART", b"DTEND", b"DURATION", b"RRULE", b"RDATE", b"RECURRENCE-ID", b"UID", b"SEQUENCE", b"LAST-MODIFIED")
_VALUE = rb"[ \t]*([;:][^\n]*(?:\n[ \t][^\n]*)*)"
_KEY = re.compile(rb"\n(" + b"|".join(_KEYS) + rb")" + _VALUE, re.IGNORECASE)
_WR_ZONE = re.compile(rb"\nX-WR-TIMEZONE" + _VALUE, re.IGNORECASE)
_CONTINUED = re.compile(rb"\n(?:([BbDdEeLlRrSsUuXx][A-Za-z:-]{0,14}+)[ \t]*+)?+\r?\n[ \t]")
_CONTINUED_FIRST = re.compile(rb"[A-Za-z:-]{0,15}[ \t]*\r?\n[ \t]")
_MARKED = (b"VEVENT", b"VTIMEZONE", b"VCALENDAR")
_FOUND_BY = tuple(b"%s:%s" % (mark, name) for mark in (b"BEGIN", b"END") for name in _MARKED)
_FOUND_BY += (*_KEYS, b"X-WR-TIMEZONE")
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_DAY = re.compile(rb"(?<!\d)\d{8}(?!\d)")
_HEAVY = re.compile(rb"SECONDLY|MINUTELY|HOURLY|BYSETPOS|BYHOUR|BYMINUTE|BYSECOND|COUNT=\d{5}")
_UNTIL = re.compile(rb"UNTIL=(\d{8})")
_UID = re.compile(rb"\nUID[ \t]*(?:;[^:\n]*)?:([^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE)
_COUNTED = re.compile(
    rb":((?=.*\bCOUNT=)FREQ=(?:DAILY|WEEKLY)(?:;(?:COUNT=\d{1,4}|INTERVAL=\d{1,3}|WKST=[A-Z]{2}|BYDAY=[A-Z,]+))+)"
)
_MODIFIED = re.compile(rb"(\d{8})T(\d{6})")
_TZID = frozenset({"TZID"})

Scopes = tuple[Zones, ...]


class Index(Struct, frozen=True):
    """What a text has beside its rows."""

    scopes: Scopes
    floating: tuple[str, ...]
    """X-WR-TIMEZONE of each scope; empty where it says none."""
    problems: tuple[str, ...]
    """A sentence for each meeting that could not be placed, and for a text that breaks off."""


class NotCalendarError(ValueError):
    """The text is no calendar; the message is a sentence."""


def readable_in_parts(raw: bytes) -> bool:
    """True where the events of `raw` can be found and read where they lie: UTF-8 (or what was meant as that), lines
    that end one way, and none of the words an index looks for folded in two. Else `plain_bytes` of all of it will do.
    """
    if raw[:4].startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0")) or b"\0" in raw[1:2]:
        return False
    if _LONE_RETURN.search(raw) or _CONTINUED_FIRST.match(raw):
        return False
    return not any(_would_join((found[1] or b"").upper()) for found in _CONTINUED.finditer(raw))


def _would_join(begun: bytes) -> bool:
    return any(word.startswith(begun) for word in _FOUND_BY)


def index_text(text: bytes, rows: Rows, document: int, key: bytes) -> Index:
    """Put the events of `text` into `rows` as those of `document`. `text` is readable in parts, or plain.

    `key` makes numbers of UIDs. Raises NotCalendarError where it is no iCalendar text; `rows` are then as before.
    """
    first = _FIRST_MARK.match(text)
    found = [first, *_MARK.finditer(text)] if first else list(_MARK.finditer(text))
    marks = [(mark.start(), mark.end(), mark[1][:1] in b"Bb", mark[2].upper()) for mark in found]
    if not any(begins for _, _, begins, _ in marks):
        raise NotCalendarError(_why_not(text[:4096].upper()))
    blocks, zones, borders = _blocks(marks, _whole_lines(text))
    lost: list[str] = []
    for begin, end in blocks:
        block = text[begin:end] + b"\n"
        row = _row(block, begin, end, max(bisect_right(borders, begin) - 1, 0), document, key)
        if row is None:
            lost.append(_title(unfolded(block)))
        else:
            rows.add(row)
    problems = list(_lost(lost))
    if not text[-4096:].rstrip().upper().endswith(b"END:VCALENDAR"):
        problems.append("the calendar breaks off before its end; what it holds up to there is shown")
    return Index(_scopes(text, zones, borders), _floating(text, marks, borders), tuple(problems))


def _whole_lines(text: bytes) -> int:
    """Where the last line begins: one that nothing ends is cut short, and half a date is another date."""
    end = text.rfind(b"\n")
    while text[end + 1 : end + 2] in (b" ", b"\t") and end >= 0:
        end = text.rfind(b"\n", 0, end)
    return end


def block_of(piece: bytes) -> bytes:
    """The inside of an event as it lies in a text, as plain bytes."""
    return unfolded(piece) + b"\n"


def uid_in(block: bytes) -> str:
    """The UID of the event whose inside is `block` (plain bytes); empty where it has none."""
    found = _UID.search(own_lines(block))
    return _uid(found[1]) if found else ""


def _uid(value: bytes) -> str:
    return unescaped(unfolded(value).decode("utf-8", "replace")).strip()[:1000]


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


def _row(block: bytes, begin: int, end: int, scope: int, document: int, key: bytes) -> Row | None:
    own = own_lines(block)
    found: dict[bytes, bytes] = {}
    bounded = True
    for written, rest in _KEY.findall(own):
        name = written.upper()
        bounded = bounded and not (name in found and name == b"RRULE") and name != b"RDATE"
        found.setdefault(name, unfolded(rest) if b"\n" in rest else rest.rstrip())
    first = _day(found.get(b"DTSTART", b""))
    if first is None:
        return None
    if not bounded:
        first = min(first, *_further(own))
    days = _days(found, first)
    instance = found.get(b"RECURRENCE-ID")
    rule = found.get(b"RRULE", b"").upper()
    onward = instance is not None and b"THISANDFUTURE" in instance.upper()
    last = first + days - 1
    if onward or rule or not bounded:
        last = _last_day(rule, last, days) if bounded and not onward else FOREVER
    return Row(
        document=document,
        begin=begin,
        end=end,
        first=first,
        last=last,
        days=days,
        instance=None if instance is None else (_day(instance) or first),
        uid=_uid_number(found[b"UID"], key) if b"UID" in found else 0,
        revision=(_sequence(found.get(b"SEQUENCE", b"")), _modified(found.get(b"LAST-MODIFIED", b""))),
        onward=onward,
        heavy=len(found.get(b"RDATE", b"")) > MANY_DATES or (bool(rule) and _HEAVY.search(rule) is not None),
        scope=scope,
    )


def _further(own: bytes) -> Iterator[int]:
    """The days of RDATE: they may lie before DTSTART. At least one, which is far off."""
    yield FOREVER
    for written, rest in _KEY.findall(own):
        if written.upper() == b"RDATE":
            yield from (day for digits in _DAY.findall(unfolded(rest).rpartition(b":")[2]) if (day := _ordinal(digits)))


def _uid_number(rest: bytes, key: bytes) -> int:
    """`rest`: what stands behind the name, unfolded."""
    value = rest.partition(b":")[2].strip()
    if b"\\" in value or not value.isascii():
        return uid_number(_uid(value), key)
    return _number(value, key)


def uid_number(uid: str, key: bytes) -> int:
    """The number that stands for `uid` in rows made with `key`; 0 for none."""
    return _number(uid.encode("utf-8", "surrogatepass"), key)


def _number(value: bytes, key: bytes) -> int:
    if not value:
        return 0
    digest = blake2b(value[:1000], digest_size=8, key=key).digest()
    return int.from_bytes(digest, "little", signed=True) or 1


def _last_day(rule: bytes, first: int, days: int) -> int:
    """The last day of a series whose first occurrence, of `days` days, ends on `first`; FOREVER without an UNTIL."""
    matched = _UNTIL.search(rule)
    until = _day(b":" + matched[1]) if matched else None
    if until is not None:
        return max(first, until + days)
    counted = _COUNTED.fullmatch(rule)
    if counted is None:
        return FOREVER
    # Each week (or day) of such a rule has at least one meeting, so COUNT of them take no more than so many.
    parts = dict(part.split(b"=") for part in counted[1].split(b";"))
    if parts[b"FREQ"] == b"DAILY" and b"BYDAY" in parts:
        return FOREVER
    period = int(parts.get(b"INTERVAL", b"1")) * (7 if parts[b"FREQ"] == b"WEEKLY" else 1)
    return min(first + (int(parts[b"COUNT"]) + 1) * max(period, 1) + days, FOREVER)


def _day(rest: bytes) -> int | None:
    if not rest:
        return None
    colon = rest.rfind(b":")
    if rest[colon + 9 : colon + 10].isdigit() or not rest[colon + 1 : colon + 9].isdigit():
        matched = _DAY.search(rest, max(colon, 0))
        return _ordinal(matched[0]) if matched else None
    return _ordinal(rest[colon + 1 : colon + 9])


@functools.lru_cache(maxsize=8192)
def _ordinal(digits: bytes) -> int | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).toordinal()
    except ValueError:
        return None


def _days(found: dict[bytes, bytes], first: int) -> int:
    last = _day(found.get(b"DTEND", b""))
    if last is not None:
        return max(last - first, 0) + 1
    if b"DURATION" not in found:
        return 1
    text = found[b"DURATION"].rpartition(b":")[2]
    try:
        return min(max(parse_duration(text.decode("ascii", "replace")).span.days, 0) + 2, FOREVER)
    except ValueError:
        return 1


def _sequence(rest: bytes) -> int:
    text = rest.rpartition(b":")[2].strip()
    return int(text) if text.isdigit() and len(text) < 10 else 0  # its default (RFC 5545 3.8.7.4)


def _modified(rest: bytes) -> int:
    found = _MODIFIED.search(rest)
    return int(found[1] + found[2]) if found else 0


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


def _scopes(text: bytes, zones: list[tuple[int, int]], borders: list[int]) -> Scopes:
    found: list[dict[str, bytes]] = [{} for _ in range(max(len(borders), 1))]
    for begin, end in zones[:MAX_ZONES]:
        name, block = _zone(text[begin:end])
        if name is not None:
            found[max(bisect_right(borders, begin) - 1, 0)].setdefault(name, block)
    if len(found) == 1:
        return (_zones(tuple(found[0].items())),)
    budget = no_more_than(MAX_STEPS)
    return tuple(Zones(definitions, budget) for definitions in found)


@functools.lru_cache(maxsize=256)
def _zone(piece: bytes) -> tuple[str | None, bytes]:
    """The TZID and the plain bytes of a VTIMEZONE; the thousands of files of a folder have few different ones."""
    block = block_of(piece)
    named = parse_properties(own_lines(block), _TZID)
    return named[0].value.strip() if named else None, block


@functools.lru_cache(maxsize=256)
def _zones(definitions: tuple[tuple[str, bytes], ...]) -> Zones:
    return Zones(dict(definitions))


def _floating(text: bytes, marks: list[tuple[int, int, bool, bytes]], borders: list[int]) -> tuple[str, ...]:
    """X-WR-TIMEZONE of each VCALENDAR: it stands between the components."""
    zones = [""] * max(len(borders), 1)
    befores = [mark[0] for mark in marks[1:]]
    for (_, after, begins, name), before in zip(marks, [*befores, len(text)], strict=True):
        if before - after < len("X-WR-TIMEZONE") or (begins and name != b"VCALENDAR"):
            continue
        found = _WR_ZONE.search(text, after, before)
        place = max(bisect_right(borders, after) - 1, 0)
        if found and not zones[place]:
            line = unfolded(found[1][:400]).partition(b":")[2]
            zones[place] = line.decode("utf-8", "replace").strip()
    return tuple(zones)
