"""The backlog's file, read and changed by makerhour and by anybody else at the same time, losing nothing of either.

A write takes the lock beside the file, reads it again, puts the changes in by item id and field, checks that what
is to be written reads back the same, and replaces the file as a whole. A file that cannot be read, is protected
or is suddenly empty is never written. The format is `tui.sources.backlog_file`.
"""

import os
import time
from base64 import b32encode
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from operator import is_
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from tui.domain.backlog import Backlog, Item
from tui.domain.changes import Change, apply
from tui.sources.backlog_entry import cleaned
from tui.sources.backlog_file import HEADER, Contents, FormatError, parse_contents, rewrite
from tui.sources.good_copies import GoodCopies
from tui.sources.lock_file import locked
from tui.sources.whole_file import (
    WholeFileError,
    read_whole,
    real_place,
    refuse_protected,
    sweep,
    token_of,
    write_whole,
)

LARGE = 5_000
"""Items from which a write in a running process waits for HEAD_START_SECONDS: the frame that shows the change is out by
then, which would have to share the processor with the writing."""
HEAD_START_SECONDS = 0.03
LOCK_SECONDS = 10.0
"""How long a write waits for another one to end."""
_PAUSE_SECONDS = 0.05
_PAUSES = 6
_TRIES = 20

Alter = Callable[[tuple[Item, ...]], tuple[tuple[Item, ...], tuple[str, ...]]]
"""Items as they are in the file to items as they shall be, and a sentence for each clash."""


class BacklogError(Exception):
    """The backlog was not written, the file is as it was; the message is a sentence with the remedy."""


class _Seen(Struct, frozen=True):
    """The file as it was found."""

    token: str = ""
    contents: Contents = field(default_factory=Contents)
    problem: str | None = None


def random_id() -> str:
    """A short id that no other item has: 40 random bits in base 32."""
    return b32encode(os.urandom(5)).decode().lower()


