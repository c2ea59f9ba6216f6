"""Sessions: where they stand, what was made in them, their notes, through crashes, set clocks and changed hours."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger_entries import START, at, courses, entry
from tui.domain.made import Reckoning, sessions_of
from tui.domain.sessions import (
    ALIVE_EVERY,
    LONGEST_SILENCE,
    Entry,
    NoteError,
    Session,
    counted_to,
    going,
    last_next,
    made_between,
    made_on,
    note_line,
    notes_of,
    noting,
    open_sessions,
    parked_sessions,
    starting,
    stretches_made,
)

BERLIN = ZoneInfo("Europe/Berlin")
REPO = Path("/src/billing")


def only(*entries: Entry) -> Session:
    """The one session that `entries` are about."""
    (session,) = sessions_of(entries)
    return session


def minutes(length: timedelta) -> float:
    return length / timedelta(minutes=1)


def test_a_session_from_start_to_landing() -> None:
    start = Entry("started", "s", at(0), item="x", title="Caps", repository=REPO, branch="proto/caps", head="aaa")
    session = only(start)
    assert (session.standing, session.made, session.started, session.heard) == ("open", timedelta(), at(0), at(0))
    note = noting(session, at(20), "technique", "  one \n line ", "bbb")
    ended = going(session, "ended", at(50), head="ccc", outcome="finished")
    session = only(start, note, ended)
    assert (session.id, session.item, session.title, session.repository) == ("s", "x", "Caps", REPO)
    assert (session.branch, session.head_before, session.head_after) == ("proto/caps", "aaa", "ccc")
    assert (session.standing, session.outcome, session.heard) == ("ended", "finished", at(50))
    assert session.stretches == ((at(0), at(50)),)
    (line,) = session.notes
    assert (line.kind, line.text, line.at, line.repository, line.commit) == (
        "technique",
        "one line",
        at(20),
        REPO,
        "bbb",
    )


def test_time_away_is_left_out() -> None:
    session = only(entry("started", 0), entry("away", 30), entry("alive", 60), entry("back", 90), entry("ended", 100))
    assert session.stretches == ((at(0), at(30)), (at(90), at(100)))
    assert not session.away
    assert only(entry("started", 0), entry("away", 30), entry("alive", 50)).away
    assert minutes(only(entry("started", 0), entry("away", 30), entry("noted", 50, note="next")).made) == 30


def test_time_parked_is_left_out_and_resuming_goes_on() -> None:
    start, parked, resumed = entry("started", 0), entry("parked", 40), entry("resumed", 300)
    assert only(start, parked).standing == "parked"
    assert minutes(only(start, parked, entry("noted", 200, note="next")).made) == 40
    assert not only(start, parked, entry("away", 60)).away
    session = only(start, parked, resumed, entry("alive", 310))
    assert (session.standing, minutes(session.made)) == ("open", 50)


def test_what_is_told_late_counts_until_it_happened() -> None:
    start, alive = entry("started", 0), (entry("alive", 5), entry("alive", 10), entry("alive", 15))
    assert minutes(only(start, *alive, entry("away", 20, since=at(8))).made) == 8
    assert minutes(only(start, *alive, entry("ended", 900, since=at(15))).made) == 15
    assert minutes(only(start, *alive, entry("parked", 20, since=at(18)), entry("ended", 90)).made) == 18
    assert (
        minutes(only(start, *alive, entry("away", 20, since=at(8)), entry("back", 30), entry("ended", 40)).made) == 18
    )
    assert minutes(only(start, entry("ended", 20, since=at(99))).made) == 20, "a time to come is none"


def test_a_session_nobody_ended_counts_to_the_last_sign_of_life() -> None:
    entries = [entry("started", 0), entry("alive", 5), entry("noted", 17, note="next", text="the parser")]
    session = only(*entries)
    assert (session.standing, minutes(session.made), session.heard) == ("open", 17, at(17))
    next_day = going(session, "ended", at(24 * 60), since=session.heard)
    assert minutes(only(*entries, next_day).made) == 17
    assert minutes(only(*entries, entry("ended", 24 * 60)).made) == 17, "a night is no work, even where nobody says so"


def test_a_long_silence_counts_nothing_and_a_short_one_whole() -> None:
    longest = minutes(LONGEST_SILENCE)
    assert minutes(only(entry("started", 0), entry("ended", longest)).made) == longest
    assert only(entry("started", 0), entry("ended", longest + 1)).made == timedelta()
    assert ALIVE_EVERY * 3 < LONGEST_SILENCE


@pytest.mark.parametrize(
    ("clock", "made"),
    [
        ((0, 30, -30, 0), 60),  # set back an hour: 30 and 30, the jump nothing
        ((0, 30, 29, 40), 40),  # set back a minute
        ((0, 30, 2_000_000, 40, 50), 40),  # years ahead and back again
        ((100, 50), 0),
    ],
)
def test_a_clock_that_was_set_never_counts_below_nothing(clock: tuple[int, ...], made: int) -> None:
    first, *others = clock
    session = only(entry("started", first), *(entry("alive", minute) for minute in others))
    assert minutes(session.made) == made
    assert session.heard == at(clock[-1])


def test_the_open_session_is_found_again_and_parked_ones_are_listed_by_the_ledger_and_not_by_clocks() -> None:
    sessions = sessions_of(
        [
            entry("started", 0, "first"), entry("started", 500, "second"), entry("started", 5, "third"),
            entry("parked", 9, "third"), entry("started", 2, "fourth"), entry("parked", 3, "second"),
            entry("ended", 4, "fourth"), entry("alive", 1, "first"), entry("started", 1, "fifth"),
        ]
    )  # fmt: skip
    assert [session.id for session in open_sessions(sessions)] == ["fifth", "first"]
    assert [session.id for session in parked_sessions(sessions)] == ["second", "third"]
    assert [session.id for session in sessions] == ["first", "second", "third", "fourth", "fifth"]


def test_notes_of_an_item_are_newest_first_over_its_sessions() -> None:
    sessions = sessions_of(
        [
            entry("started", 0, "a", item="x"), entry("started", 0, "b", item="y"),
            entry("noted", 900, "a", note="next", text="one"), entry("noted", 5, "b", note="next", text="other"),
            entry("started", 3, "c", item="x"), entry("noted", 4, "c", note="next", text="two"),
            entry("noted", 5, "a", note="dead-end", text="three"),
        ]
    )  # fmt: skip
    assert [note.text for note in notes_of(sessions, "x")] == ["three", "two", "one"]
    found = last_next(sessions, "x")
    assert found is not None
    assert found.text == "two"
    assert last_next(sessions, "z") is None


def test_a_note_outlives_the_start_of_its_session() -> None:
    start = Entry("started", "s", at(0), item="x", title="Caps", repository=REPO, head="aaa")
    note = noting(only(start), at(9), "trade-off", "slower but right", "bbb")
    (session,) = sessions_of([note])
    assert (session.item, session.title, session.repository, session.standing) == ("x", "Caps", REPO, "open")
    assert notes_of([session], "x")[0].text == "slower but right"


@pytest.mark.parametrize("text", ["", " \n\t ", "x" * 1001])
def test_a_note_is_one_line(text: str) -> None:
    with pytest.raises(NoteError):
        note_line(text)


def test_two_sessions_at_once_count_once_for_the_day() -> None:
    sessions = sessions_of(
        [
            entry("started", 0, "a"), entry("started", 20, "b"), entry("ended", 30, "a"), entry("ended", 60, "b"),
            entry("started", 90, "a2"), entry("started", 90, "b2"), entry("ended", 99, "b2"), entry("ended", 100, "a2"),
        ]
    )  # fmt: skip
    assert [minutes(session.made) for session in sessions] == [30, 40, 10, 9]
    assert minutes(made_on(sessions, START.date(), UTC)) == 70
    assert stretches_made(sessions) == ((at(0), at(60)), (at(90), at(100)))
    assert minutes(made_between(sessions, at(25), at(95))) == 40
    assert made_between(sessions, at(95), at(25)) == timedelta()


def test_an_entry_that_a_copied_file_holds_twice_counts_once() -> None:
    entries = [
        entry("started", 0, id="1"), entry("noted", 9, id="2", note="next", text="a"), entry("parked", 10, id="3"),
        entry("resumed", 20, id="4"), entry("ended", 30, id="5"),
    ]  # fmt: skip
    assert sessions_of(entries + entries) == sessions_of(entries)


def test_what_runs_counts_up_to_now() -> None:
    session = only(entry("started", 0), entry("alive", 5))
    assert minutes(counted_to(session, at(8))) == 8
    assert minutes(counted_to(session, at(2))) == 5
    assert minutes(counted_to(session, at(2000))) == 5
    assert minutes(counted_to(only(entry("started", 0), entry("away", 5)), at(8))) == 5
    assert minutes(counted_to(only(entry("started", 0), entry("ended", 5)), at(8))) == 5


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 5, 5), 24)])
def test_the_hours_of_a_day_are_those_that_passed(day: date, hours: int) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=BERLIN)
    begin = midnight.astimezone(UTC) - timedelta(hours=2)
    beats = [begin + timedelta(hours=number) for number in range(30)]
    session = only(Entry("started", "s", beats[0]), *(Entry("alive", "s", beat.astimezone(BERLIN)) for beat in beats))
    assert session.made == timedelta(hours=29)
    assert made_on([session], day, BERLIN) == timedelta(hours=hours)


def test_an_hour_shown_twice_counts_as_two() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    assert only(Entry("started", "s", first), Entry("ended", "s", first.replace(fold=1))).made == timedelta(hours=1)


CUTS = st.lists(st.integers(-700, 3100).map(at), min_size=1, max_size=6).map(sorted)


@given(courses(), CUTS)
def test_made_time_of_anything_is_parted_by_any_cuts_and_never_more_than_passed(
    entries: list[Entry], cuts: list[datetime]
) -> None:
    sessions = sessions_of(entries)
    ever = datetime(1990, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)
    whole = made_between(sessions, *ever)
    parts = [made_between(sessions, start, end) for start, end in pairwise([ever[0], *cuts, ever[1]])]
    assert (
        sum(parts, timedelta()) == whole == sum((end - start for start, end in stretches_made(sessions)), timedelta())
    )
    assert all(part >= timedelta() for part in parts)
    assert all(timedelta() <= part <= max(end - start, timedelta()) for part, (start, end) in
               zip(parts, pairwise([ever[0], *cuts, ever[1]]), strict=True))  # fmt: skip
    made = [session.made for session in sessions]
    assert max(made, default=timedelta()) <= whole <= sum(made, timedelta())
    times = [found.at for found in entries]
    assert whole <= (max(times) - min(times) if times else timedelta())
    for session in sessions:
        assert all(start < end for start, end in session.stretches)
        assert all(one[1] < two[0] for one, two in pairwise(session.stretches))


@given(courses(), st.data())
def test_entries_that_come_in_pieces_come_to_the_same(entries: list[Entry], data: st.DataObject) -> None:
    reckoning, rest = Reckoning(), entries
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        reckoning.add(rest[:size])
        rest = rest[size:]
        reckoning.sessions()
    assert reckoning.sessions() == sessions_of(entries)


@given(courses(), st.integers(0, 60))
def test_a_sign_of_life_more_takes_nothing_away(entries: list[Entry], wait: int) -> None:
    before = {session.id: session.made for session in sessions_of(entries)}
    for session in sessions_of(entries):
        later = session.heard + timedelta(minutes=wait)
        after = only(*(found for found in entries if found.session == session.id), Entry("alive", session.id, later))
        gained = after.made - before[session.id]
        assert timedelta() <= gained <= timedelta(minutes=wait)
        assert after.made == counted_to(session, later)


def test_starting_has_all_that_is_known() -> None:
    session = only(Entry(**{**{name: getattr(starting(at(0), "x", "T", REPO, "b", "h"), name)
                            for name in Entry.__struct_fields__}, "session": "s"}))  # fmt: skip
    assert (session.item, session.title, session.repository, session.branch, session.head_before) == (
        "x",
        "T",
        REPO,
        "b",
        "h",
    )
