"""The driver: its input thread wakes at once when it is to end, so that leaving and handing over take no time, where
Textual's own waits out two tenths of a second; and the size it tells last is the one there is.

All of it is private to Textual: `tui.terminal.quick_driver` loads it for the releases it was tried with.
"""

import asyncio
import os
import select
import signal
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Size

from tui import last_frame
from tui.terminal import Output, Taking, Typed, spell_alt


class QuickDriver(LinuxDriver, Taking):
    """Reads keys until it is woken through a pipe."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._woken, self._wake = os.pipe()
        self._file: Any = Output(self._file)
        self._before: list[Any] | None = None
        """The terminal's settings from before this process, until it has the terminal."""
        self._on_frame = False
        """True while the terminal is taken where a last frame stands."""
        self._has_terminal = False

    def heard(self, answer: str) -> None:
        """What the terminal answers is nothing here."""

    def start_application_mode(self) -> None:
        writer, self._on_frame = self._writer_thread, self._on_frame or last_frame.stands()
        self._before = self._before or last_frame.take_over()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._writer_thread is not writer:  # it writes through a new one each time it has the terminal
            if self._before is not None:
                self.attrs_before, self._before = self._before, None
            self._on_frame = False
            self.taken()

    def write(self, data: str) -> None:
        """See Driver; the screen a last frame stands on is not cleared for the live one, and it is when it is left."""
        if not self._on_frame or data != last_frame.ALTERNATE:
            super().write(f"{last_frame.CLEAR}{data}" if data == last_frame.BACK else data)

    def stop_application_mode(self) -> None:
        self._has_terminal = False
        super().stop_application_mode()

    def _sigtstp_application(self, *arguments: Any) -> None:
        """See LinuxDriver; where its part is more than to stop, on the loop's own turn: a handler runs in the midst of
        whatever is done just now, and waits for ever for a lock that this holds."""
        if self._auto_restart:
            self._soon(super()._sigtstp_application)
        else:
            super()._sigtstp_application(*arguments)

    def _sigcont_application(self, *_arguments: Any) -> None:
        """See LinuxDriver; as for SIGTSTP."""
        if self._auto_restart:
            self._soon(self._go_on)

    def _soon(self, call: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the loop is over: so is this driver
            self._loop.call_soon_threadsafe(call)

    def _go_on(self) -> None:
        """Have the terminal again. Where this was stopped from outside it still has it, and takes it anew: given back
        first, so that what it finds there is what was there before it, and one thread reads and one writes."""
        if self._has_terminal:
            self.suspend_application_mode()
        self.resume_application_mode()

    def taken(self) -> None:
        super().taken()
        self._has_terminal = True
        asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, self._resized)

    def _resized(self) -> None:
        """Tell the size there is, on the loop's own turn. Textual's reads it inside the signal's handler: where the
        next signal interrupts that, the older size is told last, and the dashboard stays as small as that."""
        if not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self._app.post_message(Resize(size, size))

    def disable_input(self) -> None:
        os.write(self._wake, b"\0")
        super().disable_input()

    def run_input_thread(self) -> None:
        parser, typed = XTermParser(self._debug), Typed(self.heard)
        decode = getincrementaldecoder("utf-8")("replace").decode
        while not self.exit_event.is_set():
            ready, _, _ = select.select([self.fileno, self._woken], [], [], typed.patience)
            if self.fileno in ready:
                raw = os.read(self.fileno, 4096)
                if not raw:
                    break  # the terminal has been taken away
                keys = typed.feed(decode(raw))
            else:
                keys = typed.rest()
            for event in parser.feed(spell_alt(keys)) if keys else ():
                self.process_message(event)
            for event in parser.tick():
                self.process_message(event)
        if select.select([self._woken], [], [], 0)[0]:
            os.read(self._woken, 16)
