"""Calendar files and folders on disk, read and indexed; what did not change is not read again.

Only regular files are opened, and never more of them than a calendar can be. What the text means is `read`.
"""

import os
import re
import stat
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Self

from msgspec import field
from msgspec.structs import replace

from tui.domain.text import safe_text
from tui.domain.values import Value
from tui.sources.calendars.index import (
    KEY_BYTES,
    Index,
    NotCalendarError,
    block_of,
    index_text,
    readable_in_parts,
)
from tui.sources.calendars.lines import plain_bytes
from tui.sources.calendars.rows import Row, Rows

MAX_BYTES = 256 * 1024 * 1024
"""Of one source, a folder as a whole."""
MAX_FILES = 200_000
"""Of one folder."""
KEPT_BYTES = 8 * 1024 * 1024
"""Text of a source kept in memory; what is larger is read again when other days are asked for."""
MAX_LABEL = 1000
MAX_OPEN = 100
"""Files of a folder held open at a time while events are read from them."""

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?")

Signature = tuple[int, int, int, int, int]
"""Device, inode, size and times of change of content and of inode: a file with the same one is the same."""


class CalendarError(Exception):
    """A calendar cannot be read; the message is a sentence that says why."""


class Document(Value, frozen=True):
    """One calendar file as it was read."""

    UNSHOWN: ClassVar[frozenset[str]] = frozenset({"kept"})

    path: Path
    signature: Signature
    index: Index
    begin: int
    """The number of its first row in the shelf, and …"""
    end: int
    """… of the first one that is not its own."""
    in_parts: bool
    """True where rows are places in the file; else in its plain bytes (`lines.plain_bytes`)."""
    kept: bytes | None = None
    """What rows are places in, where it is little."""


class Shelf(Value, frozen=True):
    """What one source holds: a file's one document, or a folder's many. The same content is the same object."""

    UNSHOWN: ClassVar[frozenset[str]] = frozenset({"key"})

    documents: tuple[Document, ...] = ()
    rows: Rows = field(default_factory=Rows)
    key: bytes = field(default_factory=lambda: os.urandom(KEY_BYTES))
    """Makes numbers of UIDs (see `index`)."""
    problems: tuple[str, ...] = ()
    """A sentence for each file that could not be read."""
    label: str = ""
    """A folder's own name for itself (`displayname`)."""
    color: str = ""
    """A folder's `color` file, as `#rrggbb`; empty where it has none."""

    @property
    def modified(self) -> datetime | None:
        """When the newest of its documents was written, in UTC."""
        newest = max((document.signature[3] for document in self.documents), default=None)
        return None if newest is None else datetime.fromtimestamp(newest / 1e9, UTC)


class Blocks:
    """The events of a shelf as text, each read from disk when it is asked for. For one question, then closed."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._texts: dict[int, bytes] = {}
        self._files: dict[int, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._files.values():
            os.close(handle)
        self._files.clear()

    def block(self, row: Row) -> bytes:
        """The inside of an event as plain bytes. Raises CalendarError where its file is not what was indexed."""
        document = self.shelf.documents[row.document]
        text = document.kept if document.kept is not None else self._texts.get(row.document)
        if text is not None:
            piece = text[row.begin : row.end]
        elif document.in_parts:
            piece = self._read(row.document, document, row.begin, row.end)
        else:
            raw, signature = read_regular(document.path, MAX_BYTES)
            _check_same(document, signature)
            text = self._texts[row.document] = plain_bytes(raw)
            piece = text[row.begin : row.end]
        return block_of(piece)

    def check(self) -> None:
        """Raises CalendarError where a file changed while it was being read."""
        for number, handle in self._files.items():
            _check_same(self.shelf.documents[number], signature_of(os.fstat(handle)))

    def _read(self, number: int, document: Document, begin: int, end: int) -> bytes:
        try:
            if number not in self._files:
                if len(self._files) >= MAX_OPEN:
                    self.check()
                    self.__exit__()
                self._files[number] = _opened(document.path)
                _check_same(document, signature_of(os.fstat(self._files[number])))
            return os.pread(self._files[number], end - begin, begin)
        except FileNotFoundError:
            raise CalendarError(f"`{document.path}` is gone; put the calendar back") from None
        except OSError as error:
            raise CalendarError(f"`{document.path}` cannot be read: {_reason(error)}") from None


def _check_same(document: Document, signature: Signature) -> None:
    if signature != document.signature:
        raise CalendarError(f"`{document.path.name}` is being written; it is read again in a moment")


def read_file(path: Path, known: Shelf) -> Shelf:
    """The calendar file `path`; `known` itself where nothing changed. Raises CalendarError with reason and remedy."""
    status = _status(path)
    document = next((document for document in known.documents if document.path == path), None)
    if document is not None and status is not None and signature_of(status) == document.signature:
        if document.kept is None and document.in_parts and document.signature[2] <= KEPT_BYTES:
            raw, signature = read_regular(path, MAX_BYTES)
            if signature == document.signature:
                return replace(known, documents=(replace(document, kept=raw),))
        return known
    rows = Rows()
    try:
        document = _document(path, rows, 0, known.key, MAX_BYTES, KEPT_BYTES)
    except NotCalendarError as error:
        raise CalendarError(f"`{path.name}` cannot be shown: {error}") from None
    return Shelf((document,), rows, known.key)


def read_folder(path: Path, known: Shelf) -> Shelf:
    """The calendar folder `path` (vdir): the regular `*.ics` files in it whose names do not begin with a dot.

    `known` itself where nothing changed. A file that cannot be read is a sentence, and what was last read of it stays.
    Raises CalendarError where the folder itself cannot be read.
    """
    listed = _listed(path)
    label, color = _label(path / "displayname"), _color(path / "color")
    before = {document.path.name: document for document in known.documents}
    same = not known.problems and (known.label, known.color) == (label, color) and len(listed) == len(before)
    if same and all(name in before and before[name].signature == signature for name, signature in listed):
        return known
    return _Filling(path, known, before).filled(listed, label, color)


class _Filling:
    """A folder's shelf being put together: what did not change is taken over, the rest is read."""

    def __init__(self, path: Path, known: Shelf, before: Mapping[str, Document]) -> None:
        self._path = path
        self._known = known
        self._before = before
        self._rows = Rows()
        self._documents: list[Document] = []
        self._problems: list[str] = []
        self._size = self._kept = 0

    def filled(self, listed: Sequence[tuple[str, Signature | None]], label: str, color: str) -> Shelf:
        for name, signature in listed:
            known = self._before.get(name)
            if known is not None and known.signature == signature and self._size + signature[2] <= MAX_BYTES:
                self._take(known)
            else:
                self._read(name, known)
        if len(self._documents) >= MAX_FILES:
            self._problems.append(f"only the first {MAX_FILES} files are read")
        return Shelf(tuple(self._documents), self._rows, self._known.key, tuple(self._problems), label, color)

    def _take(self, known: Document) -> None:
        begin = len(self._rows)
        self._rows.take(self._known.rows, known.begin, known.end, len(self._documents))
        self._put(replace(known, begin=begin, end=len(self._rows)))

    def _read(self, name: str, known: Document | None) -> None:
        room, keep = MAX_BYTES - self._size, KEPT_BYTES - self._kept
        try:
            self._put(
                _document(self._path / name, self._rows, len(self._documents), self._known.key, room, keep),
            )
        except FileNotFoundError:
            return  # gone between listing and opening
        except (CalendarError, NotCalendarError) as error:
            self._problems.append(f"`{safe_text(name, 60)}` cannot be read: {error}")
            if known is not None and known.kept is not None:
                self._take(known)

    def _put(self, document: Document) -> None:
        self._documents.append(document)
        self._size += document.signature[2]
        self._kept += len(document.kept or b"")


