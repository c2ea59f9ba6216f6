"""From a key to the changed screen: a bare Textual app with one line-API list, the dashboard idle, and while it
refreshes 100 repositories flat out."""

import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks import places, report
from tests.terminal import Terminal

NUMBER = 100
PRESSES = 40


def run(rounds: int) -> None:
    """Alternate the contestants; the first round is discarded."""
    print(f"\nkey to screen, {NUMBER} repositories, {rounds} rounds of {PRESSES} presses")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        paths = places.fleet(home / "fleet", NUMBER)
        config = home / "config.toml"
        config.write_text(f"[repositories]\nroots = ['{paths[0].parent}']\n")
        bare, idle, busy = [], [], []
        with (
            Terminal.start([sys.executable, "-c", places.BARE_LIST], places.environment(home)) as plain,
            Terminal.start(places.dashboard(config), places.environment(home)) as ours,
        ):
            plain.wait_for("row number 0010")
            ours.wait_for(f"{NUMBER} repos · 0 need you")
            for number in range(rounds + 1):
                figures = presses(plain), presses(ours), presses_while_refreshing(ours, paths)
                if number:
                    bare += figures[0]
                    idle += figures[1]
                    busy += figures[2]
    for name, found in (("bare list", bare), ("makerhour, idle", idle), ("makerhour, refreshing", busy)):
        report.line(name, found)
        print(f"{'':<44} p99    {report.percentile(found, 0.99):8.1f} ms")


def presses(terminal: Terminal) -> list[float]:
    """Milliseconds from each key to the first byte of the change it makes."""
    found = []
    for number in range(PRESSES):
        settle(terminal)
        before, began = len(terminal.raw), time.perf_counter()
        terminal.type("j" if number % 20 < 10 else "k")
        terminal.wait_for(lambda terminal, before=before: len(terminal.raw) > before)  # type: ignore[misc]
        found.append((time.perf_counter() - began) * 1000)
    return found


def presses_while_refreshing(terminal: Terminal, paths: list[Path]) -> list[float]:
    """The same while every repository is read again and again."""
    stop = threading.Event()

    def refresh() -> None:
        while not stop.wait(0.2):
            terminal.type("R")

    thread = threading.Thread(target=refresh, daemon=True)
    thread.start()
    try:
        return presses(terminal)
    finally:
        stop.set()
        thread.join()


def settle(terminal: Terminal) -> None:
    """Wait for a moment without output, so that the next byte is the key's."""
    quiet, seen = time.perf_counter(), len(terminal.raw)
    deadline = quiet + 1
    while time.perf_counter() < min(quiet + 0.02, deadline):
        time.sleep(0.002)
        if len(terminal.raw) != seen:
            quiet, seen = time.perf_counter(), len(terminal.raw)
