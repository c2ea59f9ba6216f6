"""Marking repositories as seen: as they were on screen, not as they have become since."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from tui.sources.git.read import Tips
from tui.sources.git.run import GitError
from tui.sources.git.schedule import Entry
from tui.sources.git.seen import SeenMarks
from tui.sources.git.tips import united


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
    if marked:
        oids = {folder: tuple(sorted({oid for tips in found for oid in tips.oids})) for folder, found in marked.items()}
        names = {folder: united(tips.names for tips in found) for folder, found in marked.items()}
        marks.add(oids, now, names)
    if failed:
        raise GitError("; ".join(failed))
