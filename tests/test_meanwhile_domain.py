"""What happened meanwhile: which absence it was, what others moved in it, what agents came to."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.fakes import NOW
from tui.domain.agenda import Meeting
from tui.domain.agents import AgentSession
from tui.domain.meanwhile import away_until, format_short, just_ended, last_absence, meanwhile
from tui.domain.planning import PlanningRules
from tui.domain.repos import Commit, Fleet, Moved, Repository

RULES = PlanningRules()


def at(hour: int, minute: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute)


def meeting(start: datetime, end: datetime, title: str = "Staff", **more: object) -> Meeting:
    return replace(Meeting(start, end, title, "Work", title), **more)


STAFF, BOARD = meeting(at(9), at(9, 30)), meeting(at(11), at(12), "Board")


@pytest.mark.parametrize(
    ("meetings", "now", "end"),
    [
        ((STAFF, BOARD), at(10), at(12)),
        ((STAFF, BOARD), at(9, 10), at(9, 30)),
        ((STAFF, BOARD), at(12), None),
        ((STAFF, meeting(at(9, 10), at(10, 30), "Long")), at(9, 15), at(10, 30)),
        ((meeting(at(11) + timedelta(days=1), at(12) + timedelta(days=1)),), at(10), None),
        ((replace(BOARD, busy="free"),), at(10), None),
        ((meeting(at(0), at(0) + timedelta(days=1), "Away", all_day=True, busy="away"), BOARD), at(10), at(12)),
        ((), at(10), None),
    ],
)
def test_away_until_the_end_of_the_meeting_under_way_or_the_next_one(
    meetings: tuple[Meeting, ...], now: datetime, end: datetime | None
) -> None:
    assert away_until(meetings, now, RULES) == end


def test_an_absence_begins_with_the_first_of_meetings_back_to_back() -> None:
    after = meeting(at(12, 5), at(13), "One to one")
    assert last_absence((STAFF, BOARD, after), at(13, 30), RULES) == (at(11), at(13), after)
    assert last_absence((STAFF, BOARD, after), at(10), RULES) == (at(9), at(9, 30), STAFF)
    assert last_absence((STAFF, BOARD), at(11, 20), RULES) == (at(11), at(11, 20), BOARD)
    assert last_absence((STAFF,), at(8), RULES) is None
    assert last_absence((STAFF,), at(8) + timedelta(days=1), RULES) is None


def test_a_meeting_has_just_ended_once_and_not_while_the_next_one_begins() -> None:
    assert just_ended((STAFF, BOARD), at(9, 29), at(9, 30), RULES) == STAFF
    assert just_ended((STAFF, BOARD), at(9, 30), at(9, 31), RULES) is None
    assert just_ended((STAFF, meeting(at(9, 30), at(10))), at(9, 29), at(9, 30), RULES) is None
    assert just_ended((STAFF, BOARD), at(8), at(9, 45), RULES) == STAFF
    assert just_ended((STAFF,), at(8), at(10, 30), RULES) is None
    assert just_ended((replace(STAFF, response="declined", busy="free"),), at(9), at(9, 30), RULES) is None


def commit(sha: str, author: str, when: datetime) -> Commit:
    return Commit(sha * 40, author, when, f"subject {sha}")


def test_others_commits_after_that_moment_each_once_newest_first() -> None:
    early, mine = commit("1", "Ana Sousa", at(8)), commit("2", "Kim Lee", at(9, 10))
    first, second = commit("3", "Ana Sousa", at(9, 10)), commit("4", "Priya N", at(9, 20))
    moved = tuple(Moved(one, "origin/main", by_me=one is mine) for one in (first, mine, early, second))
    billing = Repository(Path("/src/billing"), "billing", moved=moved)
    lane = replace(billing, path=Path("/src/billing-x"), name="billing-x", kind="linked", parent=billing.path)
    site = Repository(
        Path("/src/site"), "site", moved=(Moved(commit("5", "Yuki", at(9, 25)), "origin/x", by_me=False),)
    )
    found = meanwhile(Fleet((lane, billing, site)), (), at(9), "Staff")
    assert [one.name for one in found.moved] == ["site", "billing"]
    assert [one.sha[0] for one, _ in found.moved[1].commits] == ["4", "3"]
    assert format_short(found) == "Yuki moved site, Priya and Ana moved billing"
    assert meanwhile(None, (), at(9)).moved == ()


@pytest.mark.parametrize(
    ("state", "origin", "since", "said"),
    [
        ("done", "background", at(9, 10), "claude is done in voicebox-inbox"),
        ("done", "background", at(8), ""),
        ("failed", "background", at(9, 10), "claude failed in voicebox-inbox"),
        ("working", "background", at(9, 10), ""),
        ("needs you", "listed", None, "claude needs you in voicebox-inbox"),
        ("done", "listed", None, ""),
        ("unknown", "window", at(9, 10), ""),
    ],
)
def test_of_agents_those_that_ended_since_and_those_that_need_the_person(
    state: str, origin: str, since: datetime | None, said: str
) -> None:
    one = AgentSession("a", "claude", Path("/src/voicebox-inbox"), state, origin, since)  # type: ignore[arg-type]
    assert format_short(meanwhile(None, (one,), at(9))) == said


def test_zones_do_not_matter() -> None:
    there = STAFF.start.astimezone(UTC)
    assert away_until((replace(STAFF, start=there),), at(9, 10), RULES) == at(9, 30)
