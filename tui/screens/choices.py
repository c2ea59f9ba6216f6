"""A short list to choose one thing from."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui.screens.dialog import Dialog
from widgets.row_list import RowList
from widgets.rows import Row


class Choices(Dialog[str]):
    """Dismissed with the key of the chosen row, or None where the person left it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Choose", id="choices.choose"),
    ]

    def __init__(
        self, title: str, rows: Sequence[Row], *, width: int = 66, hint: str = "enter chooses · esc leaves"
    ) -> None:
        super().__init__()
        self._title = title
        self._rows = rows
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
