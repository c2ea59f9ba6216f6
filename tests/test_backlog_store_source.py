"""The backlog's file under everything that happens to files: other writers, kills, full disks, broken content.

Real processes and real files. What was acknowledged is never lost, and what cannot be read is never written.
"""

import os
import threading
import tomllib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.backlog_items import NOW
from tests.backlog_processes import line_of, replace_outside, running, say, store_at, titles, written_at
from tui.domain.backlog import Item, give_verdict
from tui.domain.changes import Change, History
from tui.sources.backlog import BacklogError, BacklogStore, random_id


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "makerhour" / "backlog.toml"


@pytest.fixture
def filled(path: Path) -> Path:
    """A backlog of two items that a store has written."""
    store_at(path).add([Item("a", "First", impact=3), Item("b", "Second")])
    return path


class TestReadingAndWriting:
    def test_begins_empty_and_makes_private_files(self, path: Path) -> None:
        store = store_at(path)
        assert store.read().items == ()
        assert store.read().problem is None
        assert not path.parent.exists(), "reading makes nothing"
        assert store.token() == ""
        (item,) = store.add([Item("", "First")])
        assert len(item.id) == 8
        assert store.read().items == (item,)
        assert store.read().taken_at == NOW
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
        assert path.read_text().splitlines()[0].startswith("# makerhour rewrites this file")

    def test_an_id_that_is_missing_or_taken_is_replaced(self, filled: Path) -> None:
        given = iter(["a", "c", "c", "d"])
        added = store_at(filled, new_id=lambda: next(given)).add([Item("", "x"), Item("a", "y"), Item("z", "z")])
        assert [item.id for item in added] == ["c", "d", "z"]
        assert [item.id for item in store_at(filled).read().items] == ["a", "b", "c", "d", "z"]

    def test_random_ids_differ(self) -> None:
        ids = {random_id() for _ in range(1000)}
        assert len(ids) == 1000
        assert {len(id) for id in ids} == {8}

    def test_a_change_goes_in_by_field(self, filled: Path) -> None:
        store = store_at(filled)
        (first, _) = store.read().items
        (other, _) = store_at(filled).read().items
        store_at(filled).change([Change(other, replace(other, title="Renamed"))])
        backlog = store.change([Change(first, give_verdict(first, "build", NOW))])
        assert backlog.items[0] == replace(give_verdict(first, "build", NOW), title="Renamed")
        assert backlog.notes == ()
        assert store_at(filled).read() == backlog

    def test_a_clash_keeps_both_and_is_told_until_the_next_write(self, filled: Path) -> None:
        store = store_at(filled)
        (first, second) = store.read().items
        replace_outside(filled, filled.read_bytes().replace(b'"First"', b'"Theirs"'))
        backlog = store.change([Change(first, replace(first, title="Mine"))])
        assert backlog.items[0] == replace(first, title="Mine", extra=(("conflict_title", "Theirs"),))
        assert "`title` of `Mine`" in backlog.notes[0]
        assert store.read().notes == backlog.notes
        assert store.change([Change(second, replace(second, impact=1))]).notes == ()

    def test_clashes_of_writes_that_no_read_followed_are_all_told(self, filled: Path) -> None:
        store = store_at(filled)
        (first, second) = store.read().items
        theirs = filled.read_bytes().replace(b'"First"', b'"Theirs"').replace(b'"Second"', b'"Theirs too"')
        replace_outside(filled, theirs)
        store.change([Change(first, replace(first, title="Mine"))])
        store.change([Change(second, replace(second, title="Mine too"))])
        notes = store.read().notes
        assert len(notes) == 2
        assert "`title` of `Mine`" in notes[0]
        assert "`title` of `Mine too`" in notes[1]
        assert store.read().notes == notes
        store.add([Item("", "New")])
        assert store.read().notes == (), "they do not stay"

    def test_a_clash_is_told_after_a_problem_that_came_between(self, filled: Path) -> None:
        store = store_at(filled)
        (first, _) = store.read().items
        replace_outside(filled, filled.read_bytes().replace(b'"First"', b'"Theirs"'))
        notes = store.change([Change(first, replace(first, title="Mine"))]).notes
        good = filled.read_bytes()
        replace_outside(filled, b"=")
        assert store.read().problem
        with pytest.raises(BacklogError):
            store.add([Item("", "New")])
        replace_outside(filled, good)
        store.add([Item("", "New")])
        assert store.read().notes == notes != ()

    def test_what_changes_nothing_writes_nothing(self, filled: Path) -> None:
        before = written_at(filled)
        store = store_at(filled)
        (first, second) = store.read().items
        store.change([])
        store.change([Change(first, first), Change(second, replace(second))])
        assert written_at(filled) == before

    def test_undo_goes_through_the_file_and_leaves_what_others_did(self, filled: Path) -> None:
        store, history = store_at(filled), History()
        (start, _) = store.read().items
        for after in (
            replace(start, impact=5),
            give_verdict(replace(start, impact=5), "drop", NOW, reason="no"),
        ):
            change = Change(store.read().items[0], after)
            store.change([change])
            history = history.record(change)
        replace_outside(
            filled, filled.read_bytes().replace(b'"First"', b'"Edited outside"') + b'[[items]]\ntitle="x"\n'
        )
        while history.done:
            history, changes = history.undo()
            store.change(changes)
        items = store.read().items
        assert items[0] == replace(start, title="Edited outside")
        assert [item.title for item in items] == ["Edited outside", "Second", "x"]

    def test_items_added_by_hand_get_lasting_ids(self, filled: Path) -> None:
        replace_outside(filled, filled.read_bytes() + b'\n[[items]]\ntitle = "By hand"\n')
        store = store_at(filled)
        made = store.read().items[2]
        assert store.read().notes == ("an item had no id and got one",)
        after = store.change([Change(made, replace(made, impact=4))])
        assert after.items[2] == replace(made, impact=4)
        assert after.notes == ()
        assert f'id = "{made.id}"' in filled.read_text()

    def test_lone_surrogates_and_nul_never_reach_the_file(self, filled: Path) -> None:
        store = store_at(filled)
        (item,) = store.add([Item("", "caf\udce9\0", why="\ud83d\ude00")])
        assert (item.title, item.why) == ("caf\ufffd\ufffd", "😀")
        dirty = replace(item, title="x\udce9")
        assert store.change([Change(item, dirty)]).items[2].title == "x\ufffd"
        assert store.change([Change(dirty, item)]).notes == (), "undoing finds what was written"

    def test_byte_order_mark_line_ends_and_unknown_keys(self, path: Path) -> None:
        path.parent.mkdir()
        path.write_bytes(
            b'\xef\xbb\xbfown = inf\r\n[[items]]\r\nid = "a"\r\ntitle = "T"\r\nx.y = [nan, 1979-05-27]\r\n'
        )
        store = store_at(path)
        (item,) = store.read().items
        store.change([Change(item, replace(item, impact=4))])
        raw = path.read_bytes()
        assert raw.count(b"\r\n") == raw.count(b"\n")
        table = tomllib.loads(raw.decode())
        assert table["own"] == float("inf")
        assert table["items"][0]["x"]["y"][1] == date(1979, 5, 27)
        assert table["items"][0]["impact"] == 4

    def test_a_thousand_items_are_no_burden(self, path: Path) -> None:
        store = store_at(path)
        added = store.add([Item("", f"Idea {number}", why="because " * 20) for number in range(1000)])
        assert len({item.id for item in added}) == 1000
        store.change([Change(added[500], replace(added[500], impact=5))])
        assert store_at(path).read().items[500].impact == 5


