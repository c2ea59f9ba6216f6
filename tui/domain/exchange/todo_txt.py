"""todo.txt, both ways: https://github.com/todotxt/todo.txt, one idea a line.

    (B) 2026-03-04 Usage caps limiter +pricing @billing est:45m due:2026-03-31 mh_id:k3j5x7aq

`(A)` to `(E)` is an impact of 5 to 1, `+` the theme and `@` the repository (the last of each; the others stay in the
title), `est:` the estimate, `t:` the day an item of `later` returns, `x` done or dropped; `due:` is kept as a key. What
is unknown stays in the title. What todo.txt has no word for stands in `mh_…:`, with `%XX` for what may not stand there
(a `%` alone: nothing), so that our own lines lose nothing. Where a line was edited elsewhere, what can be read on it
wins over our `mh_…:`.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta, timezone, tzinfo
from string import ascii_uppercase

from msgspec import Struct, field

from tui.domain.backlog import LONGEST_TITLE, QUESTIONS, Item, ItemError, State
from tui.domain.capture import parse_minutes
from tui.domain.changes import FIELDS, same
from tui.domain.exchange.losses import BLANKS, Losses, Reading, differing
from tui.domain.exchange.own_json import decoded_field, decoded_table, encoded
from tui.domain.exchange.text import lines_of, one_line, parse_day

PRIORITIES = {"A": 5, "B": 4, "C": 3, "D": 2, "E": 1}
"""Priority → impact. Later letters are kept as the key `pri`."""
CLOSED: tuple[State, ...] = ("done", "dropped")
OURS = "mh_"
"""Begins the keys that are makerhour's own."""
NOTHING = "%"
BESIDE = "- "
"""Before a title that would be read as something else at the beginning of a line."""

_PRIORITY = re.compile(r"\(([A-Z])\)")
_ESCAPED = re.compile(rb"%([0-9A-F]{2})")


class _Line(Struct):
    """What one line says, while it is read."""

    closed: bool = False
    days: tuple[date, ...] = ()
    words: list[str] = field(default_factory=list)
    """Of the title."""
    marks: dict[str, object] = field(default_factory=dict)
    """Priority, theme, repository, estimate, days: what is said beside the title."""
    ours: dict[str, object] = field(default_factory=dict)
    """What is said in `mh_…:`, None where that is nothing."""


def format_todo_txt(items: Iterable[Item]) -> str:
    """One line an item."""
    return "".join(f"{_formatted(item)}\n" for item in items)


def parse_todo_txt(text: str, zone: tzinfo) -> Reading:
    """An item a line that is not blank; days are midnight in `zone`."""
    losses = Losses()
    return Reading(tuple(_item(line, zone, losses) for line in lines_of(text) if line.strip()), losses.all())


def _formatted(item: Item) -> str:
    """The line that is `item` when it is read again, with as few `mh_…:` as that takes."""
    line = ""
    for beside in ("", BESIDE):
        ours = {"id"} if item.id else set()
        for _ in range(_ROUNDS):
            line = _written(item, beside, ours)
            missing = _missing(_item(line, _NOWHERE, Losses()), item)
            new = missing - ours
            if not new:
                break
            ours |= new - {"title"} or new  # a word taken for a mark comes back to the title once the mark is said
        if not missing:
            break
    return line


def _missing(read: Item, item: Item) -> set[str]:
    """What would have to be said in `mh_…:` for `read` to be `item`."""
    names = set(differing(read, item))
    if "extra" in names:
        got, wanted = dict(read.extra), dict(item.extra)
        names |= {name for name in _BESIDES if name in got and name not in wanted}
        if all(key in got and same(got[key], value) for key, value in wanted.items()):
            names.remove("extra")
    return names


