"""An item, or the backlog's file, in the person's editor: it is laid out, the editor started, the outcome read."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tui.domain.backlog import Item
from tui.domain.launching import LaunchError
from tui.engine import Edited
from tui.launcher import LaunchResult
from tui.sources.backlog_file import FormatError, line_of
from tui.sources.item_file import forget_item, read_item, write_item
from tui.sources.whole_file import WholeFileError, read_whole

_LINE = re.compile(r"\bline (\d+)")


def edit_item(item: Item, folder: Path, now: datetime, start: Callable[[Path], LaunchResult]) -> Edited:
    """`item` laid out as a file in `folder`, edited by what `start` starts, and taken over. Raises LaunchError."""
    try:
        path = write_item(folder, item)
    except (WholeFileError, FormatError, OSError) as error:
        raise LaunchError(f"`{item.title}` cannot be laid out for the editor: {error}") from error
    result = start(path)
    if result.message:
        return Edited(result)
    try:
        edited, notes = read_item(path, item, now.tzinfo or UTC)
    except (FormatError, WholeFileError) as error:
        return Edited(result, None, (f"`{path}` {error}; nothing was changed, E opens it again",))
    forget_item(path)
    return Edited(result, edited if edited is not item else None, notes)


def place_in(path: Path, item: Item | None, problem: str | None) -> int:
    """The line of the backlog's file at `path` where `item` begins; without one, where `problem` says it is broken."""
    if item is None:
        found = _LINE.search((problem or "").replace(str(path), ""))
        return int(found[1]) if found else 1
    try:
        return line_of(item.id, read_whole(path) or b"")
    except WholeFileError as error:
        raise LaunchError(str(error)) from error
