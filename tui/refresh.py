"""The worker layer: one daemon thread a source, so that nothing outside can hold up a key or the exit.

A `Worker` owns one source. Reads are single flight: however often one is asked for while another runs, one more
follows. Writes run on the same thread, before the next read, so reads and writes of a source cannot race.
What a read yields is handed to `publish` from the thread, where it differs from what was; an exception becomes a
`Failure` value. A read that passes its deadline cannot be ended, but nothing waits for it: `overdue` says so to
whoever asks. Standard library only; the wall clock is not read here.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

log = logging.getLogger(__name__)


class Failure(Struct, frozen=True):
    """A source that could not answer."""

    source: str
    error: str
    """A sentence."""
    write: bool = False
    """True where something was to be written; the source itself may be well."""


class Worker:
    """One source on a daemon thread of its own.

    `read` yields snapshots, the last one complete; `publish` and `failed` are called on the worker's thread and
    must not block (`App.post_message` does not). `every` and `deadline` are in seconds.
    """

    def __init__(
        self,
        name: str,
        read: Callable[[], Iterable[Any]],
        publish: Callable[[Any], object],
        failed: Callable[[Failure], object],
        *,
        every: float | None = None,
        deadline: float = 30.0,
    ) -> None:
        self.name = name
        self.busy_since: float | None = None
        """`time.monotonic()` at the start of the work under way; None at rest."""
        self._read = read
        self._publish = publish
        self._failed = failed
        self._every = every
        self._deadline = deadline
        self._changed = threading.Condition()
        self._wanted = False
        self._writes: deque[Callable[[], None]] = deque()
        self._writing = False
        self._stopped = False
        self._paused = False
        self._lost = ""
        """Why a write failed that nobody was left to be told of."""
        self._answered = time.monotonic()
        self._shown: Any = None
        """The last snapshot published; None after a failure."""
        self._thread = threading.Thread(target=self._work, name=f"source-{name}", daemon=True)

    def start(self) -> None:
        """Start the thread and ask for the first read; nothing where it is started."""
        if self._thread.ident is None:
            self._wanted = True
            self._thread.start()

    def request(self) -> None:
        """Ask for a read; asking again before it begins changes nothing."""
        with self._changed:
            self._wanted = True
            self._changed.notify_all()

    def submit(self, write: Callable[[], None]) -> None:
        """Run `write` on the source's thread before the next read, which follows at once."""
        with self._changed:
            self._writes.append(write)
            self._wanted = True
            self._changed.notify_all()

    def pause(self, paused: bool) -> None:
        """While paused (another program owns the terminal) no read starts; one follows when it ends."""
        with self._changed:
            self._paused = paused
            self._wanted = True
            self._changed.notify_all()

    def end(self) -> None:
        """Have the thread end once the pending writes are made."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def wait(self, patience: float = 2.0) -> str:
        """After `end`, wait up to `patience` seconds, but only where a write is pending.

        A sentence where one was not made, else empty.
        """
        with self._changed:
            pending = bool(self._writes) or self._writing
        if pending and self._thread.is_alive():
            self._thread.join(patience)
        return self._lost or ("the write is still waiting" if self._writes or self._writing else "")

    def read_once(self) -> None:
        """Run the pending writes, then one read, publishing what is new in what it yields; failures as values."""
        while self._writes:
            self._attempt(self._write_one, write=True)
        if not self._stopped:
            self._attempt(self._read_through, write=False)

    def _attempt(self, step: Callable[[], None], *, write: bool) -> None:
        try:
            step()
        except Exception as error:  # the one place: whatever a source does, the others go on
            log.warning("source %s failed", self.name, exc_info=True)
            self._shown = None  # what is read next is told even where it is as before
            if self._stopped and write:
                self._lost = describe(error)
            self._failed(Failure(self.name, describe(error), write=write))

    def _read_through(self) -> None:
        for snapshot in self._read():
            if self._stopped:
                return
            if self.busy_since is not None:
                self.busy_since = time.monotonic()  # a source that answers bit by bit is not overdue
            if snapshot != self._shown:
                self._shown = snapshot
                self._publish(snapshot)
        self._answered = time.monotonic()

    def asked(self) -> bool:
        """True where a read or a write waits for the one under way, or nothing may go on: long work makes way then."""
        with self._changed:
            return self._stopped or self._paused or self._wanted or bool(self._writes)

    def age(self) -> float:
        """Seconds since the last read was completed (or the worker was made)."""
        return time.monotonic() - self._answered

    def overdue(self) -> Failure | None:
        """A failure that says so while the work under way is past its deadline; else None. Cheap, never waits."""
        since = self.busy_since
        if since is None or time.monotonic() - since < self._deadline:
            return None
        return Failure(self.name, f"no answer for {self._deadline:g} s, still waiting")

    def _write_one(self) -> None:
        with self._changed:
            self._writing = True
            write = self._writes.popleft()
        try:
            write()
        finally:
            with self._changed:
                self._writing = False

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._ready():
                    self._changed.wait_for(self._ready, None if self._paused else self._every)
                if self._stopped and not self._writes:
                    return
                if self._paused and not self._writes:
                    continue
                self._wanted = False
                self.busy_since = time.monotonic()
                self._changed.notify_all()
            self.read_once()
            with self._changed:
                self.busy_since = None
                self._changed.notify_all()

    def _ready(self) -> bool:
        return self._stopped or bool(self._writes) or (self._wanted and not self._paused)


def describe(error: BaseException) -> str:
    """`error` as one line; an operating system error by its own words and the file it names."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: `{error.filename}`" if error.filename else error.strerror
    text = " ".join(str(error).split())
    return text or type(error).__name__
