"""Marking repositories as seen: as they were on screen, not as they have become since."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tui.sources.git.read import Tips
from tui.sources.git.roster import Roster
from tui.sources.git.run import GitError
from tui.sources.git.schedule import Entry
from tui.sources.git.seen import SeenMarks
from tui.sources.git.tips import united


class Marking:
    """The marks of the repositories in `roster`; None where nothing is remembered. What they say of a repository is
    worked out again after each change."""

    def __init__(self, marks: SeenMarks | None, roster: Roster, now: Callable[[], datetime]) -> None:
        self._marks = marks
        self._roster = roster
        self._now = now

    def mark(self, paths: Iterable[Path], shown: Mapping[Path, Tips]) -> None:
        """See `mark`; GitError also where nothing is remembered."""
        with self._changed() as marks:
            mark(marks, paths, shown, self._roster.entries, self._now())

    def take_back(self) -> None:
        """Undo what was marked last. Raises GitError where there is nothing to undo, OSError as `mark`."""
        with self._changed() as marks:
            if not marks.take_back():
                raise GitError("nothing that was marked seen can be taken back any more")

    @contextmanager
    def _changed(self) -> Iterator[SeenMarks]:
        if self._marks is None:
            raise GitError("nothing is remembered here; give a place for the seen marks")
        try:
            yield self._marks
        finally:
            now = time.monotonic()
            rested = [path for path, entry in self._roster.entries.items() if entry.retry_at <= now]
            self._roster.ask(rested, "quiet")  # lanes share the mark of the repository they belong to


def mark(
    marks: SeenMarks, paths: Iterable[Path], shown: Mapping[Path, Tips], entries: Mapping[Path, Entry], now: datetime
) -> None:
    """Remember in `marks` where the branches of `paths` were in `shown`.

    Raises GitError naming the repositories that are in `entries` and not in `shown` (the others are marked), or
    OSError where the marks cannot be written.
    """
    marked: dict[Path, list[Tips]] = {}
    failed = []
    for path in paths:
        if tips := shown.get(path):
            marked.setdefault(tips.folder, []).append(tips)
        elif entry := entries.get(path):
            reason = entry.shown.error or "it was not read yet; try again when it was"
            failed.append(f"`{entry.shown.name}` could not be marked: {reason}")
    oids = {folder: tuple(sorted({oid for tips in found for oid in tips.oids})) for folder, found in marked.items()}
    names = {folder: united(tips.names for tips in found) for folder, found in marked.items()}
    marks.add(oids, now, names)
    if failed:
        raise GitError("; ".join(failed))
