"""A short list to choose one thing from."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui.screens.dialog import Dialog
from widgets.row_list import RowList
from widgets.rows import Row, Span


class Choices(Dialog[str]):
    """Dismissed with the key of the chosen row, or None where the person left it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Choose", id="choices.choose"),
    ]

    def __init__(
        self,
        title: str,
        rows: Sequence[Row],
        *,
        width: int = 66,
        hint: str = "enter chooses · esc leaves",
        numbered: bool = False,
    ) -> None:
        """`numbered`: the digit before a row chooses it at once."""
        super().__init__()
        self._title = title
        self._numbered = numbered
        self._rows = [_numbered(place, row) for place, row in enumerate(rows, 1)] if numbered else rows
        self._width = width
        self._hint = hint

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            self.label(dialog, self._title, self._hint)
            yield RowList()

    def on_mount(self) -> None:
        rows = self.query_one(RowList)
        rows.styles.height = min(max(len(self._rows), 1), max(self.app.size.height - 6, 3))
        rows.styles.width = self._width
        rows.show(self._rows)
        rows.focus()

    @on(RowList.Chosen)
    def choose_clicked(self, event: RowList.Chosen) -> None:
        self.answer(event.key)

    def action_choose(self) -> None:
        """Answer with the row under the cursor."""
        self.answer(self.query_one(RowList).key)

    def on_key(self, event: events.Key) -> None:
        if self._numbered and event.key.isdigit() and 1 <= int(event.key) <= len(self._rows):
            event.stop()
            self.answer(self._rows[int(event.key) - 1].key)


def _numbered(place: int, row: Row) -> Row:
    return replace(row, spans=(Span(f" {place}", "accent"), *row.spans))
