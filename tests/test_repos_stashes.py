"""How old stashes are, as git's own log of them says; a log that is odd says nothing."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import git
from tui.sources.git.stashes import read_stashed_at


def test_the_oldest_stash_dates_them(tmp_path: Path) -> None:
    top = fleet.make(tmp_path / "work")
    assert read_stashed_at(top / ".git") is None
    for number, seconds in enumerate((1_700_000_000, 1_760_000_000)):
        (top / f"new{number}").write_text("x")
        git(top, "stash", "-q", "-u", when=seconds)
    assert read_stashed_at(top / ".git") == datetime.fromtimestamp(1_700_000_000, UTC)
    git(top, "stash", "drop", "-q", "stash@{1}")
    assert read_stashed_at(top / ".git") == datetime.fromtimestamp(1_760_000_000, UTC)


@pytest.mark.parametrize("content", [b"", b"\n", b"no log", b"\xff\x00", b"0 1 A <a> 99999999999999 +0000\tx\n"])
def test_an_odd_log_says_nothing(tmp_path: Path, content: bytes) -> None:
    log = tmp_path / "logs" / "refs" / "stash"
    log.parent.mkdir(parents=True)
    log.write_bytes(content)
    assert read_stashed_at(tmp_path) is None


def test_a_pipe_in_its_place_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "logs" / "refs").mkdir(parents=True)
    os.mkfifo(tmp_path / "logs" / "refs" / "stash")
    assert read_stashed_at(tmp_path) is None
