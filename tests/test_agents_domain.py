"""What is told of AI agents: in which order, once each, on which repository, in which words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tui.domain.agents import (
    AgentSession,
    Diffstat,
    FileDiff,
    at_work_on,
    by_work_tree,
    format_diffstat,
    format_state,
    in_order,
    joined,
    question_in,
)

NOW = datetime(2026, 3, 10, 10, 12, tzinfo=UTC)
HERE, LANE = Path("/home/kim/src/voicebox"), Path("/home/kim/src/voicebox-inbox")
WINDOW = AgentSession("tmux%1", "claude", HERE, "unknown", "window", since=NOW - timedelta(minutes=4))
LISTED = AgentSession("claude-1", "claude", HERE, "needs you", "listed", question="may I run the tests?")
BACKGROUND = AgentSession("a" * 12, "claude", LANE, "working", "background", item="b1", title="Voice inbox")


def test_those_that_need_the_person_come_first_and_those_done_last() -> None:
    done, failed = replace(BACKGROUND, id="d", state="done"), replace(BACKGROUND, id="f", state="failed")
    assert in_order((done, WINDOW, BACKGROUND, failed, LISTED)) == (LISTED, failed, BACKGROUND, WINDOW, done)


def test_what_an_agents_list_says_of_a_window_is_that_windows_state_and_no_second_agent() -> None:
    (one,) = joined((WINDOW,), (), (LISTED,))
    assert (one.id, one.origin, one.state, one.question) == ("tmux%1", "window", "needs you", "may I run the tests?")
    assert one.since is None


def test_a_list_that_knows_nothing_takes_nothing_from_a_window() -> None:
    assert joined((WINDOW,), (), (replace(LISTED, state="unknown"),)) == (WINDOW,)


def test_one_in_the_background_is_known_for_certain() -> None:
    assert joined((), (BACKGROUND,), (replace(LISTED, repository=LANE),)) == (BACKGROUND,)


def test_an_agent_of_another_name_or_folder_is_another_one() -> None:
    other, elsewhere = replace(LISTED, agent="codex"), replace(LISTED, repository=Path("/srv"))
    assert set(joined((WINDOW,), (), (other, elsewhere))) == {WINDOW, other, elsewhere}


def test_each_work_tree_has_its_foremost_agent_and_one_in_a_folder_of_it_is_its_own() -> None:
    deep = replace(LISTED, repository=HERE / "app" / "web")
    found = by_work_tree((WINDOW, deep, BACKGROUND, replace(LISTED, repository=Path("/srv/x"))), {HERE, LANE})
    assert found == {HERE: (deep, WINDOW), LANE: (BACKGROUND,)}


def test_a_lane_inside_its_repository_has_its_own() -> None:
    inner = HERE / ".lanes" / "a"
    found = by_work_tree((replace(BACKGROUND, repository=inner),), {HERE, inner})
    assert list(found) == [inner]


@pytest.mark.parametrize(
    ("state", "at_work"),
    [("working", True), ("unknown", True), ("needs you", False), ("done", False), ("failed", False)],
)
def test_an_item_is_worked_on_until_its_agent_has_ended(state: str, at_work: bool) -> None:
    one = replace(BACKGROUND, state=state)
    assert (at_work_on((WINDOW, one), "b1") == one) is at_work
    assert at_work_on((one,), "") is None


@pytest.mark.parametrize(
    ("lines", "question"),
    [
        (("working", "QUESTION: which plan?", "bye"), "which plan?"),
        (("**QUESTION:** which plan?",), "which plan?"),
        (("QUESTION: a", "QUESTION: b"), "b"),
        (("a QUESTION: no",), ""),
        ((), ""),
    ],
)
def test_a_question_is_a_line_that_says_so(lines: tuple[str, ...], question: str) -> None:
    assert question_in(lines) == question


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (LISTED, "needs you"),
        (WINDOW, "quiet 4 min"),
        (replace(WINDOW, since=NOW - timedelta(hours=5)), "quiet 5 h"),
        (replace(WINDOW, since=NOW - timedelta(days=3)), "quiet 3 d"),
        (replace(WINDOW, since=NOW + timedelta(days=3)), "not known"),
        (replace(WINDOW, since=None), "not known"),
    ],
)
def test_the_state_in_words(one: AgentSession, said: str) -> None:
    assert format_state(one, NOW) == said


@pytest.mark.parametrize(
    ("stat", "said"),
    [
        (Diffstat(), "nothing changed yet"),
        (Diffstat(1, (FileDiff("a", 3, 0),)), "1 commit, 1 file +3 -0"),
        (Diffstat(2, (FileDiff("a", 3, 1), FileDiff("b.png", None, None)), 1),
         "2 commits, 2 files +3 -1, 1 new, not committed"),
        (Diffstat(problem="its lane is gone"), "its lane is gone"),
    ],
)  # fmt: skip
def test_what_came_of_it_in_words(stat: Diffstat, said: str) -> None:
    assert format_diffstat(stat) == said
