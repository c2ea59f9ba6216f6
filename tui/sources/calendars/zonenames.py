"""Which zone of the zone database a name means: its own name, a Windows name, an Outlook label, an offset.

Reads zone files only. A file's own VTIMEZONE is `zones`.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_OLSON = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,3}")
_FIXED = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?", re.IGNORECASE)
# `(UTC+01:00) Amsterdam, Berlin, …` as Windows shows its zones; older Outlooks write `(GMT+01.00) Amsterdam / Berlin`.
_LABEL = re.compile(r"\((?:UTC|GMT)(?:([+-])(\d\d)[:.](\d\d))?\) ?([^()]{2,120}?)(?: \([^()]*\))?", re.IGNORECASE)
_UTC_NAMES = frozenset({"utc", "gmt", "z", "zulu", "tzone://microsoft/utc", "coordinated universal time"})
_NO_PLACES = frozenset({"localtime", "posixrules", "Factory"})


def known_zone(name: str) -> tzinfo | None:
    """The zone of the zone database called `name`, in any case of letters; None where there is none."""
    if is_utc(name):
        return UTC
    if not _OLSON.fullmatch(name) or name in _NO_PLACES:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of the database, such as `America`
        pass
    exact = _by_small_letters().get(name.casefold())
    return ZoneInfo(exact) if exact and exact not in _NO_PLACES else None


def is_utc(name: str) -> bool:
    """True for the names of UTC that are no place."""
    return name.casefold() in _UTC_NAMES


def windows_zone(name: str) -> tzinfo | None:
    """The zone of a Windows name such as `W. Europe Standard Time` (Unicode CLDR windowsZones)."""
    place = _windows_places().get(name.casefold())
    return known_zone(place) if place else None


def implied_zone(name: str) -> tzinfo | None:
    """The zone a `name` stands for that is no name of the zone database; None where it stands for none."""
    return windows_zone(name) or _prefixed(name) or _fixed(name) or _labelled(name)


@cache
def _by_small_letters() -> dict[str, str]:
    return {known.casefold(): known for known in available_timezones()}


@cache
def _windows_places() -> dict[str, str]:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return {known.casefold(): place for known, place in WINDOWS_TO_OLSON.items()}


def _prefixed(name: str) -> tzinfo | None:
    """A globally unique TZID (RFC 5545 3.2.19) that ends with a zone's name, as libical and Evolution write it."""
    parts = name.strip("/").split("/")
    for size in (3, 2, 1):
        if size < len(parts):
            tail = "/".join(parts[-size:])
            zone = known_zone(tail) if size > 1 or is_utc(tail) else windows_zone(tail)
            if zone is not None:
                return zone
    return None


def _fixed(name: str) -> tzinfo | None:
    """`GMT+0100`, `UTC-05:00`, `+02:00`: an offset and nothing else."""
    matched = _FIXED.fullmatch(name)
    return timezone(_offset(matched[1], matched[2], matched[3])) if matched and int(matched[2]) < 24 else None


def _offset(sign: str, hours: str, minutes: str | None) -> timedelta:
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return -offset if sign == "-" else offset


def _labelled(name: str) -> tzinfo | None:
    """The zone of an Outlook label: of its words the first that names one whose winter time is the offset it says.

    The offset alone would be an hour wrong in summer, so a label whose words say nothing is unknown.
    """
    matched = _LABEL.fullmatch(name)
    if matched is None:
        return None
    sign, hours, minutes, words = matched.groups()
    offset = _offset(sign, hours, minutes) if sign else timedelta()
    return next((zone for zone in _of_words(words) if _standard(zone) == offset), None)


def _of_words(words: str) -> Iterator[tzinfo]:
    whole = words.strip()
    for guess in (whole, f"{whole.removesuffix(' Time')} Standard Time"):
        zone = windows_zone(guess) or known_zone(guess)
        if zone is not None:
            yield zone
    for word in re.split(r"[,/:]", whole):
        place = _cities().get(word.strip().replace(" ", "_").casefold())
        if place:
            yield ZoneInfo(place)


@cache
def _cities() -> dict[str, str]:
    """The last part of each zone's name in small letters; of two zones that share it, the first by name."""
    cities: dict[str, str] = {}
    for name in sorted(available_timezones()):
        if "/" in name and not name.startswith("Etc/"):
            cities.setdefault(name.rpartition("/")[2].casefold(), name)
    return cities


def _standard(zone: tzinfo) -> timedelta | None:
    """What its clocks are off UTC when they are not put forward."""
    offsets = (datetime(2026, month, 1, tzinfo=zone).utcoffset() for month in (1, 7))
    return min((offset for offset in offsets if offset is not None), default=None)
