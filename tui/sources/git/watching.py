"""The watches of a fleet that grows and shrinks: what is new gets a watch of its own, until starting anew is better."""

import threading
from collections.abc import Callable, Collection
from pathlib import Path

from tui.sources.git.watch import Watch

_MOST_WATCHES = 8


class Watching:
    """Several watches that report to one place. `cover` is for one thread; the rest for any."""

    def __init__(self, changed: Callable[[set[Path]], None], ready: Callable[[], None]) -> None:
        self._changed = changed
        self._ready = ready
        self._lock = threading.Lock()
        self._watches: tuple[Watch, ...] = ()
        self._tried: frozenset[Path] = frozenset()

    @property
    def problem(self) -> str | None:
        """Why some changes are not watched, as a sentence; None where all are."""
        return next((watch.problem for watch in self._watches if watch.problem), None)

    def cover(self, paths: Collection[Path]) -> None:
        """Watch `paths` too, beginning at once and without waiting. What could not be watched is not tried again."""
        wanted = frozenset(paths)
        fresh = wanted - self._tried
        stale = len(self._watches) > _MOST_WATCHES or any(watch.stale for watch in self._watches)
        if not (fresh or stale):
            return
        if stale:
            self.stop()
            fresh = wanted
            self._tried = frozenset()
        watch = Watch(fresh, self._changed, ready=self._ready)
        with self._lock:
            self._watches = (watch,) if stale else (*self._watches, watch)
            self._tried |= wanted
        watch.start()

    def since(self, path: Path) -> float | None:
        """From when on every change in `path` is reported (`time.monotonic()`); None where none is."""
        for watch in self._watches:
            if path in watch.paths:
                return watch.since
        return None

    def covers(self, paths: Collection[Path]) -> bool:
        """True where changes in all `paths` (and there are some) are reported."""
        return bool(paths) and all(self.since(path) is not None for path in paths)

    def stop(self) -> None:
        """End every watch at once."""
        with self._lock:
            for watch in self._watches:
                watch.stop()
            self._watches = ()
