"""Briefs for AI agents as private files in the state folder: one an item, written anew each time."""

import re
from pathlib import Path

from tui.sources.whole_file import write_whole


def write_brief(folder: Path, item_id: str, text: str) -> Path:
    """Write the brief of the item `item_id`; the file. Raises WholeFileError or OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{re.sub(r'[^a-zA-Z0-9]', '', item_id)[:32] or 'item'}.md"
    write_whole(path, text.encode("utf-8", "replace"), durable=False)
    return path
