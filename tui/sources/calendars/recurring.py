"""On which days and times a recurrence rule falls (RFC 5545 3.3.10). Pure.

A rule is asked about a stretch of days and never walked from its first start (only COUNT needs that, under a
budget), so rules without end, rules of seconds and rules that never match cost no more than others.
"""

from calendar import isleap, monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from msgspec.structs import replace

from tui.sources.calendars.budget import Budget
from tui.sources.calendars.rules import DAILY, HOURLY, MINUTELY, MONTHLY, SECONDLY, UNIT_SECONDS, Rule

MAX_STARTS_A_DAY = 2000

_Laid = TypeVar("_Laid", datetime, time)


def starts_between(rule: Rule, low: datetime, high: datetime, budget: Budget) -> Iterator[datetime]:
    """The starts `rule` gives from `low` to `high` (both inclusive), ascending; not DTSTART unless it matches.

    At most MAX_STARTS_A_DAY of a day. Spends from `budget`, which raises OverBudgetError.
    """
    high = min(high, rule.until) if rule.until else high
    left = rule.count
    first = max(low, rule.start)
    if left is not None:
        first = rule.start
        left -= 0 if next(_starts(rule, rule.start, rule.start, budget), None) else 1
    for start in _starts(rule, first, high, budget):
        if left is not None:
            if left <= 0:
                return
            left -= 1
        if start >= low:
            yield start


def _starts(rule: Rule, low: datetime, high: datetime, budget: Budget) -> Iterator[datetime]:
    """The starts from `low` to `high` as if there were no COUNT."""
    if low > high:
        return
    days = _days_at_positions if rule.positions and rule.frequency < DAILY else _plain_days
    for day, times in days(rule, low.date(), high.date(), budget):
        number = 0
        for clock in times:
            start = datetime.combine(day, clock)
            if start < low:
                continue
            number += 1
            if start > high or number > MAX_STARTS_A_DAY:
                break
            yield start


def _plain_days(rule: Rule, low: date, high: date, budget: Budget) -> Iterator[tuple[date, Iterator[time]]]:
    for day in _candidates(rule, low, high):
        budget.spend(1)
        if _fits(rule, day):
            times = _times_of(rule, day, budget)
            yield day, _at_positions_of_day(rule, times) if rule.positions else times


def _candidates(rule: Rule, low: date, high: date) -> Iterator[date]:
    """The days from `low` to `high` that lie in a period of `rule`, whatever else it asks of them."""
    day = low
    while day <= high:
        following = _period_day(rule, day)
        if following == day:
            yield day
            following = day + timedelta(days=1) if day < date.max else None
        if following is None or following.year > 9999:
            return
        day = following


