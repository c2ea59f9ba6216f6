"""The app's dealings with what is typed ahead of what it is meant for: it waits, or is handed on, and is never taken by
what was there before."""

from collections import deque
from typing import Any

from textual import events
from textual.screen import Screen, SystemModalScreen

from tui.part import Part

AT_ONCE = ("ctrl+q", "ctrl+z", "f9")
"""Keys that never wait for what was typed before them."""
PATIENCE_SECONDS = 0.3
"""How long an escape may take at most to be done; what was typed behind it is then done without it."""


class TypingDesk(Part):
    """The part of the app that answers for the order of keys; `tui.app` is the whole."""

    sent: deque[tuple[events.Key, Screen[Any]]]
    """Which screen each of the last keys was sent to."""
    _held: list[events.Key] | None = None
    """What was typed behind a key that is not done yet; None where nothing waits."""
    _behind_enter = False
    """True where that key is the palette's enter; else it is an escape."""

    async def on_event(self, event: events.Event) -> None:
        """See App. A key comes here as it is typed, and again once nothing on its way has used it: then what it is
        bound to is done."""
        if not isinstance(event, events.Key):
            await super().on_event(event)
            return
        is_typed = not event.is_forwarded
        if is_typed:
            if event.key.startswith("alt+"):
                event.character = None  # Textual would type the letter
            if self._holds(event):
                return
            self.sent.append((event, self.screen))
        await super().on_event(event)
        is_on_its_way = is_typed and event.is_forwarded
        if event.key == "escape" and not is_on_its_way and not self._behind_enter:
            self._let_go()

    def _holds(self, key: events.Key) -> bool:
        """True for a key typed behind one that is not done yet: it is kept. What an escape closes would take it, and
        what the palette's enter chooses is to be done first. An escape leaves the palette: what was typed for after its
        enter goes nowhere."""
        if key.key == "escape" and self._behind_enter:
            self.enter_is_for_nothing()
        if self._held is None:
            self._behind_enter = key.key == "enter" and self.is_palette_open()
            if self._behind_enter:
                self._held = []
            elif key.key == "escape":
                held: list[events.Key] = []
                self._held = held
                self.set_timer(PATIENCE_SECONDS, lambda: self._let_go() if self._held is held else None)
            return False
        if key.key in AT_ONCE:
            return False
        self._held.append(key)
        return True

    def _let_go(self) -> None:
        """Do what the keys that were kept ask for."""
        held, self._held, self._behind_enter = self._held or [], None, False
        for key in held:
            self.post_message(key)

    def is_palette_open(self) -> bool:
        """True where the palette is on top."""
        return isinstance(self.screen, SystemModalScreen)  # the one screen of its kind, which nothing has loaded before

    def enter_is_done(self) -> None:
        """What the palette's enter chose is done, or it has found nothing to do."""
        if self._behind_enter:
            self._let_go()

    def enter_is_for_nothing(self) -> None:
        """The palette was left all the same."""
        if self._behind_enter:
            self._held, self._behind_enter = None, False

    def on_key(self, event: events.Key) -> None:
        """A key typed ahead of the line or dialog it was meant for: it was passed up while that was being opened."""
        from textual.widgets import Input  # slow to import

        if event.character and event.is_printable and isinstance(self.focused, Input):
            self.focused.insert_text_at_cursor(event.character)
        elif event.key not in self.active_bindings and self._sent_elsewhere(event):
            self.post_message(events.Key(event.key, event.character))

    def _sent_elsewhere(self, event: events.Key) -> bool:
        """True where another screen was on top when this key was handed on."""
        return any(key is event and screen is not self.screen for key, screen in self.sent)
