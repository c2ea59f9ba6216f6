"""The real engine and agents: handed an item, found again by another engine, ended; windows of a real tmux."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from textual.message import Message

from tests.test_agents_background_source import script
from tests.test_windows_terminal import Tmux, socket, tmux
from tui import bootstrap, messages, paths
from tui.config import Config, LaunchSettings
from tui.domain.agents import AgentSession, HandOver
from tui.live_agents import LiveAgents
from tui.programs import Programs
from tui.sources import agents_listed
from tui.sources.agents_run import runner_of

__all__ = ["socket", "tmux"]
PATIENCE = 60.0


class Agents(LiveAgents):
    """The part of the engine that is about agents, with the programs it starts."""

    def __init__(self, config: Config) -> None:
        self.said: list[Message] = []
        self.stopped = False
        self._post: Callable[[Message], object] = self.said.append

        def now() -> datetime:
            return datetime.now(UTC)

        self._programs = Programs(config, now, lambda _sentence: None, self._mark_window)
        self._open_agents(config, now)

    def start(self) -> None:
        self._start_agents()

    def settle(self) -> None:
        """Wait until what was asked for is done, however busy the machine: leaving waits two seconds only."""
        done = Event()
        self._write_agents(done.set)
        assert done.wait(PATIENCE)

    def stop(self) -> None:
        self.stopped = True
        assert not self._finish_agents()

    @property
    def sessions(self) -> tuple[AgentSession, ...]:
        told = [message for message in self.said if isinstance(message, messages.AgentsRefreshed)]
        return told[-1].agents.sessions if told else ()

    @property
    def failures(self) -> list[str]:
        return [message.error for message in self.said if isinstance(message, messages.WriteFailed)]

    def until(self, met: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not met():
            assert time.monotonic() < deadline, self.said
            self._agents_worker.request()
            Event().wait(0.02)

    def open_agent(self, folder: Path, values: Mapping[str, str]) -> None:
        self._programs.launch("agent", folder, values, never)


def never() -> AbstractContextManager[None]:
    raise AssertionError("the dashboard stepped aside")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Agents]]:
    """Makes engines that are ended with the test, with all agents of theirs."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    engines: list[Agents] = []

    def make(**launch: str | bool) -> Agents:
        engine = Agents(Config(launch=LaunchSettings(**{"radar": True, **launch})))  # type: ignore[arg-type]
        engine.start()
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        if engine.stopped:
            continue
        for one in engine.sessions:
            engine.end_agent(one.id)
        engine.settle()
        engine.stop()


