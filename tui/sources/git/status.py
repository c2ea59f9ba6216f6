"""The answer of `git status --porcelain=v2` as counts (git-status, "Porcelain Format Version 2"). Pure.

Names are bytes with any content but NUL; they are kept only to look at the files' times.
"""

import re

from msgspec import Struct, field

ARGUMENTS = (
    "status",
    "--porcelain=v2",
    "--branch",
    "--show-stash",
    "-z",
    "--untracked-files=normal",
    "--ignore-submodules=dirty",
)
"""The command whose answer `parse_status` reads."""

MOST_NAMES = 300
"""How many changed paths are kept."""

_AHEAD_BEHIND = re.compile(rb"\+(\d+) -(\d+)")
FIELDS_BEFORE_NAME = {b"1": 8, b"2": 9, b"u": 10}
"""How many fields stand before the name in each kind of entry."""


class Status(Struct):
    """One work tree's state."""

    oid: str | None = None
    """HEAD's commit; None when unborn."""
    branch: str | None = None
    """Short name; None when detached."""
    upstream: str | None = None
    ahead: int | None = None
    """None without an upstream or where the upstream is gone."""
    behind: int | None = None
    uncounted: bool = False
    """True where branch and upstream differ and git was told not to count by how much."""
    staged: int = 0
    unstaged: int = 0
    untracked: int = 0
    conflicted: int = 0
    stashes: int = 0
    names: list[bytes] = field(default_factory=list)
    """The first MOST_NAMES changed paths, from the work tree's top."""


def parse_status(answer: bytes) -> Status:
    """`answer` as a Status.

    A path changed in the index and again in the work tree counts in both; a conflicted one only as that. Header
    lines and entry kinds this git does not have yet are passed over.
    """
    found = Status()
    records = iter(answer.split(b"\x00"))
    for record in records:
        kind, _, rest = record.partition(b" ")
        if kind == b"#":
            _read_header(found, rest)
        elif kind == b"?":
            found.untracked += 1
            _keep(found, rest)
        elif kind in FIELDS_BEFORE_NAME:
            _count(found, kind, rest)
            parts = record.split(b" ", FIELDS_BEFORE_NAME[kind])
            _keep(found, parts[-1])
            if kind == b"2":
                next(records, None)  # the name it had before
    return found


def _count(found: Status, kind: bytes, rest: bytes) -> None:
    if kind == b"u":
        found.conflicted += 1
        return
    found.staged += rest[:1] != b"."
    found.unstaged += rest[1:2] != b"."


def _read_header(found: Status, rest: bytes) -> None:
    key, _, value = rest.partition(b" ")
    match key:
        case b"branch.oid":
            found.oid = None if value == b"(initial)" else value.decode("ascii", "replace")
        case b"branch.head":
            found.branch = None if value == b"(detached)" else _decoded(value)
        case b"branch.upstream":
            found.upstream = _decoded(value)
        case b"branch.ab":
            if counts := _AHEAD_BEHIND.fullmatch(value):
                found.ahead, found.behind = int(counts[1]), int(counts[2])
            found.uncounted = value == b"+? -?"
        case b"stash":
            found.stashes = int(value) if value.isdigit() else 0
        case _:
            pass


def _keep(found: Status, name: bytes) -> None:
    if len(found.names) < MOST_NAMES:
        found.names.append(name)


def _decoded(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
