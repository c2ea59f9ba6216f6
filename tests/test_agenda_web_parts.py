"""What calendars behind addresses are made of: where an address comes from, bodies, times, the key of the copies."""

import io
import itertools
import os
import stat
import subprocess
import sys
import threading
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agenda_texts import calendar
from tests.calendar_server import PATH, SECRET, Asking, body, serving
from tui.calendar_settings import CalendarSettings
from tui.sources.calendars.web_address import AddressError, parse_address, read_address
from tui.sources.calendars.web_body import PIECE, Body, BodyError, StampedDigest, Unpacker
from tui.sources.calendars.web_copy import Copies
from tui.sources.calendars.web_fetch import trust
from tui.sources.calendars.web_schedule import is_due, parse_label, parse_retry_after, parse_ttl

NOW = datetime(2026, 3, 10, 7, 12, tzinfo=UTC)

pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://h/x", "https://h/x"),
        (" webcal://H.example/x?a=1 \n", "https://h.example/x?a=1"),
        ("WEBCALS://h:8443", "https://h:8443/"),
        ("http://h/x", "http://h/x"),
        ("https://kim%40x:p%2Fw@h/x#part", "https://h/x"),
        ("https://[::1]:80/x", "https://[::1]:80/x"),
    ],
)
def test_an_address_is_taken_apart_and_shown_nowhere(text: str, url: str) -> None:
    address = parse_address(text)
    assert address.url == url
    if "@" in text:
        assert (address.user, address.password) == ("kim@x", "p/w")
        assert address.identity != url
    assert not any(secret in f"{address} {address!r}" for secret in ("x?", "/x", "kim", "p/w"))


def script(folder: Path, text: str) -> str:
    path = folder / "address"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def told(folder: Path, text: str, seconds: float = 60.0) -> str:
    return read_address(CalendarSettings(url_command=(script(folder, text), SECRET)), os.environ, seconds).url


def test_the_first_line_of_a_command_is_the_address(tmp_path: Path) -> None:
    assert told(tmp_path, 'echo "https://h/$1"; echo user: kim') == f"https://h/{SECRET}"
    assert told(tmp_path, "printf 'webcal://h/x\\r\\n'; yes | head -c 1000000; echo shown nowhere >&2") == "https://h/x"
    # No terminal to ask on, and nothing to read.
    assert told(tmp_path, "cat; test -t 0 || tty >/dev/null || (exec 2>/dev/null </dev/tty) || echo https://h/no")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"echo {SECRET} >&2; exit 3", "`url_command` (`address`) ended with 3; run it in a shell to see why"),
        ("exit 0", "printed no address"),
        ("echo; echo https://h/x", "printed no address"),
        (f"echo {SECRET}", "begins neither with"),
        ("kill -9 $$", "ended with -9"),
    ],
)
def test_a_command_that_tells_no_address_is_a_sentence_without_what_it_said(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(AddressError) as caught:
        told(tmp_path, text)
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("text", ["sleep 600", "exec >&-; sleep 600", "sleep 600 & echo https://h/x"])
def test_a_command_that_does_not_end_is_ended_with_all_it_started(tmp_path: Path, text: str) -> None:
    with pytest.raises(AddressError, match=r"did not end within 0\.3 s"):
        told(tmp_path, f"echo $$ >{tmp_path}/pid; {text}", seconds=0.3)
    group = int((tmp_path / "pid").read_text())
    rest = threading.Event()
    for _ in range(1000):
        if not any(lives_in(group, path) for path in Path("/proc").glob("[0-9]*/stat")):
            return
        rest.wait(0.02)
    raise AssertionError("something it started goes on")


def lives_in(group: int, stat_file: Path) -> bool:
    """True where the process of `stat_file` is in `group` and does more than wait to be reaped."""
    try:
        state, _, own = stat_file.read_text().rpartition(") ")[2].split()[:3]
    except OSError:
        return False
    return int(own) == group and state != "Z"


def test_a_command_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match="could not be started: No such file"):
        read_address(CalendarSettings(url_command=(str(tmp_path / "none"),)), os.environ)


def test_a_variable_holds_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server:
        asking = Asking(tmp_path, url_variable="WORK_CALENDAR")
        assert asking.state().error == "the environment has no `WORK_CALENDAR`; set it to the calendar's address"
        monkeypatch.setenv("WORK_CALENDAR", server.url())
        assert asking.titles() == ["Good"]
        assert server.asked[0][0] == PATH


