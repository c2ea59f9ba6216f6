"""The ledger when everything goes wrong at once: kills, many writers, full disks, set clocks. Real processes."""

import json
import os
import random
import shutil
import subprocess
import sys
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from tests.backlog_processes import PRELUDE, ROOT, kill_one, line_of, running, say
from tests.ledger_entries import START, entry
from tui.domain.sessions import Entry, made_on, notes_of, open_sessions
from tui.sources.ledger import LedgerStore
from tui.sources.ledger_line import LineError, parse_line

LEDGER = """
from tui.domain.sessions import Entry
from tui.sources.ledger import LedgerError, LedgerStore
def noted(session, text): return Entry("noted", session, now(), item="x", note="next", text=text)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "makerhour" / "ledger.jsonl"


def store_at(path: Path) -> LedgerStore:
    """A store on `path` whose clock stands."""
    return LedgerStore(path, lambda: START)


def texts(path: Path) -> list[str]:
    """The notes in the file, read without a store; what is no entry is left out."""
    found: list[str] = []
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            parsed = parse_line(line)
        except LineError:
            continue
        assert isinstance(parsed, Entry)
        found.append(parsed.text)
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("writers", [2, 4])
def test_entries_of_many_writers_at_once_are_all_there_and_whole(path: Path, writers: int) -> None:
    code = """
store = LedgerStore(Path(sys.argv[1]), now, lock_seconds=250)
who, each = sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
for number in range(each):
    written = store.append([noted(who, f"{who} {number} {part}" + "x" * number) for part in "ab"])
    print(*[entry.id for entry in written], flush=True)
    sessions = store.read().sessions
    mine = next(session for session in sessions if session.id == who)
    assert len(mine.notes) == 2 * (number + 1), "what I wrote I read"
print("done", flush=True)
"""
    each, acknowledged = 200 // writers, set[str]()
    reader = store_at(path)
    children = [running(LEDGER + code, path, who, each) for who in range(writers)]
    opened = [child.__enter__() for child in children]
    try:
        assert {line_of(child) for child in opened} == {"ready"}
        for child in opened:
            say(child, "go")
        seen = 0
        for child in opened:
            while (line := line_of(child)) != "done":
                assert line, "a writer ended"
                acknowledged.update(line.split())
                ledger = reader.read()
                assert (ledger.problem, ledger.remarks) == (None, ())
                count = len(notes_of(ledger.sessions, "x"))
                assert count >= seen, "nothing that was there goes"
                seen = count
    finally:
        for manager in children:
            manager.__exit__(None, None, None)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert {line["id"] for line in lines} == acknowledged
    expected = {
        f"{who} {number} {part}" + "x" * number for who in range(writers) for number in range(each) for part in "ab"
    }
    assert {line["text"] for line in lines} == expected
    assert len(lines) == len(acknowledged) == 400
    pairs = [(one["session"], two["session"]) for one, two in zip(lines[::2], lines[1::2], strict=True)]
    assert all(one == two for one, two in pairs), "what one writes at once stands together"
    assert reader.read() == store_at(path).read()


KILLS, PARTS, ROUNDS_A_FILE = 400, 4, 10

SPAWNER = """
import filelock, signal
for line in sys.stdin:
    path, number = line.split()
    child = os.fork()
    if not child:
        store = LedgerStore(Path(path), now)
        os.write(1, f"pid {os.getpid()}\\n".encode())
        turn = 0
        while True:
            store.append([noted(number, f"{number} {turn} {part} " + "x" * 3000) for part in range(40)])
            os.write(1, f"ack {number} {turn}\\n".encode())
            turn += 1
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
"""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
def test_killed_at_any_moment_what_was_acknowledged_is_there_and_nothing_is_glued(tmp_path: Path, part: int) -> None:
    moments = random.Random(part)
    torn = 0
    with running(LEDGER + SPAWNER) as spawner:
        for first in range(0, KILLS // PARTS, ROUNDS_A_FILE):
            path = tmp_path / f"{first}" / "ledger.jsonl"
            reader = store_at(path)
            acknowledged: set[tuple[str, ...]] = set()
            for number in range(first, first + ROUNDS_A_FILE):
                acknowledged |= {
                    tuple(said.split()) for said in kill_one(spawner, path, number, moments.uniform(0, 0.02))
                }
                if moments.random() < 0.5:  # what a machine that loses its power leaves
                    with path.open("r+b") as file:
                        file.seek(0, os.SEEK_END)
                        file.write(moments.choice((b'{"schema":1,"kind":"noted","te', b"\0" * 100, b"{")))
                torn += not path.read_bytes().endswith(b"\n")
                found = [tuple(text.split()[:3]) for text in texts(path)]
                assert len(set(found)) == len(found)
                assert {(*said, str(part)) for said in acknowledged for part in range(40)} <= set(found)
                told = [tuple(note.text.split()[:3]) for note in notes_of(reader.read().sessions, "x")]
                assert sorted(told) == sorted(found)
            store_at(path).append([entry("ended", 1, "last")])
            ledger = reader.read()
            assert (ledger.problem, ledger.sessions[-1].standing) == (None, "ended")
            assert ledger == store_at(path).read()
            path.unlink()
    assert torn > KILLS // PARTS // 4


FILL = """
import os
store = LedgerStore(Path(sys.argv[1]), now)
written = []
try:
    for number in range(1000):
        written += [entry.text for entry in store.append([noted("s", f"{number} " + "x" * 997)] * 3)]
