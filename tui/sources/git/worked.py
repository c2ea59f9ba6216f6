"""When this person last worked in a repository, from the log git keeps of HEAD: a small read, no git command.

That log is this machine's own: what others push never stands in it. It may be missing (switched off, or of another
ref storage), and what is older than git keeps (90 days) is gone from it.
"""

import re
from datetime import datetime
from pathlib import Path

from tui.sources.git.commits import clamped
from tui.sources.git.gitdir import read_tail
from tui.sources.git.run import GitError

_LINE = re.compile(rb"[0-9a-f]+ [0-9a-f]+ [^\t\n]*> (\d{1,12}) [-+]\d{4}(?:\t([^\n]*))?")
"""Two object ids, who, seconds since 1970 and zone (gitrepository-layout, `logs`); then what was done."""
_NO_WORK = (b"clone:", b"pull", b"initial pull")
"""How the notes of what brings others' work and needs none of one's own begin."""
_TAIL = 16 * 1024


def read_worked_at(git_dir: Path) -> datetime | None:
    """When HEAD of the work tree whose own git folder is `git_dir` was last moved but by a clone or pull; None where
    the end of its log tells of nothing else."""
    try:
        tail = read_tail(git_dir / "logs" / "HEAD", _TAIL)
    except (OSError, GitError):
        return None
    for line in reversed(tail.split(b"\n")):
        found = _LINE.fullmatch(line)
        if found and not (found[2] or b"").startswith(_NO_WORK):
            return clamped(float(found[1]))
    return None
