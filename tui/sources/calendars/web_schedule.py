"""When a calendar behind an address is asked next: what it and its server wish, and what failures cost. Pure."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from tui.sources.calendars.lines import parse_properties, plain_bytes, unescaped
from tui.sources.calendars.values import parse_duration

FIRST_WAIT = timedelta(minutes=1)
"""After one failure; each further one doubles it."""
LONGEST_WAIT = timedelta(hours=4)
LONGEST_RETRY_AFTER = timedelta(hours=6)
"""A server that asks for more is not taken at its word."""
LONGEST_TTL = timedelta(days=1)
SPREAD = 0.2
"""Calendars are asked this much earlier or later, so that not all the world asks at once."""

_WISHES = frozenset({"REFRESH-INTERVAL", "X-PUBLISHED-TTL"})
_NAMES = frozenset({"X-WR-CALNAME", "NAME"})


def after_success(now: datetime, refresh: timedelta, ttl: timedelta, chance: float) -> datetime:
    """When to ask again after an answer. `chance` is 0 to 1; `ttl` is how long the calendar says it is good for."""
    return now + max(_spread(refresh, chance), ttl)


def after_failure(now: datetime, failures: int, not_before: datetime | None, chance: float) -> datetime:
    """When to ask again after the `failures`th failure in a row, and not before the server wishes it."""
    wait = min(FIRST_WAIT * 2 ** min(failures - 1, 16), LONGEST_WAIT)
    again = now + _spread(wait, chance)
    return max(again, not_before) if not_before else again


def is_due(now: datetime, next_try: datetime | None, refresh: timedelta) -> bool:
    """True where it is time to ask. A time further off than any rule here puts it comes from a clock that was wrong."""
    if next_try is None or next_try <= now:
        return True
    return next_try - now > max(refresh * (1 + SPREAD), LONGEST_WAIT * (1 + SPREAD), LONGEST_RETRY_AFTER, LONGEST_TTL)


def parse_retry_after(text: str, now: datetime) -> datetime | None:
    """Retry-After (RFC 9110 10.2.3), in seconds or as a date; None where it says nothing that can be understood."""
    text = text.strip()[:64]
    latest = now + LONGEST_RETRY_AFTER
    if text.isascii() and text.isdigit():
        return now + timedelta(seconds=min(int(text), LONGEST_RETRY_AFTER.total_seconds()))
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(max(when, now), latest)


def parse_ttl(head: bytes) -> timedelta:
    """How long a calendar says it is good for: REFRESH-INTERVAL (RFC 7986 5.7), X-PUBLISHED-TTL; the longer one, up to
    a day. `head` is the beginning of its text."""
    longest = timedelta()
    for prop in parse_properties(_own_properties(head), _WISHES):
        try:
            longest = max(longest, parse_duration(prop.value.strip()).span)
        except (ValueError, OverflowError):
            continue  # a wish that cannot be understood is none
    return min(longest, LONGEST_TTL)


def parse_label(head: bytes) -> str:
    """What a calendar calls itself (X-WR-CALNAME, or NAME of RFC 7986 5.1); empty where it says nothing."""
    found = {prop.name: unescaped(prop.value).strip() for prop in parse_properties(_own_properties(head), _NAMES)}
    return found.get("X-WR-CALNAME") or found.get("NAME") or ""


def _own_properties(head: bytes) -> bytes:
    """The lines of the first VCALENDAR before its first component."""
    plain = plain_bytes(head)
    begin = plain.upper().find(b"\nBEGIN:VCALENDAR")
    end = plain.upper().find(b"\nBEGIN:", begin + 1)
    return plain[max(begin, 0) : end if end > 0 else plain.rfind(b"\n", 0, -1)]


def _spread(span: timedelta, chance: float) -> timedelta:
    return span * (1 - SPREAD + 2 * SPREAD * chance)
