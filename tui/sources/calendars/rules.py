"""Recurrence rules as text (RFC 5545 3.3.10): what one says, with all that DTSTART implies. Pure.

On which days and times a rule falls is `recurring`. Times are those of the wall clock the series lives on.
"""

import re
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

MAX_INTERVAL = 100_000

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY = range(7)
_WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_NOT_OF_RULES = re.compile(r'[\s"\\]')
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_LIMITS = {
    "BYMONTH": (1, 12, False),
    "BYWEEKNO": (1, 53, True),
    "BYYEARDAY": (1, 366, True),
    "BYMONTHDAY": (1, 31, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 60, False),
    "BYSETPOS": (1, 366, True),
}
UNIT_SECONDS = {WEEKLY: 604_800, DAILY: 86_400, HOURLY: 3600, MINUTELY: 60, SECONDLY: 1}
"""Length of a period of the frequencies whose periods are all of one length."""


class Rule(Struct, frozen=True):
    """A rule whose every part is said: what DTSTART implies has been filled in."""

    start: datetime
    """DTSTART on the wall; nothing recurs before it."""
    frequency: int
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    """The last wall time that can recur; inclusive."""
    months: frozenset[int] = frozenset()
    weeks: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    nth_weekdays: frozenset[tuple[int, int]] = frozenset()
    """(n, weekday): the n-th of the month (of the year in a yearly rule without months); negative from its end."""
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()
    positions: frozenset[int] = frozenset()
    week_start: int = 0

    @property
    def dense(self) -> bool:
        """True where one day can have very many starts."""
        return len(self.hours) * len(self.minutes) * len(self.seconds) > 48


def parse_rule(text: str, start: datetime, until: datetime | None) -> Rule:
    """`text` (the value of RRULE or EXRULE) for a series that starts at `start`; `until` is its UNTIL on that wall.

    Raises ValueError, as a sentence, for a rule that is not understood.
    """
    parts = rule_parts(text)
    frequency = parts.get("FREQ", "")
    if frequency not in FREQUENCIES:
        raise ValueError(f"FREQ `{frequency[:20]}` is none of RFC 5545")
    if parts.get("RSCALE", "GREGORIAN") != "GREGORIAN" or parts.get("SKIP", "OMIT") != "OMIT" or "BYEASTER" in parts:
        raise ValueError("rules of other calendars (RSCALE, SKIP, BYEASTER) are not understood")
    interval = _number(parts.get("INTERVAL", "1"), "INTERVAL")
    if not 1 <= interval <= MAX_INTERVAL:
        raise ValueError(f"INTERVAL {interval} is not between 1 and {MAX_INTERVAL}")
    # A negative COUNT is how some Exchange versions say "no end"; dropping it is what their own clients do.
    count = _number(parts["COUNT"], "COUNT") if parts.get("COUNT") else -1
    numbers = {name: _numbers(parts.get(name, ""), name) for name in _LIMITS}
    weekdays, nth = _weekdays(parts.get("BYDAY", ""))
    rank = FREQUENCIES.index(frequency)
    if rank > MONTHLY or (rank == YEARLY and numbers["BYWEEKNO"]):
        weekdays, nth = weekdays | {weekday for _, weekday in nth}, frozenset()
    rule = Rule(
        start=start,
        frequency=rank,
        interval=interval,
        count=max(count, 1) if count >= 0 else None,
        until=until,
        months=numbers["BYMONTH"],
        weeks=numbers["BYWEEKNO"],
        year_days=numbers["BYYEARDAY"],
        month_days=numbers["BYMONTHDAY"],
        weekdays=weekdays,
        nth_weekdays=nth,
        positions=numbers["BYSETPOS"],
        week_start=_WEEKDAYS.get(parts.get("WKST", "MO"), 0),
    )
    return _counted(_filled_in(rule, numbers), parts)


def rule_parts(text: str) -> dict[str, str]:
    """The parts of a rule by name, all in capitals; empty parts, which some exporters write, are none.

    So are spaces, and the quotes and backslashes of those who take a rule for text; some write its name twice.
    """
    plain = _NOT_OF_RULES.sub("", text).upper().removeprefix("RRULE:").removeprefix("EXRULE:")
    pairs = (part.partition("=") for part in plain.split(";"))
    return {name: value for name, sign, value in pairs if sign and value}


def _filled_in(rule: Rule, numbers: dict[str, frozenset[int]]) -> Rule:
    """What RFC 5545 takes from DTSTART where the rule says nothing."""
    start, rank = rule.start, rule.frequency
    by_day = rule.weekdays or rule.nth_weekdays
    if not (rule.weeks or rule.year_days or rule.month_days or by_day):
        match rank:
            case 0:  # YEARLY
                months = rule.months or frozenset({start.month})
                rule = replace(rule, months=months, month_days=frozenset({start.day}))
            case 1:  # MONTHLY
                rule = replace(rule, month_days=frozenset({start.day}))
            case 2:  # WEEKLY
                rule = replace(rule, weekdays=frozenset({start.weekday()}))
    elif rank == YEARLY and rule.weeks and not (rule.year_days or rule.month_days or by_day):
        rule = replace(rule, weekdays=frozenset({start.weekday()}))
    return replace(
        rule,
        hours=_times(numbers["BYHOUR"], 24, start.hour, fixed=rank < HOURLY),
        minutes=_times(numbers["BYMINUTE"], 60, start.minute, fixed=rank < MINUTELY),
        seconds=_times(numbers["BYSECOND"], 60, start.second, fixed=rank < SECONDLY),
    )


def _times(said: frozenset[int], size: int, own: int, *, fixed: bool) -> tuple[int, ...]:
    if said:
        return tuple(sorted({min(number, size - 1) for number in said}))
    return (own,) if fixed else tuple(range(size))


def _counted(rule: Rule, parts: dict[str, str]) -> Rule:
    """A COUNT that arithmetic can turn into an UNTIL is one: then nothing need be counted."""
    if rule.count is None or rule.frequency < WEEKLY or any(name.startswith("BY") for name in parts):
        return rule
    try:
        last = rule.start + timedelta(seconds=(rule.count - 1) * rule.interval * UNIT_SECONDS[rule.frequency])
    except OverflowError:
        last = datetime.max  # noqa: DTZ901 - a wall clock has no zone
    return replace(rule, count=None, until=min(last, rule.until) if rule.until else last)


def _weekdays(text: str) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    """BYDAY as weekdays and n-th weekdays; one rule may have both, and a day need only be in either."""
    plain: set[int] = set()
    nth: set[tuple[int, int]] = set()
    for part in filter(None, text.split(",")):
        matched = _BYDAY.fullmatch(part)
        number = int(matched[1] or 0) if matched else 99
        if matched is None or abs(number) > 53:
            raise ValueError(f"BYDAY `{part[:20]}` is no weekday")
        weekday = _WEEKDAYS[matched[2]]
        if number:
            nth.add((number, weekday))
        else:
            plain.add(weekday)
    return frozenset(plain), frozenset(nth)


def _numbers(text: str, name: str) -> frozenset[int]:
    low, high, signed = _LIMITS[name]
    found = frozenset(_number(part, name) for part in text.split(",") if part)
    if any(not low <= (abs(number) if signed else number) <= high for number in found):
        raise ValueError(f"{name} `{text[:40]}` is out of range")
    return found


def _number(text: str, name: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,12}", text):
        raise ValueError(f"{name} `{text[:20]}` is no number")
    return int(text)
