"""Landing told in a real tmux: to who looks at it, where the dashboard is not seen, and nothing of a title is run."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.terminal import PATIENCE, Terminal, isolated_environment
from tests.waiting import until
from tui.domain.agenda import Agenda, Meeting
from tui.domain.planning import PlanningRules
from tui.domain.sessions import going, starting
from tui.domain.windows import message_argv
from tui.sources.ledger import LedgerStore
from tui.tending import Tending

NOW = datetime(2026, 3, 10, 10, 30, tzinfo=UTC)
PREP = Meeting(NOW + timedelta(minutes=30), NOW + timedelta(hours=1), "Board prep", "Work")
ODD = "#(touch pwned) %H #{pane_id} it's; 'x' \"y\" $HOME `touch pwned` \\ #[fg=red]##%% {z} 漢;"

pytestmark = pytest.mark.terminal


class Tmux:
    """A terminal that shows a real tmux, of nobody's configuration, with the dashboard's pane in its first window."""

    def __init__(self, terminal: Terminal, folder: Path, command: tuple[str, ...]) -> None:
        self.terminal = terminal
        self.folder = folder
        self._command = command
        terminal.wait_for(lambda terminal: "[0]" in terminal.screen()[-1])
        self.environ = isolated_environment(folder)
        self.environ["TMUX"], self.pane = self.say(
            "display-message", "-p", "#{socket_path},#{pid},0 #{pane_id}"
        ).split()
        self.environ["TMUX_PANE"] = self.pane

    def say(self, *argv: str) -> str:
        done = subprocess.run((*self._command, *argv), env=isolated_environment(self.folder), cwd=self.folder,
                              capture_output=True, text=True, timeout=PATIENCE, check=True)  # fmt: skip
        return done.stdout

    def status(self) -> str:
        return self.terminal.screen()[-1]

    def shown(self) -> str:
        """The messages that clients were shown; tmux lists commands there too."""
        return "\n".join(line for line in self.say("show-messages").splitlines() if " message: " in line)

    def tell(self, text: str, *, always: bool = False) -> None:
        """As the keeper does, but waiting for tmux to have done it."""
        argv = message_argv(text, self.pane, always=always)
        done = subprocess.run(argv, env=self.environ, cwd=self.folder, capture_output=True, text=True,
                              timeout=PATIENCE, check=False)  # fmt: skip
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    socket = Path(tempfile.mkdtemp(prefix="mh-"))  # short enough for a socket
    command = ("tmux", "-S", str(socket / "s"), "-f", os.devnull)
    argv = (*command, "new-session", "cat")
    with Terminal.start(argv, isolated_environment(tmp_path), cwd=tmp_path, columns=150, lines=24) as terminal:
        yield Tmux(terminal, tmp_path, command)
        subprocess.run((*command, "kill-server"), capture_output=True, timeout=PATIENCE, check=False)
    shutil.rmtree(socket)


def test_a_title_is_shown_as_it_is_and_nothing_in_it_is_run(tmux: Tmux) -> None:
    tmux.tell(f"land in 10 min for {ODD}", always=True)
    tmux.terminal.wait_for("land in 10 min")
    shown = tmux.status()
    for part in ('#(touch pwned) %H #{pane_id} it’s; ’x’ "y" $HOME `touch pwned` \\', "#[fg=red]", "%% {z}", "漢"):
        assert part in shown
    assert list(tmux.folder.iterdir()) == []


def test_it_is_told_where_the_dashboard_is_not_seen_and_only_there(tmux: Tmux) -> None:
    def told(text: str) -> bool:
        tmux.tell(text)
        return text in tmux.shown()

    assert not told("in front")
    tmux.say("split-window", "cat")
    assert not told("beside the pane one types in")
    tmux.say("resize-pane", "-Z")
    assert told("behind the pane that has it all")
    tmux.say("resize-pane", "-Z")
    tmux.say("new-window", "cat")
    assert told("behind another window")
    tmux.terminal.wait_for("behind another window")
    tmux.say("last-window")
    assert not told("in front again")
    tmux.say("new-session", "-d", "-s", "other", "cat")
    tmux.say("switch-client", "-t", "other")
    assert told("in a session nobody looks at")
    tmux.terminal.wait_for("in a session nobody looks at")


class Keeper:
    """A keeper of a session that runs, whose agenda holds one meeting."""

    def __init__(self, tmux: Tmux, title: str = "Board prep") -> None:
        self.now = NOW
        self.problems: list[str] = []
        self.store = LedgerStore(tmux.folder / "own" / "ledger.jsonl", lambda: self.now)
        (entry,) = self.store.append([starting(self.now, "x", "Caps", Path("/src/billing"), "main", "1")])
        self.tending = Tending(lambda: self.now, PlanningRules(), tmux.environ, self.problems.append)
        self.tending.agenda = Agenda(NOW, NOW + timedelta(days=1), "UTC", (replace(PREP, summary=title),))
        self.tending.follow(entry.session)

    def run(self, minutes: float) -> None:
        end = self.now + timedelta(minutes=minutes)
        while self.now < end:
            self.now += timedelta(seconds=20)
            self.tending.look(self.store.read(), self.store.append)


def test_a_keeper_tells_each_step_once_where_the_terminal_is_given_away(tmux: Tmux) -> None:
    keeper = Keeper(tmux, ODD)
    keeper.tending.paused = True
    keeper.run(20.5)
    tmux.terminal.wait_for("land in 10 min for #(touch pwned)")
    keeper.run(7)
    tmux.terminal.wait_for("land in 3 min for #(touch pwned)")
    keeper.run(40)
    until(lambda: tmux.shown().count("land in") == 2)
    assert keeper.problems == []
    assert [path.name for path in tmux.folder.iterdir()] == ["own"]


def test_a_keeper_tells_no_title_while_titles_are_hidden(tmux: Tmux) -> None:
    keeper = Keeper(tmux, "Walrus tusks")
    keeper.tending.paused = True
    keeper.tending.told = lambda kind, _name: f"{kind} 4"
    keeper.run(20.5)
    tmux.terminal.wait_for("land in 10 min for meeting 4")
    assert "Walrus" not in tmux.shown()
    assert b"Walrus" not in tmux.terminal.raw


def test_a_keeper_tells_nothing_of_a_session_that_is_parked_or_away(tmux: Tmux) -> None:
    keeper = Keeper(tmux)
    keeper.tending.paused = True
    keeper.store.append([going(keeper.store.read().sessions[0], "away", keeper.now, text="lunch")])
    keeper.run(22)
    keeper.store.append([going(keeper.store.read().sessions[0], "parked", keeper.now)])
    keeper.run(7)
    tmux.tell("last of all", always=True)
    tmux.terminal.wait_for("last of all")
    assert "land " not in tmux.shown()


def test_a_tmux_that_is_gone_is_said_once(tmux: Tmux) -> None:
    keeper = Keeper(tmux)
    keeper.tending.paused = True
    tmux.environ["TMUX"] = "/no/such/socket,1,0"
    keeper.run(20.5)
    until(lambda: keeper.problems)
    keeper.run(7)
    assert keeper.problems == ["the message in tmux that it is time to land: `tmux` ended with status 1"]
