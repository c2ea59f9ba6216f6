"""Where the branches of a repository are: its ref files, or git where only git can tell.

Reading them here costs no process, so every answer can keep the tips it was made from. See gitrepository-layout for
the files, git-pack-refs for `packed-refs`.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

from tui.sources.git.commits import MOST_TIPS
from tui.sources.git.gitdir import MEDIUM, lexists, read_small

_KINDS = ("refs/heads", "refs/remotes")
_PREFIXES = tuple(f"{kind}/".encode() for kind in _KINDS)
_PACKED_LIMIT = 512 * MEDIUM
_MOST_FILES = 50_000
_OID = re.compile(rb"(?:[0-9a-f]{40}|[0-9a-f]{64})")

LIST_ARGUMENTS = (
    "for-each-ref",
    f"--count={MOST_TIPS}",
    "--sort=-committerdate",
    "--format=%(objectname)",
    *_KINDS,
)
"""The git command for the tips of local and remote branches, those that were committed to last first."""


def read_tips(common_dir: Path, ask: Callable[[], bytes]) -> tuple[str, ...]:
    """The commits the local and remote branches in `common_dir` are at, each once; at most `MOST_TIPS`.

    `ask` runs git with `LIST_ARGUMENTS`; that is done only where refs are in a reftable or too many to keep all.
    Raises OSError or GitError where `packed-refs` cannot be read, and what `ask` raises.
    """
    if not lexists(common_dir / "reftable" / "tables.list"):
        loose = _read_loose(common_dir)  # before the packed ones: git packs a ref first and then removes its file
        if loose is not None:
            tips = {oid for oid in {**_read_packed(common_dir), **loose}.values() if oid}
            if len(tips) <= MOST_TIPS:
                return tuple(sorted(tip.decode() for tip in tips))
    return tuple(dict.fromkeys(ask().decode("ascii", "replace").split()))


def parse_packed(content: bytes) -> dict[bytes, bytes]:
    """The local and remote branches in the content of `packed-refs`: full names and commits."""
    found = {}
    for line in content.splitlines():
        oid, _, name = line.partition(b" ")
        if name.startswith(_PREFIXES) and _OID.fullmatch(oid):
            found[name] = oid
    return found


def _read_packed(common_dir: Path) -> dict[bytes, bytes]:
    try:
        return parse_packed(read_small(common_dir / "packed-refs", _PACKED_LIMIT))
    except FileNotFoundError:
        return {}


def _read_loose(common_dir: Path) -> dict[bytes, bytes] | None:
    """Refs that are files of their own; empty for one that names another ref. None where they are too many."""
    found: dict[bytes, bytes] = {}
    waiting = list(_KINDS)
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(common_dir / inside) as listing:
                entries = list(listing)
        except OSError:
            continue
        for entry in entries:
            name = f"{inside}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                waiting.append(name)
            elif not name.endswith(".lock"):
                if len(found) >= _MOST_FILES:
                    return None
                found[os.fsencode(name)] = _oid_in(common_dir / name)
    return found


def _oid_in(file: Path) -> bytes:
    """The commit a ref's file names; empty where it names a ref, which is read for itself, or was just removed."""
    try:
        content = read_small(file).rstrip()
    except OSError:
        return b""
    return content if _OID.fullmatch(content) else b""
