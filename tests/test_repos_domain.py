"""Rules on repositories: what needs the person, in which order rows stand, which one an item names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tui.domain.repos import (
    AttentionRules,
    Commit,
    Fleet,
    Repository,
    attention,
    by_attention,
    find_named,
    needs_person,
)

NOW = datetime(2026, 3, 10, 10, 12, tzinfo=UTC)
RULES = AttentionRules(unpushed_days=2, uncommitted_days=3, stale_days=60)


def repo(name: str, days: float = 0.5, **more: object) -> Repository:
    commit = Commit("1" * 40, "Ana", NOW - timedelta(days=days), "work")
    made = Repository(Path("/src") / name, name, branch="main", head="1" * 40, last_commit=commit)
    return replace(made, **more)  # type: ignore[arg-type]  # fields of a Repository


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (repo("clean"), ()),
        (repo("fresh", ahead=3), ()),
        (repo("pushed", 5, ahead=0, behind=2), ()),
        (repo("unpushed", 2, ahead=3), ("3 commits not pushed for 2 days",)),
        (repo("one", 5, ahead=1), ("1 commit not pushed for 5 days",)),
        (repo("both", ahead=1, behind=2), ("diverged: 1 to push, 2 to pull",)),
        (repo("edited", unstaged=2, changed_at=NOW - timedelta(days=1)), ()),
        (repo("left", unstaged=2, changed_at=NOW - timedelta(days=4)), ("2 changes not committed for 4 days",)),
        (repo("merge", conflicted=1, operation="merge"), ("1 file in conflict", "merge under way")),
        (repo("gone", upstream="origin/x", upstream_gone=True), ("upstream origin/x is gone",)),
        (repo("stale", 90), ("stale: no commit for 90 days",)),
        (repo("at it", 90, unstaged=1, changed_at=NOW), ()),
        (repo("bad", error="HEAD is damaged"), ("cannot be read: HEAD is damaged",)),
        (replace(repo("new"), last_commit=None, unborn=True), ()),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_attention_is_sentences_by_the_rules(found: Repository, said: tuple[str, ...]) -> None:
    assert attention(found, RULES, NOW) == said


def test_rows_stand_by_gravity_then_activity_with_lanes_under_their_parent() -> None:
    lane = repo("lane", kind="linked", parent=Path("/src/quiet"), conflicted=1)
    rows = (
        repo("quiet", 9), repo("active", 1), lane, repo("behind", behind=1), repo("ahead", ahead=1),
        repo("dirty", staged=1),
        repo("broken", error="no"), repo("conflict", conflicted=1), repo("orphan", parent=Path("/elsewhere")),
    )  # fmt: skip
    names = [row.name for row in by_attention(rows)]
    assert names == ["conflict", "broken", "dirty", "ahead", "behind", "orphan", "active", "quiet", "lane"]
    assert by_attention(tuple(reversed(rows))) == by_attention(rows)
    assert [needs_person(row) for row in by_attention(rows)][:5] == [True] * 5


def test_a_parent_that_names_itself_or_a_ring_loses_no_row() -> None:
    one, two = repo("one", parent=Path("/src/two")), repo("two", parent=Path("/src/one"))
    own = repo("own", parent=Path("/src/own"))
    assert {row.name for row in by_attention((one, two, own))} == {"one", "two", "own"}


def test_an_item_names_a_repository_by_name_or_path() -> None:
    fleet = Fleet((replace(repo("lane", kind="linked"), name="billing"), repo("billing"), repo("Intake")))
    billing = find_named(fleet, "billing")
    assert billing is not None
    assert billing.kind == "worktree"
    assert find_named(fleet, "intake") == find_named(fleet, "~/src/Intake") == find_named(fleet, "/src/Intake")
    assert find_named(fleet, "") is None
    assert find_named(fleet, "nope") is None
