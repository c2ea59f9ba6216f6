"""Text from anywhere as Markdown that reads as nothing but itself. Pure."""

import re

from tui.domain.text import safe_text

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~&$#])")
_OPENING = re.compile(r"^([+\-=:]|[0-9]+(?=[.)]))")


def plain(text: str, most: int = 2000) -> str:
    """`text` made safe, on one line and at most `most` characters of it, no mark of it Markdown."""
    shown = _SPECIAL.sub(r"\\\1", safe_text(text, most).strip())
    return _OPENING.sub(lambda found: f"{found[1]}\\" if found[1].isdigit() else f"\\{found[1]}", shown)
