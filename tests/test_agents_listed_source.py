"""What `claude agents --json` tells, from a program that stands in for it: read as far as it is understood."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import NOW
from tests.test_agents_background_source import ENVIRON, script
from tui.domain.agents import Agents
from tui.launcher import find_program
from tui.sources.agents import AgentSource
from tui.sources.agents_background import Background
from tui.sources.agents_listed import EVERY, Listed, parse_listed
from tui.sources.agents_run import Asker


def entry(**more: Any) -> dict[str, Any]:
    return {"pid": 7, "cwd": "/home/kim/src/voicebox", "kind": "interactive", "startedAt": 1773137520000, **more}


@pytest.mark.parametrize(
    ("more", "state", "question", "why"),
    [
        ({"status": "busy"}, "working", "", ""),
        ({"status": "waiting"}, "needs you", "", ""),
        ({"status": "waiting", "waitingFor": "permission to run make"}, "needs you", "permission to run make", ""),
        ({"status": "idle"}, "unknown", "", "it says it is idle"),
        ({"state": "working"}, "working", "", ""),
        ({"state": "working", "status": "idle"}, "unknown", "", "it says it is idle"),
        ({"state": "blocked", "waitingFor": "input"}, "needs you", "input", ""),
        ({"state": "blocked"}, "unknown", "", "it says it is blocked"),
        ({"state": "done"}, "done", "", ""),
        ({"state": "failed"}, "failed", "", ""),
        ({"state": "stopped"}, "unknown", "", "it says it is stopped"),
        ({"state": "dancing"}, "unknown", "", "it says it is dancing"),
        ({"status": 5, "state": ["x"]}, "unknown", "", ""),
        ({}, "unknown", "", ""),
    ],
)
def test_states_are_what_is_known_for_certain(more: dict[str, Any], state: str, question: str, why: str) -> None:
    (one,) = parse_listed(json.dumps([entry(**more)]).encode()) or ()
    assert (one.state, one.question, one.why) == (state, question, why)
    assert (one.agent, one.origin, one.repository) == ("claude", "listed", Path("/home/kim/src/voicebox"))


@pytest.mark.parametrize(
    "answer",
    [b"", b"no agents", b"7", b'"x"', b"null", b"{}", b'{"sessions": 5}', b"\xff\xfe", b"[" * 99_999],
)
def test_what_is_no_list_tells_nothing(answer: bytes) -> None:
    assert parse_listed(answer) is None


def test_entries_that_are_not_understood_are_left_out_and_a_list_may_be_wrapped() -> None:
    odd: list[Any] = [
        5,
        None,
        [],
        {},
        entry(cwd=7),
        entry(cwd="relative"),
        entry(cwd="/a\0b"),
        entry(sessionId="s1", name="x"),
    ]
    for plain in (odd, {"sessions": odd}, {"agents": odd}):
        found = parse_listed(json.dumps(plain).encode())
        assert [(one.id, one.title) for one in found or ()] == [("claude-s1", "x")]


class Claude:
    """A made PATH with a `claude` that answers, and counts how often it was asked and with what."""

    def __init__(self, folder: Path, answer: str) -> None:
        self.calls = folder / "calls"
        (folder / "answer").write_text(answer)
        script(folder / "claude", f'echo "$*" >> "{self.calls}"\ncat "{folder / "answer"}"')
        self.environ = {**ENVIRON, "PATH": f"{folder}:{ENVIRON['PATH']}"}
        self.listed = Listed(Asker(self.environ, lambda name: find_program(name, self.environ)))

    @property
    def asked(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []


def test_it_is_asked_rarely_and_what_it_said_stands_until_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claude = Claude(tmp_path, json.dumps([entry(status="busy")]))
    first = claude.listed.read()
    assert [one.state for one in first] == ["working"]
    assert claude.listed.read() is first
    assert claude.asked == ["agents --json"]
    at = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: at + EVERY + 1)
    claude.listed.read()
    assert claude.asked == ["agents --json"] * 2


def test_one_that_does_not_know_the_question_is_asked_again_much_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claude = Claude(tmp_path, "error: unknown option '--json'")
    assert claude.listed.read() == ()
    at = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: at + EVERY + 1)
    assert claude.listed.read() == ()
    assert claude.asked == ["agents --json"]


def test_where_there_is_nothing_to_look_at_nothing_is_started(tmp_path: Path) -> None:
    environ = {"PATH": str(tmp_path)}
    listed = Listed(Asker(environ, lambda name: find_program(name, environ)))
    background = Background(tmp_path / "none", lambda: NOW, lambda _path, _head: pytest.fail("git was asked"))
    source = AgentSource(background, None, listed, lambda: NOW)
    assert list(source.read()) == [Agents()] * 2
    assert not (tmp_path / "none").exists()


def test_switched_off_it_is_not_asked(tmp_path: Path) -> None:
    claude = Claude(tmp_path, "[]")
    background = Background(tmp_path / "none", lambda: NOW, lambda _path, _head: pytest.fail("git was asked"))
    assert list(AgentSource(background, None, None, lambda: NOW).read()) == [Agents()]
    assert claude.asked == []
