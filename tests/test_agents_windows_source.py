"""Agents in windows of a real tmux, on a socket of its own: marked, found again, told as far as known."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.test_windows_terminal import Tmux, script, socket, tmux
from tests.waiting import until
from tui.domain.agents import AgentSession
from tui.launcher import find_program
from tui.sources.agents_run import Asker
from tui.sources.agents_windows import (
    FORMAT,
    MARK,
    Marked,
    Pane,
    Windows,
    format_mark,
    parse_mark,
    parse_panes,
    session_of,
)

__all__ = ["socket", "tmux"]
NOW = datetime(2026, 3, 10, 10, 12, tzinfo=UTC)
ODD = Marked("claude", Path("/home/kim/#(touch owned) ; x\n%H"), "b1", 'say "hi" #{pane_id}', "feat/x")


def windows(tmux: Tmux) -> Windows:
    return Windows(Asker(tmux.environ, lambda name: find_program(name, tmux.environ)))


def opened(tmux: Tmux, program: Path) -> str:
    return tmux.say("new-window", "-d", "-P", "-F", "#{pane_id}", "--", str(program), "x").strip()


def one(found: tuple[AgentSession, ...]) -> AgentSession:
    (session,) = found
    return session


def test_a_window_is_marked_and_found_by_another_makerhour_with_all_that_is_odd_in_it(
    tmux: Tmux, tmp_path: Path
) -> None:
    pane = opened(tmux, script(tmp_path / "bin" / "agent", "#!/bin/sh\necho thinking; exec cat"))
    assert windows(tmux).read(datetime.now(UTC)) == ()
    windows(tmux).mark(pane, ODD)
    other = windows(tmux)
    until(lambda: one(other.read(datetime.now(UTC))).last_lines)
    found = one(other.read(datetime.now(UTC)))
    assert (found.agent, found.repository, found.item, found.title, found.branch) == (
        *("claude", ODD.repository, "b1", ODD.title, "feat/x"),
    )
    assert (found.id, found.origin, found.last_lines) == (f"tmux{pane}", "window", ("thinking",))
    assert other.open
    assert not (tmp_path / "owned").exists()


def test_one_that_printed_a_moment_ago_works_and_is_quiet_later(tmux: Tmux, tmp_path: Path) -> None:
    pane = opened(tmux, script(tmp_path / "bin" / "agent", "#!/bin/sh\necho thinking; exec cat"))
    windows(tmux).mark(pane, ODD)
    now = datetime.now(UTC)
    active = float(tmux.say("display-message", "-p", "-t", pane, "#{window_activity}"))
    soon = datetime.fromtimestamp(active, UTC) + timedelta(seconds=5)
    assert one(windows(tmux).read(soon)).state == "working"
    later = one(windows(tmux).read(now + timedelta(minutes=9)))
    assert (later.state, later.since) == ("unknown", datetime.fromtimestamp(active, UTC))


def test_one_that_rang_the_bell_needs_the_person(tmux: Tmux, tmp_path: Path) -> None:
    pane = opened(tmux, script(tmp_path / "bin" / "agent", "#!/bin/sh\nprintf 'may I?\\a'; exec cat"))
    windows(tmux).mark(pane, ODD)
    until(lambda: one(windows(tmux).read(datetime.now(UTC))).state == "needs you")


def test_one_that_is_gone_is_told_of_no_more_and_one_that_died_as_it_ended(tmux: Tmux, tmp_path: Path) -> None:
    program = script(tmp_path / "bin" / "agent", f"#!/bin/sh\nuntil [ -e {tmp_path}/go ]; do sleep 0.05; done; exit 3")
    pane = opened(tmux, program)
    source = windows(tmux)
    source.mark(pane, ODD)
    assert one(source.read(datetime.now(UTC))).id == f"tmux{pane}"
    tmux.say("set-option", "-w", "-t", pane, "remain-on-exit", "on")
    (tmp_path / "go").touch()

    def is_told() -> bool:
        tmux.say("run-shell", "true")  # tmux may hear of an end only with the next one
        told = one(source.read(datetime.now(UTC)))
        assert told.state != "done"
        return told.state == "failed"

    until(is_told)
    assert one(source.read(datetime.now(UTC))).why == "ended with status 3"
    tmux.say("kill-pane", "-t", pane)
    assert source.read(datetime.now(UTC)) == ()
    assert not source.open


def test_how_a_dead_one_ended_is_told_only_where_tmux_says_it() -> None:
    dead = Pane("%7", dead=True, status=None, rang=False, active_at=NOW.timestamp(), marked=ODD)
    assert session_of(dead, (), NOW).state == "unknown"
    assert session_of(replace(dead, status=0), (), NOW).state == "done"
    assert session_of(replace(dead, status=3), (), NOW).state == "failed"


def test_what_a_hostile_mark_holds_is_left_out(tmux: Tmux, tmp_path: Path) -> None:
    for text in ("#(touch owned)", "zz", "00", json.dumps(["x"]).encode().hex(), "ff" * 3000, "a b c"):
        pane = opened(tmux, script(tmp_path / "bin" / "agent", "#!/bin/sh\nexec cat"))
        tmux.say("set-option", "-p", "-t", pane, MARK, text)
    assert windows(tmux).read(datetime.now(UTC)) == ()


def test_outside_tmux_and_without_one_nothing_is_asked(tmux: Tmux, tmp_path: Path) -> None:
    def never(name: str) -> str | None:
        raise AssertionError(name)

    assert Windows(Asker({"PATH": "/usr/bin"}, never)).read(NOW) == ()
    assert Windows(Asker(tmux.environ, lambda _name: None)).read(NOW) == ()
    broken = script(tmp_path / "bin" / "tmux", "#!/bin/sh\nexit 1")
    assert Windows(Asker(tmux.environ, lambda _name: str(broken))).read(NOW) == ()


@pytest.mark.parametrize("text", ["", "0", "7b7d", "5b5d", json.dumps({"agent": "x"}).encode().hex()])
def test_what_is_no_mark_is_none(text: str) -> None:
    assert parse_mark(text) is None


def test_a_relative_folder_is_no_mark() -> None:
    assert parse_mark(format_mark(replace(ODD, repository=Path("a")))) is None
    assert parse_mark(format_mark(ODD)) == ODD


def test_lines_that_are_not_understood_are_left_out() -> None:
    mark = format_mark(ODD)
    good = f"%7 0  0 1773137520 {mark}"
    lines = ("", "no server running", f"%8 0  0 x {mark}", f"@1 0  0 1 {mark}", "%9 0  0 1 ", f"{good} more", good)
    assert parse_panes("\n".join(lines)) == (Pane("%7", dead=False, status=None, rang=False, active_at=1773137520.0,
                                                  marked=ODD),)  # fmt: skip
    assert FORMAT.count(" ") == 5


def test_a_clock_ahead_is_no_future() -> None:
    pane = Pane("%7", dead=False, status=None, rang=True, active_at=NOW.timestamp() + 900, marked=ODD)
    assert session_of(pane, (), NOW).since == NOW
