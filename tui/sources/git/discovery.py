"""Which repositories there are under the roots. Folders and small files only; git is not run here.

Only a `.git` entry makes a repository, so that a folder committed into one cannot pose as another; a bare one counts
only where it is itself a root. No link is followed, every folder is visited once, depth and number are capped, and
one bad folder never ends the search. What a found one brings along is `family`; searching over time is `roots`.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from msgspec import Struct, field
from msgspec.structs import replace

from tui.domain.repos import Kind
from tui.domain.values import Value
from tui.sources.git.exclusions import Excluded, excluded_below, exclusions
from tui.sources.git.family import kind_and_parent, linked_work_trees, main_work_tree, submodule_paths
from tui.sources.git.gitdir import Layout, lexists, locate, looks_bare
from tui.sources.git.run import GitError

MOST_FOLDERS = 100_000
"""Folders looked into before a search is given up."""

MOST_REPOSITORIES = 5_000

PROGRESS_SECONDS = 0.2
"""How far apart a search that takes long tells what it has found so far."""


class Found(Value, frozen=True):
    """A repository's place in the fleet, before it is read."""

    UNCOMPARED: ClassVar[frozenset[str]] = frozenset({"identity"})

    path: Path
    kind: Kind = "worktree"
    parent: Path | None = None
    identity: tuple[int, int] = (0, 0)
    """Device and inode: the same repository may be reached by two paths."""


class Listing(Struct, frozen=True):
    """A folder as it was when it was looked into."""

    changed_ns: int
    """Its modification time; it was read before the folders in it were."""
    folders: tuple[str, ...]
    """Whole paths of the folders in it that may be entered."""


class Discovery(Struct, frozen=True):
    """What a search came back with, in path order."""

    repositories: tuple[Found, ...]
    problems: tuple[str, ...]
    """Roots and folders that could not be looked into and limits that were hit, a sentence each."""
    places: Mapping[str, Listing] = field(default_factory=dict)
    """The roots and the folders that hold repositories."""


class Rules(Struct, frozen=True):
    """How far and where a search goes."""

    depth: int = 4
    """How many folders below a root are looked through."""
    excluded: Excluded = field(default_factory=lambda: exclusions(()))
    trusted: Callable[[Path], bool] = lambda _: False
    stopped: Callable[[], bool] = lambda: False
    """Asked before every folder; where it says so the search ends with what there is."""
    progress: Callable[[tuple[Found, ...]], None] = lambda _: None
    """Told now and then, on the searching thread, what was found so far."""


class _Search(Struct):
    rules: Rules
    found: dict[Path, Found] = field(default_factory=dict)
    visited: dict[tuple[int, int], int] = field(default_factory=dict)
    """Device and inode of each folder looked into, and how many levels below it were allowed."""
    known: set[tuple[int, int]] = field(default_factory=set)
    listings: dict[str, Listing] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    tops: set[str] = field(default_factory=set)
    """Where walks began."""
    folders: int = 0
    told: int = 0
    told_at: float = field(default_factory=time.monotonic)


def find_repositories(
    roots: Sequence[Path],
    depth: int = 4,
    exclude: Iterable[str] = (),
    trusted: Callable[[Path], bool] = lambda _: False,
) -> Discovery:
    """The repositories under `roots`, looking through `depth` folders below each.

    A root that is a repository stands for itself, its linked work trees and its submodules. Linked work trees are
    found wherever they are. `exclude` holds folder names or path patterns (`fnmatch`).
    """
    return search_roots(roots, Rules(depth, exclusions(exclude), trusted))


def search_roots(roots: Sequence[Path], rules: Rules) -> Discovery:
    """`find_repositories` with the rules made already."""
    search = _Search(rules)
    for root in roots:
        _search_root(search, Path(os.path.abspath(root)))  # noqa: PTH100 - a root that is a link keeps its name
    return _outcome(search)


def search_folders(folders: Iterable[tuple[str, int]], rules: Rules) -> Discovery:
    """The repositories in `folders` and, each with its own number of levels, below them."""
    search = _Search(rules)
    for folder, levels in folders:
        _walk(search, folder, levels)
    return _outcome(search)


def list_folder(folder: str, rules: Rules) -> Listing:
    """`folder` as it is now. Raises OSError where it cannot be looked into."""
    return _listed(folder, rules.excluded, os.stat(folder).st_mtime_ns)[0]  # noqa: PTH116


