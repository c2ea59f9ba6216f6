"""Calendars behind addresses, asked of a real server on this machine: what is kept, when it is asked, what is said."""

import contextlib
import gzip
import logging
import os
import socket
import stat
import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.agenda_texts import GOOD, calendar
from tests.calendar_server import (
    GOOD_TEXT,
    PATH,
    PATIENCE,
    SECRET,
    Answer,
    Asking,
    CalendarServer,
    Handler,
    body,
    certified,
    raw,
    redirect,
    serving,
    unused_port,
)
from tui.sources.calendars.web_fetch import Limits

pytestmark = pytest.mark.timeout(240)

ELSE_TEXT = calendar(GOOD.replace("Good", "Else")).encode()
PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64)"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[CalendarServer]:
    with serving() as started:
        yield started


@pytest.fixture
def asking(tmp_path: Path, server: CalendarServer) -> Asking:
    return Asking(tmp_path, server.url())


def good_then(asking: Asking, server: CalendarServer, answer: Answer) -> None:
    """Have a good copy from 07:12 UTC, and the next answer be `answer`, an hour later."""
    assert asking.titles() == ["Good"]
    server.answer = answer
    asking.later(hours=1)


def kept_with(asking: Asking, said: str, *, offline: bool = False) -> None:
    """The last good copy stands, as of when it was got, with the reason."""
    agenda = asking.read()
    assert [meeting.summary for meeting in agenda.meetings] == ["Good"]
    (state,) = agenda.calendars
    assert state.stale
    assert state.fetched == datetime(2026, 3, 10, 7, 12, tzinfo=UTC)
    assert (state.error or "").startswith(f"as of 08:12{', offline' if offline else ''}: "), state.error
    assert said in (state.error or ""), state.error
    assert state.next_try is not None
    assert state.next_try > asking.moment
    left = [path.name for path in asking.copies.iterdir()]
    assert len(left) == 2, "no half text is left"
    record = next(asking.copies.glob("*.json")).read_text()
    assert SECRET not in record
    # Another process, whose first sight of it this is, says and shows the same without asking again.
    asked = len(asking.source._web)
    asking.source = asking.fresh()
    assert asking.read().calendars == (state,)
    assert asked == 1


def test_a_calendar_is_fetched_kept_and_read_from_its_copy(asking: Asking, server: CalendarServer) -> None:
    agenda = asking.read()
    assert [meeting.summary for meeting in agenda.meetings] == ["Good"]
    (state,) = agenda.calendars
    assert (state.name, state.kind, state.stale, state.error) == ("127.0.0.1", "url", False, None)
    assert (state.fetched, state.next_try) == (asking.moment, asking.moment + timedelta(minutes=15))
    assert agenda.meetings[0].calendar == "127.0.0.1"
    asking.later(minutes=14)
    asking.read()
    asking.source = asking.fresh()
    assert asking.titles() == ["Good"]
    ((path, headers),) = server.asked
    assert path == PATH
    assert headers["user-agent"].startswith("makerhour/")
    assert "authorization" not in headers


def test_what_is_kept_is_private_and_tells_nothing_of_the_address(asking: Asking, server: CalendarServer) -> None:
    asking.copies.mkdir(parents=True)
    asking.copies.chmod(0o755)
    asking.read()
    found = [*asking.copies.iterdir(), asking.folder / "state" / "key"]
    assert len(found) == 3
    for path in found:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        content = path.read_bytes()
        for secret in (SECRET, "private-", "basic.ics", str(server.port)):
            assert secret not in path.name
            assert secret.encode() not in content
    before = asking.copy.name
    elsewhere = Asking(asking.folder / "other", server.url())
    elsewhere.read()
    assert elsewhere.copy.name != before, "the name hangs on a key of this home"


