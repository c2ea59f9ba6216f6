"""From exec to the first frame, and to the first frame with the person's data, against a bare Textual app and against
other Textual programs: at the first start ever, and at each later one, which knows what was last read.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import places, report
from benchmarks.peers import installed
from benchmarks.pty_run import PtyRun

SETTLE_SECONDS = 0.5
"""Between two starts: processes of the one before end, and the files it wrote reach the disk."""


def run(rounds: int) -> None:
    """Alternate the contestants; the first round is discarded."""
    print(f"\nstart-up, demo fleet of 12, {rounds} rounds")
    peers = installed()
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        config = places.demo(home / "demo")
        row = _a_repository(config)
        for number in range(rounds + 1):
            shutil.rmtree(home / ".cache", ignore_errors=True)
            figures: dict[str, tuple[float, ...]] = {
                "bare": _started([sys.executable, "-c", places.BARE], home, b"bare app on screen")
            }
            figures["first"] = _started(places.dashboard(config), home, b"1 Repositories", b"12 repos")
            figures["later"] = _started(places.dashboard(config), home, b"1 Repositories", row, again=True)
            shutil.rmtree(home / ".cache/makerhour/frames")
            figures["resized"] = _started(places.dashboard(config), home, b"1 Repositories", row)
            for peer in peers:
                (home / peer.name).mkdir(exist_ok=True)
                time.sleep(SETTLE_SECONDS)
                began = time.perf_counter()
                with PtyRun(peer.command, places.environment(home / peer.name), 120, 40, peer.quits) as program:
                    figures[peer.name] = ((program.wait_for(peer.frame) - began) * 1000,)
            for who, times in figures.items() if number else ():
                for what, value in zip(("frame", "data", "leaving", "live"), times, strict=False):
                    found.setdefault(f"{who} {what}", []).append(value)
    bare = found["bare frame"]
    report.line("bare Textual app, first frame", bare)
    report.line("makerhour, first start ever, first frame", found["first frame"], floor=bare)
    report.line("makerhour, first start ever, all read", found["first data"], floor=bare)
    report.line("makerhour, later start, last frame", found["later frame"], floor=bare)
    report.line("makerhour, later start, its rows", found["later data"], floor=bare)
    report.line("makerhour, later start, live frame", found["later live"], floor=bare)
    report.line("makerhour, at another size, first frame", found["resized frame"], floor=bare)
    report.line("makerhour, at another size, rows of last time", found["resized data"], floor=bare)
    for peer in peers:
        report.line(f"{peer.name}, first frame", found[f"{peer.name} frame"], floor=bare)
    report.line("bare Textual app, leaving", found["bare leaving"])
    report.line("makerhour, leaving", found["later leaving"], floor=found["bare leaving"])


def _a_repository(config: Path) -> bytes:
    """The name of one, as its row has it."""
    return sorted(path.parent.name for path in config.parent.glob("*/*/.git"))[0].encode()


def _started(
    command: list[str], home: Path, frame: bytes, data: bytes = b"", *, again: bool = False
) -> tuple[float, ...]:
    """Milliseconds to the first frame, to the data, and from the key that leaves to the end; where it is drawn `again`,
    to that too."""
    time.sleep(SETTLE_SECONDS)
    began = time.perf_counter()
    with PtyRun(command, places.environment(home), 120, 40) as program:
        first = program.wait_for(frame)
        second = program.wait_for(data) if data else first
        live = program.wait_for(frame, since=program.seen().find(frame) + 1) if again else first
        program.rest(0.5)
        left = time.perf_counter()
    return (first - began) * 1000, (second - began) * 1000, (time.perf_counter() - left) * 1000, (live - began) * 1000
