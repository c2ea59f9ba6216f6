"""Whose toes: others' commits by branch and area, newest first, and never who does most."""

from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import NOW
from tui.domain.evidence import Trace, Traced
from tui.domain.repos import Commit
from tui.domain.toes import format_toes, since_when, toes_of


def commit(number: int, author: str, hours: float, subject: str = "Cap usage") -> Commit:
    return Commit(f"{number:040}", author, NOW - timedelta(hours=hours), subject)


def trace(*commits: Traced, **areas: tuple[str, ...]) -> Trace:
    known = tuple((f"{int(number[1:]):040}", folders) for number, folders in areas.items())
    return Trace(Path("/src/billing"), NOW - timedelta(days=14), commits, areas=known)


def test_by_branch_the_last_one_first_and_without_this_person() -> None:
    found = toes_of(
        trace(
            Traced(commit(1, "Ana", 30), "ana@x", "feat/old"),
            Traced(commit(2, "Kim", 1), "kim@x", "feat/mine", by_me=True),
            Traced(commit(3, "Ana", 2), "ana@x", "feat/usage-caps"),
            Traced(commit(4, "Yuki", 9), "yuki@x", "feat/usage-caps"),
            Traced(commit(5, "Ana", 12, "Retry"), "ana@x"),
            c3=("billing/caps", "docs"),
            c4=(".", "billing/caps"),
        )
    )
    assert [(toes.branch, toes.people, len(toes.commits)) for toes in found] == [
        ("feat/usage-caps", ("Ana", "Yuki"), 2),
        ("", ("Ana",), 1),
        ("feat/old", ("Ana",), 1),
    ]
    assert found[0].areas == ("billing/caps", "docs")
    assert format_toes(found[0], "2 h ago") == (
        "Ana, Yuki: 2 commits under billing/caps, docs on feat/usage-caps, last 2 h ago"
    )
    assert format_toes(found[1], "12 h ago") == "Ana: Retry, 12 h ago"


def test_nobody_else_is_nobody() -> None:
    assert toes_of(trace(Traced(commit(1, "Kim", 1), "kim@x", "main", by_me=True))) == ()
    assert toes_of(trace()) == ()


def test_late_is_from_the_begin_of_a_day() -> None:
    assert since_when(NOW, 14) == (NOW - timedelta(days=14)).replace(hour=0, minute=0)
    assert since_when(NOW + timedelta(hours=3), 14) == since_when(NOW, 14)


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5), st.booleans(), st.floats(0, 999)), max_size=9))
def test_every_commit_of_others_is_told_once(drawn: list[tuple[str, str, bool, float]]) -> None:
    commits = [
        Traced(commit(number, author, hours), "x", branch, by_me)
        for number, (author, branch, by_me, hours) in enumerate(drawn)
    ]
    told = [one for toes in toes_of(trace(*commits)) for one in toes.commits]
    assert sorted(one.sha for one in told) == sorted(one.commit.sha for one in commits if not one.by_me)
    assert all(format_toes(toes, "now") for toes in toes_of(trace(*commits)))
