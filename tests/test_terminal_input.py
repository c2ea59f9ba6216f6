"""What is typed, apart from what the terminal answers: keys, read in pieces of any size, with answers between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste
from textual.message import Message

from tui.terminal import ESCAPE_SECONDS, MOST_PAUSES, TICK_SECONDS, Typed, spell_alt

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


def events_of(reads: list[str]) -> list[Message]:
    """What Textual makes of what is left of `reads`, which follow each other at once."""
    parser, typed = XTermParser(), Typed()
    return [event for read in reads if (keys := typed.feed(read)) for event in parser.feed(spell_alt(keys))]


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_no_answer_is_a_key_and_the_keys_around_it_are(answer: str) -> None:
    typed = Typed()
    assert typed.feed(f"a{answer}b") == "ab"
    assert typed.rest() == ""


@given(st.lists(st.sampled_from([*KEYS, *ANSWERS.values()])), st.data())
def test_however_it_is_cut(parts: list[str], data: st.DataObject) -> None:
    whole, typed, found = "".join(parts), Typed(), ""
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1))) if len(whole) > 1 else ())
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        found += typed.feed(whole[start:end])
    assert found == "".join(part for part in parts if part in KEYS)


def test_a_key_that_looks_like_the_beginning_of_an_answer_is_one() -> None:
    typed = Typed()
    assert typed.feed("\x1b]") == ""
    assert typed.rest() == "\x1b]"


@pytest.mark.parametrize(
    ("reads", "keys"),
    [
        (["\x1b", "n"], ["escape", "n"]),
        (["\x1b", "/", "\x1b", "\r"], ["escape", "slash", "escape", "enter"]),
        (["\x1b", "\x1b", "j"], ["escape", "escape", "j"]),
        (["\x1b\x1b\x1b", "j"], ["escape", "escape", "escape", "j"]),
        (["a\x1b", "b"], ["a", "escape", "b"]),
        (["\x1b", "\x1b[A"], ["escape", "up"]),
        (["\x1b", "[A"], ["up"]),
        (["\x1b", "OP"], ["f1"]),
    ],
)
def test_an_escape_that_comes_by_itself_is_the_key_however_soon_the_next_one_follows(
    reads: list[str], keys: list[str]
) -> None:
    assert [event.key for event in events_of(reads) if isinstance(event, Key)] == keys


def test_the_last_escapes_are_keys_after_a_moment_which_is_shorter_once_no_answer_is_due() -> None:
    parser, typed = XTermParser(), Typed()
    assert typed.feed("\x1b\x1b\x1b") == ""
    assert typed.patience == TICK_SECONDS, "the terminal may still be answering"
    assert [event.key for event in parser.feed(typed.rest()) if isinstance(event, Key)] == ["escape"] * 3
    for _ in range(MOST_PAUSES):
        assert typed.rest() == ""
    assert typed.patience == TICK_SECONDS, "nothing is waited for"
    assert (typed.feed("\x1b"), typed.patience) == ("", ESCAPE_SECONDS)
    assert [event.key for event in parser.feed(typed.rest()) if isinstance(event, Key)] == ["escape"]
    assert (typed.feed("\x1b]11;"), typed.patience) == ("", TICK_SECONDS)


def test_alt_and_a_letter_come_at_once() -> None:
    assert Typed().feed("\x1bn") == "\x1bn"


@pytest.mark.parametrize(
    ("read", "keys"),
    [
        ("\x1bd\x1bd", ["alt+d", "alt+d"]),
        ("\x1bx\x1b\x7fy", ["alt+x", "ctrl+w", "y"]),
        ("\x1bD\x1b[A", ["alt+shift+d", "up"]),
        ("\x1b.a\x1b,\x1b ", ["alt+full_stop", "a", "alt+comma", "alt+space"]),
        ("\x1bä\x1bOP", ["alt+ä", "f1"]),
        ("\x1bf\x1bb\x1b[1;5C", ["ctrl+right", "ctrl+left", "ctrl+right"]),
        ("\x1b\x1bd", ["escape", "alt+d"]),
    ],
)
def test_several_alt_keys_in_a_row_are_each_one_and_type_nothing(read: str, keys: list[str]) -> None:
    found = [event for event in events_of([read]) if isinstance(event, Key)]
    assert [event.key for event in found] == keys
    assert not any(event.is_printable for event in found if event.key.startswith("alt+"))


@given(st.data())
def test_no_escape_in_what_is_pasted_makes_keys_of_the_rest(data: st.DataObject) -> None:
    whole = "\x1b[200~one\x1bq\x1b[2J\x1b\x1b[201~j"
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1))))
    events = events_of([whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)])
    assert [event.text for event in events if isinstance(event, Paste)] == ["oneq[2J"]
    assert [event.key for event in events if isinstance(event, Key)] == ["j"]


def test_what_is_pasted_may_stop_in_the_middle() -> None:
    typed = Typed()
    assert typed.feed("\x1b[200~one\x1b") == "\x1b[200~one"
    assert (typed.rest(), typed.feed("[201~")) == ("", "\x1b[201~")


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
