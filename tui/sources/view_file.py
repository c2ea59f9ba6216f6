"""How the person last looked at the panes: one small JSON file in the state folder.

Losing it loses nothing but comfort: a file that is missing, broken or cannot be written is no problem for the
person.
"""

import logging
import os
from pathlib import Path
from typing import Any, get_args

from msgspec.structs import replace

from tui.domain.arranging import Grouping, Order, View
from tui.domain.finding import LONGEST
from tui.sources.last_file import LastFile
from tui.sources.whole_file import WholeFileError, read_whole

log = logging.getLogger(__name__)

_SCHEMA = 1
_LARGEST = 1_000_000
_MOST_FOLDED = 2_000
_MOST_RECENT = 50
_LONGEST_RECENT = 5_000


def read_view(path: Path) -> View:
    """The view in the file at `path`; the default where there is none that can be used."""
    try:
        content = read_whole(path)
        if content is None or len(content) > _LARGEST:
            return View()
        return parse_view(content.decode())
    except (WholeFileError, ValueError, RecursionError) as error:
        log.warning("the last view cannot be used: %s", error)
        return View()


def parse_view(text: str) -> View:
    """What `format_view` wrote; what is not as it should be takes its default. Raises ValueError where all is not."""
    import json  # most starts find no view

    table = json.loads(text)
    if not isinstance(table, dict) or table.get("schema") != _SCHEMA:
        raise ValueError("not a view of this version")
    found = table.get("repositories")
    if not isinstance(found, dict):
        raise ValueError("no repositories in it")
    view = View()
    if found.get("order") in get_args(Order):
        view = replace(view, order=found["order"])
    if found.get("grouping") in get_args(Grouping):
        view = replace(view, grouping=found["grouping"])
    if isinstance(found.get("filter"), str):
        view = replace(view, filter_text=found["filter"][:LONGEST])
    return replace(view, folded=frozenset(_paths(found.get("folded"))), recent=tuple(_recent(table.get("palette"))))


def format_view(view: View) -> str:
    """`view` as the file's text (JSON, ASCII: folder names may hold any bytes)."""
    import json

    repositories = {
        "order": view.order,
        "grouping": view.grouping,
        "filter": view.filter_text[:LONGEST],
        "folded": sorted(os.fspath(path) for path in view.folded)[:_MOST_FOLDED],
    }
    palette = [text for text in view.recent[:_MOST_RECENT] if len(text) <= _LONGEST_RECENT]
    return json.dumps({"schema": _SCHEMA, "repositories": repositories, "palette": palette}, indent=1) + "\n"


class ViewFile(LastFile[View]):
    """The file at `path`."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, lambda view: format_view(view).encode("ascii"))


def _recent(found: Any) -> list[str]:
    listed = found if isinstance(found, list) else []
    return [text for text in listed[:_MOST_RECENT] if isinstance(text, str) and len(text) <= _LONGEST_RECENT]


def _paths(found: Any) -> list[Path]:
    listed = found if isinstance(found, list) else []
    return [Path(path) for path in listed[:_MOST_FOLDED] if isinstance(path, str) and "\x00" not in path]
