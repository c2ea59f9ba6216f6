"""The address of a calendar: taken from the configuration, the environment or a command, and taken apart.

Whoever has the address reads the calendar, so it is shown nowhere: neither by `str` or `repr` nor in a sentence, and
what a command prints is told to nobody. This is the one door through which a calendar starts a program.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from tui.calendar_settings import CalendarSettings
from tui.domain.text import safe_text
from tui.domain.values import Value

COMMAND_SECONDS = 10.0
MAX_PRINTED = 64 * 1024
"""Bytes of a command's output that are looked at for its first line."""
MAX_ADDRESS = 8192

_SCHEMES = {"https": "https", "webcals": "https", "webcal": "https", "http": "http"}


class AddressError(Exception):
    """There is no address to ask; the message is a sentence and holds no part of one."""


class Address(Value, frozen=True):
    """Where a calendar is asked for, and by whom."""

    UNSHOWN: ClassVar[frozenset[str]] = frozenset({"rest", "user", "password"})

    scheme: str
    """`https`, or `http` where the person wrote that."""
    host: str
    rest: str
    """Port, path and query: all that stands behind the host."""
    user: str = ""
    password: str = ""

    @property
    def url(self) -> str:
        """The address without user and password. A secret all the same."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{self.rest}"

    @property
    def identity(self) -> str:
        """All that tells it from another address. A secret."""
        return f"{self.user}:{self.password}@{self.url}" if self.user or self.password else self.url


def parse_address(text: str) -> Address:
    """`text` as an address; webcal and webcals mean https. Raises AddressError."""
    text = text.strip()
    if len(text) > MAX_ADDRESS or any(char <= " " or char == "\x7f" for char in text):
        raise AddressError("the address is longer than one can be, or holds a space; copy it anew")
    scheme, mark, _ = text.partition("://")
    if not mark or scheme.lower() not in _SCHEMES:
        raise AddressError("the address begins neither with `https://` nor `webcal://`; copy it anew")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # its message repeats what it is about
        raise AddressError("the address cannot be read; copy it anew") from None
    if not host:
        raise AddressError("the address names no host; copy it anew")
    query = f"?{parts.query}" if parts.query else ""
    return Address(
        scheme=_SCHEMES[scheme.lower()],
        host=host,
        rest=f"{f':{port}' if port else ''}{parts.path or '/'}{query}",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def read_address(settings: CalendarSettings, environ: Mapping[str, str], seconds: float = COMMAND_SECONDS) -> Address:
    """The address of the calendar `settings` names; a command may take `seconds` to tell it. Raises AddressError."""
    if settings.url_command:
        return parse_address(_first_line(settings.url_command, environ, seconds))
    if settings.url_variable:
        text = environ.get(settings.url_variable, "")
        if not text.strip():
            raise AddressError(f"the environment has no `{settings.url_variable}`; set it to the calendar's address")
        return parse_address(text)
    return parse_address(settings.path)


def _first_line(command: Sequence[str], environ: Mapping[str, str], seconds: float) -> str:
    """The first line `command` prints. Raises AddressError where it fails or takes longer than `seconds`.

    It has no terminal to ask on: what a password store wants to ask would be drawn over the dashboard.
    """
    name = f"`url_command` (`{safe_text(os.path.basename(command[0]), 60)}`)"  # noqa: PTH119 - a name, no path of ours
    try:
        child = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise AddressError(f"{name} could not be started: {reason}; check that it runs") from None
    end = time.monotonic() + seconds
    try:
        printed = _read_start(child, end)
        code = child.wait(max(end - time.monotonic(), 0.05))
    except subprocess.TimeoutExpired:
        raise AddressError(f"{name} did not end within {seconds:g} s; run it in a shell to see why") from None
    finally:
        _end_group(child)
        child.wait()
    if code != 0:
        raise AddressError(f"{name} ended with {code}; run it in a shell to see why")
    line = printed.partition(b"\n")[0].decode("utf-8", "replace").strip()
    if not line:
        raise AddressError(f"{name} printed no address; its first line has to be one")
    return line


def _read_start(child: "subprocess.Popen[bytes]", end: float) -> bytes:
    """What `child` prints, cut to MAX_PRINTED, read to its end. Raises TimeoutExpired at `end` (monotonic)."""
    if child.stdout is None:
        raise ValueError("a command was started without its output; this is a mistake in makerhour")
    printed = b""
    waiting = select.poll()
    with child.stdout as out:
        waiting.register(out, select.POLLIN)
        while True:
            if not waiting.poll(max(end - time.monotonic(), 0) * 1000):
                raise subprocess.TimeoutExpired("url_command", 0)
            got = os.read(out.fileno(), 65536)
            if not got:
                return printed
            printed = (printed + got)[:MAX_PRINTED]


def _end_group(child: "subprocess.Popen[bytes]") -> None:
    """End a command with all it started, unless it was reaped: its number may be another's by then."""
    if child.returncode is not None:
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
