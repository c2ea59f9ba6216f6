"""What all dialogs share: they answer once, and escape leaves them without an answer."""

import time
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from tui.screens.sizes import NARROW
from widgets.rows import shown

Answer = TypeVar("Answer")


SHARE_SAFE = Binding("asterisk,f9", "app.share_safe", "Share-safe", id="app.share_safe", show=False,
                     tooltip="Hide names, show them")  # fmt: skip
"""On every screen: it is wanted at once, whatever is open, and with a key that types nothing."""


STYLES = Path(__file__).parent.parent / "dialogs.tcss"
"""What styles them."""


class OverPanes:
    """What stands over the panes. Messages of theirs that were made after `open_since` were made while it was open."""

    open_since: float


class Dialog(OverPanes, ModalScreen[Answer | None], Generic[Answer]):
    """Dismissed with an answer, or None where the person left it."""

    CSS_PATH = STYLES
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (NARROW, "-roomy")]  # noqa: RUF012
    PLACE: ClassVar[str] = ""
    """What it is called where its keys are told; empty for its class's name."""
    MOVES: ClassVar[bool] = True
    """True where rows have the focus: the keys of a list work."""
    BESIDE: ClassVar[str] = "Moving"
    """What the keys around its own are called."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", id="dialog.leave", tooltip="Back, nothing is done"),
        Binding(
            "question_mark,f1", "app.help", "Help", id="dialog.help", show=False, tooltip="The keys that work here"
        ),
        SHARE_SAFE,
    ]

    def __init__(self) -> None:
        super().__init__()
        self.open_since = time.monotonic()
        self._answered = False

    def answer(self, value: Answer | None) -> None:
        """Close with `value`; a second key that came with the first does nothing."""
        if not self._answered:
            self._answered = True
            self.dismiss(value)

    def _lay_out(self) -> None:
        """Fit what is shown to the screen, as it may be seen; for dialogs that have more to fit than a style sheet."""

    def on_resize(self) -> None:
        self._lay_out()

    def show_anew(self) -> None:
        """Share-safe was turned on or off."""
        self._lay_out()
        self.refresh()

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.answer(None)

    def on_click(self, event: events.Click) -> None:
        """A click beside the dialog leaves it, unless something is being typed in it."""
        from textual.widgets import Input

        beside = self.get_widget_at(event.screen_x, event.screen_y)[0] is self
        if beside and event.chain == 1 and not isinstance(self.focused, Input):
            self.action_leave()

    def label(self, frame: Widget, title: str, hint: str = "") -> None:
        """Set the words in a frame's border: what it is above, the keys that close it below."""
        frame.border_title = Content(shown(self, title))
        frame.border_subtitle = Content(shown(self, hint))
