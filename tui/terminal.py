"""A driver whose input thread wakes at once when it is to end, so that leaving and handing over take no time, and
which has a title: the terminal's own is given back to whoever has the terminal next. It can ask for the background.

Textual's own waits out two tenths of a second. What is replaced here is private to Textual: for a release that was
not tried, `quick_driver` answers None and Textual's own is used.
"""

import os
import select
import sys
from codecs import getincrementaldecoder
from importlib.metadata import version
from typing import Any

from textual.driver import Driver

from tui.background import ASK, BackgroundTold, Listener
from tui.title import NAME, POP, PUSH, title_sequence

TRIED = "8.2."
"""Releases of Textual whose driver this was tried with."""
TICK_SECONDS = 0.1
"""How long a lone escape is waited on before it counts as the key."""


class Titled(Driver):
    """The part of a driver that has the terminal's title while it has the terminal."""

    _title = title_sequence(NAME)
    _has_title = False

    def start_application_mode(self) -> None:
        writer = self._writer()
        super().start_application_mode()  # type: ignore[safe-super]  # of the driver it is mixed into
        if self._writer() is not writer:  # else the terminal was not to be had: this process is in the background
            self._has_title = True
            self.write(PUSH + self._title)

    def stop_application_mode(self) -> None:
        if self._has_title:
            self._has_title = False
            self.write(POP)
        super().stop_application_mode()  # type: ignore[safe-super]

    def set_title(self, title: str) -> None:
        """Have the terminal show `title` from now on, or from when the dashboard has the terminal again."""
        sequence = title_sequence(title)
        if sequence != self._title:
            self._title = sequence
            if self._has_title:
                self.write(sequence)

    def _writer(self) -> object:
        """What writes to the terminal, a new one each time the dashboard takes it."""
        return getattr(self, "_writer_thread", None)


class Asking(Driver):
    """The part of a driver that asks for the background whenever it takes the terminal."""

    listener: Listener

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[safe-super]  # of the driver it is mixed into
        self.listener.awaited = True
        self.write(ASK)


def _heard(driver: Driver, listener: Listener, text: str) -> str:
    """What was typed of `text`; the app is told of the background, where that was in it."""
    typed, light = listener.feed(text)
    if light is not None:
        driver.process_message(BackgroundTold(light=light))
    return typed


def quick_driver(*, titled: bool = False, asking: bool = False) -> type[Any] | None:
    """The driver class for this terminal, which sets its title where it is `titled` and asks for its background where
    it is `asking`; None where Textual's own is to be used."""
    if sys.platform == "win32" or not version("textual").startswith(TRIED) or "TEXTUAL_DRIVER" in os.environ:
        return None
    from textual._xterm_parser import XTermParser
    from textual.drivers.linux_driver import LinuxDriver

    class QuickDriver(LinuxDriver):
        """Reads keys until it is woken through a pipe."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._woken, self._wake = os.pipe()
            self.listener = Listener()

        def disable_input(self) -> None:
            os.write(self._wake, b"\0")
            super().disable_input()

        def run_input_thread(self) -> None:
            parser = XTermParser(self._debug)
            decode = getincrementaldecoder("utf-8")("replace").decode
            while not self.exit_event.is_set():
                ready, _, _ = select.select([self.fileno, self._woken], [], [], TICK_SECONDS)
                if self.fileno in ready:
                    raw = os.read(self.fileno, 4096)
                    if not raw:
                        break  # the terminal has been taken away
                    typed = _heard(self, self.listener, decode(raw))
                else:
                    typed = self.listener.rest()
                for event in parser.feed(typed) if typed else ():
                    self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
            if select.select([self._woken], [], [], 0)[0]:
                os.read(self._woken, 16)

    parts = (*((Asking,) if asking else ()), *((Titled,) if titled else ()), QuickDriver)
    return type("TerminalDriver", parts, {}) if len(parts) > 1 else QuickDriver
