"""What all dialogs share: they answer once, and escape leaves them without an answer."""

import time
from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer | None], Generic[Answer]):
    """Dismissed with an answer, or None where the person left it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", id="dialog.leave")]

    def __init__(self) -> None:
        super().__init__()
        self.opened = time.monotonic()
        """Messages made later than this were made while it was open."""
        self._answered = False

    def answer(self, value: Answer | None) -> None:
        """Close with `value`; a second key that came with the first does nothing."""
        if not self._answered:
            self._answered = True
            self.dismiss(value)

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.answer(None)
