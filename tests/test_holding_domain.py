"""The offer for a gap and how it is changed: never beyond the gap, never silently something else."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tui.domain.agenda import Meeting
from tui.domain.holding import (
    LONGEST_TITLE,
    STEP,
    Hold,
    counts_as_focus,
    held_already,
    hold_title,
    lengthened,
    offer,
    retitled,
    shifted,
)
from tui.domain.planning import Gap, PlanningRules

RULES = PlanningRules()
MORNING = datetime(2026, 3, 10, 10, 12, tzinfo=UTC)


def gap(start: datetime, minutes: int) -> Gap:
    end = (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(start.tzinfo)
    return Gap(start, end, minutes, max(minutes - 5, 0))


def hold(minutes: int = 43, title: str = "Focus time") -> Hold:
    return offer(gap(MORNING, minutes), title, "uid")


def span(block: Hold) -> str:
    return f"{block.start:%H:%M}-{block.end:%H:%M}"


@pytest.mark.parametrize(
    ("start", "minutes", "offered"),
    [
        (MORNING, 43, "10:15-10:55"),
        (MORNING.replace(minute=15), 40, "10:15-10:55"),
        (MORNING, 18, "10:15-10:30"),
        (MORNING, 17, "10:12-10:29"),
        (MORNING, 3, "10:12-10:15"),
    ],
)
def test_the_offer_is_the_gap_from_its_first_full_five_minutes(start: datetime, minutes: int, offered: str) -> None:
    assert span(offer(gap(start, minutes), "Focus time", "uid")) == offered


def test_keys_make_it_shorter_longer_and_move_it() -> None:
    block = hold(103)
    assert span(block) == "10:15-11:55"
    assert span(lengthened(block, -2)) == "10:15-11:25"
    assert span(lengthened(block, 1)) == "10:15-11:55"
    short = lengthened(block, -99)
    assert span(short) == "10:15-10:30"
    assert span(shifted(short, 1)) == "10:30-10:45"
    assert span(shifted(short, -1)) == "10:12-10:27"
    assert span(shifted(short, 99)) == "11:40-11:55"
    assert shifted(block, 1).minutes == block.minutes == 100


GAPS = st.builds(
    lambda begin, minutes, zone: gap((MORNING + timedelta(minutes=begin)).astimezone(ZoneInfo(zone)), minutes),
    st.integers(0, 60 * 24 * 400),
    st.integers(1, 700),
    st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"]),
)
KEYS = st.lists(st.tuples(st.sampled_from([lengthened, shifted]), st.sampled_from([-1, 1, 3])), max_size=30)


@given(GAPS, KEYS)
def test_whatever_is_pressed_the_block_stays_within_its_gap(free: Gap, keys: list[tuple[object, int]]) -> None:
    block = offer(free, "Focus time", "uid")
    for change, steps in keys:
        before = block
        block = change(block, steps)  # type: ignore[operator]
        assert free.start.timestamp() <= block.start.timestamp() < block.end.timestamp() <= free.end.timestamp()
        length = timedelta(seconds=block.end.timestamp() - block.start.timestamp())
        assert length >= min(STEP, timedelta(seconds=free.end.timestamp() - free.start.timestamp()))
        assert (block.title, block.gap, block.uid) == (before.title, before.gap, before.uid)
        if change is shifted:
            assert block.minutes == before.minutes


def test_a_block_over_a_clock_change_is_as_long_as_what_passes() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    block = offer(gap(datetime(2026, 3, 29, 1, 30, tzinfo=berlin), 90), "Focus time", "uid")
    assert (span(block), block.minutes) == ("01:30-04:00", 90)
    assert span(lengthened(block, -3)) == "01:30-03:15"


@pytest.mark.parametrize(
    ("pattern", "item", "title"),
    [
        ("Focus time", "Voice inbox", "Focus time"),
        ("Focus time: {item}", "Voice inbox", "Focus time: Voice inbox"),
        ("Focus time: {item}", "", "Focus time"),
        ("{item} (focus time)", "", "(focus time)"),
        ("{item}", "", "Focus time"),
        ("", "x", "Focus time"),
        ("Focus: {item}", "{item}\r\nBEGIN:VEVENT\x1b[31m", "Focus: {item} BEGIN:VEVENT␛[31m"),
    ],
)
def test_the_title_offered(pattern: str, item: str, title: str) -> None:
    assert hold_title(pattern, item) == title


def test_a_title_is_one_line_of_bearable_length_and_never_empty() -> None:
    assert retitled(hold(), "  Write\n the cap ").title == "Write the cap"
    assert retitled(hold(), " \t ").title == "Focus time"
    assert len(retitled(hold(), "x" * 9999).title) == LONGEST_TITLE


def test_whether_it_will_be_seen_as_time_to_make() -> None:
    assert counts_as_focus(hold(), RULES)
    assert not counts_as_focus(hold(title="Write the cap"), RULES)
    assert counts_as_focus(hold(title="Write the cap"), replace(RULES, focus_titles=("write",)))


def test_a_block_held_already_is_found() -> None:
    def meeting(start: int, end: int, title: str = "Focus time") -> Meeting:
        return Meeting(MORNING.replace(minute=start), MORNING.replace(minute=end), title, "Work")

    block = hold()
    held = meeting(30, 45)
    assert held_already(block, (meeting(0, 15), meeting(20, 25, "Stand-up"), held), RULES) == held
    others = (meeting(0, 15), replace(held, all_day=True), replace(held, status="cancelled"))
    assert held_already(block, others, RULES) is None
