"""What is typed, apart from what the terminal answers: keys, read in pieces of any size, with answers between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste

from tui.terminal import MOST_PAUSES, Typed

ANSWERS = {
    "colours": "\x1b]10;rgb:ffff/ffff/ffff\x07\x1b]11;rgb:0000/0000/0000\x1b\\",
    "cursor": "\x1bP1$r2 q\x1b\\",
    "version": "\x1bP>|XTerm(354)\x1b\\",
    "capability": "\x1bP1+r436f\x1b\\",
    "graphics": "\x1b_Gi=31;OK\x1b\\",
    "attributes": "\x1b[?62;22c",
    "attributes, secondary": "\x1b[>41;354;0c",
    "keyboard": "\x1b[?0u",
    "modified keys": "\x1b[>4;2m",
    "clipboard": "\x1b]52;c;cXhkYjE=\x07",
}
KEYS = (
    "j",
    "\x1b[A",
    "\x1b[1;5C",
    "\x1bOP",
    "q",
    "é",
    "漢",
    "\t",
    "\x1b[<0;3;4M",
    "\x1b[?2026;2$y",
    "\x1b[200~paste\x1b[201~",
)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_no_answer_is_a_key_and_the_keys_around_it_are(answer: str) -> None:
    typed = Typed()
    assert typed.feed(f"a{answer}b") == "ab"
    assert typed.rest() == ""


@given(st.lists(st.sampled_from([*KEYS, *ANSWERS.values()])), st.data())
def test_however_it_is_cut(parts: list[str], data: st.DataObject) -> None:
    whole, typed, found = "".join(parts), Typed(), ""
    places = {
        place for place in range(1, len(whole)) if whole[place - 1] != "\x1b"
    }  # an escape comes with what follows
    cuts = sorted(data.draw(st.sets(st.sampled_from(sorted(places)))) if places else ())
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        found += typed.feed(whole[start:end])
    assert found == "".join(part for part in parts if part in KEYS)


def test_a_key_that_looks_like_the_beginning_of_an_answer_is_one() -> None:
    typed = Typed()
    assert typed.feed("\x1b]") == ""
    assert typed.rest() == "\x1b]"
    assert (typed.feed("\x1b"), typed.rest()) == ("", "\x1b"), "the terminal may still be answering"
    for _ in range(MOST_PAUSES):
        typed.rest()
    assert typed.feed("\x1b") == "\x1b", "the key is not held up"
    assert typed.feed("j") == "j"


def test_what_is_never_ended_is_given_up_after_a_while() -> None:
    typed = Typed()
    assert typed.feed("\x1b]11;rgb:00") == ""
    for _ in range(MOST_PAUSES):
        assert typed.rest() == ""
    assert typed.feed("j") == "j"


def test_textual_makes_keys_of_the_rest_as_before() -> None:
    parser, typed = XTermParser(), Typed()
    events = list(parser.feed(typed.feed("".join((*ANSWERS.values(), *KEYS)))))
    keys = [event.key for event in events if isinstance(event, Key)]
    assert keys == ["j", "up", "ctrl+right", "f1", "q", "é", "漢", "tab"]
    assert [event.text for event in events if isinstance(event, Paste)] == ["paste"]
