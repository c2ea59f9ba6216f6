"""TOML as people write it: text to a table, what is wrong with it as a sentence with its place; and plain lines fast.

Nothing here knows what the keys mean.
"""

import re
import tomllib
from datetime import date, datetime

MAX_KEY_PARTS = 200
"""Parts of a dotted key; tomllib takes seconds for tens of thousands."""

_KEY_PART = re.compile(r"""\s*(?:[\w-]+|"[^"]*"|'[^']*')\s*""")
_TEXT_VALUE = re.compile(r"""\s*[\w"'-]+\s*=\s*["']""")
_LONG_LINE = 2000
_CONFLICT_MARKER = re.compile(r"^<{7} ", re.MULTILINE)
_LONG_NUMBER = re.compile(r"[0-9_]{4300}")
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_PLAIN_LINE = re.compile(
    r'^([A-Za-z0-9_-]+) = (?:"([^"\\\x00-\x1f\x7f]*)"|(0|[1-9][0-9]{0,14})|(true|false)|'
    rf"({_DAY})|({_DAY} {_CLOCK}:[0-5][0-9][+-]{_CLOCK}))$",
    re.MULTILINE,
)


class TomlError(Exception):
    """The text is no TOML; the message says what and where, to go after the file's name."""


def decode_toml(raw: bytes) -> str:
    """`raw` as text: UTF-8, a byte order mark allowed, lines ending as TOML has them. Raises TomlError."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise TomlError(f"is not UTF-8 (line {line}, byte {column}); save it as UTF-8 in an editor") from error
    return text.replace("\r\n", "\n")


def parse_toml(text: str) -> dict[str, object]:
    """The table `text` says. Raises TomlError."""
    if number := _line_of_long_key(text):
        raise TomlError(f"has a key of more than {MAX_KEY_PARTS} parts (line {number}); shorten it")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if marker := _CONFLICT_MARKER.search(text):
            line = text.count("\n", 0, marker.start()) + 1
            raise TomlError(f"holds git's conflict markers (line {line}); settle them in an editor") from error
        last = text.count("\n") + (not text.endswith("\n"))
        what = _lowered(str(error)).replace("at end of document", f"at the end of line {last}, the last")
        raise TomlError(f"is not valid TOML: {what}; mend it in an editor") from error
    except RecursionError as error:
        raise TomlError("is nested too deep to be read; take the deepest brackets out in an editor") from error
    except ValueError as error:  # int() refuses numbers of more than 4,300 digits
        found = _LONG_NUMBER.search(text)
        where = f" (line {text.count(chr(10), 0, found.start()) + 1})" if found else ""
        raise TomlError(f"holds a number too long to be read{where}; shorten it in an editor") from error


def parse_plain(text: str) -> dict[str, object] | None:
    """What `parse_toml` says of `text`, several times as fast; None where it is more than lines of plain values."""
    found = _PLAIN_LINE.findall(text)
    if not found or len(found) != text.count("\n") + (not text.endswith("\n")):
        return None
    table: dict[str, object] = {}
    try:
        for key, words, number, truth, day, moment in found:
            if number:
                table[key] = int(number)
            elif moment:
                table[key] = datetime.fromisoformat(moment)
            elif day:
                table[key] = date.fromisoformat(day)
            else:
                table[key] = truth == "true" if truth else words
    except ValueError:
        return None
    return table if len(table) == len(found) else None


def _line_of_long_key(text: str) -> int:
    """The number of the first line with a key of too many parts; 0 where there is none."""
    if len(text) <= _LONG_LINE:
        return 0
    for number, row in enumerate(text.split("\n"), 1):
        if len(row) > _LONG_LINE and not _TEXT_VALUE.match(row) and _key_parts(row) > MAX_KEY_PARTS:
            return number
    return 0


def _key_parts(line: str) -> int:
    """The longest run of what could be parts of one dotted key."""
    longest = run = 0
    for part in line.split("."):
        run = run + 1 if _KEY_PART.fullmatch(part) else 0
        longest = max(longest, run)
    return longest


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
