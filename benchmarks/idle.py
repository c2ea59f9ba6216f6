"""500 repositories watched by the dashboard: CPU at rest against polling them all, and an edit to the screen."""

import tempfile
import time
from pathlib import Path

from benchmarks import places, report
from benchmarks.pty_run import PtyRun
from benchmarks.refresh import ours
from benchmarks.spending import children_of, cpu_of

NUMBER = 500
SECONDS = 30.0
POLL_SECONDS = 30.0
EDITS = 15
REST_SECONDS = 50.0


def run(rounds: int) -> None:
    """As many spans at rest as there are rounds, and edits after them."""
    print(f"\n{NUMBER} repositories at rest, {rounds} spans of {SECONDS:.0f} s, {EDITS} edits")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        paths = places.fleet(home / "fleet", NUMBER)
        environ = places.environment(home)
        polls = [ours(paths, home, environ, f"poll-{number}")["makerhour, HEADs unchanged"].cpu for number in range(3)]
        (home / "config.toml").write_text(f"[repositories]\nroots = ['{paths[0].parent}']\n")
        with PtyRun(places.dashboard(home / "config.toml"), environ) as terminal:
            terminal.wait_for(b"repo-0010")
            (process,) = settled(terminal)
            helper, screen, edits = [], [], []
            for _ in range(rounds):
                before = cpu_of(process), cpu_of(terminal.pid)
                time.sleep(SECONDS)
                helper.append((cpu_of(process) - before[0]) / SECONDS * 100)
                screen.append((cpu_of(terminal.pid) - before[1]) / SECONDS * 100)
            for number in range(EDITS):
                time.sleep(1.0)
                since, began = terminal.mark(), time.perf_counter()
                edited = paths[(200 + number * 17) % NUMBER]  # out of view: a changed one comes to the top
                (edited / f"edit-{number}").write_text("an outside edit\n")
                edits.append((terminal.wait_for(edited.name.encode(), since) - began) * 1000)
    poll = [cpu / POLL_SECONDS * 100 for cpu in polls]
    report.line(f"polling all every {POLL_SECONDS:.0f} s, of a core", poll, unit="%")
    report.line("git process, of a core", helper, unit="%")
    report.line("dashboard, of a core", screen, unit="%")
    print(f"{'git process against polling':<44} x {sorted(helper)[len(helper) // 2] / sorted(poll)[1]:.3f}")
    report.line("an outside edit to the screen", edits)


def settled(terminal: PtyRun) -> list[int]:
    """The process git is run from, once it rests: all is read, watched, and read once more half a minute later, since
    what changed before the watch stood was not reported."""
    time.sleep(REST_SECONDS)
    return children_of(terminal.pid)
