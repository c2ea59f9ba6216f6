"""The last good copy of a calendar behind an address: its text, and a small file beside it on when it was got.

Both are replaced by renaming, so that whoever looks, in this process or another, never finds half of one. Their names
are made from the address with a key, so that the folder tells nothing of it. What is written here is this person's
only: 0600 in 0700.
"""

import hmac
import logging
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, ClassVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tui.domain.values import Value
from tui.sources.whole_file import WholeFileError, read_whole, sweep, write_whole

log = logging.getLogger(__name__)

KEY_BYTES = 32
FORGET_SECONDS = 120 * 86_400
"""Age from which a copy nobody asked for any more is removed: its calendar is no longer configured."""
MAX_RECORD = 64 * 1024
_SCHEMA = 1


class CopyError(Exception):
    """No copy can be kept or found; the message is a sentence."""


class Record(Value, frozen=True):
    """What is known of a copy beside its text."""

    UNSHOWN: ClassVar[frozenset[str]] = frozenset({"label", "etag"})

    schema: int = _SCHEMA
    asked: str = ""
    """A keyed hash of the address, and of what the server was told is asking, that the rest is true of."""
    tried: datetime | None = None
    """When it was last asked for."""
    fetched: datetime | None = None
    """When the copy was last known to be the calendar as it is."""
    next_try: datetime | None = None
    not_before: datetime | None = None
    """The server's own wish, which counts for a person's too."""
    failures: int = 0
    """In a row, since it was last fetched."""
    error: str = ""
    """Why the last try failed, as a sentence; empty where it did not."""
    offline: bool = False
    """True where that was because no server answered."""
    host: str = ""
    label: str = ""
    """What the calendar calls itself; raw."""
    ttl_seconds: int = 0
    """How long the calendar says it is good for."""
    digest: str = ""
    """Of the copy, without DTSTAMP lines."""
    etag: str = ""
    last_modified: str = ""
    size: int = -1
    modified_ns: int = -1
    """Size and time of the copy that all this is true of."""


def without_marks(record: Record) -> Record:
    """`record` with nothing in it that would keep a whole new text from being asked for, and taken, at once."""
    return replace(record, next_try=record.not_before, etag="", last_modified="", digest="")


class Draft(Struct, frozen=True):
    """A new text that is not the copy yet."""

    path: Path
    out: BinaryIO


class KeptCopy:
    """One calendar's copy. `read` and `save` may be called from any thread."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.ics"
        self._beside = folder / f"{name}.json"

    def read(self) -> Record:
        """What is known of it; nothing where that is missing or damaged."""
        try:
            raw = read_whole(self._beside)
            record = msgspec.json.decode(raw, type=Record) if raw and len(raw) <= MAX_RECORD else Record()
        except (WholeFileError, ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
            log.info("what was kept about a calendar is of no use: %s", type(error).__name__)
            return Record()
        return record if record.schema == _SCHEMA and _sound(record) else Record()

    def checked(self, record: Record) -> Record:
        """`record` as far as it is true of the copy that is there: another text has to be asked for as a whole."""
        if record.fetched is None or self._stamp() == (record.size, record.modified_ns):
            return record
        return without_marks(record)

    def is_there(self) -> bool:
        """True where there is a copy."""
        return self._stamp()[0] >= 0

    def save(self, record: Record) -> Record:
        """Write `record`, with the stamp of the copy as it is. Raises CopyError."""
        size, modified_ns = self._stamp()
        record = replace(record, size=size, modified_ns=modified_ns)
        try:
            write_whole(self._beside, msgspec.json.encode(record), durable=False)
        except WholeFileError as error:
            raise CopyError(_cannot(self.path.parent, error)) from None
        return record

    @contextmanager
    def draft(self, now: float) -> Iterator["Draft"]:
        """A temporary file for a new text, gone afterwards where `take` was not called. `now`: seconds since 1970.

        Raises CopyError where it cannot be written.
        """
        sweep(self.path, now)
        path = self.path.with_name(f".{self.path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                yield Draft(path, out)
        except OSError as error:
            raise CopyError(_cannot(self.path.parent, error)) from None
        finally:
            with suppress(OSError):  # it took the copy's place, or was never made
                path.unlink()

    def take(self, draft: "Draft") -> None:
        """Have what was written take the copy's place. Raises OSError."""
        draft.out.flush()
        draft.path.replace(self.path)

    def _stamp(self) -> tuple[int, int]:
        """Size and time of the copy; (-1, -1) where there is none."""
        try:
            status = self.path.lstat()
        except (OSError, ValueError):
            return -1, -1
        return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else (-1, -1)


class Copies:
    """The folder the copies are in, and the key their names are made with."""

    def __init__(self, folder: Path, key_file: Path) -> None:
        self._folder = folder
        self._key_file = key_file
        self._key = b""

    def open(self, identity: str, now: float) -> KeptCopy:
        """The copy of the calendar that `identity` tells from others. `now`: seconds since 1970. Raises CopyError."""
        try:
            _make_private(self._folder)
            _forget_old(self._folder, now)
        except OSError as error:
            raise CopyError(_cannot(self._folder, error)) from None
        return KeptCopy(self._folder, self.hash(identity)[:32])

    def hash(self, secret: str) -> str:
        """What stands for `secret` where it must not. Raises CopyError."""
        if not self._key:
            try:
                _make_private(self._key_file.parent)
                self._key = _read_key(self._key_file)
            except (OSError, WholeFileError) as error:
                raise CopyError(_cannot(self._key_file.parent, error)) from None
        return hmac.new(self._key, secret.encode("utf-8", "surrogatepass"), "sha256").hexdigest()


def _read_key(path: Path) -> bytes:
    """The key in `path`, made where there is none. Two processes that make one at once get the same."""
    for _ in range(3):
        key = read_whole(path)
        if key is not None and len(key) >= KEY_BYTES:
            return key[:KEY_BYTES]
        fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
        write_whole(fresh, secrets.token_bytes(KEY_BYTES))
        if key is not None:
            fresh.replace(path)  # a short one names nothing
            continue
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            continue  # another process was faster
        except OSError:
            fresh.replace(path)  # a file system without links
        finally:
            fresh.unlink(missing_ok=True)
    raise WholeFileError(f"`{path}` holds no key; remove it")


def _make_private(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def _forget_old(folder: Path, now: float) -> None:
    """Remove what no calendar has asked for in a long time: it may hold what nobody wants to keep any more."""
    with os.scandir(folder) as entries:
        old = [
            Path(entry.path)
            for entry in entries
            if entry.name.endswith(".json") and now - entry.stat(follow_symlinks=False).st_mtime > FORGET_SECONDS
        ]
    for beside in old:
        beside.with_suffix(".ics").unlink(missing_ok=True)
        beside.unlink(missing_ok=True)


def _sound(record: Record) -> bool:
    """True where no time lacks its zone, which comparing would stumble over."""
    times = (record.tried, record.fetched, record.next_try, record.not_before)
    return all(time is None or time.tzinfo is not None for time in times)


def _cannot(folder: Path, error: Exception) -> str:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return f"no copy of it can be kept in `{folder}`: {reason}"
