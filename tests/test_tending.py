"""Keeping a session: what is made in a day with meetings, sleep, quits and two makerhours, right to the second."""

import os
import random
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tui.domain.agenda import Agenda, Meeting
from tui.domain.planning import PlanningRules
from tui.domain.sessions import ALIVE_EVERY, Entry, Session, counted_to, going, made_on, starting
from tui.sources.ledger import LedgerError, LedgerStore
from tui.sources.ledger_line import parse_line
from tui.tending import Tending

DAY = datetime(2026, 3, 10, tzinfo=UTC)
LOOK = timedelta(seconds=2)


def at(clock: str) -> datetime:
    hour, minute, second = (int(part) for part in f"{clock}:00".split(":")[:3])
    return DAY + timedelta(hours=hour, minutes=minute, seconds=second)


def meeting(start: str, end: str, **values: object) -> Meeting:
    return Meeting(at(start), at(end), "Board prep", "Work", **values)  # type: ignore[arg-type]


class World:
    """A ledger's file and a made clock."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ledger.jsonl"
        self.now = at("09:00")
        self.store = LedgerStore(self.path, lambda: self.now)
        self.problems: list[str] = []

    def start(self, clock: str) -> str:
        self.now = at(clock)
        (entry,) = self.store.append([starting(self.now, "x", "Caps", Path("/src/billing"), "main", "1")])
        return entry.session

    def session(self) -> Session:
        return self.store.read().sessions[0]

    def say(self, kind: str, clock: str) -> None:
        """What a person asks for at `clock`."""
        self.now = at(clock)
        self.store.append([going(self.session(), kind, self.now)])  # type: ignore[arg-type]

    def made(self) -> timedelta:
        """What is counted up to now."""
        return counted_to(self.session(), self.now)

    def written(self) -> list[str]:
        """Kinds and clocks of all entries, those of `since` before."""
        found = [parse_line(line) for line in self.path.read_bytes().splitlines()]
        return [told(entry) for entry in found if isinstance(entry, Entry)]

    def run(self, until: str, *keepers: "Keeper", step: timedelta = LOOK) -> None:
        """Have the keepers look again and again until that clock, and at it."""
        while self.now < at(until):
            self.now = min(self.now + step, at(until))
            for keeper in keepers:
                keeper.look()


def told(entry: Entry) -> str:
    since = f" since {entry.since:%H:%M:%S}" if entry.since else ""
    return f"{entry.kind} {entry.at:%H:%M:%S}{since}"


class Keeper:
    """One makerhour that keeps the session."""

    def __init__(self, world: World, session: str, meetings: Sequence[Meeting] | None = ()) -> None:
        self.world = world
        self.store = LedgerStore(world.path, lambda: world.now)
        self.tending = Tending(lambda: world.now, PlanningRules(), {}, world.problems.append)
        self.tending.follow(session)
        self.knows(meetings)

    def knows(self, meetings: Iterable[Meeting] | None) -> None:
        if meetings is not None:
            self.tending.agenda = Agenda(DAY, DAY + timedelta(days=1), "UTC", tuple(meetings))

    def look(self) -> None:
        self.tending.look(self.store.read(), self.store.append)

    def quit(self) -> None:
        self.look()
        self.tending.leave(self.store.read(), self.store.append)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def minutes(amount: float) -> timedelta:
    return timedelta(minutes=amount)


@pytest.mark.parametrize("keepers", [1, 2, 3])
def test_a_day_with_meetings_sleep_and_quits_is_right_to_the_second(world: World, keepers: int) -> None:
    day = [meeting("10:00", "10:30"), meeting("10:20", "10:45"), meeting("11:00:17", "11:30:41"),
           meeting("13:10", "14:00", busy="free"), meeting("00:00", "23:59:59", all_day=True)]  # fmt: skip
    session = world.start("09:30")
    first = [Keeper(world, session, day) for _ in range(keepers)]
    world.run("12:00", *first)  # away 10:00 to 10:45, 11:00:17 to 11:30:41
    assert world.made() == minutes(150 - 45) - timedelta(minutes=30, seconds=24)
    world.now = at("12:40")  # the machine slept
    world.run("13:00:01", *first)
    for keeper in first:
        keeper.quit()
    world.now = at("13:20")  # nobody was there, no meeting: time that counts
    second = Keeper(world, session, day)
    second.look()
    world.run("13:30:33", second)
    world.say("ended", "13:30:33")
    later = minutes(20) + timedelta(seconds=1) - LOOK + minutes(30) + timedelta(seconds=32)
    assert world.made() == minutes(150 - 45) - timedelta(minutes=30, seconds=24) + later, "back at the first look"
    assert made_on([world.session()], DAY.date(), UTC) == world.session().made
    kinds = [line.split()[0] for line in world.written()]
    assert kinds.count("away") == kinds.count("back") == 3, "however many keep it"
    assert world.problems == []


def test_away_is_told_from_the_begin_of_a_meeting_and_back_at_its_end(world: World) -> None:
    keeper = Keeper(world, world.start("09:59"), [meeting("10:00", "10:30")])
    world.run("10:31", keeper)
    assert world.written() == [
        "started 09:59:00", "away 10:00:00 since 10:00:00", "back 10:30:00",
    ]  # fmt: skip
    world.run("10:35", keeper)
    assert world.written()[3:] == ["alive 10:35:00"]
    assert world.session().made == minutes(6)


def test_meetings_that_touch_and_overlap_are_one_time_away(world: World) -> None:
    day = [meeting("10:00", "10:30"), meeting("10:10", "10:15"), meeting("10:30", "11:00")]
    keeper = Keeper(world, world.start("09:58"), day)
    world.run("11:02", keeper)
    assert world.written()[1:] == ["away 10:00:00 since 10:00:00", "back 11:00:00"]


def test_a_meeting_that_moves_takes_the_person_with_it(world: World) -> None:
    keeper = Keeper(world, world.start("09:58"), [meeting("10:00", "10:30")])
    world.run("10:02", keeper)
    keeper.knows([meeting("10:20", "10:40")])
    world.run("10:10", keeper)
    assert not world.session().away
    world.run("10:30", keeper)
    keeper.knows([meeting("10:20", "10:50")])
    world.run("10:55", keeper)
    assert [line for line in world.written() if "alive" not in line][1:] == [
        "away 10:00:00 since 10:00:00", "back 10:02:02", "away 10:20:00 since 10:20:00", "back 10:50:00",
    ]  # fmt: skip


def test_a_meeting_that_is_known_late_is_left_out_from_its_begin(world: World) -> None:
    keeper = Keeper(world, world.start("09:50"))
    world.run("10:07", keeper)
    keeper.knows([meeting("10:00", "10:30")])
    world.run("10:32", keeper)
    world.say("ended", "10:32")
    assert world.session().made == minutes(12)


def test_whoever_starts_or_comes_back_during_a_meeting_is_not_in_it(world: World) -> None:
    keeper = Keeper(world, world.start("10:10"), [meeting("10:00", "10:30"), meeting("11:00", "11:30")])
    world.run("11:10", keeper)
    assert world.session().away
    world.say("back", "11:10:01")
    world.run("11:40", keeper)
    assert not world.session().away
    world.say("ended", "11:40")
    assert world.session().made == minutes(80) - timedelta(seconds=1)


@pytest.mark.parametrize("keepers", [1, 2])
def test_a_sleep_is_left_out_also_over_the_begin_or_the_end_of_a_meeting(world: World, keepers: int) -> None:
    day = [meeting("10:00", "11:00"), meeting("12:00", "12:30")]
    session = world.start("09:00")
    both = [Keeper(world, session, day) for _ in range(keepers)]
    world.run("09:50", *both)
    world.now = at("10:29:58")
    world.run("10:40", *both)  # in the meeting that began meanwhile
    assert world.session().away
    world.now = at("11:19:58")
    world.run("11:30", *both)
    world.now = at("12:44:58")
    world.run("12:50", *both)  # a meeting came and went
    for keeper in both:
        keeper.quit()
    assert world.session().made == minutes(50 + 10 + 5)
    lines = [line for line in world.written() if "alive" not in line]
    assert lines == [
        "started 09:00:00", "away 10:30:00 since 09:50:00", "back 11:20:00", "away 12:45:00 since 11:30:00",
        "back 12:45:00",
    ]  # fmt: skip


def test_what_is_noted_right_before_a_sleep_does_not_hide_it(world: World) -> None:
    keeper = Keeper(world, world.start("09:00"))
    world.run("09:10", keeper)
    world.say("alive", "09:10:01")
    world.now = at("10:10")
    keeper.look()
    assert world.session().made == minutes(10) + timedelta(seconds=1)


def test_a_process_that_stood_still_while_another_kept_the_session_takes_nothing_away(world: World) -> None:
    session = world.start("09:00")
    one, other = Keeper(world, session), Keeper(world, session)
    world.run("09:10", one, other)
    world.run("09:43", one)
    other.look()
    world.run("09:50", one, other)
    assert {line.split()[0] for line in world.written()} == {"started", "alive"}
    assert world.session().made == minutes(50)


def test_a_crash_costs_no_more_than_a_sign_of_life(world: World) -> None:
    keeper = Keeper(world, world.start("09:00"))
    for clock in ("09:04", "09:20", "09:59:58"):
        world.run(clock, keeper)
        made = world.session().made
        assert world.now - at("09:00") - ALIVE_EVERY < made <= world.now - at("09:00")


def test_a_meeting_while_no_makerhour_ran_is_left_out_and_all_after_it(world: World) -> None:
    session = world.start("09:00")
    first = Keeper(world, session, [meeting("10:00", "10:30")])
    world.run("09:20", first)
    first.quit()
    world.now = at("11:00")
    second = Keeper(world, session, None)
    second.look()
    assert len(world.written()) == 2 + world.written().count("alive") + 3, "it waits for the agenda"
    world.now += LOOK
    second.knows([meeting("10:00", "10:30")])
    world.run("11:05", second)
    second.quit()
    assert world.session().made == minutes(60 + 5) - 2 * LOOK


def test_an_agenda_that_is_never_read_does_not_stop_the_count(world: World) -> None:
    keeper = Keeper(world, world.start("09:00"), None)
    world.run("09:30", keeper)
    keeper.quit()
    assert world.session().made == minutes(30)


def test_a_session_left_open_overnight_counts_neither_the_night_nor_the_morning_meeting(world: World) -> None:
    session = world.start("09:00")
    first = Keeper(world, session)
    world.run("09:20", first)
    first.quit()
    world.now += timedelta(hours=24)
    tomorrow = [
        replace(meeting("08:00", "08:30"), start=at("08:00") + timedelta(days=1), end=at("08:30") + timedelta(days=1))
    ]
    second = Keeper(world, session, tomorrow)
    second.look()
    world.now += minutes(5)
    second.store.append([going(world.session(), "ended", world.now)])
    assert world.session().made == minutes(20 + 5)


def test_a_session_left_open_counts_nothing_before_a_meeting_either_after_so_long(world: World) -> None:
    day = [meeting("11:00", "11:30")]
    session = world.start("09:00")
    world.now = at("18:00")
    keeper = Keeper(world, session, day)
    keeper.look()
    assert world.made() == timedelta()
    assert not world.session().away


def test_a_meeting_slept_through_inside_one_that_is_skipped_ends(world: World) -> None:
    keeper = Keeper(world, world.start("10:10"), [meeting("10:00", "12:00"), meeting("10:30", "10:40")])
    world.run("10:20", keeper)
    world.now = at("10:49:58")
    world.run("10:55", keeper)
    assert not world.session().away
    assert world.made() == minutes(15)


def test_a_meeting_under_way_is_known_after_the_clock_was_set_back(world: World) -> None:
    keeper = Keeper(world, world.start("09:00"))
    world.run("11:30", keeper)
    world.now = at("10:20")
    keeper.knows([meeting("10:15", "10:40")])
    keeper.look()
    assert world.session().away


def test_nothing_is_written_for_a_session_that_another_parked_or_ended(world: World) -> None:
    for last in ("parked", "ended"):
        world.path.unlink(missing_ok=True)
        world.store = LedgerStore(world.path, lambda: world.now)
        keeper = Keeper(world, world.start("09:00"), [meeting("10:00", "10:30")])
        world.run("09:10", keeper)
        world.say(last, "09:10:30")
        world.run("10:40", keeper, step=minutes(1))
        keeper.quit()
        assert world.written()[-1] == f"{last} 09:10:30"


def test_away_for_something_else_is_the_persons_to_end(world: World) -> None:
    keeper = Keeper(world, world.start("09:00"))
    world.store.append([going(world.session(), "away", world.now, text="lunch")])
    world.run("10:00", keeper)
    assert world.session().away
    assert (world.session().away_for, world.session().made) == ("lunch", timedelta())


def test_two_that_know_different_meetings_do_not_take_turns(world: World) -> None:
    session = world.start("09:50")
    one, other = Keeper(world, session, [meeting("10:00", "10:30")]), Keeper(world, session)
    world.run("10:01", one, other)  # the other's calendar is read a minute later
    assert world.session().away
    other.knows([meeting("10:00", "10:30")])
    world.run("10:40", one, other)
    assert [line for line in world.written() if "alive" not in line][1:] == [
        "away 10:00:00 since 10:00:00", "back 10:30:00",
    ]  # fmt: skip
    one.knows([meeting("11:00", "11:30")])
    world.run("11:40", one, other)  # it never hears of that one
    lines = [line.split()[0] for line in world.written()]
    assert lines.count("away") == lines.count("back") == 2


def test_an_away_that_was_never_ended_ends_after_a_restart(world: World) -> None:
    session = world.start("09:50")
    world.run("10:05", Keeper(world, session, [meeting("10:00", "10:30")]))
    world.now = at("10:40")
    world.run("10:41", Keeper(world, session, [meeting("10:00", "10:30")]))
    assert world.written()[-1] == "back 10:40:02"


def test_a_clock_that_is_set_counts_nothing_twice_and_nothing_below_nothing(world: World) -> None:
    session = world.start("09:00")
    keeper = Keeper(world, session, [meeting("10:30", "10:40")])
    world.run("09:30", keeper)
    world.now = at("11:30")  # set forward: as after a sleep
    world.run("11:40", keeper)
    assert world.made() == minutes(40) - LOOK
    world.now = at("09:40")  # and back
    world.run("10:20", keeper)
    assert minutes(74) < world.made() <= minutes(75), "what was not written before the clock was set is lost"
    world.run("10:50", keeper)  # the meeting is away as ever, though the ledger knows later clocks
    keeper.quit()
    assert minutes(94) < world.made() <= minutes(95)
    world.now = at("09:10")  # back into what is counted
    keeper = Keeper(world, session)
    world.run("09:25", keeper)
    keeper.quit()
    assert minutes(94) < world.made() <= minutes(95)


def test_a_disk_that_is_full_is_said_once_and_costs_no_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = Keeper(world, world.start("09:00"), [meeting("09:30", "09:40")])
    world.run("09:04", keeper)

    def full(_descriptor: int, _content: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        world.run("09:32", keeper)
    assert len(world.problems) == 1
    assert "No space left on device; nothing was written" in world.problems[0]
    world.run("09:50", keeper)
    keeper.quit()
    assert world.session().made == minutes(40)


def test_a_ledger_that_cannot_be_read_is_not_written_to(world: World) -> None:
    keeper = Keeper(world, world.start("09:00"))
    world.run("09:04", keeper)
    held = world.path.read_bytes()
    world.path.unlink()
    world.path.mkdir()
    world.run("09:20", keeper)
    world.path.rmdir()
    world.path.write_bytes(held)
    world.run("09:30", keeper)
    keeper.quit()
    assert world.session().made == minutes(30)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 120), max_size=8, unique=True).map(sorted), st.integers(0, 1000))
def test_however_two_interleave_the_time_made_is_that_of_one(cuts: list[int], seed: int) -> None:
    chance = random.Random(seed)
    clocks = [f"{9 + cut // 60}:{cut % 60:02}" for cut in cuts]
    day = [meeting(start, end) for start, end in zip(clocks[::2], clocks[1::2], strict=False)]
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        session = world.start("08:59")
        keepers = [Keeper(world, session, day), Keeper(world, session, day)]
        while world.now < at("11:05"):
            world.now += LOOK * chance.choice((1, 7, 25))
            ledgers = [keeper.store.read() for keeper in keepers]
            if chance.random() < 0.5:  # each on what it read before the other wrote, or one after the other
                keepers[0].look()
                keepers[1].look()
            else:
                for keeper, ledger in zip(keepers, ledgers, strict=True):
                    keeper.tending.look(ledger, keeper.store.append)
        world.say("ended", f"{world.now:%H:%M:%S}")
        busy = sum((one.end - one.start for one in day), timedelta())
        assert world.session().made == world.now - at("08:59") - busy


def test_what_cannot_be_written_is_an_error_of_the_store(world: World) -> None:
    world.path.mkdir()
    with pytest.raises(LedgerError):
        world.start("09:00")
