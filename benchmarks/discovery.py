"""Searching a large root for repositories against `find -type d`, and what watching it for new ones costs at rest."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import places, report
from benchmarks.spending import spent_on

FOLDERS = 50_000
REPOSITORIES = 500
DEPTH = 6
AT_REST_SECONDS = 30
SEARCH = """
import json, sys, threading, time
from pathlib import Path
from tui.config import RepositoriesSettings
from tui.sources.git.discovery import find_repositories
from tui.sources.git.roots import RootWatch
root, depth, rest = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
before, began = time.process_time(), time.perf_counter()
found = find_repositories([root], depth)
figures = [time.process_time() - before, time.perf_counter() - began, len(found.repositories)]
told = threading.Event()
watch = RootWatch((root,), RepositoriesSettings(depth=depth), lambda _: False, ready=told.set)
began = time.perf_counter()
rows = watch.find()
while not rows:
    told.wait()
    rows = watch.find()
figures.append(time.perf_counter() - began)
while watch.searching:
    told.wait(0.01)
watch.find()
saved = RootWatch((root,), RepositoriesSettings(depth=depth), lambda _: False, saved=found.repositories)
began = time.perf_counter()
rows = saved.find()
figures += [time.perf_counter() - began, len(rows)]
saved.close()
time.sleep(3)  # the second look lists every folder once more
before, began = time.process_time(), time.perf_counter()
time.sleep(rest)
figures.append((time.process_time() - before) / (time.perf_counter() - began) * 100)
watch.close()
print(json.dumps(figures))
"""


def run(rounds: int) -> None:
    """Alternate ours and `find`; the first round is discarded."""
    print(f"\nsearch of {FOLDERS} folders with {REPOSITORIES} repositories, {rounds} rounds")
    names = ("find cpu", "cpu", "find wall", "wall", "first", "saved")
    columns: dict[str, list[float]] = {name: [] for name in names}
    at_rest = []
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        root = home / "root"
        grow(root)
        for number in range(rounds + 1):
            floor = find(root)
            rest = AT_REST_SECONDS if number == rounds else 0
            cpu, wall, count, first, saved, rows, percent = ours(root, home, rest)
            if (count, rows) != (REPOSITORIES, REPOSITORIES):
                raise SystemExit(f"{count:.0f} found, {rows:.0f} at once, instead of {REPOSITORIES}")
            if rest:
                at_rest.append(percent)
            if number:
                per = 10_000 / FOLDERS * 1000  # milliseconds for 10,000 folders
                figures = (floor[0] * per, cpu * per, floor[1] * per, wall * per, first * 1000, saved * 1000)
                for key, figure in zip(names, figures, strict=True):
                    columns[key].append(figure)
    report.line("find -type d, 10,000 folders, cpu", columns["find cpu"])
    report.line("makerhour, 10,000 folders, cpu", columns["cpu"], floor=columns["find cpu"])
    report.line("find -type d, 10,000 folders, wall", columns["find wall"])
    report.line("makerhour, 10,000 folders, wall", columns["wall"], floor=columns["find wall"])
    report.line("first rows of a whole search", columns["first"])
    report.line("all rows from the saved list", columns["saved"])
    report.line("looking for new ones, at rest", at_rest, unit="% of a core")


def grow(root: Path) -> None:
    """Folders of files in four levels; every hundredth is a repository as far as a search can tell."""
    made = 0
    for place in range(FOLDERS // 100):
        team = root / f"team-{place // 10}" / f"area-{place % 10}"
        repository = team / "project"
        (repository / ".git").mkdir(parents=True)
        for name in ("objects", "refs"):
            (repository / ".git" / name).mkdir()
        (repository / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
        for number in range(96):
            folder = repository / f"part-{number // 12}" / f"piece-{number % 12}"
            folder.mkdir(parents=True)
            for file in range(4):
                (folder / f"file-{file}.txt").write_text("")
        made += 1
    if made != REPOSITORIES:
        raise SystemExit("the numbers above do not fit together")


def find(root: Path) -> tuple[float, float]:
    """CPU and wall seconds of `find`, which is not to enter git folders either."""
    command = ["find", str(root), "-name", ".git", "-prune", "-o", "-type", "d", "-print"]
    spent = spent_on(command, dict(os.environ))
    return spent.cpu, spent.wall


def ours(root: Path, home: Path, rest: float) -> list[float]:
    """CPU and wall seconds, repositories; seconds to the first rows and to the saved ones, how many; CPU at rest."""
    command = [sys.executable, "-c", SEARCH, str(root), str(DEPTH), str(rest)]
    run = subprocess.run(command, env=places.environment(home), capture_output=True, text=True, check=True)
    figures: list[float] = json.loads(run.stdout)
    return figures
