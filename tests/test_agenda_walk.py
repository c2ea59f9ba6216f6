"""Recurrence rules of every kind, held to a walk: ours is asked for a stretch, dateutil walks there from the start."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrule, rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.sources.calendars.budget import Budget
from tui.sources.calendars.recurring import MAX_STARTS_A_DAY, starts_between
from tui.sources.calendars.rules import FREQUENCIES, parse_rule

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_WALKED = 20_000
"""dateutil looks for a next start up to the year 9999; no walk may be longer."""

pytestmark = pytest.mark.timeout(120)


def _list_of(low: int, high: int, *, signed: bool = False, most: int = 4) -> st.SearchStrategy[str]:
    numbers = st.integers(low, high)
    if signed:
        numbers = numbers | st.integers(-high, -low)
    return st.lists(numbers, min_size=1, max_size=most, unique=True).map(lambda found: ",".join(map(str, found)))


_DAYS = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True)
_PARTS: tuple[tuple[str, st.SearchStrategy[str]], ...] = (
    ("BYMONTH", _list_of(1, 12, most=6)),
    ("BYMONTHDAY", _list_of(1, 31, signed=True, most=8)),
    ("BYYEARDAY", _list_of(1, 366, signed=True, most=8)),
    ("BYHOUR", _list_of(0, 23)),
    ("BYMINUTE", _list_of(0, 59)),
    ("BYSECOND", _list_of(0, 59)),
    ("WKST", st.sampled_from(WEEKDAYS)),
)


@st.composite
def rules(draw: st.DrawFn, frequencies: tuple[str, ...] = FREQUENCIES) -> str:
    """Any rule dateutil reads as the standard does: all but BYDAY with and without numbers in one rule, BYWEEKNO
    without a weekday or with numbered ones, and the second 60. Those have examples of their own."""
    frequency = draw(st.sampled_from(frequencies))
    most = {"HOURLY": 30, "MINUTELY": 200, "SECONDLY": 900}.get(frequency, 7)
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, most))}"]
    for name, values in _PARTS:
        if draw(st.integers(0, 3)) == 0:
            parts.append(f"{name}={draw(values)}")
    weekdays = draw(_DAYS)
    match draw(st.integers(0, 3)):
        case 0:
            parts.append("BYDAY=" + ",".join(weekdays))
        case 1 if frequency in ("YEARLY", "MONTHLY"):
            numbers = [draw(st.sampled_from(("1", "+2", "-1", "4", "5", "-5"))) for _ in weekdays]
            parts.append("BYDAY=" + ",".join(number + day for number, day in zip(numbers, weekdays, strict=True)))
        case 2 if frequency == "YEARLY":
            parts.append(f"BYWEEKNO={draw(_list_of(1, 53, signed=True, most=8))};BYDAY={','.join(weekdays)}")
    if any(part.startswith("BY") for part in parts) and draw(st.integers(0, 2)) == 0:
        parts.append(f"BYSETPOS={draw(_list_of(1, 6, signed=True))}")
    return ";".join(draw(st.permutations(parts)))


def walk(rule: str, start: datetime, high: datetime) -> rrule | None:
    """dateutil's reading; None where it refuses a rule that can never match."""
    try:
        found = rrulestr(f"{rule};UNTIL={high:%Y%m%dT%H%M%S}", dtstart=start)
    except ValueError:
        return None
    assert isinstance(found, rrule)
    return found


_STARTS = st.datetimes(datetime(2019, 1, 1), datetime(2023, 1, 1)).map(lambda when: when.replace(microsecond=0))  # noqa: DTZ001


@settings(max_examples=250, deadline=None)
@given(rule=rules(FREQUENCIES[:4]), start=_STARTS, after=st.integers(0, 2500), stretch=st.sampled_from((1, 7, 40, 400)))
def test_days_agree_with_a_walk(rule: str, start: datetime, after: int, stretch: int) -> None:
    _agree(rule, start, start + timedelta(days=after), timedelta(days=stretch))


# A walk by the second can only be a short one: hours of minutes, minutes of seconds.
_UNIT = {"HOURLY": 1200, "MINUTELY": 60, "SECONDLY": 2}


@settings(max_examples=120, deadline=None)
@given(rule=rules(FREQUENCIES[4:]), start=_STARTS, after=st.integers(0, 1200), stretch=st.sampled_from((20, 200)))
def test_hours_minutes_and_seconds_agree_with_a_walk(rule: str, start: datetime, after: int, stretch: int) -> None:
    unit = next(seconds for name, seconds in _UNIT.items() if f"FREQ={name}" in rule)
    _agree(rule, start, start + timedelta(seconds=after * unit), timedelta(seconds=stretch * unit))


def _agree(rule: str, start: datetime, low: datetime, stretch: timedelta) -> None:
    walked = walk(rule, start, low + timedelta(days=4000))
    if walked is None:
        return
    parsed = parse_rule(rule, start, None)
    found = list(starts_between(parsed, low, low + stretch, Budget(60, 5_000_000)))
    if not found:
        # None in the stretch: then the walk's next one is ours of the years after it, where there is one.
        later = starts_between(parsed, low, low + timedelta(days=1000), Budget(60, 5_000_000))
        found = list(islice(later, 1))
    if found:
        # dateutil never ends where there is no next start, so it is asked for none after our last.
        assert found == list(_walked(walked, low, found[-1]))


def _walked(walked: Iterable[datetime], low: datetime, last: datetime) -> Iterator[datetime]:
    for one in islice(walked, MOST_WALKED):
        if one >= low:
            yield one
        if one >= last:
            return


@settings(max_examples=200, deadline=None)
@given(rule=rules(FREQUENCIES[:5]), start=_STARTS, count=st.integers(1, 60), after=st.integers(0, 400), data=st.data())
def test_a_count_counts_the_start_and_goes_with_an_until(
    rule: str, start: datetime, count: int, after: int, data: st.DataObject
) -> None:
    low = start + timedelta(days=after)
    until = data.draw(st.none() | st.integers(0, 800).map(lambda days: start + timedelta(days=days)))
    high = low + timedelta(days=300)
    parsed = parse_rule(f"{rule};COUNT={count}", start, until)
    found = list(starts_between(parsed, low, high, Budget(60, 5_000_000)))
    every = list(starts_between(parse_rule(rule, start, high), start, high, Budget(60, 5_000_000)))
    # DTSTART is the first of the count whether the rule gives it or not (RFC 5545 3.3.10).
    counted = every[: count - (every[:1] != [start])]
    last = min(high, until or high)
    assert found == [one for one in counted if low <= one <= last]


@settings(max_examples=60, deadline=None)
@given(
    rule=rules(),
    start=st.datetimes(datetime(1, 1, 1), datetime(9999, 1, 1)),  # noqa: DTZ001
    low=st.datetimes(datetime(1, 1, 1), datetime(9998, 12, 1)),  # noqa: DTZ001
)
def test_no_year_breaks_a_rule_and_stretches_join(rule: str, start: datetime, low: datetime) -> None:
    start, low = start.replace(microsecond=0), low.replace(microsecond=0)
    parsed = parse_rule(rule, start, None)
    middle, high = low + timedelta(days=10, seconds=1), low + timedelta(days=20)

    def between(begin: datetime, end: datetime) -> list[datetime]:
        return list(starts_between(parsed, begin, end, Budget(60, 5_000_000)))

    whole, parts = between(low, high), between(low, middle - timedelta(seconds=1)) + between(middle, high)
    assert all(low <= one <= high and one >= start for one in whole)
    assert whole == sorted(set(whole))
    if len(whole) < MAX_STARTS_A_DAY:
        assert whole == parts
