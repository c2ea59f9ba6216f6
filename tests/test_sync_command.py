"""`makerhour check` on whether the backlog is synced, and what stands in its way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fleet import git
from tests.shared_backlog import Desk, shared

ROOT = Path(__file__).resolve().parent.parent


def said(folder: Path, desk: Desk, *, sync: bool) -> str:
    """The line about sync."""
    config = folder / "config.toml"
    config.write_text(
        f"[repositories]\nroots = ['{folder}']\n[backlog]\npath = '{desk.path}'\nsync = {str(sync).lower()}\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "tui", "check", "--config", str(config)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    (line,) = (line for line in done.stdout.splitlines() if line.split()[1:2] == ["sync"] or line.startswith("sync"))
    return line


def test_check_says_whether_sync_is_on_and_what_is_in_its_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = shared(tmp_path, "one")
    one.add("Usage caps")
    assert "off; `[backlog] sync = true`" in said(tmp_path, one, sync=False)
    assert "through `origin/main` at a folder" in said(tmp_path, one, sync=True)
    git(one.folder, "switch", "-q", "--detach")
    assert "is on no branch" in said(tmp_path, one, sync=True)
