"""The dashboard as `makerhour serve` serves it: the real server on loopback, ended with all it started. No tests here.

with serving(config, environ) as served:
    status, headers, body = served.get("/", {"Cookie": served.enter()})
"""

import base64
import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.terminal import PATIENCE

ROOT = Path(__file__).resolve().parent.parent
_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/\?token=([\w-]+)")

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers (names in lower case), body."""


@dataclass
class Served:
    """A server that runs."""

    child: subprocess.Popen[str]
    address: str
    """What it printed to be opened."""
    port: int
    token: str
    said: list[str] = field(default_factory=list)
    """The lines it has printed."""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, headers: Mapping[str, str] | None = None, *, method: str = "GET") -> Answer:
        """The answer to one request, sent as it stands; `headers` may hold another Host."""
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            asking.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Host": f"127.0.0.1:{self.port}", **(headers or {})}.items():
                asking.putheader(name, value)
            asking.endheaders()
            answer = asking.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            asking.close()

    def enter(self) -> str:
        """The cookie of whoever opens the printed address."""
        status, headers, _ = self.get(f"/?token={self.token}")
        assert status == 303, status
        return headers["set-cookie"].split(";")[0]

    def knock(self, token: str, headers: Mapping[str, str]) -> tuple[int, socket.socket]:
        """Ask for a websocket as a browser does, with these headers; the status, and the connection to be closed."""
        connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        asked = {
            "Host": f"127.0.0.1:{self.port}",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            **headers,
        }
        lines = [f"GET /ws/{token}?width=80&height=24 HTTP/1.1", *(f"{name}: {value}" for name, value in asked.items())]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        head = b""
        while b"\r\n\r\n" not in head and (more := connection.recv(1)):
            head += more
        return int(head.split()[1]), connection

    @contextlib.contextmanager
    def tab(self) -> Iterator[socket.socket]:
        """The connection of a tab whose dashboard has begun to show."""
        status, connection = self.knock(self.token, {"Cookie": self.enter(), "Origin": self.origin})
        with connection:
            assert status == 101, status
            assert connection.recv(2)  # the head of the first frame
            yield connection

    def tabs(self) -> set[int]:
        """The processes of the dashboards it has started and not seen the end of."""
        return set(children_of(self.child.pid))

    def stop(self, number: int = signal.SIGINT) -> int:
        """End it as ctrl+c does; its status."""
        self.child.send_signal(number)
        return self.child.wait(PATIENCE)


@contextlib.contextmanager
def serving(*options: str, environ: Mapping[str, str]) -> Iterator[Served]:
    """`makerhour OPTIONS serve`, until the end; whatever happened, nothing of it is left behind."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tui", *options],
        env={**environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    said: list[str] = []
    address = None
    while address is None and (line := child.stdout.readline()):
        said.append(line)
        address = _ADDRESS.search(line)
    output = child.stdout
    reader = threading.Thread(target=lambda: said.extend(output), daemon=True)
    reader.start()
    try:
        assert address is not None, said
        yield Served(child, address[0], int(address[1]), address[2], said)
    finally:
        try:
            if child.poll() is None:
                child.send_signal(signal.SIGINT)
            child.wait(PATIENCE)
        finally:
            if child.poll() is None:
                child.kill()  # its tabs' dashboards end by themselves then
                child.wait()
            reader.join(PATIENCE)
            output.close()


def children_of(parent: int) -> Iterator[int]:
    """The processes `parent` has started, as Linux lists them."""
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            with contextlib.suppress(OSError):
                if int((place / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                    yield int(place.name)


def runs(pid: int) -> bool:
    """Whether that process is there, and more than a name waiting to be read."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
