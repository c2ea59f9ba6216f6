"""Files the backlog is imported from and exported to, and an import's way into the store. What they say is parsed by
`tui.domain.exchange`.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from msgspec.structs import replace

from tui.domain.backlog import Backlog, Item
from tui.domain.changes import Change
from tui.domain.exchange.joining import Joining
from tui.domain.exchange.losses import Reading
from tui.domain.exchange.text import MAX_BYTES
from tui.sources.backlog import BacklogStore, random_id
from tui.sources.backlog_entry import cleaned
from tui.sources.whole_file import WholeFileError, real_place, refuse_protected, write_whole


def read_import(path: Path | None) -> bytes:
    """All of a file or a pipe; of standard input where `path` is None. At most a byte more than MAX_BYTES, so that
    parsing can tell. Raises WholeFileError.
    """
    try:
        if path is not None:
            with path.open("rb") as file:
                return _read(file)
        if sys.stdin is None:
            raise WholeFileError("standard input is closed; name a file")
        return _read(sys.stdin.buffer)
    except (OSError, ValueError) as error:
        named = f"`{path}`" if path is not None else "standard input"
        raise WholeFileError(f"cannot read {named}: {getattr(error, 'strerror', None) or error}") from error


def write_export(path: Path, text: str, store: BacklogStore) -> None:
    """Replace `path` by `text`, whole or not at all, but never the backlog itself. Raises WholeFileError."""
    place, backlog = real_place(path), real_place(store.path)
    if place in (backlog, backlog.with_name(f"{backlog.name}.bak")):
        raise WholeFileError(f"`{path}` is the backlog's own file; name another one to export to")
    if place.exists() and not place.is_file():
        raise WholeFileError(f"`{path}` is not a regular file; name another one, or none for standard output")
    refuse_protected(place)
    write_whole(place, text.encode("utf-8", "replace"))


def storable(reading: Reading) -> Reading:
    """`reading` as the backlog's file will give it back, to be compared with what is there."""
    return replace(reading, items=tuple(cleaned(item) for item in reading.items))


def take_over(
    store: BacklogStore, here: Iterable[Item], joining: Joining, *, overwrite: bool
) -> tuple[tuple[Item, ...], Backlog]:
    """Write what is new, and where `overwrite` what differs, at once. The new items with their ids, and the backlog.

    `here` are the items the joining was made for. Raises BacklogError.
    """
    taken = {item.id for item in (*here, *joining.added)}
    added = []
    for item in joining.added:
        id = item.id or random_id()
        while not item.id and id in taken:
            id = random_id()
        taken.add(id)
        added.append(replace(item, id=id))
    changes = (*(Change(None, item) for item in added), *(joining.differing if overwrite else ()))
    return tuple(added), store.change(changes)


def _read(file: BinaryIO) -> bytes:
    return file.read(MAX_BYTES + 1)
