"""What processes spend and hold, by what the system says of them (proc(5))."""

import os
import resource
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds."""

    wall: float
    cpu: float
    """Of the process and of its children that have ended."""
    processes: int = 0
    """git commands started."""


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
    listed = [file.read_text() for file in Path(f"/proc/{process}/task").glob("*/children")]  # a list for each thread
    return [int(number) for part in listed for number in part.split()]


def spent_on(
    command: Sequence[str], environ: dict[str, str], given: str | None = None, out: IO[str] | None = None
) -> Spent:
    """What running `command` costs; what it prints goes to `out`."""
    began, before = time.perf_counter(), _cpu_of_children()
    subprocess.run(command, env=environ, input=given, text=True, check=True, stdout=out or subprocess.DEVNULL)
    return Spent(time.perf_counter() - began, _cpu_of_children() - before)


def _cpu_of_children() -> float:
    """Seconds of CPU that ended children have spent (getrusage(2): finer than the clock's ticks)."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
