"""How a process that runs aside begins, and what it says to the dashboard. The end that listens is
`tui.sources.aside`; what such a process does is `tui.gitworker` and `tui.agendaworker`."""

import os
import signal
import sys
import threading
from contextlib import suppress
from typing import BinaryIO, TypeVar

from tui.sources.wire import MAX_LINE, format_line, read_line, to_plain

First = TypeVar("First")

NICE = 10
"""How far such a process stands back behind the screen and the person's own programs."""

SWITCH_SECONDS = 0.0005
"""How long one of its threads may keep the others waiting for the interpreter."""


class Voice:
    """Says lines up, from any thread."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._writing = threading.Lock()

    def say(self, tiding: object) -> None:
        """One line up; nobody there any more is no failure: the orders end too."""
        line = format_line(to_plain(tiding))
        with self._writing, suppress(BrokenPipeError):
            self._out.write(line)
            self._out.flush()


def begin(first: type[First]) -> tuple[First, BinaryIO, Voice]:
    """Stand back, and take the first order from standard input. The order, where the others come from, and the voice.

    Nothing but what the voice says may reach standard output from here on.
    """
    with suppress(OSError):
        os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.setswitchinterval(SWITCH_SECONDS)
    orders, out = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    return read_line(orders.readline(MAX_LINE), first), orders, Voice(out)


def leave(code: int = 0) -> None:
    """End at once: what waits for a dead drive must not hold up the end."""
    sys.stderr.flush()
    os._exit(code)
