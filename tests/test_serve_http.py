"""The served dashboard asked without a browser: the real server, on loopback, and whoever should not be let in."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import util
from pathlib import Path

import pytest

from tests.served import ROOT, Served, runs, serving
from tests.terminal import PATIENCE, isolated_environment
from tui import cli

PATHS = (
    "/",
    "/page/page.js",
    "/page/index.html",
    "/static/js/textual.js",
    "/static/",
    "/download/1",
    "/ws/token",
    "/favicon.ico",
    "/nothing",
    "/static/../server.py",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all that only ask it things."""
    folder = tmp_path_factory.mktemp("served")
    with serving("serve", "--root", str(folder), environ=isolated_environment(folder)) as running:
        yield running


def wait_until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it did not come to that"
        threading.Event().wait(0.02)


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_answered_without_the_token(served: Served, path: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        status, headers, body = served.get(path, method=method)
        assert status == 403, (path, method)
        assert b"makerhour serve" in body
        assert headers["x-frame-options"] == "DENY"
        assert "set-cookie" not in headers


def test_a_wrong_token_is_none(served: Served) -> None:
    other = served.token[:-1] + ("A" if served.token[-1] != "A" else "B")
    for token in ("", "x", other, served.token + "A", served.token[:-1], served.token.swapcase(), "%FF%00"):
        assert served.get(f"/?token={token}")[0] == 403, token
        assert served.get(f"/?token={token}", {"Cookie": served.enter()})[0] == 403, token
        assert served.get("/", {"Cookie": f"makerhour-{served.port}={token}"})[0] == 403, token
    assert served.get(f"/?other={served.token}")[0] == 403
    assert served.get(f"/page/page.js?token={served.token}")[0] == 403


def test_the_address_gives_a_cookie_and_a_clean_address(served: Served) -> None:
    status, headers, body = served.get(f"/?token={served.token}")
    assert (status, body) == (303, b"")
    assert headers["location"] == f"/#{served.token}"
    cookie, *attributes = headers["set-cookie"].split("; ")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Strict"]
    assert served.token not in cookie
    status, headers, body = served.get("/", {"Cookie": cookie})
    assert status == 200
    assert b'<div id="terminal"' in body
    assert served.token.encode() not in body


def test_secrets_are_long_and_new_each_time(served: Served, tmp_path: Path) -> None:
    with serving("serve", "--root", str(tmp_path), environ=isolated_environment(tmp_path)) as other:
        for one, two in ((served.token, other.token), (served.enter().split("=")[1], other.enter().split("=")[1])):
            assert one != two
            assert len(one) * 6 >= 256
        assert served.get("/", {"Cookie": other.enter()})[0] == 403


@pytest.mark.parametrize("path", ["/", "/page/page.js", "/static/js/textual.js", "/nothing", "/download/1"])
def test_every_answer_says_what_browsers_may_do_with_it(served: Served, path: str) -> None:
    for cookie in ({}, {"Cookie": served.enter()}):
        _, headers, _ = served.get(path, cookie)
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none';")
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["server"] == "makerhour"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost:1", "127.0.0.1:{port}.evil.example", ""]
)
def test_other_names_for_this_machine_are_refused(served: Served, host: str) -> None:
    named = {"Host": host.format(port=served.port)}
    assert served.get(f"/?token={served.token}", named)[0] in (400, 403)
    for path in ("/", "/static/js/textual.js"):
        assert served.get(path, {**named, "Cookie": served.enter()})[0] in (400, 403)
    origin = {"Origin": f"http://{named['Host']}", "Cookie": served.enter()}
    status, connection = served.knock(served.token, {**named, **origin})
    connection.close()
    assert status in (400, 403)


def test_two_names_at_once_are_refused(served: Served) -> None:
    for one, two in ((f"127.0.0.1:{served.port}", "evil.example"), ("evil.example", f"127.0.0.1:{served.port}")):
        with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as asking:
            lines = (f"GET / HTTP/1.1\r\nHost: {one}\r\nHost: {two}", f"Cookie: {served.enter()}", "Connection: close")
            asking.sendall("\r\n".join([*lines, "", ""]).encode())
            assert asking.recv(64).split()[1] in (b"400", b"403")


def test_the_usual_names_are_answered(served: Served) -> None:
    for host in ("localhost", "[::1]"):
        assert served.get("/", {"Host": f"{host}:{served.port}", "Cookie": served.enter()})[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/static/..%2fserver.py",
        "/static/..%5cserver.py",
        "/static/js/../../server.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/page/../server.py",
        "/page/%2e%2e/%2e%2e/config.py",
        "/page//etc/passwd",
        "/static/js/",
        "/static/",
        "/page/",
    ],
)
def test_nothing_but_the_page_is_read_from_the_disk(served: Served, path: str) -> None:
    status, _, body = served.get(path, {"Cookie": served.enter()})
    assert status in (403, 404), body[:200]
    assert b"root:" not in body
    assert b"import" not in body


def test_only_what_browsers_do_to_read_is_answered(served: Served) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        assert served.get("/", {"Cookie": served.enter(), "Content-Length": "0"}, method=method)[0] == 405


