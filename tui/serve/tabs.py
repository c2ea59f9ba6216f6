"""One tab's dashboard: a process of its own between a websocket and our program, ended with the tab.

The protocol is textual-serve's; here it is started without a shell, and its end is seen to.
"""

import asyncio
import json
import logging
import os
import signal
from collections.abc import Mapping
from contextlib import suppress

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from tui.serve.environment import served_environment

log = logging.getLogger(__name__)

END_SECONDS = 8.0
"""How long a dashboard may take to end: it finishes what it writes. After that it is killed."""
KILL_SECONDS = 2.0
"""How long a killed one may take to be gone."""
_COLUMNS, _ROWS = (10, 1000), (5, 500)


class Tab(AppService):
    """The dashboard one websocket shows."""

    def __init__(
        self,
        argv: tuple[str, ...],
        environ: Mapping[str, str],
        socket: web.WebSocketResponse,
        downloads: DownloadManager,
    ) -> None:
        super().__init__(
            argv[0],
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=self._close,
            download_manager=downloads,
        )
        self._argv = argv
        self._environ = environ
        self._socket = socket
        self._ending: asyncio.Task[None] | None = None

    async def start(self, width: int, height: int) -> None:
        """Start the dashboard for a page of this many cells. Raises OSError."""
        await super().start(_within(width, _COLUMNS), _within(height, _ROWS))

    async def set_terminal_size(self, width: int, height: int) -> None:
        await super().set_terminal_size(_within(width, _COLUMNS), _within(height, _ROWS))

    async def run(self) -> None:
        """Hand on what the dashboard shows until it ends; the page is told of that however it ended."""
        await super().run()
        await self._close()

    async def on_meta(self, data: bytes) -> None:
        """The dashboard asks for something of the browser; addresses that are none of the web are not opened."""
        meta = json.loads(data)
        if meta["type"] == "open_url" and not str(meta["url"]).lower().startswith(("https://", "http://")):
            log.warning("a dashboard wanted an address opened that is none of the web")
            return
        await super().on_meta(data)

    async def stop(self) -> None:
        """End the dashboard and all it holds open, whoever asks first; done when it is."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._end())
        await asyncio.shield(self._ending)

    async def _close(self) -> None:
        await self._socket.close()

    async def _open_app_process(self, width: int = 80, height: int = 24) -> asyncio.subprocess.Process:
        self._process = process = await asyncio.create_subprocess_exec(
            *self._argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=served_environment(self._environ, width, height),
            start_new_session=True,  # ctrl+c is the server's, which ends them in order
        )
        self._stdin = process.stdin
        # What went wrong is said in the server's terminal, at once; the library would keep it, and say it twice.
        process.stderr = asyncio.StreamReader()
        process.stderr.feed_eof()
        return process

    async def _end(self) -> None:
        process = self._process
        if process is None:
            return
        # A task of its own, and no timeout around it: the library takes a cancellation for an answer.
        leaving = asyncio.create_task(self._leave(process))
        await asyncio.wait({leaving}, timeout=END_SECONDS)
        if process.returncode is None:
            log.warning("a dashboard did not end within %g s and was killed", END_SECONDS)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        await asyncio.wait({leaving}, timeout=KILL_SECONDS)
        if not leaving.done():
            leaving.cancel()
        elif error := leaving.exception():
            log.warning("a dashboard ended badly: %s", type(error).__name__)

    async def _leave(self, process: asyncio.subprocess.Process) -> None:
        """Ask the dashboard to end, and hear out what it still has to say: that must not hold it up."""
        await super().stop()
        while process.stdout and await process.stdout.read(65536):
            pass
        await process.wait()


def _within(number: int, limits: tuple[int, int]) -> int:
    return max(limits[0], min(int(number), limits[1]))
