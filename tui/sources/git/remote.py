"""The fleet as the dashboard's source: it is read in a process of its own, and this is the end that listens.

The process is started anew where it ends or falls silent (`aside`); nothing is lost then, for what the person said is
in files. What is said is `orders`, the other end `tui.gitworker`.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from tui.domain.detail import RepositoryDetail
from tui.domain.evidence import Trace
from tui.domain.repos import Fleet, Repository
from tui.sources.aside import Aside
from tui.sources.git.lane_asking import LaneAsking
from tui.sources.git.lane_orders import LaneOrder
from tui.sources.git.orders import News, Order, Tiding, Wanted
from tui.sources.git.run import GitError
from tui.sources.wire import from_plain

ANSWER_SECONDS = 10.0
"""How long the answer to an order is waited for that has one."""


class _Known(Struct):
    """What was told so far."""

    rows: dict[Path, Repository] = field(default_factory=dict)
    versions: dict[Path, int] = field(default_factory=dict)
    order: tuple[Path, ...] | None = None
    """The paths of `rows`, sorted; None where one came or went since they were."""
    last: News | None = None
    taken_at: datetime | None = None


class RemoteFleet:
    """The repositories under the roots of `wanted`. `read` and what marks are for one thread; the rest for any."""

    def __init__(self, wanted: Wanted, now: Callable[[], datetime]) -> None:
        self.notify: Callable[[], None] = _nobody
        """Called, on any thread, when there is something new to `read`."""
        self.opened: Callable[[RepositoryDetail], object] = _nobody_asked
        """Called, on any thread, with each answer to `open_repository`."""
        self.traced: Callable[[Trace], object] = _nobody_asked
        """Called, on any thread, with each answer to `trace`."""
        self.shown: Mapping[Path, int] = {}
        """Which reading of each repository is in the snapshot that was handed on last."""
        self.lanes = LaneAsking(self._send_lane)
        """What is wanted of lanes and new repositories."""
        self._wanted = wanted
        self._now = now
        self._aside = Aside(
            "tui.gitworker",
            "the process that reads repositories",
            first=self._begin,
            take=self._take,
            ring=self._ring,
            ended=self.lanes.lose,
        )
        self._lock = threading.Lock()
        self._known = _Known()
        self._fresh = False
        self._failures: list[str] = []
        self._answers: dict[int, queue.SimpleQueue[str | None]] = {}
        self._number = 0
        self._age_then = 0.0
        self._closed = False

    @property
    def process(self) -> int | None:
        """The number of the process that reads; None while there is none."""
        return self._aside.process

    def read(self) -> Iterator[Fleet]:
        """What was told since the last time, as one snapshot; nothing where nothing was. Never waits.

        Raises GitError where the process ended or the pass in it failed; it goes on by itself.
        """
        self._aside.look_after()
        with self._lock:
            failures, self._failures = self._failures, []
            fresh, self._fresh = self._fresh, False
            news = (self._fleet(), dict(self._known.versions)) if fresh else None
        if news is not None:
            yield news[0]
            self.shown = news[1]
        failures += self._aside.failures()
        if failures:
            raise GitError(failures[-1])

    def request(self, paths: Iterable[Path] | None = None, *, heal: bool = False) -> None:
        """Have `paths` read again whatever is known of them; all, with a look for new ones, for None.

        `heal` mends an index that makes git slow, which writes to it.
        """
        self._aside.order(Order("request", None if paths is None else tuple(paths), heal=heal))

    def select(self, path: Path) -> None:
        """The person is looking at the repository at `path`."""
        self._aside.order(Order("select", (path,)))

    def pause(self, paused: bool) -> None:
        """Let no pass begin while `paused`; one follows when it ends."""
        self._aside.order(Order("pause", paused=paused))

    def open_repository(self, path: Path) -> None:
        """Read all about one repository; `opened` is called with it."""
        self._aside.order(Order("open", (path,)))

    def trace(self, since: Mapping[Path, datetime], *, areas: bool = False) -> None:
        """Read what was committed in each repository since its moment; `traced` is called with each."""
        self._aside.order(Order("trace", tuple(since), since=tuple(since.values()), areas=areas))

    def fetch(self, paths: Iterable[Path] | None) -> None:
        """Fetch from the remotes of `paths`; of all for None."""
        self._aside.order(Order("fetch", None if paths is None else tuple(paths)))

    def mark_seen(self, paths: Iterable[Path], shown: Mapping[Path, int]) -> None:
        """Remember `paths` as they were in the readings `shown`. Raises GitError where that could not be done."""
        wanted = tuple(paths)
        self._have_marked(Order("seen", wanted, tuple(shown.get(path, 0) for path in wanted)))

    def unmark_seen(self) -> None:
        """Take back what was marked last. Raises GitError where that could not be done."""
        self._have_marked(Order("unseen"))

    def _have_marked(self, order: Order) -> None:
        self._number += 1
        answer: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._answers[self._number] = answer
        self._aside.order(replace(order, number=self._number))
        try:
            problem = answer.get(timeout=ANSWER_SECONDS)
        except queue.Empty:
            problem = "what is marked seen is as it was: the process that reads repositories does not answer"
        finally:
            del self._answers[self._number]
        if problem:
            raise GitError(problem)

    def age(self) -> float:
        """Seconds since the last whole pass over the fleet was completed."""
        return self._age_then + self._aside.silent_for

    def close(self) -> None:
        """End the process and everything it started; at once, or nearly."""
        self._closed = True
        self._aside.close()

    def _begin(self) -> Wanted:
        with self._lock:
            self._known.versions.clear()
        return replace(self._wanted, void=self.lanes.void)

    def _send_lane(self, order: LaneOrder) -> None:
        self._aside.order(Order("lane", lane=order))

    def _take(self, plain: dict[str, Any], first: bool) -> None:
        tiding = from_plain(plain, Tiding)
        if tiding.age is not None:
            self._age_then = tiding.age
        elif tiding.detail is not None:
            self.opened(tiding.detail)
        elif tiding.trace is not None:
            self.traced(tiding.trace)
        elif tiding.lane is not None:
            self.lanes.take(tiding.lane)
        elif tiding.answered is not None:
            if answer := self._answers.get(tiding.answered):
                answer.put(tiding.error)
        elif tiding.news is not None:
            if tiding.news.complete:
                self._aside.settled()
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


def _nobody() -> None:
    """Stands for `notify` while nobody wants to be told."""


def _nobody_asked(_detail: Any) -> None:
    """Stands for `opened` while nobody asks."""
