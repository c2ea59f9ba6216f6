"""A small file that only ever holds the last of what it was given, written on a thread of its own.

For what is comfort: losing it loses nothing else, so that it cannot be written is logged and nobody's problem.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from tui.sources.whole_file import WholeFileError, write_whole

log = logging.getLogger(__name__)
Value = TypeVar("Value")


class LastFile(Generic[Value]):
    """The file at `path`, which holds what `format` makes of a value. For any thread; only `close` waits."""

    def __init__(self, path: Path, format: Callable[[Value], bytes]) -> None:
        self._path = path
        self._format = format
        self._lock = threading.Lock()
        self._wanted: Value | None = None
        self._thread: threading.Thread | None = None

    def remember(self, value: Value) -> None:
        """Have `value` written, unless another follows before its turn."""
        with self._lock:
            self._wanted = value
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_all, name=f"write-{self._path.name}", daemon=True)
                self._thread.start()

    def close(self, patience: float = 1.0) -> None:
        """Wait up to `patience` seconds for what is still to be written."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(patience)

    def _write_all(self) -> None:
        while True:
            with self._lock:
                value, self._wanted = self._wanted, None
                if value is None:
                    self._thread = None
                    return
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                write_whole(self._path, self._format(value), durable=False)
            except (OSError, ValueError, WholeFileError) as error:
                log.warning("`%s` cannot be kept: %s", self._path.name, error)
