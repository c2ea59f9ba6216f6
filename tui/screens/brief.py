"""What an AI agent will be told of an item, read before it is started."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui.screens.dialog import Dialog
from tui.screens.sizes import dialog_height, dialog_width
from widgets.formats import wrap
from widgets.row_list import RowList
from widgets.rows import Row, Span


class BriefScreen(Dialog[bool]):
    """Dismissed with True where the agent is to be started, else None."""

    PLACE = "What the agent is told"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "start", "Start", id="brief.start", tooltip="Start the agent"),
        Binding("q", "leave", "Leave", id="brief.leave", tooltip="Do not start it"),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self._rows = RowList()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -detail") as dialog:
            self.label(dialog, "The agent is told", "enter starts it · j k scroll · esc leaves")
            yield self._rows

    def on_mount(self) -> None:
        self._lay_out()
        self._rows.focus()

    def action_start(self) -> None:
        """Start the agent."""
        self.answer(True)

    def _lay_out(self) -> None:
        width, most = dialog_width(self.app.size.width), dialog_height(self.app.size.height)
        lines = [part for line in self._text.splitlines() for part in (wrap(line, width - 2, 20) or [""])]
        self._rows.styles.width = width
        self._rows.styles.height = min(len(lines), most)
        self._rows.show([Row(f"line-{place}", (Span(" " + line, "strong" if line.startswith("#") else "text"),),
                             selectable=False) for place, line in enumerate(lines)])  # fmt: skip
