"""The filter of the repositories: words, terms, what is half typed, what is unknown; lanes; what is worked out anew."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tui.domain import finding
from tui.domain.arranging import Placed, View
from tui.domain.attention import AttentionRules
from tui.domain.finding import NAMES, STATES, Facts, facts_of, parse_query
from tui.domain.folding import Heading, Lineup
from tui.domain.repos import Commit, Fleet, Moved, Repository

NOW = datetime(2026, 3, 10, 10, 12, tzinfo=UTC)
SRC = Path("/src")


def commit(author: str, days: float = 1.0) -> Commit:
    return Commit("1" * 40, author, NOW - timedelta(days=days), "work")


def repo(name: str, author: str = "Kim Lee", days: float = 1.0, **more: object) -> Repository:
    made = Repository(SRC / name, name, branch="main", head="1" * 40, last_commit=commit(author, days))
    return replace(made, **more)


REPOS = (
    repo("clean", days=3, upstream="origin/main"),
    repo("edited", unstaged=2, branch="feat/Hold-Music"),
    repo("ahead", ahead=2, days=9),
    repo("behind", behind=3, moved=(Moved(commit("Ana Sousa"), "origin/main", by_me=False),)),
    repo("both", ahead=1, behind=1),
    repo("conflict", conflicted=1, operation="rebase", step=(2, 5)),
    repo("stash", stashes=2),
    repo("broken", error="HEAD is damaged"),
    repo("detached", branch=None, detached=True),
    repo("gone", upstream="origin/x", upstream_gone=True),
    replace(repo("unborn"), head=None, unborn=True, last_commit=None),
    repo("lane", kind="linked", parent=SRC / "edited", branch="proto/lane", unstaged=1),
    repo("module", kind="submodule", parent=SRC / "clean"),
    repo("old", "José Álvarez", 300),
    repo("local", remote="https://example.com/x"),
    repo("offline", fetch_error="host not reachable", locked_at=NOW),
    repo("mine", moved=(Moved(commit("Kim Lee"), "main", by_me=True),), path=Path("/other/My Code/mine")),
    replace(repo("first answer"), head=None, last_commit=None, branch=None, pending=True),
)


def found(text: str, repos: tuple[Repository, ...] = REPOS) -> set[str]:
    lineup = Lineup(AttentionRules())
    lineup.look(Fleet(repos), View(filter_text=text), NOW)
    return {each.name for each in lineup.matching}


EVERYTHING = {each.name for each in REPOS}
DIRTY = {"edited", "conflict", "lane"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", EVERYTHING),
        ("   ", EVERYTHING),
        ("is:dirty", DIRTY),
        ("is:ahead", {"ahead", "both"}),
        ("is:behind", {"behind", "both"}),
        ("is:diverged", {"both"}),
        ("is:conflict", {"conflict"}),
        ("is:stash", {"stash"}),
        ("is:moved", {"behind", "mine"}),
        ("is:broken", {"broken"}),
        ("is:detached", {"detached"}),
        ("is:gone", {"gone"}),
        ("is:unborn", {"unborn"}),
        ("is:lane", {"lane"}),
        ("is:submodule", {"module"}),
        ("is:stale", {"old"}),
        ("is:unpushed", {"ahead", "both", "gone", "local"}),
        ("is:unfetched", {"offline"}),
        ("is:locked", {"offline"}),
        ("is:attention", {"ahead", "both", "conflict", "broken", "gone"}),
        ("is:clean", EVERYTHING - DIRTY - {"broken", "first answer"}),
        ("IS:Dirty", DIRTY),
        # negated, together, in quotes
        ("-is:dirty", EVERYTHING - DIRTY),
        ("not:is:dirty", EVERYTHING - DIRTY),
        ("--is:dirty", DIRTY),
        ("is:dirty -is:lane", DIRTY - {"lane"}),
        ("is:ahead is:behind", {"both"}),
        ("author:ana", {"behind"}),
        ("author:jose", {"old"}),
        ("author:alva", {"old"}),
        ("author:varez", set()),
        ("varez", {"old"}),
        ("author:you", {"mine"}),
        ('author:"kim lee" -author:ana is:lane', {"lane"}),
        ("branch:hold", {"edited"}),
        ("name:lane", {"lane"}),
        ("-name:e", {name for name in EVERYTHING if "e" not in name}),
        ("path:/other", {"mine"}),
        ('path:"my code"', {"mine"}),
        ('path:"my co', {"mine"}),
        # words: name, branch, author, state, folder
        ("HOLD-music", {"edited"}),
        ("sousa", {"behind"}),
        ("álvarez", {"old"}),
        ("alvarez", {"old"}),
        ("rebasing", {"conflict"}),
        ("stashed", {"stash"}),
        ("upstream gone", {"gone"}),
        ("damaged", {"broken"}),
        ("waiting", {"first answer"}),
        ('"first answer"', {"first answer"}),
        ("-kim -jose", {"unborn", "first answer"}),
        ("nothing has this", set()),
        # half typed: what it may become, or waiting
        ("is:", EVERYTHING),
        ("is:dir", DIRTY),
        ("is:b", {"behind", "both", "broken"}),
        ("is:stashes", {"stash"}),
        ("is:conflicted", {"conflict"}),
        ("is:lanes", {"lane"}),
        ("-is:b", EVERYTHING),
        ("-is:dirt", EVERYTHING - DIRTY),
        ("author:", EVERYTHING),
        ("-", EVERYTHING),
        ("not:", EVERYTHING),
        ('"', EVERYTHING),
        # unknown: said, and hiding nothing
        ("is:xyz", EVERYTHING),
        ("is:xyz is:lane", {"lane"}),
        ("athor:ana", EVERYTHING),
    ],
)
def test_what_a_filter_finds(text: str, names: set[str]) -> None:
    assert found(text) == names


def test_every_state_finds_something_and_names_are_known() -> None:
    assert {name for name in NAMES if not found(f"is:{name}")} == set()
    assert set(STATES) < set(NAMES)


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        ("is:dirty", "", ""),
        ("is:xyz", "no such state: xyz; is:dirty, is:clean, is:ahead, is:behind", "dirty clean ahead"),
        ("athor:ana", "no such term: athor:; is: author: branch: name: path:", ""),
        ("is:d", "", "dirty diverged detached"),
        ("is:", "", "dirty clean ahead"),
        ("is:d voice", "", ""),
        ("is:d ", "", ""),
        ("voice", "", ""),
        ('"fix:caps"', "", ""),
    ],
)
def test_what_is_said_of_what_is_typed(text: str, problem: str, hint: str) -> None:
    query = parse_query(text)
    assert query.problem.startswith(problem)
    assert bool(query.problem) is bool(problem)
    assert query.hint.startswith(hint)
    assert bool(query.hint) is bool(hint)


@pytest.mark.parametrize("state", NAMES)
def test_typing_a_state_letter_by_letter_never_hides_what_it_will_find(state: str) -> None:
    goal = found(f"is:{state}")
    for length in range(len(state) + 1):
        assert found(f"is:{state[:length]}") >= goal
        assert not parse_query(f"is:{state[:length]}").problem


@given(st.text(max_size=60))
def test_no_text_breaks_a_filter(text: str) -> None:
    query = parse_query(text)
    facts = facts_of(repo(text or "x", text, branch=text))
    assert isinstance(query.matches(facts, facts.states), bool)


def test_hostile_names_are_found_by_what_can_be_typed_of_them() -> None:
    hostile = tuple(
        repo(name, path=Path(f"/src/h{place}"))
        for place, name in enumerate(["two\nlines", "esc\x1b[31mred", "caf\udce9", "\u202eevil", '"quoted"', "-dash"])
    )
    assert found("lines", hostile) == {"two\nlines"}
    assert found("red", hostile) == {"esc\x1b[31mred"}
    assert found("caf", hostile) == {"caf\udce9"}
    assert found("evil", hostile) == {"\u202eevil"}
    assert found("quoted", hostile) == {'"quoted"'}
    assert found('"-dash"', hostile) == {"-dash"}
    assert found("two esc", hostile) == set()  # fields and repositories stay apart


def shown(text: str = "", folded: frozenset[Path] = frozenset(), grouped: bool = False) -> list[str]:
    """The lines: `#` a heading, `(…)` context, `+n` lanes put away."""
    lanes = (
        repo("edited-lane", kind="linked", parent=SRC / "edited", unstaged=3),
        repo("edited-other", kind="linked", parent=SRC / "edited"),
        repo("deep", kind="submodule", parent=SRC / "edited-lane", stashes=1),
    )
    lineup = Lineup(AttentionRules())
    fleet = Fleet((REPOS[1], *lanes, REPOS[6]), roots=(SRC,))
    view = View("name", "root" if grouped else "none", text, folded)
    lineup.look(fleet, view, NOW)
    said = []
    for line in lineup.lines:
        match line:
            case Heading(name, repos, _):
                said.append(f"# {name} {len(repos)}")
            case Placed(each, depth, context, away):
                name = f"({each.name})" if context else each.name
                said.append("  " * depth + name + (f" +{len(away)}" if away else ""))
    return said


def test_lanes_stand_under_their_parent_and_can_be_put_away() -> None:
    every = ["edited", "  edited-lane", "    deep", "  edited-other", "stash"]
    assert shown() == every
    assert shown(folded=frozenset({SRC / "edited", SRC / "nowhere"})) == ["edited +3", "stash"]
    assert shown(grouped=True) == ["# /src 5", *every]


def test_a_lane_that_matches_shows_below_its_parents_put_away_or_not() -> None:
    folded = frozenset({SRC / "edited"})
    assert shown("name:other", folded) == ["(edited)", "  edited-other"]
    assert shown("is:stash") == ["(edited)", "  (edited-lane)", "    deep", "stash"]
    assert shown("is:dirty") == ["edited", "  edited-lane"]
    assert shown("branch:hold") == ["edited"]
    assert shown("is:submodule", folded, grouped=True) == ["# /src 1", "(edited)", "  (edited-lane)", "    deep"]
    assert shown("nothing", grouped=True) == []


def test_a_keystroke_looks_at_each_repository_once_in_its_life(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    def counted(one: Repository, told: Callable[[str], str]) -> Facts:
        looked_at.append(one.name)
        return facts_of(one, told)

    monkeypatch.setattr(finding, "facts_of", counted)
    repos = tuple(repo(f"r{number}") for number in range(200))
    lineup = Lineup(AttentionRules())
    for text in ("r", "r1", "r19"):
        lineup.look(Fleet(repos), View(filter_text=text), NOW)
        assert len(lineup.matching) == sum(text in each.name for each in repos)
    assert len(looked_at) == 200
    changed = (replace(repos[0], name="r19x"), *repos[1:])
    lineup.look(Fleet(changed), View(filter_text="r19"), NOW)
    assert "r19x" in {each.name for each in lineup.matching}
    assert len(looked_at) == 201
