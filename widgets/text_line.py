"""A line to type in that shows nothing a terminal could obey: pasted text and old values are made safe first."""

from textual.widgets import Input

from tui.domain.text import safe_text

LONGEST = 20_000


class TextLine(Input):
    """An Input whose value is safe to show."""

    def validate_value(self, value: str) -> str:
        return safe_text(value, LONGEST)