@pytest.mark.parametrize(
    ("mark", "condition"),
    [
        ({"ETag": '"v1"'}, ("if-none-match", '"v1"')),
        ({"Last_Modified": "Tue, 10 Mar 2026 06:00:00 GMT"}, ("if-modified-since", "Tue, 10 Mar 2026 06:00:00 GMT")),
        ({"ETag": 'W/"a"', "Last_Modified": "Tue, 10 Mar 2026 06:00:00 GMT"}, ("if-none-match", 'W/"a"')),
    ],
)
def test_what_did_not_change_is_not_sent_again(
    asking: Asking, server: CalendarServer, mark: dict[str, str], condition: tuple[str, str]
) -> None:
    server.answer = body(**mark)
    asking.read()
    before = asking.copy.stat()
    server.answer = body(b"", 304)
    asking.later(minutes=20)
    state = asking.state()
    assert (state.fetched, state.stale, state.error) == (asking.moment, False, None)
    assert asking.titles() == ["Good"]
    _, headers = server.asked[1]
    assert headers[condition[0]] == condition[1]
    assert sum(name.startswith("if-") for name in headers) == 1
    assert asking.copy.stat() == before


def test_new_stamps_alone_are_no_change(asking: Asking, server: CalendarServer) -> None:
    def stamped(stamp: str, summary: str = "Good") -> Answer:
        text = calendar(GOOD.replace("SUMMARY:Good", f"DTSTAMP:{stamp}\nSUMMARY:{summary}"))
        return body(text.replace("\n", "\r\n").encode())

    server.answer = stamped("20260310T070000Z")
    asking.read()
    before = asking.copy.stat()
    server.answer = stamped("20260310T072000Z")
    asking.later(minutes=20)
    assert asking.state().fetched == asking.moment
    assert asking.copy.stat() == before
    server.answer = stamped("20260310T072000Z", "Else")
    asking.later(minutes=20)
    assert asking.titles() == ["Else"]
    assert asking.copy.stat().st_ino != before.st_ino


def drip(to: Handler, *parts: bytes, server: CalendarServer) -> None:
    for part in parts:
        to.wfile.write(part)
    while not server.ending.wait(0.02):
        to.wfile.write(b" ")


def endless(to: Handler) -> None:
    to.close_connection = True
    to.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n" + GOOD_TEXT[:-20])
    while True:
        to.wfile.write(b"X" * 65536)


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    start = packer.compress(GOOD_TEXT)
    return start + b"".join(packer.compress(b" " * (1 << 20)) for _ in range(size >> 20)) + packer.flush()


