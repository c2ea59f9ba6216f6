"""All about one repository, read when the person opens it: what the row has no room for. Facts and pure rules.

Text is raw everywhere here (names may hold any bytes, as surrogates): show it through `safe_text`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct

from tui.domain.repos import Commit, Moved, Operation
from tui.domain.values import Snapshot

RefKind = Literal["branch", "remote branch", "tag"]
RefChange = Literal["new", "gone", "moved"]

AREA_LEVELS = 2
"""How many folders deep an area is named."""

TOP = "."
"""The area of files that lie in no folder."""


class Branch(Struct, frozen=True):
    """A local or remote branch and where it stands."""

    name: str
    """As people write it: `main`, `origin/main`."""
    remote: bool = False
    current: bool = False
    """True for the one HEAD is on."""
    upstream: str | None = None
    gone: bool = False
    """True where its upstream is."""
    ahead: int | None = None
    """Commits it has that its upstream has not; None without one, where it is gone, and where `uncounted`."""
    behind: int | None = None
    uncounted: bool = False
    """True where counting would have taken too long."""
    last: Commit | None = None
    """The commit it is at; None where that cannot be read."""


class ChangedFile(Struct, frozen=True):
    """A path that differs from the last commit."""

    path: str
    """From the top of the work tree; a wholly untracked folder ends in `/`."""
    state: str
    """Two letters as `git status --short` prints them: index, then work tree (`M `, ` M`, `??`, `UU`)."""
    was: str | None = None
    """Of a renamed or copied one: the path it had before, or is a copy of."""

    @property
    def untracked(self) -> bool:
        """True where git does not know it yet."""
        return self.state == "??"

    @property
    def conflicted(self) -> bool:
        """True where a merge left it undecided (git-status, "Short Format")."""
        return "U" in self.state or self.state in ("AA", "DD")


class Stash(Struct, frozen=True):
    """One entry of the stash; the newest is the first."""

    message: str
    when: datetime


class NameChange(Struct, frozen=True):
    """A branch or tag that is new, gone or (a tag) moved since the repository was last marked seen."""

    kind: RefKind
    name: str
    change: RefChange


class RepositoryDetail(Snapshot, frozen=True):
    """One repository as it was when it was opened."""

    path: Path
    problems: tuple[str, ...] = ()
    """What could not be read, a sentence each; the rest is right all the same."""
    operation: Operation | None = None
    step: tuple[int, int] | None = None
    branches: tuple[Branch, ...] = ()
    """The current one first, then those touched last."""
    more_branches: int = 0
    """How many there are beside those."""
    files: tuple[ChangedFile, ...] = ()
    """Those in conflict first, then in git's order."""
    more_files: int = 0
    stashes: tuple[Stash, ...] = ()
    more_stashes: int = 0
    moved: tuple[Moved, ...] = ()
    """Newest first; each of its commits has its area in `areas`, where that is known."""
    areas: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Commit id and the folders it touched, those with most files first."""
    marked_at: datetime | None = None
    """When it was last marked seen; None where it never was, and `moved` then holds the last days."""
    names: tuple[NameChange, ...] = ()
    names_known: bool = False
    """True where the mark remembers names, so that `names` is all there is."""
    taken_at: datetime | None = None


class MovedBranch(Struct, frozen=True):
    """What moved on one branch."""

    branch: str
    moved: tuple[Moved, ...]
    """Newest first."""
    area: tuple[str, ...]
    """The folders its commits touched."""


def by_branch(moved: Iterable[Moved], areas: Iterable[tuple[str, tuple[str, ...]]] = ()) -> tuple[MovedBranch, ...]:
    """`moved` by branch, the branch that moved last first. The order is time's, never how much anybody did."""
    known = dict(areas)
    grouped: dict[str, list[Moved]] = {}
    for one in moved:
        grouped.setdefault(one.branch, []).append(one)
    return tuple(
        MovedBranch(branch, tuple(found), _merged(known.get(one.commit.sha, ()) for one in found))
        for branch, found in grouped.items()
    )


