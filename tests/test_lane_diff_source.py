"""What was changed in a lane, by real git: committed or not, and nothing of the repository's is run for it."""

from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import git
from tui.domain.agents import Diffstat, FileDiff
from tui.sources.git.lane_diff import parse_numstat, read_diffstat
from tui.sources.git.lane_ground import Reach
from tui.sources.git.shadow import Shadows


@pytest.fixture
def lane(tmp_path: Path) -> Path:
    top = fleet.make(tmp_path / "voicebox")
    (top / "a b.txt").write_text("one\ntwo\n")
    git(top, "add", ".")
    git(top, "commit", "-q", "-m", "begin")
    git(top, "worktree", "add", "-q", "-b", "proto/x", str(tmp_path / "voicebox-x"))
    return tmp_path / "voicebox-x"


def head(path: Path) -> str:
    return git(path, "rev-parse", "HEAD").decode().strip()


def test_commits_lines_and_new_files_since_it_began(lane: Path, tmp_path: Path) -> None:
    began = head(lane)
    reach = Reach(Shadows(tmp_path / "shadows"))
    assert read_diffstat(lane, began, reach) == Diffstat()
    (lane / "a b.txt").write_text("one\n")
    (lane / "ünï\n.py").write_text("x\ny\nz\n")
    git(lane, "add", ".")
    git(lane, "commit", "-q", "-m", "work")
    (lane / "a b.txt").write_text("one\nthree\n")
    (lane / "loose").write_bytes(b"\0")
    found = read_diffstat(lane, began, reach)
    assert found == Diffstat(1, (FileDiff("a b.txt", 1, 1), FileDiff("ünï\n.py", 3, 0)), 1)


def test_nothing_of_the_repository_is_run(lane: Path, tmp_path: Path) -> None:
    began = head(lane)
    canary = tmp_path / "canary"
    for key in ("core.fsmonitor", "diff.external", "filter.x.clean", "diff.y.textconv"):
        git(lane, "config", key, f"touch {canary}; cat")
    (lane / ".gitattributes").write_text("* filter=x diff=y\n")
    (lane / "a b.txt").write_text("changed\n")
    read_diffstat(lane, began, Reach(Shadows(tmp_path / "shadows")))
    assert not canary.exists()


@pytest.mark.parametrize(
    ("began", "said"),
    [
        ("", "where it began is not known"),
        ("--output=x", "where it began is not known"),
        ("0" * 40, "could not be read"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(lane: Path, tmp_path: Path, began: str, said: str) -> None:
    assert said in read_diffstat(lane, began, Reach(Shadows(tmp_path / "shadows"))).problem


def test_a_lane_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    assert read_diffstat(tmp_path / "none", "a" * 40, Reach(Shadows(tmp_path))).problem == "its lane is gone"


def test_files_that_are_not_text_have_no_lines() -> None:
    assert parse_numstat(b"-\t-\tp.png\x003\t0\ta\tb\x00odd\x00") == (
        FileDiff("p.png", None, None),
        FileDiff("a\tb", 3, 0),
    )
