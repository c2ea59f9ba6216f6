"""Which repositories there are under the roots. Folders and small files only; git is not run here.

Only a `.git` entry makes a repository, so that a folder committed into one cannot pose as another; a bare one counts
only where it is itself a root. No link is followed, every folder is visited once, depth and number are capped, and
one bad folder never ends the search.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path

from tui.domain.repos import Kind
from tui.sources.git.gitdir import MEDIUM, Layout, lexists, locate, looks_bare, read_small
from tui.sources.git.run import GitError

SKIPPED = frozenset(
    (
        ".git",
        ".hg",
        ".svn",
        ".cache",
        ".cargo",
        ".claude",
        ".codex",
        ".cursor",
        ".gradle",
        ".local",
        ".m2",
        ".mypy_cache",
        ".nox",
        ".npm",
        ".pytest_cache",
        ".ruff_cache",
        ".rustup",
        ".terraform",
        ".tox",
        ".Trash",
        ".venv",
        "__pycache__",
        "bower_components",
        "node_modules",
        "site-packages",
        "venv",
    )
)
"""Folders never entered: caches, installed packages, and where agents keep work trees of their own."""

MOST_FOLDERS = 100_000
"""Folders looked into before a search is given up."""

MOST_REPOSITORIES = 5_000

_SUBMODULE_PATH = re.compile(r'^[ \t]*path[ \t]*=[ \t]*"?([^"\n]*?)"?[ \t]*$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    """A repository's place in the fleet, before it is read."""

    path: Path
    kind: Kind = "worktree"
    parent: Path | None = None
    identity: tuple[int, int] = field(default=(0, 0), compare=False)
    """Device and inode: the same repository may be reached by two paths."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a search came back with, in path order."""

    repositories: tuple[Found, ...]
    problems: tuple[str, ...]
    """Roots and folders that could not be looked into and limits that were hit, a sentence each."""


@dataclass(slots=True)
class _Search:
    depth: int
    excluded: tuple[str, ...]
    trusted: Callable[[Path], bool]
    found: dict[Path, Found] = field(default_factory=dict)
    visited: dict[tuple[int, int], int] = field(default_factory=dict)
    """Device and inode of each folder looked into, and how many levels below it were allowed."""
    known: set[tuple[int, int]] = field(default_factory=set)
    closed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    folders: int = 0


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
    search = _Search(depth, tuple(map(_pattern, exclude)), trusted)
    for root in roots:
        _search_root(search, Path(os.path.abspath(root)))  # noqa: PTH100 - a root that is a link keeps its name
    if search.closed:
        count = len(search.closed)
        folders = "folder" if count == 1 else "folders"
        search.problems.append(
            f"{count} {folders} could not be looked into, such as {search.closed[0]}; "
            "check permissions or add to `[repositories] exclude`"
        )
    ordered = tuple(search.found[path] for path in sorted(search.found))
    return Discovery(ordered, tuple(search.problems))


def _search_root(search: _Search, root: Path) -> None:
    try:
        with os.scandir(root):
            pass
    except OSError as error:
        search.problems.append(f"root `{root}`: {(error.strerror or str(error)).lower()}; correct or remove it")
        return
    if lexists(root / ".git"):
        _add(search, Found(root))
        return
    if looks_bare(root):
        _add(search, Found(root, "bare"))
        return
    pending = [(root, 0)]
    while pending:
        if search.folders >= MOST_FOLDERS or len(search.found) >= MOST_REPOSITORIES:
            search.problems.append(
                f"root `{root}`: too many folders to look through all of them; name smaller roots or lower `depth`"
            )
            return
        folder, level = pending.pop()
        if level and lexists(folder / ".git"):
            _add(search, Found(folder))
        if level < search.depth:
            inside = _folders_in(search, folder, search.depth - level)
            pending.extend((below, level + 1) for below in inside)


def _folders_in(search: _Search, folder: Path, levels: int) -> list[Path]:
    """The folders in `folder` that may be entered; none where it was looked into as deeply before or is closed."""
    search.folders += 1
    try:
        status = folder.stat()
        if search.visited.get((status.st_dev, status.st_ino), 0) >= levels:
            return []
        search.visited[status.st_dev, status.st_ino] = levels
        with os.scandir(folder) as listing:
            return [
                Path(entry.path)
                for entry in listing
                if entry.is_dir(follow_symlinks=False) and not _excluded(search, Path(entry.path))
            ]
    except OSError as error:
        search.closed.append(f"`{folder}` ({(error.strerror or str(error)).lower()})")
        return []