class TestOutsideEdits:
    def test_a_replacement_of_the_same_size_and_time_is_seen(self, filled: Path) -> None:
        store = store_at(filled)
        before, token = store.read(), store.token()
        stat = filled.stat()
        replace_outside(filled, filled.read_bytes().replace(b'"First"', b'"Other"'))
        os.utime(filled, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        assert (filled.stat().st_size, filled.stat().st_mtime_ns) == (stat.st_size, stat.st_mtime_ns)
        assert store.token() != token
        assert store.read() != before
        assert store.read().items[0].title == "Other"
        (first, _) = before.items
        assert store.change([Change(first, replace(first, impact=5))]).items[0] == replace(
            first, title="Other", impact=5
        )

    def test_the_same_content_is_the_same_backlog(self, filled: Path) -> None:
        store = store_at(filled)
        before, token = store.read(), store.token()
        replace_outside(filled, filled.read_bytes())
        assert store.token() == token
        assert store.read() == before
        assert store_at(filled).read() == before

    def test_an_editor_that_saves_by_renaming_is_waited_for(
        self, filled: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tui.sources.backlog._PAUSES", 400)  # a busy machine may keep the editor waiting
        store = store_at(filled)
        before, content = store.read(), filled.read_bytes()
        for half in (None, b"", content[:-9]):
            filled.unlink()
            if half is not None:
                filled.write_bytes(half)
            editor = threading.Timer(0.1, replace_outside, (filled, content))
            editor.start()
            try:
                assert store.read() == before
            finally:
                editor.join()

    @pytest.mark.timeout(600)
    def test_two_processes_and_an_editor_lose_nothing(self, path: Path) -> None:
        code = """
store = BacklogStore(Path(sys.argv[1]), now, lock_seconds=120)
for half in range(2):
    for number in range(100):
        store.add([Item("", f"{sys.argv[2]} {half} {number}")])
    print("half", flush=True)
    sys.stdin.readline()
"""
        with running(code, path, "one") as one, running(code, path, "two") as two:
            assert (line_of(one), line_of(two)) == ("half", "half")
            edited = path.read_bytes().replace(b'"one 0 7"', b'"edited outside"') + b'[[items]]\ntitle = "by hand"\n'
            replace_outside(path, edited)
            for child in (one, two):
                say(child, "go on")
            assert (line_of(one), line_of(two)) == ("half", "half")
        expected = {f"{who} {half} {number}" for who in ("one", "two") for half in (0, 1) for number in range(100)}
        found = titles(path)
        assert len(found) == 401
        assert set(found) == expected - {"one 0 7"} | {"edited outside", "by hand"}
        ids = [item.id for item in store_at(path).read().items]
        assert len(set(ids)) == 401

    def test_changes_of_two_processes_to_one_item_meet(self, filled: Path) -> None:
        code = """
from msgspec.structs import replace
from tui.domain.changes import Change
store = BacklogStore(Path(sys.argv[1]), now, lock_seconds=120)
for number in range(40):
    first = store.read().items[0]
    store.change([Change(first, replace(first, **{sys.argv[2]: f"{number}"}))])
print("done", flush=True)
"""
        with running(code, filled, "why") as one, running(code, filled, "theme") as two:
            assert (line_of(one), line_of(two)) == ("done", "done")
        (first, second) = store_at(filled).read().items
        assert first == Item("a", "First", impact=3, why="39", theme="39")
        assert second == Item("b", "Second")


def test_what_killed_writers_left_is_swept_after_an_hour(filled: Path) -> None:
    old, young = (filled.with_name(f".backlog.toml.{number}.abcd.tmp") for number in (1, 2))
    foreign = filled.with_name(".other.toml.1.abcd.tmp")
    for file in (old, young, foreign):
        file.write_text("x")
    for file in (old, foreign):
        os.utime(file, (NOW.timestamp() - 3700,) * 2)
    os.utime(young, (NOW.timestamp() - 3500,) * 2)
    store_at(filled).add([Item("", "x")])
    assert not old.exists()
    assert young.exists()
    assert foreign.exists()


def refused(path: Path, says: str, store: BacklogStore | None = None) -> None:
    """Adding and changing are refused with a sentence, and the file stays as it is."""
    store = store or store_at(path)
    before = path.read_bytes() if path.is_file() else None
    beside = sorted(path.parent.iterdir())
    for write in _writes(store):
        with pytest.raises(BacklogError) as caught:
            write()
        assert says in str(caught.value)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert sorted(path.parent.iterdir()) == beside, "nothing is left behind"


def _writes(store: BacklogStore) -> tuple[Callable[[], object], ...]:
    item = Item("a", "First", impact=3)
    return lambda: store.add([Item("", "New")]), lambda: store.change([Change(item, replace(item, impact=5))])


BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut off": (lambda good: good[:-12], "line 12"),
    "NULs": (lambda good: good[:40] + b"\0" * 60, "not valid TOML"),
    "UTF-16": (lambda good: good.decode().encode("utf-16"), "not UTF-8 (line 1, byte 1)"),
    "Latin-1": (lambda good: good + '# für\n'.encode("latin-1"), "not UTF-8 (line 13, byte 4)"),
    "conflict markers": (lambda good: good + b"<<<<<<< HEAD\n=======\n>>>>>>> x\n", "conflict markers (line 13)"),
    "a key twice": (lambda good: good + b'id = "c"\n', "line 13"),
    "nesting": (lambda good: good + b"x = " + b"[" * 9000, "nested too deep"),
    "a number": (lambda good: good + b"x = " + b"1" * 9000, "number too long to be read (line 13)"),
    "a long key": (lambda good: good + b"a." * 9000 + b"b = 1", "(line 13)"),
    "no list": (lambda good: b'items = "none"\n', "no list of tables"),
    "empty": (lambda good: b"", "is empty, though it held 2 items"),
    "blank": (lambda good: b"\xef\xbb\xbf\r\n", "is empty, though it held 2 items"),
    "cut off in the header": (lambda good: good[:40], "is empty, though it held 2 items"),
}  # fmt: skip


class TestRefusals:
    @pytest.mark.parametrize("kind", BROKEN)
    def test_broken_content_is_shown_as_broken_and_never_written_over(self, filled: Path, kind: str) -> None:
        spoil, says = BROKEN[kind]
        running_store, good = store_at(filled), store_at(filled).read()
        running_store.read()
        replace_outside(filled, spoil(filled.read_bytes()))
        for store in (running_store, store_at(filled)):
            backlog = store.read()
            assert backlog.problem
            assert says in backlog.problem
            assert f"`{filled}`" in backlog.problem
            assert f"the last good copy is `{filled}.bak`" in backlog.problem
            assert backlog.items == good.items, "what was good is still shown"
            refused(filled, says, store)
        replace_outside(filled, filled.with_name("backlog.toml.bak").read_bytes())
        assert running_store.read() == good, "once mended all goes on"
        running_store.add([Item("", "New")])

    def test_an_empty_file_without_a_past_is_a_backlog(self, path: Path) -> None:
        path.parent.mkdir()
        path.touch()
        store = store_at(path)
        assert store.read().problem is None
        store.add([Item("", "First")])
        assert titles(path) == ["First"]

    def test_what_another_makerhour_emptied_is_empty(self, filled: Path) -> None:
        store = store_at(filled)
        store_at(filled).change([Change(item, None) for item in store.read().items])
        assert (store.read().items, store.read().problem) == ((), None)
        store.add([Item("", "New")])
        assert titles(filled) == ["New"]

    def test_a_file_that_is_gone_is_said_and_begun_afresh(self, filled: Path) -> None:
        store = store_at(filled)
        (first, _) = store.read().items
        filled.unlink()
        backlog = store.read()
        assert (backlog.items, backlog.problem) == ((), None)
        assert f"`{filled}` is gone; copy `{filled}.bak` (2 items) back" in backlog.notes[0]
        after = store.change([Change(first, replace(first, impact=5))])
        assert after.items == (replace(first, impact=5),)
        assert f"kept as `{filled}.bak.1`" in after.notes[0]
        assert "deleted outside" in after.notes[1]

    def test_read_only(self, filled: Path) -> None:
        filled.chmod(0o444)
        assert store_at(filled).read().problem is None
        refused(filled, "is read-only; allow writing with `chmod u+w`")

    @pytest.mark.parametrize("kind", ["folder", "pipe", "device", "loop", "huge"])
    def test_what_is_no_file_for_this(self, path: Path, kind: str) -> None:
        path.parent.mkdir()
        says = "is not a regular file"
        match kind:
            case "folder":
                path.mkdir()
            case "pipe":
                os.mkfifo(path)
            case "device":
                path.symlink_to("/dev/zero")
            case "loop":
                path.symlink_to(path)
                says = "Too many levels of symbolic links"
            case _:
                with path.open("wb") as file:
                    file.truncate(64 * 1024 * 1024 + 1)
                says = "67108865 bytes; 67108864 is the most"
        problem = store_at(path).read().problem
        assert problem
        assert says in problem
        assert store_at(path).token() == ""
        if kind == "device":  # the lock of what a link leads to lies beside that
            return
        for write in _writes(store_at(path)):
            with pytest.raises(BacklogError, match=says):
                write()

    def test_a_disk_that_is_full(self, filled: Path) -> None:
        code = """
import resource
store = BacklogStore(Path(sys.argv[1]), now)
store.read()
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
try:
    store.add([Item("", "x" * 5000)])
except BacklogError as error:
    print(error, flush=True)
store.add([Item("", "small")])
print("wrote", flush=True)
"""
        before, beside = filled.read_bytes(), sorted(filled.parent.iterdir())
        with running(code, filled) as child:
            assert line_of(child) == f"cannot write `{filled}`: File too large; nothing was changed"
            assert line_of(child) == "wrote"
        assert titles(filled) == ["First", "Second", "small"]
        assert sorted(filled.parent.iterdir()) == beside
        assert before in filled.read_bytes()

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        path = tmp_path / "file" / "backlog.toml"
        assert "Not a directory" in (store_at(path).read().problem or "")
        with pytest.raises(BacklogError, match=r"cannot write .*; nothing was changed"):
            store_at(path).add([Item("", "x")])

    def test_a_lock_that_is_held_is_not_waited_for_forever(self, filled: Path) -> None:
        code = """
import filelock
with filelock.FileLock(sys.argv[1] + ".lock"):
    print("held", flush=True)
    sys.stdin.readline()
"""
        with running(code, filled) as child:
            assert line_of(child) == "held"
            with pytest.raises(BacklogError, match=r"locked for 0\.1 s; try again"):
                store_at(filled, lock_seconds=0.1).add([Item("", "x")])
            assert [item.title for item in store_at(filled).read().items] == ["First", "Second"], "reading needs none"
            say(child, "let go")
            store_at(filled).add([Item("", "x")])
        assert titles(filled) == ["First", "Second", "x"]

    def test_what_toml_cannot_hold(self, filled: Path) -> None:
        store = store_at(filled)
        (first, _) = store.read().items
        before = filled.read_bytes()
        for value in (object(), 10**5000):
            with pytest.raises(BacklogError, match="cannot be written"):
                store.change([Change(first, replace(first, extra=(("k", value),)))])
        assert filled.read_bytes() == before
        assert store.read().items[0] == first


class TestPlaces:
    def test_a_link_stays_and_what_it_leads_to_is_written(self, tmp_path: Path) -> None:
        synced, home = tmp_path / "synced", tmp_path / "home"
        synced.mkdir()
        home.mkdir()
        real, link = synced / "ideas.toml", home / "backlog.toml"
        real.write_text('[[items]]\nid = "a"\ntitle = "T"\n')
        real.chmod(0o640)
        link.symlink_to(real)
        store_at(link).add([Item("", "New")])
        assert link.is_symlink()
        assert titles(real) == ["T", "New"]
        assert real.stat().st_mode & 0o777 == 0o640
        assert sorted(file.name for file in synced.iterdir()) == [
            "ideas.toml",
            "ideas.toml.bak",
            "ideas.toml.lock",
        ]
        assert list(home.iterdir()) == [link]
        real.unlink()
        assert "is gone" in store_at(link).read().notes[0]

    def test_a_link_to_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        link = tmp_path / "backlog.toml"
        link.symlink_to(tmp_path / "not mounted" / "ideas.toml")
        assert "folder is not there" in (store_at(link).read().problem or "")
        with pytest.raises(BacklogError, match="mount it or mend the link"):
            store_at(link).add([Item("", "x")])
        assert list(tmp_path.iterdir()) == [link]

    def test_odd_names(self, tmp_path: Path) -> None:
        path = tmp_path / "mit Leerzeichen" / "[x] ünï*.toml"
        store_at(path).add([Item("", "x")])
        store_at(path).add([Item("", "y")])
        assert titles(path) == ["x", "y"]


class TestCopies:
    def test_the_last_good_copy_is_what_was_written_last(self, filled: Path) -> None:
        store_at(filled).add([Item("", "Third")])
        assert filled.with_name("backlog.toml.bak").read_bytes() == filled.read_bytes()
        assert filled.with_name("backlog.toml.bak").stat().st_ino != filled.stat().st_ino, (
            "an editor may write in place"
        )

    def test_the_last_copy_of_a_file_that_went_missing_is_set_aside(self, filled: Path) -> None:
        first, second = (filled.with_name(f"backlog.toml.bak.{number}") for number in (1, 2))
        store, held = store_at(filled), filled.read_bytes()
        filled.unlink()
        store.add([Item("", "New")])
        assert titles(filled) == titles(filled.with_name("backlog.toml.bak")) == ["New"]
        assert first.read_bytes() == held
        assert store.read().notes == (f"`{filled}` was gone; what it held last is kept as `{first}`",)
        store.add([Item("", "More")])
        assert store.read().notes == ()
        assert not second.exists(), "only a file that is gone"
        filled.unlink()
        store_at(filled).add([Item("", "Newer")])
        assert first.read_bytes() == held
        assert titles(second) == ["New", "More"]
        assert titles(filled) == ["Newer"]

    def test_a_file_that_was_put_back_needs_no_copy_aside(self, filled: Path) -> None:
        filled.unlink()
        filled.with_name("backlog.toml.bak").rename(filled)
        store_at(filled).add([Item("", "New")])
        assert titles(filled) == ["First", "Second", "New"]
        assert not filled.with_name("backlog.toml.bak.1").exists()

    def test_what_was_set_aside_is_told_where_the_write_fails(self, filled: Path) -> None:
        code = """
import resource
store = BacklogStore(Path(sys.argv[1]), now)
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
try:
    store.add([Item("", "x" * 5000)])
except BacklogError as error:
    print(error, flush=True)
print(*store.read().notes, flush=True)
store.add([Item("", "small")])
print(*store.read().notes, flush=True)
"""
        filled.unlink()
        aside = filled.with_name("backlog.toml.bak.1")
        with running(code, filled) as child:
            assert "File too large" in line_of(child)
            assert line_of(child) == f"`{filled}` was gone; what it held last is kept as `{aside}`"
            assert line_of(child) == ""
        assert titles(aside) == ["First", "Second"]
        assert titles(filled) == ["small"]

    def test_writers_that_find_the_file_gone_together_set_it_aside_once(self, filled: Path) -> None:
        code = """
store = BacklogStore(Path(sys.argv[1]), now)
print("ready", flush=True)
sys.stdin.readline()
store.add([Item("", sys.argv[2])])
print(*store.read().notes, flush=True)
"""
        held = filled.read_bytes()
        filled.unlink()
        with running(code, filled, "one") as one, running(code, filled, "two") as two:
            assert (line_of(one), line_of(two)) == ("ready", "ready")
            for child in (one, two):
                say(child, "go on")
            said = sorted((line_of(one), line_of(two)))
        assert said[0] == ""
        assert f"kept as `{filled}.bak.1`" in said[1]
        assert sorted(titles(filled)) == ["one", "two"]
        assert filled.with_name("backlog.toml.bak.1").read_bytes() == held
        assert not filled.with_name("backlog.toml.bak.2").exists()

    def test_a_copy_a_day_of_what_was_there_before_and_five_of_them(self, filled: Path, tmp_path: Path) -> None:
        copies, clock = tmp_path / "copies", [NOW]
        store = BacklogStore(filled, lambda: clock[0], copies=copies)
        for day in range(7):
            clock[0] = NOW + timedelta(days=day)
            store.add([Item("", f"morning {day}")])
            store.add([Item("", f"evening {day}")])
        assert sorted(file.name for file in copies.iterdir()) == [f"backlog.toml.{number}" for number in range(1, 6)]
        assert titles(copies / "backlog.toml.1")[-1] == "evening 5"
        assert titles(copies / "backlog.toml.5")[-1] == "evening 1"
        assert copies.stat().st_mode & 0o777 == 0o700

    def test_a_copy_that_cannot_be_kept_is_told_and_stops_nothing(self, filled: Path, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        filled.with_name("backlog.toml.bak").unlink()
        filled.with_name("backlog.toml.bak").mkdir()
        store = store_at(filled, copies=tmp_path / "file" / "copies")
        store.add([Item("", "x")])
        assert titles(filled)[-1] == "x"
        daily, last = store.read().notes
        assert "no daily copy of the backlog could be kept" in daily
        assert "the last good copy of the backlog could not be kept" in last


def test_the_module_is_light_to_import() -> None:
    code = "print(*sorted({'filelock', 'tomli_w', 'asyncio', 'textual', 'watchfiles'} & set(sys.modules)), '.')"
    with running(code) as child:
        assert line_of(child).strip() == "."


def test_now_gives_the_zone_of_times_without_one(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('[[items]]\nid = "a"\ntitle = "T"\ncreated = 2026-03-01T10:00:00\n')
    assert store_at(path).read().items[0].created == datetime(2026, 3, 1, 10, tzinfo=NOW.tzinfo)
