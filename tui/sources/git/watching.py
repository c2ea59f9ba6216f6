"""The watch of a fleet that grows and shrinks, by what the system has for it; where it has nothing, a sentence."""

import sys
import threading
from collections.abc import Callable, Collection
from pathlib import Path

from tui.sources.git.tree_watch import TreeWatch
from tui.sources.git.watch import Watch


class Watching:
    """Reports which repositories changed. `cover` and `stop` are for one thread; the rest for any."""

    def __init__(self, changed: Callable[[set[Path]], None], ready: Callable[[], None]) -> None:
        self._changed = changed
        self._ready = ready
        self._lock = threading.Lock()
        self._watch: Watch | TreeWatch | None = None
        self._failed: str | None = None
        self._stopped = False

    @property
    def problem(self) -> str | None:
        """Why some changes are not watched, as a sentence; None where all are."""
        return self._failed or (self._watch.problem if self._watch else None)

    def cover(self, paths: Collection[Path]) -> None:
        """Watch `paths` and no others, beginning at once and without waiting."""
        with self._lock:
            if self._watch is None and not self._stopped:
                self._open()
            watch = self._watch
        if watch is not None:
            watch.cover(paths)

    def since(self, path: Path) -> float | None:
        """From when on every change in `path` is reported (`time.monotonic()`); None where none is."""
        return self._watch.since(path) if self._watch else None

    def covers(self, paths: Collection[Path]) -> bool:
        """True where changes in all `paths` (and there are some) are reported."""
        return bool(paths) and all(self.since(path) is not None for path in paths)

    def stop(self) -> None:
        """End the watch at once, for good."""
        with self._lock:
            self._stopped = True
            if self._watch is not None:
                self._watch.stop()

    def _open(self) -> None:
        try:
            linux = sys.platform.startswith("linux")
            self._watch = (Watch if linux else TreeWatch)(self._changed, self._ready)
            self._failed = None
        except OSError as error:
            self._failed = f"changes are looked for every few seconds: they cannot be watched ({error.strerror})"
