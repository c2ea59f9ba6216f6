"""The ledger's file: lines there and back, read on from where it ended, broken, torn, hostile, of newer versions."""

import errno
import json
import os
import stat
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.backlog_processes import replace_outside, written_at
from tests.ledger_entries import PATHS, START, any_entries, at, courses, entry
from tui.domain.made import sessions_of
from tui.domain.sessions import Entry, Ledger, last_next, noting, open_sessions, starting
from tui.sources import growing_file
from tui.sources import ledger as ledger_source
from tui.sources.backlog_entry import clean
from tui.sources.growing_file import GrowingFile
from tui.sources.ledger import LARGEST, LedgerError, LedgerStore
from tui.sources.ledger_line import LARGEST_LINE, format_line, parse_line
from tui.sources.lock_file import locked
from tui.sources.whole_file import sync_file

GOOD = b'{"schema":1,"kind":"started","session":"s","at":"2026-03-04T09:00:00+00:00"}\n'
ALIVE = GOOD.replace(b"started", b"alive").replace(b"09:00", b"09:10")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "makerhour" / "ledger.jsonl"


def store_at(path: Path, **options: object) -> LedgerStore:
    """A store on `path` whose clock stands."""
    return LedgerStore(path, lambda: START, **options)  # type: ignore[arg-type]


def written(path: Path, content: bytes) -> LedgerStore:
    """A store on a file that has `content`."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return store_at(path)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The lines that are parsed from here on."""
    lines: list[bytes] = []

    def counted(line: bytes) -> object:
        lines.append(line)
        return parse_line(line)

    monkeypatch.setattr(ledger_source, "parse_line", counted)
    return lines


def test_what_was_never_written_is_an_empty_ledger(path: Path) -> None:
    assert store_at(path).read() == Ledger()
    assert not path.parent.exists()
    assert store_at(path).append([]) == ()


def test_a_session_is_written_and_found_again_by_another_makerhour(path: Path) -> None:
    store, other = store_at(path), store_at(path)
    (start,) = store.append([starting(at(0), "x", "Usage caps", Path("/src/billing"), "proto/caps", "aaa")])
    (session,) = open_sessions(other.read().sessions)
    assert session.id == start.session
    assert (session.title, session.repository, session.started) == ("Usage caps", Path("/src/billing"), at(0))
    store.append(
        [noting(session, at(20), "next", "the parser", "bbb"), Entry("parked", session.id, at(30), head="ccc")]
    )
    (session,) = other.read().sessions
    assert (session.standing, session.made, session.head_after) == ("parked", timedelta(minutes=30), "ccc")
    note = last_next(other.read().sessions, "x")
    assert note is not None
    assert (note.text, note.commit) == ("the parser", "bbb")
    assert store.read() == other.read() == store_at(path).read()
    assert store.read().remarks == ()
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (path.parent, path)]
    assert modes == [0o700, 0o600]


def test_ids_are_random_and_kept_where_there_are_any(path: Path) -> None:
    store = store_at(path)
    entries = store.append([entry("started", 0, ""), entry("started", 0, ""), entry("alive", 5, "mine", id="1")])
    assert len({found.id for found in entries} | {found.session for found in entries}) == 6
    assert (entries[2].id, entries[2].session) == ("1", "mine")
    with pytest.raises(LedgerError, match="an entry is without `session`; nothing was written"):
        store.append([entry("started", 1), entry("alive", 2, "")])
    assert len(path.read_bytes().splitlines()) == 3


@given(any_entries())
def test_an_entry_comes_back_as_it_was_written(found: Entry) -> None:
    line = format_line(found)
    assert line.isascii()
    assert line.count(b"\n") == 1
    back = parse_line(line[:-1])
    assert isinstance(back, Entry)
    names = ("session", "id", "item", "title", "branch", "head", "text")
    cleaned = {name: clean(getattr(found, name)) for name in names}
    expected = replace(found, **cleaned)
    assert replace(back, extra=()) == replace(expected, extra=())
    assert dict(back.extra) == {clean(key): clean(value) for key, value in found.extra}
    assert b"\\u0000" not in line
    assert format_line(back) == line


