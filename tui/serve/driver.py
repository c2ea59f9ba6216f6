"""The driver of a served dashboard: Textual's for the web, which ends when the server does and never writes half.

Named in the environment of a tab's process (`tui.serve.environment`); nothing else imports it.
"""

import os
from contextlib import suppress
from functools import partial

from textual import messages
from textual.color import Color
from textual.drivers.web_driver import WebDriver
from textual.theme import Theme


class ServedDriver(WebDriver):
    """Packets to and from the server over standard output and input."""

    def _write_whole(self, packet: bytes) -> int:
        """All of `packet`: half of one would spoil every one behind it. Without a reader, nothing."""
        rest = packet
        with suppress(BrokenPipeError):  # the server has gone; the end of input says so too
            while rest:
                rest = rest[os.write(self.fileno, rest) :]
        return len(packet)

    def start_application_mode(self) -> None:
        self._write = partial(self._write_whole)
        super().start_application_mode()
        self._app.call_later(self._follow_theme)

    def run_input_thread(self) -> None:
        super().run_input_thread()
        if not self.exit_event.is_set():  # nobody is left to look at it, or to end it
            self._app.post_message(messages.ExitApp())

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        super().on_meta(packet_type, payload)
        if packet_type == "focus":
            self._app.call_later(self._focus_first)

    def _follow_theme(self) -> None:
        """Have the page's edges, where no whole cell fits, in the theme's background from now on (OSC 11)."""
        self._app.theme_changed_signal.subscribe(self._app, self._say_background)
        self._say_background(self._app.current_theme)

    def _say_background(self, _theme: Theme) -> None:
        background = Color.parse(self._app.theme_variables["background"])
        if background.ansi is None:
            self.write(f"\x1b]11;{background.hex6}\x07")

    def _focus_first(self) -> None:
        """Have the keys go somewhere: a page begins without focus, and Textual gives it back only where one had it."""
        screen = self._app.screen
        selector = self._app.AUTO_FOCUS if screen.AUTO_FOCUS is None else screen.AUTO_FOCUS
        if selector and screen.focused is None:
            screen.focus_next(selector)
