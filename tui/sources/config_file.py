"""The configuration's file while the dashboard runs: whether it changed, and what stands in it now.

It is looked at by its times and size; what it means is `tui.config`. For one thread.
"""

from pathlib import Path

from tui.config import MAX_BYTES, Config, read_config


class ConfigFile:
    """The file at `path`, there or not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: object = ()
        """The file as it was when it was last said to have changed; no file was like the first one."""
        self._seen: object = None

    def changed(self, *, at_once: bool = False) -> bool:
        """True once for each change, the first look included.

        A file that is just being written is looked at again first: half of one can be read as well, as fewer
        settings. `at_once` is for what was written as a whole.
        """
        now = self._look()
        settled, self._seen = now == self._seen, now
        if now == self._read or not (settled or at_once):
            return False
        self._read = now
        return True

    def read(self, *, was_there: bool) -> Config:
        """What stands in it now; the defaults where there is none and none `was_there`. Raises ConfigError."""
        return read_config(self.path, required=was_there)

    def text(self) -> bytes:
        """Its content; empty where there is none that can be read."""
        try:
            with self.path.open("rb") as file:
                return file.read(MAX_BYTES)
        except OSError:
            return b""

    def _look(self) -> object:
        try:
            found = self.path.stat()
        except OSError as error:
            return error.errno
        return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
