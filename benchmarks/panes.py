"""From a key to the changed row, at rest, in every pane of a full dashboard (500 repositories, 60 meetings today and
10,000 items), against a bare Textual app with one such list.
"""

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import places, report
from benchmarks.pty_run import PtyRun

REPOSITORIES, MEETINGS, ITEMS = 500, 60, 10_000
PRESSES = 200
KEY_SECONDS = 0.06
PANES = ((b"1", "repositories", b"repo-0"), (b"2", "today", b"meeting "), (b"3", "backlog", b"idea 0"))


def run(rounds: int) -> None:
    """One start for all rounds; contestants alternate by the round, and the first round is discarded."""
    print(
        f"\nkey to row, {REPOSITORIES} repositories, {MEETINGS} meetings, {ITEMS} items, {rounds} rounds of {PRESSES}"
    )
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        _fill(home)
        found: dict[str, list[list[float]]] = {}
        with (
            PtyRun([sys.executable, "-c", places.BARE_LIST], places.environment(home)) as bare,
            PtyRun(places.dashboard(home / "config.toml"), places.environment(home)) as ours,
        ):
            bare.wait_for(b"row number 0010")
            ours.wait_for(f"{REPOSITORIES} repos".encode())
            ours.wait_for(b"idea 0")
            ours.rest(4.0)
            for number in range(rounds + 1):
                figures = {"bare list": _presses(bare, b"row number")}
                for key, pane, row in PANES:
                    ours.send(key)
                    ours.rest()
                    figures[pane] = _presses(ours, row)
                for who, times in figures.items() if number else ():
                    found.setdefault(who, []).append(times)
    floor = [report.percentile(times, 0.99) for times in found["bare list"]]
    for who, taken in found.items():
        report.line(f"{who}, p50 a round", [report.percentile(each, 0.5) for each in taken])
        worst = [report.percentile(each, 0.99) for each in taken]
        report.line(f"{who}, p99 a round", worst)
        if who != "bare list":
            report.line(f"{who}, p99 over the bare list's", [a - b for a, b in zip(worst, floor, strict=True)])


def _presses(program: PtyRun, row: bytes) -> list[float]:
    """Milliseconds from each key to the row it selects being drawn."""
    found = []
    for number in range(PRESSES):
        time.sleep(KEY_SECONDS)
        since, began = program.mark(), time.perf_counter()
        program.send(b"j" if number % 20 < 10 else b"k")
        found.append((program.wait_for(row, since) - began) * 1000)
    return found


def _fill(home: Path) -> None:
    paths = places.fleet(home / "fleet", REPOSITORIES)
    (home / "config.toml").write_text(
        f"[repositories]\nroots = ['{paths[0].parent}']\n[[calendars]]\npath = '{home / 'work.ics'}'\n"
        f"[backlog]\npath = '{home / 'backlog.toml'}'\n"
    )
    begin = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//EN"]
    for number in range(MEETINGS):
        start = begin + timedelta(minutes=12 * number)
        lines += ["BEGIN:VEVENT", f"UID:{number}", f"SUMMARY:meeting {number:02}", f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
                  f"DTEND:{start + timedelta(minutes=10):%Y%m%dT%H%M%SZ}", "END:VEVENT"]  # fmt: skip
    (home / "work.ics").write_text("\r\n".join([*lines, "END:VCALENDAR", ""]))
    items = "".join(
        f'[[items]]\nid = "i{number}"\ntitle = "idea {number:05}"\nstate = "{"inbox" if number % 3 else "build"}"\n'
        f"estimate = {15 * (1 + number % 12)}\nimpact = {1 + number % 5}\nedge = {1 + number % 4}\n"
        for number in range(ITEMS)
    )
    (home / "backlog.toml").write_text(f"schema = 1\n{items}")
