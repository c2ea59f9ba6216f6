"""The last good fleet in a file of its own, so that the next start shows it at once and need not search for it.

A copy that can always be made anew: one that is missing, damaged or of other roots is as good as none.
"""

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.repos import Fleet, Moved, Repository
from tui.sources.whole_file import WholeFileError, read_whole, write_whole
from tui.sources.wire import WireError, format_line, read_line, to_plain

log = logging.getLogger(__name__)
Kept = TypeVar("Kept")

WRITE_SECONDS = 60.0
"""The file is written no more often than this, and at the end."""

_SCHEMA = 1
_MOST_MOVED = 50
"""Commits kept of what moved in one repository: enough for its row, which is read anew soon after."""


class _Saved(Struct, frozen=True):
    schema: int
    fleet: Fleet


class _SavedMoved(Struct, frozen=True):
    schema: int
    moved: dict[str, tuple[Moved, ...]]


class SavedFleet:
    """The files of the last good fleet and of what moved in it, and what is to be written to them. One thread at a
    time; `moved` may be left out where only the fleet is wanted."""

    def __init__(self, path: Path, moved: Path | None = None) -> None:
        self.path = path
        self._moved_path = moved
        self._fleet: Fleet | None = None
        self._moved: Mapping[str, tuple[Moved, ...]] = {}
        self._written: object = None
        self._written_at = -WRITE_SECONDS

    def read(self, roots: tuple[Path, ...]) -> Fleet | None:
        """The fleet as it was last under the same `roots`, its rows `pending`; None where none is known."""
        saved = _read(self.path, _Saved)
        if saved is None or saved.schema != _SCHEMA or saved.fleet.roots != roots:
            return None
        waiting = tuple(replace(repository, pending=True) for repository in saved.fleet.repositories)
        return replace(saved.fleet, repositories=waiting, complete=False, watched=False, remembered=True)

    def read_moved(self) -> Mapping[str, tuple[Moved, ...]]:
        """What moved as it was last; empty where nothing is known."""
        saved = _read(self._moved_path, _SavedMoved) if self._moved_path else None
        return saved.moved if saved is not None and saved.schema == _SCHEMA else {}

    def keep(self, fleet: Fleet, moved: Mapping[str, tuple[Moved, ...]]) -> None:
        """Take `fleet` as the last good one; it is written when it is time to."""
        self._fleet, self._moved = fleet, moved
        if time.monotonic() - self._written_at >= WRITE_SECONDS:
            self.write()

    def write(self) -> None:
        """Write what is not written yet. A file that cannot be written is no failure of the fleet."""
        fleet, now = self._fleet, (self._fleet, self._moved)
        if fleet is None or now == self._written:
            return
        kept = replace(fleet, repositories=tuple(map(_shortened, fleet.repositories)), problems=(), fetching=None)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self.path, format_line(to_plain(_Saved(_SCHEMA, kept))), durable=False)
            if self._moved_path is not None:
                line = format_line(to_plain(_SavedMoved(_SCHEMA, dict(self._moved))))
                write_whole(self._moved_path, line, durable=False)
        except (OSError, WholeFileError) as error:
            log.info("the fleet cannot be saved: %s", error)
        self._written, self._written_at = now, time.monotonic()


def _read(path: Path, kind: type[Kept]) -> Kept | None:
    try:
        content = read_whole(path)
        return None if content is None else read_line(content, kind)
    except (WholeFileError, WireError) as error:
        log.info("what was saved of the fleet is of no use: %s", error)
        return None


def _shortened(repository: Repository) -> Repository:
    return replace(repository, moved=repository.moved[:_MOST_MOVED])
