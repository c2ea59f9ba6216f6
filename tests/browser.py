"""Chromium for tests, without a window, driven through its own debugging protocol. No tests in here.

    async with browsing(tmp_path) as browser:
        page = await browser.open(address)
        await page.shows("Backlog")           # text in the terminal the page shows
        await page.type("n")

What the terminal shows is read from the frames its websocket received, drawn as tests.terminal draws them; that they
are painted is seen in a picture. Nothing but loopback can be reached from it.
"""

import asyncio
import base64
import contextlib
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.terminal import PATIENCE
from tests.terminal_display import Display

_LISTENING = re.compile(rb"DevTools listening on (ws://\S+)")
REBOUND = "rebound.example"
"""A foreign name that was made to point at this machine."""
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # it shows our own page only, and containers seldom have what its sandbox needs
    "--disable-dev-shm-usage",
    "--enable-unsafe-swiftshader",  # WebGL without a graphics card
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--no-proxy-server",
    f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--remote-debugging-port=0",
)
_KEYS = {
    "Enter": ("Enter", 13, "\r"),
    "Escape": ("Escape", 27, ""),
    "Tab": ("Tab", 9, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
}


def chromium() -> str:
    """The browser's program; the test is skipped where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("chromium is not installed")
    tried = subprocess.run([found, "--version"], capture_output=True, timeout=PATIENCE, check=False)
    if tried.returncode:  # as where a distribution has only a hint to somewhere else
        pytest.skip("chromium does not run here")
    return found


class Page:
    """One tab."""

    def __init__(self, browser: "Browser", session: str, columns: int, lines: int) -> None:
        self._browser = browser
        self._session = session
        self.requests: list[str] = []
        """The addresses it has asked for."""
        self.complaints: list[str] = []
        """What it wrote to its console as wrong."""
        self._display = Display(columns, lines)

    async def say(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Have the browser do something about this tab; what it answers."""
        return await self._browser.say(method, parameters, self._session)

    async def evaluate(self, expression: str) -> Any:
        """The value of some JavaScript in the page."""
        answer = await self.say("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def resize(self, width: int, height: int) -> None:
        """Give the page another size, in pixels."""
        await self.say(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    async def type(self, *keys: str) -> None:
        """Press keys: a letter each, or one of those by name."""
        for key in keys:
            name, code, text = _KEYS[key] if key in _KEYS else (key, ord(key.upper()) if key.isalnum() else 0, key)
            event = {"key": name, "windowsVirtualKeyCode": code, **({"text": text} if text else {})}
            await self.say("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **event)
            await self.say("Input.dispatchKeyEvent", type="keyUp", key=name, windowsVirtualKeyCode=code)

    def screen(self) -> list[str]:
        """The lines of the terminal in the page."""
        return [line.rstrip() for line in self._display.screen.display]

    async def shows(self, expected: "str | Callable[[list[str]], object]") -> list[str]:
        """Wait until the terminal shows a text, or what it shows is as wanted; its lines then."""

        def met() -> bool:
            return expected in "\n".join(self.screen()) if isinstance(expected, str) else bool(expected(self.screen()))

        try:
            async with asyncio.timeout(PATIENCE):
                while not met():
                    await self._browser.changed()
        except TimeoutError:
            wanted = repr(expected) if isinstance(expected, str) else "what was waited for"
            shown = "\n".join(f"|{line}" for line in self.screen())
            raise AssertionError(f"{wanted} did not come; {self.complaints}\n{shown}") from None
        return self.screen()

    async def becomes(self, expression: str) -> None:
        """Wait until some JavaScript in the page is true; before there is a page, it is not."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(AssertionError):
                    if await self.evaluate(expression):
                        return
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._browser.changed(), 0.05)

    async def picture(self, width: int, height: int) -> bytes:
        """What the upper left of the page looks like, as a PNG of so many pixels."""
        part = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        return base64.b64decode((await self.say("Page.captureScreenshot", format="png", clip=part))["data"])

    def receive(self, method: str, told: dict[str, Any]) -> None:
        """Take what the browser tells of this tab."""
        match method:
            case "Network.requestWillBeSent":
                self.requests.append(told["request"]["url"])
            case "Network.webSocketCreated":
                self.requests.append(told["url"])
                size = re.search(r"width=(\d+)&height=(\d+)", told["url"])
                assert size is not None
                self._display = Display(int(size[1]), int(size[2]))
            case "Network.webSocketFrameReceived" if told["response"]["opcode"] == 2:
                self._display.feed(base64.b64decode(told["response"]["payloadData"]))
            case "Network.webSocketFrameSent" if '["resize"' in told["response"]["payloadData"]:
                size = json.loads(told["response"]["payloadData"])[1]
                self._display.resize(size["width"], size["height"])
            case "Log.entryAdded" if told["entry"]["level"] == "error":
                self.complaints.append(told["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(told["exceptionDetails"]))


class Browser:
    """A browser that runs; `browsing` starts one."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._asked = 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._pages: dict[str, Page] = {}
        self._news = asyncio.Event()

    async def say(self, method: str, parameters: dict[str, Any], session: str | None = None) -> dict[str, Any]:
        """Have the browser do something; what it answers."""
        self._asked += 1
        number = self._asked
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        order: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        await self._socket.send_json({**order, "sessionId": session} if session else order)
        async with asyncio.timeout(PATIENCE):
            return await answer

    async def open(self, address: str, *, width: int = 1280, height: int = 800) -> Page:
        """A new tab at `address`, of this size in pixels."""
        target = await self.say("Target.createTarget", {"url": "about:blank"})
        attached = await self.say("Target.attachToTarget", {"targetId": target["targetId"], "flatten": True})
        page = self._pages[attached["sessionId"]] = Page(self, attached["sessionId"], 80, 24)
        for domain in ("Network", "Page", "Runtime", "Log"):
            await page.say(f"{domain}.enable")
        await page.say("Emulation.setFocusEmulationEnabled", enabled=True)  # each tab as if it were in front
        await page.resize(width, height)
        await page.say("Page.navigate", url=address)
        return page

    async def changed(self) -> None:
        """Wait until the browser has told something."""
        self._news.clear()
        await self._news.wait()

    async def listen(self) -> None:
        """Take in what the browser says until it ends."""
        async for message in self._socket:
            told = message.json()
            if "id" in told:
                waiting = self._waiting.pop(told["id"])
                if "error" in told:
                    waiting.set_exception(AssertionError(told["error"]))
                else:
                    waiting.set_result(told["result"])
            elif page := self._pages.get(told.get("sessionId", "")):
                page.receive(told["method"], told["params"])
            self._news.set()


@contextlib.asynccontextmanager
async def browsing(folder: Path) -> AsyncIterator[Browser]:
    """A browser with nothing remembered, gone with all its processes at the end."""
    child = await asyncio.create_subprocess_exec(
        chromium(),
        *_OPTIONS,
        f"--user-data-dir={folder / 'browser'}",
        "about:blank",
        env={**os.environ, "HOME": str(folder)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stderr is not None
    tasks = []
    try:
        async with asyncio.timeout(PATIENCE):
            while not (found := _LISTENING.search(line := await child.stderr.readline())):
                assert line, "the browser ended before it began"
        tasks.append(asyncio.create_task(_drain(child.stderr)))
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(found[1].decode(), max_msg_size=0) as socket,
        ):
            browser = Browser(socket)
            tasks.append(asyncio.create_task(browser.listen()))
            try:
                yield browser
            finally:
                await browser.say("Browser.close", {})
                async with asyncio.timeout(PATIENCE):
                    await child.wait()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.read(65536):
        pass


def pixels(png: bytes) -> list[list[bytes]]:
    """The pixels of a PNG as a browser writes it (eight bits a channel, not interlaced), row by row."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert (depth, kind) in ((8, 2), (8, 6)), (depth, kind)
    step, place, packed = 3 if kind == 2 else 4, 8, b""
    while place < len(png):
        (size,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            packed += png[place + 8 : place + 8 + size]
        place += size + 12
    raw, length = zlib.decompress(packed), width * step
    before, rows = bytearray(length), []
    for row in range(height):
        start = row * (length + 1)
        line = bytearray(raw[start + 1 : start + 1 + length])
        _unfilter(raw[start], line, before, step)
        rows.append([bytes(line[at : at + 3]) for at in range(0, length, step)])
        before = line
    return rows


def _unfilter(how: int, line: bytearray, before: bytearray, step: int) -> None:
    """Undo what PNG does to a row so that it packs well (section 9 of its specification)."""
    for at in range(len(line)):
        left = line[at - step] if at >= step else 0
        up, corner = before[at], before[at - step] if at >= step else 0
        guess = left + up - corner
        paeth = min((left, up, corner), key=lambda near: abs(guess - near))
        line[at] = (line[at] + (0, left, up, (left + up) // 2, paeth)[how]) & 255