ANSWERS: list[tuple[str, Answer, str]] = [
    ("500 to what it does not know", body(b"", 500), "answered 500; Office 365 and others do so"),
    ("403 to what it does not know", body(b"", 403), "`user_agent`"),
    ("401", body(b"", 401), "answered 401; it wants a user and a password"),
    ("404", body(b"", 404), "answered 404; copy the calendar's address anew"),
    ("429", body(b"", 429), "answered 429: it was asked too often"),
    ("503", body(b"", 503), "answered 503"),
    ("204", body(b"", 204), "answered 204"),
    ("206", body(GOOD_TEXT[:40], 206), "answered 206"),
    ("304 nobody asked for", body(b"", 304), "answered 304"),
    ("sign-in page", body(PAGE), "a web page came instead of the calendar (a sign-in page?)"),
    ("sign-in page that claims to be a calendar", body(PAGE, Content_Type="text/calendar"), "a web page came"),
    ("page in UTF-16", body(PAGE.decode().encode("utf-16")), "a web page came"),
    ("JSON", body(b'{"error": "token expired"}'), "what came is no calendar"),
    ("nothing", body(b""), "the answer is empty"),
    ("white space", body(b" \r\n" * 50_000), "what came is no calendar"),
    ("cut short", body(GOOD_TEXT[:-20]), "broke off before the end of the calendar"),
    ("half a body", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", GOOD_TEXT), "broke off"),
    ("half a chunk", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFF\r\n", GOOD_TEXT[:99]), "broke off"),
    ("half a stream", body(gzip.compress(GOOD_TEXT)[:-12], Content_Encoding="gzip"), "broke off before its end"),
    ("damaged stream", body(b"\x1f\x8b" + b"x" * 500, Content_Encoding="gzip"), "it cannot be unpacked"),
    ("packed unasked", body(GOOD_TEXT, Content_Encoding="br"), "packed its answer in a way"),
    ("no HTTP", raw(b"220 mail.example ESMTP\r\n"), "broke off"),
    ("no answer", raw(), "broke off"),
    (
        "said to be huge",
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"),
        "larger than a calendar can be",
    ),
    ("endless", endless, "larger than a calendar can be (4 MiB)"),
    ("bomb", body(bomb(32 << 20), Content_Encoding="gzip"), "larger than a calendar can be (4 MiB)"),
    ("to a file", redirect("file:///etc/passwd"), "leads to `file`, which is not followed"),
    ("to ftp", redirect(f"ftp://127.0.0.1/{SECRET}"), "leads to `ftp`"),
    ("to nowhere", redirect("https://"), "leads to "),
    ("to no address", redirect("http://[::x/"), "none that can be understood"),
    ("in circles", redirect(PATH), "more than 5 times"),
    ("to script", redirect("javascript:alert(1)"), "`127.0.0.1` cannot be asked"),
]


@pytest.mark.parametrize(("answer", "said"), [pytest.param(*case[1:], id=case[0]) for case in ANSWERS])
def test_whatever_comes_the_last_good_copy_stands(
    tmp_path: Path, server: CalendarServer, answer: Answer, said: str
) -> None:
    asking = Asking(tmp_path, server.url(), limits=Limits(total_seconds=PATIENCE, size=4 << 20))
    good_then(asking, server, answer)
    kept_with(asking, said)
    server.answer = body(ELSE_TEXT)
    asking.later(hours=1)
    assert asking.titles() == ["Else"]
    assert (asking.state().error, asking.state().stale) == (None, False)


@pytest.mark.parametrize("start", [b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n" + GOOD_TEXT[:99]])
def test_a_slow_drip_ends_with_the_time_there_is(tmp_path: Path, server: CalendarServer, start: bytes) -> None:
    asking = Asking(tmp_path, server.url())
    assert asking.titles() == ["Good"]
    asking._limits = Limits(total_seconds=0.5)
    asking.source = asking.fresh()
    asking.later(hours=1)
    server.answer = lambda to: drip(to, start, server=server)
    # A command waits as long as one fetch may take; what the thread finds out is told with the next reading.
    asking.read()
    assert asking.calendar._thread is not None
    with asking.calendar._changed:
        assert asking.calendar._changed.wait_for(lambda: asking.calendar._wanted_since is None, PATIENCE)
    kept_with(asking, "no whole answer within 0.5 s from `127.0.0.1`", offline=True)


def test_a_handshake_that_drips_ends_with_the_time_there_is(tmp_path: Path) -> None:
    ended = threading.Event()

    def drip_on(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KiB, and then a byte at a time
            while True:
                connection.sendall(b"\0")
                ended.wait(0.02)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=drip_on, args=(listening,), daemon=True)
        server.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}{PATH}"
        asking = Asking(tmp_path, url, limits=Limits(total_seconds=0.5))
        asking.read()
        with asking.calendar._changed:
            assert asking.calendar._changed.wait_for(lambda: asking.calendar._wanted_since is None, PATIENCE)
        assert asking.state().error == "no whole answer within 0.5 s from `127.0.0.1`"
        server.join(PATIENCE)  # the connection is cut, not left to drip
        assert not server.is_alive()


def test_nobody_there(tmp_path: Path) -> None:
    with serving() as server:
        asking = Asking(tmp_path, server.url())
        good_then(asking, server, body())
    kept_with(asking, "`127.0.0.1` refuses the connection", offline=True)


def test_a_name_nobody_has(tmp_path: Path) -> None:
    asking = Asking(tmp_path, f"https://nothing.invalid{PATH}")
    state = asking.state()
    assert (state.error, state.stale, state.fetched) == ("`nothing.invalid` is not found", False, None)
    assert state.name == "nothing.invalid"


def test_only_trusted_certificates_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, authority = certified(tmp_path)
    with serving(context) as server:
        asking = Asking(tmp_path / "home", server.url())
        error = asking.state().error or ""
        assert error.startswith("the certificate of `127.0.0.1` is not trusted (")
        assert "`SSL_CERT_FILE`" in error
        assert server.asked == [], "not even the path was told"
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        asking.later(hours=1)
        assert asking.titles() == ["Good"]
        with serving() as plain:
            good_then(asking, server, redirect(plain.url("/elsewhere")))
            kept_since = asking.state()
            assert "leads from https to http" in (kept_since.error or "")
            assert plain.asked == []


def test_no_safe_connection(tmp_path: Path) -> None:
    with serving() as plain:
        asking = Asking(tmp_path, f"webcal://127.0.0.1:{plain.port}{PATH}")
        error = asking.state().error or ""
        assert "there is no safe connection to `127.0.0.1`" in error, "webcal means https, and nothing less"
        assert plain.asked == []


def test_a_redirect_is_followed_and_leaves_the_password_behind(tmp_path: Path, server: CalendarServer) -> None:
    with serving() as other:
        hops: dict[str, Answer] = {
            "/start": redirect("/here", 301),
            "/here": redirect(f"http://user2:pw2@localhost:{other.port}/there?x=1#part", 307),
        }
        server.answer = lambda to: hops[to.path](to)
        asking = Asking(tmp_path, server.url("/start", user=f"kim:{SECRET}%40@"))
        assert asking.titles() == ["Good"]
        assert [path for path, _ in server.asked] == ["/start", "/here"]
        assert all(headers["authorization"] == "Basic a2ltOmM0bjRyeUA=" for _, headers in server.asked)
        ((path, headers),) = other.asked
        assert path == "/there?x=1"
        assert "authorization" not in headers
    assert asking.copy.parent == asking.copies


def test_a_browsers_name_where_the_server_wants_one(tmp_path: Path, server: CalendarServer) -> None:
    def picky(to: Handler) -> None:
        (body() if to.headers["User-Agent"].startswith("Mozilla") else body(b"", 500))(to)

    server.answer = picky
    asking = Asking(tmp_path, server.url())
    assert "set this calendar's `user_agent`" in (asking.state().error or "")
    # It is asked at once when that was set, whatever wait the failure has cost.
    asking = Asking(tmp_path, server.url(), user_agent=BROWSER)
    assert asking.titles() == ["Good"]
    assert asking.state().error is None
    server.answer = body(b"", 500)
    asking.later(hours=1)
    assert (asking.state().error or "").endswith("`127.0.0.1` answered 500")


@pytest.mark.parametrize(
    ("wish", "until"),
    [
        ("3600", timedelta(hours=1)),
        (format_datetime(datetime(2026, 3, 10, 10, 12, tzinfo=UTC), usegmt=True), timedelta(hours=2)),
        ("999999999999", timedelta(hours=6)),
        ("nonsense", timedelta(minutes=1)),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_servers_wish_to_be_left_alone_counts_for_the_person_too(
    asking: Asking, server: CalendarServer, wish: str, until: timedelta, status: int
) -> None:
    good_then(asking, server, body(b"", status, Retry_After=wish))
    state = asking.state()
    assert state.next_try == asking.moment + until
    asked = len(server.asked)
    asking.later(seconds=(until - timedelta(seconds=1)).total_seconds())
    asking.source = asking.fresh()
    if wish != "nonsense":
        asking.source.request()
    asking.read()
    assert len(server.asked) == asked
    asking.later(seconds=2)
    server.answer = body(ELSE_TEXT)
    assert asking.titles() == ["Else"]


def test_failures_are_tried_again_ever_later_and_at_once_when_asked_to(asking: Asking, server: CalendarServer) -> None:
    good_then(asking, server, body(b"", 500))
    waits = []
    for _ in range(11):
        next_try = asking.state().next_try
        assert next_try is not None
        waits.append((next_try - asking.moment) / timedelta(minutes=1))
        asking.moment = next_try
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240]
    asked = len(server.asked)
    asking.read()
    server.answer = body(ELSE_TEXT)
    asking.source.request()
    assert asking.titles() == ["Else"]
    assert len(server.asked) == asked + 2
    assert asking.state().next_try == asking.moment + timedelta(minutes=15)


@pytest.mark.parametrize(("chance", "minutes"), [(0.0, 24), (1.0, 36)])
def test_times_are_spread(tmp_path: Path, server: CalendarServer, chance: float, minutes: int) -> None:
    asking = Asking(tmp_path, server.url(), refresh_minutes=30)
    asking.chance = chance
    assert asking.state().next_try == asking.moment + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("lines", "minutes"),
    [
        ("X-PUBLISHED-TTL:PT1H", 60),
        ("REFRESH-INTERVAL;VALUE=DURATION:PT3H", 180),
        ("REFRESH-INTERVAL;VALUE=DURATION:PT5M", 15),
        ("X-PUBLISHED-TTL:P52W", 1440),
        ("X-PUBLISHED-TTL:never", 15),
    ],
)
def test_a_calendar_says_how_long_it_is_good_for(
    asking: Asking, server: CalendarServer, lines: str, minutes: int
) -> None:
    server.answer = body(calendar(lines, GOOD).encode())
    assert asking.state().next_try == asking.moment + timedelta(minutes=minutes)


def test_a_calendar_is_called_as_it_calls_itself(tmp_path: Path, server: CalendarServer) -> None:
    label = "Ana\\, work\x1b[31m"
    server.answer = body(calendar(f"X-WR-CALNAME:{label}", GOOD, "X-WR-CALNAME:late").encode())
    asking = Asking(tmp_path, server.url())
    agenda = asking.read()
    assert agenda.calendars[0].name == "Ana, work\u241b[31m"
    assert agenda.meetings[0].calendar == agenda.calendars[0].name
    asking = Asking(tmp_path, server.url(), name="Mine", color="#112233")
    assert (asking.state().name, asking.state().color) == ("Mine", "#112233")
    # One that calls itself by its address is called by its host.
    server.answer = body(calendar(f"X-WR-CALNAME:http://x/{SECRET}", GOOD).encode())
    asking = Asking(tmp_path / "other", server.url())
    assert asking.state().name == "127.0.0.1"


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf\r\n" + GOOD_TEXT + b"\r\n\0\0",
        GOOD_TEXT.decode().encode("utf-16"),
        GOOD_TEXT.lower().replace(b"good", b"Good"),
    ],
)
def test_byte_order_marks_and_white_space_are_read_over(asking: Asking, server: CalendarServer, content: bytes) -> None:
    server.answer = body(content)
    assert asking.titles() == ["Good"]


def test_packed_answers_are_unpacked(asking: Asking, server: CalendarServer) -> None:
    half = len(GOOD_TEXT) // 2
    packed = gzip.compress(GOOD_TEXT[:half]) + gzip.compress(GOOD_TEXT[half:]) + b"\0\0"
    server.answer = body(packed, Content_Encoding="GZIP")
    assert asking.titles() == ["Good"]
    assert asking.copy.read_bytes() == GOOD_TEXT
    assert server.asked[0][1]["accept-encoding"] == "gzip"


def test_a_copy_that_goes_or_breaks_is_got_as_a_whole(asking: Asking, server: CalendarServer) -> None:
    server.answer = body(ETag='"v1"')
    asking.read()
    asking.copy.unlink()
    assert asking.titles() == ["Good"]
    asking.copy.write_bytes(b"\0" * 4096)
    assert asking.titles() == ["Good"]
    assert asking.state().error is None
    assert len(server.asked) == 3
    assert not any(name.startswith("if-") for _, headers in server.asked for name in headers)
    # The same size and time, and no calendar in it: that shows when it is read.
    status = asking.copy.stat()
    asking.copy.write_bytes(b"\0" * status.st_size)
    os.utime(asking.copy, ns=(status.st_atime_ns, status.st_mtime_ns))
    asking.source = asking.fresh()
    assert "its copy cannot be read" in (asking.state().error or "")
    assert asking.titles() == ["Good"]
    assert asking.state().error is None


def test_what_is_kept_beside_a_copy_may_be_damaged(asking: Asking, server: CalendarServer) -> None:
    asking.read()
    (record,) = asking.copies.glob("*.json")
    for damage in (b"", b"{", b"[1]", b'{"tried": "2026-03-10T07:12:00"}', b'{"schema": 99}', b"\xff" * 99):
        record.write_bytes(damage)
        asking.source = asking.fresh()
        asked = len(server.asked)
        assert asking.titles() == ["Good"]
        assert asking.state().error is None
        assert len(server.asked) == asked + 1


def test_what_another_process_fetched_is_not_fetched_again(asking: Asking, server: CalendarServer) -> None:
    asking.read()
    other = asking.source
    asking.later(hours=1)
    asking.source = asking.fresh()
    server.answer = body(ELSE_TEXT)
    asking.read()
    asking.source = other
    assert asking.titles() == ["Else"]
    assert len(server.asked) == 2


def test_a_clock_that_was_wrong_does_not_put_it_off_for_ever(asking: Asking, server: CalendarServer) -> None:
    asking.later(days=3650)
    asking.read()
    asking.later(days=-3650)
    asking.read()
    assert len(server.asked) == 2


def test_where_nothing_can_be_kept_it_is_said(tmp_path: Path, server: CalendarServer) -> None:
    (tmp_path / "cache").write_text("in the way")
    asking = Asking(tmp_path, server.url())
    assert "no copy of it can be kept in" in (asking.state().error or "")
    (tmp_path / "cache").unlink()
    assert asking.titles() == ["Good"]


def test_copies_of_calendars_no_longer_configured_go(asking: Asking, server: CalendarServer) -> None:
    asking.read()
    old, half = asking.copy, asking.copies / f".{asking.copy.name}.1.ab.tmp"
    half.write_bytes(b"killed")
    for path in asking.copies.iterdir():
        os.utime(path, (1, 1))
    Asking(asking.folder, server.url("/other")).read()
    assert not old.exists()
    assert not old.with_suffix(".json").exists()


class Door:
    """Answers once it is opened."""

    def __init__(self, content: bytes = ELSE_TEXT) -> None:
        self.opened = threading.Event()
        self.reached = threading.Event()
        self._content = content

    def __call__(self, to: Handler) -> None:
        self.reached.set()
        self.opened.wait(PATIENCE)
        body(self._content)(to)


def test_with_somebody_to_tell_reading_never_waits(asking: Asking, server: CalendarServer) -> None:
    told = threading.Event()
    server.answer = door = Door()
    asking.source.notify = told.set
    first = asking.state()
    assert first.error == "being fetched for the first time"
    assert (first.stale, first.fetched) == (False, None), "nobody may take it for an empty day"
    assert door.reached.wait(PATIENCE)
    door.opened.set()
    assert told.wait(PATIENCE)
    assert asking.titles() == ["Else"]

    told.clear()
    server.answer = door = Door(GOOD_TEXT)
    asking.later(hours=1)
    assert asking.titles() == ["Else"], "the copy, while it is being asked"
    assert door.reached.wait(PATIENCE)
    assert asking.state().error is None
    door.opened.set()
    assert told.wait(PATIENCE)
    assert asking.titles() == ["Good"]

    told.clear()
    server.answer = body(ELSE_TEXT)
    asking.source.request()  # `R`, which has it read too
    assert asking.titles() == ["Good"]
    assert told.wait(PATIENCE)
    assert asking.titles() == ["Else"]
    asking.source.close()


def test_closing_cuts_what_is_under_way_and_blames_nobody(asking: Asking, server: CalendarServer) -> None:
    told = threading.Event()
    asking.read()
    server.answer = door = Door()
    asking.source.notify = told.set
    asking.later(hours=1)
    asking.read()
    assert door.reached.wait(PATIENCE)
    thread = asking.calendar._thread
    assert thread is not None
    assert thread.daemon
    asking.source.close()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert not told.is_set()
    door.opened.set()
    asking.source = asking.fresh()
    server.answer = body()
    assert asking.state().error is None


def test_several_calendars_are_fetched_at_once(tmp_path: Path, server: CalendarServer) -> None:
    from tests.calendar_server import BERLIN, DAY
    from tui.calendar_settings import CalendarSettings
    from tui.sources.calendars.source import AgendaSource
    from tui.sources.calendars.web import Web

    both = threading.Barrier(2, timeout=PATIENCE)

    def together(to: Handler) -> None:
        both.wait()  # neither is answered before the other has asked
        body(GOOD_TEXT if "one" in to.path else ELSE_TEXT)(to)

    server.answer = together
    settings = [CalendarSettings(path=server.url(f"/{name}"), name=name) for name in ("one", "two")]
    moment = datetime(2026, 3, 10, 7, 12, tzinfo=UTC)
    web = Web(tmp_path / "copies", tmp_path / "key", lambda: moment, Limits(total_seconds=PATIENCE))
    agenda = AgendaSource(settings, (), BERLIN, lambda: moment, web=web).read_agenda(*DAY)
    assert sorted((meeting.calendar, meeting.summary) for meeting in agenda.meetings) == [
        ("one", "Good"),
        ("two", "Else"),
    ]


def test_the_log_holds_no_address_however_much_is_logged(
    asking: Asking, server: CalendarServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asking.read()
    for answer in (body(b"", 500), redirect(PATH), body(PAGE), raw()):
        server.answer = answer
        asking.later(hours=5)
        asking.read()
    told = [record.getMessage() for record in caplog.records] + [str(record.exc_info) for record in caplog.records]
    assert any("answered 500" in line for line in told)
    assert not any(SECRET in line or "basic.ics" in line for line in told)


def test_a_library_that_fails_oddly_costs_a_sentence_without_its_words(
    asking: Asking, server: CalendarServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(address: object, *_: object) -> None:
        raise LookupError(f"cannot look up {address!r} {PATH}")

    good_then(asking, server, body())
    monkeypatch.setattr("tui.sources.calendars.web_attempt.fetch", broken)
    kept_with(asking, "it cannot be fetched: unexpected LookupError")
    assert SECRET not in caplog.text


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:{port}", "socks5://127.0.0.1:{port}", "nonsense://x"])
def test_a_proxy_that_does_not_work_is_a_sentence(
    asking: Asking, server: CalendarServer, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    good_then(asking, server, body())
    monkeypatch.setenv("all_proxy", proxy.format(port=unused_port()))
    agenda = asking.read()
    assert [meeting.summary for meeting in agenda.meetings] == ["Good"]
    assert (agenda.calendars[0].error or "").startswith("as of 08:12")
    assert len(server.asked) == 1


def test_a_proxy_of_the_environment_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url("/"))
        asking = Asking(tmp_path, f"http://nothing.invalid{PATH}")
        assert asking.titles() == ["Good"]
        assert proxy.asked[0][0] == f"http://nothing.invalid{PATH}"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://h/x", "begins neither with"),
        ("https:/h/x", "begins neither with"),
        ("https:///x", "names no host"),
        ("https://h:port/x", "cannot be read"),
        ("https://[::x/", "cannot be read"),
        ("https://h/a b", "holds a space"),
        ("https://h/\x1b[31m", "holds a space"),
        ("https://h/" + "x" * 9000, "longer than one can be"),
    ],
)
def test_what_is_no_address_is_a_sentence(tmp_path: Path, url: str, said: str) -> None:
    state = Asking(tmp_path, url.replace("/x", f"/{SECRET}")).state()
    assert said in (state.error or "")
    assert (state.kind, state.fetched) == ("url", None)
