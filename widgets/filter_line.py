"""The line a pane's filter is typed into. In a module of its own: Textual's Input is slow to import."""

from textual import on
from textual.widgets import Input

from widgets.pane import Pane
from widgets.text_line import TextLine


class FilterLine(TextLine):
    """Filters the pane it stands in as it is typed; enter keeps the filter, escape (the pane's key) clears it."""

    DEFAULT_CSS = """
    FilterLine {
        height: 1;
        border: none;
        padding: 0 1;
        background: $panel;
        &:ansi { background: $background; }
    }
    """

    def __init__(self) -> None:
        super().__init__(placeholder="filter", select_on_focus=False, compact=True)

    @property
    def pane(self) -> Pane:
        """The pane it stands in."""
        return next(node for node in self.ancestors if isinstance(node, Pane))

    @on(Input.Changed)
    def apply(self, event: Input.Changed) -> None:
        event.stop()
        self.pane.filter_text = event.value

    @on(Input.Submitted)
    def keep(self, event: Input.Submitted) -> None:
        event.stop()
        self.pane.close_filter()
