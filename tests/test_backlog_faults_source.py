"""The backlog's file when everything goes wrong at once: kills, many writers, full disks, other programs, odd clocks.

Real processes, real files and, where the machine lets it, a real small disk.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.backlog_items import NOW
from tests.backlog_processes import PRELUDE, ROOT, kill_one, line_of, replace_outside, running, say, store_at, titles
from tui.domain.backlog import Item
from tui.domain.changes import Change
from tui.sources import backlog_file
from tui.sources.backlog import BacklogError, BacklogStore
from tui.sources.toml_text import parse_plain


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "makerhour" / "backlog.toml"


@pytest.fixture
def filled(path: Path) -> Path:
    """A backlog of two items that a store has written."""
    store_at(path).add([Item("a", "First", impact=3), Item("b", "Second")])
    return path


KILLS, PARTS, ROUNDS_A_FILE = 1000, 5, 20

SPAWNER = """
import filelock, signal, tomli_w, tomllib
for line in sys.stdin:
    path, number = line.split()
    child = os.fork()
    if not child:
        store = BacklogStore(Path(path), now)
        os.write(1, f"pid {os.getpid()}\\n".encode())
        turn = 0
        while True:
            store.add([Item("", f"{number} {turn}", why="because " * 400)])
            os.write(1, f"ack {number} {turn}\\n".encode())
            turn += 1
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
"""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
def test_killed_at_any_moment_the_file_is_whole_and_nothing_acknowledged_is_lost(tmp_path: Path, part: int) -> None:
    moments = random.Random(part)
    halfway = 0
    with running(SPAWNER) as spawner:
        for first in range(0, KILLS // PARTS, ROUNDS_A_FILE):
            path = tmp_path / f"{first}" / "backlog.toml"
            acknowledged: list[str] = []
            for number in range(first, first + ROUNDS_A_FILE):
                acknowledged += kill_one(spawner, path, number, moments.uniform(0, 0.03))
                found = titles(path)
                assert len(set(found)) == len(found)
                assert set(acknowledged) <= set(found)
            assert store_at(path).read().problem is None
            halfway += len(list(path.parent.glob(".backlog.toml.*.tmp")))
    assert halfway, "some were killed in the middle of writing"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("writers", [2, 8])
def test_a_thousand_ideas_from_many_writers_at_once_are_a_thousand(path: Path, writers: int) -> None:
    code = """
store = BacklogStore(Path(sys.argv[1]), now, lock_seconds=300)
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    (item,) = store.add([Item("", f"{sys.argv[2]} {number}")])
    print(item.id, flush=True)
print("done", flush=True)
"""
    each = 1000 // writers
    acknowledged: list[str] = []
    children = [running(code, path, who, each) for who in range(writers)]
    opened = [child.__enter__() for child in children]
    try:
        assert {line_of(child) for child in opened} == {"ready"}
        for child in opened:
            say(child, "go")
        for child in opened:
            while (line := line_of(child)) != "done":
                assert line, "a writer ended"
                acknowledged.append(line)
    finally:
        for manager in children:
            manager.__exit__(None, None, None)
    backlog = store_at(path).read()
    assert len(acknowledged) == len(set(acknowledged)) == 1000
    assert {item.id for item in backlog.items} == set(acknowledged)
    assert sorted(titles(path)) == sorted(f"{who} {number}" for who in range(writers) for number in range(each))
    assert (backlog.problem, backlog.notes) == (None, ())


SMALL_DISK = """
mount -t tmpfs -o size=64k none "$1" || exit 77
exec "$2" -c "$3" "$1/backlog.toml"
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare(1) of util-linux")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    code = """
store = BacklogStore(Path(sys.argv[1]), now)
folder = Path(sys.argv[1]).parent
written = []
try:
    for number in range(1000):
        written += [item.title for item in store.add([Item("", f"{number} " + "x" * 3000)])]
except BacklogError as error:
    print(error, flush=True)
import tomllib
found = [item["title"] for item in tomllib.loads(Path(sys.argv[1]).read_text())["items"]]
print(len(written) > 3, found == written, sorted(file.name for file in folder.iterdir()), flush=True)
again = store.read()
print([item.title for item in again.items] == written, again.problem, flush=True)
(folder / "backlog.toml.bak").unlink()
store.add([Item("", "fits now")])
print(store.read().items[-1].title, flush=True)
"""
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", SMALL_DISK, "sh"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [*command, str(tmp_path), sys.executable, PRELUDE + code],
        capture_output=True, text=True, timeout=120, env=environment, check=False,
    )  # fmt: skip
    if not done.stdout and ("unshare" in done.stderr or done.returncode == 77):
        pytest.skip("this machine lets nobody mount a disk of their own")
    assert done.returncode == 0, done.stderr
    said, found, again, after = done.stdout.splitlines()
    assert said == f"cannot write `{tmp_path}/backlog.toml`: No space left on device; nothing was changed"
    assert found == "True True ['backlog.toml', 'backlog.toml.bak', 'backlog.toml.lock']"
    assert again == "True None"
    assert after == "fits now"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account of the machine reaches: pytest's own are for one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@pytest.mark.parametrize("lock", [True, False], ids=["lock there", "no lock"])
def test_a_folder_that_is_read_only(open_folder: Path, tmp_path: Path, lock: bool) -> None:
    code = """
for _ in range(2):  # loads all that is needed
    BacklogStore(Path(sys.argv[2]), now).add([Item("", "x")])
if not os.geteuid():  # root may write anywhere
    os.setegid(65534)
    os.seteuid(65534)
