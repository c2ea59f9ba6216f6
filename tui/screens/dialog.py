"""What all dialogs share: they answer once, and escape leaves them without an answer."""

import time
from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from tui.screens.sizes import NARROW
from widgets.rows import shown

Answer = TypeVar("Answer")


class OverPanes:
    """What stands over the panes. Messages of theirs that were made after `open_since` were made while it was open."""

    open_since: float


class Dialog(OverPanes, ModalScreen[Answer | None], Generic[Answer]):
    """Dismissed with an answer, or None where the person left it."""

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (NARROW, "-roomy")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", id="dialog.leave")]

    def __init__(self) -> None:
        super().__init__()
        self.open_since = time.monotonic()
        self._answered = False

    def answer(self, value: Answer | None) -> None:
        """Close with `value`; a second key that came with the first does nothing."""
        if not self._answered:
            self._answered = True
            self.dismiss(value)

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.answer(None)

    def label(self, frame: Widget, title: str, hint: str = "") -> None:
        """Set the words in a frame's border: what it is above, the keys that close it below."""
        frame.border_title = Content(shown(self, title))
        frame.border_subtitle = Content(shown(self, hint))
