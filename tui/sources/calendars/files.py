"""Calendar files and folders on disk, read and indexed; what did not change is not read again.

Only regular files are opened, and never more of them than a calendar can be. What the text means is `read`.
"""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tui.domain.text import safe_text
from tui.sources.calendars.index import Index, NotCalendarError, index_text
from tui.sources.calendars.lines import plain_bytes

MAX_BYTES = 256 * 1024 * 1024
"""Of one source, a folder as a whole."""
MAX_FILES = 200_000
"""Of one folder."""
KEPT_BYTES = 8 * 1024 * 1024
"""Text of a source kept in memory; what is larger is read again when other days are asked for."""
MAX_LABEL = 1000

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?")

Signature = tuple[int, int, int, int, int]
"""Device, inode, size and times of change of content and of inode: a file with the same one is the same."""


class CalendarError(Exception):
    """A calendar cannot be read; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Document:
    """One calendar file as it was read."""

    path: Path
    signature: Signature
    modified: datetime
    index: Index
    kept: bytes | None = field(repr=False)
    """Its plain bytes, where they are few enough."""

    def plain(self) -> bytes:
        """Its plain bytes. Raises CalendarError where it has changed since it was indexed."""
        if self.kept is not None:
            return self.kept
        try:
            raw, signature = read_regular(self.path, MAX_BYTES)
        except FileNotFoundError:
            raise CalendarError(f"`{self.path}` is gone; put the calendar back") from None
        if signature != self.signature:
            raise CalendarError(f"`{self.path.name}` is being written; it is read again in a moment")
        return plain_bytes(raw)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one source holds: a file's one document, or a folder's many."""

    documents: Mapping[Path, Document] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    """A sentence for each file that could not be read."""
    label: str = ""
    """A folder's own name for itself (`displayname`)."""
    color: str = ""
    """A folder's `color` file, as `#rrggbb`; empty where it has none."""

    @property
    def modified(self) -> datetime | None:
        """When the newest of its documents was written, in UTC."""
        return max((document.modified for document in self.documents.values()), default=None)


def read_file(path: Path, known: Shelf) -> Shelf:
    """The calendar file `path`. Raises CalendarError with the reason and the remedy."""
    try:
        document = _document(path, known.documents.get(path), MAX_BYTES, KEPT_BYTES)
    except NotCalendarError as error:
        raise CalendarError(f"`{path.name}` cannot be shown: {error}") from None
    return Shelf({path: document})


def read_folder(path: Path, known: Shelf) -> Shelf:
    """The calendar folder `path` (vdir): the regular `*.ics` files in it whose names do not begin with a dot.

    A file that cannot be read is a sentence, and what was last read of it stays. Raises CalendarError where the
    folder itself cannot be read.
    """
    documents: dict[Path, Document] = {}
    problems: list[str] = []
    size = kept = 0
    for file in _listed(path):
        before = known.documents.get(file)
        try:
            document = _document(file, before, MAX_BYTES - size, KEPT_BYTES - kept)
        except FileNotFoundError:
            continue  # gone between listing and opening
        except (CalendarError, NotCalendarError) as error:
            problems.append(f"`{safe_text(file.name, 60)}` cannot be read: {error}")
            if before is None or before.kept is None:
                continue
            document = before
        documents[file] = document
        size += document.signature[2]
        kept += len(document.kept or b"")
    if len(documents) >= MAX_FILES:
        problems.append(f"only the first {MAX_FILES} files are read")
    return Shelf(documents, tuple(problems), _label(path / "displayname"), _color(path / "color"))


def read_regular(path: Path, limit: int) -> tuple[bytes, Signature]:
    """The bytes of the regular file `path`, and its signature from before they were read.

    Raises FileNotFoundError, or CalendarError for what cannot be read, is no regular file or has more than `limit`
    bytes. Never waits: a pipe is opened without waiting for its other end, and then refused.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise CalendarError(f"`{path}` cannot be opened: {_reason(error)}") from None
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


def _document(path: Path, known: Document | None, limit: int, keep: int) -> Document:
    """`path` as a document; `known` where the file has not changed since. Raises as `read_regular`."""
    if known is not None:
        try:
            if signature_of(path.stat()) == known.signature:
                return known
        except (OSError, ValueError):
            pass  # opening it says why
    raw, signature = read_regular(path, limit)
    plain = plain_bytes(raw)
    modified = datetime.fromtimestamp(signature[3] / 1e9, UTC)
    return Document(path, signature, modified, index_text(plain), plain if len(plain) <= keep else None)


def _listed(folder: Path) -> list[Path]:
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith(".") or not name.lower().endswith(".ics"):
                    continue
                if _is_regular(entry):
                    found.append(name)
                    if len(found) >= MAX_FILES:
                        break
    except OSError as error:
        raise CalendarError(f"the folder `{folder}` cannot be read: {_reason(error)}") from None
    return [folder / name for name in sorted(found)]


def _is_regular(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads in a circle
        return False


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
