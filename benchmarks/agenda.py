"""One day of a large calendar: ours cold, with what an earlier run kept, and the next day, against libical parsing the
file and expanding the day, and against icalendar with recurring-ical-events; 20,000 and 100,000 events, and a folder.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from benchmarks import places, report
from benchmarks.calendars import DAY, ME, write_calendar, write_folder
from benchmarks.loading import program
from benchmarks.pty_run import PtyRun
from benchmarks.spending import Spent, spent_on

OURS = f"""
import json, resource, sys, time
def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), used.ru_utime + used.ru_stime
from datetime import timedelta, date
from pathlib import Path
from zoneinfo import ZoneInfo
from tui.calendar_settings import CalendarSettings
from tui.domain.agenda import day_bounds
from tui.sources.calendars.kept import KeptShelves
from tui.sources.calendars.source import open_calendar
zone, day = ZoneInfo("UTC"), date.fromisoformat("{DAY}")
kept = KeptShelves(Path(sys.argv[2]))
calendar = open_calendar(CalendarSettings(path=sys.argv[1]), ["{ME}"], zone, kept=kept)
found, state = calendar.meetings(*day_bounds(day, zone))
assert not state.error and not state.unread, state
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
def timed(calendar, day):
    before = spent()
    found, _ = calendar.meetings(*day_bounds(day, zone))
    after = spent()
    return after[0] - before[0], after[1] - before[1]
figures = {{"next day": timed(calendar, day + timedelta(days=1))}}
for name in ("cold, in a running process", "warm, in a running process") if sys.argv[3:] else ():
    kept = KeptShelves(Path(sys.argv[2]).with_suffix(".again"))
    figures[name] = timed(open_calendar(CalendarSettings(path=sys.argv[1]), ["{ME}"], zone, kept=kept), day)
print(json.dumps([len(found), memory, figures]))
"""
EMPTY = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
PLAIN = f"""
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from icalendar import Calendar
from recurring_ical_events import of
day = datetime.fromisoformat("{DAY}").replace(tzinfo=timezone.utc)
print(len(of(Calendar.from_ical(Path(sys.argv[1]).read_bytes())).between(day, day + timedelta(days=1))))
"""
LIBICAL = Path(__file__).with_name("libical_day.c")
LAG_SECONDS = 0.6
"""About as long as the file takes to be read."""
PLAIN_ROUNDS = 2
"""It takes tens of seconds."""


def run(rounds: int) -> None:
    """Alternate the contestants; the first round is discarded."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        libical = compiled(home)
        for number in (20_000, 100_000):
            file = home / f"{number}.ics"
            write_calendar(file, number)
            print(f"\none day of {number} events in {file.stat().st_size / 1e6:.0f} MB, {rounds} rounds")
            compare(home, file, libical, rounds, plain=number == 20_000)
            file.unlink()
        file = home / "lag.ics"
        write_calendar(file, 20_000)
        print(f"\nthe dashboard while a calendar of {file.stat().st_size / 1e6:.0f} MB is read, {rounds} starts")
        lag(home, file, rounds)
        folder = home / "folder"
        write_folder(folder, 19_150)
        print(f"\none day of a folder of {len(list(folder.iterdir()))} files, {rounds} rounds")
        compare(home, folder, None, rounds, plain=False)


