"""The body of an answer on its way to a file: unpacked under a cap, judged as it comes, told from an earlier one. Pure
but for the file it is handed."""

import re
import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO

PIECE = 1 << 20
"""Bytes unpacked at a time, whatever a packed piece holds."""
HEAD = 64 * 1024
"""Bytes of the beginning that are kept: what a calendar says of itself stands there."""
TAIL = 4096

_BEGIN, _END = b"BEGIN:VCALENDAR", b"END:VCALENDAR"
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_STAMP = re.compile(rb"\nDTSTAMP[;:][^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE)
_GZIP = 31  # zlib's number for a gzip header and trailer


class BodyError(Exception):
    """What came is no calendar; the message is a sentence and says nothing of what came."""


class Unpacker:
    """Makes packed bytes plain, a piece at a time."""

    def __init__(self, encoding: str) -> None:
        """`encoding`: Content-Encoding. Raises BodyError for one that was not asked for."""
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise BodyError("the server packed its answer in a way it was not asked for; set a browser's `user_agent`")
        self._packed = "gzip" in encoding
        self._stream = zlib.decompressobj(_GZIP)
        self._begun = False

    def feed(self, raw: bytes) -> Iterator[bytes]:
        """What `raw` holds, in pieces of at most PIECE bytes. Raises BodyError where it is damaged."""
        if not self._packed:
            yield raw
            return
        while raw:
            if self._stream.eof:
                if raw[0] != 0x1F:
                    return  # some servers pad what they packed; anything else begins another stream
                self._stream = zlib.decompressobj(_GZIP)
            self._begun = True
            try:
                piece = self._stream.decompress(raw, PIECE)
            except zlib.error:
                raise BodyError("the answer is damaged: it cannot be unpacked") from None
            raw = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            if piece:
                yield piece

    def finish(self) -> None:
        """Raises BodyError where the packed bytes break off."""
        if self._begun and not self._stream.eof:
            raise BodyError("the answer broke off before its end")


class Body:
    """A body as it is written to `out`. Raises BodyError as soon as it is sure to be no calendar."""

    def __init__(self, out: BinaryIO, limit: int) -> None:
        self.head = b""
        """The first HEAD bytes."""
        self._out = out
        self._limit = limit
        self._size = 0
        self._tail = b""
        self._judged = False
        self._stamped = StampedDigest()

    def add(self, piece: bytes) -> None:
        """Write `piece`."""
        self._size += len(piece)
        if self._size > self._limit:
            raise BodyError(too_large(self._limit))
        if len(self.head) < HEAD:
            self.head = (self.head + piece)[:HEAD]
        if not self._judged:
            self._judge()
        self._tail = (self._tail + piece)[-TAIL:] if len(piece) < TAIL else piece[-TAIL:]
        self._stamped.add(piece)
        self._out.write(piece)

    def finish(self) -> str:
        """The digest of the whole (see StampedDigest). Raises BodyError where its end is not a calendar's."""
        if not self._judged:
            raise BodyError("the answer is empty" if not _letters(self.head) else _no_calendar(self.head))
        if not _letters(self._tail).endswith(_END):
            raise BodyError("the answer broke off before the end of the calendar")
        return self._stamped.finish()

    def _judge(self) -> None:
        start = _letters(self.head)
        if start.startswith(_BEGIN):
            self._judged = True
        elif not _BEGIN.startswith(start) or len(self.head) >= HEAD:
            raise BodyError(_no_calendar(self.head))


class StampedDigest:
    """A digest of a calendar's text without its DTSTAMP lines, which some servers write anew for each answer."""

    def __init__(self) -> None:
        self._digest = sha256()
        self._held = b""

    def add(self, piece: bytes) -> None:
        """Take in the next bytes."""
        held = self._held + piece
        cut = _line_break(held)
        if cut == 0 and len(held) > PIECE:
            cut = len(held)  # no line is this long
        self._digest.update(_STAMP.sub(b"", held[:cut]))
        self._held = held[cut:]

    def finish(self) -> str:
        """The digest of all that was taken in."""
        self._digest.update(_STAMP.sub(b"", self._held))
        self._held = b""
        return self._digest.hexdigest()


def too_large(limit: int) -> str:
    """The sentence for a body of more than `limit` bytes."""
    size = f"{limit >> 20} MiB" if limit >= 1 << 20 else f"{limit} bytes"
    return f"the answer is larger than a calendar can be ({size})"


def _line_break(held: bytes) -> int:
    """Where the last line break of `held` is behind which a line is known to begin; 0 for none."""
    end = len(held) - 1
    while (place := held.rfind(b"\n", 0, end)) >= 0:
        if held[place + 1] not in b" \t":
            return place
        end = place
    return 0


def _letters(part: bytes) -> bytes:
    """The letters at an end of a text in whatever encoding, in capitals and without white space around them."""
    for mark in _BOMS:
        part = part.removeprefix(mark)
    return part.replace(b"\0", b"").strip().upper()


def _no_calendar(head: bytes) -> str:
    start = _letters(head)[:2048]
    if start.startswith(b"<") or b"<HTML" in start:
        return "a web page came instead of the calendar (a sign-in page?); copy the calendar's address anew"
    return "what came is no calendar; copy the calendar's address anew"