def _period_day(rule: Rule, day: date) -> date | None:
    """`day` where it lies in a period of `rule`, else the first day of the next one; None past the year 9999."""
    start = rule.start.date()
    every = rule.interval
    try:
        match rule.frequency:
            case 0:  # YEARLY
                if off := (day.year - start.year) % every:
                    return date(day.year + every - off, 1, 1)
                if rule.months and day.month not in rule.months:
                    return _next_month(day)
            case 1:  # MONTHLY
                if off := (12 * (day.year - start.year) + day.month - start.month) % every:
                    months = 12 * day.year + day.month - 1 + every - off
                    return date(months // 12, months % 12 + 1, 1)
            case 2:  # WEEKLY
                begin = _week_begin(day, rule.week_start)
                if off := ((begin - _week_begin(start, rule.week_start)).days // 7) % every:
                    return begin + timedelta(weeks=every - off)
            case 3:  # DAILY
                if off := (day - start).days % every:
                    return day + timedelta(days=every - off)
    except (ValueError, OverflowError):
        return None
    return day


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _week_begin(day: date, week_start: int) -> date:
    return date.fromordinal(max(day.toordinal() - (day.weekday() - week_start) % 7, 1))


def _fits(rule: Rule, day: date) -> bool:
    """Whether `day`, in a period of `rule`, is what its BY parts ask for."""
    if rule.months and day.month not in rule.months:
        return False
    if rule.weeks and not _in_weeks(rule, day):
        return False
    if rule.month_days:
        length = monthrange(day.year, day.month)[1]
        if day.day not in rule.month_days and day.day - length - 1 not in rule.month_days:
            return False
    if rule.year_days:
        length = 366 if isleap(day.year) else 365
        number = day.timetuple().tm_yday
        if number not in rule.year_days and number - length - 1 not in rule.year_days:
            return False
    if rule.weekdays or rule.nth_weekdays:
        return day.weekday() in rule.weekdays or _is_nth(rule, day)
    return True


def _is_nth(rule: Rule, day: date) -> bool:
    if not rule.nth_weekdays:
        return False
    if rule.frequency == MONTHLY or rule.months:
        place, length = day.day, monthrange(day.year, day.month)[1]
    else:
        place, length = day.timetuple().tm_yday, 366 if isleap(day.year) else 365
    weekday = day.weekday()
    forward, backward = (place - 1) // 7 + 1, -((length - place) // 7 + 1)
    return (forward, weekday) in rule.nth_weekdays or (backward, weekday) in rule.nth_weekdays


def _in_weeks(rule: Rule, day: date) -> bool:
    year = day.year
    for candidate in (year + 1, year, year - 1):
        if not 1 <= candidate <= 9998:
            continue
        begin = _first_week(candidate, rule.week_start)
        if begin <= day:
            weeks = (_first_week(candidate + 1, rule.week_start) - begin).days // 7
            number = (day - begin).days // 7 + 1
            return number in rule.weeks or number - weeks - 1 in rule.weeks
    return False


def _first_week(year: int, week_start: int) -> date:
    """The first day of week 1 of `year`: the first week with at least four days in it (RFC 5545 3.3.10)."""
    return _week_begin(date(year, 1, 4), week_start)


def _times_of(rule: Rule, day: date, budget: Budget) -> Iterator[time]:
    """The times of `day`, ascending, that the BY parts and the interval of a rule of hours or less leave."""
    unit = UNIT_SECONDS[rule.frequency] if rule.frequency >= HOURLY else 0
    offset = (day - rule.start.date()).days * 86_400 if unit else 0
    begin = rule.start.hour * 3600 + rule.start.minute * 60 + rule.start.second
    for hour in rule.hours:
        for minute in rule.minutes:
            if rule.frequency >= HOURLY:
                budget.spend(1)
            if rule.frequency in (HOURLY, MINUTELY):
                here = offset + hour * 3600 + minute * 60
                if (here // unit - begin // unit) % rule.interval:
                    continue
            for second in rule.seconds:
                if rule.frequency == SECONDLY and (offset + hour * 3600 + minute * 60 + second - begin) % rule.interval:
                    continue
                yield time(hour, minute, second)


def _at_positions_of_day(rule: Rule, times: Iterator[time]) -> Iterator[time]:
    """BYSETPOS of a rule whose period is a day or less."""
    periods: dict[tuple[int, ...], list[time]] = {}
    for clock in times:
        key = (clock.hour, clock.minute, clock.second)[: rule.frequency - DAILY]
        periods.setdefault(key, []).append(clock)
    for key in sorted(periods):
        yield from _picked(periods[key], rule.positions)


def _days_at_positions(rule: Rule, low: date, high: date, budget: Budget) -> Iterator[tuple[date, Iterator[time]]]:
    """BYSETPOS of a rule whose period is a week or more: each period is laid out whole, then picked from."""
    begin, end = _period_of(rule, low)
    while begin <= high:
        plain = replace(rule, positions=frozenset())
        laid = []
        for day, times in _plain_days(plain, begin, end, budget):
            for clock in times:
                budget.spend(1)
                laid.append(datetime.combine(day, clock))
        for start in _picked(laid, rule.positions):
            if low <= start.date() <= high:
                yield start.date(), iter((start.time(),))
        if end >= date.max:
            return
        following = _period_day(rule, end + timedelta(days=1))
        if following is None:
            return
        begin, end = _period_of(rule, following)


def _period_of(rule: Rule, day: date) -> tuple[date, date]:
    """First and last day of the year, month or week of `rule` that `day` lies in."""
    match rule.frequency:
        case 0:  # YEARLY
            return date(day.year, 1, 1), date(day.year, 12, 31)
        case 1:  # MONTHLY
            return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    begin = _week_begin(day, rule.week_start)
    return begin, date.fromordinal(min(begin.toordinal() + 6, date.max.toordinal()))


def _picked(laid: list[_Laid], positions: frozenset[int]) -> list[_Laid]:
    size = len(laid)
    places = {place - 1 if place > 0 else size + place for place in positions}
    return [laid[place] for place in sorted(places) if 0 <= place < size]
