"""Which repositories are found under the roots, as what, and what a search survives."""

import os
import subprocess
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import git
from tui.sources.git.discovery import Discovery, find_repositories


def names(found: Discovery, top: Path) -> list[str]:
    return [os.path.relpath(one.path, top) for one in found.repositories]


def test_every_repository_under_a_root_in_path_order(tmp_path: Path) -> None:
    for name in ("b", "a/x", "a/y/z", "$HOME", "with space", "new\nline"):
        fleet.make(tmp_path / name, commits=0)
    (tmp_path / "plain" / "below").mkdir(parents=True)
    found = find_repositories([tmp_path])
    assert names(found, tmp_path) == ["$HOME", "a/x", "a/y/z", "b", "new\nline", "with space"]
    assert found.problems == ()


def test_depth_counts_folders_below_the_root(tmp_path: Path) -> None:
    for name in ("1", "a/2", "a/b/3"):
        fleet.make(tmp_path / name, commits=0)
    assert [len(find_repositories([tmp_path], depth).repositories) for depth in (0, 1, 2, 3)] == [0, 1, 2, 3]
    assert names(find_repositories([tmp_path, tmp_path / "a"], 1), tmp_path) == ["1", "a/2"]


def test_overlapping_roots_reach_as_deep_as_each_allows(tmp_path: Path) -> None:
    fleet.make(tmp_path / "a" / "b" / "c" / "deep", commits=0)
    assert names(find_repositories([tmp_path, tmp_path / "a" / "b"], 2), tmp_path) == ["a/b/c/deep"]


def test_nested_repositories_are_found_and_submodules_told_apart(tmp_path: Path) -> None:
    outer, inner = fleet.with_submodule(tmp_path / "outer")
    nested = fleet.make(outer / "vendored", commits=0)
    old = fleet.make(outer / "old-style", commits=0)
    with (outer / ".gitmodules").open("a") as file:
        file.write('[submodule "old"]\n\tpath = old-style\n\turl = x\n')
    kinds = {one.path: (one.kind, one.parent) for one in find_repositories([tmp_path]).repositories}
    assert kinds == {
        outer: ("worktree", None),
        inner: ("submodule", outer),
        old: ("submodule", outer),
        nested: ("worktree", None),
        tmp_path / ".sources" / "outer": ("worktree", None),
    }


def test_linked_work_trees_are_found_wherever_they_are(tmp_path: Path) -> None:
    main, lane, elsewhere = fleet.with_lanes(tmp_path / "fleet" / "main")
    for roots in ([tmp_path / "fleet"], [main]):
        kinds = {one.path: (one.kind, one.parent) for one in find_repositories(roots).repositories}
        assert kinds == {
            main: ("worktree", None),
            lane: ("linked", main),
            elsewhere: ("linked", main),
        }
    only = find_repositories([elsewhere]).repositories
    assert [(one.path, one.kind, one.parent) for one in only] == [
        (path, "linked", main) for path in sorted((elsewhere, lane))
    ]


def test_a_linked_work_tree_that_is_gone_is_not_listed(tmp_path: Path) -> None:
    main, lane, elsewhere = fleet.with_lanes(tmp_path / "fleet" / "main")
    lane.rename(tmp_path / "moved-away")
    (elsewhere / ".git").unlink()
    assert [one.path for one in find_repositories([main]).repositories] == [main]


def test_lanes_of_a_bare_repository(tmp_path: Path) -> None:
    (tmp_path / "fleet").mkdir()
    folder, lane = fleet.bare_with_lanes(tmp_path / "fleet" / "project")
    kinds = {
        one.path: (one.kind, one.parent) for one in find_repositories([tmp_path / "fleet" / "project"]).repositories
    }
    assert kinds[lane] == ("linked", folder)
    assert folder in kinds


def test_a_root_that_is_a_repository_is_one_row(tmp_path: Path) -> None:
    root = fleet.make(tmp_path / "root")
    fleet.make(root / "nested", commits=0)
    assert names(find_repositories([root]), tmp_path) == ["root"]


