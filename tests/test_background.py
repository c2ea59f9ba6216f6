"""The terminal's answer about its background, wherever among the keys it comes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.background import PAUSES, Listener, is_light

ANSWERS = ("\x1b]11;rgb:f6f6/f3f3/ecec\x1b\\", "\x1b]11;rgb:ff/ff/ff\x07", "\x1b]11;rgba:0000/0000/0000/ffff\x07")
KEYS = st.text(st.sampled_from("bqx\x1b[]A1;"), max_size=12)


def awaiting() -> Listener:
    listener = Listener()
    listener.awaited = True
    return listener


@given(KEYS, KEYS, st.sampled_from(ANSWERS[:2]), st.lists(st.integers(0, 60), max_size=6))
def test_every_key_comes_through_and_nothing_of_the_answer(
    before: str, after: str, answer: str, cuts: list[int]
) -> None:
    listener, typed, told = awaiting(), "", []
    whole = before + answer + after
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    for begin, end in pairwise(places):
        text, light = listener.feed(whole[begin:end])
        typed += text
        told += [light] if light is not None else []
    typed += listener.rest()
    assert (typed, told) == (before + after, [True])


@given(KEYS, st.lists(st.integers(0, 12), max_size=6))
def test_without_an_answer_a_pause_gives_everything_back(keys: str, cuts: list[int]) -> None:
    listener, typed = awaiting(), ""
    places = [0, *sorted(min(cut, len(keys)) for cut in cuts), len(keys)]
    for begin, end in pairwise(places):
        typed += listener.feed(keys[begin:end])[0] + listener.rest()
    if "\x1b]11;" not in keys:
        assert typed == keys


def test_an_answer_that_is_late_or_broken_is_no_key() -> None:
    listener = awaiting()
    assert listener.feed("\x1b]11;rgb:00") == ("", None)
    assert listener.rest() == "", "however long the rest takes"
    assert listener.feed("00/0000/0000\x07j") == ("j", False)
    assert listener.feed("\x1b]11;j") == ("\x1b]11;j", None), "nothing is awaited any more"
    listener = awaiting()
    assert listener.feed("\x1b]11;nonsense\x07j") == ("j", None)
    listener = awaiting()
    assert (listener.feed("\x1b"), listener.rest()) == (("", None), "\x1b"), "held for a moment at the beginning"
    for _ in range(PAUSES):
        listener.rest()
    assert listener.feed("\x1b") == ("\x1b", None), "a lone escape is not held up"


@pytest.mark.parametrize(
    ("answer", "light"),
    [("rgb:f6f6/f3f3/ecec", True), ("rgb:1616/1818/1b1b", False), ("rgb:ff/ff/ff", True), ("rgb:0/0/0", False),
     ("rgba:ffff/ffff/ffff/ffff", None), ("white", None), ("", None)],
)  # fmt: skip
def test_light_and_dark(answer: str, light: bool | None) -> None:
    assert is_light(answer) is light
