"""What is asked before leaving while the backlog has changes that are not sent."""

from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.screens.dialog import Dialog
from widgets.rows import shown

Answer = Literal["send", "leave"]


class Leaving(Dialog[Answer]):
    """Dismissed with what to do, or None where the person stays."""

    PLACE = "Leaving"
    MOVES = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "send", "Send", id="leaving.send", tooltip="Send, then leave"),
        Binding("n", "leave_unsent", "Leave", id="leaving.leave", tooltip="Leave without sending"),
    ]

    def __init__(self, unsent: str) -> None:
        """`unsent` says what is not sent."""
        super().__init__()
        self._unsent = unsent

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            self.label(dialog, "Send the backlog's changes before leaving?", "enter sends · n leaves · esc stays")
            yield Static(Content(shown(self, self._unsent)), classes="hint")

    def action_send(self) -> None:
        """Send, then leave."""
        self.answer("send")

    def action_leave_unsent(self) -> None:
        """Leave without sending."""
        self.answer("leave")