def compiled(home: Path) -> Path | None:
    """The program of libical; None where there is no compiler or no libical."""
    program = home / "libical_day"
    try:
        subprocess.run(["gcc", "-O2", "-o", program, LIBICAL, "-lical"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        print("\nlibical is left out: it needs gcc and Debian's libical-dev")
        return None
    return program


def compare(home: Path, source: Path, libical: Path | None, rounds: int, *, plain: bool) -> None:
    """Print the figures of all contestants on `source`."""
    environ = places.environment(home)
    kept = home / "kept"
    found: dict[str, list[Spent]] = {}
    memory: dict[str, list[float]] = {"warm process, memory over an empty one": []}
    counts = set()

    def asked(name: str, command: list[str], *, counted: bool) -> str:
        spent, said = _spent(command, environ)
        if counted:
            found.setdefault(name, []).append(spent)
        return said

    for number in range(rounds + 1):
        counted = number > 0
        if libical is not None:
            told = asked("libical", [str(libical), str(source), *_window()], counted=counted)
            counts.add(int(told))
        shutil.rmtree(kept, ignore_errors=True)
        command = [sys.executable, "-c", OURS, str(source), str(kept)]
        counts.add(json.loads(asked("makerhour, cold", command, counted=counted))[0])
        shown, held, _ = json.loads(asked("makerhour, warm", command, counted=counted))
        figures = json.loads(_spent([*command, "running"], environ)[1])[2]
        shutil.rmtree(kept.with_suffix(".again"), ignore_errors=True)
        counts.add(shown)
        empty = float(_spent([sys.executable, "-c", EMPTY], environ)[1])
        if counted:
            memory["warm process, memory over an empty one"].append(held - empty)
            for name, spent in figures.items():
                found.setdefault(f"makerhour, {name}", []).append(Spent(*spent))
        if plain and 0 < number <= PLAIN_ROUNDS:
            command = [sys.executable, "-W", "ignore", "-c", PLAIN, str(source)]
            counts.add(int(asked("icalendar + recurring-ical-events", command, counted=True)))
    if len(counts) != 1:
        raise SystemExit(f"the contestants found different numbers of meetings: {sorted(counts)}")
    print(f"{counts.pop()} meetings")
    _print(found, memory)


def lag(home: Path, source: Path, rounds: int) -> None:
    """The event loop's lag at rest, and while the calendar, which is another one then, is read because of `R`."""
    config, beats, link = home / "config.toml", home / "beats.json", home / "work.ics"
    other = home / "other.ics"
    shutil.copyfile(source, other)
    link.symlink_to(source)
    config.write_text(f"[repositories]\nroots = ['{home / 'none'}']\n[[calendars]]\npath = '{link}'\n")
    (home / "none").mkdir()
    command = [sys.executable, "-c", program("self.agenda is not None"), str(beats), "--config", str(config)]
    asked = []
    with PtyRun(command, places.environment(home)) as ours:
        ours.wait_for(b"usable")
        time.sleep(2 * LAG_SECONDS)
        for number in range(rounds + 1):
            (home / "next").symlink_to(other if number % 2 == 0 else source)
            (home / "next").replace(link)
            asked.append(time.perf_counter())
            ours.send(b"R")
            time.sleep(3 * LAG_SECONDS)
    found = [(at, late * 1000) for at, late, _ in json.loads(beats.read_text())]
    stretches = {
        "lag, reading": [(at, at + LAG_SECONDS) for at in asked[1:]],
        "lag, at rest": [(at - LAG_SECONDS, at) for at in asked[1:]],
    }
    for name, spans in stretches.items():
        figures = [late for at, late in found if any(begin <= at < end for begin, end in spans)]
        report.line(name, figures)
        print(f"{'':<44} p99    {report.percentile(figures, 0.99):8.1f} ms  of {len(figures)}")


def _print(found: dict[str, list[Spent]], memory: dict[str, list[float]]) -> None:
    kinds: dict[str, Callable[[Spent], float]] = {"cpu": lambda one: one.cpu, "wall": lambda one: one.wall}
    for kind, of in kinds.items():
        base = [of(one) * 1000 for one in found.get("libical", ())]
        cold = [of(one) * 1000 for one in found["makerhour, cold"]]
        for name, all_spent in found.items():
            figures = [of(one) * 1000 for one in all_spent]
            if name.startswith("icalendar"):
                report.line(f"{name}, {kind}, against cold", figures, floor=cold[: len(figures)])
            else:
                report.line(f"{name}, {kind}", figures, floor=base if base and name != "libical" else None)
    for name, values in memory.items():
        report.line(name, values, unit="MB")


def _spent(command: list[str], environ: dict[str, str]) -> tuple[Spent, str]:
    with tempfile.NamedTemporaryFile("w+") as out:
        spent = spent_on(command, environ, out=out)
        out.seek(0)
        return spent, out.read()


def _window() -> tuple[str, str]:
    return tuple(f"{day:%Y%m%d}T000000Z" for day in (DAY, DAY + timedelta(days=1)))  # type: ignore[return-value]
