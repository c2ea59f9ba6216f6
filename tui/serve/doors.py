"""Who is let in to the served dashboard, and what every answer tells the browser. Pure: requests come in as facts.

Three things keep others out. The *token* stands in the address that is printed; whoever opens that gets a *cookie* and,
behind the `#` (which no browser sends), the token for their tab. Pages and files need the cookie, a dashboard needs
both: browsers hand cookies of one port of this machine to servers on all others. The names a server here can be called
by are few, so a foreign name that was made to point here (DNS rebinding) is refused; so is what a foreign page asks.
"""

import hmac
from urllib.parse import urlencode

from msgspec import Struct

LOOPBACK = ("127.0.0.1", "::1")
"""Where the server listens, and nowhere else."""
_NAMES = ("127.0.0.1", "localhost", "[::1]")
SOCKET_PATH = "/ws/"
"""What a tab's websocket is asked for under; its token stands behind."""


class Knock(Struct, frozen=True):
    """One request."""

    path: str
    hosts: tuple[str, ...]
    """Its `Host` headers; there should be one."""
    origin: str | None
    """The page that asks, where the browser says so."""
    cookie: str | None
    token: str | None
    """The one in the address."""


class Doors(Struct, frozen=True):
    """What opens one run of the server."""

    port: int
    token: str
    ticket: str
    """What the cookie holds."""

    @property
    def cookie(self) -> str:
        """The cookie's name: with the port, as two servers on one machine share their cookies."""
        return f"makerhour-{self.port}"

    @property
    def address(self) -> str:
        """What the person opens."""
        return f"http://{LOOPBACK[0]}:{self.port}/?{urlencode({'token': self.token})}"

    @property
    def entered(self) -> str:
        """Where the person is sent from there: an address that can be seen, with the token for this tab's script."""
        return f"/#{self.token}"

    def may_enter(self, knock: Knock) -> bool:
        """True where this is the printed address, opened: it gets the cookie."""
        return self._from_here(knock) and knock.path == "/" and _same(knock.token, self.token)

    def may_pass(self, knock: Knock) -> bool:
        """True where the request is one of ours."""
        if not self._from_here(knock) or not _same(knock.cookie, self.ticket) or knock.token is not None:
            return False
        if knock.path.startswith(SOCKET_PATH):
            return knock.origin is not None and _same(knock.path.removeprefix(SOCKET_PATH), self.token)
        return True

    def headers(self) -> dict[str, str]:
        """What every answer says: keep no copy, run and show nothing from elsewhere, tell nobody."""
        sockets = " ".join(f"ws://{name}:{self.port}" for name in _NAMES[:2])
        # The terminal writes its own styles; what it is drawn by needs neither images nor inline scripts.
        policy = (
            f"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
            f"img-src 'self'; connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return {
            "Cache-Control": "no-store",
            "Content-Security-Policy": policy,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "clipboard-read=(), camera=(), microphone=(), geolocation=()",
            "Referrer-Policy": "no-referrer",
            "Server": "makerhour",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }

    def _from_here(self, knock: Knock) -> bool:
        hosts = [f"{name}:{self.port}" for name in _NAMES]
        if self.port == 80:
            hosts += _NAMES
        if len(knock.hosts) != 1 or knock.hosts[0].lower() not in hosts:
            return False
        return knock.origin is None or knock.origin.lower() == f"http://{knock.hosts[0].lower()}"


def _same(given: str | None, wanted: str) -> bool:
    """Whether `given` is `wanted`, in a time that tells nothing of how much of it is."""
    return given is not None and hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"), wanted.encode("utf-8", "surrogatepass")
    )
