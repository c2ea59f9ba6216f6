"""The app's dealings with what is typed: one key after the other. What is typed ahead waits until what was typed before
it is done, and is never taken by what was there before."""

from collections import deque

from textual import events, on
from textual.await_complete import AwaitComplete
from textual.screen import SystemModalScreen
from textual.widget import Widget

from tui.part import Part
from widgets.posted import Posted

AT_ONCE = ("ctrl+q", "ctrl+z", "f9")
"""Keys that never wait for what was typed before them."""
PATIENCE_SECONDS = 0.3
"""How long a key may take at most to be done; what was typed behind it is then done without it."""

Typing = events.Key | events.Paste


class Behind(Posted):
    """Goes the way a key goes, behind it: once it has come to the app, whatever was on the way has seen to the key."""


class TypingDesk(Part):
    """The part of the app that answers for the order of keys; `tui.app` is the whole.

    Textual runs what a key is bound to once the key has come back to the app, and by then has given the next one away:
    `backspace` and a letter that come together would delete the letter.
    """

    ahead: deque[Typing]
    """What was typed behind a key that is not done yet."""
    _unfinished: Typing | None = None
    """The key that is not done yet."""
    _sent_to: Widget | None = None
    """Where that one was sent."""
    _follower: Behind | None = None
    """What goes behind that one, once something waits for it."""
    _behind_enter = False
    """True where that one is the palette's enter: it is done once what it chose is."""

    async def on_event(self, event: events.Event) -> None:
        """See App. A key comes here as it is typed, and again once nothing on its way has used it: then what it is
        bound to is done."""
        if not isinstance(event, Typing):
            await super().on_event(event)
        elif event.is_forwarded:
            await super().on_event(event)
            if event is self._unfinished and not self._behind_enter:
                if self.ahead:
                    self._wait_for(self.focused or self.screen)
                else:
                    self._is_done()
            await self._hand_on_next()
        elif _key(event) in AT_ONCE or (self._behind_enter and isinstance(event, events.Paste)):
            await super().on_event(event)
        else:
            if isinstance(event, events.Key) and event.key.startswith("alt+"):
                event.character = None  # Textual would type the letter
            if self._behind_enter and _key(event) == "escape":
                self.enter_is_for_nothing()
            self.ahead.append(event)
            await self._hand_on_next()

    async def _hand_on_next(self) -> None:
        """Hand on what was typed, until something is not done with that."""
        while self.ahead and self._unfinished is None:
            typed = self.ahead.popleft()
            self._behind_enter = _key(typed) == "enter" and self.is_palette_open()
            if not self._is_for_line(typed):
                self._unfinished, self._sent_to = typed, self.focused or self.screen
            await super().on_event(typed)
            if not typed.is_forwarded:
                self._is_done()
        if self.ahead and self._sent_to is not None and self._follower is None and not self._behind_enter:
            self._wait_for(self._sent_to)

    def _is_for_line(self, typed: Typing) -> bool:
        """True for text where a line to type into takes it: the next one comes behind it by itself."""
        is_text = typed.is_printable if isinstance(typed, events.Key) else True
        return is_text and hasattr(self.focused, "insert_text_at_cursor")  # Textual's Input is slow to import

    def _wait_for(self, target: Widget) -> None:
        """Go on once all that `target`, and what it stands in, has got by now is seen to."""
        self._follower = behind = Behind()
        if not target.post_message(behind):  # it is just being closed
            self.post_message(behind)
        self.set_timer(PATIENCE_SECONDS, lambda: self.post_message(behind))

    @on(Behind)
    async def go_on_typing(self, event: Behind) -> None:
        """What the key asked for is done."""
        if event is self._follower:
            self._is_done()
            await self._hand_on_next()

    def _is_done(self) -> None:
        self._unfinished = self._sent_to = self._follower = None
        self._behind_enter = False

    def pop_screen(self) -> AwaitComplete:
        """See App. What was on the way through the screen that is closed may have been lost with it."""
        popped = super().pop_screen()
        if self._follower is not None:
            self._wait_for(self.focused or self.screen)
        return popped

    def is_palette_open(self) -> bool:
        """True where the palette is on top."""
        return isinstance(self.screen, SystemModalScreen)  # the one screen of its kind, which nothing has loaded before

    async def enter_is_done(self) -> None:
        """What the palette's enter chose is done, or it has found nothing to do."""
        if self._behind_enter:
            self._is_done()
            await self._hand_on_next()

    def enter_is_for_nothing(self) -> None:
        """The palette was left all the same."""
        if self._behind_enter:
            self.ahead.clear()
            self._is_done()


def _key(typed: Typing) -> str:
    """The key's name; nothing for what is pasted."""
    return typed.key if isinstance(typed, events.Key) else ""
