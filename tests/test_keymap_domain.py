"""The person's own keys: read, checked against what there is, and said where they are wrong. Keys as they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import Keys, _character_to_key

from tui.domain.key_lines import KeyLine, join_keys, lines_of
from tui.domain.keymap import KeyAction, Keymap, KeyPlace, clashes, display_key, key_problem, read_keymap

EDITOR = KeyAction("repos.editor", ("e",), "Editor", "Editor in here")
AGENT = KeyAction("repos.agent", ("a",), "Agent", "AI agent in here")
REFRESH = KeyAction("repos.refresh", ("r",), "Refresh", "Read this one again")
REFRESH_ALL = KeyAction("app.refresh", ("r",), "Refresh", "Read again: this, all")
FITS = KeyAction("app.fits", ("f",), "Fits", "What fits the time left")
QUIT = KeyAction("", ("ctrl+q",), "Quit", "Leave makerhour")
DOWN = KeyAction("list.down", ("j", "down"), "down", "A row down, up")
REPOSITORIES = KeyPlace("Repositories", ((QUIT,), (DOWN,), (EDITOR, AGENT, REFRESH), (REFRESH_ALL, FITS)))
TODAY = KeyPlace("Today", ((QUIT,), (DOWN,), (REFRESH_ALL, FITS)))


def test_keys_that_are_keys_are_taken_and_the_others_said_with_the_nearest() -> None:
    found = read_keymap((("repos.editor", "E"), ("repos.editr", "x"), ("zzz", "x"), ("app.fits", "ctrl+entr"),
                         ("app.zoom", "f5, ctrl+z"), ("app.new", ","), ("app.undo", "")))  # fmt: skip
    assert found.keys == (("repos.editor", "E"), ("app.zoom", "f5,ctrl+z"), ("app.new", "comma"))
    assert found.problems == (
        "unknown action `keys.repos.editr`; did you mean `repos.editor`?",
        "unknown action `keys.zzz`; `makerhour keys --ids` names them all",
        "`keys.app.fits`: `ctrl+entr` is no key; did you mean `enter`?; its own key stays",
        "`keys.app.undo`: a key is missing; name one, such as `E` or `ctrl+e`; its own key stays",
    )
    assert read_keymap(()) == Keymap(())


@pytest.mark.parametrize("key", ["e", "E", "!", "question_mark", "f12", "ctrl+e", "shift+tab", "ctrl+shift+left", "+",
                                 "ctrl++", "é", "left_square_bracket", "exclamation_mark", "minus", "full_stop", "-",
                                 "alt+x", "comma", "1"])  # fmt: skip
def test_these_are_keys(key: str) -> None:
    assert key_problem(key) == ""


@pytest.mark.parametrize(
    ("key", "said"),
    [("Enter", "`enter`"), ("crtl+e", "`ctrl`"), ("ctrl+", "is no key"), ("e e", "is no key"), ("shift+e", "write `E`"),
     ("ctrl+E", "write `ctrl+e`"), ("f99", "`f9`"), ("question mark", "is no key"), ("", "missing"),
     ("\x1b", "is no key")],
)  # fmt: skip
def test_these_are_not_and_the_remedy_is_said(key: str, said: str) -> None:
    assert said in key_problem(key)


def test_every_key_textual_knows_by_name_is_a_key() -> None:
    names = {str(key.value) for key in Keys if key.value[0] != "<"} - {"ctrl-at", "return"}
    assert [name for name in sorted(names) if key_problem(name)] == []


@given(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]))
def test_a_character_and_its_name_are_the_same_key(character: str) -> None:
    name = _character_to_key(character)
    assert display_key(name) in (character, name)
    place = KeyPlace("Here", ((KeyAction("a", (name,), "", ""), KeyAction("b", ("f1",), "", "")),))
    assert len(clashes((place,), {"b": character})) == 1 or not character.isascii()


@given(st.text(max_size=12))
def test_no_text_breaks_the_check(text: str) -> None:
    assert isinstance(key_problem(text), str)
    assert len(read_keymap((("app.fits", text),)).keys) <= 1


@pytest.mark.parametrize(
    ("key", "shown"),
    [("question_mark", "?"), ("ctrl+f", "^f"), ("escape", "esc"), ("down", "↓"), ("minus", "-"), ("slash", "/"),
     ("plus", "+"), ("full_stop", "."), ("shift+tab", "shift+tab"), ("tab", "tab"), ("space", "space"), ("G", "G"),
     ("exclamation_mark", "!"), ("+", "+"), ("enter", "enter"), ("comma", ","), ("at", "@"), ("f1", "f1"),
     ("ctrl+shift+left", "^←")],
)  # fmt: skip
def test_keys_are_shown_as_they_stand_on_the_keyboard(key: str, shown: str) -> None:
    assert display_key(key).replace("shift+^", "^") == shown


def test_two_actions_on_one_key_of_a_place_are_said_once_with_who_has_it() -> None:
    places = (REPOSITORIES, TODAY)
    assert clashes(places, {}) == ()
    assert clashes(places, {"repos.editor": "E"}) == ()
    (said,) = clashes(places, {"repos.editor": "a"})
    assert said.startswith("the key `a` is `keys.repos.editor` and `keys.repos.agent` in Repositories; only")
    assert said.endswith("only `keys.repos.editor` has it there: give one another key")
    assert clashes(places, {"repos.editor": "a", "repos.agent": "e"}) == ()
    (said,) = clashes(places, {"app.fits": "j"})
    assert "`keys.list.down` and `keys.app.fits` in Repositories, Today; only `keys.list.down`" in said
    (said,) = clashes(places, {"app.fits": "e"})
    assert "in Repositories; only `keys.repos.editor`" in said
    (said,) = clashes(places, {"app.fits": "ctrl+q"})
    assert "“Leave makerhour”, which keeps it," in said
    assert len(clashes(places, {"app.fits": "f5", "repos.editor": "f5"})) == 1
    assert clashes(places, {"repos.refresh": "f5", "app.refresh": "f5"}) == ()


def test_lines_join_what_is_told_in_the_same_words_as_far_as_there_is_room() -> None:
    assert join_keys(("down", "j", "up", "k"), 9) == "j k down"
    assert join_keys(("down", "j", "up", "k"), 3) == "j k"
    assert list(lines_of((REPOSITORIES, TODAY), {"repos.editor": "ctrl+e"}, 9)) == [
        KeyLine("^q", "Leave makerhour", "Everywhere"),
        KeyLine("r", "Read again: this, all", "Everywhere"),
        KeyLine("f", "What fits the time left", "Everywhere"),
        KeyLine("j ↓", "A row down, up", "In every list"),
        KeyLine("^e", "Editor in here", "Repositories"),
        KeyLine("a", "AI agent in here", "Repositories"),
        KeyLine("r", "Read this one again", "Repositories"),
    ]
