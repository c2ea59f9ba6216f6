"""What belongs together: lanes and the work tree they come from, submodules and what they are part of.

Small files and lstat only; git is not run here. Walking through folders is `discovery`.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tui.domain.repos import Kind
from tui.sources.git.gitdir import MEDIUM, Layout, lexists, locate, read_small
from tui.sources.git.run import GitError

_SUBMODULE_PATH = re.compile(r'^[ \t]*path[ \t]*=[ \t]*"?([^"\n]*?)"?[ \t]*$', re.MULTILINE)


def kind_and_parent(path: Path, layout: Layout) -> tuple[Kind, Path | None]:
    """What the work tree at `path` is, and the one it belongs to."""
    if layout.linked:
        return "linked", main_work_tree(layout.common_dir)
    superproject = _superproject(path, layout)
    return ("submodule", superproject) if superproject else ("worktree", None)


def main_work_tree(common: Path) -> Path:
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


def submodule_paths(path: Path) -> list[Path]:
    """Where `.gitmodules` of the work tree at `path` places submodules, inside it and not behind a link."""
    try:
        text = os.fsdecode(read_small(path / ".gitmodules", MEDIUM))
    except (OSError, GitError):
        return []
    listed = (Path(os.path.normpath(path / name)) for name in _SUBMODULE_PATH.findall(text) if name)
    return [below for below in listed if below != path and below.is_relative_to(path) and _no_links(path, below)]


def linked_work_trees(layout: Layout) -> list[Path]:
    """The linked work trees git has on record for `layout`, where they still are what the record says."""
    try:
        with os.scandir(layout.common_dir / "worktrees") as listing:
            records = [Path(entry.path) for entry in listing if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    trees = []
    for record in records:
        try:
            text = os.fsdecode(read_small(record / "gitdir")).rstrip("\r\n")
            tree = Path(os.path.normpath(record / text)).parent  # absolute, or relative to the record
            if locate(tree).git_dir.samefile(record):
                trees.append(tree)
        except (OSError, GitError):
            continue
    return trees


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
        return above if inside or path in submodule_paths(above) else None
    return None


def _no_links(top: Path, below: Path) -> bool:
    """True where no folder between `top` and `below` is a link: links are never followed out of a root."""
    while below != top:
        if below.is_symlink():
            return False
        below = below.parent
    return True
