"""The real program in a real terminal on one of two clones of a shared backlog: `S`, and what leaving asks."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fleet import git
from tests.shared_backlog import Desk, shared
from tests.terminal import FRESH, Terminal, isolated_environment

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.terminal


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Desk, Desk]:
    one, two = shared(tmp_path, "one", "two")
    for desk in (one, two):
        git(desk.folder, "config", "user.name", "Kim Lee")
        git(desk.folder, "config", "user.email", "kim@example.com")
    one.add("Usage caps", "Refund simulator")
    one.sync()
    two.sync()
    return one, two


def start(pair: tuple[Desk, Desk], folder: Path, **more: str) -> Terminal:
    """The dashboard on the first clone."""
    (folder / "code").mkdir()
    config = folder / "config.toml"
    config.write_text(
        f"[repositories]\nroots = ['{folder / 'code'}']\n[backlog]\npath = '{pair[0].path}'\nsync = true\n"
    )
    environ = isolated_environment(folder / "home", PYTHONPATH=str(ROOT), **more)
    return Terminal.start((sys.executable, "-m", "tui", "--config", config), environ, columns=120, lines=40)


@pytest.fixture
def terminal(tmp_path: Path, pair: tuple[Desk, Desk]) -> Iterator[Terminal]:
    with start(pair, tmp_path) as started:
        started.wait_for("Refund simulator")
        yield started


def gone(pid: str) -> bool:
    """Whether a process has ended, be it that nobody has asked how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def write_down(terminal: Terminal, idea: str) -> None:
    """Have an idea, and see it in the backlog."""
    terminal.type("n")
    terminal.wait_for("New idea")
    terminal.type(idea + "\r")
    terminal.wait_for(lambda terminal: any(line.startswith("│   · " + idea) for line in terminal.screen()))


def test_s_brings_both_sides_together(pair: tuple[Desk, Desk], terminal: Terminal) -> None:
    one, two = pair
    two.add("From the other side")
    two.sync()
    write_down(terminal, "From this side")
    terminal.type("3S")
    terminal.wait_for("synced: 1 sent, 1 received")
    terminal.wait_for("From the other side")
    two.sync()
    assert one.path.read_bytes() == two.path.read_bytes()
    assert {"From this side", "From the other side"} < set(two.titles())
    terminal.type("q")  # nothing is unsent: nothing is asked
    assert terminal.wait_exit() == 0
    assert terminal.modes() == FRESH


def test_leaving_asks_and_sends(pair: tuple[Desk, Desk], terminal: Terminal, tmp_path: Path) -> None:
    _, two = pair
    away = (tmp_path / "hub.git").rename(tmp_path / "away.git")
    write_down(terminal, "Late idea")
    terminal.type("q")
    terminal.wait_for("Send the backlog's changes before leaving?")
    terminal.wait_for("1 changed item is not sent")
    terminal.type("y")
    terminal.wait_for("the backlog is not synced:")
    away.rename(tmp_path / "hub.git")
    terminal.type("q")
    terminal.wait_for("Send the backlog's changes before leaving?")
    terminal.type("y")
    assert terminal.wait_exit() == 0
    assert terminal.modes() == FRESH
    two.sync()
    assert "Late idea" in two.titles()


def test_where_it_cannot_be_synced_leaving_asks_nothing(pair: tuple[Desk, Desk], terminal: Terminal) -> None:
    git(pair[0].folder, "branch", "--unset-upstream")
    write_down(terminal, "Late idea")
    terminal.type("3S")
    terminal.wait_for("the backlog is not synced:")
    terminal.type("q")
    assert terminal.wait_exit() == 0
    assert "Late idea" in pair[0].titles()


def test_a_remote_that_hangs_holds_nobody_up(pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    one, _ = pair
    never, asked, ssh = (tmp_path / name for name in ("never", "asked", "ssh"))
    os.mkfifo(never)
    ssh.write_text(f"#!/bin/sh\necho $$ > '{asked}.part'; mv '{asked}.part' '{asked}'\nread nothing < '{never}'\n")
    ssh.chmod(0o755)
    git(one.folder, "remote", "set-url", "origin", "ssh://git.example.org/hub.git")
    with start(pair, tmp_path, GIT_SSH_COMMAND=str(ssh)) as terminal:
        terminal.wait_for("Refund simulator")
        terminal.type("3S")
        terminal.wait_for("syncing the backlog …")
        terminal.wait_for(lambda _: asked.exists())
        write_down(terminal, "In the meantime")
        terminal.wait_for(lambda _: "In the meantime" in one.titles())
        terminal.type("q")
        terminal.wait_for("sending the backlog's changes …; q leaves without waiting")
        terminal.type("q")
        assert terminal.wait_exit() == 0
        assert terminal.modes() == FRESH
        assert gone(asked.read_text().strip())
    assert one.titles()[-1] == "In the meantime"
