"""The last net under what share-safe hides: a filter every painted line passes, pictures of the screen included."""

from collections.abc import Callable

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui.domain.private_words import MASK, PrivateWords


class LastNet(LineFilter):
    """Masks the words of what is hidden in every line that is painted, whichever way they came there."""

    def __init__(self, words: PrivateWords, typed: Callable[[], str]) -> None:
        """`typed` gives what the person is typing, which shows."""
        super().__init__()
        self._words = words
        self._typed = typed

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """See LineFilter."""
        line = "".join(segment.text for segment in segments if not segment.control)
        spans = self._words.found(line, self._typed)
        if not spans:
            return segments
        hidden = bytearray(len(line))
        for begin, end in spans:
            hidden[begin:end] = b"\1" * (end - begin)
        masked, place = [], 0
        for segment in segments:
            if segment.control:
                masked.append(segment)
                continue
            text = segment.text
            told = "".join(MASK * cell_len(char) if hidden[place + at] else char for at, char in enumerate(text))
            place += len(text)
            masked.append(Segment(told, segment.style))
        return masked
