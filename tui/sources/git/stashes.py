"""How old stashes are, from the log git keeps of them: a small file, no git command."""

import re
from datetime import datetime
from pathlib import Path

from tui.sources.git.commits import clamped
from tui.sources.git.gitdir import MEDIUM, read_small
from tui.sources.git.run import GitError

_LINE = re.compile(rb"[0-9a-f]+ [0-9a-f]+ [^\t\n]*> (\d{1,12}) [-+]\d{4}(?:\t|\n|$)")
"""Two object ids, who, seconds since 1970 and zone (gitrepository-layout, `logs`); then what was written."""


def read_stashed_at(common_dir: Path) -> datetime | None:
    """When the oldest stash of the repository whose refs are in `common_dir` was made; None where its log is silent."""
    try:
        found = _LINE.match(read_small(common_dir / "logs" / "refs" / "stash", MEDIUM))
    except (OSError, GitError):
        return None
    return clamped(float(found[1])) if found else None
