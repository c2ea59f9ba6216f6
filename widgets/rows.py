"""One line of a list: its spans of text, each in a tone, and how text from outside comes to the screen."""

from dataclasses import dataclass

from textual.widget import Widget

from tui.domain.text import safe_text

TONES = ("text", "strong", "muted", "faint", "accent", "success", "warning", "error", "primary", "secondary")
ASCII = str.maketrans("●✓◌×↕↑↓…·—│└→▌▏░━▸»½", "*=ox%^v..-|->|:~->>+")
"""What stands for each of our marks where the terminal has only ASCII; one cell for one cell."""
ASCII_CLASS = "-ascii"
"""Set on the app where the terminal has only ASCII."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one tone: one of TONES, or a colour as `#rrggbb`."""

    text: str
    tone: str = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `key` is what it stands for; a row that cannot be selected is a heading or a rule."""

    key: str
    spans: tuple[Span, ...]
    selectable: bool = True
    of: str = ""
    """The key of the row that a click on this one means, where it cannot be selected itself."""


def shown(widget: Widget, text: str) -> str:
    """`text` as it may be shown by `widget`: made safe, and our marks in ASCII where the app asks for that."""
    text = safe_text(text)
    return text.translate(ASCII) if widget.app.has_class(ASCII_CLASS) else text