def _excluded(search: _Search, path: Path) -> bool:
    name = path.name
    if name in SKIPPED:
        return True
    whole = str(path)
    return any(fnmatch(whole if "/" in pattern else name, pattern) for pattern in search.excluded)


def _pattern(written: str) -> str:
    """An exclusion as `fnmatch` takes it: a folder name, or a path that may begin anywhere."""
    pattern = os.path.expanduser(written).rstrip("/")  # noqa: PTH111 - patterns are no paths
    return pattern if "/" not in pattern or pattern.startswith(("/", "*")) else f"*/{pattern}"


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
            layout = locate(one.path, trusted=search.trusted(one.path))
        except GitError:
            search.found[one.path] = one  # its row says what is wrong
            continue
        one = _placed(search, one, layout)
        search.found[one.path] = one
        pending.extend(_submodules(search, one.path, layout))
        pending.extend(_linked(search, one, layout))


def _placed(search: _Search, found: Found, layout: Layout) -> Found:
    """`found` with its kind and parent, by where its git folder is."""
    if found.kind != "worktree":
        return found
    if layout.linked:
        return replace(found, kind="linked", parent=_main_work_tree(layout.common_dir))
    superproject = _superproject(found.path, layout)
    return replace(found, kind="submodule", parent=superproject) if superproject else found


def _main_work_tree(common: Path) -> Path:
    """The main work tree of the repository whose git folder is `common`; the folder itself where it is bare."""
    if common.name == ".git":
        return common.parent
    for candidate in (common.parent, *_named_work_tree(common)):  # `.bare` beside a `.git` file; a submodule
        try:
            if locate(candidate).git_dir == common:
                return candidate
        except GitError:
            continue
    return common


def _named_work_tree(common: Path) -> Iterator[Path]:
    """The work tree a separate git folder names for itself (`core.worktree`)."""
    try:
        text = os.fsdecode(read_small(common / "config", MEDIUM))
    except (OSError, GitError):
        return
    for value in re.findall(r"^[ \t]*worktree[ \t]*=[ \t]*(\S.*?)[ \t]*$", text, re.MULTILINE):
        yield Path(os.path.normpath(common / value))


def _superproject(path: Path, layout: Layout) -> Path | None:
    """The work tree that has `path` as a submodule; None where none has."""
    for above in path.parents:
        if not lexists(above / ".git"):
            continue
        try:
            outer = locate(above)
        except GitError:
            return None
        inside = layout.git_dir.is_relative_to(outer.git_dir / "modules")
        return above if inside or path in _submodule_paths(above) else None
    return None


def _submodules(search: _Search, path: Path, layout: Layout) -> list[Found]:
    """Submodules checked out in the work tree, however deep they lie."""
    if layout.bare:
        return []
    listed = [below for below in _submodule_paths(path) if lexists(below / ".git")]
    return [Found(below, "submodule", path) for below in listed if not _skipped_below(search, path, below)]


def _submodule_paths(path: Path) -> list[Path]:
    try:
        text = os.fsdecode(read_small(path / ".gitmodules", MEDIUM))
    except (OSError, GitError):
        return []
    listed = (Path(os.path.normpath(path / name)) for name in _SUBMODULE_PATH.findall(text) if name)
    return [below for below in listed if below != path and below.is_relative_to(path) and _no_links(path, below)]


def _no_links(top: Path, below: Path) -> bool:
    """True where no folder between `top` and `below` is a link: links are never followed out of a root."""
    while below != top:
        if below.is_symlink():
            return False
        below = below.parent
    return True


def _linked(search: _Search, found: Found, layout: Layout) -> list[Found]:
    """The linked work trees git has on record, where they still are what the record says."""
    try:
        with os.scandir(layout.common_dir / "worktrees") as listing:
            records = [Path(entry.path) for entry in listing if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    main = _main_work_tree(layout.common_dir) if layout.linked else found.path
    trees = []
    for record in records:
        try:
            text = os.fsdecode(read_small(record / "gitdir")).rstrip("\r\n")
            tree = Path(os.path.normpath(record / text)).parent  # absolute, or relative to the record
            if locate(tree).git_dir.samefile(record) and not _skipped_below(search, main, tree):
                trees.append(Found(tree, "linked", main))
        except (OSError, GitError):
            continue
    return trees


def _skipped_below(search: _Search, main: Path, tree: Path) -> bool:
    """Whether `tree` lies in a folder that is never entered, counted from what it shares with `main`."""
    shared = Path(os.path.commonpath((main, tree)))
    parts = [tree, *tree.parents]
    return any(_excluded(search, part) for part in parts if part != shared and part.is_relative_to(shared))
