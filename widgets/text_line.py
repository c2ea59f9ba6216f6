"""A line to type in that shows nothing a terminal could obey: pasted text and old values are made safe first."""

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input

from tui.domain.text import safe_text

LONGEST = 20_000


class TextLine(Input):
    """An Input whose value is safe to show."""

    virtual_size = Reactive(Size(0, 0))
    """As far as what is typed reaches. An Input's own has the whole screen laid out anew with each letter, and paints
    what the letter changed two frames later."""

    def on_mount(self) -> None:
        self.cursor_blink = self.app.animation_level != "none"

    def validate_value(self, value: str) -> str:
        return safe_text(value, LONGEST)