@given(PATHS)
def test_a_path_of_any_bytes_comes_back(path: Path) -> None:
    found = parse_line(format_line(entry("started", 0, repository=path))[:-1])
    assert isinstance(found, Entry)
    assert found.repository == path
    assert os.fsencode(path)


def test_an_offset_of_seconds_is_kept_as_the_moment_it_is() -> None:
    odd = datetime(1990, 1, 1, tzinfo=timezone(timedelta(seconds=1234)))
    found = parse_line(format_line(Entry("alive", "s", odd))[:-1])
    assert isinstance(found, Entry)
    assert found.at == odd


@pytest.mark.parametrize(
    "found",
    [
        entry("alive", 0, text="x" * LARGEST_LINE),
        entry("alive", 0, extra=(("odd", object()),)),
        entry("alive", 0, repository=Path("/a\0b")),
        entry("alive", 0, repository=Path("/a\ud800b")),
        Entry("alive", "s", START.replace(tzinfo=None)),
        Entry("alive", "s", START.replace(year=9999)),
        Entry("dreamt", "s", START),  # type: ignore[arg-type]
        Entry("noted", "s", START, text="without a kind"),
    ],
)
def test_what_no_line_can_hold_is_refused_before_anything_is_written(path: Path, found: Entry) -> None:
    store = written(path, GOOD)
    with pytest.raises(LedgerError, match="nothing was written"):
        store.append([entry("alive", 1), found])
    assert path.read_bytes() == GOOD


HOSTILE = [
    b"not json", b"[]", b"1", b'"s"', b"null", b"\0" * 40, b"\xff\xfe{\0}\0", b"{", b"[" * 60_000, b'{"a":' * 10_000,
    b'{"kind":"alive","session":"s","at":' + b"9" * 5000 + b"}",
    GOOD[:-1] + GOOD[:-1], GOOD[:40],
    b'{"kind":"alive","session":"s"}', b'{"kind":"alive","session":"s","at":"yesterday"}',
    b'{"kind":"alive","session":"s","at":"2026-03-04T09:00:00"}', b'{"kind":"alive","session":"s","at":1}',
    b'{"kind":"alive","session":"s","at":"9999-12-31T23:59:59-14:00"}',
    b'{"kind":"alive","session":"s","at":"0001-01-01T00:00:00+14:00"}',
    b'{"kind":"alive","session":5,"at":"2026-03-04T09:00:00Z"}', b'{"kind":"alive","at":"2026-03-04T09:00:00Z"}',
    b'{"kind":["alive"],"session":"s","at":"2026-03-04T09:00:00Z"}', b'{"session":"s","at":"2026-03-04T09:00:00Z"}',
    b'{"schema":0,"kind":"alive","session":"s","at":"2026-03-04T09:00:00Z"}',
    b'{"schema":true,"kind":"alive","session":"s","at":"2026-03-04T09:00:00Z"}',
    b'{"schema":"1","kind":"alive","session":"s","at":"2026-03-04T09:00:00Z"}',
    b" " * (LARGEST_LINE + 1) + GOOD[:-1],
]  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_a_broken_line_is_told_left_as_it_is_and_hides_no_other(path: Path, line: bytes) -> None:
    content = GOOD + line + b"\n" + ALIVE
    store = written(path, content)
    (session,) = store.read().sessions
    assert session.made == timedelta(minutes=10)
    (remark,) = store.read().remarks
    assert remark.startswith("line 2 (")
    assert f"of `{path}` cannot be read and was left out" in remark
    store.append([entry("ended", 20)])
    assert path.read_bytes().startswith(content)
    assert store.read().sessions[0].made == timedelta(minutes=20)


def test_many_broken_lines_are_one_sentence(path: Path) -> None:
    remarks = written(path, b"x\n" + GOOD + b"\n\r\n" + b"y\n" * 40 + ALIVE).read().remarks
    (remark,) = remarks
    assert remark.startswith("41 lines, first line 1 (not JSON), of ")


