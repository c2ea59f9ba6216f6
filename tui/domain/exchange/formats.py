"""Which format a text is in, and the way in and out of each. Everything else about a format is in its own module."""

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from pathlib import PurePath

from tui.domain.backlog import Item
from tui.domain.exchange.losses import ExchangeError, Loss, Reading, losses_of
from tui.domain.exchange.markdown import format_markdown, holds_tasks, parse_markdown
from tui.domain.exchange.own_json import format_own, parse_own
from tui.domain.exchange.taskwarrior import format_taskwarrior, parse_taskwarrior
from tui.domain.exchange.text import BYTE_ORDER_MARK, FORMATS, Format, parse_documents, parse_text
from tui.domain.exchange.todo_txt import format_todo_txt, parse_todo_txt

_ENDINGS: Mapping[str, Format] = {
    ".json": "json",
    ".jsonl": "taskwarrior",
    ".ndjson": "taskwarrior",
    ".txt": "todo.txt",
    ".md": "markdown",
    ".markdown": "markdown",
}


def format_of_name(name: str) -> Format | None:
    """The format a file's name tells of, None where it tells none. `.json` may also be Taskwarrior's."""
    lowered = name.casefold()
    return next((format for ending, format in _ENDINGS.items() if lowered.endswith(ending)), None)


def format_items(
    items: Iterable[Item], format: Format, envelope: Mapping[str, object], zone: tzinfo
) -> tuple[str, tuple[Loss, ...]]:
    """`items` as text, and what reading it again does not give back. `envelope` goes before the items of our own JSON;
    days begin in `zone`. Raises ExchangeError.
    """
    order = tuple(items)
    try:
        match format:
            case "json":
                text = format_own(order, envelope)
            case "todo.txt":
                text = format_todo_txt(order)
            case "markdown":
                text, order = format_markdown(order)
            case "taskwarrior":
                text = format_taskwarrior(order, zone)
        again = parse_items(text, format, zone)
        if len(again.items) != len(order):
            raise ExchangeError(f"cannot be exported as {format}: reading it again would not give the same items")
        mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""  # the first one is never an item's
        return mark + text, losses_of(order, again.items)
    except RecursionError:
        raise ExchangeError("a value of an unknown key is nested too deep to be exported; flatten it") from None


def parse_import(raw: bytes, name: str, format: Format | None, zone: tzinfo) -> Reading:
    """The items in `raw`, in the `format` named, else in the one that name and content tell of. Times without an offset
    are in `zone`. Raises ExchangeError.
    """
    text = parse_text(raw)
    return parse_items(text, format or told_format(text, name), zone)


def parse_items(text: str, format: Format, zone: tzinfo) -> Reading:
    """The items in `text`; as `json` also a list of Taskwarrior's tasks. Raises ExchangeError."""
    match format:
        case "todo.txt":
            return parse_todo_txt(text, zone)
        case "markdown":
            return parse_markdown(text, zone)
        case "taskwarrior":
            return parse_taskwarrior(_documents(text), zone)
        case "json":
            documents = _documents(text)
            own = len(documents) == 1 and isinstance(documents[0], dict) and "description" not in documents[0]
            if own or not documents:
                return parse_own(documents[0] if documents else {}, zone)
            return parse_taskwarrior(documents, zone)


def told_format(text: str, name: str) -> Format:
    """What content and, where that leaves it open, the name tell. Raises ExchangeError where they tell nothing."""
    named = format_of_name(name)
    if named in ("json", "taskwarrior"):
        return named
    start = text.lstrip()[:200]
    if start[:1] == "{" or (start[:1] == "[" and start[1:].lstrip()[:1] in ("{", "]")):
        return "json"
    if named == "markdown" or holds_tasks(text):
        return "markdown"
    if named is None and "." in PurePath(name).name.lstrip("."):
        known = ", ".join(f"`{format}`" for format in FORMATS)
        raise ExchangeError(f"is in no format its name or content tell of; say it with `--format` ({known})")
    return "todo.txt"


def _documents(text: str) -> tuple[object, ...]:
    return parse_documents(text) if text.strip() else ()
