"""Where the branches and tags of a repository are: its ref files, or git where only git can tell.

Reading them here costs no process, so every answer can keep the tips it was made from. See gitrepository-layout for
the files, git-pack-refs for `packed-refs`.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from tui.sources.git.commits import MOST_TIPS
from tui.sources.git.gitdir import MEDIUM, lexists, read_small
from tui.sources.git.run import GitError

_BRANCHES = ("refs/heads", "refs/remotes")
_KINDS = (*_BRANCHES, "refs/tags")
_BRANCH_PREFIXES = tuple(f"{kind}/".encode() for kind in _BRANCHES)
_PREFIXES = tuple(f"{kind}/".encode() for kind in _KINDS)
_PACKED_LIMIT = 512 * MEDIUM
_MOST_FILES = 50_000
_OID = re.compile(rb"(?:[0-9a-f]{40}|[0-9a-f]{64})")
_BAD_NAME = re.compile(rb"[\x00-\x20\x7f]")
"""What no ref's name may hold (git-check-ref-format); a file with such a name is no ref."""

MOST_NAMES = 20_000
"""Branches and tags whose names are remembered; of a repository with more of them only the tips are."""

LIST_ARGUMENTS = (
    "for-each-ref",
    f"--count={MOST_TIPS}",
    "--sort=-committerdate",
    "--format=%(objectname) %(refname)",
    *_BRANCHES,
)
"""The git command for the tips of local and remote branches, those that were committed to last first."""

ALL_ARGUMENTS = (
    "for-each-ref",
    f"--count={MOST_NAMES + 1}",
    "--format=%(objectname) %(refname)",
    *_KINDS,
)
"""The git command for branches and tags with their names."""


class Refs(Struct, frozen=True):
    """Where branches and tags are."""

    oids: tuple[str, ...]
    """The commits local and remote branches are at, each once; at most `MOST_TIPS`."""
    names: str | None
    """Branches and tags as `format_names` has them; None where they are too many."""


def read_refs(common_dir: Path, ask: Callable[[Sequence[str]], bytes]) -> Refs:
    """The branches and tags in `common_dir`.

    `ask` runs git with LIST_ARGUMENTS or ALL_ARGUMENTS; that is done only where refs are in a reftable or too many.
    Raises OSError or GitError where `packed-refs` cannot be read, and what `ask` raises.
    """
    if lexists(common_dir / "reftable" / "tables.list"):
        found = parse_packed(ask(ALL_ARGUMENTS))
        if len(found) <= MOST_NAMES and (refs := _as_refs(found)):
            return refs
    else:
        loose = _read_loose(common_dir)  # before the packed ones: git packs a ref first and then removes its file
        if loose is not None and (refs := _as_refs({**_read_packed(common_dir), **loose})):
            return refs
    listed = parse_packed(ask(LIST_ARGUMENTS)).values()
    return Refs(tuple(dict.fromkeys(oid.decode() for oid in listed)), None)


def parse_packed(content: bytes) -> dict[bytes, bytes]:
    """The local and remote branches and the tags in the content of `packed-refs`: full names and object ids."""
    found = {}
    for line in content.splitlines():
        oid, _, name = line.partition(b" ")
        if name.startswith(_PREFIXES) and _OID.fullmatch(oid):
            found[name] = oid
    return found


def format_names(refs: Mapping[str, str]) -> str:
    """Full names with their object ids as one text, a line each in order of names: they are kept of every repository,
    and this takes a third of the room that tuples do."""
    return "".join(f"{refs[name]} {name}\n" for name in sorted(refs))


def parse_names(names: str) -> dict[str, str]:
    """What `format_names` was given: full names and object ids."""
    found = {}
    for line in names.split("\n")[:-1]:
        oid, _, name = line.partition(" ")
        found[name] = oid
    return found


def united(texts: Iterable[str | None]) -> str | None:
    """The names of several readings of one repository in one text; None where one of them is unknown."""
    found: dict[str, str] = {}
    for text in texts:
        if text is None:
            return None
        found |= parse_names(text)
    return format_names(found)


def _as_refs(found: Mapping[bytes, bytes]) -> Refs | None:
    """None where there are more tips than a mark keeps."""
    tips = {oid for name, oid in found.items() if oid and name.startswith(_BRANCH_PREFIXES)}
    if len(tips) > MOST_TIPS:
        return None
    names = None
    if len(found) <= MOST_NAMES:
        named = {os.fsdecode(name): oid.decode() for name, oid in found.items() if oid and not _BAD_NAME.search(name)}
        names = format_names(named)
    return Refs(tuple(sorted(tip.decode() for tip in tips)), names)


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
    except (OSError, GitError):  # or no regular file: git would wait for a FIFO, and passes over the rest
        return b""
    return content if _OID.fullmatch(content) else b""
