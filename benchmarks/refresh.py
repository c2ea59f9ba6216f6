"""A full refresh of small and of big repositories against `xargs -P2` running the same git commands, and against
`gita ll` and `mgitstatus` where they are installed."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import places, report
from benchmarks.spending import Spent, spent_on
from tui.sources.git.commits import last_arguments, moved_arguments
from tui.sources.git.status import ARGUMENTS

SMALL = (100, 500)
ALL = "xargs -P2 status, log, last commit"
OURS = """
import json, resource, sys, time
from datetime import datetime
from pathlib import Path
from tui.config import RepositoriesSettings
from tui.sources.git.fleet import FleetSource
from tui.sources.git.saved import SavedFleet
import git  # its import is start-up's cost, not a refresh's
sys.setswitchinterval(0.0005)
def spent():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.perf_counter(), sum(one.ru_utime + one.ru_stime for one in used)
root, number, kept = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
settings = RepositoriesSettings(watch=False)
saved = SavedFleet(kept / "fleet.json", kept / "moved.json")
source = FleetSource(
    settings, (root,), (), kept / "seen.json", lambda: datetime.now().astimezone(),
    shadows=kept / "git", saved=saved.read((root,)), moved=saved.read_moved(),
)
figures = []
for number_of_pass in range(2):
    if number_of_pass:
        source.request([repo.path for repo in fleet.repositories])  # a refresh, not another search
    began, processes = spent(), source.processes
    for fleet in source.read():
        pass
    ended = spent()
    figures.append([ended[0] - began[0], ended[1] - began[1], source.processes - processes])
assert len(fleet.repositories) == number and not any(repo.error for repo in fleet.repositories)
source.close()
saved.keep(fleet, source.moved_to_save())
print(json.dumps(figures))
"""


def run(rounds: int) -> None:
    """Alternate ours and the floor; the first round is discarded."""
    for number in SMALL:
        with tempfile.TemporaryDirectory() as name:
            home = Path(name)
            paths = places.fleet(home / "fleet", number)
            print(f"\nfull refresh of {number} small repositories, {rounds} rounds")
            compare(paths, home, rounds, peers=True)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        paths = places.big_fleet(home / "fleet")
        print(f"\nfull refresh of {len(paths)} big repositories, {rounds} rounds")
        compare(paths, home, rounds, peers=False)


def compare(paths: list[Path], home: Path, rounds: int, *, peers: bool) -> None:
    """Print the figures of ours, the floor and the peers on the fleet at `paths`."""
    environ = places.environment(home)
    log = moved_arguments(since=int(time.time()) - 7 * 86_400)
    last = last_arguments("HEAD")  # no commit of the fleet is so new that the log holds it
    told = "\n".join(map(str, paths))
    found: dict[str, list[Spent]] = {}
    if peers and shutil.which("gita"):
        spent_on(["gita", "add", *map(str, paths)], environ)
    for place in range(rounds + 1):
        round_: dict[str, Spent] = {
            "xargs -P2 status": spent_on(floor(ARGUMENTS), environ, told),
        }
        logs = spent_on(floor(log), environ, told)
        first = round_["xargs -P2 status"]
        lasts = spent_on(floor(last), environ, told)
        round_[ALL] = Spent(first.wall + logs.wall + lasts.wall, first.cpu + logs.cpu + lasts.cpu)
        round_ |= ours(paths, home, environ, kept=f"cache-{place}")
        if peers and shutil.which("gita"):
            round_["gita ll"] = spent_on(["gita", "ll"], environ)
        if peers and len(paths) <= 100 and shutil.which("mgitstatus") and place < 3:
            round_["mgitstatus"] = spent_on(["mgitstatus", "-d", "1", str(paths[0].parent)], environ)
        for name, spent in round_.items() if place else ():
            found.setdefault(name, []).append(spent)
    floors = {
        "makerhour, first read ever": ALL,
        "makerhour, first read of a start": "xargs -P2 status",
        "makerhour, HEADs unchanged": "xargs -P2 status",
        "gita ll": "makerhour, HEADs unchanged",
        "mgitstatus": "makerhour, HEADs unchanged",
    }
    for name in floors:
        for processes in {spent.processes for spent in found.get(name, ()) if spent.processes}:
            print(f"{name}: {processes} git processes")
    for kind in ("wall", "cpu"):
        for name, all_spent in found.items():
            figures = [getattr(spent, kind) * 1000 for spent in all_spent]
            base = floors.get(name)
            of_floor = [getattr(spent, kind) * 1000 for spent in found[base][: len(figures)]] if base else None
            report.line(f"{name}, {kind}", figures, floor=of_floor)


def floor(command: tuple[str, ...]) -> list[str]:
    """The git command for each path on standard input, two at a time."""
    return ["xargs", "-P2", "-I{}", "git", "-C", "{}", "--no-optional-locks", *command]


def ours(paths: list[Path], home: Path, environ: dict[str, str], kept: str) -> dict[str, Spent]:
    """Three passes over the fleet: by a first process ever, then by one that finds what that one kept."""
    found = {}
    for name in ("makerhour, first read ever", "makerhour, first read of a start"):
        command = [sys.executable, "-c", OURS, str(paths[0].parent), str(len(paths)), str(home / kept)]
        run = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
        first, again = (Spent(*figures) for figures in json.loads(run.stdout))
        found[name] = first
    found["makerhour, HEADs unchanged"] = again
    shutil.rmtree(home / kept)
    return found
