"""The fleet as the dashboard's source: it is read in a process of its own, and this is the end that listens.

What is asked for is written by one thread and what is told read by another, so that no caller ever waits for a
pipe. The process is started anew where it ends or falls silent; nothing is lost then, for what the person said is
in files. What is said is `orders`, the other end `tui.gitworker`.
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
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from tui.domain.detail import RepositoryDetail
from tui.domain.repos import Fleet, Repository
from tui.sources.git.orders import News, Order, Tiding, Wanted
from tui.sources.git.run import GitError
from tui.sources.git.wire import WireError, format_line, from_plain, parse_line, to_plain

log = logging.getLogger(__name__)

SILENT_SECONDS = 15.0
"""How long without a sign of life before the process is ended and started anew."""

DOUBT_SECONDS = 3.0
"""How long after that it is given to be heard after all."""

START_SECONDS = 60.0
"""The same before its first word: a machine that is busy may take long to load it."""

ANSWER_SECONDS = 10.0
"""How long the answer to an order is waited for that has one."""

LEAVE_SECONDS = 0.3
"""How long the process may take to leave by itself."""

_MOST_BACK_OFF = 60.0
_KEPT_COMPLAINT = 2000
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from tui.gitworker import main; main()"


@dataclass(slots=True)
class _Known:
    """What was told so far."""

    rows: dict[Path, Repository] = field(default_factory=dict)
    versions: dict[Path, int] = field(default_factory=dict)
    order: tuple[Path, ...] | None = None
    """The paths of `rows`, sorted; None where one came or went since they were."""
    last: News | None = None
    taken_at: datetime | None = None


class RemoteFleet:
    """The repositories under the roots of `wanted`. `read` and `mark_seen` are for one thread; the rest for any."""

    def __init__(self, wanted: Wanted, now: Callable[[], datetime]) -> None:
        self.notify: Callable[[], None] = _nobody
        """Called, on any thread, when there is something new to `read`."""
        self.opened: Callable[[RepositoryDetail], object] = _nobody_asked
        """Called, on any thread, with each answer to `open_repository`."""
        self.shown: Mapping[Path, int] = {}
        """Which reading of each repository is in the snapshot that was handed on last."""
        self._wanted = wanted
        self._now = now
        self._lock = threading.Lock()
        self._known = _Known()
        self._fresh = False
        self._failures: list[str] = []
        self._answers: dict[int, queue.SimpleQueue[str | None]] = {}
        self._number = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._complaint: IO[bytes] | None = None
        self._heard = time.monotonic()
        self._greeted = False
        """Whether the process has said anything yet."""
        self._doubted_at: float | None = None
        self._age_then = 0.0
        self._starts = 0
        self._start_at = 0.0
        self._closed = False

    def read(self) -> Iterator[Fleet]:
        """What was told since the last time, as one snapshot; nothing where nothing was. Never waits.

        Raises GitError where the process ended or the pass in it failed; it goes on by itself.
        """
        self._look_after()
        with self._lock:
            failures, self._failures = self._failures, []
            fresh, self._fresh = self._fresh, False
            news = (self._fleet(), dict(self._known.versions)) if fresh else None
        if news is not None:
            yield news[0]
            self.shown = news[1]
        if failures:
            raise GitError(failures[-1])

    def request(self, paths: Iterable[Path] | None = None, *, heal: bool = False) -> None:
        """Have `paths` read again whatever is known of them; all, with a look for new ones, for None.

        `heal` mends an index that makes git slow, which writes to it.
        """
        self._order(Order("request", None if paths is None else tuple(paths), heal=heal))

    def select(self, path: Path) -> None:
        """The person is looking at the repository at `path`."""
        self._order(Order("select", (path,)))

    def pause(self, paused: bool) -> None:
        """Let no pass begin while `paused`; one follows when it ends."""
        self._order(Order("pause", paused=paused))

    def open_repository(self, path: Path) -> None:
        """Read all about one repository; `opened` is called with it."""
        self._order(Order("open", (path,)))

    def fetch(self, paths: Iterable[Path] | None) -> None:
        """Fetch from the remotes of `paths`; of all for None."""
        self._order(Order("fetch", None if paths is None else tuple(paths)))

    def mark_seen(self, paths: Iterable[Path], shown: Mapping[Path, int]) -> None:
        """Remember `paths` as they were in the readings `shown`. Raises GitError where that could not be done."""
        wanted = tuple(paths)
        self._number += 1
        answer: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._answers[self._number] = answer
        versions = tuple(shown.get(path, 0) for path in wanted)
        self._order(Order("seen", wanted, versions, self._number))
        try:
            problem = answer.get(timeout=ANSWER_SECONDS)
        except queue.Empty:
            problem = "what moved is not marked as seen: the process that reads repositories does not answer"
        finally:
            del self._answers[self._number]
        if problem:
            raise GitError(problem)

    def age(self) -> float:
        """Seconds since the last whole pass over the fleet was completed."""
        return self._age_then + time.monotonic() - self._heard

    def close(self) -> None:
        """End the process and everything it started; take at most about `LEAVE_SECONDS`."""
        self._closed = True
        with self._lock:
            self._orders.put(None)
        child = self._child
        if child is None:
            return
        with suppress(subprocess.TimeoutExpired):
            child.wait(LEAVE_SECONDS)
        _end(child)
        if self._complaint is not None:
            self._complaint.close()

    def _order(self, order: Order) -> None:
        with self._lock:
            self._orders.put(order)

    def _look_after(self) -> None:
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

    def _say_ended(self, why: str) -> None:
        self._start_at = time.monotonic() + min(2.0 ** max(self._starts - 1, 0), _MOST_BACK_OFF)
        if self._complaint is not None:
            self._complaint.close()
        if self._closed:
            return
        log.warning("the process that reads repositories %s", why)
        with self._lock:
            self._failures.append(f"the process that reads repositories {why}; it is started again")

    def _start(self) -> None:
        self._starts += 1
        self._heard, self._greeted = time.monotonic(), False
        self._complaint = tempfile.TemporaryFile()  # noqa: SIM115 - read when the process has ended
        home = str(Path(__file__).resolve().parents[3])  # where the package lies, never the current folder
        try:
            child = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM, home],
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
            self._known.versions.clear()
        for target in (self._write, self._listen):
            threading.Thread(target=target, args=(child, self._orders), name="gitworker", daemon=True).start()
        self._child = child
        if self._closed:
            _end(child)

    def _write(self, child: "subprocess.Popen[bytes]", orders: "queue.SimpleQueue[Order | None]") -> None:
        """On a thread of its own: the pipe may be full."""
        pipe = child.stdin
        if pipe is None:
            return
        try:
            _put(pipe, self._wanted)
            while (order := orders.get()) is not None:
                _put(pipe, order)
        except OSError:  # the process has ended, which is noticed elsewhere
            log.debug("the process that reads repositories takes no more orders")
        with suppress(OSError):
            pipe.close()

    def _listen(self, child: "subprocess.Popen[bytes]", orders: "queue.SimpleQueue[Order | None]") -> None:
        """On a thread of its own, until the process ends; the thread that writes ends with it."""
        pipe = child.stdout
        if pipe is None:
            return
        first = True
        with pipe:
            for line in pipe:
                try:
                    self._take(from_plain(parse_line(line), Tiding), first=first)
                except WireError as error:
                    log.warning("a line of the process that reads repositories is of no use: %s", error)
                    _end(child)
                    break
                first = False
        orders.put(None)
        self._ring()

    def _take(self, tiding: Tiding, *, first: bool) -> None:
        self._heard, self._doubted_at = time.monotonic(), None
        self._greeted = True
        if tiding.age is not None:
            self._age_then = tiding.age
        elif tiding.detail is not None:
            self.opened(tiding.detail)
        elif tiding.answered is not None:
            if answer := self._answers.get(tiding.answered):
                answer.put(tiding.error)
        elif tiding.news is not None:
            self._starts = 0 if tiding.news.complete else self._starts
            with self._lock:
                if first:
                    self._known.rows.clear()
                    self._known.order = None
                self._learn(tiding.news)
            self._ring()
        elif tiding.error is not None:
            with self._lock:
                self._failures.append(tiding.error)
            self._ring()

    def _learn(self, news: News) -> None:
        """Take in what differs; called with the lock held."""
        if news.gone or any(row.repository.path not in self._known.rows for row in news.rows):
            self._known.order = None
        for row in news.rows:
            self._known.rows[row.repository.path] = row.repository
            self._known.versions[row.repository.path] = row.version
        for path in news.gone:
            self._known.rows.pop(path, None)
            self._known.versions.pop(path, None)
        self._known.last, self._known.taken_at = replace(news, rows=()), self._now()
        self._fresh = True

    def _fleet(self) -> Fleet:
        news = self._known.last or News(())
        if self._known.order is None:
            self._known.order = tuple(sorted(self._known.rows))
        return Fleet(
            repositories=tuple(self._known.rows[path] for path in self._known.order),
            roots=self._wanted.roots,
            problems=news.problems,
            complete=news.complete,
            watched=news.watched,
            fetching=news.fetching,
            taken_at=self._known.taken_at,
        )

    def _ring(self) -> None:
        if not self._closed:
            self.notify()


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


def _nobody() -> None:
    """Stands for `notify` while nobody wants to be told."""


def _nobody_asked(_detail: Any) -> None:
    """Stands for `opened` while nobody asks."""
