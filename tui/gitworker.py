"""The process git is run from: a fleet read away from the screen, so that neither shares an interpreter's lock.

The dashboard starts it (`tui.sources.git.remote`), tells it what is wanted on its standard input and reads what it
found from its standard output (`tui.sources.git.orders`). It ends when its input does. A second program beside
`tui.__main__`: it too reads the clock and knows every part it needs.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from tui.domain.repos import Fleet, Repository
from tui.refresh import Failure, Worker, describe
from tui.sources.git.fleet import FleetSource
from tui.sources.git.lane_orders import LaneAnswer
from tui.sources.git.lane_wishes import LaneWishes, Terms
from tui.sources.git.orders import News, Order, Row, Tiding, Wanted
from tui.sources.git.read import Tips
from tui.sources.git.run import GitError
from tui.sources.git.saved import SavedFleet
from tui.sources.wire import MAX_LINE, WireError, read_line
from tui.voice import Voice, begin, leave

LOOK_SECONDS = 30.0
"""How often the fleet is asked in any case which repositories are due; before that it says so itself."""

BEAT_SECONDS = 2.0

LANE_SECONDS = 20.0
"""How long the work on lanes under way may take when the orders end: where nobody ends this process, it is finished."""

_KEPT_VERSIONS = 8


class GitWorker:
    """One fleet, its orders and its tidings."""

    def __init__(self, wanted: Wanted, voice: Voice) -> None:
        self._voice = voice
        self._told: dict[Path, tuple[Repository, Tips | None]] = {}
        self._tips: dict[Path, dict[int, Tips]] = {}
        """Where branches were in the last readings told, by version."""
        self._version = 0
        self._ended = threading.Event()
        self._saved = SavedFleet(wanted.saved, wanted.moved) if wanted.saved else None
        self._source = FleetSource(
            wanted.settings,
            wanted.roots,
            wanted.me,
            wanted.seen,
            _now,
            shadows=wanted.shadows,
            saved=self._saved.read(wanted.roots) if self._saved else None,
            moved=self._saved.read_moved() if self._saved else None,
        )
        self._worker = Worker("repos", self._source.read, self._tell, self._say_failure, every=LOOK_SECONDS)
        self._source.notify = self._worker.request
        trusted = frozenset(map(Path, wanted.settings.trusted))
        terms = Terms(wanted.lanes, trusted, wanted.keep, wanted.shadows)
        self._lanes = LaneWishes(terms, self._tell_of_lane, self._source.look_for, wanted.void)

    def run(self, orders: BinaryIO) -> None:
        """Read the fleet and carry out `orders` until they end."""
        self._worker.start()
        threading.Thread(target=self._beat, name="sign-of-life", daemon=True).start()
        while line := orders.readline(MAX_LINE):
            self._carry_out(read_line(line, Order))
        self._end()

    def _carry_out(self, order: Order) -> None:
        match order.do:
            case "request":
                self._source.request(order.paths, heal=order.heal)
                self._worker.request()
            case "select":
                for path in order.paths or ():
                    self._source.select(path)
            case "pause":
                self._worker.pause(order.paused)
            case "seen":
                shown = self._shown_in(order)
                self._mark(order, lambda: self._source.mark_seen(order.paths or (), shown))
            case "unseen":
                self._mark(order, self._source.unmark_seen)
            case "open":
                for path in order.paths or ():
                    threading.Thread(target=self._open, args=(path,), name="repository-detail", daemon=True).start()
            case "trace":
                threading.Thread(target=self._trace, args=(order,), name="repository-traces", daemon=True).start()
            case "lane" if order.lane is not None:
                self._lanes.take(order.lane)
            case "fetch":
                self._source.fetch(order.paths)
            case unknown:
                raise WireError(f"no order is called `{unknown}`")

    def _shown_in(self, order: Order) -> dict[Path, Tips]:
        """Where branches were in the readings that were on screen."""
        versions = zip(order.paths or (), order.versions, strict=True)
        return {path: tips for path, version in versions if (tips := self._tips.get(path, {}).get(version))}

    def _mark(self, order: Order, change: Callable[[], None]) -> None:
        """Change what is marked as seen, answer whether that was done, and read what follows from it."""
        error = None
        try:
            change()
        except (GitError, OSError) as problem:
            error = describe(problem)
        self._voice.say(Tiding(answered=order.number, error=error))
        self._worker.request()

    def _open(self, path: Path) -> None:
        self._voice.say(Tiding(detail=self._source.detail(path)))

    def _trace(self, order: Order) -> None:
        for path, since in zip(order.paths or (), order.since, strict=True):
            self._voice.say(Tiding(trace=self._source.trace(path, since, areas=order.areas)))

    def _tell_of_lane(self, answer: LaneAnswer) -> None:
        self._voice.say(Tiding(lane=answer))

    def _tell(self, fleet: Fleet) -> None:
        """Hand on what differs from what was told. On the worker's thread."""
        rows = []
        for repository in fleet.repositories:
            path = repository.path
            tips = self._source.offered.get(path)
            if self._told.get(path) == (repository, tips):
                continue
            self._version += 1
            rows.append(Row(repository, self._version))
            self._told[path] = (repository, tips)
            if tips:
                latest = list(self._tips.get(path, {}).items())[1 - _KEPT_VERSIONS :]
                self._tips[path] = {**dict(latest), self._version: tips}
        gone = self._told.keys() - {repository.path for repository in fleet.repositories}
        for path in gone:
            del self._told[path]
            self._tips.pop(path, None)
        news = News(tuple(rows), tuple(gone), fleet.problems, fleet.complete, fleet.watched, fleet.fetching)
        self._voice.say(Tiding(news=news))
        if self._saved and fleet.complete:
            self._saved.keep(fleet, self._source.moved_to_save())

    def _say_failure(self, failure: Failure) -> None:
        self._voice.say(Tiding(error=failure.error))

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            self._voice.say(Tiding(age=self._worker.age()))

    def _end(self) -> None:
        self._lanes.wait(LANE_SECONDS)
        self._ended.set()
        self._worker.end()
        self._source.close(patience=0.05)
        if self._saved:
            self._saved.write()


def main() -> None:
    """Read the first order from standard input, then serve until the input ends."""
    wanted, orders, voice = begin(Wanted)
    GitWorker(wanted, voice).run(orders)
    leave()


def _now() -> datetime:
    return datetime.now(UTC)
