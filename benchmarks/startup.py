"""From exec to the first frame, and to the first frame with the person's data, against a bare Textual app."""

import sys
import tempfile
import time
from pathlib import Path

from benchmarks import places, report
from tests.terminal import Terminal


def run(rounds: int) -> None:
    """Alternate the contestants; the first round is discarded."""
    print(f"\nstart-up, demo fleet of 12, {rounds} rounds")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        config = places.demo(home / "demo")
        bare, frame, data, quit_bare, quit_ours = [], [], [], [], []
        for number in range(rounds + 1):
            one = started([sys.executable, "-c", places.BARE], home, "bare app on screen", "bare app on screen")
            two = started(places.dashboard(config), home, "1 Repositories", "12 repos")
            if number:
                bare.append(one[0])
                quit_bare.append(one[2])
                frame.append(two[0])
                data.append(two[1])
                quit_ours.append(two[2])
    report.line("bare Textual app, first frame", bare)
    report.line("makerhour, first frame", frame, floor=bare)
    report.line("makerhour, all repositories read and shown", data, floor=bare)
    report.line("bare Textual app, leaving", quit_bare)
    report.line("makerhour, leaving", quit_ours, floor=quit_bare)


def started(command: list[str], home: Path, frame: str, data: str) -> tuple[float, float, float]:
    """Milliseconds to the first frame, to the data, and from the key to the end."""
    began = time.perf_counter()
    with Terminal.start(command, places.environment(home)) as terminal:
        terminal.wait_for(frame)
        first = time.perf_counter()
        terminal.wait_for(data)
        second = time.perf_counter()
        terminal.type("\x11")
        terminal.wait_exit()
        return (first - began) * 1000, (second - began) * 1000, (time.perf_counter() - second) * 1000
