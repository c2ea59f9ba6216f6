"""What happened while this person was in a meeting: read, gone to, and agents ended or forgotten."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui.screens.dialog import Dialog
from tui.screens.sizes import dialog_height, dialog_width
from widgets.meanwhile_rows import AGENT
from widgets.row_list import RowList
from widgets.rows import Row

HINT = "enter goes there · x ends or forgets an agent · esc leaves"


class MeanwhileScreen(Dialog[str]):
    """Dismissed with the key of the row to go to, or None."""

    PLACE = "Meanwhile"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Go there", id="meanwhile.open", tooltip="To its repository"),
        Binding("x", "end", "End it", id="meanwhile.end", tooltip="End or forget the agent"),
        Binding("q", "leave", "Leave", id="meanwhile.leave", tooltip="Back to the panes"),
    ]

    def __init__(self, heading: str, build: Callable[[int], Sequence[Row]], end: Callable[[str, bool], str]) -> None:
        """`end` gets the id of an agent that is to be ended, and whether that was asked before: it gives the sentence
        to ask with, or an empty one where it is done."""
        super().__init__()
        self._heading = heading
        self._build = build
        self._end = end
        self._asked = ""
        self._rows = RowList()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -detail") as dialog:
            self.label(dialog, self._heading, HINT)
            yield self._rows

    def on_mount(self) -> None:
        self.show()
        self._rows.focus()

    def on_resize(self) -> None:
        self.show()

    def show(self) -> None:
        """Show what is known by now."""
        if not self.is_mounted or self._answered:
            return
        width, most = dialog_width(self.app.size.width), dialog_height(self.app.size.height)
        rows = list(self._build(width - 1))
        self._rows.styles.width = width
        self._rows.styles.height = min(max(len(rows), 3), most)
        self._rows.show(rows)

    def action_open(self) -> None:
        """Go to what the cursor is on."""
        self.answer(self._rows.key)

    def action_end(self) -> None:
        """End the agent under the cursor, once that was asked; forget one that has ended."""
        key = self._rows.key or ""
        if not key.startswith(AGENT):
            return
        said = self._end(key.removeprefix(AGENT), key == self._asked)
        self._asked = key if said else ""
        self.label(self.query_one(".dialog"), self._heading, said or HINT)

    @on(RowList.Chosen)
    def open_clicked(self, event: RowList.Chosen) -> None:
        event.stop()
        self.answer(event.key)
