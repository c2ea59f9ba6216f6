"""A program on a pty whose bytes are kept with the moment they came, and nothing is drawn: for timing keys."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self


class PtyRun:
    """`command` on a terminal of 160x50; `with` ends it, by the key `quits`."""

    def __init__(
        self,
        command: Sequence[str],
        environ: dict[str, str],
        columns: int = 160,
        lines: int = 50,
        quits: bytes = b"\x11",
    ) -> None:
        self._quits = quits
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._child = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environ, start_new_session=True
        )
        os.close(slave)
        self._came = threading.Condition()
        self._bytes = bytearray()
        self._ended = False
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._child.pid

    def send(self, keys: bytes) -> None:
        """Send what keys send."""
        os.write(self._master, keys)

    def mark(self) -> int:
        """How many bytes came so far."""
        with self._came:
            return len(self._bytes)

    def seen(self) -> bytes:
        """All that came so far."""
        with self._came:
            return bytes(self._bytes)

    def wait_for(self, text: bytes, since: int = 0, seconds: float = 60.0) -> float:
        """The moment (`time.perf_counter()`) `text` had come, of what came after `since`."""
        end = time.perf_counter() + seconds
        with self._came:
            while self._bytes.find(text, since) < 0:
                left = end - time.perf_counter()
                if left <= 0 or self._ended:
                    raise TimeoutError(f"{text!r} did not come; last: {bytes(self._bytes[-300:])!r}")
                self._came.wait(left)
            return time.perf_counter()

    def rest(self, seconds: float = 0.3) -> None:
        """Wait until nothing came for `seconds`."""
        before = -1
        while before != self.mark():
            before = self.mark()
            time.sleep(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.send(self._quits)
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        os.close(self._master)

    def _listen(self) -> None:
        while True:
            try:
                ready = select.select([self._master], [], [], 1.0)[0]
                got = os.read(self._master, 65536) if ready else b"-"
            except (OSError, ValueError):
                got = b""
            with self._came:
                if not got:
                    self._ended = True
                elif ready:
                    self._bytes += got
                self._came.notify_all()
            if not got:
                return
