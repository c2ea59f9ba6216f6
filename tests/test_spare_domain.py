"""What a few minutes are good for, and when that is asked."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.fakes import NOW
from tui.domain.agents import AgentSession
from tui.domain.backlog import Item
from tui.domain.fitting import NowLine, Situation
from tui.domain.repos import Commit, Fleet, Moved, Repository
from tui.domain.spare import is_short, spare

TODAY = NOW.date()


def moved(hours: float, author: str, subject: str, *, by_me: bool = False) -> Moved:
    return Moved(Commit("1" * 40, author, NOW - timedelta(hours=hours), subject), "origin/main", by_me=by_me)


def repo(name: str, *commits: Moved) -> Repository:
    return Repository(Path("/src") / name, name, head="1" * 40, moved=commits)


@pytest.mark.parametrize(
    ("situation", "usable", "short"),
    [("in_gap", 9, True), ("in_gap", 10, False), ("short", 90, True), ("in_meeting", 0, False), ("day_over", 0, False)],
)
def test_only_a_time_too_short_to_build_in_asks_for_it(situation: Situation, usable: int, *, short: bool) -> None:
    assert is_short(NowLine(situation, usable_minutes=usable)) is short


def test_three_ideas_and_what_others_moved_the_newest_first() -> None:
    ideas = [Item(f"i{number}", f"Idea {number}", created=NOW - timedelta(days=number)) for number in range(5)]
    fleet = Fleet(
        (
            repo("mine", moved(1, "Kim", "Tidy", by_me=True)),
            repo("old", moved(50, "Ana", "Retry")),
            repo("new", moved(9, "Yuki", "Split"), moved(2, "Ana", "Cap usage")),
            repo("quiet"),
        )
    )
    found = spare([*ideas, Item("b", "Built", "build")], fleet, TODAY)
    assert [one.text for one in found] == [
        "decide on three ideas: Idea 0, …",
        "read what moved in new: Ana, Cap usage",
        "read what moved in old: Ana, Retry",
    ]
    assert [item.id for item in found[0].items] == ["i0", "i1", "i2"]
    assert [one.path for one in found] == [None, Path("/src/new"), Path("/src/old")]


def test_nothing_is_made_up() -> None:
    assert spare((), None, TODAY) == ()
    assert [one.text for one in spare([Item("a", "Caps")], None, TODAY)] == ["decide on one idea: Caps"]


def test_an_agent_that_waits_comes_first_and_one_that_works_is_nothing_to_do() -> None:
    waits = AgentSession("a", "claude", Path("/src/site/web"), "needs you", "listed", question="which plan?")
    works = replace(waits, id="b", state="working")
    idea = Item("i", "Idea", created=NOW)
    found = spare((idea,), None, TODAY, {Path("/src/site"): (waits, works), Path("/src/x"): (works,)})
    assert [(one.kind, one.text, one.path) for one in found] == [
        ("agent", "answer claude in site, which waits for you: which plan?", Path("/src/site")),
        ("triage", "decide on one idea: Idea", None),
    ]
