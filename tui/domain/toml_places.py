"""Where in a TOML text its settings stand, also in one whose values are wrong. What they mean is `tui.config`.

TOML's own reader says nothing of lines once a text can be read, so the keys are gone through once more here. Nothing
is checked: what cannot be understood is passed over.
"""

import re
from collections.abc import Mapping

Place = tuple[str, ...]
"""A setting by its names: `("repositories", "depth")`; the second calendar is `("calendars", "2")`."""

_KEY = re.compile(r"""[ \t]*([A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*""")
_SKIPPED = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_VALUE = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[{]|[\]}]|\n|[^"\'#\[\]{}\n]+|.',
    re.DOTALL,
)
_QUOTED_SETTING = re.compile(r"`([^`]+)`")
_ENTRY = re.compile(r"calendars \(entry (\d+)\)\.?|calendar (\d+)\b")


def lines_of(text: str) -> Mapping[Place, int]:
    """The line (from 1) each setting and table of `text` begins on, the first where it stands twice."""
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    at, line = 0, 1
    while at < len(text):
        skipped = _SKIPPED.match(text, at)
        after = skipped.end() if skipped else at
        line += text.count("\n", at, after)
        at = after
        if at >= len(text):
            break
        double = text.startswith("[[", at)
        if text[at] == "[":
            names, end = _dotted(text, at + (2 if double else 1))
            if double:
                counts[names] = counts.get(names, 0) + 1
                found.setdefault(names, line)
                names = (*names, str(counts[names]))
            table = names
        else:
            names, end = _dotted(text, at)
            names = (*table, *names)
        for depth in range(1, len(names) + 1):
            found.setdefault(names[:depth], line)
        after = _past_line(text, end)
        line += text.count("\n", at, after)
        at = after
    return found


def line_named(sentence: str, lines: Mapping[Place, int]) -> int | None:
    """The line of the setting a sentence about what is wrong names; None where it names none that stands anywhere."""
    places: list[Place] = []
    if entry := _ENTRY.search(sentence):
        number = entry[1] or entry[2]
        rest = re.match(r"([\w.-]+)`", sentence[entry.end() :])
        setting = rest or re.search(r"`(\w+)`", sentence)
        places.append(("calendars", number, *(setting[1].split(".") if setting else ())))
    places += [tuple(named[1].split(".")) for named in _QUOTED_SETTING.finditer(sentence)]
    known = [line for place in places if (line := nearest_line(place, lines)) is not None]
    return known[0] if known else None


def nearest_line(place: Place, lines: Mapping[Place, int]) -> int | None:
    """The line of `place`, or of the innermost table it belongs into; None where neither is in the text."""
    for depth in range(len(place), 0, -1):
        if place[:depth] in lines:
            return lines[place[:depth]]
    return None


def _dotted(text: str, at: int) -> tuple[Place, int]:
    """The names of a dotted key from `at` on, and where it ends."""
    names: list[str] = []
    while key := _KEY.match(text, at):
        name = key[1]
        names.append(name[1:-1] if name[0] in "\"'" else name)
        at = key.end()
        if not text.startswith(".", at):
            break
        at += 1
    return tuple(names), at


def _past_line(text: str, at: int) -> int:
    """The end of the line a key's value ends on: behind its strings and brackets, however many lines they take."""
    depth = 0
    closing = re.compile(r"\]\]?").match(text, at)  # of a table's heading
    if closing:
        at = closing.end()
    while at < len(text):
        part = _VALUE.match(text, at)
        if part is None:
            return len(text)
        at = part.end()
        match part[0]:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
            case "\n" if depth <= 0:
                return at
    return at
