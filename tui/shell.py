"""The dashboard's run, from the first byte on the terminal to the last: signals, log, crash, exit code."""

import asyncio
import logging
import re
import signal
import sys
from functools import cached_property
from pathlib import Path

from tui.app import MakerhourApp
from tui.domain.text import redact_url

SWITCH_INTERVAL = 0.0005
"""Seconds between thread switches: a key waits this long for a source's Python, not ten times longer."""
LOG_BYTES = 1_000_000
# The length of a scheme is bounded: a run of letters would otherwise be gone through from each of them.
_URLS = r"[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s'\"`<>]+"


def run(app: MakerhourApp, log_file: Path, *, debug: bool) -> int:
    """Show `app` until the person leaves it. The exit code; sentences about what went wrong on standard error."""
    log_to(log_file, debug=debug)
    sys.setswitchinterval(SWITCH_INTERVAL)
    try:
        asyncio.run(_run(app))
    finally:
        unwritten = app.engine.stop()  # whatever happened, a write under way is waited for
        for text in (app.crash, unwritten):
            if text:
                print(f"makerhour: {text}", file=sys.stderr)
    if app.crash:
        print(f"the log `{log_file}` says where", file=sys.stderr)
    return 1 if app.crash or unwritten else 0


async def _run(app: MakerhourApp) -> None:
    """Run `app`; a signal that ends it leaves the terminal as it was found.

    Only handlers of the loop can do that: one of the `signal` module would stop the loop where it stands.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, app.exit)
    await app.run_async()


def log_to(path: Path, *, debug: bool) -> None:
    """Log to `path` (this person's only), addresses reduced to their hosts. Without a place to log, not at all."""
    root = logging.getLogger()
    root.addHandler(_LogFile(path))
    root.setLevel(logging.DEBUG if debug else logging.WARNING)
    for noisy in ("asyncio", "git", "watchfiles", "filelock", "aiohttp"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class _LogFile(logging.Handler):
    """The file at a path, which is opened when there is something to say."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        self._file.handle(record)

    def close(self) -> None:
        if "_file" in self.__dict__:
            self._file.close()
        super().close()

    @cached_property
    def _file(self) -> logging.Handler:
        from logging.handlers import RotatingFileHandler

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch(mode=0o600)
            handler = RotatingFileHandler(self._path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
        except OSError:
            return logging.NullHandler()
        handler.setFormatter(_Redacted("%(asctime)s %(levelname)s %(name)s %(message)s"))
        return handler


class _Redacted(logging.Formatter):
    """Addresses may hold tokens: scheme and host are enough to tell them apart."""

    def format(self, record: logging.LogRecord) -> str:
        return re.sub(_URLS, lambda found: redact_url(found[0]), super().format(record))
