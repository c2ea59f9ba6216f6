"""The server of the dashboard in a browser: textual-serve's, behind our own doors (`tui.serve.doors`).

It listens on loopback alone and shows the address once. No request is logged: the first one holds the token.
"""

import asyncio
import errno
import os
import secrets
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler
from textual_serve.server import Server

from tui.serve.doors import LOOPBACK, SOCKET_PATH, Doors, Knock
from tui.serve.tabs import END_SECONDS, Tab

PAGE = Path(__file__).parent / "page"
HEARTBEAT_SECONDS = 15.0
"""How often a browser is asked whether it is still there."""
GOODBYE_SECONDS = 2.0
"""How long a browser may take to say goodbye."""
_REFUSED = (
    "This is a dashboard of makerhour, and it opens only from the whole address that `makerhour serve` printed.\n"
    "Open that address again; where makerhour was started anew, the new one.\n"
)


class ServeError(Exception):
    """The server cannot listen; the message says why and what to do."""


class DashboardServer(Server):
    """A dashboard for each websocket of those who were let in."""

    def __init__(self, argv: Sequence[str], environ: Mapping[str, str], doors: Doors) -> None:
        super().__init__(argv[0], host=LOOPBACK[0], port=doors.port, title="makerhour")
        self._argv = tuple(argv)
        self._environ = environ
        self._doors = doors
        self._tabs: set[Tab] = set()

    async def application(self) -> web.Application:
        """What answers requests."""
        return await self._make_app()

    async def _make_app(self) -> web.Application:
        app = web.Application(middlewares=[self._let_in])
        app.add_routes(
            [
                web.get("/", self.handle_index),
                web.get(SOCKET_PATH + "{token}", self.handle_websocket),
                web.get("/download/{key}", self.handle_download),
                web.static("/page", PAGE),
                web.static("/static", self.statics_path),
            ]
        )
        app.on_response_prepare.append(self._say_headers)
        app.on_shutdown.append(self.on_shutdown)
        return app

    @web.middleware
    async def _let_in(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Every request comes through here, whatever it asks for."""
        knock = _knock(request, self._doors.cookie)
        if self._doors.may_enter(knock):
            entered = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": self._doors.entered})
            entered.set_cookie(self._doors.cookie, self._doors.ticket, path="/", httponly=True, samesite="Strict")
            return entered
        if not self._doors.may_pass(knock):
            return web.Response(status=HTTPStatus.FORBIDDEN, text=_REFUSED)
        return await handler(request)

    async def _say_headers(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(self._doors.headers())

    async def handle_index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """A tab: a dashboard from when its websocket opens to when it closes."""
        websocket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, timeout=GOODBYE_SECONDS, compress=False)
        await websocket.prepare(request)
        tab = Tab(self._argv, self._environ, websocket, self.download_manager)
        self._tabs.add(tab)
        try:
            await tab.start(_cells(request.query.get("width"), 80), _cells(request.query.get("height"), 24))
            await self._process_messages(websocket, tab)
        finally:
            await tab.stop()
            self._tabs.discard(tab)
            await websocket.close()
        return websocket

    async def on_shutdown(self, app: web.Application) -> None:
        """End all dashboards, at once."""
        await asyncio.gather(*(tab.stop() for tab in tuple(self._tabs)))


def serve(argv: Sequence[str], environ: Mapping[str, str], port: int, say: Callable[[str], object]) -> None:
    """Serve the program `argv` in a browser until a signal ends it; `say` gets the address to open, once.

    `port` 0 takes any that is free. Raises ServeError where the port is not to be had.
    """
    asyncio.run(_serve(argv, environ, port, say))


async def _serve(argv: Sequence[str], environ: Mapping[str, str], port: int, say: Callable[[str], object]) -> None:
    listening = _listen(port)
    doors = Doors(listening[0].getsockname()[1], secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    server = DashboardServer(argv, environ, doors)
    runner = web.AppRunner(await server.application(), access_log=None, shutdown_timeout=END_SECONDS)
    await runner.setup()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # `nohup` means it
            loop.add_signal_handler(number, ended.set)
    try:
        for listener in listening:
            await web.SockSite(runner, listener).start()
        say(doors.address)
        await ended.wait()
    finally:
        await runner.cleanup()


def _listen(port: int) -> list[socket.socket]:
    """Sockets on loopback; on the newer kind of address too, where this machine has it. Raises ServeError."""
    listening = []
    try:
        first = socket.create_server((LOOPBACK[0], port), family=socket.AF_INET)
    except OSError as error:
        said = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be had: {os.strerror(error.errno or 0)}"
        raise ServeError(f"port {port} {said}; name another, or leave `--port` out for one that is free") from None
    listening.append(first)
    with suppress(OSError):  # a machine without it, or another's there: the printed address is the first one's
        listening.append(socket.create_server((LOOPBACK[1], first.getsockname()[1]), family=socket.AF_INET6))
    return listening


def _knock(request: web.Request, cookie: str) -> Knock:
    return Knock(
        path=request.path,
        hosts=tuple(request.headers.getall("Host", ())),
        origin=request.headers.get("Origin"),
        cookie=request.cookies.get(cookie),
        token=request.query.get("token"),
    )


def _cells(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else default
