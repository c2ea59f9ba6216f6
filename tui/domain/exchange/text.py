"""What the formats share: their names, bytes as text, JSON with the place of its mistakes, words that steer nothing."""

import json
import re
from datetime import date, datetime, tzinfo
from typing import Literal, get_args

from tui.domain.exchange.losses import ExchangeError
from tui.domain.text import safe_text

Format = Literal["json", "todo.txt", "markdown", "taskwarrior"]
FORMATS: tuple[Format, ...] = get_args(Format)
MAX_BYTES = 64 * 1024 * 1024
"""The most that is read at once."""

BYTE_ORDER_MARK = "\ufeff"

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LONG_NUMBER = re.compile(r"[0-9]{4300}")


def parse_text(raw: bytes) -> str:
    """`raw` as text: UTF-8, a byte order mark allowed, ends of lines as they are. Raises ExchangeError."""
    if len(raw) > MAX_BYTES:
        raise ExchangeError(f"has more than {MAX_BYTES} bytes, the most that is read; split it")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise ExchangeError(f"is not UTF-8 (line {line}, byte {column}); convert it to UTF-8 first") from None


def parse_documents(text: str) -> tuple[object, ...]:
    """The JSON in `text`: one document, or one a line (a comma behind it allowed). Raises ExchangeError."""
    try:
        return (_loads(text),)
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise ExchangeError(_mistake(error, error.lineno)) from None
    documents = []
    for number, line in enumerate(text.split("\n"), 1):
        content = line.rstrip().removesuffix(",")
        if content.strip():
            try:
                documents.append(_loads(content, number))
            except json.JSONDecodeError as error:
                raise ExchangeError(_mistake(error, number)) from None
    return tuple(documents)


def lines_of(text: str) -> list[str]:
    """The lines of `text`; only a line feed ends one, with a carriage return before it or not."""
    return [line.removesuffix("\r") for line in text.split("\n")]


def tame(text: str) -> str:
    """`text` with all that could steer a terminal or break a line made visible, and nothing else changed."""
    return _STEERING.sub(lambda found: safe_text(found[0]), text)


def one_line(text: str) -> str:
    """`text` as the words of one line, tame."""
    return " ".join(tame(" ".join(text.split())).split())


def parse_day(text: str) -> date | None:
    """A day written `2026-03-31`; None where it is none."""
    if len(text) != 10 or not text.isascii() or text[4] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_time(text: str, zone: tzinfo) -> datetime | None:
    """A moment in ISO 8601, extended or basic; in `zone` where it names none. None where it is none."""
    if not text.isascii() or len(text) < 8:
        return None
    try:
        when = datetime.fromisoformat(text)
        return when if when.tzinfo else when.replace(tzinfo=zone)
    except ValueError:
        return None


def _loads(text: str, line: int = 0) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise ExchangeError(f"is nested too deep to be read{_at(line)}; take the deepest brackets out") from None
    except ValueError:  # Python refuses to read numbers of more than 4,300 digits
        found = _LONG_NUMBER.search(text)
        place = line or (text.count("\n", 0, found.start()) + 1 if found else 0)
        raise ExchangeError(f"holds a number too long to be read{_at(place)}; shorten it") from None


def _mistake(error: json.JSONDecodeError, line: int) -> str:
    what = f"{error.msg[:1].lower()}{error.msg[1:]}"
    return f"is not valid JSON: {what} (line {line}, column {error.colno}); mend it and import again"


def _at(line: int) -> str:
    return f" (line {line})" if line else ""
