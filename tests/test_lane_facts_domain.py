"""What the ledger and the backlog know of a lane."""

from datetime import timedelta, timezone
from pathlib import Path

from tests.ledger_entries import at, entry
from tui.domain.backlog import Item
from tui.domain.lane_facts import LaneFacts, lane_facts
from tui.domain.made import sessions_of
from tui.domain.sessions import Entry, Ledger
from widgets.repo_words import format_lane

LANE = Path("/home/kim/src/voicebox-inbox")
ITEM = Item("i1", "Voice inbox", "build", why="Calls get lost", estimate=60)


def ledger(*entries: Entry) -> Ledger:
    return Ledger(sessions_of(entries))


def started(minutes: float, session: str = "s", item: str = "i1", repository: Path = LANE) -> Entry:
    return entry("started", minutes, session, item=item, title="Voice", repository=repository)


def test_item_age_and_time_made_of_its_timebox() -> None:
    told = ledger(
        started(0),
        entry("noted", 10, note="next", text="split the router"),
        entry("noted", 20, note="dead-end", text="polling"),
        entry("parked", 30),
    )
    (facts,) = lane_facts(told, [ITEM], at(3 * 24 * 60)).items()
    assert facts == (LANE, LaneFacts("Voice inbox", "Calls get lost", at(0), 3, 30, 60, "split the router"))
    assert not facts[1].over


def test_time_of_the_same_item_elsewhere_counts_and_more_than_the_timebox_is_over() -> None:
    told = ledger(
        started(0, "a", repository=Path("/elsewhere")),
        entry("parked", 40, "a"),
        started(100, "b"),
        entry("parked", 121, "b"),
    )
    facts = lane_facts(told, [ITEM], at(200))[LANE]
    assert (facts.started, facts.days, facts.made, facts.over) == (at(100), 0, 61, True)


def test_session_under_way_counts_to_now_but_not_over_a_long_silence() -> None:
    told = ledger(started(0), entry("alive", 5))
    assert lane_facts(told, [ITEM], at(9))[LANE].made == 9
    assert lane_facts(told, [ITEM], at(9 * 60))[LANE].made == 5


def test_lane_is_for_the_item_of_its_latest_session() -> None:
    told = ledger(
        started(0, "a", "gone"),
        entry("noted", 5, "a", note="next", text="of the other"),
        entry("ended", 10, "a"),
        started(20, "b", "i1"),
        entry("ended", 25, "b"),
    )
    facts = lane_facts(told, [ITEM], at(30))[LANE]
    assert (facts.title, facts.started, facts.made, facts.going_on) == ("Voice inbox", at(20), 5, "")


def test_item_that_left_the_backlog_or_was_never_in_it() -> None:
    facts = lane_facts(ledger(started(0), entry("ended", 5)), [], at(10))[LANE]
    assert (facts.title, facts.why, facts.timebox, facts.made, facts.over) == ("Voice", "", None, 5, False)
    none = ledger(started(0, "a", ""), entry("ended", 5, "a"), started(0, "b", "", Path("/b")), entry("ended", 9, "b"))
    told = lane_facts(none, [], at(10))
    assert {path: facts.made for path, facts in told.items()} == {LANE: 5, Path("/b"): 9}


def test_days_are_those_of_the_calendar_here() -> None:
    told = ledger(started(0), entry("ended", 5))  # at 9:00 UTC
    east = timezone(timedelta(hours=14))  # 23:00
    assert lane_facts(told, [], at(70).astimezone(east))[LANE].days == 1
    assert lane_facts(told, [], at(70))[LANE].days == 0
    assert lane_facts(told, [], at(-3000))[LANE].days == 0  # a clock that was set back


def test_words_from_long_to_short() -> None:
    facts = LaneFacts("t", "", at(0), 3, 45, 60, "")
    assert format_lane(facts) == ("3 d · 45 of 60 min", "3 d · 45/60m", "45 of 60 min", "45/60m")
    late = LaneFacts("t", "", at(0), 0, 75, 60, "")
    assert format_lane(late)[0] == "today · over 75 of 60 min"
    assert format_lane(late)[-1] == "over"
    assert format_lane(LaneFacts("t", "", at(0), 1, 0, None, ""))[0] == "1 d · 0 min"
