"""When a repository is due: asked for, noticed by the watch, polled, or backed off after it hung. No I/O.

Times are `time.monotonic()` seconds.
"""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, field

from tui.domain.repos import Repository
from tui.sources.git.discovery import Found
from tui.sources.git.read import Look, Memory, Tips

Answer = TypeVar("Answer")

HOT = 40
"""How many unwatched repositories are polled every few seconds: those active last."""

PASS_SECONDS = 2.0
"""Passes that only poll are at least this far apart."""

MOST_PASS_SECONDS = 30.0
"""The longest time between two passes: each looks whether a repository came or went."""

COLD_LOOK_SECONDS = 8.0
"""How often control files are looked at of one that is not watched and was not active lately."""

HOT_SECONDS = 5.0
COLD_SECONDS = 30.0
COST_FACTOR = 50.0
"""An unwatched repository is polled no sooner than this many times what its last status took."""

NOTICE_SECONDS = 0.4
NOTICE_FACTOR = 20.0
"""The same for one whose watch keeps reporting changes, such as a build's output."""

BACK_OFF_SECONDS = 20.0
MOST_BACK_OFF_SECONDS = 600.0


class Entry(Struct):
    """One repository of the fleet and what the next pass must know of it."""

    found: Found
    memory: Memory
    shown: Repository
    tips: Tips | None = None
    """Where its branches were when `shown` was read; None before anything was."""
    answered: Tips | None = None
    """The same of the reading that came back last and may not be shown yet."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held while it is read: its memory is for one thread at a time."""
    asked: Look | None = None
    """The person or the program wants it read now."""
    noticed: bool = False
    """Its watch reported a change."""
    look: Look = "full"
    """How the reading under way is done."""
    busy: bool = False
    """It was handed to a reader and has not come back."""
    given_up: bool = False
    """It is past its deadline and nothing waits for it any more."""
    read_at: float | None = None
    """When its last full reading began; None before the first."""
    cost: float = 0.0
    """Seconds that one took."""
    looked_at: float = 0.0
    """When it was last handed to a reader, to look at it whichever way."""
    hung: int = 0
    """How often it has hung in a row."""
    retry_at: float = 0.0

    def alone(self, seconds: float, read: Callable[[], Answer]) -> Answer | None:
        """What `read` finds out while nobody else reads this one; None where it is busy for longer than `seconds`."""
        if not self.lock.acquire(timeout=seconds):
            return None
        try:
            return read()
        finally:
            self.lock.release()


def due(entry: Entry, at: float, *, every: float, watched: bool, hot: bool) -> Look | None:
    """How `entry` is to be looked at in a pass at `at`; None where not at all."""
    if entry.busy:
        return None
    if entry.asked:
        return entry.asked
    if at < entry.retry_at:
        return None
    if entry.read_at is None or at - entry.read_at >= every:
        return "full"
    if entry.noticed:
        return "full" if at >= notice_at(entry) else None
    if watched:
        return None
    if not hot and at - entry.looked_at < COLD_LOOK_SECONDS:
        return None
    if entry.found.kind == "bare":
        return "quiet"  # without a work tree the control files tell everything
    return "full" if at - entry.read_at >= _polled(entry, hot=hot) else "quiet"


def next_at(entry: Entry, *, every: float, watched: bool, hot: bool) -> float:
    """When `entry` is due next if nothing is asked or noticed before."""
    if entry.read_at is None:
        return entry.retry_at
    at = entry.read_at + every
    if entry.noticed:
        at = min(at, notice_at(entry))
    elif not watched and entry.found.kind != "bare":
        at = min(at, entry.read_at + _polled(entry, hot=hot))
    return max(at, entry.retry_at)


def notice_at(entry: Entry) -> float:
    """The earliest time a notice is followed by a reading."""
    if entry.read_at is None:
        return 0.0
    return entry.read_at + max(NOTICE_SECONDS, NOTICE_FACTOR * entry.cost)


def back_off(entry: Entry, at: float) -> None:
    """Leave `entry` alone for a while after it hung: twice as long each time, up to ten minutes."""
    entry.retry_at = at + min(BACK_OFF_SECONDS * 2.0**entry.hung, MOST_BACK_OFF_SECONDS)
    entry.hung = min(entry.hung + 1, 16)


def hottest(entries: Iterable[Entry]) -> frozenset[Path]:
    """The repositories active last."""
    ranked = sorted(entries, key=lambda entry: _activity(entry.shown), reverse=True)
    return frozenset(entry.found.path for entry in ranked[:HOT])


def _polled(entry: Entry, *, hot: bool) -> float:
    """Seconds between two readings of an unwatched repository."""
    return max(HOT_SECONDS if hot else COLD_SECONDS, COST_FACTOR * entry.cost)


def _activity(repository: Repository) -> datetime:
    times = [time for time in (repository.changed_at,) if time is not None]
    if repository.last_commit is not None:
        times.append(repository.last_commit.when)
    return max(times, default=datetime.fromtimestamp(0, UTC))
