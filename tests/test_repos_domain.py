"""Rules on repositories: what needs the person, in which order rows stand, which one an item names."""

import random
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from msgspec.structs import replace

from tui.domain.arranging import (
    ORDERS,
    OTHERS,
    Arranger,
    Group,
    Grouping,
    Order,
    Section,
    by_attention,
)
from tui.domain.attention import AttentionRules, attention, is_stale, needs_person, since_text
from tui.domain.repos import Commit, Fleet, Repository, find_named

NOW = datetime(2026, 3, 10, 10, 12, tzinfo=UTC)  # a Tuesday
RULES = AttentionRules(unpushed_days=2, uncommitted_days=3, stale_days=60)
OFF = AttentionRules(0, 0, 0, 0, 0, 0)


def repo(name: str, days: float = 0.5, **more: object) -> Repository:
    commit = Commit("1" * 40, "Ana", NOW - timedelta(days=days), "work")
    made = Repository(Path("/src") / name, name, branch="main", head="1" * 40, last_commit=commit)
    return replace(made, **more)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (repo("clean"), ()),
        (repo("fresh", ahead=3), ()),
        (repo("pushed", 5, ahead=0, behind=2), ()),
        (repo("unpushed", 2, ahead=3), ("3 commits not pushed since Sunday",)),
        (repo("one", 6, ahead=1), ("1 commit not pushed since Wednesday",)),
        (repo("week", 7, ahead=1), ("1 commit not pushed since 3 Mar",)),
        (repo("long", 90, ahead=1), ("1 commit not pushed since 10 Dec 2025",)),
        (repo("both", ahead=1, behind=2), ("diverged: 1 to push, 2 to pull",)),
        (repo("far", uncounted=True), ()),
        (repo("edited", unstaged=2, changed_at=days_ago(1)), ()),
        (repo("left", unstaged=2, changed_at=days_ago(4)), ("2 changes not committed since Friday",)),
        (repo("merge", conflicted=1, operation="merge"), ("1 file in conflict", "merge under way")),
        (repo("rebase", operation="rebase", step=(2, 5)), ("rebase under way, 2 of 5",)),
        (repo("gone", upstream="origin/x", upstream_gone=True), ("upstream origin/x is gone",)),
        (repo("stale", 90), ("stale: no commit since 10 Dec 2025",)),
        (repo("at it", 90, unstaged=1, changed_at=NOW), ()),
        (repo("bad", error="HEAD is damaged"), ("cannot be read: HEAD is damaged",)),
        (repo("stash", stashes=1, stashed_at=days_ago(31)), ("1 stash since 7 Feb",)),
        (repo("pile", stashes=3, stashed_at=days_ago(31)), ("3 stashes, the oldest since 7 Feb",)),
        (repo("fresh stash", stashes=1, stashed_at=days_ago(2)), ()),
        (repo("undated stash", stashes=1), ()),
        (
            repo("locked", locked_at=NOW - timedelta(minutes=20)),
            ("`index.lock` since 09:52: a git command is at work or was killed",),
        ),
        (repo("lock of a moment", locked_at=NOW - timedelta(minutes=9)), ()),
        (repo("ahead of time", -1), ("last commit is dated ahead, 11 Mar 2026 10:12: a clock is wrong",)),
        (repo("a minute ahead", -1 / 1440), ()),
        (
            repo("offline", fetch_error="host not reachable", fetched_at=days_ago(1 / 24)),
            ("not fetched since 09:12: host not reachable",),
        ),
        (repo("never", fetch_error="no such host"), ("never fetched: no such host",)),
        (replace(repo("new"), last_commit=None, unborn=True), ()),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_attention_is_sentences_by_the_rules(found: Repository, said: tuple[str, ...]) -> None:
    assert attention(found, RULES, NOW) == said


@pytest.mark.parametrize(
    "found",
    [
        repo("unpushed", 9, ahead=3),
        repo("both", ahead=1, behind=2),
        repo("left", unstaged=2, changed_at=days_ago(9)),
        repo("stale", 900),
        repo("stash", stashes=1, stashed_at=days_ago(300)),
        repo("behind", behind=99),
    ],
    ids=lambda found: found.name,
)
def test_a_rule_that_is_0_is_off(found: Repository) -> None:
    assert attention(found, OFF, NOW) == ()
    assert not needs_person(found, OFF, NOW)


def test_thresholds_move_what_is_said() -> None:
    strict = AttentionRules(unpushed_days=1, uncommitted_days=1, diverged_commits=5, behind_commits=6)
    assert attention(repo("a", 1, ahead=2, behind=4), strict, NOW) == ("2 commits not pushed since yesterday",)
    assert attention(repo("b", ahead=2, behind=5), strict, NOW) == ("diverged: 2 to push, 5 to pull",)
    assert attention(repo("c", behind=6), strict, NOW) == ("6 commits to pull",)
    assert attention(repo("d", behind=5), strict, NOW) == ()


