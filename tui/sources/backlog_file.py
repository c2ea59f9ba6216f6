"""The backlog's file format: TOML, one `[[items]]` table an item. Text in, items out, and back; no I/O here.

Written by people too, so reading is lenient about single values: what cannot be the value of its key stays as
it was, in the item's `extra`, and a note says so. Only what is no TOML at all is refused.
"""

import re
import tomllib
from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, tzinfo
from hashlib import sha256

from tui.domain.backlog import LONGEST_ESTIMATE, QUESTIONS, STATES, Item, ItemError
from tui.domain.capture import parse_minutes
from tui.domain.changes import FIELDS, same

HEADER = "# makerhour rewrites this file: what you change or add here is kept, comments are not.\n"
MAX_KEY_PARTS = 200
"""Parts of a dotted key; tomllib takes seconds for tens of thousands."""
MAX_NOTES = 50

_KEY_PART = re.compile(r"""\s*(?:[\w-]+|"[^"]*"|'[^']*')\s*""")
_TEXT_VALUE = re.compile(r"""\s*[\w"'-]+\s*=\s*["']""")
_LONG_LINE = 2000
_CONFLICT_MARKER = re.compile(r"^<{7} ", re.MULTILINE)
_LONG_NUMBER = re.compile(r"[0-9_]{4300}")
_WIDE = {"title": "x" * 200}
"""tomli_w writes tables inline where all of them are short: one long one gives each a table of its own."""


class FormatError(Exception):
    """The text is no backlog; the message says what and where, to go after the file's name."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What the file says."""

    items: tuple[Item, ...] = ()
    notes: tuple[str, ...] = ()
    mended: bool = False
    """True where an item has an id the file does not give it."""
    table: Mapping[str, object] = field(default_factory=dict)
    """The file's top level but for the items, which leave None in their place."""
    newline: str = "\n"


