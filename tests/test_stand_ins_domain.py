"""Stand-ins: stable, found within sentences and never in their own; nothing of a name is left however it is cut."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.private_data import canary, found_in
from tui.domain import (
    agenda,
    agents,
    backlog,
    detail,
    evidence,
    holding,
    lane_work,
    lanes,
    meeting_text,
    private_fields,
    repos,
    sessions,
    slide,
)
from tui.domain.backlog import Backlog, Item
from tui.domain.private_fields import NAMES, Learner, fields_of
from tui.domain.private_words import MASK
from tui.domain.repos import Commit, Fleet, Repository
from tui.domain.stand_ins import HIDDEN_MESSAGE, StandIns
from tui.domain.text import safe_text

NOW = datetime(2026, 3, 10, 10, 30, tzinfo=UTC)
HOME = Path("/home/kim")


def stand_ins(**names: str) -> StandIns:
    """With names by their kind; several of one kind are apart by `|`."""
    made = StandIns()
    for kind, given in names.items():
        for name in given.split("|"):
            made.of(kind, name)
    return made


def test_a_name_has_a_number_within_its_kind_and_keeps_it() -> None:
    made = stand_ins(idea="Usage caps|Heat map", person="Ana Sousa")
    assert [made.hide(text) for text in ("Heat map", "Ana Sousa", "Usage caps")] == ["idea 2", "person 1", "idea 1"]
    assert made.of("idea", "Heat map") == "idea 2"
    assert made.of("meeting", "Heat  map ") == "idea 2", "one text has one stand-in, whatever it is the name of"
    assert made.meant("idea 2") == "Heat map"
    assert made.meant("idea 7") == "idea 7"


def test_the_same_data_gets_the_same_numbers() -> None:
    fleet = Fleet(tuple(Repository(HOME / f"r{n}x", f"r{n}x", branch="trunk") for n in range(9)))
    made = [StandIns(), StandIns()]
    for one in made:
        Learner(one, HOME).learn(fleet)
    assert [made[0].hide(repo.name) for repo in fleet.repositories] == [f"repository {n}" for n in range(1, 10)]
    assert [made[1].hide(repo.name) for repo in fleet.repositories] == [f"repository {n}" for n in range(1, 10)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`Heat map` is gone; press u", "`idea 1` is gone; press u"),
        ("parked: Heat map", "parked: idea 1"),
        ("Ana Sousa: 6 commits on feat/caps", "person 1: 6 commits on branch 1"),
        ("Ana: 6 commits", "person 1: 6 commits"),
        ("Heat mapping", "Heat mapping"),
        ("Preheat map", "Preheat map"),
        ("Heat map of meetings", "idea 2"),
        ("see Heat map of meetings, Heat map", "see idea 2, idea 1"),
        ("idea 1 in Heat map", "idea 1 in idea 1"),
        ("  Heat map   ", "  idea 1   "),
        ("Heat m…", "idea 2"),
        ("in Heat map of mee… again", "in idea 2 again"),
        ("会議の会場計画について", "会議のplace 1について"),
        ("build", "repository 1"),
        ("build a lane", "build a lane"),
        ("parked: build", "parked: repository 1"),
        ("4 changed in `build`", "4 changed in `repository 1`"),
        ("under build, 2 h ago", "under repository 1, 2 h ago"),
        ("45", "45"),
        ("", ""),
    ],
)
def test_names_are_found_in_sentences(text: str, shown: str) -> None:
    made = stand_ins(idea="Heat map|Heat map of meetings", branch="feat/caps", place="会場計画", repository="build|45")
    made.hide_person("Ana Sousa")
    assert made.hide(text) == shown
    assert made.hide(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "https://meet.example.com/abc-def?pwd=1", "ssh://git@host.example.com/acme/x.git",
        "git@host.example.com:acme/x",
        "ana.sousa+x@example.com", "/home/ana/secret plans/x.md", "~/code/acme", "/srv/acme/api",
    ],
)  # fmt: skip
def test_what_looks_like_an_address_or_a_path_is_hidden_though_nobody_told_of_it(text: str) -> None:
    made = StandIns()
    shown = made.hide(f"`{text}` is not there: mend it")
    for word in ("acme", "ana", "example", "secret", "meet", "abc"):
        assert word not in shown
    assert shown.endswith("is not there: mend it")
    assert made.hide("and/or 1/2, 3 / 4 on 2026/03/10 ~ 5") == "and/or 1/2, 3 / 4 on 2026/03/10 ~ 5"


def test_a_sentence_from_outside_is_hidden_whole() -> None:
    made = StandIns()
    made.hide_message("fatal: bad object\nin HEAD")
    assert made.hide("fatal: bad object in HEAD") == HIDDEN_MESSAGE
    assert made.hide("repos: fatal: bad object") == f"repos: {HIDDEN_MESSAGE}"


def test_no_way_of_cutting_a_name_leaves_a_word_of_it() -> None:
    """Property: whatever is done to a text with names, after both layers nothing of a name is left."""
    choose = random.Random(7)
    for turn in range(300):
        words = [canary(f"{turn} {place}") for place in range(4)]
        name = choose.choice((
            " ".join(words), f"{words[0].title()}: {words[1]} ({words[2]})", f"[b]{words[0]}[/] {words[1]}\u202e",
            f"{words[0]}_{words[1]}/{words[2]}", f"  {words[0]}\t{words[1]}\n{words[2]} ",
            f"{words[0]}\u200b{words[1]}",
            f"é́́́{words[0]}… {words[1]}", f"{words[0]}'s \"{words[1]}\"", f"漢{words[0]}字 {words[1]}", words[0],
        ))  # fmt: skip
        made = StandIns()
        Learner(made).learn(Item("x", name, why=f"{words[3]} and\n{name}", repo=words[1], person=words[2]))
        for text in (name, safe_text(name), name.upper(), name.casefold(), f"`{name}` was {name}, {name}", name[::2]):
            cut = text[choose.randrange(len(text)) :][: choose.randrange(4, 60)]
            for told in (text, cut, cut + "…", "…" + cut, safe_text(cut), safe_text(text, 12), "-".join(text.split())):
                shown = made.outside(told)
                if text != name[::2]:
                    left = {word for word in found_in(shown) if len(word) > 5}
                    assert not left, (name, told, shown)


def test_letters_are_masked_one_by_one() -> None:
    made = stand_ins(idea="Walrus tusks")
    assert made.words.masked("a Walrus, and tusk… 45m free") == f"a {MASK * 6}, and {MASK * 4}… 45m free"
    assert made.words.found("walrus", typed=lambda: "a Walrus") == []


def test_every_class_and_field_that_is_named_exists() -> None:
    modules = (
        agenda,
        agents,
        backlog,
        detail,
        evidence,
        holding,
        lane_work,
        lanes,
        meeting_text,
        repos,
        sessions,
        slide,
    )
    from tui import messages, settings
    from tui.domain import arranging, beginning, changes, known_settings, syncing

    others = (arranging, beginning, changes, known_settings, syncing, messages, settings)
    known: dict[str, Any] = {
        name: thing for module in (*modules, *others) for name, thing in vars(module).items() if isinstance(thing, type)
    }
    for name, fields in NAMES.items():
        assert name in known, name
        assert fields.keys() <= fields_of(known[name]).keys(), name


def test_a_field_nobody_thought_of_is_private() -> None:
    assert private_fields._kind_of(str) == private_fields._kind_of(str | None) == "text"
    assert private_fields._kind_of(tuple[str, ...]) == private_fields._kind_of(Path) == "text"
    assert private_fields._kind_of(int | None) == private_fields._kind_of(repos.Kind) == private_fields.PLAIN
    assert private_fields._kind_of(tuple[Commit, ...]) == "nested"


def test_a_repository_is_known_by_its_path_too() -> None:
    made = StandIns()
    commit = Commit("a" * 40, "Ana Sousa", NOW - timedelta(days=1), "Cap usage")
    lane = Repository(HOME / "code/api-caps", "api-caps", kind="linked", parent=HOME / "code/api", branch="proto/caps")
    Learner(made, HOME).learn(
        Fleet((Repository(HOME / "code/api", "api", last_commit=commit), lane), roots=(HOME / "code",))
    )
    assert [made.hide(text) for text in ("api", "/home/kim/code/api", "~/code/api", "api-caps")] == [
        "repository 1", "folder of repository 1", "folder of repository 1", "lane 1",
    ]  # fmt: skip
    assert made.hide("Ana Sousa, 1d ago: Cap usage") == "person 1, 1d ago: commit 1"


def test_lanes_named_after_an_item_are_hidden() -> None:
    made = StandIns()
    Learner(made).learn(Backlog((Item("x", "Walrus tusk polish"),)))
    assert "walrus" not in made.outside("proto/walrus-tusk-polish")
    assert made.hide("proto/walrus-tusk-polish") == "proto/idea-1"