def _outcome(search: _Search) -> Discovery:
    if search.closed:
        count = len(search.closed)
        folders = "folder" if count == 1 else "folders"
        search.problems.append(
            f"{count} {folders} could not be looked into, such as {search.closed[0]}; "
            "check permissions or add to `[repositories] exclude`"
        )
    ordered = tuple(search.found[path] for path in sorted(search.found))
    holding = search.tops | {str(one.path.parent) for one in ordered if one.kind != "submodule"}
    places = {folder: listing for folder, listing in search.listings.items() if folder in holding}
    return Discovery(ordered, tuple(search.problems), places)


def _search_root(search: _Search, root: Path) -> None:
    try:
        with os.scandir(root):
            pass
    except OSError as error:
        search.problems.append(f"root `{root}`: {(error.strerror or str(error)).lower()}; correct or remove it")
        return
    if lexists(root / ".git"):
        _add(search, Found(root))
    elif looks_bare(root):
        _add(search, Found(root, "bare"))
    else:
        _walk(search, str(root), search.rules.depth)


def _walk(search: _Search, top: str, levels: int) -> None:
    """Look through `top` and `levels` folders below it, the upper ones first: that is where most repositories are."""
    search.tops.add(top)
    pending = deque(((top, levels),))
    rules = search.rules
    while pending and not rules.stopped():
        if search.folders >= MOST_FOLDERS or len(search.found) >= MOST_REPOSITORIES:
            search.problems.append(
                f"root `{top}`: too many folders to look through all of them; name smaller roots or lower `depth`"
            )
            return
        folder, levels = pending.popleft()
        if levels <= 0:
            if os.path.lexists(f"{folder}/.git"):
                _add(search, Found(Path(folder)))
            continue
        search.folders += 1
        try:
            inside = _enter(search, folder, levels)
        except OSError as error:
            search.closed.append(f"`{folder}` ({(error.strerror or str(error)).lower()})")
            continue
        pending.extend((below, levels - 1) for below in inside)
        if len(search.found) > search.told and time.monotonic() - search.told_at >= PROGRESS_SECONDS:
            rules.progress(tuple(search.found.values()))
            search.told, search.told_at = len(search.found), time.monotonic()


def _enter(search: _Search, folder: str, levels: int) -> Iterable[str]:
    """The folders in `folder`; none where it was looked into as deeply before. Raises OSError where it is closed."""
    status = os.stat(folder)  # noqa: PTH116 - tens of thousands of them
    identity = (status.st_dev, status.st_ino)
    before = search.visited.get(identity, 0)
    if before >= levels:
        return ()
    search.visited[identity] = levels
    listing, holds_git = _listed(folder, search.rules.excluded, status.st_mtime_ns)
    search.listings[folder] = listing
    if holds_git and not before:
        _add(search, Found(Path(folder)))
    return listing.folders


def _listed(folder: str, excluded: Excluded, changed_ns: int) -> tuple[Listing, bool]:
    """What is in `folder`, and whether a `.git` is: one listing answers both."""
    inside = []
    holds_git = False
    with os.scandir(folder) as listing:
        for entry in listing:
            name = entry.name
            if name == ".git":
                holds_git = True
            elif entry.is_dir(follow_symlinks=False) and not excluded(name, path := entry.path):
                inside.append(path)
    return Listing(changed_ns, tuple(inside)), holds_git


def _add(search: _Search, found: Found) -> None:
    """Take in a repository with its linked work trees and submodules, unless it is there already."""
    pending = [found]
    while pending and len(search.found) < MOST_REPOSITORIES:
        one = pending.pop()
        try:
            status = one.path.stat()
        except OSError:
            continue
        identity = (status.st_dev, status.st_ino)
        if identity in search.known:
            continue
        search.known.add(identity)
        one = replace(one, identity=identity)
        try:
            layout = locate(one.path, trusted=search.rules.trusted(one.path))
        except GitError:
            search.found[one.path] = one  # its row says what is wrong
            continue
        if one.kind == "worktree":
            kind, parent = kind_and_parent(one.path, layout)
            one = replace(one, kind=kind, parent=parent)
        search.found[one.path] = one
        pending.extend(_brought(search, one, layout))


def _brought(search: _Search, found: Found, layout: Layout) -> Iterable[Found]:
    """Submodules checked out in the work tree, however deep, and linked work trees, wherever they are."""
    excluded = search.rules.excluded
    if not layout.bare:
        for below in submodule_paths(found.path):
            if lexists(below / ".git") and not excluded_below(excluded, found.path, below):
                yield Found(below, "submodule", found.path)
    main = main_work_tree(layout.common_dir) if layout.linked else found.path
    for tree in linked_work_trees(layout):
        if not excluded_below(excluded, main, tree):
            yield Found(tree, "linked", main)
