"""One item as an entry of the backlog's file: the values of its table to an item and back; no text, no I/O here.

Entries are written by people too: what cannot be the value of its key stays as it was, in the item's `extra`, and a
note says so.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, tzinfo

from msgspec.structs import replace

from tui.domain.backlog import LONGEST_ESTIMATE, QUESTIONS, STATES, Item, ItemError
from tui.domain.capture import parse_minutes
from tui.domain.changes import FIELDS, same


def parse_entry(entry: Mapping[str, object], zone: tzinfo) -> tuple[Item, tuple[str, ...]]:
    """The item an entry says, its id empty where it gives none, and a sentence for each value that cannot be.

    Times without a zone are in `zone`.
    """
    title = entry.get("title", "")
    if isinstance(title, float | date | time) or _is_short_number(title):
        title = str(title)
    id = _id(entry)
    values: dict[str, object] = {}
    extra: list[tuple[str, object]] = []
    notes: list[str] = []
    for key, value in entry.items():
        if key == "id":
            continue
        if key not in _BLANK:
            extra.append((key, value))
            continue
        read = _value(key, title if key == "title" else value, zone)
        if read is None:
            extra.append((key, value))
            notes.append(f"`{key}` of {named(title, id)} is `{shortened(value)}`, {_EXPECTED[key]}")
        else:
            values[key] = read
    return Item(**{"id": id, "title": "", **values}, extra=tuple(extra)), tuple(notes)  # type: ignore[arg-type]


def format_entry(item: Item) -> dict[str, object]:
    """The entry that says `item`, in a stable order."""
    extra = dict(item.extra)
    table: dict[str, object] = {"id": item.id}
    for name in FIELDS:
        value = getattr(item, name)
        if value != _BLANK[name] or (name in ("title", "state") and name not in extra):
            table[name] = value
    return {**table, **extra}


def cleaned(item: Item) -> Item:
    """`item` as the file can hold it: no NUL, no lone surrogates, offsets of whole minutes, each key once."""
    values = {name: clean(getattr(item, name)) for name in FIELDS}
    unset = {name for name in FIELDS if values[name] == _BLANK[name]}
    extra = tuple(
        (str(clean(key)), clean(value))
        for key, value in item.extra
        if key != "id" and (key not in _BLANK or key in unset)
    )
    if same(values, {name: getattr(item, name) for name in FIELDS}) and same(extra, item.extra):
        return item
    return replace(item, **values, extra=extra)


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


def clean(value: object) -> object:
    """`value` without NUL and lone surrogates in any text of it, times with offsets of whole minutes."""
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
            return [clean(entry) for entry in value]
        case dict():
            return {str(clean(key)): clean(entry) for key, entry in value.items()}
        case _:
            return value


def named(title: object, id: str) -> str:
    """What an item is called in a sentence."""
    return f"`{shortened(title)}`" if title else f"the item `{shortened(id)}`"


def shortened(value: object) -> str:
    """`value` in a sentence."""
    try:
        text = str(value)
    except (ValueError, RecursionError):
        return "too long to be shown"
    return text if len(text) <= 60 else f"{text[:59]}…"


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
