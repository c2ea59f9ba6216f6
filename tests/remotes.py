"""Remotes to fetch from on this machine alone: a person's own `ssh` that runs git here, and an https server.

Both speak git's real protocols. Addresses are `ssh://HOST/PATH` or `HOST:PATH` with any host, as the script ignores
it, and `https://127.0.0.1:PORT/NAME`.
"""

import base64
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.fleet import commit, git, make
from tui.sources.git.fetch import fetch, remotes_of
from tui.sources.git.run import Children
from tui.sources.git.shadow import Shadows


def own_ssh(monkeypatch: pytest.MonkeyPatch, folder: Path, before: str = "") -> Path:
    """A person's own ssh, in force by their environment: it runs the command here. `before` is run first."""
    script = write_ssh(folder, before)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script))
    return script


def write_ssh(folder: Path, before: str = "", name: str = "own-ssh") -> Path:
    """The script itself. In `before`, `$host` is the host."""
    script = folder / name
    script.write_text(
        '#!/bin/sh\n[ "$1" = -G ] && exit 1\n'
        'while [ "${1#-}" != "$1" ]; do [ "$1" = -o ] && shift; shift; done\nhost=$1 command=$2\n'
        f'{before}\nexec sh -c "$command"\n'
    )
    script.chmod(0o755)
    return script


def ssh_clone(source: Path, folder: Path, *options: str, host: str = "git.example.org") -> Path:
    """A clone of `source` whose `origin` is reached by ssh."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    git(folder.parent, "clone", "-q", *options, f"ssh://{host}{source}", str(folder))
    return folder


def published(folder: Path, *options: str) -> Path:
    """A repository others push to, which serves filters and whatever is asked for."""
    make(folder, *options, commits=3)
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    return folder


def push(source: Path, subject: str = "theirs") -> str:
    """Somebody else's commit on `main` of `source`."""
    (source / "theirs").touch()
    return commit(source, subject, name="theirs", text=(source / "theirs").read_text() + subject * 50)


def fetch_all(path: Path, *, trusted: bool = False, seconds: float = 60.0, gently: float = 0.5) -> int:
    """Fetch what the repository follows, as the dashboard does; how many git commands that took. Raises GitError."""
    shadows, children = Shadows(), Children(gently=gently)
    try:
        for remote in remotes_of(path, trusted=trusted, children=children):
            fetch(path, remote, shadows, trusted=trusted, children=children, seconds=seconds)
    finally:
        shadows.close()
    return children.started


@dataclass(slots=True)
class WebServer:
    """An https server on loopback that serves the repositories below a folder."""

    port: int
    certificate: Path
    asked: list[str] = field(default_factory=list)
    """The paths that were asked for."""
    login: str = ""
    """`name:password` it wants; empty for none."""

    def url(self, name: str, user: str = "") -> str:
        """The address of the repository `name`."""
        return f"https://{user}127.0.0.1:{self.port}/{name}"


@contextmanager
def web_server(folder: Path, keys: Path) -> Iterator[WebServer]:
    """Serve the repositories below `folder`; the certificate is made in `keys`."""
    certificate, key = keys / "certificate.pem", keys / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made += ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    served = WebServer(server.server_address[1], certificate)
    _Handler.folder, _Handler.served = folder, served
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """git's own `http-backend` behind a web server (its page: git-http-backend)."""

    folder: Path
    served: WebServer

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _serve(self) -> None:
        self.served.asked.append(self.path)
        wanted = "Basic " + base64.b64encode(self.served.login.encode()).decode()
        if self.served.login and self.headers.get("Authorization") != wanted:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_GLOBAL": os.environ["GIT_CONFIG_GLOBAL"],
            "GIT_CONFIG_NOSYSTEM": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        length = int(self.headers.get("Content-Length") or 0)
        if length:
            environment["CONTENT_LENGTH"] = str(length)
        done = subprocess.run(
            ["git", "http-backend"],
            input=self.rfile.read(length),
            env=environment,
            capture_output=True,
            check=True,
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = [line.partition(": ")[::2] for line in head.decode().split("\r\n")]
        status = next((value for name, value in headers if name == "Status"), "200 OK")
        self.send_response(int(status.split(" ")[0]))
        for name, value in headers:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
