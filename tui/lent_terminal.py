"""This terminal while another program has it: whose signals are whose, waiting for its end, and putting it all back.

What is lent is put back whatever the program did to it and however it died. Starting it is `tui.launcher`.
"""

import contextlib
import logging
import os
import signal
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator

log = logging.getLogger(__name__)

_STOP_SECONDS = 0.1
"""A stop that lasts so long is one: what is being continued just now may look stopped for a moment."""

# In this order: end a string sequence cut short; kitty's keyboard (each screen has its own, hence again at the end),
# xterm's; mouse; focus, paste, synchronised output, size reports; cursor keys and keypad; wrap, insert, margins, scroll
# region (setting it moves the cursor, hence saved); character set, colours, cursor; the main screen.
_RESET = (
    "\x1b\\\x1b[<u\x1b[>4m"
    "\x1b[?9l\x1b[?1000l\x1b[?1001l\x1b[?1002l\x1b[?1003l\x1b[?1005l\x1b[?1006l\x1b[?1015l\x1b[?1016l"
    "\x1b[?1004l\x1b[?2004l\x1b[?2026l\x1b[?2048l"
    "\x1b[?1l\x1b>"
    "\x1b[?7h\x1b[4l\x1b[?69l\x1b7\x1b[r\x1b8"
    "\x0f\x1b(B\x1b[0m\x1b[?5l\x1b[0 q\x1b[?25h"
    "\x1b[?1049l\x1b[<u"
)


@contextlib.contextmanager
def lent() -> Iterator[None]:
    """The terminal is another program's inside, and at the end as it was at the beginning."""
    with _signals_ignored(), _terminal_restored():
        yield


def wait_for(child: "subprocess.Popen[bytes]") -> int:
    """The status of `child` at its end, as `subprocess` numbers it.

    One that stops takes this process with it, so that the shell both were started from has the terminal back; `fg`
    there lets both go on. Some stop the whole group as ctrl+z does, others (micro, Node) only themselves: nobody would
    read the terminal then.
    """
    look = getattr(os, "waitid", None)  # macOS has it from Python 3.13 on
    if look is None:
        return child.wait()
    while True:
        seen = look(os.P_PID, child.pid, os.WEXITED | os.WSTOPPED | os.WNOWAIT)
        if seen.si_code != os.CLD_STOPPED:
            return child.wait()
        threading.Event().wait(_STOP_SECONDS)
        seen = look(os.P_PID, child.pid, os.WEXITED | os.WSTOPPED | os.WNOWAIT | os.WNOHANG)
        if seen is not None and seen.si_code == os.CLD_STOPPED:
            _stop_with(child.pid)


def is_job() -> bool:
    """True where a shell looks after the group of this process: it has the terminal while they are stopped."""
    return os.getpgrp() != os.getsid(0)


def stop_group() -> None:
    """Stop the group of this process, which is a job of a shell's, until that lets it go on."""
    told: list[int] = []  # not an Event: its own lock may be held by what this interrupts
    before = signal.signal(signal.SIGCONT, lambda number, _frame: told.append(number))
    try:
        os.killpg(os.getpgrp(), signal.SIGSTOP)
        while not told:  # another thread may be the first to be told
            time.sleep(_STOP_SECONDS)
    finally:
        signal.signal(signal.SIGCONT, signal.SIG_DFL if before is None else before)


def _stop_with(pid: int) -> None:
    """Stop, with the group this process is of, until whoever started it lets it go on; then `pid` goes on too.

    Where nobody could (no shell looks after this group) the system takes no notice of the stop, and it goes on at once.
    """
    in_front = _group_in_front()
    os.kill(0, signal.SIGTSTP)
    if in_front is not None and in_front != os.getpgrp() and _group_of(pid) == in_front:
        _unless_gone(lambda: os.tcsetpgrp(0, in_front))  # it had made its own group the terminal's
    _unless_gone(lambda: os.kill(pid, signal.SIGCONT))


def _group_in_front() -> int | None:
    try:
        return os.tcgetpgrp(0)
    except OSError:
        return None


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except OSError:
        return None


@contextlib.contextmanager
def _signals_ignored() -> Iterator[None]:
    """Ctrl-C and Ctrl-\\ are the child's while it runs. Functions that do nothing, not SIG_IGN: the child would
    inherit that and could not be interrupted either. Ctrl-Z is both's, and as the system has it: Textual would stop
    this process even where nobody is there to let it go on."""
    before = {number: signal.signal(number, _nothing) for number in (signal.SIGINT, signal.SIGQUIT)}
    before[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _nothing(_number: int, _frame: object) -> None:
    """Takes a signal and lets the wait go on."""


@contextlib.contextmanager
def _terminal_restored() -> Iterator[None]:
    """The terminal at the end as it was at the beginning. A terminal that has gone away is left alone."""
    if not os.isatty(0):
        yield
        return
    try:
        attributes = termios.tcgetattr(0)
    except termios.error:
        attributes = None
    blocking = [(number, os.get_blocking(number)) for number in range(3) if os.isatty(number)]
    try:
        yield
    finally:
        # The child may have made its own group the terminal's and died: until that is undone, each of the calls
        # below would stop this process.
        stopping = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        try:
            _unless_gone(lambda: os.tcsetpgrp(0, os.getpgrp()))
            for number, blocks in blocking:  # shared with the child; Node programs make theirs non-blocking
                os.set_blocking(number, blocks)
            _unless_gone(lambda: termios.tcflow(0, termios.TCOON))
            output = next((number for number in (2, 1) if os.isatty(number)), 0)
            _unless_gone(lambda: os.write(output, _RESET.encode()))
            if attributes is not None:
                _unless_gone(lambda: termios.tcsetattr(0, termios.TCSANOW, attributes))
            _unless_gone(lambda: termios.tcflush(0, termios.TCIFLUSH))
        finally:
            signal.signal(signal.SIGTTOU, signal.SIG_DFL if stopping is None else stopping)


def _unless_gone(call: Callable[[], object]) -> None:
    try:
        call()
    except (OSError, termios.error) as error:
        log.debug("the terminal did not answer: %s", error)