class BacklogStore:
    """One backlog file. For one thread; any number of processes may have a store on the same file.

    `now` gives the time zone of times written without one. `copies` is a folder for a few daily copies, beside
    the last good copy that lies with the file as `<name>.bak`.
    """

    def __init__(
        self,
        path: Path,
        now: Callable[[], datetime],
        *,
        new_id: Callable[[], str] = random_id,
        copies: Path | None = None,
        lock_seconds: float = LOCK_SECONDS,
    ) -> None:
        self.path = path
        self._now = now
        self._new_id = new_id
        self._copies = GoodCopies(copies)
        self._lock_seconds = lock_seconds
        self._good: _Seen | None = None
        self._bad: _Seen | None = None
        self._swept = False
        self._notes: tuple[str, ...] = ()
        """Of writes, until a read has told them and another write follows."""
        self._told = False

    def read(self) -> Backlog:
        """What the file says now. Never raises for its content: that is the backlog's `problem`, beside the items
        last known to be good. Notes tell what was mended, and the clashes of the last write and of those before it
        that no read followed.
        """
        backlog = self._read()
        self._told = self._told or backlog.problem is None  # a problem leaves no room for notes
        return backlog

    def _read(self) -> Backlog:
        try:
            place = real_place(self.path)
            seen = self._look(place)
        except WholeFileError as error:
            return self._broken(str(error), self.path)
        if seen.problem:
            return self._broken(seen.problem, place)
        notes = (*seen.contents.notes, *self._notes, *self._gone(seen, place))
        return Backlog(seen.contents.items, notes=notes, taken_at=self._now())

    def token(self) -> str:
        """Changes with the file's content and with nothing else; empty where it cannot be read. Cheap to ask."""
        try:
            return token_of(read_whole(real_place(self.path)))
        except WholeFileError:
            return ""

    def add(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """Write new items at the end; an empty or taken id is replaced. The items as written. Raises BacklogError."""
        new = [cleaned(item) for item in items]
        added: list[Item] = []

        def append(known: tuple[Item, ...]) -> tuple[tuple[Item, ...], tuple[str, ...]]:
            taken = {item.id for item in known}
            added.clear()
            for item in new:
                id = item.id
                while not id or id in taken:
                    id = self._new_id()
                taken.add(id)
                added.append(replace(item, id=id))
            return (*known, *added), ()

        self._write(append)
        return tuple(added)

    def change(self, changes: Iterable[Change]) -> Backlog:
        """Write changes, field by field, into whatever the file says by now. Raises BacklogError."""
        wanted = tuple(
            Change(change.before and cleaned(change.before), change.after and cleaned(change.after))
            for change in changes
        )
        return self._write(lambda known: apply(known, wanted))

    def replace_all(self, content: bytes, expected: str) -> bool:
        """Put `content`, which was read back already, in place of the file with the token `expected`.

        False, and nothing is written, where the file is another by now. Raises BacklogError.
        """
        try:
            place = real_place(self.path)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with locked(place, self._lock_seconds):
                refuse_protected(place)
                daily = self._copies.keep_day(place, self._now())
                written = write_whole(place, content, expected=expected)
                self._note((*daily, *(self._copies.keep_last(place, content) if written else ())))
        except WholeFileError as error:
            raise BacklogError(str(error)) from error
        except OSError as error:
            raise BacklogError(f"cannot write `{self.path}`: {error.strerror or error}; nothing was changed") from error
        return written

    def _write(self, alter: Alter) -> Backlog:
        if self._good and len(self._good.contents.items) >= LARGE:
            time.sleep(HEAD_START_SECONDS)
        try:
            place = real_place(self.path)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with locked(place, self._lock_seconds):
                self._write_locked(place, alter)
        except WholeFileError as error:
            raise BacklogError(str(error)) from error
        except OSError as error:
            raise BacklogError(f"cannot write `{self.path}`: {error.strerror or error}; nothing was changed") from error
        return self._read()

    def _write_locked(self, place: Path, alter: Alter) -> None:
        if self._told:
            self._notes, self._told = (), False
        if not self._swept:
            sweep(place, self._now().timestamp())
            self._swept = True
        for _ in range(_TRIES):
            seen = self._look(place)
            if seen.problem:
                raise BacklogError(f"{seen.problem}; nothing was changed")
            known = seen.contents.items
            items, clashes = alter(known)
            if len(items) == len(known) and all(map(is_, items, known)) and not seen.contents.mended:
                self._note(clashes)
                return
            try:
                raw, contents = rewrite(seen.contents, items)
            except FormatError as error:
                raise BacklogError(f"`{place}` {error}; nothing was changed") from error
            refuse_protected(place)
            if not seen.token and self._kept(place):
                self._note(self._copies.set_aside(place))  # told even where the write then fails
            daily = self._copies.keep_day(place, self._now())
            if write_whole(place, raw, expected=seen.token):
                self._good = _Seen(token_of(raw), contents)
                self._note((*clashes, *daily, *self._copies.keep_last(place, raw)))
                return
        raise BacklogError(f"`{place}` is being changed by another program all the time; try again")

    def _note(self, notes: Iterable[str]) -> None:
        """Have the next read tell `notes`, each once."""
        self._notes = tuple(dict.fromkeys((*self._notes, *notes)))

    def _look(self, place: Path) -> _Seen:
        """The file as it is. Editors that save by renaming leave moments without it or with half of it: what is
        suddenly gone or broken gets a third of a second to settle, once. Raises WholeFileError.
        """
        known = bool(self._good and self._good.contents.items)
        seen = _Seen()
        for pause in range(_PAUSES + 1):
            raw = read_whole(place)
            token = token_of(raw)
            for before in (self._good, self._bad):
                if before is not None and token == before.token:
                    return before
            if token != seen.token:  # what is broken for long is judged once
                seen = self._judged(place, raw, token)
            if seen.problem is None and (raw is not None or not known):
                break
            if pause < _PAUSES:
                time.sleep(_PAUSE_SECONDS)
        if seen.problem:
            self._bad = seen
        else:
            self._good = seen
        return seen

    def _judged(self, place: Path, raw: bytes | None, token: str) -> _Seen:
        try:
            contents = parse_contents(raw or b"", self._zone(), self._good.contents if self._good else None)
        except FormatError as error:
            return _Seen(token, problem=f"`{place}` {error}")
        if raw is not None and not contents.items and not contents.table and raw != HEADER.encode():
            lost = len(self._good.contents.items if self._good else self._kept(place))
            if lost:
                problem = f"`{place}` is empty, though it held {lost} {'item' if lost == 1 else 'items'}"
                return _Seen(token, problem=f"{problem}; put a copy back, or delete it to begin afresh")
        return _Seen(token, contents)

    def _broken(self, problem: str, place: Path) -> Backlog:
        kept = self._kept(place)
        if kept:
            problem = f"{problem}; the last good copy is `{self._copies.last(place)}`"
        items = self._good.contents.items if self._good else kept
        return Backlog(items, problem=problem, taken_at=self._now())

    def _gone(self, seen: _Seen, place: Path) -> tuple[str, ...]:
        kept = 0 if seen.token else len(self._kept(place))
        if not kept:
            return ()
        held = f"{kept} {'item' if kept == 1 else 'items'}"
        return (f"`{place}` is gone; copy `{self._copies.last(place)}` ({held}) back, or go on with a new one",)

    def _kept(self, place: Path) -> tuple[Item, ...]:
        return self._copies.items(place, self._zone())

    def _zone(self) -> tzinfo:
        return self._now().tzinfo or UTC
