"""The rules on meetings: busy or not, conflicts, days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agenda_texts import utc
from tui.domain.agenda import (
    MAX_CONFLICTS,
    Agenda,
    Busy,
    Meeting,
    busy_class,
    conflicts,
    day_bounds,
    in_order,
    in_zone,
    meetings_on,
    merge_duplicates,
    overlaps,
)

ZONES = st.sampled_from(sorted(available_timezones() - {"Factory", "localtime"})).map(ZoneInfo)
DAYS = st.dates(date(1970, 1, 2), date(2037, 12, 30))


def meeting(start: str, end: str, summary: str = "A", calendar: str = "one", **rest: Any) -> Meeting:
    return Meeting(utc(start), utc(end), summary, calendar, **rest)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "busy"),
        ({"status": "cancelled", "busy_status": "OOF"}, "free"),
        ({"response": "declined"}, "free"),
        ({"response": "declined", "organizing": True}, "busy"),
        ({"busy_status": "FREE", "transparency": "OPAQUE"}, "free"),
        ({"busy_status": "workingelsewhere"}, "free"),
        ({"busy_status": "OOF", "transparency": "TRANSPARENT"}, "away"),
        ({"busy_status": "OOF", "status": "tentative"}, "away"),
        ({"busy_status": "TENTATIVE"}, "tentative"),
        ({"busy_status": "BUSY", "transparency": "TRANSPARENT"}, "busy"),
        ({"busy_status": "BUSY", "all_day": True}, "busy"),
        ({"busy_status": "BUSY", "status": "tentative"}, "tentative"),
        ({"transparency": "TRANSPARENT", "response": "accepted"}, "free"),
        ({"all_day": True}, "free"),
        ({"all_day": True, "transparency": "OPAQUE"}, "busy"),
        ({"all_day": True, "busy_status": "OOF"}, "away"),
        ({"status": "tentative"}, "tentative"),
        ({"response": "tentative"}, "tentative"),
        ({"response": "needs-action"}, "tentative"),
        ({"response": "accepted"}, "busy"),
        ({"empty": True, "busy_status": "BUSY"}, "free"),
        ({"busy_status": "SOMETHING", "transparency": "TRANSPARENT"}, "free"),
    ],
)
def test_the_first_matching_rule_decides(facts: dict[str, Any], expected: Busy) -> None:
    assert busy_class(**facts) == expected


def test_two_timed_meetings_that_overlap_conflict() -> None:
    one = meeting("2026-03-10T10:00", "2026-03-10T11:00", "One", uid="1")
    two = meeting("2026-03-10T10:59", "2026-03-10T12:00", "Two", uid="2", busy="tentative")
    three = meeting("2026-03-10T12:00", "2026-03-10T13:00", "Three", uid="3")
    assert conflicts([three, two, one]) == {one: (two,), two: (one,)}


@pytest.mark.parametrize(
    "other",
    [
        meeting("2026-03-10T11:00", "2026-03-10T12:00", "touches"),
        meeting("2026-03-10T10:30", "2026-03-10T10:30", "no length"),
        meeting("2026-03-10T10:30", "2026-03-10T11:30", "free", busy="free"),
        meeting("2026-03-10T00:00", "2026-03-11T00:00", "all day", all_day=True),
        meeting("2026-03-10T10:00", "2026-03-10T10:30", "same uid and start", "two", uid="1"),
        meeting("2026-03-10T10:00", "2026-03-10T11:00", "One", "two", uid="other"),
    ],
    ids=lambda other: other.summary + other.calendar,
)
def test_these_do_not_conflict(other: Meeting) -> None:
    one = meeting("2026-03-10T10:00", "2026-03-10T11:00", "One", uid="1")
    assert conflicts([one, other]) == {}


def test_a_copy_conflicts_with_what_its_original_conflicts_with_once() -> None:
    one = meeting("2026-03-10T10:00", "2026-03-10T11:00", "One", uid="1")
    copy = meeting("2026-03-10T10:00", "2026-03-10T11:00", "One", "two", uid="1")
    other = meeting("2026-03-10T10:30", "2026-03-10T11:30", "Other", uid="2")
    found = conflicts([one, copy, other])
    assert found[copy] == found[one] == (other,)
    assert found[other] == (one,)


def test_meetings_in_the_repeated_hour_of_autumn_do_not_conflict() -> None:
    zone = ZoneInfo("Europe/Berlin")
    times = [utc(f"2026-10-25T{clock}").astimezone(zone) for clock in ("00:00", "00:30", "01:00", "01:30")]
    first, second = Meeting(times[0], times[1], "first", "c"), Meeting(times[2], times[3], "second", "c")
    assert first.start.replace(tzinfo=None) == second.start.replace(tzinfo=None)
    assert conflicts([first, second]) == {}


def test_thousands_that_overlap_are_listed_in_part() -> None:
    crowd = [meeting("2026-03-10T10:00", "2026-03-10T11:00", f"{n}", uid=f"{n}") for n in range(2000)]
    assert max(len(others) for others in conflicts(crowd).values()) <= MAX_CONFLICTS


def test_the_copy_that_takes_most_time_stands_for_all() -> None:
    free = meeting("2026-03-10T10:00", "2026-03-10T11:00", "One", uid="1", busy="free")
    held = meeting("2026-03-10T10:00", "2026-03-10T11:00", "One", "two", uid="1", busy="busy")
    twice = meeting("2026-03-10T10:00", "2026-03-10T11:00", "Else", "one", uid="2")
    assert merge_duplicates([free, held, twice]) == (twice, held)


def test_order_is_by_start_end_title() -> None:
    late = meeting("2026-03-10T10:00", "2026-03-10T12:00", "A")
    early = meeting("2026-03-10T10:00", "2026-03-10T11:00", "C")
    middle = meeting("2026-03-10T10:00", "2026-03-10T11:00", "B")
    assert in_order([late, early, middle]) == (middle, early, late)


@pytest.mark.parametrize(
    ("zone", "day", "first", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", "2026-03-29T00:00:00+01:00", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-25T00:00:00+02:00", 25),
        ("Asia/Beirut", "2021-03-28", "2021-03-28T01:00:00+03:00", 23),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00", 23),
        ("America/Havana", "2025-11-02", "2025-11-02T00:00:00-04:00", 25),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-05T00:00:00+11:00", 24.5),
        ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00", 0),
        ("UTC", "2026-03-10", "2026-03-10T00:00:00+00:00", 24),
    ],
)
def test_a_day_begins_with_its_first_instant(zone: str, day: str, first: str, hours: float) -> None:
    start, end = day_bounds(date.fromisoformat(day), ZoneInfo(zone))
    assert start.isoformat() == first
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)


@settings(max_examples=120, deadline=None)
@given(zone=ZONES, day=DAYS)
def test_days_follow_each_other_without_gap_or_overlap(zone: ZoneInfo, day: date) -> None:
    start, end = day_bounds(day, zone)
    assert end == day_bounds(day + timedelta(days=1), zone)[0]
    length = end.astimezone(UTC) - start.astimezone(UTC)
    assert timedelta(0) <= length <= timedelta(hours=48)
    if length:
        assert start.date() == day
        assert (end.astimezone(UTC) - timedelta(seconds=1)).astimezone(zone).date() == day


@settings(max_examples=120, deadline=None)
@given(
    zone=ZONES,
    begins=st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    minutes=st.integers(0, 4000),
)
def test_each_meeting_stands_on_the_days_it_has_time_on_and_no_other(
    zone: ZoneInfo, begins: datetime, minutes: int
) -> None:
    ends = begins + timedelta(minutes=minutes)
    one = Meeting(begins.astimezone(zone), ends.astimezone(zone), "x", "c")
    around = begins.astimezone(zone).date()
    days = [around + timedelta(days=n) for n in range(-2, 7)]
    agenda = Agenda(day_bounds(days[0], zone)[0], day_bounds(days[-1], zone)[1], zone.key, (one,))
    shown = [day for day in days if meetings_on(agenda, day)]
    taken = timedelta(0)
    for day in shown:
        start, end = (bound.astimezone(UTC) for bound in day_bounds(day, zone))
        taken += min(end, ends) - max(start, begins)
    assert taken == timedelta(minutes=minutes)
    assert len(shown) >= 1
    if not minutes:
        assert len(shown) == 1


def test_the_end_of_a_meeting_is_not_part_of_it() -> None:
    one = meeting("2026-03-10T22:00", "2026-03-11T00:00")
    assert overlaps(one, utc("2026-03-10T00:00"), utc("2026-03-11T00:00"))
    assert not overlaps(one, utc("2026-03-11T00:00"), utc("2026-03-12T00:00"))


def test_whole_days_stay_their_dates_in_another_zone() -> None:
    berlin, samoa = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Pago_Pago")
    first, after = day_bounds(date(2026, 3, 29), berlin)
    day = Meeting(first, after, "Holiday", "c", all_day=True)
    timed = Meeting(first, first + timedelta(hours=1), "Night", "c")
    moved = in_zone(Agenda(first, after, "Europe/Berlin", (day, timed)), samoa)
    assert (moved.meetings[0].start, moved.meetings[0].end) == day_bounds(date(2026, 3, 29), samoa)
    assert moved.meetings[1].start == timed.start
    assert moved.meetings[1].start.date() == date(2026, 3, 28)


def test_a_day_that_never_was_holds_nothing() -> None:
    apia = ZoneInfo("Pacific/Apia")
    around = Meeting(day_bounds(date(2011, 12, 29), apia)[0], day_bounds(date(2011, 12, 31), apia)[1], "Trip", "c")
    assert [overlaps(around, *day_bounds(date(2011, 12, day), apia)) for day in (29, 30, 31)] == [True, False, True]


def test_an_agenda_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 3, 10)  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        meetings_on(Agenda(naive, naive, "UTC"), date(2026, 3, 10))
