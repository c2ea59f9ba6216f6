"""A line to type in that shows nothing a terminal could obey: pasted text and old values are made safe first."""

from textual.binding import Binding
from textual.geometry import Size
from textual.reactive import Reactive
from textual.suggester import Suggester
from textual.widgets import Input

from tui.domain.text import safe_text
from widgets.seen import is_hiding

LONGEST = 20_000


class TextLine(Input):
    """An Input whose value is safe to show. While share-safe is on, what was typed shows; what stood there before is
    dots, and nothing is completed."""

    BINDINGS = [  # noqa: RUF012 - as Textual has it, where these delete a word the other way or none
        Binding("ctrl+backspace,alt+backspace", "delete_left_word", show=False),
        Binding("alt+d,alt+delete,ctrl+delete", "delete_right_word", show=False),
    ]

    _given = ""
    """What stood there before anything was typed."""
    _completes: Suggester | None = None

    virtual_size = Reactive(Size(0, 0))
    """As far as what is typed reaches. An Input's own has the whole screen laid out anew with each letter, and paints
    what the letter changed two frames later."""

    def on_mount(self) -> None:
        self.cursor_blink = self.app.animation_level != "none"
        self._given, self._completes = self.value, self.suggester
        self.show_anew()

    def show_anew(self) -> None:
        """Show and complete what may be seen."""
        hiding = is_hiding()
        self.password = hiding and bool(self._given)
        self.suggester = None if hiding else self._completes
        self.refresh()

    def validate_value(self, value: str) -> str:
        return safe_text(value, LONGEST)
