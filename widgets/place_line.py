"""A line to type a place in: a path, or an address, which is a secret and is not shown."""

import re

from textual.reactive import Reactive

from tui.domain.text import redact_url
from widgets.text_line import TextLine

_ADDRESS = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]{0,30}:/")


class PlaceLine(TextLine):
    """A TextLine that shows dots once it holds an address; `told` says which server's it is."""

    password = Reactive(False)

    @property
    def told(self) -> str:
        """Of an address, what may be shown of it; empty for anything else."""
        if not _ADDRESS.match(self.value):
            return ""
        return f"{redact_url(self.value.strip())}  {len(self.value.strip())} characters, not shown"

    def validate_value(self, value: str) -> str:
        safe = super().validate_value(value)
        self.password = bool(_ADDRESS.match(safe))  # before a frame could show it
        return safe
