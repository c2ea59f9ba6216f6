"""How a work tree differs from where somebody began: commits, lines by file, new files."""

import os
from pathlib import Path

from tui.domain.agents import Diffstat, FileDiff
from tui.sources.git.lane_ground import Reach
from tui.sources.git.lanes import prototype_names
from tui.sources.git.run import GitError

MOST_FILES = 200
_DIFF = (
    *("diff", "--numstat", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color"),
    "--ignore-submodules=dirty",
)
_STATUS = ("status", "--porcelain=v2", "-z", "--ignore-submodules=dirty", "--no-renames", "--untracked-files=normal")


def read_diffstat(path: Path, head: str, reach: Reach) -> Diffstat:
    """How the work tree at `path` differs from the commit `head`; names that are not UTF-8 are made so."""
    if not path.is_dir():
        return Diffstat(problem="its lane is gone")
    if len(head) not in (40, 64) or set(head) - set("0123456789abcdef"):
        return Diffstat(problem="where it began is not known")
    try:
        prepared = reach.prepared(path)
        count = reach.git(prepared.place, "rev-list", "--count", "--end-of-options", f"{head}..HEAD", "--")
        changed = parse_numstat(reach.git(prepared.place, *_DIFF, "--end-of-options", head, "--"))
        status = reach.git(prepared.place, *_STATUS)
    except GitError as error:
        return Diffstat(problem=f"what changed could not be read: {error}")
    own = {b"? " + os.fsencode(name) for name in prototype_names(prepared.head.ref)}  # made with the lane
    untracked = sum(record.startswith(b"? ") and record not in own for record in status.split(b"\x00"))
    return Diffstat(int(count), changed[:MOST_FILES], untracked)


def parse_numstat(answer: bytes) -> tuple[FileDiff, ...]:
    """The files in an answer of `git diff --numstat -z --no-renames`."""
    found = []
    for record in answer.split(b"\x00"):
        added, _, rest = record.partition(b"\t")
        removed, _, name = rest.partition(b"\t")
        if name:
            found.append(FileDiff(name.decode("utf-8", "replace"), _number(added), _number(removed)))
    return tuple(found)


def _number(text: bytes) -> int | None:
    return int(text) if text.isdigit() else None