def test_a_dashboard_is_given_to_our_own_page_alone(served: Served) -> None:
    cookie, origin = {"Cookie": served.enter()}, {"Origin": served.origin}
    refused: list[tuple[str, dict[str, str]]] = [
        (served.token, {}),
        (served.token, origin),
        (served.token, cookie),
        (served.token, {**origin, "Cookie": f"makerhour-{served.port}={served.token}"}),
        (served.enter().split("=")[1], {**cookie, **origin}),
        ("x", {**cookie, **origin}),
    ]
    for other in ("null", "http://evil.example", "http://127.0.0.1:1", f"https://127.0.0.1:{served.port}"):
        refused.append((served.token, {**cookie, "Origin": other}))
    refused.append((served.token, {**cookie, "Origin": f"http://localhost:{served.port}"}))
    for token, headers in refused:
        status, connection = served.knock(token, headers)
        connection.close()
        assert status == 403, headers
    assert served.tabs() == set()
    with served.tab():
        assert len(served.tabs()) == 1
    wait_until(lambda: not served.tabs())


def test_it_listens_on_loopback_alone(served: Served) -> None:
    ours = []
    for table in ("tcp", "tcp6"):
        place = Path("/proc/net", table)
        if not place.exists():
            pytest.skip("only Linux says what is listened on")
        for line in place.read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            if state == "0A" and int(local.split(":")[1], 16) == served.port:
                ours.append(local.split(":")[0])
    assert ours
    assert set(ours) <= {"0100007F", "0" * 24 + "01000000"}


def test_it_says_its_address_once_and_logs_no_secret(tmp_path: Path) -> None:
    environ = isolated_environment(tmp_path)
    with serving("--debug", "serve", "--root", str(tmp_path), environ=environ) as served:
        with served.tab():
            pass
        cookie = served.enter()
        served.get(f"/?token={served.token}x")
        served.get("/nothing", {"Cookie": cookie})
        assert served.stop() == 0
    said = "".join(served.said)
    assert said.count(served.token) == 1
    log = tmp_path / ".local/state/makerhour/makerhour.log"
    logged = log.read_text() if log.exists() else ""
    for secret in (served.token, cookie.split("=")[1]):
        assert secret not in logged
    assert "Traceback" not in said + logged


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_with_all_it_started(tmp_path: Path, number: int) -> None:
    if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("hanging up is ignored here, as under nohup")
    with serving("serve", "--root", str(tmp_path), environ=isolated_environment(tmp_path)) as served:
        with served.tab(), served.tab():
            dashboards = served.tabs()
            assert len(dashboards) == 2
            assert served.stop(number) == 0
        assert not any(map(runs, dashboards))
    assert "Traceback" not in "".join(served.said)


def test_dashboards_end_by_themselves_where_the_server_was_killed(tmp_path: Path) -> None:
    environ = isolated_environment(tmp_path)
    with serving("serve", "--root", str(tmp_path), environ=environ) as served, served.tab():
        dashboards = served.tabs()
        assert dashboards
        served.stop(signal.SIGKILL)
        wait_until(lambda: not any(map(runs, dashboards)))


def test_a_page_is_told_of_a_dashboard_that_died(served: Served) -> None:
    with served.tab() as connection:
        for pid in served.tabs():
            os.kill(pid, signal.SIGKILL)
        told = b""
        while more := connection.recv(65536):
            told += more
        assert told.endswith(b"\x88\x02\x03\xe8"), "it was not said goodbye to"
    wait_until(lambda: not served.tabs())


def test_why_a_dashboard_did_not_start_is_said_where_the_server_runs(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("")
    with serving("--config", str(config), "serve", environ=isolated_environment(tmp_path)) as served:
        config.write_text("[look\n")
        status, connection = served.knock(served.token, {"Cookie": served.enter(), "Origin": served.origin})
        with connection:
            assert status == 101
            while connection.recv(65536):
                pass  # until it is closed from there
        assert served.stop() == 0
    said = [line for line in served.said if "makerhour: " in line]
    assert len(said) == 1, served.said
    assert "is not valid TOML" in said[0]


def run(*options: str, environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tui", *options],
        env={**environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_what_cannot_be_served_is_said(served: Served, tmp_path: Path) -> None:
    environ = isolated_environment(tmp_path)
    taken = run("serve", "--port", str(served.port), environ=environ)
    assert taken.returncode == 1
    assert taken.stderr == (
        f"makerhour: port {served.port} is in use; name another, or leave `--port` out for one that is free\n"
    )
    for options in (("--port", "0"), ("--port", "65536"), ("--port", "x"), ("--host", "0.0.0.0"), ("--bind", "::")):
        assert run("serve", *options, environ=environ).returncode == 2
    (tmp_path / "wrong.toml").write_text("[look]\ntheme = 3\n")
    wrong = run("--config", str(tmp_path / "wrong.toml"), "serve", environ=environ)
    assert wrong.returncode == 2
    assert "look.theme" in wrong.stderr


def test_without_the_library_it_says_how_to_have_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    assert cli.run(["serve"], lambda zone: datetime.now(UTC).astimezone(zone)) == 1
    assert "pipx install --force 'makerhour[serve]'" in capsys.readouterr().err