def test_remarks_are_said_but_put_nothing_on_top() -> None:
    remarks = (
        repo("stale", 90),
        repo("stash", stashes=1, stashed_at=days_ago(99)),
        repo("offline", fetch_error="host not reachable"),
        repo("clock", -3),
    )
    for found in remarks:
        assert attention(found, RULES, NOW)
        assert not needs_person(found, RULES, NOW)
    assert is_stale(remarks[0], RULES, NOW)
    assert not is_stale(repo("unpushed", 90, ahead=1), RULES, NOW)


def test_times_are_said_in_the_zone_of_now() -> None:
    east = datetime(2026, 3, 10, 1, 0, tzinfo=timezone(timedelta(hours=9)))
    assert since_text(datetime(2026, 3, 9, 15, 30, tzinfo=UTC), east) == "00:30"
    assert since_text(datetime(2026, 3, 9, 14, 30, tzinfo=UTC), east) == "yesterday"


def test_rows_stand_by_gravity_then_activity_with_lanes_under_their_parent() -> None:
    rows = (
        repo("quiet", 9), repo("active", 1), repo("lane", 99, kind="linked", parent=Path("/src/quiet")),
        repo("behind", behind=1), repo("ahead", ahead=1), repo("forgotten", 5, ahead=1), repo("dirty", staged=1),
        repo("broken", error="no"), repo("conflict", conflicted=1), repo("orphan", parent=Path("/elsewhere")),
    )  # fmt: skip
    found = by_attention(rows, RULES, NOW)
    assert [row.name for row in found] == [
        "conflict", "broken", "forgotten", "dirty", "ahead", "behind", "orphan", "active", "quiet", "lane",
    ]  # fmt: skip
    assert by_attention(tuple(reversed(rows)), RULES, NOW) == found
    needing = [needs_person(row, RULES, NOW) for row in found]
    assert needing == [True] * 3 + [False] * 7  # what is counted is what stands on top


def test_a_lane_in_need_lifts_its_whole_family() -> None:
    rows = (
        repo("dirty", staged=1),
        repo("quiet", 9),
        repo("lane", kind="linked", parent=Path("/src/quiet"), conflicted=1),
        repo("module", kind="submodule", parent=Path("/src/lane")),
    )
    assert [row.name for row in by_attention(rows, RULES, NOW)] == ["quiet", "lane", "module", "dirty"]
    sections = Arranger(RULES).sections(rows, (), "name", "none", NOW)
    assert [[(each.repo.name, each.depth) for each in family] for family in sections[0].families] == [
        [("dirty", 0)],
        [("quiet", 0), ("lane", 1), ("module", 2)],
    ]


def test_a_parent_that_names_itself_or_a_ring_loses_no_row() -> None:
    one, two = repo("one", parent=Path("/src/two")), repo("two", parent=Path("/src/one"))
    own = repo("own", parent=Path("/src/own"))
    assert {row.name for row in by_attention((one, two, own), RULES, NOW)} == {"one", "two", "own"}


@pytest.mark.parametrize(
    ("order", "names"),
    [("attention", ["b", "Ac", "a"]), ("activity", ["a", "Ac", "b"]), ("name", ["a", "Ac", "b"])],
)
def test_orders(order: Order, names: list[str]) -> None:
    rows = (repo("b", 9, conflicted=1), repo("a", 1), repo("Ac", 2, staged=1))
    found = Arranger(RULES).sections(rows, (), order, "none", NOW)
    assert [family[0].repo.name for family in found[0].families] == names


def test_a_commit_from_the_future_does_not_stay_on_top() -> None:
    rows = (repo("future", -400), repo("edited a minute ago", 9, changed_at=NOW, unstaged=1))
    assert by_attention(rows, RULES, NOW)[0].name == "edited a minute ago"


def headings(rows: tuple[Repository, ...], grouping: Grouping, groups: tuple[Group, ...]) -> dict[str, list[str]]:
    roots = (Path("/src"), Path("/src/work"), Path("/empty"))
    found = Arranger(RULES, groups).sections(rows, roots, "name", grouping, NOW)
    return {section.heading: [family[0].repo.name for family in section.families] for section in found}


