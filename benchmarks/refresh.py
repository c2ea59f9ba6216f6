"""A full refresh of 100 small repositories against `xargs -P2` running the same git commands."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import places, report

NUMBER = 100
STATUS = (
    "git -C {} --no-optional-locks status --porcelain=v2 --branch --show-stash -z --untracked-files=normal "
    "--ignore-submodules=dirty >/dev/null"
)
LOG = "git -C {} log -1 --no-show-signature --format=%H%x00%an%x00%ae%x00%ct%x00%s >/dev/null"
OURS = """
import json, os, sys, time
from datetime import datetime
from pathlib import Path
from tui.config import RepositoriesSettings
from tui.sources.git.fleet import FleetSource
import git  # its import is start-up's cost, not a refresh's
def spent():
    times = os.times()
    return time.perf_counter(), sum(times[:4])
root = Path(sys.argv[1])
source = FleetSource(RepositoriesSettings(watch=False), (root,), (), None, lambda: datetime.now().astimezone())
figures = []
for _ in range(2):
    source.request()
    began, processes = spent(), source.processes
    for fleet in source.read():
        pass
    ended = spent()
    figures.append([ended[0] - began[0], ended[1] - began[1], source.processes - processes])
assert len(fleet.repositories) == int(sys.argv[2]) and not any(repo.error for repo in fleet.repositories)
source.close()
print(json.dumps(figures))
"""


def run(rounds: int) -> None:
    """Alternate ours and the floor; the first round is discarded."""
    print(f"\nfull refresh of {NUMBER} small repositories, {rounds} rounds")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        paths = places.fleet(home / "fleet", NUMBER)
        columns: dict[str, list[float]] = {}
        processes: set[tuple[int, ...]] = set()
        for number in range(rounds + 1):
            both = floor(paths, f"{STATUS}; {LOG}")
            status = floor(paths, STATUS)
            first, again = ours(paths[0].parent, home)
            if not number:
                continue
            processes.add((int(first[2]), int(again[2])))
            passes = {"both": both, "status": status, "first": first, "again": again}
            for key, (wall, cpu, *_) in passes.items():
                columns.setdefault(f"{key} wall", []).append(wall * 1000)
                columns.setdefault(f"{key} cpu", []).append(cpu * 1000)
    print(f"git processes: first pass {sorted(processes)[0][0]}, second {sorted(processes)[0][1]}")
    for kind in ("wall", "cpu"):
        report.line(f"xargs -P2 status + log, {kind}", columns[f"both {kind}"])
        report.line(f"makerhour, first read, {kind}", columns[f"first {kind}"], floor=columns[f"both {kind}"])
        report.line(f"xargs -P2 status, {kind}", columns[f"status {kind}"])
        report.line(f"makerhour, HEADs unchanged, {kind}", columns[f"again {kind}"], floor=columns[f"status {kind}"])


def floor(paths: list[Path], command: str) -> tuple[float, float]:
    """Wall and CPU seconds of `command` for every path, two at a time."""
    began, before = time.perf_counter(), os.times()
    subprocess.run(
        ["xargs", "-P2", "-I{}", "sh", "-c", command],
        input="\n".join(map(str, paths)),
        text=True,
        check=True,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
    )
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, cpu


def ours(root: Path, home: Path) -> tuple[list[float], list[float]]:
    """Wall seconds, CPU seconds and git processes of the first and the second pass."""
    command = [sys.executable, "-c", OURS, str(root), str(NUMBER)]
    run = subprocess.run(command, env=places.environment(home), capture_output=True, text=True, check=True)
    first, again = json.loads(run.stdout)
    return first, again