def test_a_command_is_asked_once_and_again_where_its_address_no_longer_works(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    with serving() as server:
        (tmp_path / "url").write_text(server.url())
        command = script(tmp_path, f"echo x >>{calls}; cat {tmp_path}/url")
        asking = Asking(tmp_path / "home", url_command=(command,))
        assert asking.titles() == ["Good"]
        assert asking.state().name == "127.0.0.1"
        asking.later(hours=1)
        asking.read()
        assert calls.read_text() == "x\n"
        # Its copy is found without asking it: by another process, too.
        asking.source = asking.fresh()
        assert asking.titles() == ["Good"]
        assert calls.read_text() == "x\n"
        # The address is given up, and the command knows the new one.
        server.answer = body(b"", 404)
        asking.later(hours=1)
        assert "answered 404" in (asking.state().error or "")
        server.answer = body()
        (tmp_path / "url").write_text(server.url("/new"))
        asking.later(hours=1)
        assert asking.state().error is None
        assert server.asked[-1][0] == "/new"
        # A command that fails leaves the copy, with the reason.
        asking.source = asking.fresh()
        (tmp_path / "url").unlink()
        asking.later(hours=1)
        state = asking.state()
        assert asking.titles() == ["Good"]
        assert state.stale
        assert "`url_command` (`address`) ended with 1" in (state.error or "")


LINES = st.sampled_from(
    ["BEGIN:VEVENT", "DTSTAMP:20260310T070000Z", "dtstamp;X=1:1", " folded", "\tfolded", "SUMMARY:DTSTAMP:x", "", "\r"]
)


@given(lines=st.lists(LINES, max_size=20), cuts=st.lists(st.integers(0, 200), max_size=8), end=st.booleans())
def test_a_digest_tells_nothing_of_stamps_and_of_how_a_text_came(lines: list[str], cuts: list[int], end: bool) -> None:
    kept: list[str] = []
    stamp = False
    for line in lines:
        folded = line.startswith((" ", "\t"))
        stamp = stamp if folded else line.upper().startswith("DTSTAMP")
        if not stamp:
            kept.append(line)

    def digest_of(lines: list[str], cuts: list[int]) -> str:
        text = "\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"] + [""] * end).encode()
        digest = StampedDigest()
        places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
        for begin, stop in itertools.pairwise(places):
            digest.add(text[begin:stop])
        return digest.finish()

    assert digest_of(lines, cuts) == digest_of(kept, [])


def test_a_digest_of_a_line_without_end_takes_no_more_than_it_needs() -> None:
    digest = StampedDigest()
    for _ in range(64):
        digest.add(b"x" * 65536)
    assert len(digest._held) <= PIECE + 65536
    assert digest.finish() != StampedDigest().finish()


@given(size=st.integers(0, 3 * PIECE), chunk=st.integers(1, 5000), members=st.integers(1, 3))
def test_packed_bytes_come_out_as_they_went_in(size: int, chunk: int, members: int) -> None:
    text = (b"line\r\n" * (size // 6 + 1))[:size]
    packed = b"".join(
        zlib.compress(text[number::members] if members == 1 else text, wbits=31) for number in range(members)
    )
    unpacker = Unpacker("gzip")
    pieces = [piece for begin in range(0, len(packed), chunk) for piece in unpacker.feed(packed[begin : begin + chunk])]
    unpacker.finish()
    assert all(len(piece) <= PIECE for piece in pieces)
    assert b"".join(pieces) == text * members


def test_a_body_is_refused_before_it_has_come() -> None:
    out = io.BytesIO()
    with pytest.raises(BodyError, match="no calendar"):
        Body(out, 1 << 30).add(b"BEGIN:VCARD")
    assert out.getvalue() == b""


def test_what_a_calendar_says_of_itself_stands_before_its_meetings() -> None:
    head = calendar("NAME:Plain", "X-WR-CALNAME:Long\n er", "X-PUBLISHED-TTL:PT2H", "BEGIN:VEVENT", "NAME:no").encode()
    assert parse_label(head) == "Longer"
    assert parse_ttl(head) == timedelta(hours=2)
    assert parse_label(calendar("NAME:Plain").encode()) == "Plain"
    assert parse_label(b"") == ""


@pytest.mark.parametrize("text", ["", "-5", "soon", "1e3", "٣", "Tue, 99 Foo 2026", "9" * 5000])
def test_an_odd_wish_is_none_or_within_bounds(text: str) -> None:
    wish = parse_retry_after(text, NOW)
    assert wish is None or NOW <= wish <= NOW + timedelta(hours=6)


def test_a_date_gone_by_is_now() -> None:
    assert parse_retry_after("Tue, 10 Mar 2020 06:00:00 GMT", NOW) == NOW
    assert is_due(NOW, NOW, timedelta(minutes=15))
    assert not is_due(NOW, NOW + timedelta(hours=6), timedelta(minutes=15))


def test_all_processes_of_a_person_have_one_key(tmp_path: Path) -> None:
    ready = threading.Barrier(8)
    found: list[str] = []

    def name() -> None:
        ready.wait(60)
        found.append(Copies(tmp_path, tmp_path / "state" / "key").hash("x"))

    threads = [threading.Thread(target=name) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 8
    assert len(set(found)) == 1
    key = tmp_path / "state" / "key"
    assert [path.name for path in key.parent.iterdir()] == ["key"]
    assert (key.stat().st_size, stat.S_IMODE(key.stat().st_mode)) == (32, 0o600)
    key.write_bytes(b"short")
    assert Copies(tmp_path, key).hash("x") != found[0]
    assert key.stat().st_size == 32


def test_certificates_are_always_looked_at() -> None:
    import ssl

    context = trust()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_calendars_on_disk_cost_nothing_of_the_web(tmp_path: Path) -> None:
    code = (
        "import sys; from tui.sources.calendars.source import AgendaSource; from tui.config import CalendarSettings\n"
        "AgendaSource([CalendarSettings(path='x.ics')], (), None, None)\n"
        "print(*(name for name in ('httpx', 'ssl', 'tui.sources.calendars.web') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=99, check=True)
    assert done.stdout == "\n"
