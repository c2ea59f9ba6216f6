"""Who is let in to the served dashboard, request by request."""

import pytest
from msgspec.structs import replace

from tui.serve.doors import Doors, Knock

DOORS = Doors(port=4321, token="the-token", ticket="the-ticket")
OURS = Knock(path="/", hosts=("127.0.0.1:4321",), origin=None, cookie="the-ticket", token=None)
OPENED = replace(OURS, cookie=None, token="the-token")
SOCKET = replace(OURS, path="/ws/the-token", origin="http://127.0.0.1:4321")


def test_the_printed_address_is_opened_once_and_is_clean_afterwards() -> None:
    assert DOORS.address == "http://127.0.0.1:4321/?token=the-token"
    assert DOORS.may_enter(OPENED)
    assert DOORS.entered == "/#the-token"
    assert not DOORS.may_pass(OPENED)


@pytest.mark.parametrize("host", ["127.0.0.1:4321", "localhost:4321", "LOCALHOST:4321", "[::1]:4321"])
def test_this_machine_is_known_by_its_own_names(host: str) -> None:
    assert DOORS.may_pass(replace(OURS, hosts=(host,)))
    assert DOORS.may_pass(replace(SOCKET, hosts=(host,), origin=f"http://{host}"))
    assert DOORS.may_enter(replace(OPENED, hosts=(host,)))


@pytest.mark.parametrize(
    "hosts",
    [
        (),
        ("",),
        ("127.0.0.1",),
        ("localhost",),
        ("127.0.0.1:4322",),
        ("127.0.0.1:43210",),
        ("evil.example:4321",),
        ("localhost.evil.example:4321",),
        ("127.0.0.1:4321.evil.example",),
        ("0.0.0.0:4321",),
        ("127.0.0.1:4321", "evil.example:4321"),
        ("127.0.0.1:4321", "127.0.0.1:4321"),
    ],
)
def test_a_foreign_name_for_this_machine_opens_nothing(hosts: tuple[str, ...]) -> None:
    for knock in (OURS, OPENED, SOCKET):
        assert not DOORS.may_enter(replace(knock, hosts=hosts))
        assert not DOORS.may_pass(replace(knock, hosts=hosts))


def test_on_the_ports_of_the_web_browsers_leave_the_number_out() -> None:
    assert replace(DOORS, port=80).may_pass(replace(OURS, hosts=("localhost",)))


@pytest.mark.parametrize("given", [None, "", "the-ticke", "the-ticket ", "the-ticket\udcff", "the-token"])
def test_nothing_but_the_cookie_lets_one_pass(given: str | None) -> None:
    assert DOORS.may_pass(OURS)
    assert not DOORS.may_pass(replace(OURS, cookie=given))
    assert not DOORS.may_pass(replace(SOCKET, cookie=given))


@pytest.mark.parametrize("given", [None, "", "the-toke", "the-token\x00", "the-ticket", "\ud800"])
def test_nothing_but_the_token_lets_one_in(given: str | None) -> None:
    assert not DOORS.may_enter(replace(OPENED, token=given))
    if given is not None:
        assert not DOORS.may_pass(replace(OURS, token=given))


def test_the_token_opens_the_page_and_nothing_else() -> None:
    for path in ("/page/page.js", "/download/1", "/ws/the-token", "//"):
        assert not DOORS.may_enter(replace(OPENED, path=path))


@pytest.mark.parametrize("path", ["/ws/", "/ws/the-toke", "/ws/the-ticket", "/ws/the-token/"])
def test_a_cookie_alone_opens_no_dashboard(path: str) -> None:
    """Browsers send the cookies of one port to every other: whoever listens there may have it."""
    assert DOORS.may_pass(SOCKET)
    assert not DOORS.may_pass(replace(SOCKET, path=path))


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "",
        "http://evil.example",
        "https://127.0.0.1:4321",
        "http://127.0.0.1:4322",
        "http://127.0.0.1",
        "http://localhost:4321",
        "http://127.0.0.1:4321.evil.example",
    ],
)
def test_a_foreign_page_opens_no_websocket(origin: str | None) -> None:
    assert not DOORS.may_pass(replace(SOCKET, origin=origin))
    if origin is not None:
        assert not DOORS.may_pass(replace(OURS, origin=origin))
        assert not DOORS.may_enter(replace(OPENED, origin=origin))


def test_answers_let_nothing_from_elsewhere_run() -> None:
    policy = DOORS.headers()["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["default-src"] == "'none'"
    assert parts["script-src"] == parts["font-src"] == parts["img-src"] == "'self'"
    assert parts["connect-src"] == "'self' ws://127.0.0.1:4321 ws://localhost:4321"
    assert parts["frame-ancestors"] == parts["base-uri"] == parts["form-action"] == "'none'"
