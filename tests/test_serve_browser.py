"""The served dashboard in a real browser: what a person sees and types there, and what other pages cannot do."""

import asyncio
import contextlib
import http.server
import json
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import fleet
from tests.browser import REBOUND, Browser, Page, browsing, chromium, pixels
from tests.served import Served, serving
from tests.terminal import PATIENCE, isolated_environment
from tui.sources.backlog import BacklogStore
from tui.themes import LIGHT

WINDOWED = """\
#!{python}
# An editor with a window of its own, as far as the dashboard can tell.
import os, pathlib, sys
pathlib.Path({record!r} + ".part").write_text(" ".join(sys.argv[1:]))
os.replace({record!r} + ".part", {record!r})
"""


class Desk:
    """A home with a repository, a backlog and an editor with a window, and the configuration that names them."""

    def __init__(self, folder: Path) -> None:
        self.billing = fleet.make(folder / "code" / "billing", commits=2)
        fleet.git(self.billing, "remote", "add", "origin", "https://forge.example.com/team/billing.git")
        self.backlog = folder / "backlog.toml"
        self.record = folder / "record"
        editor = folder / "windowed"
        editor.write_text(WINDOWED.format(python=sys.executable, record=str(self.record)))
        editor.chmod(0o755)
        self.config = folder / "config.toml"
        self.config.write_text(
            f"[repositories]\nroots = ['{folder / 'code'}']\ndeadline_seconds = 60\n"
            f"[backlog]\npath = '{self.backlog}'\n"
            "[launch]\neditor = 'windowed'\nshell = 'sh'\n"
            f"[launchers.windowed]\nkind = 'editor'\ncommand = '{editor} {{path}}'\nterminal = false\n"
        )
        self.environ = isolated_environment(folder)

    def looks(self, theme: str) -> None:
        with self.config.open("a") as config:
            config.write(f"[look]\ntheme = '{theme}'\n")

    def titles(self) -> list[str]:
        return [item.title for item in BacklogStore(self.backlog, lambda: datetime.now(UTC)).read().items]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    chromium()  # nothing is made where there is no browser to look at it
    return Desk(tmp_path)


@pytest.fixture
def served(desk: Desk) -> Iterator[Served]:
    with serving("--config", str(desk.config), "serve", environ=desk.environ) as running:
        yield running


@pytest.fixture
async def browser(desk: Desk, tmp_path: Path) -> AsyncIterator[Browser]:
    async with browsing(tmp_path) as running:
        yield running


async def shown(browser: Browser, served: Served) -> Page:
    """A tab with a dashboard whose repositories are read."""
    page = await browser.open(served.address)
    await page.shows("1 repo ")
    await page.shows("billing  ")
    return page


async def edges(page: Page) -> set[str]:
    """The colours along the edges of the window."""
    rows = pixels(await page.picture(1280, 800))
    sides = (rows[0], rows[-1], [row[0] for row in rows], [row[-1] for row in rows])
    return {pixel.hex() for side in sides for pixel in side}


async def there(place: Path) -> str:
    async with asyncio.timeout(PATIENCE):
        while not place.exists():
            await asyncio.sleep(0.02)
    return place.read_text()


async def test_it_shows_the_fleet_and_takes_keys_and_asks_nobody_else(
    desk: Desk, served: Served, browser: Browser
) -> None:
    page = await shown(browser, served)
    assert await page.evaluate("location.href") == f"{served.origin}/"
    assert await page.evaluate("document.title") == "makerhour"
    assert await page.evaluate("document.cookie") == ""
    await page.becomes("document.activeElement.classList.contains('xterm-helper-textarea')")
    await page.shows("enter Detail")  # a pane has the focus without a click
    await page.type("n")
    await page.shows("New idea")
    await page.type(*"Refunds in one key 45m", "Enter")
    await page.shows(lambda lines: any("Refunds in one key" in line and "45m" in line for line in lines[5:]))
    async with asyncio.timeout(PATIENCE):
        while desk.titles() != ["Refunds in one key"]:
            await asyncio.sleep(0.02)
    for request in page.requests:
        assert request.removeprefix("ws://").removeprefix("http://").startswith(f"127.0.0.1:{served.port}/"), request
    assert page.complaints == []
    painted = Counter(pixel for row in pixels(await page.picture(640, 400)) for pixel in row)
    assert len(painted) > 100, "text has many shades at its edges"
    assert painted.most_common(1)[0][0].hex() == "16181b"
    assert 640 * 400 - painted[bytes.fromhex("16181b")] > 3_000, "hardly anything is painted"


