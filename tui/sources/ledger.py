"""The ledger's file: sessions and notes, one entry a line, only ever added to, by any number of makerhours.

Adding takes the lock beside the file and writes whole lines at once; what cannot be written whole is taken away again.
Nothing that is in the file is ever changed: a line that was torn, is broken, or is of a newer version stays, and a
sentence tells of it. What a line says is `tui.sources.ledger_line`.
"""

import contextlib
import os
import stat
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from tui.domain.made import Reckoning
from tui.domain.sessions import Entry, Ledger
from tui.sources.backlog import random_id
from tui.sources.growing_file import GrowingFile
from tui.sources.ledger_line import LARGEST_LINE, LineError, format_line, parse_line
from tui.sources.lock_file import LockedError, locked
from tui.sources.whole_file import WholeFileError, real_place, refuse_protected, sync_file, sync_folder

LARGEST = 64 * 1024 * 1024
"""Bytes; a year of sessions is about five million."""
LOCK_SECONDS = 10.0
"""How long adding waits for another one to end."""
_A_WRITE = 1.0
"""Seconds in which whoever is just writing ends the line."""
_TRIES = 5


class LedgerError(Exception):
    """The entries were not written; the message is a sentence with the remedy."""


class LedgerStore:
    """One ledger. For one thread; any number of processes may have a store on the same file."""

    def __init__(
        self,
        path: Path,
        now: Callable[[], datetime],
        *,
        new_id: Callable[[], str] = random_id,
        lock_seconds: float = LOCK_SECONDS,
    ) -> None:
        self.path = path
        self._now = now
        self._new_id = new_id
        self._lock_seconds = lock_seconds
        self._file = GrowingFile(LARGEST_LINE)
        self._lost = ""
        """That the file holds less than it did, until it is changed again."""
        self._begin()

    def _begin(self) -> None:
        self._reckoning = Reckoning()
        self._lines = self._newer = self._broken = 0
        self._first_broken = ""
        self._torn = False

    def read(self) -> Ledger:
        """All sessions the file tells of by now. Never raises for its content; cheap where nothing was written since.

        A file that cannot be read is the ledger's `problem`, beside the sessions last known.
        """
        problem = None
        try:
            self._follow()
        except WholeFileError as error:
            problem = str(error)
        return Ledger(self._reckoning.sessions(), problem, tuple(self._remarks()), taken_at=self._now())

    def append(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """Write `entries` at the end, all of them or none; they are on the disk when this returns.

        Where this process is killed meanwhile, the first of them may be there, each whole.
        The entries as written: with ids, and with `started` the id of the session. Raises LedgerError.
        """
        new = tuple(self._named(entry) for entry in entries)
        try:
            content = b"".join(map(format_line, new))
        except LineError as error:
            raise LedgerError(f"an entry is {error}; nothing was written") from error
        try:
            place = real_place(self.path)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with locked(place, self._lock_seconds):
                refuse_protected(place)
                for _ in range(_TRIES):
                    if not content or _added(place, content):
                        return new
        except WholeFileError as error:
            raise LedgerError(f"{error}; nothing was written") from error
        except OSError as error:
            raise LedgerError(f"cannot write `{self.path}`: {error.strerror or error}; nothing was written") from error
        raise LedgerError(f"`{self.path}` is being replaced by another program all the time; try again")

    def _named(self, entry: Entry) -> Entry:
        session = entry.session or (self._new_id() if entry.kind == "started" else "")
        return replace(entry, id=entry.id or self._new_id(), session=session)

    def _follow(self) -> None:
        """Take in what was written since. Raises WholeFileError."""
        place = real_place(self.path)
        if not self._read_on(place) or not self._file.unfinished:
            self._torn = self._torn and self._file.unfinished
            return
        try:
            with locked(place, _A_WRITE):  # nobody writes now: what is still unfinished stays so
                self._read_on(place)
                self._torn = self._file.unfinished
        except LockedError:
            self._torn = False  # being written
        except OSError:  # there can be no lock, so nobody can write either
            self._torn = True

    def _read_on(self, place: Path) -> bool:
        """Read from where it ended; False where nothing is there or nothing was written. Raises WholeFileError."""
        known = len(self._reckoning.sessions())
        try:
            descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            if self._file.forget():
                self._begin()
                self._lost = f"`{place}` is gone; put a copy back, or go on with a new one" if known else ""
            return False
        except OSError as error:
            raise WholeFileError(f"cannot read `{place}`: {error.strerror or error}") from error
        try:
            _refuse_odd(place, os.fstat(descriptor))
            before = self._file.stamp
            same, lines = self._file.grown(descriptor)
        except OSError as error:
            raise WholeFileError(f"cannot read `{place}`: {error.strerror or error}") from error
        finally:
            os.close(descriptor)
        if self._file.stamp == before:
            return False
        if not same:
            self._begin()
        self._reckoning.add(self._entries(lines))
        fewer = known - len(self._reckoning.sessions())
        if fewer > 0:
            of = "a session" if fewer == 1 else f"{fewer} sessions"
            self._lost = f"`{place}` was changed by another program and lacks {of}; put a copy back if that is wrong"
        elif lines:
            self._lost = ""
        return True

    def _entries(self, lines: Iterable[bytes]) -> Iterable[Entry]:
        for line in lines:
            self._lines += 1
            if len(line) <= LARGEST_LINE and not line.strip():
                continue
            try:
                entry = parse_line(line)
            except LineError as error:
                self._broken += 1
                self._first_broken = self._first_broken or f"line {self._lines} ({error})"
                continue
            if entry == "newer":
                self._newer += 1
            else:
                yield entry

    def _remarks(self) -> Iterable[str]:
        if self._lost:
            yield self._lost
        if self._broken:
            which = self._first_broken if self._broken == 1 else f"{self._broken} lines, first {self._first_broken},"
            yield f"{which} of `{self.path}` cannot be read and was left out; the rest counts, delete it or mend it"
        if self._torn:
            yield f"the last line of `{self.path}` is not whole and was left out; the next entry begins a new one"
        if self._newer:
            lines = "a line" if self._newer == 1 else f"{self._newer} lines"
            yield f"{lines} of `{self.path}` by a newer makerhour not shown; update this one to see all of it"


def _added(place: Path, content: bytes) -> bool:
    """Write `content` at the end of `place`, on a line of its own; False where the file was replaced meanwhile.

    For the holder of the lock. Raises OSError and WholeFileError, the file being as it was.
    """
    descriptor = os.open(place, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    try:
        found = os.fstat(descriptor)
        _refuse_odd(place, found, len(content))
        torn = found.st_size > 0 and os.pread(descriptor, 1, found.st_size - 1) != b"\n"
        _write_or_undo(descriptor, b"\n" + content if torn else content, found.st_size)
        sync_folder(place.parent)
        try:
            now = place.stat()
        except FileNotFoundError:
            return False
        return (now.st_dev, now.st_ino) == (found.st_dev, found.st_ino)
    finally:
        os.close(descriptor)


def _write_or_undo(descriptor: int, content: bytes, size: int) -> None:
    done = 0
    try:
        while done < len(content):  # once, where there is room
            done += os.write(descriptor, content[done:])
        sync_file(descriptor)
    except OSError:
        with contextlib.suppress(OSError):  # cutting needs no room
            if os.fstat(descriptor).st_size == size + done:  # nobody without a lock has added to it
                os.ftruncate(descriptor, size)
        raise


def _refuse_odd(place: Path, found: os.stat_result, more: int = 0) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise WholeFileError(f"`{place}` is not a regular file; move it away")
    if found.st_size + more > LARGEST:
        raise WholeFileError(
            f"`{place}` has {found.st_size} bytes; {LARGEST} is the most, move it away to begin a new one"
        )
