"""The repository whose detail is on screen: what was read of it, and when it is to be read (again).

It is asked for once the cursor has come to rest, and again when its row changed; answers that come late, of another
repository, are dropped. What it looks like is `widgets.repo_detail`.
"""

import time
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace
from textual.timer import Timer

from tui.domain.detail import ChangedFile, RepositoryDetail
from tui.domain.repos import Repository
from widgets.detail_rows import FILE

REST_SECONDS = 0.25
"""How long the cursor stands on a repository, or its row stands still, before it is read."""

LOST_SECONDS = 15.0
"""After this long an answer is not waited for any more."""

_KEPT = 16
"""Details of repositories opened before, shown again until they are read anew."""


class Opened:
    """At most one repository is open. `ask` has it read; `later` calls something after some seconds."""

    def __init__(self, ask: Callable[[Path], object], later: Callable[[float, Callable[[], None]], Timer]) -> None:
        self.repository: Repository | None = None
        """The row of the one that is open, as it is now."""
        self._ask = ask
        self._later = later
        self._details: dict[Path, RepositoryDetail] = {}
        self._asked: Repository | None = None
        """The row as it was when its repository was last asked for."""
        self._waiting: tuple[Path, float] | None = None
        """What an answer is waited for, and since when (monotonic)."""
        self._again = False
        self._timer: Timer | None = None

    @property
    def detail(self) -> RepositoryDetail | None:
        """What was last read of the open repository; None before that."""
        return self._details.get(self.repository.path) if self.repository else None

    def file(self, key: str) -> ChangedFile | None:
        """The changed file a row of the detail stands for."""
        if self.detail is None or not key.startswith(FILE):
            return None
        return next((file for file in self.detail.files if key == FILE + file.path), None)

    def show(self, repository: Repository | None, *, at_once: bool = False) -> None:
        """The detail is of `repository` now, as its row has it; None where it is of none."""
        before, self.repository = self.repository, repository
        if repository is None:
            self._rest()
            self._asked = None
            return
        moved = before is None or before.path != repository.path
        if moved:
            self._rest()
            self._asked = None
            self._again = False
        if _unread(repository):
            return
        if moved or (self._timer is None and _settled(repository) != self._asked):
            self._schedule(at_once=at_once)
        elif at_once and self._timer is not None:
            self._rest()
            self._read()

    def again(self) -> None:
        """Have the open repository read again, whether or not its row changed."""
        if self.repository is not None and self._timer is None and not _unread(self.repository):
            self._schedule(at_once=False)

    def receive(self, detail: RepositoryDetail) -> bool:
        """Take in an answer; True where it changes what is shown."""
        if self._waiting is not None and self._waiting[0] == detail.path:
            self._waiting = None
        if self.repository is None or self.repository.path != detail.path:
            return False
        changed = self._details.pop(detail.path, None) != detail
        self._details[detail.path] = detail
        while len(self._details) > _KEPT:
            self._details.pop(next(iter(self._details)))
        if self._again:
            self._again = False
            self.again()
        return changed

    def _schedule(self, *, at_once: bool) -> None:
        if at_once:
            self._read()
        else:
            self._timer = self._later(REST_SECONDS, self._read)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _read(self) -> None:
        self._timer = None
        if self.repository is None:
            return
        path, now = self.repository.path, time.monotonic()
        if self._waiting is not None and self._waiting[0] == path and now - self._waiting[1] < LOST_SECONDS:
            self._again = True  # one at a time: what changed meanwhile is read after it
            return
        self._asked, self._waiting = _settled(self.repository), (path, now)
        self._ask(path)


def _settled(repository: Repository) -> Repository:
    """The row without what says only that it is being read."""
    return replace(repository, pending=False, fetched_at=None, fetch_error=None)


def _unread(repository: Repository) -> bool:
    """True for a row that waits for its first answer: its detail follows that."""
    return repository.pending and repository.head is None and repository.error is None