def gone(group: int) -> bool:
    """True where no process of `group` is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def handed(folder: Path) -> HandOver:
    (folder / "lane").mkdir(exist_ok=True)
    (folder / "brief.md").write_text("# Voice inbox\n")
    return HandOver("b1", "Voice inbox", folder / "lane", "proto/voice", "", folder / "brief.md", None)


def test_an_item_is_handed_to_the_agent_there_is_and_another_start_finds_it(
    made: Callable[..., Agents], tmp_path: Path
) -> None:
    script(tmp_path / "bin" / "goose", 'cat "$4"; while [ ! -e stop ]; do sleep 0.02; done; echo bye')
    first = made()
    first.hand_over(handed(tmp_path))
    first.until(lambda: first.sessions and first.sessions[0].last_lines)
    (one,) = first.sessions
    assert (one.agent, one.state, one.last_lines, one.item) == ("goose", "working", ("# Voice inbox",), "b1")
    first.stop()
    second = made()
    second.until(lambda: [found.id for found in second.sessions] == [one.id])
    (tmp_path / "lane" / "stop").touch()
    second.until(lambda: second.sessions[0].state == "done")
    assert second.sessions[0].last_lines == ("# Voice inbox", "bye")
    assert not second.failures


def test_an_agent_is_ended_on_the_persons_wish(made: Callable[..., Agents], tmp_path: Path) -> None:
    script(tmp_path / "bin" / "goose", "while [ ! -e stop ]; do sleep 0.02; done")
    engine = made()
    engine.hand_over(handed(tmp_path))
    engine.until(lambda: engine.sessions)
    engine.end_agent(engine.sessions[0].id)
    engine.until(lambda: engine.sessions and engine.sessions[0].why == "you ended it")
    engine.end_agent(engine.sessions[0].id)
    engine.until(lambda: not engine.sessions)
    assert list(paths.agents_folder().iterdir()) == []


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("", "no agent for the background is installed"),
        ("nowhere {brief}", "is not installed or not on the PATH"),
        ("true", "`true` would be told nothing: put `{brief}`"),
        ("true {brif}", "unknown placeholder `{brif}`; did you mean `{brief}`?"),
    ],
)
def test_what_cannot_be_started_is_a_sentence(
    made: Callable[..., Agents], tmp_path: Path, setting: str, said: str
) -> None:
    engine = made(background=setting)
    engine.hand_over(handed(tmp_path))
    engine.until(lambda: engine.failures)
    assert said in engine.failures[0]
    assert not engine.sessions


def test_where_none_is_configured_those_installed_are_to_choose_from(
    made: Callable[..., Agents], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert made()._programs.agents_to_choose() == ()
    for name in ("aider", "claude"):
        script(tmp_path / "bin" / name, 'echo "$0" > started')
    assert made()._programs.agents_to_choose() == ("claude", "aider")
    assert made(agent="aider")._programs.agents_to_choose() == ()


def test_an_agent_in_a_window_is_marked_and_told_of(
    made: Callable[..., Agents], tmux: Tmux, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "bin" / "aider", "echo thinking; exec cat")
    for name in ("TMUX", "TMUX_PANE"):
        monkeypatch.setenv(name, tmux.environ[name])
    engine = made(agent="aider", manner="window")
    folder = tmp_path / "voice #{pane_id}"
    folder.mkdir()
    engine.open_agent(folder, {"item": "Voice inbox", "branch": "main"})
    engine.until(lambda: engine.sessions and engine.sessions[0].last_lines)
    (one,) = engine.sessions
    assert (one.agent, one.repository, one.title, one.origin) == ("aider", folder, "Voice inbox", "window")
    other = made()
    other.until(lambda: [found.id for found in other.sessions] == [one.id])
    blind = made(radar=False)
    blind.until(lambda: blind.said)
    assert not blind.sessions
    assert os.environ["TMUX"]


def test_an_agent_the_demo_started_ends_with_it(made: Callable[..., Agents], tmp_path: Path) -> None:
    script(tmp_path / "bin" / "goose", "while :; do sleep 0.05; done")
    with bootstrap.demo(datetime.now):
        folder = paths.agents_folder()
        engine = made()
        engine.hand_over(handed(tmp_path))
        engine.until(lambda: engine.sessions and runner_of(folder / engine.sessions[0].id))
        group = runner_of(folder / engine.sessions[0].id)
        engine.stop()
    assert group
    engine.until(lambda: gone(group))


def test_a_list_that_does_not_answer_holds_nothing_up_and_ends_with_the_dashboard(
    made: Callable[..., Agents], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents_listed, "SECONDS", 600.0)
    said = f'echo $$ > "{tmp_path}/asked.new"; mv "{tmp_path}/asked.new" "{tmp_path}/asked"'
    script(tmp_path / "bin" / "claude", f"{said}\nexec sleep 600")
    script(tmp_path / "bin" / "goose", "while [ ! -e stop ]; do sleep 0.02; done")
    engine = made(background="goose")
    engine.until((tmp_path / "asked").exists)
    asked = int((tmp_path / "asked").read_text())
    engine.hand_over(handed(tmp_path))
    engine.stop()
    assert len(list(paths.agents_folder().iterdir())) == 1
    engine.until(lambda: gone(asked))
    second = made()
    second.until(lambda: second.sessions)
