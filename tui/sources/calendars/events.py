"""One VEVENT with its values understood and its faults mended: optional properties that are broken are dropped. Pure.

How events of one UID make a series is `series`; text, people and states are left to icalendar in `read`.
"""

import re
from collections.abc import Iterator
from datetime import tzinfo

from msgspec import Struct

from tui.domain.text import safe_text
from tui.sources.calendars.index import quoted_title
from tui.sources.calendars.lines import Property, one_line, own_lines, parse_properties
from tui.sources.calendars.links import PLACES, find_join_url
from tui.sources.calendars.values import (
    Length,
    Moment,
    ZoneOf,
    as_date,
    parse_duration,
    parse_moment,
    parse_moment_text,
    parse_period,
)

MAX_DATES = 20_000
"""RDATE or EXDATE values of one event; the rest are passed over."""
MAX_TEXT = 4000
"""Characters of a title or place that are read."""

_SHOWN = frozenset({"SUMMARY", "LOCATION", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"})
_WANTED = (
    frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})
    | frozenset({"ATTENDEE", "ORGANIZER", *PLACES})
    | _SHOWN
)
_WORD = re.compile(r"[A-Za-z0-9-]{1,40}")


class Event(Struct, frozen=True):
    """A VEVENT. `problems` says what of it was dropped, a sentence each."""

    uid: str
    title: str
    """As sentences name it."""
    start: Moment
    length: Length
    instance: Moment | None
    """RECURRENCE-ID: which instance of its series this stands for."""
    onward: bool
    """It stands for all later instances too (RANGE=THISANDFUTURE)."""
    rules: tuple[str, ...]
    exclusions: tuple[str, ...]
    """EXRULE, which RFC 5545 dropped and old files still have."""
    more: tuple[tuple[Moment, Length | None], ...]
    """RDATE: further starts, those of a PERIOD with their own length."""
    without: tuple[Moment, ...]
    """EXDATE."""
    shown: tuple[str, ...]
    """Content lines for icalendar: what the agenda shows of it, each line once, safe to parse."""
    join_url: str | None
    problems: tuple[str, ...]

    @property
    def recurs(self) -> bool:
        """True for a series."""
        return bool(self.rules or self.more)


