"""A tab's process: one that will not end, one that says too much, and what it may ask of the browser."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.served import runs
from tests.terminal import PATIENCE
from tui.serve import tabs
from tui.serve.doors import Doors
from tui.serve.server import DashboardServer, _listen

STUBBORN = """
import os, pathlib, signal, sys, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
child = os.fork()
if child:
    pathlib.Path({record!r}).write_text(f"{{os.getpid()}} {{child}} {{os.environ['COLUMNS']}}x{{os.environ['ROWS']}}")
    os.write(1, b"__GANGLION__\\nD\\0\\0\\0\\5hello")
time.sleep({patience})  # not for ever: where it is not killed, it goes all the same
"""
CHATTY = """
import os, pathlib, sys
os.write(1, b"__GANGLION__\\n")
read = os.read(0, 1)
pathlib.Path({record!r}).write_text("begun")
for _ in range(400):
    left = b"D\\0\\1\\0\\0" + b"x" * 65536
    while left:
        left = left[os.write(1, left):]
pathlib.Path({record!r}).write_text("ended")
"""


@contextlib.asynccontextmanager
async def tab(program: str, query: str = "") -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """The websocket of a tab that shows `program`."""
    listening = _listen(0)
    doors = Doors(listening[0].getsockname()[1], "token", "ticket")
    server = DashboardServer([sys.executable, "-c", program], os.environ, doors)
    runner = web.AppRunner(await server.application(), shutdown_timeout=PATIENCE)
    await runner.setup()
    for listener in listening:
        await web.SockSite(runner, listener).start()
    origin = f"http://127.0.0.1:{doors.port}"
    headers = {"Origin": origin, "Cookie": f"{doors.cookie}=ticket"}
    try:
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.ws_connect(f"{origin}/ws/token{query}", max_msg_size=0) as socket,
        ):
            yield socket
    finally:
        await runner.cleanup()


async def test_one_that_does_not_end_is_killed_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabs, "END_SECONDS", 0.1)
    record = tmp_path / "record"
    async with tab(STUBBORN.format(record=str(record), patience=4 * PATIENCE), "?width=123&height=45") as socket:
        assert await socket.receive_bytes(timeout=PATIENCE) == b"hello"
        first, second, size = record.read_text().split()
        assert size == "123x45"
        assert runs(int(first))
    assert not runs(int(first))
    async with asyncio.timeout(PATIENCE):
        while runs(int(second)):
            await asyncio.sleep(0.02)


async def test_one_that_still_has_much_to_say_is_heard_out(tmp_path: Path) -> None:
    record = tmp_path / "record"
    async with tab(CHATTY.format(record=str(record))) as socket:
        await socket.send_json(["stdin", "x"])
        await socket.receive_bytes(timeout=PATIENCE)
    assert record.read_text() == "ended"


@pytest.mark.parametrize("query", ["?width=99999&height=99999", "?width=-1&height=x", "?width=1&height=0"])
async def test_sizes_that_no_page_has_are_made_some(
    tmp_path: Path, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabs, "END_SECONDS", 0.1)
    record = tmp_path / "record"
    async with tab(STUBBORN.format(record=str(record), patience=4 * PATIENCE), query) as socket:
        await socket.receive_bytes(timeout=PATIENCE)
        width, height = map(int, record.read_text().split()[2].split("x"))
        assert 10 <= width <= 1000
        assert 5 <= height <= 500


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("https://example.com/a", True),
        ("http://example.com", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ('x", "url": "http', False),
    ],
)
async def test_only_addresses_of_the_web_are_opened(url: str, opened: bool) -> None:
    asks = json.dumps({"type": "open_url", "url": url, "new_tab": True}).encode()
    says = b"__GANGLION__\nM" + len(asks).to_bytes(4, "big") + asks + b"D\0\0\0\4last"
    program = f"import os; os.write(1, {says!r}); os.read(0, 1)"
    async with tab(program) as socket:
        told = await socket.receive(timeout=PATIENCE)
        if opened:
            assert json.loads(told.data) == ["open_url", {"url": url, "new_tab": True}]
            told = await socket.receive(timeout=PATIENCE)
        assert told.data == b"last"
