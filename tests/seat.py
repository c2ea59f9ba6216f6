"""A dashboard as a person has it: started from a shell, in a terminal of its own or inside a real tmux. No tests here.

with sit_down(desk, "tmux") as seat:
    seat.start()
    running = seat.state()
    seat.terminal.type("e")
    ...
    seat.wait_for_state(running)
    seat.leave()            # quits, and sees the terminal as it was before the dashboard
"""

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.terminal import PATIENCE, Terminal

ROOT = Path(__file__).resolve().parent.parent
Place = Literal["terminal", "tmux"]
PLACES: tuple[Place, ...] = ("terminal", "tmux")
PROMPT = "PROMPT>"

# The terminal's settings and the status, before and after: seen by a shell of its own, as the one at the prompt sets
# its own. It is of the dashboard's group, so ctrl+z stops it too.
_RUN = """#!/bin/sh
stty -g > before
{command}
echo $? > status
stty -g > after
"""
_TMUX_STATE = " ".join(
    f"#{{{name}}}"
    for name in (
        *("alternate_on", "cursor_flag", "insert_flag", "keypad_cursor_flag", "keypad_flag", "origin_flag"),
        *("mouse_all_flag", "mouse_any_flag", "mouse_button_flag", "mouse_sgr_flag", "mouse_standard_flag"),
        *("mouse_utf8_flag", "wrap_flag", "scroll_region_upper", "window_zoomed_flag"),
    )
)


class Seat:
    """Where the dashboard runs. `terminal` is what the person sees."""

    def __init__(self, terminal: Terminal, folder: Path, tmux: tuple[str, ...]) -> None:
        self.terminal = terminal
        self._folder = folder
        self._tmux = tmux
        terminal.wait_for(PROMPT)
        terminal.wait_for(lambda shell: shell.modes().bracketed_paste)  # tmux passes it on after the prompt
        self._pane, self._tty = "", ""
        if tmux:
            self._pane, self._tty = self.ask("#{pane_id} #{pane_tty}").split()
        self._before = self.state()

    def ask(self, format: str) -> str:
        """What tmux says of the dashboard's pane."""
        target = ("-t", self._pane) if self._pane else ()
        return self._say("display-message", "-p", *target, format).strip()

    def panes(self) -> list[str]:
        """The windows' panes, by what tmux calls them."""
        return self._say("list-panes", "-a", "-F", "#{pane_id}").split()

    def _say(self, *argv: str) -> str:
        done = subprocess.run((*self._tmux, *argv), capture_output=True, text=True, timeout=PATIENCE, check=True)
        return done.stdout

    def start(self) -> None:
        """Start the dashboard and wait until its repositories are read."""
        self.terminal.type("sh run\r")
        self.terminal.wait_for(" need you")
        self.terminal.wait_for(" main ")
        self.terminal.wait_for(lambda terminal: " waiting" not in "\n".join(terminal.screen()))

    def state(self) -> tuple[object, ...]:
        """What is switched on, and the settings of the terminal the dashboard has."""
        modes = replace(self.terminal.modes(), synchronized=False)
        if not self._tmux:
            return modes, self.terminal.attributes()
        tty = os.open(self._tty, os.O_RDONLY | os.O_NOCTTY)
        try:
            attributes: list[Any] = termios.tcgetattr(tty)
        finally:
            os.close(tty)
        return modes.bracketed_paste, self.ask(_TMUX_STATE), attributes

    def wait_for_state(self, wanted: tuple[object, ...]) -> None:
        """Wait until the terminal is as it was."""
        try:
            self.terminal.wait_for(lambda _: self.state() == wanted)
        except AssertionError as error:
            raise AssertionError(f"{self.state()}\nis not\n{wanted}\n{error}") from None

    def wait_for_size(self, columns: int, lines: int) -> None:
        """Wait until the dashboard fills the terminal, with its last line at the bottom."""
        self.terminal.wait_for(
            lambda terminal: (
                len(terminal.screen()) == lines
                and "Quit" in terminal.screen()[-1]
                and max(map(len, terminal.screen())) == columns
            )
        )

    def leave(self) -> None:
        """Quit the dashboard; it ends well, with the terminal as it was before."""
        self.terminal.type("q")
        self.terminal.wait_for(lambda _: (self._folder / "after").exists() and self._at_prompt())
        self.wait_for_state(self._before)
        assert (self._folder / "status").read_text() == "0\n", self.terminal.describe()
        assert (self._folder / "after").read_text() == (self._folder / "before").read_text()

    def _at_prompt(self) -> bool:
        return self.terminal.screen()[self.terminal.cursor()[1]].startswith(PROMPT)


@contextlib.contextmanager
def sit_down(
    place: Place, folder: Path, config: Path, environ: dict[str, str], columns: int = 120, lines: int = 40
) -> Iterator[Seat]:
    """A shell at its prompt in `place`; the dashboard will read `config`. `folder` is written to."""
    for program in ("bash", *(("tmux",) if place == "tmux" else ())):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    command = shlex.join((sys.executable, "-m", "tui", "--config", str(config)))
    (folder / "run").write_text(_RUN.format(command=command))
    own = {**environ, "PS1": f"{PROMPT} ", "PYTHONPATH": str(ROOT)}
    shell: tuple[str, ...] = ("bash", "--norc", "--noprofile", "-i")
    with contextlib.ExitStack() as stack:
        tmux: tuple[str, ...] = ()
        if place == "tmux":
            short = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mh-")))  # for a socket
            (short / "conf").write_text("set -g status off\nset -g escape-time 0\n")
            tmux = ("tmux", "-S", str(short / "s"), "-f", str(short / "conf"))
            stack.callback(subprocess.run, (*tmux, "kill-server"), capture_output=True, timeout=PATIENCE, check=False)
            shell = (*tmux, "new-session", "--", *shell)
        terminal = stack.enter_context(Terminal.start(shell, own, folder, columns=columns, lines=lines))
        yield Seat(terminal, folder, tmux)
