"""The process git is run from, driven as the dashboard drives it, and what it and its children spent."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tui.config import RepositoriesSettings
from tui.domain.repos import Repository
from tui.sources.git.orders import News, Order, Tiding, Wanted
from tui.sources.git.wire import format_line, from_plain, parse_line, to_plain

_TICKS = os.sysconf("SC_CLK_TCK")
_NANO = 1e9


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds."""

    wall: float
    cpu: float
    """Of the process and of its children that have ended."""
    processes: int = 0
    """git commands started."""


class GitWorker:
    """One process; `with` ends it. Its tidings are read where they are waited for."""

    def __init__(self, wanted: Wanted, environ: dict[str, str]) -> None:
        program = "from tui.gitworker import main; main()"
        self._child = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environ,
        )
        self.rows: dict[Path, Repository] = {}
        self._say(to_plain(wanted))

    @property
    def pid(self) -> int:
        """Its number."""
        return self._child.pid

    def order(self, order: Order) -> None:
        """Tell it what to do."""
        self._say(to_plain(order))

    def wait(self, true: Callable[[News], bool]) -> News:
        """Read tidings up to one for which `true` holds."""
        stdout = self._child.stdout
        if stdout is None:
            raise RuntimeError("started without its streams")
        for line in stdout:
            news = from_plain(parse_line(line), Tiding).news
            if news is None:
                continue
            for row in news.rows:
                self.rows[row.repository.path] = row.repository
            if true(news):
                return news
        raise RuntimeError("the process ended")

    def cpu(self) -> float:
        """Seconds of CPU so far, its ended children's included."""
        return cpu_of(self.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._child.stdin is not None:
            self._child.stdin.close()
        try:
            self._child.wait(5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        if self._child.stdout is not None:
            self._child.stdout.close()

    def _say(self, plain: object) -> None:
        if self._child.stdin is None:
            raise RuntimeError("started without its streams")
        self._child.stdin.write(format_line(plain))
        self._child.stdin.flush()


def wanted(root: Path, home: Path, *, watch: bool = False, kept: str = "cache") -> Wanted:
    """What to read: all under `root`, with shadows and the saved fleet below `home`."""
    settings = RepositoriesSettings(watch=watch)
    return Wanted(settings, (root,), (), home / "seen.json", home / kept / "fleet.json", home / kept / "git")


def cpu_of(process: int) -> float:
    """Seconds of CPU `process` and its ended children have spent (proc(5), `stat`)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def memory_of(process: int) -> tuple[float, float]:
    """Resident and proportional megabytes of `process` (proc(5), `smaps_rollup`)."""
    found = {}
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in ("Rss", "Pss"):
            found[name] = int(rest.split()[0]) / 1024
    return found["Rss"], found["Pss"]


def children_of(process: int) -> list[int]:
    """The processes `process` started that are still there."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(number) for number in listed]


def spent_on(command: Sequence[str], environ: dict[str, str], given: str | None = None) -> Spent:
    """What running `command` costs."""
    began, before = time.perf_counter(), os.times()
    subprocess.run(command, env=environ, input=given, text=True, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Spent(time.perf_counter() - began, cpu)
