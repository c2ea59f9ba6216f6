"""The detail of a row over the panes, where there is no room beside them."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from tui.domain.text import safe_text
from tui.screens.dialog import Dialog
from tui.screens.sizes import dialog_width
from widgets.detail import Build
from widgets.row_list import RowList

KEPT = ("j", "k", "g", "G", "q")
"""Printable keys that the detail itself knows."""


class DetailScreen(Dialog[str]):
    """Facts in rows. A key that means nothing here closes it and is the answer: it was meant for the row."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,enter", "leave", "Close", id="detail.close")]

    def __init__(self, heading: str, build: Build) -> None:
        super().__init__()
        self._heading = heading
        self._build = build

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -detail") as dialog:
            dialog.border_title = Content(safe_text(self._heading))
            dialog.border_subtitle = Content("esc closes")
            yield RowList()

    def on_mount(self) -> None:
        listed = self.query_one(RowList)
        width = dialog_width(self.app.size.width)
        rows = self._build(width - 1)
        listed.styles.width = width
        listed.styles.height = min(max(len(rows), 3), self.app.size.height - 4)
        listed.show(rows)
        listed.focus()

    def on_key(self, event: events.Key) -> None:
        if event.is_printable and event.key not in KEPT:
            event.stop()
            self.answer(event.key)