def _written(item: Item, beside: str, ours: set[str]) -> str:
    closed = item.state in CLOSED
    extra = dict(item.extra)
    priority = next((letter for letter, impact in PRIORITIES.items() if impact == item.impact), "")
    if not priority and (letter := extra.get("pri")) in _LATER_PRIORITIES:
        priority = str(letter)
        del extra["pri"]
    words = ["x"] if closed else []
    if closed and item.done:
        words.append(item.done.date().isoformat())
    if priority and not closed:
        words.append(f"({priority})")
    if item.created and (item.done or not closed):
        words.append(item.created.date().isoformat())
    words.append(f"{beside}{_shown(item.title)}")
    words += [f"{mark}{word}" for mark, word in (("+", item.theme), ("@", item.repo)) if _is_word(word)]
    if item.estimate:
        words.append(f"est:{item.estimate}m")
    if item.until and item.state == "later":
        words.append(f"t:{item.until.isoformat()}")
    if type(due := extra.get("due")) is date:
        words.append(f"due:{due.isoformat()}")
        del extra["due"]
    if priority and closed:
        words.append(f"pri:{priority}")
    for name in ("id", *FIELDS):
        if name in ours:
            words.append(f"{OURS}{name}:{_encoded(getattr(item, name))}")
    words += [f"{OURS}{name}:{NOTHING}" for name in _BESIDES if name in ours]
    if "extra" in ours:
        words.append(f"{OURS}extra:{_encoded(extra)}")
    return " ".join(word for word in words if word)


def _item(line: str, zone: tzinfo, losses: Losses) -> Item:
    read = _read(line, zone)
    values, extra = dict(read.marks), dict[str, object]()
    if "due" in values:
        extra["due"] = values.pop("due")
    letter = values.pop("pri", "")
    if letter in PRIORITIES:
        values["impact"] = PRIORITIES[str(letter)]
    elif letter:
        extra["pri"] = letter
    values["state"] = "done" if read.closed else "later" if "until" in values else "inbox"
    names = ("done", "created") if read.closed else ("created",)
    for name, day in zip(names, read.days, strict=False):
        values[name] = datetime(day.year, day.month, day.day, tzinfo=zone)
    title = " ".join(read.words)
    ours = {name: value for name, value in read.ours.items() if _stands(name, value, values, title)}
    if "title" not in ours:
        _take_title(title or " ".join(line.split()), values, losses)
    told = ours.pop("extra", None)
    extra.update(told if isinstance(told, dict) else {})
    values.update((name, BLANKS[name][0] if value is None else value) for name, value in ours.items() if name in BLANKS)
    return Item(**{"id": "", "title": "", **values}, extra=tuple(extra.items()))  # type: ignore[arg-type]


def _stands(name: str, value: object, values: Mapping[str, object], title: str) -> bool:
    """False where what can be read on the line was changed after we wrote `mh_<name>:` on it."""
    seen = values.get(name)
    match name:
        case "title":
            shown = _shown(str(value or ""))
            return title in (shown, f"{BESIDE}{shown}".rstrip())
        case "state":
            return (value in CLOSED) == (seen in CLOSED)
        case "created" | "done" if isinstance(value, datetime) and isinstance(seen, datetime):
            return value.date() == seen.date()
        case _:
            return True


def _take_title(title: str, values: dict[str, object], losses: Losses) -> None:
    """The title, or as much of it as one may have and all of it as the why."""
    if len(title) > LONGEST_TITLE:
        losses.note(f"a line is longer than the {LONGEST_TITLE} characters of a title; all of it is in `why`", title)
        values["why"] = title
        title = f"{title[: LONGEST_TITLE - 1].rstrip()}…"
    values["title"] = title


def _read(line: str, zone: tzinfo) -> _Line:
    read = _Line()
    words = [word for word in line.split() if not _ours(word, read, zone)]
    place = 0
    if words and words[0] == "x":
        read.closed = True
        place = 1
    days: list[date] = []
    for word in words[place:]:
        found = _PRIORITY.fullmatch(word)
        if found and "pri" not in read.marks and (read.closed or not days):
            read.marks["pri"] = found[1]
        elif len(days) < 1 + read.closed and (day := parse_day(word)):
            days.append(day)
        else:
            break
        place += 1
    read.days = tuple(days)
    read.words = [word for word in reversed(words[place:]) if not _mark(word, read)][::-1]
    return read


