"""A server of calendars on this machine alone, as odd as a test wants it, and a calendar that asks it."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import trustme

from tests.agenda_texts import GOOD, calendar
from tui.calendar_settings import CalendarSettings
from tui.domain.agenda import Agenda, CalendarState
from tui.sources.calendars.source import AgendaSource
from tui.sources.calendars.web import Web, WebCalendar
from tui.sources.calendars.web_fetch import Limits

BERLIN = ZoneInfo("Europe/Berlin")
DAY = (datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC))
SECRET = "c4n4ry"
"""Part of every address; nothing may show it."""
PATH = f"/private-{SECRET}/basic.ics?token={SECRET}"
GOOD_TEXT = calendar(GOOD).replace("\n", "\r\n").encode()
PATIENCE = 60.0

Handler = BaseHTTPRequestHandler
Answer = Callable[[Handler], None]


def body(content: bytes = GOOD_TEXT, status: int = 200, /, **headers: str) -> Answer:
    """An honest answer; underscores in names of headers stand for hyphens."""

    def answer(to: Handler) -> None:
        to.send_response(status)
        to.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.end_headers()
        to.wfile.write(content)

    return answer


def raw(*parts: bytes) -> Answer:
    """Exactly these bytes, whatever they make of HTTP, and the end."""

    def answer(to: Handler) -> None:
        to.close_connection = True
        for part in parts:
            to.wfile.write(part)

    return answer


def redirect(location: str, status: int = 302) -> Answer:
    """Elsewhere."""
    return body(b"", status, Location=location)


class CalendarServer:
    """Answers as `answer` does, and remembers what it was asked."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answer: Answer = body()
        self.asked: list[tuple[str, dict[str, str]]] = []
        """Path and headers (names in lower case) of each request."""
        self.ending = threading.Event()
        """Set when the server ends: for answers that never do."""
        server = self

        class Asked(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                try:
                    server.answer(self)
                except (OSError, ValueError):
                    self.close_connection = True  # the other end has gone

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # a client that goes away, or does not trust us

        self._server = Quiet(("127.0.0.1", 0), Asked)
        self.port: int = self._server.server_address[1]
        self.scheme = "http"
        if tls is not None:
            self.scheme = "https"
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def url(self, path: str = PATH, *, host: str = "127.0.0.1", user: str = "") -> str:
        return f"{self.scheme}://{user}{host}:{self.port}{path}"

    def end(self) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE)


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[CalendarServer]:
    """A server for the length of a block."""
    server = CalendarServer(tls)
    try:
        yield server
    finally:
        server.end()


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What an https server on 127.0.0.1 needs, and the file of the authority that vouches for it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return context, file


def unused_port() -> int:
    """A port of this machine where nobody answers."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class Asking:
    """An agenda of one calendar behind an address, with a clock of its own and a home in `folder`."""

    def __init__(self, folder: Path, url: str = "", *, limits: Limits | None = None, **settings: Any) -> None:
        self.folder = folder
        self.moment = datetime(2026, 3, 10, 7, 12, tzinfo=UTC)
        self.chance = 0.5
        self._limits = limits or Limits(total_seconds=PATIENCE)
        self._settings = CalendarSettings(path=url, **settings)
        self.source = self.fresh()

    @property
    def copies(self) -> Path:
        return self.folder / "cache" / "calendars"

    @property
    def copy(self) -> Path:
        """The one copy there is."""
        (found,) = self.copies.glob("*.ics")
        return found

    def fresh(self) -> AgendaSource:
        """As another process would open it."""
        web = Web(
            self.copies, self.folder / "state" / "key", lambda: self.moment, self._limits, chance=lambda: self.chance
        )
        return AgendaSource([self._settings], (), BERLIN, lambda: self.moment, web=web)

    def read(self) -> Agenda:
        agenda = self.source.read_agenda(*DAY)
        assert SECRET not in repr(agenda), "an address is shown nowhere"
        return agenda

    def state(self) -> CalendarState:
        (state,) = self.read().calendars
        return state

    def titles(self) -> list[str]:
        return [meeting.summary for meeting in self.read().meetings]

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**span)

    @property
    def calendar(self) -> WebCalendar:
        (one,) = self.source._web
        return one