def test_values_that_cannot_be_are_kept_aside() -> None:
    line = (
        b'{"kind":"ended","session":"s","at":"2026-03-04T09:00:00Z","title":5,"outcome":"sold","since":"x","new":[1]}'
    )
    found = parse_line(line)
    assert isinstance(found, Entry)
    assert (found.title, found.outcome, found.since) == ("", None, None)
    assert dict(found.extra) == {"title": 5, "outcome": "sold", "since": "x", "new": [1]}
    again = parse_line(format_line(found)[:-1])
    assert again == found


@pytest.mark.parametrize(
    "newer",
    [
        GOOD.replace(b'"schema":1', b'"schema":2'),
        b'{"schema":2,"what":"is this"}\n'.replace(b"what", b"kind"),
        GOOD.replace(b"started", b"dreamt"),
        GOOD.replace(b"started", b"noted"),
        GOOD.replace(b'"kind":"started"', b'"kind":"noted","note":"hunch"'),
    ],
)
def test_lines_of_a_newer_version_are_kept_and_not_shown(path: Path, newer: bytes) -> None:
    store = written(path, GOOD + newer + ALIVE)
    ledger = store.read()
    assert ledger.sessions == sessions_of([entry("started", 0), entry("alive", 10)])
    assert ledger.remarks == (f"a line of `{path}` by a newer makerhour not shown; update this one to see all of it",)
    store.append([entry("ended", 20)])
    assert path.read_bytes().startswith(GOOD + newer + ALIVE)


def test_keys_of_a_newer_version_take_nothing_away(path: Path) -> None:
    line = GOOD.replace(b'"session"', b'"mood":{"a":[1]},"session"')
    assert written(path, line).read() == written(path.with_name("other.jsonl"), GOOD).read()


@pytest.mark.parametrize("torn", [b"{", ALIVE[:30], ALIVE[:-1], b"\0" * 512, b"x" * 3_000_000])
def test_a_torn_last_line_is_told_and_never_glued_to_the_next_entry(path: Path, torn: bytes) -> None:
    store = written(path, GOOD + torn)
    ledger = store.read()
    assert ledger.sessions == sessions_of([entry("started", 0)]), "what is not whole is no entry"
    assert ledger.remarks == (
        f"the last line of `{path}` is not whole and was left out; the next entry begins a new one",
    )
    assert store.read() == ledger
    store.append([entry("ended", 20)])
    content = path.read_bytes()
    assert content.startswith(GOOD + torn + b"\n{")
    assert content.endswith(b"}\n")
    ledger = store.read()
    assert ledger.sessions[0].standing == "ended"
    assert ledger == store_at(path).read()
    assert len(ledger.remarks) == (0 if torn == ALIVE[:-1] else 1)