def read_regular(path: Path, limit: int) -> tuple[bytes, Signature]:
    """The bytes of the regular file `path`, and its signature from before they were read.

    Raises FileNotFoundError, or CalendarError for what cannot be read, is no regular file or has more than `limit`
    bytes. Never waits: a pipe is opened without waiting for its other end, and then refused.
    """
    handle = _opened(path)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise CalendarError(f"`{path}` is not a regular file; give an .ics file or a folder of them")
        try:
            raw = file.read(limit + 1) if status.st_size <= limit else None
        except OSError as error:
            raise CalendarError(f"`{path}` cannot be read: {_reason(error)}") from None
    if raw is None or len(raw) > limit:
        raise CalendarError(f"`{path}` is larger than a calendar can be ({MAX_BYTES >> 20} MiB)")
    return raw, signature_of(status)


def signature_of(status: os.stat_result) -> Signature:
    """What tells a changed file from an unchanged one."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _opened(path: Path) -> int:
    """A descriptor to read `path`. Raises FileNotFoundError, or CalendarError for what else is in the way."""
    try:
        return os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise CalendarError(f"`{path}` cannot be opened: {_reason(error)}") from None


def _document(path: Path, rows: Rows, number: int, key: bytes, limit: int, keep: int) -> Document:
    """`path` as the document `number`, its events behind `rows`. Raises as `read_regular`, and NotCalendarError."""
    raw, signature = read_regular(path, limit)
    in_parts = readable_in_parts(raw)
    text = raw if in_parts else plain_bytes(raw)
    begin = len(rows)
    index = index_text(text, rows, number, key)
    return Document(path, signature, index, begin, len(rows), in_parts, text if len(text) <= keep else None)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (OSError, ValueError):  # opening it says why
        return None


def _listed(folder: Path) -> list[tuple[str, Signature | None]]:
    """The names of a vdir's calendars, in order, with their signatures."""
    found: list[tuple[str, Signature | None]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith(".") or not name.lower().endswith(".ics"):
                    continue
                status = _regular(entry)
                if status is not None:
                    found.append((name, signature_of(status)))
                    if len(found) >= MAX_FILES:
                        break
    except OSError as error:
        raise CalendarError(f"the folder `{folder}` cannot be read: {_reason(error)}") from None
    return sorted(found)


def _regular(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        status = entry.stat()
    except OSError:  # a link that leads in a circle, or nowhere
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _label(path: Path) -> str:
    """The text of one of a vdir's small files, cleaned: it is written by whoever fills the folder."""
    try:
        raw, _ = read_regular(path, MAX_LABEL)
    except (FileNotFoundError, CalendarError):
        return ""
    return safe_text(raw.decode("utf-8-sig", "replace").strip(), 80)


def _color(path: Path) -> str:
    text = _label(path)
    return text[:7].lower() if _COLOR.fullmatch(text) else ""


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
