"""What makerhour is for, from end to end: the real dashboard in a real terminal on a made fleet and calendar.

A gap; what fits; whose toes; a lane; an agent commits; notes; landing at ten and at three minutes before the meeting;
parked; the meeting; the re-entry card; resumed; ended as a prototype that did its work, with a bundle that brings the
same commit back.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import git
from tests.terminal import Terminal, isolated_environment
from tests.test_dashboard_terminal import ROOT, leave
from tui.domain.backlog import Item
from tui.sources.backlog import BacklogStore
from tui.sources.ledger import LedgerStore

pytestmark = pytest.mark.terminal

EDITOR = """#!/bin/sh
printf '\\033[2J\\033[HEDITING %s\\n' "$1"
read -r line
"""
AGENT = """#!/bin/sh
# Reads its brief, commits in the folder it was started in, and leaves something that is not committed.
cp "$1" "{home}/told"
echo "caps = 1" > caps.py
git add caps.py && git commit -q -m "First cut of caps" || exit 7
echo "caps = 2" > caps.py
printf '\\033[2J\\033[HAGENT AT WORK\\n'
read -r line
"""


class Loop:
    """A home with a repository others work in, one meeting an hour away and one item to build."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.now = datetime.now(UTC).replace(microsecond=0)  # late in the morning where the dashboard runs
        self.meeting = self.now + timedelta(minutes=60), self.now + timedelta(minutes=90)
        self.billing = fleet.make(home / "code" / "billing", commits=2)
        self.seconds = int(self.now.timestamp())
        fleet.commit_of(self.billing, fleet.OTHER, "Round invoices up", when=self.seconds - 7200)
        self.tip = git(self.billing, "rev-parse", "HEAD")
        self.store = BacklogStore(home / "backlog.toml", lambda: datetime.now(UTC))
        (self.item,) = self.store.add(
            [Item("", "Usage caps limiter", "build", estimate=45, impact=5, edge=4, repo="billing", why="Sales asks.")]
        )
        self.environ = isolated_environment(home, PYTHONPATH=str(ROOT))
        del self.environ["GIT_CONFIG_GLOBAL"]  # what is launched does without it too
        (home / ".gitconfig").write_text(fleet.CONFIG)
        for name, text in (("editor", EDITOR), ("agent", AGENT.format(home=home))):
            (home / name).write_text(text)
            (home / name).chmod(0o755)
        start, end = self.meeting
        (home / "work.ics").write_text(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Board prep\r\n"
            f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDTEND:{end:%Y%m%dT%H%M%SZ}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        (home / "config.toml").write_text(
            f"[repositories]\nroots = ['{home / 'code'}']\ndeadline_seconds = 60\n"
            f"[[calendars]]\npath = '{home / 'work.ics'}'\n[backlog]\npath = '{self.store.path}'\n"
            f"[launch]\neditor = '\"{home / 'editor'}\" {{path}}'\nagent = '\"{home / 'agent'}\" {{brief}}'\n"
            "[planning.working_hours]\n"
            + "".join(f"{day} = '00:00-23:59'\n" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
        )
        (home / "ahead").write_text("0")

    def start(self) -> Terminal:
        """The dashboard by a clock that `until` moves."""
        command = (
            sys.executable,
            "-m",
            "tests.moved_clock",
            self.home / "ahead",
            "--config",
            self.home / "config.toml",
        )
        return Terminal.start(command, self.environ, cwd=ROOT, columns=120, lines=40)

    def move(self, moment: datetime) -> None:
        """Have the dashboard's clock run to `moment`."""
        new = self.home / "ahead.new"
        new.write_text(str((moment - datetime.now(UTC)).total_seconds()))
        new.replace(self.home / "ahead")

    @property
    def ledger(self) -> LedgerStore:
        return LedgerStore(self.home / ".local" / "share" / "makerhour" / "ledger.jsonl", lambda: datetime.now(UTC))


@pytest.fixture(autouse=True)
def person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fleet.isolate(monkeypatch, tmp_path / "person")


def gone(text: str) -> Callable[[Terminal], bool]:
    return lambda terminal: text not in "\n".join(terminal.screen())


def test_from_a_gap_to_running_code_and_back_before_the_meeting(tmp_path: Path) -> None:
    loop = Loop(tmp_path / "a home")
    start, end = loop.meeting
    with loop.start() as terminal:
        terminal.wait_for("free until")
        terminal.wait_for("best fit Usage caps limiter")
        terminal.wait_for("1 repo · 0 need you")

        terminal.type("f")
        terminal.wait_for("What fits")
        terminal.type("\r")
        terminal.wait_for("Round invoices up")
        terminal.wait_for("Others work in billing")
        terminal.type("\r")  # a lane is what is offered first
        terminal.wait_for("EDITING")
        (lane,) = (path for path in loop.billing.parent.iterdir() if path != loop.billing)
        terminal.wait_for(lambda terminal: f"EDITING {lane}" in "".join(terminal.screen()))
        terminal.type("\r")

        terminal.wait_for("building Usage caps limiter")

        terminal.type("p")
        terminal.wait_for("go on with the agent")
        terminal.type("j\r")
        terminal.wait_for("The agent is told")
        terminal.type("\r")
        terminal.wait_for("AGENT AT WORK")
        terminal.type("\r")
        terminal.wait_for("1 edited, 1 new")
        assert git(lane, "log", "-1", "--format=%s") == b"First cut of caps\n"
        told = (loop.home / "told").read_text()
        assert "Sales asks." in told
        assert "Round invoices up" in told

        for kind, line in (("", "A token bucket a seat"), ("\t\t", "Caps in the invoice do not add up")):
            terminal.type(".")
            terminal.wait_for("technique")
            terminal.type(f"{kind}{line}\r")
            terminal.wait_for(f"noted, {'dead-end' if kind else 'technique'}: {line}")

        loop.move(start - timedelta(minutes=9, seconds=50))
        terminal.wait_for("what comes next?")
        terminal.wait_for("land in 10 min for Board prep")
        terminal.type("Try it with last month's seats\r")
        terminal.wait_for(gone("what comes next?"))
        loop.move(start - timedelta(minutes=2, seconds=50))
        terminal.wait_for("commit 2 changes as work in progress")
        terminal.type("\r")
        terminal.wait_for("committed 2 files on proto/usage-caps-limiter")
        tip = git(lane, "rev-parse", "HEAD")
        assert git(lane, "log", "-1", "--format=%s") == b"Work in progress: Usage caps limiter\n"

        terminal.type("p")
        terminal.wait_for("park it")
        terminal.type("jjj\r")  # what comes next was just written down
        terminal.wait_for("parked: Usage caps limiter")
        loop.move(start + timedelta(minutes=10))
        terminal.wait_for("in Board prep until")
        late = loop.seconds + 75 * 60
        theirs = fleet.commit_of(loop.billing, fleet.OTHER, "Count seats by month", name="seats.py", when=late)
        terminal.wait_for("Ana +2")
        loop.move(end + timedelta(minutes=1))
        terminal.wait_for("while you were in Board prep")

        terminal.type("3b")
        terminal.wait_for("next: Try it with last month's seats")
        for line in (
            "dead-end: Caps in the invoice do not add up",
            "technique: A token bucket a seat",
            "since it began: 2 commits, 2 files",
            "Ana: Count seats by month on main",
        ):
            terminal.wait_for(line)
        terminal.type("\r")
        terminal.wait_for("EDITING")
        terminal.type("\r")
        terminal.wait_for("building Usage caps limiter")
        loop.move(end + timedelta(minutes=11))
        terminal.wait_for("over 67/45m")

        terminal.type("1gjX")
        terminal.wait_for("2 commits of its own, on no other branch")
        terminal.type("j\r")
        terminal.wait_for("is kept in")
        terminal.wait_for(gone("building Usage caps limiter"))
        leave(terminal)

    assert not lane.exists()
    assert git(loop.billing, "for-each-ref", "--format=%(refname)").split() == [b"refs/heads/main"]
    assert git(loop.billing, "rev-parse", "HEAD").decode().strip() == theirs
    assert not git(loop.billing, "status", "--porcelain")
    (bundle,) = (loop.home / ".local").rglob("*.bundle")
    git(tmp_path, "clone", "-q", str(loop.billing), str(tmp_path / "restored"))
    git(tmp_path / "restored", "fetch", "-q", str(bundle), "proto/usage-caps-limiter")
    assert git(tmp_path / "restored", "rev-parse", "FETCH_HEAD") == tip
    notes = "".join(file.read_text() for file in bundle.parent.glob("*.md"))
    for line in ("A token bucket a seat", "Caps in the invoice do not add up", "Try it with last month's seats"):
        assert line in notes
    (session,) = loop.ledger.read().sessions
    assert (session.standing, session.outcome, session.head_after) == ("ended", "killed", tip.decode().strip())
    assert timedelta(minutes=66) < session.made < timedelta(minutes=71)  # the meeting is not among it
    (item,) = loop.store.read().items
    assert (item.id, item.state) == (loop.item.id, "dropped")