def test_what_another_is_just_writing_is_not_called_torn(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = written(path, GOOD + ALIVE[:20])
    monkeypatch.setattr(ledger_source, "_A_WRITE", 0.01)
    with locked(path, 10):
        assert store.read().remarks == ()
        path.write_bytes(GOOD + ALIVE)
    assert store.read().sessions[0].made == timedelta(minutes=10)
    assert store.read().remarks == ()


def test_a_torn_line_is_told_where_there_can_be_no_lock_because_nobody_may_write(path: Path) -> None:
    store = written(path, GOOD + ALIVE[:20])
    path.with_name("ledger.jsonl.lock").mkdir()  # stands for a folder that is read-only, which root may write to
    ledger = store.read()
    assert (len(ledger.sessions), ledger.problem) == (1, None)
    assert "is not whole" in ledger.remarks[0]
    with pytest.raises(LedgerError, match="nothing was written"):
        store.append([entry("ended", 20)])
    assert path.read_bytes() == GOOD + ALIVE[:20]


def test_asking_again_reads_only_what_was_written_since(path: Path, parsed: list[bytes]) -> None:
    store, other = store_at(path), store_at(path)
    other.append([entry("started", 0), *(entry("alive", number) for number in range(50))])
    assert len(store.read().sessions) == 1
    assert len(parsed) == 51
    before = store.read()
    assert store.read() == before
    assert len(parsed) == 51
    other.append([entry("ended", 60)])
    assert store.read().sessions[0].standing == "ended"
    assert len(parsed) == 52


def test_nothing_written_means_nothing_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = written(path, GOOD + ALIVE)
    before, stamp = store.read(), written_at(path)
    monkeypatch.setattr(GrowingFile, "_begins_as_read", lambda *_: pytest.fail("read again"))
    assert store.read() == before
    assert written_at(path) == stamp


CHANGES: list[tuple[str, Callable[[Path], object]]] = [
    ("cut", lambda path: os.truncate(path, len(GOOD))),
    ("replaced by less", lambda path: replace_outside(path, GOOD)),
    ("changed in place", lambda path: path.write_bytes(GOOD + ALIVE.replace(b"09:10", b"09:50"))),
    ("replaced by as much", lambda path: replace_outside(path, GOOD + ALIVE.replace(b"09:10", b"09:50"))),
    ("changed and longer", lambda path: path.write_bytes(GOOD.replace(b'"s"', b'"t"') + ALIVE + ALIVE)),
    ("emptied", lambda path: path.write_bytes(b"")),
    ("gone", lambda path: path.unlink()),
]


@pytest.mark.parametrize("change", [change for _, change in CHANGES], ids=[name for name, _ in CHANGES])
def test_a_file_that_is_another_is_read_from_the_top(path: Path, change: Callable[[Path], object]) -> None:
    store = written(path, GOOD + ALIVE)
    store.read()
    change(path)
    assert store.read().sessions == store_at(path).read().sessions
    store.append([entry("started", 0, "new")])
    assert store.read() == store_at(path).read()


def test_a_file_that_lost_sessions_is_told(path: Path) -> None:
    store = written(path, GOOD + GOOD.replace(b'"s"', b'"t"'))
    whole = store.read()
    replace_outside(path, GOOD)
    lacks = f"`{path}` was changed by another program and lacks a session; put a copy back if that is wrong"
    assert store.read().remarks == store.read().remarks == (lacks,)
    path.unlink()
    assert store.read() == Ledger((), None, (f"`{path}` is gone; put a copy back, or go on with a new one",))
    written(path, GOOD + GOOD.replace(b'"s"', b'"t"'))
    assert store.read() == whole


def test_lines_added_through_an_editor_that_replaces_the_file_go_on(path: Path, parsed: list[bytes]) -> None:
    store = written(path, GOOD)
    store.read()
    replace_outside(path, GOOD + ALIVE)
    assert store.read().sessions[0].made == timedelta(minutes=10)
    assert parsed == [GOOD[:-1], ALIVE[:-1]]


@given(courses(), st.lists(st.integers(0, 4000), max_size=5).map(sorted), st.sampled_from((7, 100, 2**20)))
def test_a_file_that_is_read_in_pieces_says_the_same(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry], cuts: list[int], piece: int
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    content = b"".join(map(format_line, entries))
    store = store_at(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(growing_file, "_PIECE", piece)
        for cut in cuts:
            path.write_bytes(content[:cut])
            store.read()
        path.write_bytes(content)
        assert store.read().sessions == store_at(path).read().sessions == sessions_of(entries)
    assert store.read().remarks == ()


@given(st.lists(st.binary(max_size=30)), st.sampled_from((1, 3, 8, 1000)), st.integers(0, 40))
def test_any_bytes_are_parted_into_the_lines_they_are(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], piece: int, longest: int
) -> None:
    path = tmp_path_factory.mktemp("growing") / "file"
    file, content = GrowingFile(longest), b""
    found: list[bytes] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(growing_file, "_PIECE", piece)
        for part in [b"", *parts]:
            content += part
            path.write_bytes(content)
            with path.open("rb") as opened:
                same, lines = file.grown(opened.fileno())
            assert same
            found += lines
    *whole, rest = content.split(b"\n")
    assert found == [line[: longest + 1] for line in whole]
    assert file.unfinished == bool(rest)


def test_a_reading_that_fails_halfway_loses_no_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, whole, real = written(path, GOOD + ALIVE), written(path, GOOD + ALIVE).read(), os.read
    monkeypatch.setattr(growing_file, "_PIECE", len(GOOD))
    calls, ours = iter(range(100)), path.stat().st_ino

    def failing(descriptor: int, size: int) -> bytes:
        if os.fstat(descriptor).st_ino == ours and next(calls) == 1:
            raise OSError(errno.EIO, "Input/output error")
        return real(descriptor, size)

    monkeypatch.setattr(os, "read", failing)
    assert store.read().problem == f"cannot read `{path}`: Input/output error"
    assert store.read() == whole


def test_a_file_that_cannot_be_read_is_a_problem_beside_what_was_known(path: Path) -> None:
    store = written(path, GOOD)
    known = store.read().sessions
    path.unlink()
    path.mkdir()
    ledger = store.read()
    assert (ledger.sessions, ledger.problem) == (known, f"`{path}` is not a regular file; move it away")
    with pytest.raises(LedgerError, match="nothing was written"):
        store.append([entry("alive", 1)])
    path.rmdir()
    os.mkfifo(path)
    assert store.read().problem
    with pytest.raises(LedgerError, match=r"is not a regular file; move it away; nothing was written"):
        store.append([entry("alive", 1)])


def test_a_file_that_is_too_large_is_neither_read_nor_added_to(path: Path) -> None:
    store = written(path, GOOD)
    os.truncate(path, LARGEST)
    with pytest.raises(LedgerError, match="move it away to begin a new one; nothing was written"):
        store.append([entry("alive", 1)])
    os.truncate(path, LARGEST + 1)
    assert store.read().problem == (
        f"`{path}` has {LARGEST + 1} bytes; {LARGEST} is the most, move it away to begin a new one"
    )
    assert path.stat().st_size == LARGEST + 1


def test_a_read_only_file_is_refused(path: Path) -> None:
    store = written(path, GOOD)
    path.chmod(0o400)
    with pytest.raises(LedgerError, match="is read-only; allow writing with `chmod u\\+w`"):
        store.append([entry("alive", 1)])
    assert path.read_bytes() == GOOD


def test_a_link_stays_a_link_and_a_mode_stays_the_persons(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "synced" / "ledger.jsonl"
    real.parent.mkdir()
    real.write_bytes(GOOD)
    real.chmod(0o640)
    path.parent.mkdir()
    path.symlink_to(real)
    store = store_at(path)
    store.append([entry("ended", 9)])
    assert path.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert store.read().sessions[0].standing == "ended"
    assert (real.parent / "ledger.jsonl.lock").exists()


def test_an_entry_goes_into_the_file_that_another_program_puts_there_meanwhile(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, synced = written(path, GOOD), iter((False, True))

    def replaced_meanwhile(descriptor: int) -> None:
        sync_file(descriptor)
        if not next(synced):
            replace_outside(path, GOOD + ALIVE)

    monkeypatch.setattr(ledger_source, "sync_file", replaced_meanwhile)
    store.append([entry("ended", 20)])
    assert store_at(path).read().sessions == sessions_of(
        [entry("started", 0), entry("alive", 10), entry("ended", 20)]
    ), path.read_text()


def test_a_disk_that_cannot_keep_it_takes_the_line_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    store = written(path, GOOD + b"torn")
    monkeypatch.setattr(ledger_source, "sync_file", failing)
    with pytest.raises(LedgerError, match="Input/output error; nothing was written"):
        store.append([entry("ended", 20)])
    assert path.read_bytes() == GOOD + b"torn"


def test_a_lock_that_is_held_is_waited_for_and_then_told(path: Path) -> None:
    store = written(path, GOOD)
    impatient = store_at(path, lock_seconds=0.01)
    with locked(path, 10), pytest.raises(LedgerError, match=r"has been locked for 0\.01 s; try again"):
        impatient.append([entry("alive", 1)])
    store.append([entry("alive", 1)])
    assert path.read_bytes().count(b"\n") == 2


def test_what_is_written_is_json_that_anybody_reads(path: Path) -> None:
    store_at(path).append([Entry("noted", "s", at(0), note="dead-end", text="naïve\nÜbung \ud800\0", id="1")])
    assert json.loads(path.read_text()) == {
        "schema": 1, "kind": "noted", "session": "s", "at": "2026-03-04T09:00:00+00:00", "id": "1",
        "note": "dead-end", "text": "naïve\nÜbung ��",
    }  # fmt: skip
