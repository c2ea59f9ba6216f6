"""Where settings stand in a TOML text: for messages and the editor."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.toml_places import line_named, lines_of, nearest_line

EXAMPLE = Path(__file__).resolve().parent.parent / "config.example.toml"
ODD = '''a.b = """
[no]
x = 1
"""
[[calendars]]
path = "x"
me = [
  "a", # ]
]
[[calendars]]

"na-me" = 1
[planning.working_hours]
mon=""
  [[ calendars ]]
= 3
???
late = { a = "]", b = [1, 2] } # [not]
last = 'x'
'''


def test_every_setting_of_the_example_is_on_its_line() -> None:
    text = EXAMPLE.read_text()
    lines = text.splitlines()
    places = lines_of(text)
    for place, line in places.items():
        assert place[-1] in lines[line - 1], place
    for section, table in tomllib.loads(text).items():
        for name in table:
            assert (section, name) in places


def test_strings_lists_and_tables_over_several_lines_are_passed_over() -> None:
    places = lines_of(ODD)
    assert {place: places[place] for place in places if place[0] != "a"} == {
        ("calendars",): 5,
        ("calendars", "1"): 5,
        ("calendars", "1", "path"): 6,
        ("calendars", "1", "me"): 7,
        ("calendars", "2"): 10,
        ("calendars", "2", "na-me"): 12,
        ("planning",): 13,
        ("planning", "working_hours"): 13,
        ("planning", "working_hours", "mon"): 14,
        ("calendars", "3"): 15,
        ("calendars", "3", "late"): 18,
        ("calendars", "3", "last"): 19,
    }
    assert places["a", "b"] == 1


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("`planning.working_hours.mon` is `9 to 5`; write it like `09:00-17:30`", 14),
        ("`planning.buffer_minutes` is 999; it can be 0 to 240", 13),
        ("unknown setting `calendars (entry 2).nam`; did you mean `name`?", 10),
        ("`me` of calendar 1 is odd", 7),
        ("calendar 2 has no `path`; give the .ics file", 10),
        ("`~nosuchuser/x` begins with a home folder that is not known here", None),
        ("something is wrong", None),
    ],
)
def test_a_sentence_leads_to_the_line_of_the_setting_it_names(sentence: str, line: int | None) -> None:
    assert line_named(sentence, lines_of(ODD)) == line


def test_what_does_not_stand_there_is_looked_for_in_its_table() -> None:
    places = lines_of("[look]\ntheme = 'x'\n")
    assert nearest_line(("look", "ascii"), places) == 1
    assert nearest_line(("keys", "app.quit"), places) is None


@given(st.text(alphabet="a.=[]{}\"'#\n \\1,\r", max_size=60))
def test_any_text_is_gone_through_to_its_end(text: str) -> None:
    assert all(1 <= line <= text.count("\n") + 1 for line in lines_of(text).values())
