"""The terminal's title: set while the dashboard has the terminal, and given back to whoever has it next."""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.terminal import Terminal
from tests.test_dashboard_terminal import ROOT, Desk, assert_restored
from tui.domain.agenda import Meeting
from tui.domain.fitting import NowLine
from tui.domain.landing import Landing
from tui.title import CELLS, NAME, format_title, shows_titles, title_sequence

NOW = datetime(2026, 3, 10, 10, 12, tzinfo=UTC)
PREP = Meeting(NOW + timedelta(minutes=17), NOW + timedelta(hours=1), "Board prep", "Work")
OWN = "my shell"
EDITOR = """\
#!{python}
# A terminal editor that has a title of its own and is killed with it.
import os, sys, termios, tty
tty.setraw(0)
os.write(1, b"\\x1b[?1049h\\x1b[2J\\x1b[HEDITING")
if os.read(0, 1) == b"t":
    os.write(1, b"\\x1b]2;the editor\\x07")
os.read(0, 1)
"""


def start(desk: Desk, **environ: str) -> Terminal:
    """The dashboard in a terminal whose shell had a title."""
    editor = desk.home / "fake-editor"
    editor.write_text(EDITOR.format(python=sys.executable))
    command = (sys.executable, "-m", "tui", "--config", str(desk.home / "config.toml"))
    script = f"printf '\\033]2;{OWN}\\007'; exec \"$@\""
    return Terminal.start(("/bin/sh", "-c", script, "sh", *command), {**desk.environ, **environ})


def titled(terminal: Terminal, title: str) -> None:
    terminal.wait_for(lambda terminal: terminal.title == title)


@pytest.mark.terminal
def test_the_title_says_what_is_free_and_is_the_shells_again_at_the_end(tmp_path: Path) -> None:
    with start(Desk(tmp_path / "a home")) as terminal:
        about = tuple(f"{NAME}: {left} free" for left in ("2 h 00", "1 h 59", "1 h 58", "1 h 57"))
        terminal.wait_for(lambda terminal: terminal.title in about)  # two hours until the meeting
        terminal.wait_for("2 repos · 0 need you")
        assert terminal.raw.count(b"\x1b]2;") <= 4, "only where it changes"
        terminal.type("q")
        assert terminal.wait_exit() == 0
        assert terminal.title == OWN
        assert_restored(terminal)


@pytest.mark.terminal
def test_a_program_finds_the_shells_title_and_may_leave_its_own(tmp_path: Path) -> None:
    with start(Desk(tmp_path / "a home")) as terminal:
        terminal.wait_for("2 repos · 0 need you")
        terminal.wait_for(lambda terminal: " free" in terminal.title)
        terminal.type("1e")
        terminal.wait_for("EDITING")
        assert terminal.title == OWN
        terminal.type("t")
        titled(terminal, "the editor")
        terminal.type("w")
        terminal.wait_for("2 repos · 0 need you")
        terminal.wait_for(lambda terminal: " free" in terminal.title)
        terminal.type("q")
        assert terminal.wait_exit() == 0
        assert terminal.title == "the editor", "as the program before the dashboard left it"


@pytest.mark.terminal
def test_a_crash_gives_the_title_back_too(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "a home")
    (desk.home / "sitecustomize.py").write_text(
        "import widgets.now_bar as bar\ndef render(self):\n    raise RuntimeError('boom')\nbar.NowBar.render = render\n"
    )
    with start(desk, PYTHONPATH=f"{desk.home}{os.pathsep}{ROOT}") as terminal:
        assert terminal.wait_exit() == 1
        assert terminal.title == OWN
        assert b"\x1b[22;2t" in terminal.raw


@pytest.mark.terminal
@pytest.mark.parametrize("off", ["setting", "linux"])
def test_no_title_where_it_is_off_or_there_is_none(tmp_path: Path, off: str) -> None:
    desk = Desk(tmp_path / "a home")
    if off == "setting":
        config = desk.home / "config.toml"
        config.write_text(config.read_text() + "[look]\ntitle = false\n")
    with start(desk, **({"TERM": "linux"} if off == "linux" else {})) as terminal:
        terminal.wait_for("2 repos")
        terminal.type("q")
        assert terminal.wait_exit() == 0
        assert terminal.title == OWN
        assert terminal.raw.count(b"\x1b]2;") == 1
        assert b"\x1b[22;2t" not in terminal.raw


@pytest.mark.parametrize(
    "title", ["", "a\x1b]0;b\x07c\x9c\x1b\\", "漢" * 50, "x" * 5_000, "a\nb", "\ud800\u202e", "e" + "\u0301" * 90]
)
def test_no_text_can_end_a_title_or_make_it_long(title: str) -> None:
    sequence = title_sequence(title)
    assert sequence.startswith("\x1b]2;")
    assert sequence.endswith("\x07")
    inner = sequence[4:-1]
    assert inner.isprintable() or not inner
    assert cell_len(inner) <= CELLS


def test_titles_in_words() -> None:
    free = NowLine("in_gap", minutes_until=48)
    until = NOW.replace(hour=12, minute=0)
    assert format_title(free) == "makerhour: 48 min free"
    assert format_title(NowLine("in_gap", minutes_until=168)) == "makerhour: 2 h 48 free"
    assert format_title(NowLine("in_meeting", current=PREP, until=until)) == "makerhour: in a meeting until 12:00"
    assert (
        format_title(NowLine("day_over")) == format_title(NowLine("no_calendar")) == format_title(None) == "makerhour"
    )
    assert format_title(free, Landing(PREP, PREP.start, 17)) == "makerhour: land in 17 min"
    assert format_title(free, Landing(PREP, PREP.start, 1)) == "makerhour: land now"


def test_terminals_without_a_title() -> None:
    assert shows_titles({"TERM": "xterm-256color"})
    assert not any(shows_titles({"TERM": name}) for name in ("linux", "dumb", ""))
    assert not shows_titles({})
