"""A terminal for tests: runs any program on a real pty and shows what a person would see. No tests in here.

    with Terminal.start([sys.executable, "-m", "tui"], isolated_environment(tmp_path)) as terminal:
        terminal.wait_for("Backlog")          # text on the screen, or a predicate
        terminal.type("\\x1b[B\\r")            # the bytes keys send: down, enter
        assert terminal.modes().mouse
        assert terminal.wait_exit() == 0

The program is the leader of a session of its own with the pty as its controlling terminal, so Ctrl-C, job control and
SIGWINCH work as they do for a person. A thread reads all the time, so a program never waits for the test; what it
wrote is drawn, and its questions are answered, by `tests.terminal_display`. Reading state is safe at any time and from
any thread.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.terminal_display import Display, lines_of

PATIENCE = 60.0
"""Seconds a wait may take at most: long, for machines under load; a wait that succeeds ends at once."""

# Takes the pty as controlling terminal, then becomes the program. Python ignores SIGPIPE and exec would keep that.
_BECOME = (
    "import fcntl, os, signal, sys, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "signal.signal(signal.SIGPIPE, signal.SIG_DFL)\n"
    "os.execvp(sys.argv[1], sys.argv[1:])\n"
)

# Goes behind a program's last bytes to see that they have come through: nothing a program writes or a screen shows.
_MARK = b"\0\0tests.terminal\0\0"

_MOUSE = (9, 1000, 1001, 1002, 1003)


@dataclass(frozen=True, slots=True)
class Modes:
    """What the program has switched on."""

    alternate: bool
    """The alternate screen is showing."""
    mouse: bool
    """Clicks or movements are reported."""
    cursor_visible: bool
    bracketed_paste: bool
    focus: bool
    wrap: bool
    synchronized: bool
    """Output is held back until the frame is complete (mode 2026)."""
    application_cursor: bool
    keyboard: tuple[tuple[int, ...], tuple[int, ...]]
    """Kitty's keyboard flags, as pushed on the main and on the alternate screen; each has a stack of its own."""


FRESH = Modes(
    alternate=False,
    mouse=False,
    cursor_visible=True,
    bracketed_paste=False,
    focus=False,
    wrap=True,
    synchronized=False,
    application_cursor=False,
    keyboard=((), ()),
)
"""A terminal as a shell has it; what every program should leave behind."""


def morning_zone() -> str:
    """A time zone in which it is between eleven and twelve now: hours before and after now are the same day."""
    east = (11 - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-east:+d}"  # the sign of these names is POSIX's: west is positive


