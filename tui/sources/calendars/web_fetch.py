"""One calendar asked for over the network: redirects, limits and refusals are decided here. The one door to the web.

What the answer is kept as, and when it is asked for, is not known here.
"""

import logging
import os
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from msgspec import Struct

from tui import __version__
from tui.domain.text import safe_text
from tui.domain.values import Value
from tui.sources.calendars.files import MAX_BYTES
from tui.sources.calendars.web_address import Address
from tui.sources.calendars.web_body import Body, BodyError, Unpacker, too_large
from tui.sources.calendars.web_failure import FetchError, own_words, shown
from tui.sources.calendars.web_schedule import parse_retry_after

if TYPE_CHECKING:
    import httpx

OWN_USER_AGENT = f"makerhour/{__version__}"
MAX_MARK = 1024
"""Characters of an ETag or Last-Modified that are kept."""
_REDIRECTS = (301, 302, 303, 307, 308)


class Limits(Struct, frozen=True):
    """What one fetch may take."""

    connect_seconds: float = 5.0
    total_seconds: float = 30.0
    size: int = MAX_BYTES
    """Bytes, as they come and unpacked."""
    redirects: int = 5


class Known(Struct, frozen=True):
    """What is known of a copy, so that a server need not send it again."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        """The conditions to ask under (RFC 9110 13.1): the stronger one alone."""
        if self.etag:
            return {"If-None-Match": self.etag}
        return {"If-Modified-Since": self.last_modified} if self.last_modified else {}


class Fetched(Value, frozen=True):
    """A whole calendar that came."""

    UNSHOWN: ClassVar[frozenset[str]] = frozenset({"head"})

    head: bytes
    """The beginning of its text."""
    digest: str
    """Of its text without DTSTAMP lines."""
    known: Known


class Connections:
    """The connections of a fetch, so that another thread can cut them: no wait for a server outlasts that."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self.is_cut = False

    def watch(self, event: str, details: Mapping[str, Any]) -> None:
        """Take in each connection that is made; httpx calls this for all it does (its `trace` extension)."""
        if not event.endswith("connect_tcp.complete"):
            return
        made = details["return_value"].get_extra_info("socket")
        # A second descriptor: the first one changes hands when encryption begins.
        twin = socket.socket(fileno=os.dup(made.fileno()))
        with self._lock:
            self._open.append(twin)
            if self.is_cut:
                _shut(twin)

    def cut(self) -> None:
        """End every connection, and each that is still made."""
        with self._lock:
            self.is_cut = True
            for connection in self._open:
                _shut(connection)

    def close(self) -> None:
        """Forget them all."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()


def fetch(
    address: Address,
    out: BinaryIO,
    known: Known,
    user_agent: str,
    now: datetime,
    limits: Limits,
    connections: Connections,
) -> Fetched | None:
    """Write the calendar at `address` to `out`; None where it is as `known`. Raises FetchError, or OSError of `out`.

    `connections` may be cut from any thread, which ends the fetch. `user_agent` empty means our own.
    """
    for name in ("httpx", "httpcore"):  # they log whole addresses
        logging.getLogger(name).setLevel(logging.WARNING)
    late = threading.Timer(limits.total_seconds, connections.cut)
    late.daemon = True
    late.start()
    try:
        with own_words(address.host, limits.connect_seconds), _client(limits) as client:
            return _follow(client, address, out, known, user_agent, now, limits, connections)
    except FetchError:
        if not connections.is_cut:
            raise
        said = f"no whole answer within {limits.total_seconds:g} s from `{shown(address.host)}`"
        raise FetchError(said, offline=True) from None
    finally:
        late.cancel()
        connections.close()


def _client(limits: Limits) -> "httpx.Client":
    import httpx

    return httpx.Client(
        verify=trust(),
        # Longer than the whole may take, which is seen to by cutting the connection.
        timeout=httpx.Timeout(limits.total_seconds + 1, connect=limits.connect_seconds),
        follow_redirects=False,
        trust_env=True,  # proxies
    )


def trust() -> ssl.SSLContext:
    """Whose certificates count: the system's authorities (SSL_CERT_FILE and SSL_CERT_DIR too), else httpx's own."""
    places = ssl.get_default_verify_paths()
    if places.cafile or places.capath:
        return ssl.create_default_context()
    import httpx

    return httpx.create_ssl_context()


def _follow(
    client: "httpx.Client",
    address: Address,
    out: BinaryIO,
    known: Known,
    user_agent: str,
    now: datetime,
    limits: Limits,
    connections: Connections,
) -> Fetched | None:
    """Ask, and go where the answers lead."""
    import httpx

    url, auth = httpx.URL(address.url), _auth(address)
    headers = {
        "User-Agent": user_agent or OWN_USER_AGENT,
        "Accept": "text/calendar, */*;q=0.1",
        "Accept-Encoding": "gzip",
        **known.headers(),
    }
    for _ in range(limits.redirects + 1):
        with client.stream("GET", url, headers=headers, auth=auth, extensions={"trace": connections.watch}) as response:
            if response.status_code in _REDIRECTS and "location" in response.headers:
                target = _target(url, response.headers["location"])
                auth = auth if _same_place(url, target) else None
                url = target
                continue
            if response.status_code == 304 and known.headers():
                return None
            _refuse(response, bool(user_agent), now)
            return _received(response, out, limits)
    raise FetchError(f"the address leads elsewhere more than {limits.redirects} times; copy it anew", refused=True)


def _auth(address: Address) -> tuple[str, str] | None:
    return (address.user, address.password) if address.user or address.password else None


def _same_place(one: "httpx.URL", other: "httpx.URL") -> bool:
    """True where what was meant for `one` may be told to `other`: itself, or itself through https."""
    if one.host != other.host:
        return False
    safer = (one.scheme, one.port, other.scheme, other.port) == ("http", None, "https", None)
    return safer or (one.scheme, one.port) == (other.scheme, other.port)


def _target(url: "httpx.URL", location: str) -> "httpx.URL":
    """Where a redirect leads. Raises FetchError where it must not be followed."""
    import httpx

    try:
        target = url.join(location)
    except httpx.InvalidURL:
        raise FetchError(f"`{shown(url.host)}` leads to an address that cannot be read", refused=True) from None
    if target.scheme not in ("https", "http") or not target.host:
        scheme = safe_text(target.scheme, 20) or "nowhere"
        raise FetchError(f"`{shown(url.host)}` leads to `{scheme}`, which is not followed", refused=True)
    if url.scheme == "https" and target.scheme == "http":
        raise FetchError(
            f"`{shown(url.host)}` leads from https to http, which anyone between could read; it is not followed",
            refused=True,
        )
    return target.copy_with(userinfo=b"", fragment=None)


def _refuse(response: "httpx.Response", named: bool, now: datetime) -> None:
    """Raise FetchError for all but a calendar. `named`: the person has set what the server is told is asking."""
    code = response.status_code
    if code == 200:
        return
    remedy = ""
    if code == 401:
        remedy = "; it wants a user and a password: write `https://user:password@…`, or copy its secret address"
    elif code in (403, 500) and not named:
        remedy = "; Office 365 and others do so to programs they do not know: set this calendar's `user_agent` to a "
        remedy += "browser's"
    elif code in (403, 404, 410):
        remedy = "; copy the calendar's address anew"
    elif code == 429:
        remedy = ": it was asked too often"
    wait = response.headers.get("retry-after", "") if code in (429, 503) else ""
    raise FetchError(
        f"`{shown(response.url.host)}` answered {code}{remedy}",
        refused=True,
        not_before=parse_retry_after(wait, now) if wait else None,
    )


def _received(response: "httpx.Response", out: BinaryIO, limits: Limits) -> Fetched:
    length = response.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and len(length) < 20 and int(length) > limits.size:
        raise BodyError(too_large(limits.size))
    unpacker = Unpacker(response.headers.get("content-encoding", ""))
    body = Body(out, limits.size)
    size = 0
    for raw in response.iter_raw():
        size += len(raw)
        if size > limits.size:
            raise BodyError(too_large(limits.size))
        for piece in unpacker.feed(raw):
            body.add(piece)
    unpacker.finish()
    return Fetched(body.head, body.finish(), Known(_mark(response, "etag"), _mark(response, "last-modified")))


def _mark(response: "httpx.Response", name: str) -> str:
    mark = str(response.headers.get(name, ""))
    return mark if len(mark) <= MAX_MARK and mark.isascii() and mark.isprintable() else ""


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # the other end was faster
        connection.shutdown(socket.SHUT_RDWR)
