"""The dashboard while 500 repositories are read flat out: the event loop's lag, keys to the screen, and memory; idle,
loading, and loading beside two busy processes."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import places, report
from benchmarks.pty_run import PtyRun
from benchmarks.spending import children_of, memory_of

NUMBER = 500
SECONDS = 14.0
REST_SECONDS = 2.0
"""After loading: the watch is set up and the fleet is saved."""
KEY_SECONDS = 0.08
_PROGRAM = """
import asyncio, json, sys, time
from tui.app import MakerhourApp
beats, ready = [], MakerhourApp.on_ready
def on_ready(self):
    ready(self)
    async def beat():
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            whole = %s
            beats.append((before, time.perf_counter() - before - 0.005, whole))
    self.beat = asyncio.get_running_loop().create_task(beat())
MakerhourApp.on_ready = on_ready
from tui.__main__ import main
place = sys.argv.pop(1)
try:
    main()
finally:
    open(place, "w").write(json.dumps(beats))
"""


def program(whole: str) -> str:
    """The dashboard with a 5 ms heartbeat in its event loop, which writes to the file named first: when each beat was
    due, how late it came, and whether by then what was waited for (`whole`, an expression on the app) was there."""
    return _PROGRAM % whole


OURS = program("self.fleet is not None and self.fleet.complete")


def run(rounds: int) -> None:
    """Start anew each round: what is loaded must not be known from the round before. The first is discarded."""
    print(f"\n{NUMBER} repositories loaded flat out, {rounds} rounds")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        paths = places.fleet(home / "fleet", NUMBER)
        (home / "config.toml").write_text(f"[repositories]\nroots = ['{paths[0].parent}']\n")
        found: dict[str, list[float]] = {}
        memory: dict[str, list[float]] = {}
        for number in range(rounds + 1):
            for busy in (0, 2):
                hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)]
                try:
                    figures, held = one_start(home)
                finally:
                    for hog in hogs:
                        hog.kill()
                        hog.wait()
                for what, values in figures.items() if number else ():
                    found.setdefault(f"{what}, {busy} busy processes beside", []).extend(values)
                for what, value in held.items() if number and not busy else ():
                    memory.setdefault(what, []).append(value)
            if number:
                for what, value in bare(home).items():
                    memory.setdefault(what, []).append(value)
    for what, values in sorted(found.items()):
        report.line(what, [value * 1000 for value in values])
        print(f"{'':<44} p99    {report.percentile(values, 0.99) * 1000:8.1f} ms  of {len(values)}")
    for what, values in memory.items():
        report.line(what, values, unit="MB")


def one_start(home: Path) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Seconds of lag and from key to screen while loading and at rest after it; megabytes at rest."""
    beats = home / "beats.json"
    shutil.rmtree(home / ".cache" / "makerhour", ignore_errors=True)
    command = [sys.executable, "-c", OURS, str(beats), "--config", str(home / "config.toml")]
    keys: list[tuple[float, float]] = []
    with PtyRun(command, places.environment(home)) as ours:
        ours.wait_for(b"repo-0010")
        began = time.perf_counter()
        while time.perf_counter() - began < SECONDS:
            keys.append((time.perf_counter(), press(ours, len(keys))))
        ended = time.perf_counter()
        held = [memory_of(process) for process in (ours.pid, *children_of(ours.pid))]
    lags = json.loads(beats.read_text())
    loaded = next(at for at, _, complete in lags if complete)
    rested = loaded + REST_SECONDS
    if rested > ended - 1:
        raise RuntimeError(f"loading took {loaded - began:.1f} s: nothing was left to measure at rest")
    figures = {
        "lag, loading": [lag for at, lag, _ in lags if began <= at < loaded],
        "lag, idle": [lag for at, lag, _ in lags if rested <= at < ended],
        "key to screen, loading": [took for at, took in keys if at < loaded],
        "key to screen, idle": [took for at, took in keys if at >= rested],
        "loading": [loaded - began],
    }
    memory = {
        "dashboard and its git process, resident": sum(resident for resident, _ in held),
        "dashboard and its git process, proportional": sum(share for _, share in held),
    }
    return figures, memory


def press(program: PtyRun, number: int, row: bytes = b"repo-00") -> float:
    """Seconds from the key with that number to the row it selects, which has `row` in it, being drawn."""
    time.sleep(KEY_SECONDS)
    since, began = program.mark(), time.perf_counter()
    program.send(b"j" if number % 20 < 10 else b"k")
    return program.wait_for(row, since) - began


def bare(home: Path) -> dict[str, float]:
    """Megabytes of a bare Textual app at rest."""
    with PtyRun([sys.executable, "-c", places.BARE], places.environment(home)) as app:
        app.wait_for(b"bare app on screen")
        app.rest()
        resident, share = memory_of(app.pid)
    return {"bare Textual app, resident": resident, "bare Textual app, proportional": share}