except LedgerError as error:
    print(error, flush=True)
content = Path(sys.argv[1]).read_bytes()
print(len(written) > 3, content.endswith(b"}\\n"), content.count(b"\\n") == len(written), flush=True)
ledger = store.read()
found = [note.text for session in ledger.sessions for note in session.notes]
print(found == written, ledger.problem, ledger.remarks, flush=True)
"""


def test_a_file_that_may_not_grow_holds_nothing_half_written(path: Path) -> None:
    code = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
"""
    more = """
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.append([Entry("ended", "s", now())])
print(store.read().sessions[0].standing, Path(sys.argv[1]).read_bytes().startswith(content), flush=True)
"""
    with running(LEDGER + code + FILL + more, path) as child:
        said = [line_of(child) for _ in range(4)]
    assert said == [
        f"cannot write `{path}`: File too large; nothing was written", "True True True", "True None ()", "ended True",
    ]  # fmt: skip


SMALL_DISK = """
mount -t tmpfs -o size=64k none "$1" || exit 77
exec "$2" -c "$3" "$1/ledger.jsonl"
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare(1) of util-linux")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    code = """
(Path(sys.argv[1]).parent / "filler").write_bytes(b"x" * 20_000)
"""
    more = """
(Path(sys.argv[1]).parent / "filler").unlink()
store.append([Entry("ended", "s", now())])
print(store.read().sessions[0].standing, Path(sys.argv[1]).read_bytes().startswith(content), flush=True)
"""
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", SMALL_DISK, "sh"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [*command, str(tmp_path), sys.executable, PRELUDE + LEDGER + code + FILL + more],
        capture_output=True, text=True, timeout=120, env=environment, check=False,
    )  # fmt: skip
    if not done.stdout and ("unshare" in done.stderr or done.returncode == 77):
        pytest.skip("this machine lets nobody mount a disk of their own")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"cannot write `{tmp_path}/ledger.jsonl`: No space left on device; nothing was written",
        "True True True", "True None ()", "ended True",
    ]  # fmt: skip


def test_a_session_is_found_again_after_a_crash_and_a_clock_that_was_set(path: Path) -> None:
    code = """
from datetime import UTC, timedelta
import signal
store = LedgerStore(Path(sys.argv[1]), now)
(start,) = store.append([Entry("started", "", now(), item="x", title="Caps", repository=Path("/src/billing"))])
for minutes in (5, 10, -50, -45, 3_000_000, -40):
    store.append([Entry("alive", start.session, now() + timedelta(minutes=minutes))])
os.kill(os.getpid(), signal.SIGKILL)
"""
    with running(LEDGER + code, path) as child:
        assert child.wait(60) == -9
    ledger = store_at(path).read()
    (session,) = open_sessions(ledger.sessions)
    assert (session.title, session.repository) == ("Caps", Path("/src/billing"))
    assert session.made == timedelta(minutes=15), "10 before the clock was set, 5 after; the jumps nothing"
    assert made_on(ledger.sessions, START.date(), UTC) == session.made
