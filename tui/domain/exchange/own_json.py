"""The backlog's own JSON: every field of every item, `extra` with every kind of value TOML has, and nothing lost.

What JSON has no word for is an object with one key that begins with `$`: `{"$date": "2026-03-31"}`, `{"$time": …}`,
`{"$datetime": …}` (with or without an offset), `{"$float": "nan"}` (also `inf`, `-inf`), `{"$integer": "…"}` for
whole numbers beyond ±(2^53 - 1), which other programs round. A key of the person's own that begins with `$` gets one
`$` more, so that no table of theirs is ever taken for one of these.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, tzinfo

from tui.domain.backlog import LONGEST_ESTIMATE, QUESTIONS, STATES, Item
from tui.domain.changes import FIELDS
from tui.domain.exchange.losses import BLANKS, ExchangeError, Losses, Reading, shortened
from tui.domain.exchange.text import parse_day, parse_time

EXACT = 2**53 - 1
"""The largest whole number that every reader of JSON keeps as it is."""
_ENVELOPE = ("schema", "generated", "items")


def format_own(items: Iterable[Item], envelope: Mapping[str, object]) -> str:
    """`items` as one JSON object with what `envelope` says first; a line an item, ASCII.

    Raises ExchangeError or RecursionError.
    """
    lines = [f"    {json.dumps(encoded_item(item), allow_nan=False)}" for item in items]
    head = "".join(f"  {json.dumps(key)}: {json.dumps(value)},\n" for key, value in envelope.items())
    listed = ",\n".join(lines)
    return f'{{\n{head}  "items": [\n{listed}\n  ]\n}}\n' if lines else f'{{\n{head}  "items": []\n}}\n'


def parse_own(content: object, zone: tzinfo) -> Reading:
    """What `format_own` wrote, or another program in its stead. Times without an offset are in `zone`.

    A value that cannot be the one of its field is kept in the item's `extra`, and reported. Raises ExchangeError.
    """
    losses = Losses()
    if not isinstance(content, dict) or not isinstance(content.get("items"), list):
        raise ExchangeError('has no list `items`; a backlog is `{"schema": 1, "items": […]}`')
    for key in content:
        if key not in _ENVELOPE:
            losses.note("a key beside `items` is not taken over", key)
    items = []
    for number, entry in enumerate(content["items"], 1):
        if not isinstance(entry, dict):
            raise ExchangeError(f"has an item that is no object (number {number} of `items`); take it out")
        try:
            items.append(decoded_item(entry, zone, losses))
        except RecursionError:
            raise ExchangeError(f"is nested too deep to be read (number {number} of `items`); flatten it") from None
        except ExchangeError as error:
            raise ExchangeError(f"{error} (number {number} of `items`)") from None
    return Reading(tuple(items), losses.all(), complete=True)


def encoded_item(item: Item) -> dict[str, object]:
    """Every field of `item` in words JSON has, `extra` as an object of its own."""
    fields = {name: _plain(getattr(item, name)) for name in ("id", "title", "state", *FIELDS)}
    return {**fields, "extra": encoded(dict(item.extra))}


def decoded_item(entry: Mapping[str, object], zone: tzinfo, losses: Losses) -> Item:
    """The item `entry` describes; what no field can hold goes to `extra`. Raises ExchangeError."""
    told = entry.get("extra", {})
    if not isinstance(told, dict) or "title" not in entry:
        raise ExchangeError("has an `extra` that is no object" if "title" in entry else "has an item without a `title`")
    title = str(entry["title"] or entry.get("id") or "")
    values: dict[str, object] = {}
    extra: dict[str, object] = {}
    for key, value in entry.items():
        if key == "extra" or (value is None and key in BLANKS):
            continue
        read = decoded_field(key, value, zone) if key in BLANKS else None
        if read is not None:
            values[key] = read
        elif key == "id":
            losses.note("`id` is no text; a new one is given", title)
        else:
            extra[key] = value
            if key in BLANKS:
                losses.note(f"`{key}` is nothing that field can be; it is kept, unused", shortened(str(value), 20))
    table = decoded_table({**extra, **told}, lambda: losses.note("`null` is left out", title))
    return Item(**{"id": "", "title": "", **values}, extra=tuple(table.items()))  # type: ignore[arg-type]


def encoded(value: object) -> object:
    """A value of TOML in words JSON has."""
    match value:
        case bool() | str() | None:
            return value
        case int():
            return value if -EXACT <= value <= EXACT else {"$integer": str(value)}
        case float():
            return value if math.isfinite(value) else {"$float": str(value)}
        case datetime():
            return {"$datetime": value.isoformat()}
        case date():
            return {"$date": value.isoformat()}
        case time():
            return {"$time": value.isoformat()}
        case Mapping():
            return {f"${key}" if key.startswith("$") else key: encoded(inner) for key, inner in value.items()}
        case list() | tuple():
            return [encoded(inner) for inner in value]
        case _:
            raise ExchangeError(f"holds a {type(value).__name__}, which JSON has no word for")


def decoded(value: object, null: Callable[[], None]) -> object:
    """The value of TOML that `encoded` made `value` of; `null` is called for each that has to be left out.

    Raises ExchangeError.
    """
    match value:
        case dict():
            tag = next(iter(value)) if len(value) == 1 else ""
            if tag.startswith("$") and not tag.startswith("$$"):
                return _tagged(tag, value[tag])
            return decoded_table(value, null)
        case list():
            for inner in value:
                if inner is None:
                    null()
            return [decoded(inner, null) for inner in value if inner is not None]
        case _:
            return value


def decoded_table(value: Mapping[str, object], null: Callable[[], None]) -> dict[str, object]:
    """`decoded` for what is a table in any case. Raises ExchangeError."""
    found = {}
    for key, inner in value.items():
        if inner is None:
            null()
        else:
            found[key[1:] if key.startswith("$$") else key] = decoded(inner, null)
    return found


def decoded_field(name: str, value: object, zone: tzinfo) -> object | None:
    """`value` as the field `name` of an item; None where it cannot be."""
    match name:
        case "state":
            return value if value in STATES else None
        case "estimate":
            return value if type(value) is int and 1 <= value <= LONGEST_ESTIMATE else None
        case "impact" | "edge":
            return value if type(value) is int and 1 <= value <= 5 else None
        case "until":
            return parse_day(value) if isinstance(value, str) else None
        case "created" | "decided" | "done":
            return parse_time(value, zone) if isinstance(value, str) else None
        case name if name in QUESTIONS:
            return value if isinstance(value, bool) else None
        case _:
            return value if isinstance(value, str) else None


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _tagged(tag: str, value: object) -> object:
    read = _TAGS.get(tag)
    try:
        if read is None or not isinstance(value, str):
            raise ValueError(tag)
        return read(value)
    except ValueError:
        known = ", ".join(f"`{known}`" for known in _TAGS)
        raise ExchangeError(f"has a `{shortened(tag, 20)}` that cannot be read; there are {known}") from None


def _local_time(text: str) -> time:
    found = time.fromisoformat(text)
    if found.tzinfo:  # TOML knows only local times
        raise ValueError(text)
    return found


def _float(text: str) -> float:
    number = float(text)
    if math.isfinite(number):
        raise ValueError(text)
    return number


_TAGS: dict[str, Callable[[str], object]] = {
    "$date": date.fromisoformat,
    "$time": _local_time,
    "$datetime": datetime.fromisoformat,
    "$float": _float,
    "$integer": int,
}
