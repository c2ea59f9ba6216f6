"""How well a text answers what was typed to find it. Texts are compared lowered: lower them once, not with each key."""

from collections.abc import Sequence

WHOLE, BEGIN, WORD, WITHIN = 100.0, 60.0, 40.0, 20.0
"""For a word that is all of the text, begins it, begins a word of it, stands in it."""
LETTERS = 10.0
"""For letters that stand in their order, at the most; less the further they are apart."""


def match_words(words: Sequence[str], text: str) -> float:
    """How well `text` holds all of `words`; 0 where one is missing. The longer the text, the less: of two that begin
    alike the shorter is meant."""
    if not all(word in text for word in words):
        return 0.0
    score = 0.0
    for word in words:
        if text == word:
            score += WHOLE
        elif text.startswith(word):
            score += BEGIN
        else:
            score += WORD if f" {word}" in text or f"-{word}" in text or f"/{word}" in text else WITHIN
    return score / len(words) - min(len(text), 200) / 50


def match_letters(letters: str, text: str) -> float:
    """How well `text` holds `letters` in their order, with others between; 0 where it does not.

    Each is taken where it stands first after the one before: no other way to place them is tried, so a long text full
    of one letter takes no longer than any.
    """
    place = text.find(letters[:1])
    if place < 0 or not letters:
        return 0.0
    first = last = place
    starts = int(place == 0 or not text[place - 1].isalnum())
    for letter in letters[1:]:
        place = text.find(letter, last + 1)
        if place < 0:
            return 0.0
        starts += not text[place - 1].isalnum()
        last = place
    spread = last - first + 1 - len(letters)
    return LETTERS * (1 + starts) / (1 + len(letters)) / (1 + spread / 10)


def places_of(words: Sequence[str], text: str) -> tuple[int, ...]:
    """Where in `text` those of `words` stand that do; where none does, their letters in their order."""
    spans = [range(text.index(word), text.index(word) + len(word)) for word in words if word in text]
    if spans:
        return tuple(sorted({place for span in spans for place in span}))
    found: list[int] = []
    for letter in "".join(words):
        place = text.find(letter, found[-1] + 1 if found else 0)
        if place < 0:
            return ()
        found.append(place)
    return tuple(found)
