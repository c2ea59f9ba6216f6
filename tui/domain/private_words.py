"""The last net of what is hidden: the single words of all that stand-ins stand for. Pure, but it remembers the words.

Whatever way a name comes to the screen (composed, cut, wrapped, folded), its words are found here and masked, letter
for letter. The program's own words (`own_words`) are never masked: one that is missing there is shown masked while
share-safe is on, which is ugly; one that should not be there would show.
"""

import re
from bisect import bisect_left
from collections.abc import Callable

from tui.domain.own_words import OWN_WORDS

MASK = "*"
_WORD = re.compile(r"[^\W_]+")
_AMOUNT = re.compile(r"\d+[a-z]{1,2}\d*|[a-f0-9]*\d[a-f0-9]*", re.IGNORECASE)
"""`45m`, `2h48`, `3d`, `00ff7a`: numbers with a unit, or in another base."""
_LEAST_BEGIN, _LEAST_PART = 3, 6
"""Letters from which a word that is the begin, or any part, of a private one is taken for a piece of it."""
_MOST_CACHED = 50_000


class PrivateWords:
    """The words of what is hidden."""

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._sorted: list[str] | None = None
        self._joined = ""
        self._decided: dict[str, bool] = {}

    def add(self, text: str) -> None:
        """The words of `text` are private."""
        new = set(_WORD.findall(text.casefold())).difference(self._words, OWN_WORDS)
        if new:
            self._words |= new
            self._sorted = None
            self._decided = {}

    def found(self, text: str, typed: Callable[[], str] = str) -> list[tuple[int, int]]:
        """Where private words stand in `text`. `typed` gives what the person is typing, which is theirs to show."""
        spans = [match.span() for match in _WORD.finditer(text) if self._is_private(match.group())]
        if spans and (own := set(_WORD.findall(typed().casefold()))):
            spans = [(begin, end) for begin, end in spans if text[begin:end].casefold() not in own]
        return spans

    def masked(self, text: str) -> str:
        """`text` with every private word masked."""
        for begin, end in self.found(text):
            text = text[:begin] + MASK * (end - begin) + text[end:]
        return text

    def _is_private(self, word: str) -> bool:
        found = self._decided.get(word)
        if found is None:
            if len(self._decided) > _MOST_CACHED:
                self._decided = {}
            found = self._decided[word] = self._decide(word.casefold())
        return found

    def _decide(self, word: str) -> bool:
        if word.isdigit() or (word.isascii() and len(word) < 2) or word in OWN_WORDS:
            return False
        if _AMOUNT.fullmatch(word) and len(word) < 7:
            return False
        if word in self._words:
            return True
        if len(word) < _LEAST_BEGIN and word.isascii():
            return False
        if self._sorted is None:
            self._sorted = sorted(self._words)
            self._joined = "\n".join(self._sorted)
        place = bisect_left(self._sorted, word)
        if place < len(self._sorted) and self._sorted[place].startswith(word):
            return True
        return (len(word) >= _LEAST_PART or not word.isascii()) and word in self._joined
