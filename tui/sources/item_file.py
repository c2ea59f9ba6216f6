"""One item as a file of its own, for the person's editor: TOML as in the backlog, with what may be said as comments.

The file is private, lies in the state folder, and is gone once what was typed has been taken over; one that cannot be
read stays, so that nothing typed is lost.
"""

import re
from datetime import tzinfo
from pathlib import Path

from msgspec.structs import replace

from tui.domain.backlog import Item
from tui.domain.changes import FIELDS, same
from tui.sources.backlog_entry import cleaned
from tui.sources.backlog_file import FormatError, parse_contents
from tui.sources.backlog_file import format_item as format_item_text
from tui.sources.whole_file import read_whole, write_whole

_HEADER = "# Save and leave the editor, and makerhour takes this over. Leave without saving to change nothing.\n"
_HINTS = {
    "why": "what changes if it exists; several lines between three quotes",
    "estimate": "minutes to a first working version",
    "impact": "1 to 5: what changes if it exists",
    "edge": "1 to 5: how much it needs you",
    "ambiguous": "true or false: still ambiguous?",
    "crossing": "true or false: crosses teams?",
    "cheap": "true or false: is a wrong answer cheap?",
    "owned": "true or false: does someone already own it?",
    "theme": "the direction it serves",
    "repo": "the repository it belongs in",
    "person": "who it is delegated to",
}


def write_item(folder: Path, item: Item) -> Path:
    """A file with `item` in `folder`, or the one left there with what could not be read. Raises WholeFileError."""
    path = folder / f"{re.sub(r'[^a-zA-Z0-9]', '', item.id)[:32] or 'item'}.toml"
    if read_whole(path) is None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, format_item(item), durable=False)
    return path


def format_item(item: Item) -> bytes:
    """`item` as the text to be edited. Raises FormatError."""
    unset = [f"# {name} =    # {hint}" for name, hint in _HINTS.items() if getattr(item, name) in (None, "")]
    try:
        body = format_item_text(cleaned(item), multiline=True)
    except (TypeError, ValueError, RecursionError) as error:
        raise FormatError(f"cannot be laid out: {error}") from error
    return "\n".join([_HEADER, f"[[items]]\n{body}", *unset, ""]).encode()


def read_item(path: Path, item: Item, zone: tzinfo) -> tuple[Item, tuple[str, ...]]:
    """What the file at `path` makes of `item`, and a sentence for each value that cannot be used.

    The same item where nothing was changed. Raises FormatError where it is not one item any more, WholeFileError.
    """
    contents = parse_contents(read_whole(path) or b"", zone)
    if len(contents.items) != 1:
        raise FormatError(f"holds {len(contents.items)} items; leave one `[[items]]` in it")
    edited, before = contents.items[0], parse_contents(format_item(item), zone).items[0]
    changed = {name: getattr(edited, name) for name in (*FIELDS, "extra")
               if not same(getattr(edited, name), getattr(before, name))}  # fmt: skip
    notes = tuple(note for note in contents.notes if " id" not in note)
    return replace(item, **changed) if changed else item, notes


def forget_item(path: Path) -> None:
    """Remove the file at `path`: what it said is taken over."""
    path.unlink(missing_ok=True)
