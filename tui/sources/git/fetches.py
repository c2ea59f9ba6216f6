"""What the fleet knows of fetching: who is due, when each was fetched last and why not, and what its row says.

Lanes have the refs of the work tree they come from, so they are fetched with it, once. The queue is `fetching`, one
fetch is `fetch`.
"""

import threading
import time
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from os import fsencode
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from tui.domain.repos import Repository
from tui.sources.git.discovery import Found
from tui.sources.git.fetch import fetch, remotes_of
from tui.sources.git.fetching import Fetcher, Outcome
from tui.sources.git.run import Children, GitError
from tui.sources.git.schedule import Entry
from tui.sources.git.shadow import Shadows
from tui.sources.git.transports import Remote

GENTLY_SECONDS = 0.5
"""How long git has to put its locks away when a fetch is ended."""

MOST_BACK_OFF_SECONDS = 3600.0
SPREAD_SECONDS = 300.0
"""Over how long the first scheduled fetches are spread, where the schedule is not shorter."""

TELL_SECONDS = 0.3
"""Progress is told at most this often."""


class Record(Struct):
    """What is known of the fetches of one repository and its lanes."""

    trusted: bool = False
    where: Path = Path()
    """The work tree git is run for: the repository's own, or a lane where that is not in the fleet."""
    members: set[Path] = field(default_factory=set)
    at: datetime | None = None
    """When the last fetch succeeded."""
    tried: datetime | None = None
    """When the last one ended, whichever way."""
    error: str | None = None
    failures: int = 0
    """In a row."""
    due: float | None = None
    """When the schedule wants it next (`time.monotonic()`)."""


class Fetches:
    """Fetching for a fleet. `changed` is called, on any thread, with the rows that have something new to say."""

    def __init__(self, minutes: int, now: Callable[[], datetime], changed: Callable[[set[Path]], None]) -> None:
        self.children = Children(gently=GENTLY_SECONDS)
        self._period = minutes * 60.0
        self._shadows = Shadows()  # of this process alone and gone with it: addresses in them hold secrets
        self._now = now
        self._changed = changed
        self._lock = threading.Lock()
        self._records: dict[Path, Record] = {}
        self._shown: dict[Path, tuple[Repository, object, Repository]] = {}
        self._untold: set[Path] = set()
        self._timer: threading.Timer | None = None
        self._told_at = -TELL_SECONDS
        self._closed = False
        self._fetcher = Fetcher(self._plan, self._run, self._finished, self._tell_soon)

    @property
    def progress(self) -> tuple[int, int] | None:
        """How many repositories are done of how many that were asked for; None at rest."""
        return self._fetcher.progress

    def request(self, entries: Iterable[Entry], *, alone: bool = False) -> None:
        """Fetch the repositories of `entries` now, whatever failed before; `alone` comes before all others."""
        tops = dict.fromkeys(self._known(entries))
        self._fetcher.request(tops, first=alone)

    def tend(self, entries: Iterable[Entry]) -> None:
        """Fetch what the schedule wants; one that cannot be read is left alone. Call it with every pass."""
        self._fetcher.tend()
        if not self._period:
            return
        at = time.monotonic()
        wanted = []
        for top in dict.fromkeys(self._known(entry for entry in entries if not entry.shown.error)):
            record = self._records[top]
            if record.due is None:
                record.due = self._first_due(top, record, at)
            if at >= record.due and not self._fetcher.is_open(top):
                record.due = at + self._period
                wanted.append(top)
        if wanted:
            self._fetcher.request(wanted)

    def told(self, entry: Entry) -> Repository:
        """The row of `entry` with what is known of its fetches; the same value as long as nothing changed."""
        repository = entry.shown
        record = self._records.get(top_of(entry.found))
        if record is None:
            if repository.fetched_at is None and repository.fetch_error is None:
                return repository
            record = self._records[self._know(entry)]
        state = (record.at, record.tried, record.error)
        known = self._shown.get(repository.path)
        if known is None or known[0] is not repository or known[1] != state:
            fresh = replace(repository, fetched_at=record.at, fetch_tried_at=record.tried, fetch_error=record.error)
            known = self._shown[repository.path] = (repository, state, fresh)
        return known[2]

    def close(self) -> None:
        """End every fetch under way and start none any more."""
        self._closed = True
        self._fetcher.close()
        if self._timer is not None:
            self._timer.cancel()
        self.children.end_all()
        self._shadows.close()

    def _known(self, entries: Iterable[Entry]) -> list[Path]:
        return [self._know(entry) for entry in entries]

    def _know(self, entry: Entry) -> Path:
        """The repository `entry` belongs to, on record."""
        top = top_of(entry.found)
        with self._lock:
            shown = entry.shown  # an earlier run may have told
            fresh = Record(where=entry.found.path, at=shown.fetched_at, error=shown.fetch_error)
            record = self._records.setdefault(top, fresh)
            record.members.add(entry.found.path)
            record.trusted = entry.memory.shadow.trusted or (record.trusted and entry.found.path != top)
            if entry.found.path == top:
                record.where = top
        return top

    def _first_due(self, top: Path, record: Record, at: float) -> float:
        spread = min(self._period, SPREAD_SECONDS) * (zlib.crc32(fsencode(top)) % 1000) / 1000
        if record.at is None:
            return at + spread
        age = (self._now() - record.at).total_seconds()
        return at + max(min(self._period - age, self._period), spread)

    def _plan(self, top: Path) -> tuple[Remote, ...]:
        record = self._records[top]
        return remotes_of(record.where, trusted=record.trusted, children=self.children)

    def _run(self, top: Path, remote: Remote) -> None:
        if self._closed:
            raise GitError("makerhour is being left")
        record = self._records[top]
        fetch(record.where, remote, self._shadows, trusted=record.trusted, children=self.children)

    def _finished(self, top: Path, outcome: Outcome) -> None:
        """On a thread of the queue."""
        record = self._records[top]
        with self._lock:
            record.tried = self._now()
            record.error = outcome.error
            if outcome.fetched:
                record.at = record.tried
            record.failures = min(record.failures + 1, 16) if outcome.error else 0
            back_off = min(self._period * 2.0**record.failures, MOST_BACK_OFF_SECONDS)
            record.due = time.monotonic() + max(back_off, self._period)
            self._untold |= record.members

    def _tell_soon(self) -> None:
        """Have what changed told, many changes at once."""
        with self._lock:
            if self._closed or self._timer is not None:
                return
            wait = max(self._told_at + TELL_SECONDS - time.monotonic(), 0.0)
            self._timer = threading.Timer(wait, self._tell)
            self._timer.daemon = True
            self._timer.start()

    def _tell(self) -> None:
        with self._lock:
            self._timer, self._told_at = None, time.monotonic()
            untold, self._untold = self._untold, set()
        if not self._closed:
            self._changed(untold)


def top_of(found: Found) -> Path:
    """The repository whose refs `found` shares: for a lane the work tree it comes from."""
    return found.parent if found.kind == "linked" and found.parent is not None else found.path
