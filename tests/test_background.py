"""The terminal's answer about its background, wherever among the keys it comes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.background import is_light
from tui.terminal import Typed

ANSWERS = ("\x1b]11;rgb:f6f6/f3f3/ecec\x1b\\", "\x1b]11;rgb:ff/ff/ff\x07", "\x1b]11;rgba:ffff/ffff/ffff/ffff\x07")
KEYS = st.text(st.sampled_from("bqxA1;"), max_size=12)


@given(KEYS, KEYS, st.sampled_from(ANSWERS), st.lists(st.integers(0, 60), max_size=6))
def test_every_key_comes_through_and_the_answer_is_told(before: str, after: str, answer: str, cuts: list[int]) -> None:
    told: list[str] = []
    typed, keys = Typed(told.append), ""
    whole = before + answer + after
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    for begin, end in pairwise(places):
        keys += typed.feed(whole[begin:end])
    keys += typed.rest()
    assert (keys, told) == (before + after, [answer])
    assert is_light(told[0])


@pytest.mark.parametrize(
    ("answer", "light"),
    [
        ("\x1b]11;rgb:f6f6/f3f3/ecec\x1b\\", True),
        ("\x1b]11;rgb:1616/1818/1b1b\x07", False),
        ("\x1b]11;rgb:0/0/0\x07", False),
        ("\x1b]11;rgba:ffff/ffff/ffff/ffff\x07", True),
        ("\x1b]11;white\x07", None),
        ("\x1b]10;rgb:ff/ff/ff\x07", None),
        ("\x1b[?62c", None),
        ("", None),
    ],
)
def test_light_and_dark(answer: str, light: bool | None) -> None:
    assert is_light(answer) is light
