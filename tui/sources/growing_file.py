"""A file that others only add lines to, read from where the last reading ended. What a line means is not known here."""

import os
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

_PIECE = 1024 * 1024
_Stamp = tuple[int, int, int, int, int]


class GrowingFile:
    """How far one file was read. What was read is told by its hash: where the file no longer begins with it, it is
    read from the top again, whether it was cut, replaced, or changed in place.
    """

    def __init__(self, longest: int) -> None:
        self.unfinished = False
        """Whether text without a line break follows the last whole line."""
        self._longest = longest
        self.stamp: _Stamp | None = None
        """Of the file as it was read last: another one, another content."""
        self._begin()

    def _begin(self) -> None:
        self._hash, self._size = sha256(), 0

    def grown(self, descriptor: int) -> tuple[bool, tuple[bytes, ...]]:
        """Whether the file goes on from what was read, and its lines since, or all of them where it does not.

        Whole lines only, without their line breaks; of one that is longer than `longest` bytes, `longest` + 1. Asking
        again costs one look at size and times where nothing was written; else all of the file is hashed.
        """
        found = os.fstat(descriptor)
        stamp = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        if stamp == self.stamp:
            return True, ()
        same = self._begins_as_read(descriptor)
        lines = self._read(descriptor, self._hash if same else sha256(), self._size if same else 0)
        self.stamp = stamp  # from before reading: what is written meanwhile is another
        return same, lines

    def forget(self) -> bool:
        """Begin from the top; True where something had been read."""
        read, self.stamp, self.unfinished = self._size > 0, None, False
        self._begin()
        return read

    def _begins_as_read(self, descriptor: int) -> bool:
        os.lseek(descriptor, 0, os.SEEK_SET)
        hash, left = sha256(), self._size
        while left and (piece := os.read(descriptor, min(left, _PIECE))):
            hash.update(piece)
            left -= len(piece)
        return not left and hash.digest() == self._hash.digest()

    def _read(self, descriptor: int, hash: "_Hash", size: int) -> tuple[bytes, ...]:
        """The whole lines after the first `size` bytes, whose hash is `hash`; all is as before where reading fails."""
        os.lseek(descriptor, size, os.SEEK_SET)
        lines: list[bytes] = []
        running, place, begun = hash.copy(), size, b""
        while piece := os.read(descriptor, _PIECE):
            whole = piece.rfind(b"\n") + 1
            if whole:
                first, *others = piece[: whole - 1].split(b"\n")
                lines.append((begun + first)[: self._longest + 1])
                lines += (line[: self._longest + 1] for line in others)
                running.update(piece[:whole])
                hash, size, begun = running.copy(), place + whole, b""
            running.update(piece[whole:])
            place += len(piece)
            begun = (begun + piece[whole:])[: self._longest + 1]
        self._hash, self._size, self.unfinished = hash, size, bool(begun)
        return tuple(lines)
