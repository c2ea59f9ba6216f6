"""The last good fleet in a file of its own, so that the next start shows it at once and need not search for it.

A copy that can always be made anew: one that is missing, damaged or of other roots is as good as none.
"""

import logging
import time
from dataclasses import dataclass, replace
from pathlib import Path

from tui.domain.repos import Fleet, Repository
from tui.sources.git.wire import WireError, format_line, from_plain, parse_line, to_plain
from tui.sources.whole_file import WholeFileError, read_whole, write_whole

log = logging.getLogger(__name__)

WRITE_SECONDS = 60.0
"""The file is written no more often than this, and at the end."""

_SCHEMA = 1
_MOST_MOVED = 50
"""Commits kept of what moved in one repository: enough for its row, which is read anew soon after."""


@dataclass(frozen=True, slots=True)
class _Saved:
    schema: int
    fleet: Fleet


class SavedFleet:
    """The file and what is to be written to it. One thread at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fleet: Fleet | None = None
        self._written: Fleet | None = None
        self._written_at = -WRITE_SECONDS

    def read(self, roots: tuple[Path, ...]) -> Fleet | None:
        """The fleet as it was last under the same `roots`, its rows `pending`; None where none is known."""
        try:
            content = read_whole(self.path)
            if content is None:
                return None
            saved = from_plain(parse_line(content), _Saved)
        except (WholeFileError, WireError) as error:
            log.info("the saved fleet is of no use: %s", error)
            return None
        if saved.schema != _SCHEMA or saved.fleet.roots != roots:
            return None
        waiting = tuple(replace(repository, pending=True) for repository in saved.fleet.repositories)
        return replace(saved.fleet, repositories=waiting, complete=False, watched=False, remembered=True)

    def keep(self, fleet: Fleet) -> None:
        """Take `fleet` as the last good one; it is written when it is time to."""
        self._fleet = fleet
        if time.monotonic() - self._written_at >= WRITE_SECONDS:
            self.write()

    def write(self) -> None:
        """Write what is not written yet. A file that cannot be written is no failure of the fleet."""
        fleet = self._fleet
        if fleet is None or fleet == self._written:
            return
        kept = replace(fleet, repositories=tuple(map(_shortened, fleet.repositories)), problems=(), fetching=None)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self.path, format_line(to_plain(_Saved(_SCHEMA, kept))), durable=False)
        except (OSError, WholeFileError) as error:
            log.info("the fleet cannot be saved: %s", error)
        self._written, self._written_at = fleet, time.monotonic()


def _shortened(repository: Repository) -> Repository:
    return replace(repository, moved=repository.moved[:_MOST_MOVED])