def test_groups_by_root_or_by_the_setting() -> None:
    rows = (
        repo("billing"), repo("Web-shop"), repo("notes"),
        repo("deep", path=Path("/src/work/deep")), repo("out", path=Path("/mnt/out")),
        repo("lane", kind="linked", parent=Path("/src/billing"), path=Path("/mnt/lane")),
    )  # fmt: skip
    assert headings(rows, "none", ()) == {"": ["billing", "deep", "notes", "out", "Web-shop"]}
    assert headings(rows, "root", ()) == {
        "/src": ["billing", "notes", "Web-shop"], "/src/work": ["deep"], OTHERS: ["out"],
    }  # fmt: skip
    groups = (Group("Shop", ("web-*", "bill*")), Group("Work", ("/src/work/", "/mnt/*")), Group("Never", ("x", "[")))
    assert headings(rows, "setting", groups) == {
        "Shop": ["billing", "Web-shop"], "Work": ["deep", "out"], OTHERS: ["notes"],
    }  # fmt: skip


def test_only_what_differs_is_worked_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple(repo(f"r{number}", number % 50) for number in range(300))
    looked_at: list[str] = []

    def counted(found: Repository, rules: AttentionRules, now: datetime) -> bool:
        looked_at.append(found.name)
        return needs_person(found, rules, now)

    monkeypatch.setattr("tui.domain.arranging.needs_person", counted)
    arranger = Arranger(RULES)
    first = arranger.sections(rows, (), "attention", "none", NOW)
    assert len(looked_at) == 300
    assert arranger.sections(rows, (), "attention", "none", NOW + timedelta(minutes=5)) is first
    changed = (*rows[:100], replace(rows[100], error="gone"), *rows[101:])
    looked_at.clear()
    assert arranger.sections(changed, (), "attention", "none", NOW)[0].families[0][0].repo.name == "r100"
    assert arranger.needing(changed, NOW) == 1
    assert looked_at == []  # a broken one is graver than any rule
    arranger.sections(changed, (), "attention", "none", NOW + timedelta(hours=1))
    assert len(looked_at) == 299


def test_every_order_is_total_whatever_the_order_before() -> None:
    rows = [repo(f"same{number}", number % 3, path=Path(f"/x/{number}"), ahead=number % 2) for number in range(60)]
    for order in ORDERS:
        expected = Arranger(RULES).sections(tuple(rows), (), order, "none", NOW)
        shuffled = random.Random(1).sample(rows, len(rows))
        assert Arranger(RULES).sections(tuple(shuffled), (), order, "none", NOW) == expected


def test_an_item_names_a_repository_by_name_or_path() -> None:
    fleet = Fleet((replace(repo("lane", kind="linked"), name="billing"), repo("billing"), repo("Intake")))
    billing = find_named(fleet, "billing")
    assert billing is not None
    assert billing.kind == "worktree"
    assert find_named(fleet, "intake") == find_named(fleet, "~/src/Intake") == find_named(fleet, "/src/Intake")
    assert find_named(fleet, "") is None
    assert find_named(fleet, "nope") is None


def test_while_answers_arrive_nothing_jumps_and_then_all_fall_into_place() -> None:
    def names(sections: tuple[Section, ...]) -> list[str]:
        return [family[0].repo.name for section in sections for family in section.families]

    arranger = Arranger(RULES)
    waiting = tuple(repo(name, pending=True, last_commit=None) for name in "abc")
    assert names(arranger.sections(waiting, (), "attention", "none", NOW, hold=True)) == ["a", "b", "c"]
    some = (waiting[0], waiting[1], repo("c", conflicted=1), repo("d"))
    assert names(arranger.sections(some, (), "attention", "none", NOW, hold=True)) == ["a", "b", "c", "d"]
    assert names(arranger.sections(some, (), "attention", "none", NOW)) == ["c", "d", "a", "b"]
    assert names(arranger.sections(some, (), "name", "none", NOW, hold=True)) == ["a", "b", "c", "d"]


def test_where_an_agent_waits_the_repository_needs_the_person_and_only_it_is_worked_out_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = tuple(repo(f"r{number}", number) for number in range(50))
    looked_at: list[str] = []

    def counted(found: Repository, rules: AttentionRules, now: datetime) -> bool:
        looked_at.append(found.name)
        return needs_person(found, rules, now)

    monkeypatch.setattr("tui.domain.arranging.needs_person", counted)
    arranger = Arranger(RULES)
    first = arranger.sections(rows, (), "attention", "none", NOW)
    arranger.hear(frozenset())
    assert arranger.sections(rows, (), "attention", "none", NOW) is first
    looked_at.clear()
    arranger.hear(frozenset((rows[40].path,)))
    assert arranger.sections(rows, (), "attention", "none", NOW)[0].families[0][0].repo is rows[40]
    assert (arranger.needing(rows, NOW), looked_at) == (1, ["r40"])
    arranger.hear(frozenset())
    assert arranger.sections(rows, (), "attention", "none", NOW) == first
    assert arranger.needing(rows, NOW) == 0