async def test_programs_with_a_window_start_and_those_of_a_terminal_are_said(
    desk: Desk, served: Served, browser: Browser
) -> None:
    page = await shown(browser, served)
    await page.type("1", "e")
    assert await there(desk.record) == str(desk.billing)
    await page.type("!")
    await page.shows("`sh` needs a terminal")
    await page.evaluate("window.open = (...opened) => { window.opened = opened.join(' ') }; 0")
    await page.type("o")
    await page.becomes("window.opened === 'https://forge.example.com/team/billing _blank'")
    await page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text }; 0")
    await page.type("y")
    await page.becomes(f"window.copied === {json.dumps(str(desk.billing))}")
    await page.type("n")
    await page.shows("New idea")  # and it goes on


async def test_it_fits_the_window_ends_and_starts_again(desk: Desk, served: Served, browser: Browser) -> None:
    desk.looks(LIGHT.name)
    page = await shown(browser, served)
    await page.shows("2 Today")
    assert LIGHT.background is not None
    await page.becomes("getComputedStyle(document.body).backgroundColor !== 'rgb(22, 24, 27)'")
    async with asyncio.timeout(PATIENCE):
        while await edges(page) != {LIGHT.background.lstrip("#")}:
            await asyncio.sleep(0.1)
    await page.resize(390, 844)
    await page.shows(
        lambda lines: len(lines) > 38 and any("Repositories…  2 Today  3 Backlog" in line for line in lines)
    )
    await page.resize(1280, 800)
    await page.shows("2 Today")
    other = await shown(browser, served)
    assert len(served.tabs()) == 2
    await page.type("q")
    await page.becomes("document.body.classList.contains('-closed') && document.activeElement.id === 'again'")
    await other.type("n")
    await other.shows("New idea")
    await page.type("Enter")
    await page.becomes("!document.body.classList.contains('-closed')")
    await page.shows("billing  ")
    assert served.stop() == 0
    for tab in (page, other):
        await tab.becomes("document.body.classList.contains('-closed')")


async def test_who_was_not_let_in_sees_nothing(served: Served, browser: Browser) -> None:
    addresses = (
        f"{served.origin}/",
        f"{served.address}x",
        served.address.replace("127.0.0.1", REBOUND),
        f"{served.origin}/page/index.html",
    )
    for address in addresses:
        page = await browser.open(address)
        await page.becomes("document.body && document.body.innerText.includes('makerhour serve')")
        assert await page.evaluate("document.querySelector('#terminal')") is None
    assert served.tabs() == set()


async def test_a_tab_without_the_token_says_what_to_open(served: Served, browser: Browser) -> None:
    await shown(browser, served)
    page = await browser.open(f"{served.origin}/")
    await page.becomes("document.body && document.body.innerText.includes('was not opened with the address')")
    assert len(served.tabs()) == 1


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """A page of another server on this machine; it writes down the cookies it is handed."""

    cookies: str = ""

    def do_GET(self) -> None:
        Elsewhere.cookies += self.headers.get("Cookie", "")
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><title>elsewhere</title><body></body>")

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing is said."""


@contextlib.contextmanager
def elsewhere() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


async def test_another_server_here_gets_the_cookie_and_no_dashboard(served: Served, browser: Browser) -> None:
    await shown(browser, served)
    dashboards = served.tabs()
    with elsewhere() as address:
        page = await browser.open(address)
        await page.becomes("document.title === 'elsewhere'")
        assert f"makerhour-{served.port}=" in Elsewhere.cookies  # browsers tell no ports apart
        opened = (
            "new Promise(done => {{ const socket = new WebSocket('{}'); "
            "socket.onopen = () => done('opened'); socket.onerror = () => done('refused') }})"
        )
        for token in (served.token, "x"):
            socket = f"ws://127.0.0.1:{served.port}/ws/{token}?width=80&height=24"
            assert await page.evaluate(opened.format(socket)) == "refused"
        read = f"fetch('{served.origin}/', {{credentials: 'include'}}).then(() => 'read', () => 'refused')"
        assert await page.evaluate(read) == "refused"
        framed = (
            "new Promise(done => { const frame = document.createElement('iframe'); "
            f"frame.src = '{served.origin}/'; document.body.append(frame); "
            "frame.onload = () => done(frame.contentDocument === null) })"
        )
        assert await page.evaluate(framed) is True
        assert any("frame-ancestors" in complaint or "X-Frame" in complaint for complaint in page.complaints)
    assert served.tabs() == dashboards
