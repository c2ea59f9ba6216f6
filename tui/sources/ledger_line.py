"""One entry of the ledger as a line of its file: an object in JSON, ASCII; no file here.

A line of a newer version, and one that is no entry at all, are told apart: both are left as they are.
"""

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from tui.domain.sessions import KINDS, NOTE_KINDS, OUTCOMES, Entry, Kind
from tui.sources.backlog_entry import clean

SCHEMA = 1
LARGEST_LINE = 64 * 1024
"""Bytes; a note is a thousand characters, an entry a thousand bytes."""
_YEARS = range(1970, 9000)
"""Times outside cannot be turned into every zone, and no clock shows them."""


class LineError(Exception):
    """A line that is no entry, or an entry that no line can hold; the message says why, without the place."""


def parse_line(line: bytes) -> Entry | Literal["newer"]:
    """The entry that `line` (without its line break) is; "newer" where a later version wrote it.

    Values that a key cannot have stay, with unknown keys, in the entry's `extra`. Raises LineError.
    """
    if len(line) > LARGEST_LINE:
        raise LineError(f"longer than {LARGEST_LINE} bytes")
    try:
        table = json.loads(line)
    except (ValueError, RecursionError) as error:  # of a number too long too, which is no JSON error
        raise LineError("not JSON") from error
    if not isinstance(table, dict):
        raise LineError("not an object")
    kind = _kind(table.pop("schema", SCHEMA), table.pop("kind", None))
    if kind is None:
        return "newer"
    at, session = _moment(table.pop("at", None)), table.pop("session", None)
    if at is None or not isinstance(session, str) or not session:
        raise LineError("without `at`, a time with its offset" if at is None else "without `session`")
    values: dict[str, object] = {}
    extra: list[tuple[str, object]] = []
    for key, value in table.items():
        read = _READ[key](value) if key in _READ else None
        if read is None:
            extra.append((key, value))
        else:
            values[key] = read
    if kind == "noted" and "note" not in values:
        return "newer"  # a kind of note
    return Entry(kind, str(clean(session)), at, **values, extra=tuple(extra))  # type: ignore[arg-type]  # as _READ gives them


def _kind(schema: object, kind: object) -> Kind | None:
    """The kind of an entry of this version; None of a later one. Raises LineError."""
    if type(schema) is not int or schema < SCHEMA:
        raise LineError("of no version: `schema` is not a number that was ever used")
    if not isinstance(kind, str) or not kind:
        raise LineError("without `kind`")
    return next((known for known in KINDS if known == kind and schema == SCHEMA), None)


def format_line(entry: Entry) -> bytes:
    """The line that says `entry`, with its line break; text without NUL and lone surrogates. Raises LineError."""
    try:
        line = json.dumps(_table(entry), separators=(",", ":")).encode("ascii") + b"\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise LineError("of values that JSON cannot hold") from error
    parsed = parse_line(line[:-1])
    if parsed == "newer":
        raise LineError(f"of a kind `{entry.note or entry.kind}` that this version does not know")
    return line


def _table(entry: Entry) -> dict[str, object]:
    table: dict[str, object] = {"schema": SCHEMA}
    for name in Entry.__struct_fields__:
        value = getattr(entry, name)
        match value:
            case Path():
                if _path(str(value)) is None:
                    raise LineError("of a path that can be none")
                table[name] = str(value)  # bytes that are no UTF-8 stay as the lone surrogates Python has for them
            case datetime():
                table[name] = _whole_offset(value).isoformat()
            case str() if value:
                table[name] = clean(value)
    return table | {str(clean(key)): clean(value) for key, value in entry.extra if key not in table}


def _whole_offset(moment: datetime) -> datetime:
    offset = moment.utcoffset()
    return moment.astimezone(UTC) if offset is not None and offset.seconds % 60 else moment


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo and moment.year in _YEARS else None


def _text(value: object) -> str | None:
    return str(clean(value)) if isinstance(value, str) else None


def _path(value: object) -> Path | None:
    if not isinstance(value, str) or not value or "\0" in value:
        return None
    try:
        os.fsencode(value)
    except UnicodeEncodeError:
        return None
    return Path(value)


def _one_of(words: tuple[str, ...]) -> Callable[[object], object]:
    return lambda value: value if value in words else None


_READ: Mapping[str, Callable[[object], object]] = {
    "since": _moment,
    "repository": _path,
    "note": _one_of(NOTE_KINDS),
    "outcome": _one_of(OUTCOMES),
    **dict.fromkeys(("id", "item", "title", "branch", "head", "text"), _text),
}
