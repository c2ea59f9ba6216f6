"""Keys with a session running and without one, while git, calendar, agents and ledger are refreshed all the time.

Each round starts the dashboard anew, once on a ledger with an open session and once on one whose session has ended; the
order changes from round to round. What is told is the ratio of the two, round by round.
"""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import places, report
from benchmarks.loading import press
from benchmarks.pty_run import PtyRun
from tui.domain.sessions import Entry, Session, going, noting
from tui.sources.ledger import LedgerError, LedgerStore

NUMBER = 100
PRESSES = 200
ITEM = "bench1"
EDIT_SECONDS = 0.2
"""Between two edits in the fleet; the calendar is written and the ledger added to every fifth time."""
_CLAUDE = """#!/bin/sh
# Lists one session that is at work or waits, by turns.
state=busy; [ $(( $(date +%s) / 30 % 2 )) = 0 ] && state=waiting
echo '[{{"pid": 1, "cwd": "{path}", "kind": "interactive", "status": "'$state'", "waitingFor": "an answer"}}]'
"""


def run(rounds: int) -> None:
    """Alternate the contestants; the first round is discarded."""
    print(f"\nkeys with and without a session, {NUMBER} repositories, {rounds} rounds of {PRESSES} presses")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        paths = places.fleet(home / "fleet", NUMBER)
        _configure(home, paths)
        found: dict[bool, list[list[float]]] = {True: [], False: []}
        for number in range(rounds + 1):
            for with_session in (True, False) if number % 2 else (False, True):
                figures = one_start(home, paths, with_session=with_session)
                if number:
                    found[with_session].append(figures)
    without, running = found[False], found[True]
    for what, share in (("p50", 0.5), ("p99", 0.99)):
        floor = [report.percentile(figures, share) for figures in without]
        report.line(f"{what} a round, no session", floor)
        report.line(
            f"{what} a round, a session running", [report.percentile(each, share) for each in running], floor=floor
        )


def one_start(home: Path, paths: list[Path], *, with_session: bool) -> list[float]:
    """Milliseconds from each key to the row it selects being drawn."""
    environ = places.environment(home)
    environ["PATH"] = f"{home / 'bin'}:{environ['PATH']}"
    session = _begin(home, paths[0], open_now=with_session)
    with PtyRun(places.dashboard(home / "config.toml"), environ) as ours:
        ours.wait_for(b"repo-0010")
        ours.wait_for(b"going on with" if with_session else b"best fit")
        ours.wait_for(b"0 need you")
        if not with_session and b"going on with" in ours.seen():
            raise RuntimeError("a session that has ended goes on")
        ours.rest(1.0)
        with _refreshing(home, paths, session):
            return [press(ours, number) * 1000 for number in range(PRESSES)]


def _configure(home: Path, paths: list[Path]) -> None:
    (home / "config.toml").write_text(
        f"[repositories]\nroots = ['{paths[0].parent}']\n[agenda]\nrefresh_seconds = 5\n"
        f"[[calendars]]\npath = '{home / 'work.ics'}'\n[backlog]\npath = '{home / 'backlog.toml'}'\n"
    )
    (home / "backlog.toml").write_text(
        f'schema = 1\n[[items]]\nid = "{ITEM}"\ntitle = "Voice inbox"\nstate = "build"\nestimate = 30\n'
        f'repo = "{paths[0].name}"\n'
    )
    claude = home / "bin" / "claude"
    claude.parent.mkdir()
    claude.write_text(_CLAUDE.format(path=paths[0]))
    claude.chmod(0o755)
    _write_calendar(home, 0)


def _write_calendar(home: Path, number: int) -> None:
    """A meeting in three quarters of an hour, called something else each time."""
    start = datetime.now(UTC) + timedelta(minutes=45)
    (home / "work.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        f"SUMMARY:Board prep {number}\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{start + timedelta(hours=1):%Y%m%dT%H%M%SZ}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def _ledger(home: Path) -> LedgerStore:
    return LedgerStore(home / ".local" / "share" / "makerhour" / "ledger.jsonl", lambda: datetime.now(UTC))


def _begin(home: Path, repository: Path, *, open_now: bool) -> Session:
    """A ledger with one session: begun ten minutes ago and open, or ended just now. What runs before left goes."""
    for folder in (".cache", ".local"):
        shutil.rmtree(home / folder, ignore_errors=True)
    store, now = _ledger(home), datetime.now(UTC)
    begun = now - timedelta(minutes=10)
    started = Entry("started", "", begun, item=ITEM, title="Voice inbox", repository=repository, branch="main")
    store.append((started,))
    (session,) = store.read().sessions
    store.append((going(session, "alive" if open_now else "ended", now),))
    return session


@contextmanager
def _refreshing(home: Path, paths: list[Path], session: Session) -> Iterator[None]:
    """Files are edited, the calendar is rewritten and notes are added by others while it lasts."""
    stop = threading.Event()
    failed: list[Exception] = []

    def refresh() -> None:
        store, number = _ledger(home), 0
        try:
            while not stop.wait(EDIT_SECONDS):
                number += 1
                (paths[number % NUMBER] / "edited.txt").write_text(f"{number}\n")
                if number % 5 == 0:
                    _write_calendar(home, number)
                    store.append((noting(session, datetime.now(UTC), "technique", f"note {number}", ""),))
        except (OSError, LedgerError) as error:  # told on the thread that measures
            failed.append(error)

    thread = threading.Thread(target=refresh, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        for path in paths:
            (path / "edited.txt").unlink(missing_ok=True)
    if failed:
        raise failed[0]
