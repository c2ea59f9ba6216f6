"""The lock beside a file, held while the file is written; any number of makerhours may want it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tui.sources.whole_file import WholeFileError


class LockedError(WholeFileError):
    """Another held the lock for longer than was waited."""


@contextlib.contextmanager
def locked(place: Path, seconds: float) -> Iterator[None]:
    """Hold `<place>.lock`, waiting up to `seconds` for whoever holds it. It is never removed: another may wait on it.

    Raises LockedError where it stays locked, OSError where there can be no lock.
    """
    import filelock

    lock = filelock.FileLock(f"{place}.lock", timeout=seconds, mode=0o600, poll_interval=0.01)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise LockedError(
            f"`{place}` has been locked for {seconds:g} s; try again when the other makerhour is done"
        ) from error
    try:
        yield
    finally:
        lock.release()
