"""When this person last worked in a repository, as real git's log of HEAD says; what is odd in it says nothing."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import git
from tui.sources.git.worked import read_worked_at

FIRST, LATER = 1_700_000_000, 1_760_000_000


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def line(seconds: int | str, note: str = "commit: x") -> bytes:
    return f"{'0' * 40} {'a' * 40} Kim <kim@example.com> {seconds} +0100\t{note}\n".encode()


def written(folder: Path, content: bytes) -> Path:
    (folder / "logs").mkdir()
    (folder / "logs" / "HEAD").write_bytes(content)
    return folder


def test_a_commit_and_a_switch_are_work_and_what_others_push_is_none(tmp_path: Path) -> None:
    top = fleet.make(tmp_path / "work")
    git(top, "commit", "-q", "--allow-empty", "-m", "mine", when=FIRST)
    assert read_worked_at(top / ".git") == moment(FIRST)
    git(top, "switch", "-q", "-c", "caps", when=LATER)
    assert read_worked_at(top / ".git") == moment(LATER)
    git(top, "update-ref", "refs/remotes/origin/main", "HEAD", when=LATER + 9)
    assert read_worked_at(top / ".git") == moment(LATER)


def test_a_clone_and_a_pull_are_no_work(tmp_path: Path) -> None:
    origin = fleet.make(tmp_path / "origin")
    git(tmp_path, "clone", "-q", str(origin), str(tmp_path / "clone"), when=FIRST)
    clone = tmp_path / "clone"
    assert (clone / ".git" / "logs" / "HEAD").stat().st_size > 0
    assert read_worked_at(clone / ".git") is None
    git(clone, "commit", "-q", "--allow-empty", "-m", "mine", when=FIRST + 60)
    for number, arguments in enumerate((["--no-rebase", "--no-edit"], ["--rebase"])):
        git(origin, "commit", "-q", "--allow-empty", "-m", f"theirs {number}", when=LATER)
        git(clone, "pull", "-q", *arguments, when=LATER + number)
        assert read_worked_at(clone / ".git") == moment(FIRST + 60)


def test_a_lane_has_a_log_of_its_own(tmp_path: Path) -> None:
    top = fleet.make(tmp_path / "work")
    git(top, "commit", "-q", "--allow-empty", "-m", "mine", when=FIRST)
    git(top, "worktree", "add", "-q", "-b", "proto/caps", str(tmp_path / "lane"), when=LATER)
    git(tmp_path / "lane", "commit", "-q", "--allow-empty", "-m", "there", when=LATER + 60)
    assert read_worked_at(top / ".git") == moment(FIRST)
    assert read_worked_at(top / ".git" / "worktrees" / "lane") == moment(LATER + 60)


def test_however_long_the_log_only_its_end_is_read(tmp_path: Path) -> None:
    folder = written(tmp_path, line(FIRST) * 20_000 + line(LATER) + line(LATER + 5, "pull: Fast-forward"))
    assert read_worked_at(folder) == moment(LATER)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"no log", b"\xff\x00" * 9, line("9" * 14), line(FIRST, "pull: x"), line(FIRST)[:60], b"a" * 99_999],
)
def test_an_odd_log_says_nothing(tmp_path: Path, content: bytes) -> None:
    assert read_worked_at(written(tmp_path, content)) is None


def test_neither_a_pipe_nor_a_link_nor_a_folder_is_followed(tmp_path: Path) -> None:
    assert read_worked_at(tmp_path) is None
    log = written(tmp_path, line(FIRST)) / "logs" / "HEAD"
    real = log.rename(tmp_path / "real")
    log.symlink_to(real)
    assert read_worked_at(tmp_path) is None
    log.unlink()
    os.mkfifo(log)
    assert read_worked_at(tmp_path) is None
    log.unlink()
    log.mkdir()
    assert read_worked_at(tmp_path) is None
