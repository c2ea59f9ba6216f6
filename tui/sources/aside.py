"""A program of ours that runs aside, in a process of its own, and the end that listens to it.

What is asked for is written by one thread and what is told read by another, so that no caller ever waits for a pipe.
The process is started anew where it ends or falls silent. What is said is for whoever uses this (`wire` has the form);
nothing here knows of repositories or calendars.
"""

import logging
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from tui.sources.wire import WireError, format_line, parse_line, to_plain

log = logging.getLogger(__name__)

SILENT_SECONDS = 15.0
"""How long without a sign of life before the process is ended and started anew."""

DOUBT_SECONDS = 3.0
"""How long after that it is given to be heard after all."""

START_SECONDS = 60.0
"""The same before its first word: a machine that is busy may take long to load it."""

LEAVE_SECONDS = 0.3
"""How long the process may take to leave by itself."""

_MOST_BACK_OFF = 60.0
_KEPT_COMPLAINT = 2000
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from {module} import main; main()"


class Aside:
    """`main` of one of our modules in a process of its own. `look_after` is for one thread; the rest for any."""

    def __init__(
        self,
        module: str,
        name: str,
        *,
        first: Callable[[], object],
        take: Callable[[dict[str, Any], bool], None],
        ring: Callable[[], None],
        ended: Callable[[], None] | None = None,
    ) -> None:
        """`name` is what sentences call the process.

        `first` gives the order each process begins with. `take` gets each line it says, and whether it is its first
        one; it may raise WireError, which ends the process. `ring` is called when there is something to look after,
        `ended` when the process ended without having been told to. All but `first` are called on other threads.
        """
        self._name = name
        self._program = _PROGRAM.format(module=module)
        self._first = first
        self._take = take
        self._ring = ring
        self._ended = ended or _nothing
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._orders: queue.SimpleQueue[object | None] = queue.SimpleQueue()
        self._failures: list[str] = []
        self._complaint: IO[bytes] | None = None
        self._heard = time.monotonic()
        self._greeted = False
        """Whether the process has said anything yet."""
        self._doubted_at: float | None = None
        self._starts = 0
        self._start_at = 0.0
        self._closed = False

    @property
    def silent_for(self) -> float:
        """Seconds since the process was heard last."""
        return time.monotonic() - self._heard

    @property
    def process(self) -> int | None:
        """Its number; None while there is none."""
        return self._child.pid if self._child else None

    def order(self, order: object) -> None:
        """Have `order` (what `wire.to_plain` takes) said to the process, once there is one."""
        with self._lock:
            self._orders.put(order)

    def failures(self) -> list[str]:
        """A sentence for each time the process ended since this was asked last."""
        with self._lock:
            failures, self._failures = self._failures, []
        return failures

    def settled(self) -> None:
        """The process does its work: where it ends now, it is started at once."""
        self._starts = 0

    def restart(self) -> None:
        """End the process; `look_after`, on whose thread this is called, starts another. What it says then is passed
        over."""
        child, self._child = self._child, None
        if child is not None:
            _end(child)
        if self._complaint is not None:
            self._complaint.close()
        self._starts, self._start_at, self._doubted_at = 0, 0.0, None

    def look_after(self) -> None:
        """Start the process where there is none; end it where it fell silent."""
        at = time.monotonic()
        child = self._child
        if child is not None and child.poll() is None:
            if at - self._heard <= (SILENT_SECONDS if self._greeted else START_SECONDS):
                return
            if self._doubted_at is None:  # it may be us who were stopped, and what it said waits to be read
                self._doubted_at = at
            elif at - self._doubted_at > DOUBT_SECONDS:
                _end(child)
                self._child = self._doubted_at = None
                self._say_ended("gave no sign of life")
            return
        if child is not None:
            self._child = None
            self._say_ended(_reason(child.returncode, self._complaint))
        if not self._closed and at >= self._start_at:
            self._start()

    def close(self) -> None:
        """End the process and everything it started; take at most about `LEAVE_SECONDS`."""
        self._closed = True
        self.order(None)
        child = self._child
        if child is None:
            return
        with suppress(subprocess.TimeoutExpired):
            child.wait(LEAVE_SECONDS)
        _end(child)
        if self._complaint is not None:
            self._complaint.close()

    def _say_ended(self, why: str) -> None:
        self._start_at = time.monotonic() + min(2.0 ** max(self._starts - 1, 0), _MOST_BACK_OFF)
        if self._complaint is not None:
            self._complaint.close()
        if self._closed:
            return
        log.warning("%s %s", self._name, why)
        with self._lock:
            self._failures.append(f"{self._name} {why}; it is started again")
        self._ended()

    def _start(self) -> None:
        self._starts += 1
        self._heard, self._greeted = time.monotonic(), False
        self._complaint = tempfile.TemporaryFile()  # noqa: SIM115 - read when the process has ended
        home = str(Path(__file__).resolve().parents[2])  # where the package lies, never the current folder
        try:
            child = subprocess.Popen(
                [sys.executable, "-P", "-c", self._program, home],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaint,
                cwd=os.sep,
                start_new_session=True,
            )
        except OSError as error:
            self._say_ended(f"cannot be started ({error.strerror})")
            return
        with self._lock:
            waiting, self._orders = self._orders, queue.SimpleQueue()
            while not waiting.empty():
                if order := waiting.get():  # asked for while there was no process
                    self._orders.put(order)
        first = self._first()
        self._child = child
        threading.Thread(target=self._write, args=(child, self._orders, first), name=self._name, daemon=True).start()
        threading.Thread(target=self._listen, args=(child, self._orders), name=self._name, daemon=True).start()
        if self._closed:  # meanwhile, and `close` found no process to end
            _end(child)
            self._complaint.close()

    def _write(
        self, child: "subprocess.Popen[bytes]", orders: "queue.SimpleQueue[object | None]", first: object
    ) -> None:
        """On a thread of its own: the pipe may be full."""
        pipe = child.stdin
        if pipe is None:
            return
        try:
            _put(pipe, first)
            while (order := orders.get()) is not None:
                _put(pipe, order)
        except OSError:  # the process has ended, which is noticed elsewhere
            log.debug("%s takes no more orders", self._name)
        with suppress(OSError):
            pipe.close()

    def _listen(self, child: "subprocess.Popen[bytes]", orders: "queue.SimpleQueue[object | None]") -> None:
        """On a thread of its own, until the process ends; the thread that writes ends with it."""
        pipe = child.stdout
        if pipe is None:
            return
        first = True
        with pipe:
            for line in pipe:
                if child is not self._child:
                    break
                self._heard, self._doubted_at, self._greeted = time.monotonic(), None, True
                try:
                    self._take(parse_line(line), first)
                except WireError as error:
                    log.warning("a line of %s is of no use: %s", self._name, error)
                    _end(child)
                    break
                first = False
        orders.put(None)
        if not self._closed:
            self._ring()


def _put(pipe: IO[bytes], value: object) -> None:
    pipe.write(format_line(to_plain(value)))
    pipe.flush()


def _end(child: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        child.wait(1.0)


def _reason(code: int, complaint: IO[bytes] | None) -> str:
    """Why the process ended, from its exit code and the last line it printed."""
    said = ""
    if complaint is not None:
        size = complaint.seek(0, os.SEEK_END)
        complaint.seek(max(size - _KEPT_COMPLAINT, 0))
        lines = complaint.read().decode("utf-8", "replace").split("\n")
        said = next((line.strip() for line in reversed(lines) if line.strip()), "")
        complaint.close()
    return f"ended with code {code}" + (f" ({said})" if said else "")


def _nothing() -> None:
    """Stands for `ended` where nobody has to know."""