def parse_contents(raw: bytes, zone: tzinfo) -> Contents:
    """The items in `raw` (UTF-8, a byte order mark and CRLF allowed); times without a zone are in `zone`.

    Raises FormatError.
    """
    text = _decoded(raw)
    table = _parse_table(text)
    entries = table.get("items", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise FormatError("has an `items` that is no list of tables; write each idea under a line `[[items]]`")
    reading = _Reading(zone, entries)
    items = tuple(reading.item(entry) for entry in entries)
    rest = {key: None if key == "items" else value for key, value in table.items()}
    newline = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    return Contents(items, reading.summary(), reading.mended, rest, newline)


def format_contents(contents: Contents, *, multiline: bool = False) -> bytes:
    """`contents` as the bytes of the file; reading them again gives the same. `multiline` writes texts of several lines
    as such, to be edited by hand.

    Raises FormatError where that is not so, for nothing that cannot be read back may ever be written.
    """
    import tomli_w

    tables = [_table(item) for item in contents.items]
    table = {**contents.table, "items": [_WIDE, *tables]}
    try:
        text, wide = tomli_w.dumps(table, multiline_strings=multiline), tomli_w.dumps({"items": [_WIDE]})
        text = text.replace(f"\n{wide}" if f"\n{wide}" in text else wide, "", 1).lstrip()
        raw = (f"{HEADER}\n{text}" if text else HEADER).replace("\n", contents.newline).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise FormatError(f"cannot be written: a value of an unknown key is too deep or too long ({error})") from error
    again = parse_contents(raw, UTC)
    if again.mended or not same(again.items, contents.items) or not same(_rest(again), _rest(contents)):
        raise FormatError("cannot be written: what was written would not read back the same")
    return raw


def line_of(id: str, raw: bytes) -> int:
    """The line (from 1) where the item with `id` says so; the first where it does not."""
    import tomli_w

    wanted = tomli_w.dumps({"id": id}).strip().encode()
    return next((number for number, line in enumerate(raw.splitlines(), 1) if line.strip() == wanted), 1)


def cleaned(item: Item) -> Item:
    """`item` as the file can hold it: no NUL, no lone surrogates, offsets of whole minutes, each key once."""
    values = {name: _clean(getattr(item, name)) for name in FIELDS}
    unset = {name for name in FIELDS if values[name] == _BLANK[name]}
    extra = tuple(
        (str(_clean(key)), _clean(value))
        for key, value in item.extra
        if key != "id" and (key not in _BLANK or key in unset)
    )
    if same(values, {name: getattr(item, name) for name in FIELDS}) and same(extra, item.extra):
        return item
    return replace(item, **values, extra=extra)  # type: ignore[arg-type]  # the same fields, cleaned


class _Reading:
    """One reading of a file's items: the ids taken so far, and what had to be mended."""

    def __init__(self, zone: tzinfo, entries: Iterable[Mapping[str, object]]) -> None:
        self.zone = zone
        self.mended = False
        self.notes: list[str] = []
        self.without_id = 0
        self._given = {_id(entry) for entry in entries}
        self._taken: set[str] = set()

    def item(self, entry: Mapping[str, object]) -> Item:
        title = entry.get("title", "")
        if isinstance(title, float | date | time) or _is_short_number(title):
            title = str(title)
        id = self._own_id(entry, title)
        values: dict[str, object] = {}
        extra: list[tuple[str, object]] = []
        for key, value in entry.items():
            if key == "id":
                continue
            if key not in _BLANK:
                extra.append((key, value))
                continue
            read = _value(key, title if key == "title" else value, self.zone)
            if read is None:
                extra.append((key, value))
                self.notes.append(f"`{key}` of {_named(title, id)} is `{_shown(value)}`, {_EXPECTED[key]}")
            else:
                values[key] = read
        return Item(**{"id": id, "title": "", **values}, extra=tuple(extra))  # type: ignore[arg-type]

    def summary(self) -> tuple[str, ...]:
        """The notes, few enough to be read."""
        notes = list(self.notes)
        if self.without_id:
            what = (
                "an item had no id and got one"
                if self.without_id == 1
                else f"{self.without_id} items had no id and got one"
            )
            notes.insert(0, what)
        more = len(notes) - MAX_NOTES
        return (*notes[:MAX_NOTES], *((f"and {more} more of the kind",) if more > 0 else ()))

    def _own_id(self, entry: Mapping[str, object], title: object) -> str:
        id = _id(entry)
        if not id or id in self._taken:
            self.mended = True
            if id:
                self.notes.append(f"the id `{_shown(id)}` stood on two items; {_named(title, id)} got a new one")
            else:
                self.without_id += 1
            id = self._new_id(f"{id}\0{title}\0{entry.get('why', '')}")
        self._taken.add(id)
        return id

    def _new_id(self, seed: str) -> str:
        """An id that follows from the item, so that every reading gives the same until it is written."""
        for number in range(len(self._given) + len(self._taken) + 1):
            digest = sha256(f"{seed}\0{number}".encode(errors="surrogatepass")).digest()
            id = b32encode(digest[:5]).decode().lower()
            if id not in self._taken and id not in self._given:
                return id
        return b32encode(sha256(seed.encode(errors="surrogatepass")).digest()).decode().lower()


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise FormatError(f"is not UTF-8 (line {line}, byte {column}); save it as UTF-8 in an editor") from error


def _parse_table(text: str) -> dict[str, object]:
    for number, row in enumerate(text.split("\n"), 1):
        if len(row) > _LONG_LINE and not _TEXT_VALUE.match(row) and _key_parts(row) > MAX_KEY_PARTS:
            raise FormatError(f"has a key of more than {MAX_KEY_PARTS} parts (line {number}); shorten it")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if marker := _CONFLICT_MARKER.search(text):
            line = text.count("\n", 0, marker.start()) + 1
            raise FormatError(f"holds git's conflict markers (line {line}); settle them in an editor") from error
        last = text.count("\n") + (not text.endswith("\n"))
        what = _lowered(str(error)).replace("at end of document", f"at the end of line {last}, the last")
        raise FormatError(f"is not valid TOML: {what}; mend it in an editor") from error
    except RecursionError as error:
        raise FormatError("is nested too deep to be read; take the deepest brackets out in an editor") from error
    except ValueError as error:  # int() refuses numbers of more than 4,300 digits
        found = _LONG_NUMBER.search(text)
        where = f" (line {text.count(chr(10), 0, found.start()) + 1})" if found else ""
        raise FormatError(f"holds a number too long to be read{where}; shorten it in an editor") from error


def _key_parts(line: str) -> int:
    """The longest run of what could be parts of one dotted key."""
    longest = run = 0
    for part in line.split("."):
        run = run + 1 if _KEY_PART.fullmatch(part) else 0
        longest = max(longest, run)
    return longest


def _value(key: str, value: object, zone: tzinfo) -> object | None:
    """`value` as the field `key` of an item; None where it cannot be."""
    match key:
        case "state":
            return value if value in STATES else None
        case "estimate":
            return _minutes(value)
        case "impact" | "edge":
            return value if type(value) is int and 1 <= value <= 5 else None
        case "ambiguous" | "crossing" | "cheap" | "owned":
            return value if isinstance(value, bool) else None
        case "until":
            return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None
        case "created" | "decided" | "done":
            if isinstance(value, datetime):
                return value if value.tzinfo else value.replace(tzinfo=zone)
            return datetime.combine(value, time(), zone) if isinstance(value, date) else None
        case _:
            return value if isinstance(value, str) else None


def _minutes(value: object) -> int | None:
    if isinstance(value, str):  # people write `45m`
        try:
            return parse_minutes(value)
        except ItemError:
            return None
    return value if type(value) is int and 1 <= value <= LONGEST_ESTIMATE else None


def _id(entry: Mapping[str, object]) -> str:
    id = entry.get("id")
    return str(id) if isinstance(id, str) or (_is_short_number(id) and type(id) is int) else ""


def _is_short_number(value: object) -> bool:
    """True for what `str` takes: Python refuses to write numbers of more than 4,300 digits."""
    return isinstance(value, int) and value.bit_length() <= 64


def _table(item: Item) -> dict[str, object]:
    extra = dict(item.extra)
    table: dict[str, object] = {"id": item.id}
    for name in FIELDS:
        value = getattr(item, name)
        if value != _BLANK[name] or (name in ("title", "state") and name not in extra):
            table[name] = value
    return {**table, **extra}


def _rest(contents: Contents) -> dict[str, object]:
    return {key: value for key, value in contents.table.items() if key != "items"}


def _clean(value: object) -> object:
    match value:
        case str():
            try:
                value.encode()
            except UnicodeEncodeError:  # pairs of surrogates are one character, lone ones none
                value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            return value.replace("\0", "\ufffd")
        case datetime() if (offset := value.utcoffset()) is not None and offset.seconds % 60:
            return value.astimezone(UTC)
        case list() | tuple():
            return [_clean(entry) for entry in value]
        case dict():
            return {str(_clean(key)): _clean(entry) for key, entry in value.items()}
        case _:
            return value


def _named(title: object, id: str) -> str:
    return f"`{_shown(title)}`" if title else f"the item `{_shown(id)}`"


def _shown(value: object) -> str:
    try:
        text = str(value)
    except (ValueError, RecursionError):
        return "too long to be shown"
    return text if len(text) <= 60 else f"{text[:59]}…"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


_BLANK: dict[str, object] = {name: getattr(Item("", ""), name) for name in FIELDS}
"""Each known key and what it is when unset."""

_TEXT = "not text; it is kept as it is and not shown"
_DAY = "not a day such as 2026-03-31; it is kept as it is and not used"
_RATING = "not a whole number from 1 to 5; it is kept as it is and not used"
_EXPECTED = {
    **dict.fromkeys(("title", "why", "theme", "repo", "person", "reason"), _TEXT),
    **dict.fromkeys(("until", "created", "decided", "done"), _DAY),
    **dict.fromkeys(("impact", "edge"), _RATING),
    **dict.fromkeys(QUESTIONS, "neither true nor false; it is kept as it is and not used"),
    "estimate": "not a length such as 45; it is kept as it is and not used",
    "state": f"none of {', '.join(STATES)}; it counts as inbox until it gets a verdict",
}
