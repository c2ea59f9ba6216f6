"""The threads repositories are read on: two, and one more for each that hangs, so that none holds up the others.

Daemon threads with a queue of their own: a pool of the standard library is waited for at exit, and a repository on
a dead drive would keep the program from quitting. What is read and when is not known here.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from tui.domain.repos import Repository

THREADS = 2
"""More make keys slower while everything is refreshed."""

MOST_THREADS = 18
STUCK_SECONDS = 1.0
"""After this long a repository counts as hanging and its thread as lost for the others."""

_UNEXPECTED = (
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


class Readers:
    """Reads paths that are submitted; answers wait in `answers` as path and Repository, or a sentence."""

    def __init__(self, read: Callable[[Path], Repository]) -> None:
        self.answers: queue.SimpleQueue[tuple[Path, Repository | str]] = queue.SimpleQueue()
        self._read = read
        self._changed = threading.Condition()
        self._waiting: deque[Path] = deque()
        self._started: dict[Path, float] = {}
        self._threads: set[threading.Thread] = set()
        self._rest = threading.Event()
        self._closed = False

    def submit(self, path: Path) -> None:
        """Read `path`; the caller submits none that is still under way."""
        with self._changed:
            self._rest.clear()
            self._waiting.append(path)
            self._staff()
            self._changed.notify()

    def wait(self, seconds: float) -> None:
        """Wait until nothing is being read any more, `seconds` at most. Answers are not waited for one by one: each
        wake-up takes the interpreter from the threads that read."""
        self._rest.wait(seconds)

    def tend(self) -> dict[Path, float]:
        """What is being read and for how many seconds; adds a thread where too many hang. Call it now and then."""
        with self._changed:
            self._staff()
            now = time.monotonic()
            return {path: now - since for path, since in self._started.items()}

    def close(self, patience: float) -> None:
        """Let every thread end, waiting at most `patience` seconds in all; one that hangs is left behind."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
            threads = list(self._threads)
        end = time.monotonic() + patience
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(end - time.monotonic(), 0))

    def _staff(self) -> None:
        """Start threads for what waits; called with the lock held."""
        free = len(self._threads) - self._stuck()
        while self._waiting and free < min(THREADS, len(self._waiting) + len(self._started)):
            if self._closed or len(self._threads) >= MOST_THREADS:
                return
            thread = threading.Thread(target=self._work, name="repository-reader", daemon=True)
            self._threads.add(thread)
            thread.start()
            free += 1

    def _stuck(self) -> int:
        now = time.monotonic()
        return sum(now - since > STUCK_SECONDS for since in self._started.values())

    def _work(self) -> None:
        while (path := self._next()) is not None:
            answer: Repository | str
            try:
                answer = self._read(path)
            except _UNEXPECTED as error:  # a row that says so; the thread and the other repositories go on
                answer = f"cannot be read ({type(error).__name__}: {error}); please report this"
            with self._changed:
                self._started.pop(path, None)
                self.answers.put((path, answer))
                if not (self._waiting or self._started):
                    self._rest.set()

    def _next(self) -> Path | None:
        """The next path to read; None where this thread is to end."""
        with self._changed:
            while not self._closed and not self._waiting:
                if len(self._threads) - self._stuck() > THREADS:
                    break
                self._changed.wait()
            if self._closed or not self._waiting:
                self._threads.discard(threading.current_thread())
                return None
            path = self._waiting.popleft()
            self._started[path] = time.monotonic()
            return path
