"""The kernel's own notices of changes in folders (Linux, inotify(7)), without a thread or a timer of its own.

`watchfiles` cannot leave folders out, add or drop single ones, or wait without waking twenty times a second; this
can. What is watched and what a notice means is `watch`. Elsewhere than on Linux, `watchfiles` is used (`tree_watch`).
"""

import os
import select
import struct
import sys
from typing import Any

ISDIR = 0x4000_0000
CREATE = 0x0000_0100
MOVED_FROM, MOVED_TO = 0x0000_0040, 0x0000_0080
DELETE, DELETE_SELF, MOVE_SELF = 0x0000_0200, 0x0000_0400, 0x0000_0800
IGNORED, OVERFLOW = 0x0000_8000, 0x0000_4000
_MODIFY, _ATTRIB, _CLOSE_WRITE = 0x0000_0002, 0x0000_0004, 0x0000_0008
_ONLYDIR, _DONT_FOLLOW, _EXCL_UNLINK = 0x0100_0000, 0x0200_0000, 0x0400_0000

_CHANGES = CREATE | MOVED_FROM | MOVED_TO | DELETE | DELETE_SELF | MOVE_SELF | _MODIFY | _ATTRIB | _CLOSE_WRITE
"""Nothing that merely reading a folder or a file sets off."""

_MASK = _CHANGES | _ONLYDIR | _DONT_FOLLOW | _EXCL_UNLINK
_HEAD = struct.Struct("iIII")
_MOST_BYTES = 256 * 1024

Notice = tuple[int, int, str]
"""The number of the watched folder, what happened (bits), the name in it (empty for the folder itself)."""


class Inotify:
    """One queue of notices. `add` and `remove` are for any thread; `read` is for one; `wake` ends its waiting.

    Raises OSError where the system has no inotify or gives no queue (EMFILE: a person has 128).
    """

    def __init__(self) -> None:
        if not sys.platform.startswith("linux"):
            raise OSError("this system has no inotify")
        import ctypes

        self._library: Any = ctypes.CDLL(None, use_errno=True)
        self._errno = ctypes.get_errno
        self._queue = self._library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._queue < 0:
            raise OSError(self._errno(), os.strerror(self._errno()))
        self._waker = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._poll = select.poll()
        for descriptor in (self._queue, self._waker):
            self._poll.register(descriptor, select.POLLIN)

    def add(self, folder: str) -> int:
        """Watch `folder`; its number, the same one where it is watched already.

        Raises OSError: ENOSPC where the system's limit is reached; ENOENT, ENOTDIR, EACCES as usual.
        """
        number: int = self._library.inotify_add_watch(self._queue, os.fsencode(folder), _MASK)
        if number < 0:
            error = self._errno()
            raise OSError(error, os.strerror(error), folder)
        return number

    def remove(self, number: int) -> None:
        """Watch a folder no longer; nothing where it is gone already."""
        self._library.inotify_rm_watch(self._queue, number)

    def read(self, seconds: float | None) -> list[Notice]:
        """The notices that are there, waiting for the first up to `seconds` (None: until there is one, or `wake`)."""
        ready = self._poll.poll(None if seconds is None else max(seconds, 0) * 1000)
        if not any(descriptor == self._queue for descriptor, _ in ready):
            return []
        try:
            return _parsed(os.read(self._queue, _MOST_BYTES))
        except BlockingIOError:
            return []

    def wake(self) -> None:
        """End the waiting of `read`, now and from now on."""
        os.eventfd_write(self._waker, 1)

    def close(self) -> None:
        """Give everything back; for the thread that reads."""
        os.close(self._queue)
        os.close(self._waker)


def _parsed(block: bytes) -> list[Notice]:
    found = []
    place = 0
    while place < len(block):
        number, what, _, length = _HEAD.unpack_from(block, place)
        place += _HEAD.size
        name = block[place : place + length].rstrip(b"\0")
        found.append((number, what, os.fsdecode(name)))
        place += length
    return found
