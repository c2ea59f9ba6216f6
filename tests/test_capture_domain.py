"""What is completed while an idea is typed, and whom an `@` names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.capture import QuickAdd, complete, name_person, parse_quick_add

REPOS = ("billing", "board-deck", "Intake Form")
PEOPLE = ("Ana Sousa", "Ann Lee", "Ann Moss", "Yuki")
THEMES = ("pricing", "self-serve")


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("Caps @bi", "Caps @billing"),
        ("Caps @BO", "Caps @BOard-deck"),
        ("@bi", "@billing"),
        ("Caps @an", "Caps @ana.Sousa"),
        ("Caps @int", "Caps @intake.Form"),
        ("Caps 45m #p", "Caps 45m #pricing"),
        ("Caps @", None),
        ("Caps @billing", None),
        ("Caps @zzz", None),
        ("Caps bil", None),
        ("Caps @bi more", None),
        ("", None),
    ],
)
def test_the_last_word_is_completed(typed: str, completed: str | None) -> None:
    assert complete(typed, REPOS, PEOPLE, THEMES) == completed


@pytest.mark.parametrize(
    ("line", "repo", "person"),
    [
        ("Caps @billing", "billing", ""),
        ("Caps @ana.sousa", "", "Ana Sousa"),
        ("Caps @ANA", "", "Ana Sousa"),
        ("Caps @ann", "ann", ""),
        ("Caps @ann-moss", "", "Ann Moss"),
        ("Caps @nobody", "nobody", ""),
        ("Caps", "", ""),
    ],
)
def test_an_at_names_a_person_where_no_repository_and_only_one_person_is_called_so(
    line: str, repo: str, person: str
) -> None:
    found = name_person(parse_quick_add(line), REPOS, PEOPLE)
    assert (found.get("repo", ""), found.get("person", "")) == (repo, person)
    assert found["title"] == "Caps"


def test_a_repository_called_like_a_person_is_the_repository() -> None:
    fields: QuickAdd = {"title": "Caps", "repo": "yuki"}
    assert name_person(fields, ("Yuki",), PEOPLE) == fields


@given(st.text(), st.lists(st.text(), max_size=3))
def test_whatever_is_typed_stays_and_only_grows(typed: str, names: list[str]) -> None:
    completed = complete(typed, names, names, names)
    assert completed is None or completed.startswith(typed)
