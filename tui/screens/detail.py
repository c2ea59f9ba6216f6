"""The detail of a row over the panes, where there is no room beside them."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui.screens.dialog import Dialog
from tui.screens.sizes import dialog_height, dialog_width
from widgets.detail import Build, DetailPane
from widgets.detail_rows import FILE
from widgets.row_list import RowList


class DetailScreen(Dialog[str]):
    """Facts in rows. A key that means nothing here closes it and is the answer: it was meant for the row."""

    PLACE = "Detail over the panes"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "leave", "Close", id="detail.close", tooltip="Back to the panes"),
        Binding("enter", "choose", "Open", id="detail.choose", tooltip="A file's diff, or close"),
    ]

    def __init__(self, heading: str, build: Build, *, tall: bool = False) -> None:
        """`tall` for one whose rows come bit by bit: it has its full height from the beginning."""
        super().__init__()
        self._heading = heading
        self._build = build
        self._tall = tall
        self._list = RowList()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -detail") as dialog:
            self.label(dialog, self._heading, "esc closes")
            yield self._list

    def on_mount(self) -> None:
        self._lay_out()
        self._list.focus()

    def show(self, heading: str, build: Build) -> None:
        """Show what `build` makes now; only rows that differ are painted."""
        self._heading, self._build = heading, build
        if self.is_mounted and not self._answered:
            self._lay_out()

    def _lay_out(self) -> None:
        width, most = dialog_width(self.app.size.width), dialog_height(self.app.size.height)
        rows = self._build(width - 1)
        self._list.styles.width = width
        self._list.styles.height = most if self._tall else min(max(len(rows), 3), most)
        self._list.show(rows)

    def action_choose(self) -> None:
        """What changed in the file under the cursor; any other row is read already, and this closes."""
        if self._list.key is not None and self._list.key.startswith(FILE):
            self.post_message(DetailPane.RowChosen(self._list.key))
        else:
            self.answer(None)

    @on(RowList.Chosen)
    def choose_clicked(self, event: RowList.Chosen) -> None:
        event.stop()
        if event.key.startswith(FILE):
            self.post_message(DetailPane.RowChosen(event.key))

    def on_key(self, event: events.Key) -> None:
        if event.is_printable and event.key not in self.active_bindings:
            event.stop()
            self.answer(event.key)
