"""Whether a terminal is light or dark: how it is asked, and its answer taken out of what is typed. Pure.

The answer comes among the keys, at once or, over a slow line, much later. It never becomes a key.
"""

import re

from textual.message import Message

ASK = "\x1b]11;?\x1b\\"
"""Asks for the background's colour (OSC 11, xterm's control sequences)."""
BEGIN = "\x1b]11;"
ANSWER = re.compile(r"\x1b\]11;([^\x07\x1b]*)(?:\x07|\x1b\\)")
COLOR = re.compile(r"rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})")
LONGEST = 64
"""Characters an answer has at most."""
PAUSES = 10
"""So many pauses after the question a lone escape is the key again, not the beginning of an answer."""


class BackgroundTold(Message):
    """Posted when the terminal has told its background."""

    def __init__(self, *, light: bool) -> None:
        super().__init__()
        self.light = light


class Listener:
    """Takes the answer out of what is typed, as long as one is awaited."""

    def __init__(self) -> None:
        self.awaited = False
        """True from the question to its answer."""
        self._held = ""
        self._pauses = 0

    def feed(self, text: str) -> tuple[str, bool | None]:
        """What was typed of `text`, and whether the background is light; None where that was not in it."""
        if not self.awaited:
            return text, None
        text, self._held = self._held + text, ""
        found = ANSWER.search(text)
        if found:
            self.awaited = False
            return text[: found.start()] + text[found.end() :], is_light(found[1])
        begin = text.find(BEGIN)
        if begin < 0:
            least = 1 if self._pauses < PAUSES else 2
            sizes = range(len(BEGIN) - 1, least - 1, -1)
            begin = next((len(text) - size for size in sizes if text.endswith(BEGIN[:size])), -1)
        if begin < 0:
            return text, None
        if len(text) - begin <= LONGEST:
            self._held, text = text[begin:], text[:begin]
        return text, None

    def rest(self) -> str:
        """What was held back and was not the beginning of an answer after all: nothing more has come for a while."""
        self._pauses += 1
        if self._held.startswith(BEGIN):
            return ""
        held, self._held = self._held, ""
        return held


def is_light(answer: str) -> bool | None:
    """Whether a colour as terminals tell it, such as `rgb:f6f6/f3f3/ecec`, is light; None where it is none."""
    found = COLOR.fullmatch(answer)
    if found is None:
        return None
    red, green, blue = (int(part, 16) / (0x10 ** len(part) - 1) for part in found.groups())
    return bool(0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5)