def _ours(word: str, read: _Line, zone: tzinfo) -> bool:
    """Take `word` where it is one of our own keys; the last of a key counts."""
    name, colon, text = word.removeprefix(OURS).partition(":")
    if not colon or not word.startswith(OURS) or name not in _OURS:
        return False
    try:
        read.ours[name] = None if text == NOTHING else _decoded(name, text, zone)
    except (ValueError, RecursionError):  # no value of ours: then it is a word like others
        return False
    return True


def _mark(word: str, read: _Line) -> bool:
    """Take `word` where it says something beside the title that nothing behind it has said."""
    said = read.ours.get("extra")
    key, _, text = word.partition(":")
    value: object
    if word[0] in _MARKS and len(word) > 1:
        name, value = _MARKS[word[0]], word[1:]
    elif key in _KEYS and text:
        name, value = _KEYS[key][0], _KEYS[key][1](text)
    else:
        return False
    meant = "impact" if name == "pri" and value in PRIORITIES else name
    if value is None or name in read.marks or meant in read.ours or (isinstance(said, dict) and meant in said):
        return False
    read.marks[name] = value
    return True


def _shown(title: str) -> str:
    """`title` as the words of a line, none of which looks like one of our keys."""
    words = one_line(title).split()
    return " ".join(f"mh-{word[len(OURS) :]}" if word.startswith(OURS) else word for word in words)


def _is_word(text: str) -> bool:
    return bool(text) and " " not in text and one_line(text) == text


def _encoded(value: object) -> str:
    match value:
        case None | "":
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat().replace(":", "")
        case date() | int():
            return str(value)
        case dict():
            value = json.dumps(encoded(value), ensure_ascii=False, separators=(",", ":"))
    return "".join(
        char
        if char.isprintable() and char not in " :%"
        else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))
        for char in str(value)
    )


def _decoded(name: str, text: str, zone: tzinfo) -> object:
    """What `_encoded` made `text` of. Raises ValueError or RecursionError where that is nothing."""
    raw = text.encode("utf-8", "surrogatepass")
    plain = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), raw).decode()
    if name == "extra":
        table = json.loads(plain)
        if not isinstance(table, dict):
            raise ValueError(name)
        return decoded_table(table, lambda: None)
    value: object = plain
    if name in ("estimate", "impact", "edge") and plain.isascii() and plain.isdigit() and len(plain) < 9:
        value = int(plain)
    elif name in QUESTIONS:
        value = {"yes": True, "no": False}.get(plain)
    read = decoded_field(name, value, zone)
    if read is None or name in _BESIDES:
        raise ValueError(name)
    return read


def _estimate(text: str) -> int | None:
    try:
        return parse_minutes(text)
    except ItemError:
        return None


def _letter(text: str) -> str | None:
    return text if len(text) == 1 and text in ascii_uppercase else None


_ROUNDS = 4
_NOWHERE = timezone(timedelta(seconds=1))
"""No item has a time in this zone: what was read as a day alone is never taken for the moment it was."""
_LATER_PRIORITIES = tuple(letter for letter in ascii_uppercase if letter not in PRIORITIES)
_BESIDES = ("due", "pri")
"""Keys of `extra` that todo.txt has words for."""
_OURS = (*BLANKS, "extra", *_BESIDES)
_MARKS = {"+": "theme", "@": "repo"}
_KEYS: dict[str, tuple[str, Callable[[str], object]]] = {
    "est": ("estimate", _estimate),
    "t": ("until", parse_day),
    "due": ("due", parse_day),
    "pri": ("pri", _letter),
}
