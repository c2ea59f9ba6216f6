"""An item handed to an agent from the dashboard in a real terminal: it works on while the dashboard is gone."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fleet import git
from tests.terminal import PATIENCE
from tests.test_dashboard_terminal import Desk, desk, leave

__all__ = ["desk"]
pytestmark = pytest.mark.terminal

AGENT = """#!/bin/sh
# An agent: reads its brief, commits in the folder it was started in, and waits for a word from the test.
test ! -t 0 && test ! -t 1 || exit 9
grep -q 'be done by' "$1" || exit 8
cp "$1" "{folder}/told"
echo "caps = 1" > caps.py
git add caps.py
git commit -q -m "First cut of caps" || exit 7
echo "reading \033[31mthe brief\033[0m"
pwd > "{folder}/where"
while [ ! -e "{folder}/go on" ]; do sleep 0.05; done
echo "QUESTION: per seat or per account?"
"""


def until(met: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.02)


def test_an_agent_works_on_while_the_dashboard_is_gone_and_what_it_came_to_is_told(desk: Desk) -> None:
    agent = desk.home / "fake-agent"
    agent.write_text(AGENT.format(folder=desk.home))
    agent.chmod(0o755)
    config = desk.home / "config.toml"
    config.write_text(config.read_text().replace("[launch]\n", f"[launch]\nbackground = '\"{agent}\" {{brief}}'\n"))
    for key, value in (("user.name", "Agent"), ("user.email", "agent@example.com")):
        git(desk.billing, "config", key, value)
    before = git(desk.billing, "rev-parse", "main").strip()
    with desk.start() as terminal:
        terminal.wait_for("✓ billing")
        terminal.wait_for("Usage caps limiter")
        terminal.type("3")
        terminal.wait_for("b Build")
        terminal.type("A")
        shown = "\n".join(
            terminal.wait_for(
                lambda screen: any(said in "\n".join(screen.screen()) for said in ("is told", "Others work in"))
            )
        )
        if "Others work in" in shown:
            terminal.type("\r")
        terminal.wait_for("The agent is told")
        terminal.wait_for("be done by")
        terminal.type("\r")
        until((desk.home / "where").exists)
        terminal.wait_for("fake-agent working")
        leave(terminal)
    until(lambda: (desk.home / "where").read_text().endswith("\n"))
    lane = Path((desk.home / "where").read_text().strip())
    assert lane != desk.billing
    assert git(lane, "branch", "--show-current").startswith(b"proto/")
    assert b"per seat" not in b"".join(file.read_bytes() for file in (desk.home / ".local").rglob("output.log"))
    with desk.start() as terminal:
        terminal.wait_for("fake-agent working")
        (desk.home / "go on").touch()
        terminal.wait_for("fake-agent needs you")
        terminal.type("W")
        terminal.wait_for("per seat or per account?")
        terminal.wait_for("1 commit, 1 file +1 -0")
        terminal.wait_for("caps.py")
        shown = "\n".join(terminal.wait_for("│ reading the brief"))
        assert "not committed" not in shown
        terminal.type("\x1b")
        terminal.wait_for(lambda screen: "x ends or forgets" not in "\n".join(screen.screen()))
        leave(terminal)
    assert git(desk.billing, "rev-parse", "main").strip() == before
    assert b"# Usage caps limiter" in (desk.home / "told").read_bytes()
