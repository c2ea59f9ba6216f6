"""Landing: for which meeting, and each step once, whatever moves."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from tui.domain.agenda import Meeting, in_order
from tui.domain.landing import (
    Landing,
    LandingStep,
    LandingTold,
    due_step,
    format_countdown,
    format_left,
    format_step,
    landing_of,
)
from tui.domain.planning import PlanningRules

DAY = datetime(2026, 3, 10, tzinfo=UTC)
RULES = PlanningRules()


def at(clock: str) -> datetime:
    hour, minute, second = (int(part) for part in f"{clock}:00".split(":")[:3])
    return DAY.replace(hour=hour, minute=minute, second=second)


def meeting(start: str, end: str, title: str = "Board prep", **values: object) -> Meeting:
    return Meeting(at(start), at(end), title, "Work", **values)  # type: ignore[arg-type]


PREP = meeting("11:00", "12:00")


def steps(
    meetings: Sequence[Meeting], clocks: Sequence[str], since: str = "08:00", rules: PlanningRules = RULES
) -> list[tuple[str, str, bool]]:
    """Clock, step and whether `next` is asked for, as the time passes through `clocks`."""
    told = LandingTold(at(since))
    found: list[tuple[str, str, bool]] = []
    for clock in clocks:
        step, told = due_step(landing_of(meetings, at(clock), rules), told, at(clock), rules)
        if step:
            found.append((clock, step.step, step.asks_next))
    return found


def test_each_step_comes_at_its_moment_and_once() -> None:
    clocks = ["10:49:59", "10:50", "10:50:02", "10:56:59", "10:57", "10:57:02", "10:59:59", "11:00", "11:30"]
    assert steps([PREP], clocks) == [("10:50", "next", True), ("10:57", "commit", False)]


def test_of_two_that_passed_at_once_the_later_is_told_and_asks_for_the_line_too() -> None:
    assert steps([PREP], ["10:40", "10:58", "10:58:02"]) == [("10:58", "commit", True)]
    assert steps([PREP], ["10:40", "11:00", "11:05"]) == [], "too late for either"


def test_what_was_due_before_the_session_began_is_not_told() -> None:
    assert steps([PREP], ["10:53", "10:57"], since="10:53") == [("10:57", "commit", True)]
    assert steps([PREP], ["10:58", "10:59"], since="10:58") == []
    assert steps([PREP], ["10:50"], since="10:50") == []


def test_a_meeting_that_moves_is_landed_for_anew() -> None:
    told = LandingTold(at("08:00"))
    seen: list[tuple[str, str]] = []
    later, sooner = meeting("11:30", "12:00"), meeting("11:05", "12:00")
    for clock, known in (("10:50", PREP), ("10:52", later), ("11:19", later), ("11:20", later), ("11:21", PREP),
                         ("11:22", later), ("11:27", later)):  # fmt: skip
        step, told = due_step(landing_of([known], at(clock), RULES), told, at(clock), RULES)
        seen += [(clock, step.step)] if step else []
    assert seen == [("10:50", "next"), ("11:20", "next"), ("11:27", "commit")]
    told, asked = LandingTold(at("08:00")), list[tuple[str, str, bool]]()
    for clock, known in (("10:40", later), ("11:00", sooner), ("11:01", later), ("11:02", sooner)):
        step, told = due_step(landing_of([known], at(clock), RULES), told, at(clock), RULES)
        asked += [(clock, step.step, step.asks_next)] if step else []
    assert asked == [("11:00", "next", True), ("11:02", "commit", False)], "it came nearer than both"


def test_minutes_are_settings_and_may_be_none() -> None:
    assert steps([PREP], ["10:30", "10:39"], rules=replace(RULES, landing_minutes=(30, 20))) == [
        ("10:30", "next", True)
    ]
    assert steps([PREP], ["10:50", "10:58"], rules=replace(RULES, landing_minutes=())) == []


@pytest.mark.parametrize(
    "other",
    [
        meeting("10:30", "10:45", busy="free"),
        meeting("10:30", "10:45", title="Focus time"),
        meeting("10:30", "10:30"),
        meeting("10:30", "10:45", all_day=True),
        meeting("10:00", "10:45"),
        meeting("09:00", "09:30"),
    ],
)
def test_only_the_next_meeting_that_blocks_is_landed_for(other: Meeting) -> None:
    landing = landing_of(in_order([PREP, other]), at("10:00"), RULES)
    assert landing == Landing(PREP, at("11:00"), 60)


def test_tentative_ones_by_setting_firm_ones_first_and_none_far_away() -> None:
    soft = meeting("10:30", "11:00", busy="tentative")
    assert landing_of([soft, PREP], at("10:00"), RULES) == Landing(soft, at("10:30"), 30)
    strict = replace(RULES, tentative_blocks=False)
    assert landing_of([soft, PREP], at("10:00"), strict) == Landing(PREP, at("11:00"), 60)
    together = [meeting("11:00", "13:00", busy="tentative"), meeting("11:00", "11:15"), PREP]
    for order in (together, together[::-1]):
        assert landing_of(order, at("10:00"), RULES) == Landing(PREP, at("11:00"), 60)
    assert landing_of([meeting("22:00", "23:00")], at("10:00"), RULES) is not None
    assert landing_of([meeting("22:00", "23:00")], at("09:59:59"), RULES) is None


def test_zones_and_clock_changes_do_not_matter() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 29, 3, 5, tzinfo=berlin)  # five minutes after the clock jumped from two to three
    known = replace(PREP, start=start, end=start + timedelta(hours=1))
    now = datetime(2026, 3, 29, 1, 55, tzinfo=berlin)
    landing = landing_of([known], now, RULES)
    assert landing is not None
    assert landing.minutes == 10
    step, _ = due_step(landing, LandingTold(now - timedelta(hours=1)), now, RULES)
    assert step is not None


def test_what_was_told_is_not_kept_for_ever() -> None:
    told = LandingTold(DAY)
    for hour in range(24):
        known = replace(PREP, start=DAY + timedelta(hours=hour, minutes=30), end=DAY + timedelta(hours=hour + 1))
        for minute in (20, 27):
            now = DAY + timedelta(hours=hour, minutes=minute)
            step, told = due_step(landing_of([known], now, RULES), told, now, RULES)
            assert step is not None
    assert len(told.told) <= 26


def test_it_is_said_safely_and_shortly() -> None:
    odd = replace(PREP, summary="\x1b]0;x\x07" + "y" * 500)
    landing = Landing(odd, PREP.start, 17)
    assert format_countdown(landing).startswith("land in 17 min for ␛]0;x␇yyy")
    assert len(format_countdown(landing)) < 110
    assert format_countdown(replace(landing, meeting=replace(PREP, summary=" "))) == "land in 17 min for (no title)"
    assert format_countdown(Landing(PREP, PREP.start, 1)) == "land now: Board prep"
    assert format_countdown(Landing(PREP, PREP.start, 80)) == "land in 1 h 20 for Board prep"
    assert (format_left(landing), format_left(replace(landing, minutes=1))) == ("land in 17 min", "land now")
    known = Landing(PREP, PREP.start, 3)
    assert [
        format_step(LandingStep(*step, known)) for step in (("next", True), ("commit", False), ("commit", True))
    ] == [
        "land in 3 min for Board prep · write down what is next",
        "land in 3 min for Board prep · commit the work in progress",
        "land in 3 min for Board prep · commit the work in progress, and write down what is next",
    ]