def test_bare_ones_only_where_they_are_named(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    bare = tmp_path / "bare.git"
    assert find_repositories([tmp_path]).repositories == ()
    (one,) = find_repositories([bare]).repositories
    assert (one.path, one.kind) == (bare, "bare")


def test_what_is_skipped_and_excluded(tmp_path: Path) -> None:
    for name in ("node_modules/a", ".venv/b", ".cache/c", "old/d", "work/archive/e", "kept/f", ".dotfiles"):
        fleet.make(tmp_path / name, commits=0)
    every = ["old", "work/archive", str(tmp_path / "kept" / "*")]
    assert names(find_repositories([tmp_path]), tmp_path) == [
        ".dotfiles",
        "kept/f",
        "old/d",
        "work/archive/e",
    ]
    assert names(find_repositories([tmp_path], exclude=every), tmp_path) == [".dotfiles"]


def test_work_trees_of_agents_are_left_out(tmp_path: Path) -> None:
    main = fleet.make(tmp_path / "main")
    git(main, "worktree", "add", "-q", "-b", "agent", str(main / ".claude" / "worktrees" / "x"))
    assert names(find_repositories([tmp_path]), tmp_path) == ["main"]


def test_links_are_not_followed_and_loops_end(tmp_path: Path) -> None:
    outside = fleet.make(tmp_path / "outside", commits=0)
    root = tmp_path / "root"
    root.mkdir()
    (root / "out").symlink_to(outside)
    (root / "round").symlink_to(root)
    assert find_repositories([root]).repositories == ()
    (tmp_path / "named").symlink_to(tmp_path / "outside")
    assert names(find_repositories([tmp_path / "named"]), tmp_path) == ["named"]


def test_a_folder_committed_into_a_repository_poses_as_nothing(tmp_path: Path) -> None:
    path = fleet.make(tmp_path / "repo")
    git(path, "init", "-q", "--bare", "docs")
    assert names(find_repositories([tmp_path]), tmp_path) == ["repo"]


@pytest.mark.parametrize("what", ["missing", "file"])
def test_a_bad_root_is_a_sentence_and_the_others_go_on(what: str, tmp_path: Path) -> None:
    fleet.make(tmp_path / "good" / "repo", commits=0)
    bad = tmp_path / "bad"
    if what == "file":
        bad.write_text("x")
    found = find_repositories([bad, tmp_path / "good"])
    assert len(found.repositories) == 1
    assert len(found.problems) == 1
    assert f"`{bad}`" in found.problems[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_closed_folder_is_a_sentence(tmp_path: Path) -> None:
    fleet.make(tmp_path / "repo", commits=0)
    (tmp_path / "closed").mkdir(mode=0)
    found = find_repositories([tmp_path])
    assert names(found, tmp_path) == ["repo"]
    assert "closed" in found.problems[0]


def test_a_thousand_levels_end_nothing(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    fleet.make(tmp_path / "repo", commits=0)
    found = find_repositories([tmp_path], 12)
    subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # what clears up after tests cannot
    assert names(found, tmp_path) == ["repo"]


def test_a_hostile_record_leads_nowhere(tmp_path: Path) -> None:
    main = fleet.make(tmp_path / "main")
    victim = fleet.make(tmp_path / "elsewhere" / "victim")
    for number, text in enumerate((str(victim / ".git"), "/dev/zero", "\0", "x" * 9000, "../" * 50)):
        record = main / ".git" / "worktrees" / str(number)
        record.mkdir(parents=True)
        (record / "gitdir").write_text(text)
    os.mkfifo(main / ".git" / "worktrees" / "pipe")
    (main / ".gitmodules").write_text("path = ../elsewhere/victim\npath = /etc\npath = .\npath =\n")
    assert [one.path for one in find_repositories([main]).repositories] == [main]