store = BacklogStore(Path(sys.argv[1]), now)
print(*[item.title for item in store.read().items], store.read().problem, flush=True)
try:
    store.add([Item("", "x")])
except BacklogError as error:
    print(error, flush=True)
"""
    path = open_folder / "backlog.toml"
    store_at(path).add([Item("", "First")])
    for file in open_folder.iterdir():
        file.chmod(0o666)
    if not lock:
        path.with_name("backlog.toml.lock").unlink()
    before, beside = path.read_bytes(), sorted(open_folder.iterdir())
    open_folder.chmod(0o555)
    with running(code, path, tmp_path / "other.toml") as child:
        assert line_of(child) == "First None"
        said = line_of(child)
    assert said == f"cannot write `{path}`: Permission denied; nothing was changed"
    assert path.read_bytes() == before
    assert sorted(open_folder.iterdir()) == beside


def test_what_another_program_has_half_written_is_neither_believed_nor_written_over(filled: Path) -> None:
    code = """
path = Path(sys.argv[1])
whole = path.read_bytes() + b'[[items]]\\nid = "c"\\ntitle = "Third"\\nwhy = "' + b"x" * 50_000 + b'"\\n'
with path.open("r+b") as file:
    for size in (0, 40, 120, len(whole) // 2, len(whole) - 2, len(whole)):
        file.seek(0)
        file.write(whole[:size])
        file.truncate(size)
        file.flush()
        print(size, flush=True)
        sys.stdin.readline()
""".replace("\\\\", "\\")
    store, good = store_at(filled), store_at(filled).read()
    store.read()
    with running(code, filled) as editor:
        for number in range(6):
            assert line_of(editor)
            half = filled.read_bytes()
            backlog = store.read()
            if number == 5:
                break
            assert backlog.problem
            assert backlog.items == good.items, "what was good is still shown"
            with pytest.raises(BacklogError, match="nothing was changed"):
                store.add([Item("", "New")])
            assert filled.read_bytes() == half
            say(editor, "go on")
        say(editor, "go on")
    assert [item.title for item in store.read().items] == ["First", "Second", "Third"]
    store.add([Item("", "New")])
    assert titles(filled) == ["First", "Second", "Third", "New"]


def test_deleted_and_put_back_while_it_is_written_to(filled: Path) -> None:
    store = store_at(filled)
    for turn in range(5):
        store.add([Item("", f"before {turn}")])
        held = filled.read_bytes()
        filled.unlink()
        assert "is gone" in store.read().notes[-1]
        replace_outside(filled, held)
        assert store.read().notes == ()
        store.add([Item("", f"after {turn}")])
    expected = [f"{when} {turn}" for turn in range(5) for when in ("before", "after")]
    assert titles(filled) == ["First", "Second", *expected]


def test_a_clock_that_goes_back_and_forth_loses_nothing(filled: Path, tmp_path: Path) -> None:
    clock, copies = [NOW], tmp_path / "copies"
    store = BacklogStore(filled, lambda: clock[0], copies=copies)
    young = filled.with_name(".backlog.toml.1.abcd.tmp")
    young.write_text("of a writer at work")
    os.utime(young, (NOW.timestamp(),) * 2)
    moments: list[datetime] = []
    for days in (0, -1, 400, -9000, 0, 1, 0, -400):
        clock[0] = NOW + timedelta(days=days)
        (item,) = store.add([Item("", f"{days}", created=clock[0])])
        store.change([Change(item, replace(item, impact=5))])
        moments.append(clock[0])
        assert store.read().problem is None
        assert store.read().notes == ()
        assert young.exists(), "what is from the future is swept no more than what is young"
    items = store_at(filled).read().items[2:]
    assert [item.created for item in items] == moments
    assert [item.impact for item in items] == [5] * 8
    assert len({item.id for item in items}) == 8
    kept = sorted(file.name for file in copies.iterdir())
    assert kept == [f"backlog.toml.{number}" for number in range(1, 6)]
    assert all(titles(copies / name)[:2] == ["First", "Second"] for name in kept)


@pytest.mark.timeout(600)
def test_a_hundred_thousand_items_cost_what_differs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir()
    tables = (f'[[items]]\nid = "i{number}"\ntitle = "Idea {number}"\nstate = "inbox"\n' for number in range(100_000))
    path.write_text(f"{backlog_file.HEADER}\n" + "\n".join(tables))
    parsed: list[str] = []

    def counted(text: str) -> dict[str, object] | None:
        parsed.append(text)
        return parse_plain(text)

    monkeypatch.setattr(backlog_file, "parse_plain", counted)
    store, before = store_at(path), path.read_text()
    items = store.read().items
    assert len(items) == len(parsed) == 100_000
    parsed.clear()
    (added,) = store.add([Item("", "New")])
    store.change([Change(items[500], replace(items[500], impact=5))])
    assert parsed == [], "what was written is known"
    expected = before.replace('"Idea 500"\nstate = "inbox"\n', '"Idea 500"\nstate = "inbox"\nimpact = 5\n')
    expected += f'\n[[items]]\nid = "{added.id}"\ntitle = "New"\nstate = "inbox"\n'
    assert path.read_text() == expected
    replace_outside(path, expected.replace('"Idea 7"', '"Outside"').encode())
    backlog = store.read()
    assert len(parsed) == 1
    assert (backlog.items[7].title, backlog.items[500].impact, backlog.items[-1]) == ("Outside", 5, added)
    assert all(backlog.items[place] is items[place] for place in range(8, 500))
