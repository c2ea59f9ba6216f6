"""What was done to a backlog last, to be undone after a restart: one small JSON file in the state folder.

The newest steps only. A file that is missing, broken, of another backlog or of another version is no history.
"""

import json
import logging
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path

from tui.domain.backlog import Item
from tui.domain.changes import Change, History, Step
from tui.sources.last_file import LastFile
from tui.sources.whole_file import WholeFileError, read_whole

log = logging.getLogger(__name__)

MOST_STEPS = 200
LARGEST = 2_000_000
"""Bytes of the file at the most: a step may be about every item there is."""
_SCHEMA = 1


def read_history(path: Path, backlog: Path) -> History:
    """The history kept at `path` for the backlog file `backlog`; an empty one where there is none that can be used."""
    from tui.domain.exchange.losses import ExchangeError

    try:
        content = read_whole(path)
        if content is None or len(content) > LARGEST:
            return History()
        return parse_history(content, backlog)
    except (WholeFileError, ExchangeError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        log.warning("what was done last cannot be used: %s", error)
        return History()


def parse_history(content: bytes, backlog: Path) -> History:
    """What `format_history` wrote; an empty history where it is of another backlog.

    Raises what decoding a file that somebody else wrote may raise.
    """
    table = json.loads(content)
    if table["schema"] != _SCHEMA or table["backlog"] != str(backlog):
        return History()
    return History(tuple(map(_step, table["done"])), tuple(map(_step, table["undone"])))


def format_history(history: History, backlog: Path) -> bytes:
    """The newest steps of `history`, as many as there is room for."""
    room, kept = LARGEST - 10_000, []
    for steps in (history.done, history.undone):
        texts: list[str] = []
        for step in reversed(steps[-MOST_STEPS:]):
            text = json.dumps([_encoded(change) for change in step])
            room -= len(text) + 2
            if room < 0:
                break
            texts.append(text)
        kept.append(",\n".join(reversed(texts)))
    head = json.dumps({"schema": _SCHEMA, "backlog": str(backlog)})[:-1]
    return f'{head},\n"done": [{kept[0]}],\n"undone": [{kept[1]}]}}\n'.encode("ascii")


class UndoFile(LastFile[History]):
    """The file at `path` for the backlog file `backlog`."""

    def __init__(self, path: Path, backlog: Path) -> None:
        super().__init__(path, lambda history: format_history(history, backlog))
        self.path = path
        self.backlog = backlog

    def read(self) -> History:
        """What was kept."""
        return read_history(self.path, self.backlog)


def _encoded(change: Change) -> dict[str, object]:
    from tui.domain.exchange.own_json import encoded_item

    return {
        "before": change.before and encoded_item(change.before),
        "after": change.after and encoded_item(change.after),
    }


def _step(entries: Iterable[dict[str, dict[str, object] | None]]) -> Step:
    return tuple(Change(_item(entry["before"]), _item(entry["after"])) for entry in entries)


def _item(entry: dict[str, object] | None) -> Item | None:
    from tui.domain.exchange.losses import Losses
    from tui.domain.exchange.own_json import decoded_item

    if entry is None:
        return None
    item = decoded_item(entry, UTC, Losses())
    if not item.id:
        raise ValueError("a step is about an item without an id")
    return item
