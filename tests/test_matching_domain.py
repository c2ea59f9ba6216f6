"""What is typed to find something, against what it may be."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tui.domain.matching import match_letters, match_words, places_of


def test_the_nearer_a_text_comes_to_the_words_the_better_it_is() -> None:
    texts = ("inbox", "inbox zero", "voice inbox", "the shinbox", "nothing")
    scores = [match_words(("inbox",), text) for text in texts]
    assert all(better > worse for better, worse in pairwise(scores))
    assert scores[-1] == 0.0
    assert match_words(("voice", "in"), "voice inbox") > 0
    assert match_words(("voice", "out"), "voice inbox") == 0.0


def test_letters_in_their_order_are_found_and_begun_words_count_for_more() -> None:
    assert match_letters("ucl", "usage caps limiter") > match_letters("ucl", "much cleaner")
    assert match_letters("vbx", "voicebox") > 0
    assert match_letters("xob", "voicebox") == 0.0
    assert match_letters("", "voicebox") == 0.0


def test_where_the_letters_stand() -> None:
    assert places_of(("box", "vo"), "voicebox") == (0, 1, 5, 6, 7)
    assert places_of(("vbx",), "voicebox") == (0, 5, 7)
    assert places_of(("zz",), "voicebox") == ()
    assert places_of(("voice", "proto"), "voice inbox") == (0, 1, 2, 3, 4)


@given(st.text(max_size=40), st.text(max_size=200))
def test_letters_are_looked_at_once_each_however_often_they_stand_there(letters: str, text: str) -> None:
    found = match_letters(letters, text)
    assert found >= 0
    rest = iter(text)
    assert (found > 0) == (bool(letters) and all(letter in rest for letter in letters))
