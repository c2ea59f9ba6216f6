"""Days side by side, and meetings without a break between them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tui.domain.agenda import Agenda, Meeting, day_bounds
from tui.domain.days import SIDE_BY_SIDE, days_to_read, room_by_day, side_by_side, straight_on
from tui.domain.planning import PlanningRules, WorkingHours, gaps

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 3, 10)  # a Tuesday
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def at(text: str, day: date = TODAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), BERLIN)


def meeting(start: str, end: str, title: str = "M", day: date = TODAY, **more: object) -> Meeting:
    return replace(Meeting(at(start, day), at(end, day), title, "Work", uid=title), **more)


def agenda(*meetings: Meeting, first: date = TODAY, days: int = 9) -> Agenda:
    start, end = day_bounds(first, BERLIN)[0], day_bounds(first + timedelta(days=days - 1), BERLIN)[1]
    return Agenda(start, end, "Europe/Berlin", meetings)


@pytest.mark.parametrize(
    ("shown", "first"), [(10, 10), (16, 10), (17, 17), (23, 17), (24, 24), (9, 3), (3, 3), (2, date(2026, 2, 24))]
)
def test_seven_days_from_today_or_whole_weeks_from_it(shown: int, first: int | date) -> None:
    days = side_by_side(date(2026, 3, shown), TODAY)
    assert days[0] == (first if isinstance(first, date) else date(2026, 3, first))
    assert len(days) == SIDE_BY_SIDE


@given(DAYS, DAYS)
def test_what_is_read_holds_what_is_shown_and_a_week_from_today(shown: date, today: date) -> None:
    first, last = days_to_read(shown, today)
    days = side_by_side(shown, today)
    assert shown in days
    assert first < min(days[0], today)
    assert max(days[-1], today + timedelta(days=8)) <= last


def test_moving_among_the_seven_reads_nothing_anew() -> None:
    assert len({days_to_read(TODAY + timedelta(days=ahead), TODAY) for ahead in range(SIDE_BY_SIDE)}) == 1


def test_the_room_of_each_day_is_that_of_its_gaps() -> None:
    tomorrow = TODAY + timedelta(days=1)
    held = agenda(meeting("11:00", "12:00"), meeting("09:00", "17:00", "Offsite", tomorrow), days=5)
    now = at("10:12")
    rooms = room_by_day(held, TODAY, BERLIN, PlanningRules(), now)
    assert [room.day for room in rooms] == [TODAY + timedelta(days=ahead) for ahead in range(7)]
    assert [room.usable_minutes for room in rooms] == [38 + 350, 50, 535, 535, 0, None, None]
    assert [room.off for room in rooms] == [False] * 4 + [True, False, False]
    for room in rooms[:5]:
        found = gaps(held.meetings, room.day, BERLIN, PlanningRules(), now)
        assert room.usable_minutes == sum(gap.usable_minutes for gap in found)


@given(st.lists(st.tuples(st.integers(0, 9 * 24 * 4), st.integers(0, 200)), max_size=12), st.integers(0, 23))
def test_meetings_across_midnight_and_clock_changes_count_where_they_are(
    spans: list[tuple[int, int]], hour: int
) -> None:
    first = date(2026, 3, 24)  # clocks go forward on the 29th
    begin = day_bounds(first, BERLIN)[0].astimezone(UTC)
    meetings = tuple(
        Meeting(start, start + timedelta(minutes=15 * length), f"{place}", "Work")
        for place, (quarter, length) in enumerate(spans)
        for start in [(begin + timedelta(minutes=15 * quarter)).astimezone(BERLIN)]
    )
    rules = PlanningRules(WorkingHours(((time(0), time(23, 59)),) * 7))
    now = datetime.combine(first, time(hour), BERLIN)
    for room in room_by_day(agenda(*meetings, first=first), first, BERLIN, rules, now):
        assert room.usable_minutes == sum(gap.usable_minutes for gap in gaps(meetings, room.day, BERLIN, rules, now))


def test_straight_on_means_no_minute_between() -> None:
    first, second, third = (
        meeting("09:00", "09:30", "a"),
        meeting("09:30", "10:00", "b"),
        meeting("10:01", "10:30", "c"),
    )
    soft = meeting("10:30", "11:00", "d", busy="tentative")
    free = meeting("11:00", "11:30", "e", busy="free")
    after_free = meeting("11:30", "12:00", "f")
    empty = meeting("12:00", "12:00", "g")
    whole = Meeting(at("00:00"), at("00:00", TODAY + timedelta(days=1)), "h", "Work", all_day=True)
    early = meeting("00:00", "01:00", "i", TODAY + timedelta(days=1))
    assert straight_on((first, second, third, soft, free, after_free, empty, whole, early)) == {second, soft}
    abroad = replace(second, start=second.start.astimezone(UTC))
    assert straight_on((first, abroad)) == {abroad}