def isolated_environment(home: Path, **more: str) -> dict[str, str]:
    """An environment that knows nothing of the developer: `home` for HOME and all XDG folders, no git configuration.
    The hour of the day is always that of `morning_zone`. `more` is added, or replaces."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_STATE_HOME": str(home / ".local" / "state"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "TZ": morning_zone(),
        "SHELL": "/bin/sh",
        **more,
    }


class Terminal:
    """One program in a terminal of its own. Make it with `start`, use it in a `with`."""

    def __init__(
        self,
        child: subprocess.Popen[bytes],
        pty: int,
        tty: int,
        attributes: list[Any],
        columns: int,
        lines: int,
    ) -> None:
        self._child = child
        self._pty = pty
        self._tty = tty
        self.initial_attributes: list[Any] = attributes
        """The pty's settings before the program began."""
        self._display = Display(columns, lines)
        self._raw = bytearray()
        self._held = b""
        self._marks_written = self._marks_read = 0
        # An opening of its own: not to wait where output is stopped is not to be shared with the program.
        self._marking = os.open(os.ttyname(tty), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        self._closed = False
        self._changed = threading.Condition(threading.RLock())
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    @classmethod
    def start(
        cls,
        argv: Sequence[str | Path],
        env: Mapping[str, str],
        cwd: Path | None = None,
        columns: int = 120,
        lines: int = 40,
    ) -> Self:
        """Run `argv` (its program is looked up in the PATH of `env`) in a terminal of this size."""
        pty, tty = os.openpty()
        termios.tcsetwinsize(tty, (lines, columns))
        attributes = termios.tcgetattr(tty)
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _BECOME, *map(str, argv)],
            stdin=tty,
            stdout=tty,
            stderr=tty,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )
        return cls(child, pty, tty, attributes, columns, lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The program's."""
        return self._child.pid

    @property
    def raw(self) -> bytes:
        """Everything the program has written so far."""
        with self._changed:
            return bytes(self._raw)

    @property
    def title(self) -> str:
        """The window title the program has set."""
        with self._changed:
            return self._display.title

    def type(self, keys: str | bytes) -> None:
        """Send what keys send: text, `\\r` for enter, `\\x1b` for escape, `\\x03` for Ctrl-C, `\\x1b[A` for up."""
        rest = keys.encode() if isinstance(keys, str) else keys
        while rest:
            rest = rest[os.write(self._pty, rest) :]

    def screen(self) -> list[str]:
        """The lines that are showing now, without the spaces at their ends."""
        with self._changed:
            return [line.rstrip() for line in lines_of(self._display.screen)]

    def main_screen(self) -> list[str]:
        """The lines of the main screen, also while the alternate one is showing."""
        with self._changed:
            return [line.rstrip() for line in lines_of(self._display.screens[0])]

    def cursor(self) -> tuple[int, int]:
        """Column and line of the cursor, from 0."""
        with self._changed:
            return self._display.screen.cursor.x, self._display.screen.cursor.y

    def modes(self) -> Modes:
        """What the program has switched on and not off again."""
        with self._changed:
            on = self._display.modes
            main, alternate = self._display.keyboards
            return Modes(
                alternate=self._display.showing == 1,
                mouse=any(on.get(number, False) for number in _MOUSE),
                cursor_visible=on.get(25, True),
                bracketed_paste=on.get(2004, False),
                focus=on.get(1004, False),
                wrap=on.get(7, True),
                synchronized=on.get(2026, False),
                application_cursor=on.get(1, False),
                keyboard=(tuple(main), tuple(alternate)),
            )

    def attributes(self) -> list[Any]:
        """The pty's settings as `termios.tcgetattr` gives them; also after the program's end."""
        return termios.tcgetattr(self._tty)

    def resize(self, columns: int, lines: int) -> None:
        """Change the size, as dragging the window's corner does."""
        with self._changed:
            self._display.resize(columns, lines)
        termios.tcsetwinsize(self._tty, (lines, columns))

    def signal(self, number: int) -> None:
        """Send a signal to the program (not to what it started)."""
        self._child.send_signal(number)

    def wait_for(self, expected: "str | Callable[[Terminal], object]", timeout: float = PATIENCE) -> list[str]:
        """Wait until `expected` is on the screen, or is true of this terminal; the screen then.

        Raises AssertionError with the screen when `timeout` seconds have passed, or the program has ended without.
        """

        def met() -> bool:
            if isinstance(expected, str):
                return expected in "\n".join(self.screen())
            return bool(expected(self))

        deadline = time.monotonic() + timeout
        while not met():
            ended = self._child.poll() is not None and self._drained(deadline)
            if met():
                break
            if ended or time.monotonic() > deadline:
                wanted = repr(expected) if isinstance(expected, str) else "what was waited for"
                raise AssertionError(f"{wanted} did not come\n{self.describe()}")
            with self._changed:
                self._changed.wait(0.05)
        return self.screen()

    def wait_exit(self, timeout: float = PATIENCE) -> int:
        """Wait for the program's end and all it wrote; its status, negative for the signal that ended it."""
        deadline = time.monotonic() + timeout
        try:
            status = self._child.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the program did not end\n{self.describe()}") from None
        self._drained(deadline)
        return status

    def describe(self) -> str:
        """The state in words, for failures."""
        frame = "\n".join(f"|{line}" for line in self.screen())
        return f"status {self._child.poll()}, {self.modes()}, last bytes {self.raw[-200:]!r}\n{frame}"

    def close(self) -> None:
        """End the program and whatever runs in front of the terminal, and give everything back."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(ProcessLookupError):
            if self._child.poll() is None:
                os.killpg(self._child.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):  # nothing is in front of it any more
            group = os.tcgetpgrp(self._pty)
            if os.getsid(group) == self._child.pid:
                os.killpg(group, signal.SIGKILL)
        self._child.wait()
        self._reader.join()
        for number in (self._pty, self._tty, self._marking):
            os.close(number)

    def _drained(self, deadline: float) -> bool:
        """Wait until all that was written so far is read: the kernel hands output on a moment late, but in order."""
        try:
            os.write(self._marking, _MARK)
        except OSError:  # output is stopped, or the terminal was hung up: nothing more comes
            return True
        with self._changed:
            self._marks_written += 1
            return self._changed.wait_for(
                lambda: self._marks_read >= self._marks_written, max(deadline - time.monotonic(), 1.0)
            )

    def _without_marks(self, raw: bytes) -> bytes:
        """`raw` without marks; what may be the beginning of one is held until the rest has come."""
        *before, rest = (self._held + raw).split(_MARK)
        self._marks_read += len(before)
        begun = next((size for size in range(len(_MARK) - 1, 0, -1) if rest.endswith(_MARK[:size])), 0)
        self._held = rest[len(rest) - begun :]
        return b"".join((*before, rest[: len(rest) - begun]))

    def _read(self) -> None:
        while not self._closed:
            ready, _, _ = select.select([self._pty], [], [], 0.02)
            if not ready:
                continue
            try:
                raw = os.read(self._pty, 65536)
            except OSError:
                return  # the terminal has been taken away
            with self._changed:
                raw = self._without_marks(raw)
                self._raw += raw
                answers = self._display.feed(raw)
                self._changed.notify_all()
            if answers:
                os.write(self._pty, answers.encode())
