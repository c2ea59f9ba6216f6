"""How soon and how often a change is reported: soon after the first, and a burst of them as one. No I/O.

Times are `time.monotonic()` seconds.
"""

import time
from collections.abc import Iterable
from pathlib import Path

QUIET_SECONDS = 0.03
"""A change is reported when its repository was quiet for so long, …"""

MOST_SECONDS = 0.1
"""… and where it never is, so long after the first."""

SPACING_SECONDS = 0.4
"""Two reports of one repository are at least this far apart: a rebase or a build goes on for seconds."""


class Notices:
    """Changes that were noticed and not reported yet. For one thread."""

    def __init__(self) -> None:
        self._first: dict[Path, float] = {}
        self._last: dict[Path, float] = {}
        self._told: dict[Path, float] = {}

    def add(self, paths: Iterable[Path]) -> None:
        """Something changed in each of `paths`, now."""
        at = time.monotonic()
        for path in paths:
            self._first.setdefault(path, at)
            self._last[path] = at

    def wait(self) -> float | None:
        """Seconds until a report is due; None where there is nothing to report."""
        if not self._first:
            return None
        return max(min(map(self._due_at, self._first)) - time.monotonic(), 0.0)

    def due(self) -> set[Path]:
        """What is to be reported now; it counts as reported."""
        at = time.monotonic()
        found = {path for path in self._first if self._due_at(path) <= at}
        for path in found:
            del self._first[path], self._last[path]
        if found:
            self._told = {path: told for path, told in self._told.items() if at - told < SPACING_SECONDS}
            self._told.update(dict.fromkeys(found, at))
        return found

    def _due_at(self, path: Path) -> float:
        soon = min(self._last[path] + QUIET_SECONDS, self._first[path] + MOST_SECONDS)
        return max(soon, self._told.get(path, soon - SPACING_SECONDS) + SPACING_SECONDS)