def areas_of(paths: Iterable[str]) -> tuple[str, ...]:
    """The folders `paths` lie in, at most AREA_LEVELS deep: those with most files first, then by name."""
    counted: dict[str, int] = {}
    for path in paths:
        folders = path.split("/")[:-1][:AREA_LEVELS]
        area = "/".join(folders) or TOP
        counted[area] = counted.get(area, 0) + 1
    return tuple(sorted(counted, key=lambda area: (-counted[area], area)))


def changed_names(before: Iterable[tuple[str, str]], after: Iterable[tuple[str, str]]) -> tuple[NameChange, ...]:
    """What came and went between two sets of refs (full name and object id), by kind and name.

    A branch that moved is told by its commits; a tag that moved is told here, because tags are not meant to.
    """
    old, new = dict(before), dict(after)
    found: list[NameChange] = []
    for full in sorted({*old, *new}):
        kind, name = _kind_of(full)
        if kind is None:
            continue
        if full not in old:
            found.append(NameChange(kind, name, "new"))
        elif full not in new:
            found.append(NameChange(kind, name, "gone"))
        elif kind == "tag" and old[full] != new[full]:
            found.append(NameChange(kind, name, "moved"))
    return tuple(found)


def ways_out(operation: Operation) -> tuple[tuple[str, str], ...]:
    """The commands that go on with and end an operation, each with what it does, as a person would type them."""
    if operation == "bisect":
        return (
            ("git bisect good", "this one works"),
            ("git bisect bad", "this one does not"),
            ("git bisect reset", "ends it, back to where it began"),
        )
    ways = [(f"git {operation} --continue", "goes on, once conflicts are resolved and added")]
    if operation in ("rebase", "cherry-pick", "revert", "am"):
        ways.append((f"git {operation} --skip", "leaves this commit out and goes on"))
    return (*ways, (f"git {operation} --abort", "ends it, as if it had not begun"))


def file_words(state: str) -> str:
    """The two letters of a changed file in words: `edited`, `staged, edited again`, `in conflict: both changed`."""
    if state == "??":
        return "new"
    if state in _CONFLICTS:
        return f"in conflict: {_CONFLICTS[state]}"
    index, tree = state[:1], state[1:2]
    staged = _STAGED.get(index, "")
    edited = _EDITED.get(tree, "")
    if staged and edited:
        return f"{staged}, {edited} again" if edited == "edited" else f"{staged}, then {edited}"
    return staged or edited or "changed"


_STAGED = {
    "M": "staged",
    "A": "added",
    "D": "removal staged",
    "R": "renamed",
    "C": "copied",
    "T": "kind staged",
}
_EDITED = {"M": "edited", "D": "deleted", "T": "kind changed", "A": "to be added", "R": "renamed", "C": "copied"}
_CONFLICTS = {
    "DD": "both deleted",
    "AU": "added by us",
    "UD": "deleted by them",
    "UA": "added by them",
    "DU": "deleted by us",
    "AA": "both added",
    "UU": "both changed",
}


def _kind_of(full: str) -> tuple[RefKind | None, str]:
    kinds: Sequence[tuple[str, RefKind]] = (
        ("refs/heads/", "branch"),
        ("refs/remotes/", "remote branch"),
        ("refs/tags/", "tag"),
    )
    for prefix, kind in kinds:
        if full.startswith(prefix):
            name = full.removeprefix(prefix)
            if kind == "remote branch" and name.endswith("/HEAD"):
                return None, name  # says which branch a clone begins with; it is none itself
            return kind, name
    return None, full


def _merged(areas: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Areas of several commits: those most commits touched first."""
    counted: dict[str, int] = {}
    for one in areas:
        for area in one:
            counted[area] = counted.get(area, 0) + 1
    return tuple(sorted(counted, key=lambda area: -counted[area]))