class _Notes:
    """Collects what is wrong with one event, in words that name it."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.sentences: dict[str, None] = {}

    def add(self, what: str) -> None:
        self.sentences.setdefault(f"{self.title}: {what}")


def parse_event(block: bytes, uid: str, zone_of: ZoneOf, floating: tzinfo, me: frozenset[str]) -> Event:
    """The VEVENT whose inside is `block` (plain bytes). Raises ValueError where it has no usable DTSTART.

    `floating` is the zone of times without one; `me` are this person's addresses in lower case.
    """
    properties = parse_properties(own_lines(block), _WANTED)
    first: dict[str, Property] = {}
    for prop in properties:
        first.setdefault(prop.name, prop)
    title = quoted_title(first["SUMMARY"].value if "SUMMARY" in first else "")
    notes = _Notes(title)
    known = _noting(zone_of, notes)
    if "DTSTART" not in first:
        raise ValueError(f"{title}: has no start; it is not shown")
    try:
        start = parse_moment(first["DTSTART"], known)
        start.instant(floating)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{title}: {error}; it is not shown") from None
    instance = _instance(first, known, notes)
    return Event(
        uid=uid,
        title=title,
        start=start,
        length=_length(first, start, known, floating, notes),
        instance=instance,
        onward=instance is not None and first["RECURRENCE-ID"].parameters.get("RANGE", "").upper() == "THISANDFUTURE",
        rules=tuple(prop.value for prop in properties if prop.name == "RRULE"),
        exclusions=tuple(prop.value for prop in properties if prop.name == "EXRULE"),
        more=tuple(_further(properties, known, notes)),
        without=tuple(_excluded(properties, known, notes)),
        shown=tuple(_shown(properties, first, me)),
        join_url=find_join_url(properties),
        problems=tuple(notes.sentences),
    )


def _noting(zone_of: ZoneOf, notes: _Notes) -> ZoneOf:
    def known(name: str) -> tzinfo | None:
        zone = zone_of(name)
        if zone is None:
            notes.add(f"its time zone `{safe_text(name, 40)}` is not known; its times are read as local time")
        return zone

    return known


def _instance(first: dict[str, Property], zone_of: ZoneOf, notes: _Notes) -> Moment | None:
    if "RECURRENCE-ID" not in first:
        return None
    try:
        return parse_moment(first["RECURRENCE-ID"], zone_of)
    except ValueError:
        notes.add("which meeting of its series it replaces cannot be read; it is shown beside them")
        return None


def _length(first: dict[str, Property], start: Moment, zone_of: ZoneOf, floating: tzinfo, notes: _Notes) -> Length:
    """DTEND gives a length in exact time, DURATION one with days of the calendar (RFC 5545 3.8.5.3)."""
    for name in ("DTEND", "DURATION"):
        if name not in first:
            continue
        try:
            if name == "DTEND":
                return _length_to(parse_moment(first[name], zone_of), start, floating)
            return _length_of(parse_duration(first[name].value), start)
        except (ValueError, OverflowError) as error:
            notes.add(f"its end: {error}; only its start is certain")
    return Length(1 if start.is_date else 0)


def _length_to(end: Moment, start: Moment, floating: tzinfo) -> Length:
    if start.is_date:
        return Length(max((as_date(end) - as_date(start)).days, 1))
    stretch = end.instant(start.zone or floating) - start.instant(floating)
    return Length(0, max(int(stretch.total_seconds()), 0))


def _length_of(length: Length, start: Moment) -> Length:
    if start.is_date:
        days, rest = divmod(length.span.total_seconds(), 86_400)
        return Length(max(int(days) + bool(rest), 1))
    return length if length.span.total_seconds() > 0 else Length()


def _further(properties: list[Property], zone_of: ZoneOf, notes: _Notes) -> Iterator[tuple[Moment, Length | None]]:
    for text, prop in _listed(properties, "RDATE", notes):
        try:
            if "/" in text or prop.parameters.get("VALUE", "").upper() == "PERIOD":
                yield parse_period(text, prop.parameters, zone_of)
            else:
                yield parse_moment_text(text, prop.parameters, zone_of), None
        except (ValueError, OverflowError):
            notes.add(f"its further date `{safe_text(text, 30)}` cannot be read and is left out")


def _excluded(properties: list[Property], zone_of: ZoneOf, notes: _Notes) -> Iterator[Moment]:
    for text, prop in _listed(properties, "EXDATE", notes):
        try:
            yield parse_moment_text(text, prop.parameters, zone_of)
        except ValueError:
            notes.add(f"its exception `{safe_text(text, 30)}` cannot be read; that meeting may show")


def _listed(properties: list[Property], name: str, notes: _Notes) -> Iterator[tuple[str, Property]]:
    number = 0
    for prop in properties:
        if prop.name != name:
            continue
        for text in prop.value.split(","):
            if not text.strip():
                continue
            number += 1
            if number > MAX_DATES:
                notes.add(f"only the first {MAX_DATES} of its {name} dates are read")
                return
            yield text, prop


def _shown(properties: list[Property], first: dict[str, Property], me: frozenset[str]) -> Iterator[str]:
    for name in sorted(_SHOWN & first.keys()):
        value = one_line(first[name].value[:MAX_TEXT])
        # An escape cut in two would take the end of the line with it.
        yield f"{name}:{value[:-1] if (len(value) - len(value.rstrip(chr(92)))) % 2 else value}"
    mine = [prop for prop in properties if prop.name == "ATTENDEE" and address_of(prop) in me]
    if mine:
        answered = [prop for prop in mine if _answer(prop) != "NEEDS-ACTION"]
        prop = (answered or mine)[0]
        yield f"ATTENDEE;PARTSTAT={_answer(prop)}:mailto:{address_of(prop)}"
    if "ORGANIZER" in first:
        prop = first["ORGANIZER"]
        name = one_line(prop.parameters.get("CN", "")[:200]).replace('"', "")
        yield f'ORGANIZER;CN="{name}":mailto:{address_of(prop)}'


def _answer(prop: Property) -> str:
    """PARTSTAT in capitals; NEEDS-ACTION is its default (RFC 5545 3.2.12)."""
    answer = prop.parameters.get("PARTSTAT", "").upper()
    return answer if _WORD.fullmatch(answer) else "NEEDS-ACTION"


def address_of(prop: Property) -> str:
    """The e-mail address of an ATTENDEE or ORGANIZER in lower case; iCloud has it in a parameter."""
    address = prop.value.strip()
    if address[:7].lower() == "mailto:":
        address = address[7:]
    elif "@" in prop.parameters.get("EMAIL", ""):
        address = prop.parameters["EMAIL"]
    return one_line(address.strip()[:320]).lower()
