"""Whether a terminal is light or dark: how it is asked, and what its answer says. Pure. The answer comes among the keys
(`tui.terminal.Typed`), at once or, over a slow line, much later.
"""

import re

from textual.message import Message

ASK = "\x1b]11;?\x1b\\"
"""Asks for the background's colour (OSC 11, xterm's control sequences)."""
_ANSWER = (
    r"\x1b\]11;rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})(?:/[0-9a-fA-F]{1,4})?(?:\x07|\x1b\\)"
)


class BackgroundTold(Message):
    """Posted when the terminal has told its background."""

    def __init__(self, *, light: bool) -> None:
        super().__init__()
        self.light = light


def is_light(answer: str) -> bool | None:
    """Whether the background is light that a terminal answers with, such as `ESC ]11;rgb:f6f6/f3f3/ecec BEL`; None for
    any other answer."""
    found = re.fullmatch(_ANSWER, answer)
    if found is None:
        return None
    red, green, blue = (int(part, 16) / (0x10 ** len(part) - 1) for part in found.groups())
    return bool(0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5)
