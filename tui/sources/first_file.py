"""Writes a first configuration, and the files that keep addresses of calendars; never over anything that is there."""

import contextlib
import os
from pathlib import Path

from tui.config import parse_config
from tui.domain.beginning import Beginning, address_files, format_beginning
from tui.sources.whole_file import WholeFileError, read_whole, write_new

NOT_UTF8 = "a name among the folders, calendars or addresses is not UTF-8, and TOML can only hold that; rename it"


def write_first_file(path: Path, beginning: Beginning) -> None:
    """Write `beginning` to `path`, whole or not at all, for this person only. Raises WholeFileError."""
    if os.path.lexists(path):
        raise WholeFileError(already_there(path))
    text = format_beginning(beginning, str(path.parent))
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raise WholeFileError(NOT_UTF8) from None
    parse_config(text, home=path.parent)  # what is written can be read: nothing else may come of a yes
    written: list[Path] = []
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, address in address_files(beginning, str(path.parent)):
            if _keep_address(Path(name), address):
                written.append(Path(name))
        write_new(path, raw)
    except (OSError, WholeFileError) as error:
        for file in written:  # without a configuration they would lie there for nothing
            with contextlib.suppress(OSError):
                file.unlink()
        if os.path.lexists(path):
            raise WholeFileError(already_there(path)) from error
        if isinstance(error, OSError):
            raise WholeFileError(f"cannot write `{path}`: {error.strerror or error}; nothing was written") from error
        raise


def already_there(path: Path) -> str:
    """What is said where there is a configuration."""
    return f"there is a configuration already at `{path}`; nothing was changed"


def _keep_address(path: Path, address: str) -> bool:
    """Have `address` in the file at `path`; False where it is in there already. Raises WholeFileError."""
    content = f"{address}\n".encode()
    if os.path.lexists(path) and read_whole(path) == content:
        return False
    write_new(path, content)
    return True
