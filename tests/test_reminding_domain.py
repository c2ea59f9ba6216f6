"""Which meetings are reminded of: each moment once, late ones once, moved ones anew, and only what takes time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tui.domain.agenda import Meeting, in_order
from tui.domain.launching import LaunchError
from tui.domain.planning import PlanningRules
from tui.domain.reminding import (
    Reminded,
    Reminder,
    ReminderRules,
    command_line,
    due,
    format_reminder,
    parse_command,
    to_join,
)

DAY = datetime(2026, 3, 10, tzinfo=UTC)
PLANNING = PlanningRules()
FIVE = ReminderRules()
TWICE = ReminderRules(minutes=(5, 15))


def at(clock: str) -> datetime:
    hour, minute, second = (int(part) for part in f"{clock}:00".split(":")[:3])
    return DAY.replace(hour=hour, minute=minute, second=second)


def meeting(start: str, end: str, title: str = "Board prep", uid: str = "u") -> Meeting:
    return Meeting(at(start), at(end), title, "Work", uid)


PREP = meeting("11:00", "12:00")
START = Reminded(at("08:00"))


def told(meetings: Sequence[Meeting], clocks: Sequence[str], rules: ReminderRules = FIVE) -> list[tuple[str, int]]:
    """Clock and minutes of each reminder as the time passes through `clocks`."""
    reminded, found = START, []
    for clock in clocks:
        reminders, reminded = due(meetings, reminded, at(clock), rules, PLANNING)
        found += [(clock, reminder.minutes) for reminder in reminders]
    return found


def test_a_reminder_comes_at_its_moment_and_once() -> None:
    clocks = ["10:54", "10:54:59", "10:55", "10:55:01", "10:56", "11:00", "11:59"]
    assert told([PREP], clocks) == [("10:55", 5)]
    assert told([PREP], clocks, ReminderRules(minutes=())) == []
    assert told([PREP], ["10:44", "10:45", "10:50", "10:55", "11:00"], TWICE) == [("10:45", 15), ("10:55", 5)]
    assert told([PREP], ["10:59", "11:00"], ReminderRules(minutes=(0,))) == [("11:00", 0)]


def test_minutes_are_rounded_up_before_and_down_after() -> None:
    assert told([PREP], ["10:54", "10:55:01"]) == [("10:55:01", 5)]
    assert told([PREP], ["10:54", "10:59:01"]) == [("10:59:01", 1)]
    assert told([PREP], ["10:54", "11:00:30"]) == [("11:00:30", 0)]
    assert told([PREP], ["10:54", "11:03:59"]) == [("11:03:59", -3)]


def test_after_sleep_one_late_reminder_of_what_still_runs() -> None:
    day = [meeting(f"{hour:02}:00", f"{hour:02}:30", f"M{hour}", f"u{hour}") for hour in range(9, 17)]
    assert told(day, ["08:30", "15:03"], TWICE) == [("15:03", -3)]
    assert told(day, ["08:30", "15:03", "15:55"]) == [("15:03", -3), ("15:55", 5)]
    assert told(day, ["08:30", "23:00"]) == []


def test_what_began_before_the_program_is_not_told_and_what_begins_soon_is() -> None:
    assert told([meeting("07:30", "09:00")], ["08:00", "08:10"]) == []
    assert told([meeting("08:00", "09:00")], ["08:00", "08:10"]) == []
    assert told([meeting("08:03", "09:00")], ["08:00", "08:01"]) == [("08:00", 3)]


def test_a_moved_meeting_reminds_anew_and_a_late_invitation_at_once() -> None:
    reminders, reminded = due([PREP], START, at("10:55"), FIVE, PLANNING)
    assert [reminder.minutes for reminder in reminders] == [5]
    moved = replace(PREP, start=at("11:30"), end=at("12:30"))
    assert due([moved], reminded, at("10:56"), FIVE, PLANNING) == ((), reminded)
    reminders, reminded = due([moved], reminded, at("11:25"), FIVE, PLANNING)
    assert [reminder.minutes for reminder in reminders] == [5]
    late = meeting("11:28", "12:00", "Incident", "v")
    reminders, _ = due([late, moved], reminded, at("11:26"), FIVE, PLANNING)
    assert reminders == (Reminder(late, 2),)


@pytest.mark.parametrize(
    "other",
    [
        replace(PREP, busy="free", response="declined"),
        replace(PREP, busy="free", status="cancelled"),
        replace(PREP, status="cancelled"),
        replace(PREP, busy="free"),
        replace(PREP, all_day=True, busy="busy"),
        replace(PREP, summary="Focus time: caps"),
        replace(PREP, end=PREP.start),
    ],
)
def test_what_takes_no_time_is_not_reminded_of(other: Meeting) -> None:
    assert told([other], ["10:54", "10:55", "11:00", "11:30"]) == []


def test_a_tentative_meeting_is_and_one_in_two_calendars_once() -> None:
    assert told([replace(PREP, busy="tentative")], ["10:55"]) == [("10:55", 5)]
    assert told(in_order([PREP, replace(PREP, calendar="Team")]), ["10:55", "10:56"]) == [("10:55", 5)]


def test_a_clock_that_is_set_back_tells_nothing_again() -> None:
    assert told([PREP], ["10:55", "10:50", "10:55", "10:56"]) == [("10:55", 5)]


def test_the_hour_that_comes_twice_is_told_by_what_passes() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    second = Meeting(datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=berlin), datetime(2026, 10, 25, 3, tzinfo=berlin),
                     "Cut-over", "Work", "u")  # fmt: skip
    begun = Reminded(datetime(2026, 10, 24, 12, tzinfo=berlin))
    first_time = datetime(2026, 10, 25, 2, 25, fold=0, tzinfo=berlin)
    assert due([second], begun, first_time, FIVE, PLANNING)[0] == ()
    reminders, _ = due([second], begun, first_time.replace(fold=1), FIVE, PLANNING)
    assert [reminder.minutes for reminder in reminders] == [5]


MEETINGS = st.lists(
    st.tuples(st.integers(0, 600), st.integers(0, 120)).map(
        lambda span: Meeting(
            DAY + timedelta(hours=8, minutes=span[0]),
            DAY + timedelta(hours=8, minutes=span[0] + span[1]),
            f"M{span}",
            "Work",
            f"u{span}",
        )
    ),
    max_size=8,
    unique_by=lambda meeting: meeting.uid,
).map(in_order)
TICKS = st.lists(st.integers(0, 13 * 3600), min_size=1, max_size=40).map(sorted)


@given(MEETINGS, TICKS, st.lists(st.integers(0, 60), min_size=1, max_size=3).map(tuple))
def test_however_time_passes_each_moment_is_told_at_most_once(
    meetings: tuple[Meeting, ...], ticks: list[int], minutes: tuple[int, ...]
) -> None:
    rules, reminded = ReminderRules(minutes=minutes), START
    tellings: dict[str, list[datetime]] = {}
    for seconds in ticks:
        now = START.since + timedelta(seconds=seconds)
        reminders, reminded = due(meetings, reminded, now, rules, PLANNING)
        for reminder in reminders:
            tellings.setdefault(reminder.meeting.uid, []).append(now)
            assert reminder.meeting.end > now
            assert reminder.meeting.start > START.since
    for one in meetings:
        times = tellings.get(one.uid, [])
        assert len(times) <= len(set(minutes))
        moments = sorted(one.start - timedelta(minutes=lead) for lead in set(minutes))
        for before, after in pairwise(times):  # between two tellings lies a moment
            assert any(before < moment <= after for moment in moments)
        seen = [START.since + timedelta(seconds=seconds) for seconds in ticks]
        ripe = [now for now in seen if moments[0] <= now < one.end]
        if ripe and one.start > START.since and one.start < one.end:
            assert times
            assert times[0] == ripe[0]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(5, "Board prep in 5 min, at 11:00"), (0, "Board prep starts now"), (-3, "Board prep started 3 min ago")],
)
def test_the_words(minutes: int, said: str) -> None:
    assert format_reminder(Reminder(PREP, minutes)) == said


def test_words_hold_nothing_that_steers_a_terminal() -> None:
    hostile = format_reminder(Reminder(replace(PREP, summary="\x1b]52;c;aGk=\x07[/]" + "x" * 999), 5))
    assert hostile.startswith("␛]52;c;aGk=␇[/]")
    assert len(hostile) < 120
    assert format_reminder(Reminder(replace(PREP, summary=" "), 5)).startswith("(no title) in")


class TestCommand:
    def line(self, *command: str, title: str = "Board prep", url: str | None = None, minutes: int = 5) -> list[str]:
        launcher = parse_command(command)
        assert launcher is not None
        found = replace(PREP, summary=title, join_url=url)
        return list(command_line(launcher, Reminder(found, minutes)))

    def test_values_fill_single_arguments_whole(self) -> None:
        said = self.line("notify", "--", "{title}", "in {minutes} at {start}", title="a 'b' $(c) {url}; rm")
        assert said == ["notify", "--", "a 'b' $(c) {url}; rm", "in 5 at 11:00"]
        assert self.line("notify", "{title}", "{url}") == ["notify", "Board prep"]
        assert self.line("notify", "{url}", url="https://x.example/a")[1] == "https://x.example/a"
        assert self.line("notify", "{minutes}", minutes=-3) == ["notify", "0"]

    def test_a_title_that_looks_like_an_option_is_refused_without_dashes_before_it(self) -> None:
        assert self.line("notify", "--", "{title}", title="--exec=x") == ["notify", "--", "--exec=x"]
        assert self.line("notify", "--title={title}", title="-x") == ["notify", "--title=-x"]
        with pytest.raises(LaunchError, match="would be read as an option; put `--` before"):
            self.line("notify", "{title}", title="-x")
        with pytest.raises(LaunchError, match="is not opened"):
            self.line("notify", "{url}", url="javascript:alert(1)")

    def test_what_is_wrong_with_a_command_is_said(self) -> None:
        assert parse_command(()) is None
        for command, said in (
            (("notify", "{titel}"), "did you mean `{title}`"),
            (("notify", "{path}"), "unknown placeholder `{path}`"),
            (("{title}",), "holds a placeholder"),
            (("",), "the command is empty"),
        ):
            with pytest.raises(LaunchError, match=said):
                parse_command(command)


def test_what_is_joined() -> None:
    call = replace(PREP, join_url="https://x.example/prep")
    earlier = replace(meeting("10:30", "11:00", "Stand-up", "v"), join_url="https://x.example/standup")
    day = [earlier, call]
    assert to_join(day, at("10:40"), FIVE, PLANNING) == earlier
    assert to_join(day, at("10:55"), FIVE, PLANNING) == call
    assert to_join(day, at("11:10"), FIVE, PLANNING) == call
    assert to_join(day, at("09:00"), FIVE, PLANNING) == earlier
    assert to_join([replace(earlier, join_url=None), call], at("10:40"), FIVE, PLANNING) == call
    assert to_join([PREP], at("10:58"), FIVE, PLANNING) == PREP
    assert to_join([], at("10:58"), FIVE, PLANNING) is None
