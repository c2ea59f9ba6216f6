"""The real program on a screen over every repository that tries to run something: overview, detail, fetch, leaving."""

import sys
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import git
from tests.terminal import Terminal, isolated_environment
from tests.test_repos_run import HOSTILE, evil, stale

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.terminal


def test_the_dashboard_runs_nothing_of_what_it_shows(tmp_path: Path) -> None:
    code = tmp_path / "code"
    marks: dict[str, Path] = {}
    for name in sorted(HOSTILE):
        path = fleet.make(code / f"trap-{name}")
        (tmp_path / name).mkdir()
        program, marks[name] = evil(tmp_path / name)
        git(path, "config", "remote.origin.url", f"ssh://git.invalid/{name}")
        HOSTILE[name](path, program)
        marks[name].unlink(missing_ok=True)
        stale(path)
    honest = fleet.modified(code / "an-honest-one")
    (tmp_path / "config.toml").write_text(f"[repositories]\nroots = ['{code}']\n")
    never = tmp_path / "no-ssh"
    never.write_text("#!/bin/sh\nexit 255\n")
    never.chmod(0o755)
    environ = isolated_environment(tmp_path, PYTHONPATH=str(ROOT), GIT_SSH_COMMAND=str(never))
    command = (sys.executable, "-m", "tui", "--config", str(tmp_path / "config.toml"))
    with Terminal.start(command, environ, columns=200, lines=60) as terminal:
        terminal.wait_for("an-honest-one")
        terminal.wait_for(lambda terminal: not any("waiting for git" in line for line in terminal.screen()))
        for _ in range(len(HOSTILE) + 2):  # the detail beside follows the cursor
            terminal.type("j")
            terminal.wait_for(lambda terminal: "reading …" not in "\n".join(terminal.screen()))
        terminal.type("\x06")  # ctrl+f
        terminal.wait_for("not fetched")
        terminal.type("gR")
        (honest / "new").write_text("")
        terminal.wait_for("1 new")
        terminal.type("q")
        assert terminal.wait_exit() == 0
    assert [name for name, mark in marks.items() if mark.exists()] == []
