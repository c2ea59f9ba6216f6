"""Real processes on one backlog file, and what other programs do to it. No tests in here."""

import os
import select
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.backlog_items import NOW
from tui.sources.backlog import BacklogStore

ROOT = Path(__file__).parent.parent
PRELUDE = """
import os, sys
from datetime import datetime, timezone
from pathlib import Path
from tui.domain.backlog import Item
from tui.sources.backlog import BacklogError, BacklogStore
def now(): return datetime(2026, 3, 4, 9, 30, tzinfo=timezone.utc)
"""


def store_at(path: Path, **options: object) -> BacklogStore:
    """A store on `path` whose clock stands."""
    return BacklogStore(path, lambda: NOW, **options)  # type: ignore[arg-type]


def titles(path: Path) -> list[str]:
    """What the file itself says, read without a store."""
    return [item["title"] for item in tomllib.loads(path.read_text()).get("items", [])]


def replace_outside(path: Path, content: bytes) -> None:
    """What an editor does that knows nothing of locks."""
    other = path.with_name(f"{path.name}~")
    other.write_bytes(content)
    other.replace(path)


def written_at(path: Path) -> tuple[int, int, int]:
    """What differs after a file was written; reading moves its time of access only."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns


@contextmanager
def running(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that runs `code` and talks through its pipes."""
    command = [sys.executable, "-c", PRELUDE + code, *map(str, arguments)]
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def line_of(child: subprocess.Popen[str]) -> str:
    """The next line it says."""
    assert child.stdout is not None
    return child.stdout.readline().rstrip("\n")


def say(child: subprocess.Popen[str], line: str) -> None:
    """Tell it a line."""
    assert child.stdin is not None
    child.stdin.write(f"{line}\n")
    child.stdin.flush()


def kill_one(spawner: subprocess.Popen[str], path: Path, number: int, delay: float) -> list[str]:
    """Let a fork of `spawner` write, kill it `delay` seconds after its first write; the titles it acknowledged."""
    assert spawner.stdout is not None
    descriptor = spawner.stdout.fileno()
    say(spawner, f"{path} {number}")
    text, killed, deadline = "", False, None
    while not text.endswith("dead\n"):
        wait = 60.0 if deadline is None else max(deadline - time.monotonic(), 0)
        ready, _, _ = select.select([descriptor], [], [], 60.0 if killed else wait)
        if ready:
            chunk = os.read(descriptor, 65536).decode()
            assert chunk, "the spawner ended"
            text += chunk
        else:
            assert deadline is not None, "nothing was written in a minute"
        if deadline is None and "ack" in text:
            deadline = time.monotonic() + delay
        if deadline is not None and not killed and time.monotonic() >= deadline:
            os.kill(int(text.split(None, 2)[1]), 9)
            killed = True
    return [line.removeprefix("ack ") for line in text.splitlines() if line.startswith("ack ")]
