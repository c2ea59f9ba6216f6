"""Lanes as rules: names for titles, PROTOTYPE.md whatever its words hold, and when a lane may end."""

import re
from pathlib import PurePath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from tests.fleet import git
from tui.domain.lanes import (
    MAX_SLUG,
    LaneState,
    Prototype,
    default_place,
    format_prototype,
    is_lane_ref,
    lane_ref,
    obstacles,
    slug_of,
)
from tui.domain.text import safe_text

TIP = "a" * 40
CLEAN = LaneState(lane_ref("try"), TIP)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Usage caps limiter", "usage-caps-limiter"),
        ("  Straße über Zürich!  ", "strasse-uber-zurich"),
        ("--force .git/../x", "force-git-x"),
        ("feature.lock", "feature-lock"),
        ("日本語", "lane"),
        ("", "lane"),
        ("a\nb\x1b[31m\udce9", "a-b-31m"),
        ("one two three four five six seven eight nine", "one-two-three-four-five-six-seven-eight"),
        ("x" * 99, "x" * 40),
    ],
)
def test_a_title_becomes_a_name(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_a_taken_name_gets_a_number_within_bounds() -> None:
    assert slug_of("Try it", ["TRY-IT", "try-it-2"]) == "try-it-3"
    long = "x" * 40
    assert slug_of(long, [long]) == "x" * 38 + "-2"
    assert slug_of("", ["lane"]) == "lane-2"


@given(st.text(), st.lists(st.text(max_size=5)))
def test_every_name_is_good_and_stays_itself(title: str, taken: list[str]) -> None:
    slug = slug_of(title, taken)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= MAX_SLUG
    assert slug not in taken
    assert slug_of(slug) == slug


def test_git_takes_the_names(tmp_path: Any) -> None:
    for title in ("-x", "a..b", "@{", "x.lock", "~^:?*[\\", "ünïcode", "/"):
        git(tmp_path, "check-ref-format", lane_ref(slug_of(title)))


def test_a_lane_lies_beside_its_repository() -> None:
    assert default_place(PurePath("/src/a b"), "try") == PurePath("/src/a b-try")


def test_only_lanes_have_their_refs() -> None:
    assert is_lane_ref("refs/heads/proto/x")
    assert not any(is_lane_ref(ref) for ref in (None, "refs/heads/main", "refs/heads/proto/", "refs/tags/proto/x"))


def test_prototype_says_what_it_is_for() -> None:
    about = Prototype("Can caps be per team?", 90, "no API by noon", "Sales asks\nevery week", ("ask Ana", "2. try"))
    assert format_prototype(about) == (
        "# Can caps be per team?\n\n**Timebox:** 90 minutes\n\n**What would end it:** no API by noon\n\n"
        "## Why\n\n> Sales asks\n> every week\n\n## Notes\n\n- ask Ana\n- 2\\. try\n"
    )
    assert format_prototype(Prototype("")).startswith("# A prototype\n\n**Timebox:** none yet\n")


def inline(text: str) -> list[Any]:
    return [token for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text) if token.type]


WORDS = st.text(st.sampled_from("ab #*_-+=`~[]()<>!|\\&;:1.)\n\t\r\x1b\u202e$\udce9é/"), max_size=30)


@given(WORDS, WORDS)
def test_whatever_a_title_holds_it_stays_text(question: str, note: str) -> None:
    tokens = inline(format_prototype(Prototype(question, notes=(note,))))
    kinds = [token.type for token in tokens if token.type.endswith("_open")]
    assert kinds == [
        *("heading_open", "paragraph_open", "paragraph_open", "heading_open"),
        *("bullet_list_open", "list_item_open", *(["paragraph_open"] if safe_text(note).strip() else [])),
    ]
    shown = ["".join(child.content for child in token.children) for token in tokens if token.type == "inline"]
    assert shown[0].strip() == (safe_text(question).strip() or "A prototype")
    assert shown[4:] == ([safe_text(note).strip()] if safe_text(note).strip() else [])
    inside = {child.type for token in tokens if token.type == "inline" for child in token.children}
    assert inside <= {"text", "text_special", "strong_open", "strong_close"}


def test_a_clean_lane_in_a_bundle_may_end() -> None:
    assert obstacles(CLEAN, TIP) == ()
    assert obstacles(replace(CLEAN, prototypes=("PROTOTYPE.md",)), TIP) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"changed": ("a", "b")}, "uncommitted changes: `a`, `b`; commit"),
        ({"untracked": tuple("abcdefg")}, "untracked files: `a`, `b`, `c`, `d`, `e` and 2 more; commit"),
        ({"untracked": ("\x1b[31m",)}, "`␛[31m`"),
        ({"ignored": (".env",)}, "ignored files: `.env`; move away"),
        ({"hidden": ("a",)}, "overlook"),
        ({"nested": ("vendor",)}, "repositories inside it: `vendor`"),
        ({"own_refs": ("refs/worktree/x",)}, "refs of its own"),
        ({"stashes": 2}, "2 stashed from it"),
        ({"operation": "rebase"}, "a rebase is under way"),
        ({"locked": ""}, "it is locked; `git worktree unlock`"),
        ({"locked": "on a stick"}, "it is locked (on a stick)"),
        ({"busy": True}, "another git command"),
        ({"shared": True}, "another work tree"),
        ({"branch": None}, "not on a branch `proto/…`"),
        ({"branch": "refs/heads/main"}, "not on a branch `proto/…`"),
        ({"tip": "b" * 40}, "no verified bundle"),
    ],
)
def test_whatever_could_be_lost_is_said(change: dict[str, Any], said: str) -> None:
    found = obstacles(replace(CLEAN, **change), TIP)
    assert len(found) == 1
    assert said in found[0]


def test_only_ignored_files_may_be_given_up() -> None:
    full = replace(CLEAN, ignored=("build/",), untracked=("a",))
    assert [one[:9] for one in obstacles(full, TIP, ignored_may_go=True)] == ["untracked"]


def test_without_a_bundle_no_lane_ends() -> None:
    assert obstacles(CLEAN, None)
    assert obstacles(LaneState(None, None), None)
