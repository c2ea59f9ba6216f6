"""What a repository's detail is made of: the git commands that list it, and parsing what they answer. Pure.

Every command here compares names, ids and trees only: none of them reads a file's content through a filter, a text
conversion or an outside diff. Names are bytes with any content but NUL; they become text with surrogates.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from tui.domain.detail import Branch, ChangedFile, Stash, areas_of
from tui.domain.repos import Commit
from tui.sources.git.commits import parse_date, short_branch
from tui.sources.git.status import ARGUMENTS, FIELDS_BEFORE_NAME

MOST_BRANCHES = 50
"""Branches a detail shows: counting how far they are from their upstreams costs a walk each."""

MOST_LISTED = 5000
MOST_FILES = 300
MOST_STASHES = 50

FILES_ARGUMENTS = tuple(argument for argument in ARGUMENTS if argument != "--branch")
"""Without branch lines: counting ahead and behind is the branches' own, shorter-lived command."""

BRANCHES_ARGUMENTS = (
    "for-each-ref",
    f"--count={MOST_LISTED}",
    "--sort=-committerdate",
    "--format=%(refname)%00%(objectname)%00%(symref)%00%(upstream)%00",
    "refs/heads",
    "refs/remotes",
)

STASHES_ARGUMENTS = (
    *("stash", "list", "-z", f"--max-count={MOST_STASHES}"),
    *("--no-show-signature", "--no-color", "--encoding=UTF-8", "--format=%ct%x00%gs"),
)

_AREAS = (
    *("log", "--no-walk=unsorted", "-z", "--name-only", "--no-renames", "--ignore-missing", "--format=%x00%H"),
    *("--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty"),
    *("--no-show-signature", "--no-decorate", "--no-color", "--no-notes"),
)
_TRACKED = re.compile(rb"(?:ahead (\d+))?(?:, )?(?:behind (\d+))?")


class ListedRef(Struct, frozen=True):
    """A branch as `for-each-ref` lists it. Names are in full."""

    name: str
    oid: str
    upstream: str | None


def tracking_arguments(refs: Iterable[ListedRef]) -> tuple[str, ...]:
    """The command for how far local branches are from their upstreams: its cost grows with the distance."""
    wanted = [ref.name for ref in refs]
    return ("for-each-ref", "--format=%(refname)%00%(upstream:track,nobracket)%00", *wanted)


def areas_arguments(oids: Iterable[str]) -> tuple[str, ...]:
    """The command for the paths each of some commits changed, against its parent; nothing for merges."""
    return (*_AREAS, *oids, "--")


def parse_files(answer: bytes) -> tuple[tuple[ChangedFile, ...], int]:
    """Every changed path, those in conflict first; and the number of stashes (git-status, "Porcelain Format
    Version 2")."""
    found: list[ChangedFile] = []
    stashes = 0
    records = iter(answer.split(b"\x00"))
    for record in records:
        kind, _, rest = record.partition(b" ")
        if kind == b"#":
            key, _, value = rest.partition(b" ")
            stashes = int(value) if key == b"stash" and value.isdigit() else stashes
        elif kind == b"?":
            found.append(ChangedFile(os.fsdecode(rest), "??"))
        elif kind in FIELDS_BEFORE_NAME:
            name = record.split(b" ", FIELDS_BEFORE_NAME[kind])[-1]
            state = rest[:2].decode("ascii", "replace").replace(".", " ")
            was = os.fsdecode(next(records, b"")) if kind == b"2" else None
            found.append(ChangedFile(os.fsdecode(name), state, was))
    found.sort(key=lambda file: not file.conflicted)
    return tuple(found), stashes


def parse_refs(answer: bytes) -> tuple[ListedRef, ...]:
    """Branches in their order, without what only names another one of a remote (`origin/HEAD`)."""
    found = []
    fields = answer.split(b"\x00")
    for start in range(0, len(fields) - 4, 4):
        name, oid, names, upstream = fields[start : start + 4]
        name = name.removeprefix(b"\n")
        if not (names and name.startswith(b"refs/remotes/")):
            found.append(ListedRef(os.fsdecode(name), oid.decode("ascii", "replace"), os.fsdecode(upstream) or None))
    return tuple(found)


def chosen(refs: Sequence[ListedRef], current: str | None) -> tuple[ListedRef, ...]:
    """The branches a detail shows: the current one, then those touched last."""
    first = [ref for ref in refs if ref.name == current]
    return tuple((first + [ref for ref in refs if ref.name != current])[:MOST_BRANCHES])


def parse_tracking(answer: bytes) -> dict[str, tuple[int, int] | None]:
    """Commits ahead and behind by full name; None where the upstream is gone."""
    found: dict[str, tuple[int, int] | None] = {}
    fields = answer.split(b"\x00")
    for name, said in zip(fields[::2], fields[1::2], strict=False):
        full = os.fsdecode(name.removeprefix(b"\n"))
        if said == b"gone":
            found[full] = None
        elif counted := _TRACKED.fullmatch(said):
            found[full] = (int(counted[1] or 0), int(counted[2] or 0))
    return found


def branch_of(
    ref: ListedRef,
    *,
    current: str | None,
    tracking: Mapping[str, tuple[int, int] | None] | None,
    known: frozenset[str] | None,
    last: Commit | None,
) -> Branch:
    """The branch `ref` is. `tracking` is None where it could not be counted; `known` are all refs, None where they
    are too many to have been listed."""
    gone = uncounted = False
    ahead = behind = None
    if ref.upstream is not None:
        if tracking is not None and ref.name in tracking:
            counted = tracking[ref.name]
            gone = counted is None
            ahead, behind = counted or (None, None)
        else:
            gone = known is not None and ref.upstream not in known
            uncounted = not gone
    return Branch(
        name=short_branch(ref.name),
        remote=ref.name.startswith("refs/remotes/"),
        current=ref.name == current,
        upstream=short_branch(ref.upstream) if ref.upstream else None,
        gone=gone,
        ahead=ahead,
        behind=behind,
        uncounted=uncounted,
        last=last,
    )


def parse_stashes(answer: bytes) -> tuple[Stash, ...]:
    """Newest first."""
    fields = answer.split(b"\x00")
    return tuple(
        Stash(message.decode("utf-8", "replace"), parse_date(when))
        for when, message in zip(fields[::2], fields[1::2], strict=False)
    )


def parse_areas(answer: bytes) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Commit ids with the folders they touched."""
    found: list[tuple[str, list[str]]] = []
    fields = iter(answer.split(b"\x00"))
    for field in fields:
        if not field:  # no path is empty: the next field is a commit's id
            found.append((next(fields, b"").decode("ascii", "replace"), []))
        elif found:
            paths = found[-1][1]
            paths.append(os.fsdecode(field if paths else field.removeprefix(b"\n")))
    return tuple((oid, areas_of(paths)) for oid, paths in found if oid)
