"""What a person types, as fields of an item: the one-line shorthand and the form. Rules only; no screen, no file."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import TypedDict

from tui.domain.backlog import ESTIMATES, LONGEST_ESTIMATE, Fields, ItemError

_MINUTES = re.compile(r"([0-9]{1,6})(?:m|min)?")
_HOURS = re.compile(r"([0-9]{1,4})(?:h|hr|hrs)(?:([0-9]{1,2})(?:m|min)?)?")
_HALF_HOURS = re.compile(r"([0-9]{1,4})[.,]([0-9])h")
_RATINGS = re.compile(r"!([1-5])(?:/([1-5]))?")
_THEME = re.compile(r"#(?!\d+$)(\w\S*)")  # `#12` is an issue's number and stays in the title
_REPO = re.compile(r"@([\w.~/]\S*)")


class QuickAdd(TypedDict, total=False):
    """What one line of shorthand says."""

    title: str
    estimate: int
    impact: int
    edge: int
    repo: str
    theme: str
    person: str


def parse_minutes(text: str) -> int:
    """Minutes from `45m`, `2h`, `1h30`, `1.5h` or `90`. Raises ItemError."""
    word = text.strip().casefold().replace(" ", "")
    minutes = 0
    if found := _MINUTES.fullmatch(word):
        minutes = int(found[1])
    elif found := _HOURS.fullmatch(word):
        minutes = int(found[1]) * 60 + int(found[2] or 0)
    elif found := _HALF_HOURS.fullmatch(word):
        minutes = int(found[1]) * 60 + int(found[2]) * 6
    else:
        raise ItemError(f"`{text}` is no length of time; write 45m, 2h, 1h30 or 90")
    if not 1 <= minutes <= LONGEST_ESTIMATE:
        raise ItemError(f"`{text}` is out of reach for one item; write one minute to {LONGEST_ESTIMATE // 60}h")
    return minutes


def parse_quick_add(text: str, leave: Collection[str] = ()) -> QuickAdd:
    """One line such as `Usage caps limiter 45m !4/5 @billing #pricing` as fields.

    `45m`, `2h`, `1h30` is the estimate, also a bare `90` where it ends the title and is one of ESTIMATES; `!4`
    impact, `!4/5` impact and edge; `@` repository; `#` theme. Said twice, the last counts and the first stays
    in the title with every other word. The title may come out empty. What says one of the fields in `leave` is a
    word like any other.
    """
    fields: QuickAdd = {}
    title: list[str] = []
    seen: set[str] = set(leave)
    for word in reversed(text.split()):
        read = _parse_word(word, last=not title)
        if not read or seen.intersection(read):
            title.append(word)
        else:
            seen.update(read)
            fields.update(read)
    fields["title"] = " ".join(reversed(title))
    return fields


def name_person(fields: QuickAdd, repos: Iterable[str], people: Iterable[str]) -> QuickAdd:
    """`fields` with the person that its `@` names, where that is no repository but one known person: `@ana` or
    `@ana.sousa` is Ana Sousa."""
    named = _plain(fields.get("repo", ""))
    if not named or named in map(_plain, repos):
        return fields
    known = tuple(people)
    found = [person for person in known if _plain(person) == named]
    found = found or [person for person in known if _plain(person.partition(" ")[0]) == named]
    if len(found) != 1:
        return fields
    rest: QuickAdd = {**fields, "person": found[0]}
    del rest["repo"]
    return rest


def complete(text: str, repos: Iterable[str], people: Iterable[str], themes: Iterable[str]) -> str | None:
    """`text` with its last word completed: `@` a repository, else a person; `#` a theme. None where nothing begins so.

    Names of several words come as one, `@ana.sousa`.
    """
    before, _, word = text.rpartition(" ")
    names = {"@": (*repos, *people), "#": tuple(themes)}.get(word[:1], ())
    begun = word[1:].casefold()
    for name in names:
        one_word = ".".join(name.split())
        if begun and one_word.casefold().startswith(begun) and len(one_word) > len(begun):
            return f"{before} {word}{one_word[len(begun) :]}" if before else f"{word}{one_word[len(begun) :]}"
    return None


def parse_fields(texts: Mapping[str, str]) -> Fields:
    """The fields of a form as values for `edit` or `new_item`; an empty number is unset. Raises ItemError."""
    fields: Fields = {}
    for name, text in texts.items():
        match name:
            case "estimate":
                fields["estimate"] = parse_minutes(text) if text.strip() else None
            case "impact":
                fields["impact"] = _parse_rating(name, text)
            case "edge":
                fields["edge"] = _parse_rating(name, text)
            case "title" | "why" | "theme" | "repo" | "person" | "reason":
                fields[name] = text
            case _:
                raise ItemError(f"an item has no `{name}` to fill in")
    return fields


def _plain(name: str) -> str:
    """A name as it is compared: in one word, whatever its case."""
    return re.sub(r"[\s._-]+", ".", name.strip()).casefold()


def _parse_word(word: str, *, last: bool) -> QuickAdd:
    """What one word says; nothing where it is a word of the title. `last`: no word of the title comes after it."""
    if found := _RATINGS.fullmatch(word):
        impact = int(found[1])
        return {"impact": impact, "edge": int(found[2])} if found[2] else {"impact": impact}
    if found := _THEME.fullmatch(word):
        return {"theme": found[1]}
    if found := _REPO.fullmatch(word):
        return {"repo": found[1]}
    if not word[0].isdigit() or (word.isdigit() and not last):
        return {}
    try:
        minutes = parse_minutes(word)
    except ItemError:
        return {}
    return {} if word.isdigit() and minutes not in ESTIMATES else {"estimate": minutes}


def _parse_rating(name: str, text: str) -> int | None:
    word = text.strip()
    if not word:
        return None
    if word in ("1", "2", "3", "4", "5"):
        return int(word)
    raise ItemError(f"`{name}` is `{word}`; it is a whole number from 1 to 5")
