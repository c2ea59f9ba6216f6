"""When share-safe is on: by hand, from the start, while a meeting is under way."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tui.domain.agenda import Agenda, CalendarState, Meeting
from tui.domain.planning import PlanningRules
from tui.domain.sharing import ShareSafe, Sharing, beginning, looked, meetings_taking_time, pressed, under_way
from tui.domain.tending import taken_by

NOW = datetime(2026, 3, 10, 10, 30, tzinfo=UTC)
NONE: frozenset[tuple[datetime, str]] = frozenset()
FIRST, SECOND = frozenset({(NOW, "first")}), frozenset({(NOW + timedelta(hours=1), "second")})


def after(sharing: Sharing, *steps: frozenset[tuple[datetime, str]] | str | None) -> list[bool]:
    """Whether it is on after each step: a look at what is under way, or the key."""
    found = []
    for step in steps:
        sharing = pressed(sharing) if isinstance(step, str) else looked(sharing, step)
        found.append(sharing.on)
    return found


@pytest.mark.parametrize(("setting", "on"), [(False, False), (True, True), ("meeting", True)])
def test_the_start(setting: ShareSafe, *, on: bool) -> None:
    assert beginning(setting).on is on


def test_it_goes_with_meetings_only_where_that_is_set() -> None:
    assert after(beginning(False), FIRST, NONE) == [False, False]
    assert after(beginning(True), FIRST, NONE) == [True, True]
    assert after(beginning("meeting"), None, NONE, FIRST, FIRST, NONE) == [True, False, True, True, False]


def test_what_is_turned_on_by_hand_stays_on() -> None:
    assert after(beginning("meeting"), NONE, "*", FIRST, NONE, "*", NONE) == [False, True, True, True, False, False]


def test_what_is_turned_off_within_a_meeting_stays_off_until_another_begins() -> None:
    assert after(beginning("meeting"), FIRST, "*", FIRST, NONE, SECOND) == [True, False, False, False, True]
    assert after(beginning("meeting"), FIRST, "*", FIRST | SECOND) == [True, False, True]
    assert after(beginning("meeting"), FIRST, "*", "*", NONE) == [True, False, True, True]


def test_calendars_that_cannot_be_read_change_nothing() -> None:
    assert after(beginning("meeting"), FIRST, None, NONE) == [True, True, False]


def test_meetings_count_by_the_rule_of_the_ledger() -> None:
    meeting = Meeting(NOW - timedelta(minutes=10), NOW + timedelta(minutes=10), "Board", "Work", "u")
    every = (
        meeting, replace(meeting, busy="free"), replace(meeting, busy="tentative"), replace(meeting, all_day=True),
        replace(meeting, summary="Focus time"), replace(meeting, busy="away"), replace(meeting, end=meeting.start),
    )  # fmt: skip
    planning = PlanningRules()
    for one in every:
        agenda = Agenda(NOW, NOW, "UTC", (one,), (CalendarState("Work", "file", fetched=NOW),))
        taking = meetings_taking_time(agenda, planning)
        assert taking is not None
        spans = [(one.start.astimezone(UTC), one.end.astimezone(UTC)) for one in taking]
        assert spans == list(taken_by((one,), planning))
    assert under_way((meeting,), NOW) == {(meeting.start, "u")}
    assert under_way((meeting,), meeting.end) == NONE
    assert under_way((meeting,), meeting.start) == {(meeting.start, "u")}


def test_without_a_calendar_there_is_no_meeting_and_before_one_was_read_it_is_not_known() -> None:
    planning = PlanningRules()
    assert meetings_taking_time(None, planning) is None
    assert meetings_taking_time(Agenda(NOW, NOW, "UTC"), planning) == ()
    unread = Agenda(NOW, NOW, "UTC", calendars=(CalendarState("Work", "url", error="cannot be reached"),))
    assert meetings_taking_time(unread, planning) is None
