"""The line a pane's filter is typed into. In a module of its own: Textual's Input is slow to import."""

from rich.cells import cell_len
from rich.segment import Segment
from textual import on
from textual.strip import Strip
from textual.widgets import Input

from widgets.formats import cut
from widgets.pane import Pane
from widgets.rows import shown
from widgets.text_line import TextLine

APART = 3
"""Cells between what is typed and what is said of it."""


class FilterLine(TextLine):
    """Filters the pane it stands in as it is typed; enter keeps the filter, escape (the pane's key) clears it.

    What the pane has to say of it stands on the right, where there is room.
    """

    DEFAULT_CSS = """
    FilterLine {
        width: 1fr;
        height: 1;
        border: none;
        padding: 0 1;
        background: $panel;
        &:ansi { background: $background; }
        & > .filter--hint { color: $text-muted; }
    }
    """

    COMPONENT_CLASSES = {"filter--hint"}  # noqa: RUF012 - as Textual has it

    def __init__(self, value: str = "", placeholder: str = "filter") -> None:
        super().__init__(value, placeholder=placeholder, select_on_focus=False, compact=True)

    @property
    def pane(self) -> Pane:
        """The pane it stands in."""
        return next(node for node in self.ancestors if isinstance(node, Pane))

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        hint = self.pane.filter_hint if self.value else ""
        room = self.size.width - cell_len(self.value) - 1 - APART
        if not hint or room < 8:
            return strip
        hint = cut(shown(self, hint), room)
        left = strip.crop(0, self.size.width - cell_len(hint))
        return Strip.join([left, Strip([Segment(hint, self.get_component_rich_style("filter--hint"))])])

    @on(Input.Changed)
    def apply(self, event: Input.Changed) -> None:
        event.stop()
        self.pane.filter_text = event.value
        self.refresh()

    @on(Input.Submitted)
    def keep(self, event: Input.Submitted) -> None:
        event.stop()
        self.pane.close_filter()
