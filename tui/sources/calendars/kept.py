"""Shelves on disk, so that the next start need not read large calendars again: which events are where, never a text.

A copy that can always be made anew: one that is missing, damaged, of another version or of another source is as good as
none. Whether a document is still what was indexed, its signature says; whoever uses a shelf checks that.
"""

import hashlib
import logging
import os
import sys
from pathlib import Path

import msgspec
from msgspec import Struct

from tui.sources.calendars.files import Document, Shelf
from tui.sources.calendars.index import KEY_BYTES, Index
from tui.sources.calendars.rows import Rows
from tui.sources.calendars.zones import MAX_STEPS, Zones, no_more_than
from tui.sources.whole_file import WholeFileError, read_whole, write_whole

log = logging.getLogger(__name__)

WORTH_BYTES = 256 * 1024
"""Smaller sources are read as fast as what was kept of them."""

_FORM = f"2 {sys.byteorder}"
"""Counts up with what a row or an index means, so that what another version kept is made anew."""
_DIGEST = 16


class _Document(Struct, frozen=True):
    name: str
    signature: tuple[int, int, int, int, int]
    scopes: tuple[int, ...]
    floating: tuple[str, ...]
    problems: tuple[str, ...]
    end: int
    in_parts: bool


class _Kept(Struct, frozen=True):
    form: str
    source: str
    key: bytes
    scopes: tuple[tuple[tuple[str, bytes], ...], ...]
    """The zones of each scope there is, as TZID and definition; documents mean them by number."""
    documents: tuple[_Document, ...]
    rows: dict[str, bytes]
    problems: tuple[str, ...]
    label: str
    color: str


class KeptShelves:
    """The folder shelves are kept in, private to this person."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, source: Path) -> Shelf | None:
        """The shelf of `source` as it was kept; None where nothing (usable) is."""
        try:
            content = read_whole(self._place(source))
        except WholeFileError as error:
            log.info("what was kept of a calendar cannot be read: %s", error)
            return None
        if content is None:
            return None
        digest, plain = content[:_DIGEST], content[_DIGEST:]
        if hashlib.blake2b(plain, digest_size=_DIGEST).digest() != digest:
            log.info("what was kept of a calendar is damaged; it is read anew")
            return None
        try:
            kept = msgspec.msgpack.decode(plain, type=_Kept)
            return _shelf(kept, source) if kept.form == _FORM and kept.source == os.fspath(source) else None
        except (msgspec.MsgspecError, ValueError, IndexError) as error:
            log.info("what was kept of a calendar is of no use: %s", error)
            return None

    def write(self, source: Path, shelf: Shelf) -> None:
        """Keep `shelf` of `source`, where it is large. What cannot be kept is said in the log: it is read next time."""
        if sum(document.signature[2] for document in shelf.documents) < WORTH_BYTES:
            return
        try:
            plain = msgspec.msgpack.encode(_kept(shelf, source))
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            digest = hashlib.blake2b(plain, digest_size=_DIGEST).digest()
            write_whole(self._place(source), digest + plain, durable=False)
        except (OSError, ValueError, WholeFileError) as error:  # a name that is no UTF-8 is a ValueError
            log.info("the index of a calendar cannot be kept: %s", error)

    def _place(self, source: Path) -> Path:
        return self._folder / f"{hashlib.sha256(os.fsencode(source)).hexdigest()[:32]}.index"


def _kept(shelf: Shelf, source: Path) -> _Kept:
    scopes: dict[tuple[tuple[str, bytes], ...], int] = {}
    documents = []
    for document in shelf.documents:
        index = document.index
        numbers = [scopes.setdefault(tuple(zones.definitions.items()), len(scopes)) for zones in index.scopes]
        documents.append(
            _Document(
                document.path.name,
                document.signature,
                tuple(numbers),
                index.floating,
                index.problems,
                document.end,
                document.in_parts,
            )
        )
    return _Kept(
        _FORM,
        os.fspath(source),
        shelf.key,
        tuple(scopes),
        tuple(documents),
        shelf.rows.to_bytes(),
        shelf.problems,
        shelf.label,
        shelf.color,
    )


def _shelf(kept: _Kept, source: Path) -> Shelf:
    """Raises ValueError or IndexError where its parts do not fit together."""
    rows = Rows.from_bytes(kept.rows)
    budget = no_more_than(MAX_STEPS) if len(kept.documents) == 1 else None
    scopes = [Zones(dict(definitions), budget or no_more_than(MAX_STEPS)) for definitions in kept.scopes]
    documents = []
    begin = 0
    for document in kept.documents:
        path = source if document.name == source.name and len(kept.documents) == 1 else source / document.name
        if not begin <= document.end <= len(rows) or "/" in document.name or document.name in ("", ".", ".."):
            raise ValueError("a document is not where its rows are")
        index = Index(tuple(scopes[number] for number in document.scopes), document.floating, document.problems)
        documents.append(Document(path, document.signature, index, begin, document.end, document.in_parts))
        begin = document.end
    if begin != len(rows) or len(kept.key) != KEY_BYTES:
        raise ValueError("there are rows of no document")
    return Shelf(tuple(documents), rows, kept.key, kept.problems, kept.label, kept.color)
