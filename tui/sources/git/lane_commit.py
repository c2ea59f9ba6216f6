"""The work-in-progress commit: all of a lane's changes on its own branch, before a meeting takes its maker away.

Files are only read. What git says has changed is put into the index path by path, with the checks git makes itself;
where that fails half way, files are staged and nothing else happened. Repositories inside the lane and very large
files stay out of it, and it is said.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from tui.domain.lane_work import LaneCommit
from tui.domain.lanes import is_lane_ref, naming
from tui.domain.text import safe_text
from tui.sources.git.committing import check_identity, commit_tree, for_commits, tree_of_index
from tui.sources.git.environment import Place
from tui.sources.git.gitdir import Layout, lexists, read_head, read_operation
from tui.sources.git.lane_ground import Reach, commit_of
from tui.sources.git.lane_state import lane_at
from tui.sources.git.run import GitError
from tui.sources.git.shadow import Prepared
from tui.sources.git.status import FIELDS_BEFORE_NAME

MOST_BYTES = 50 * 1024 * 1024
"""The largest file that is committed."""

_MOST_LISTED = 64 * 1024 * 1024
_MOST_ARGUMENTS = 64 * 1024
"""Bytes of paths one command is given."""
_STATUS = ("status", "--porcelain=v2", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=dirty")
_SUBMODULE = b"S"


class _Plan(Struct):
    """What is committed of what has changed, and what is not."""

    paths: list[bytes] = field(default_factory=list)
    """From the top of the lane, as git has them."""
    nested: list[str] = field(default_factory=list)
    large: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    @property
    def left(self) -> tuple[str, ...]:
        """A sentence for each kind of thing that stays out."""
        return (
            *naming("repositories inside it are left out", self.nested, "commit in them"),
            *naming("files over 50 MB are left out", self.large, "commit them yourself if they belong there"),
            *naming("files that cannot be read are left out", self.closed, "check their permissions"),
        )


def commit_lane(path: Path, message: str, reach: Reach) -> LaneCommit:
    """Commit what changed in the lane at `path`, untracked files that are not ignored included, on its own branch.

    No hook, no editor, no signature, no filter of the repository's own. Raises GitError with why it cannot be; no
    file and no other branch is touched in any case.
    """
    prepared = lane_at(path, reach)
    ref = prepared.head.ref
    if ref is None or not is_lane_ref(ref):
        raise GitError("it is not on a branch `proto/…`; switch to its branch first")
    place = _place(prepared, ref, reach)
    tip = commit_of(prepared, "HEAD", reach)
    _check_at_rest(prepared.layout)
    _check_branch(place, ref, reach)
    check_identity(place, reach)
    plan = _planned(path, reach.git(place, *_STATUS, most=_MOST_LISTED))
    for some in _portions(plan.paths):
        reach.git(place, "update-index", "--add", "--remove", "--replace", "--", *map(os.fsdecode, some))
    tree = tree_of_index(place, reach)
    branch = ref.removeprefix("refs/heads/")
    if tip is not None and tree == os.fsdecode(reach.git(place, "rev-parse", "--verify", f"{tip}^{{tree}}")).strip():
        return LaneCommit(path, branch, "", 0, plan.left)
    _check_at_rest(prepared.layout)
    if read_head(prepared.layout.git_dir).ref != ref:
        raise GitError("another branch was checked out meanwhile; try again")
    new = commit_tree(place, ref, tree, tip, message, reach)
    return LaneCommit(path, branch, new, _changed(place, tip, new, reach), plan.left)


def _place(prepared: Prepared, ref: str, reach: Reach) -> Place:
    """The lane's own git folder: its index, and the person's ignore and attribute files as its configuration has them.

    Raises GitError where it could start a program, or where something would be written through a link.
    """
    layout = prepared.layout
    own = reach.own_place(prepared)
    reach.check_writable(layout)
    written = (layout.git_dir / "logs", layout.git_dir / "logs" / "HEAD", layout.common_dir / "logs" / ref)
    if not reach.trusted and any(file.is_symlink() for file in written):
        raise GitError("a log in its git folder is a link; add it to `[repositories] trusted` if you made it")
    return for_commits(replace(own, folder=layout.path, git_dir=layout.git_dir, work_tree=layout.path))


def _check_at_rest(layout: Layout) -> None:
    """Raise GitError where somebody else is at work on the index or in the middle of something."""
    if operation := read_operation(layout.git_dir)[0]:
        raise GitError(f"a {operation} is under way; finish or abort it")
    if lexists(layout.git_dir / "index.lock"):
        raise GitError(
            "another git command is at work there; try again when it is done, or remove `index.lock` where none is"
        )


def _check_branch(place: Place, ref: str, reach: Reach) -> None:
    if reach.git(place, "for-each-ref", "--format=%(symref)", ref).strip():
        raise GitError("its branch only stands for another branch; make it one of its own")


def _planned(top: Path, answer: bytes) -> _Plan:
    """What to do with each entry of an answer of `git status`. Raises GitError for a conflict."""
    plan = _Plan()
    untracked = []
    for record in answer.split(b"\x00"):
        kind, _, rest = record.partition(b" ")
        if kind == b"u":
            raise GitError(f"`{_shown(rest.split(b' ', 9)[-1])}` is in conflict; resolve it")
        if kind == b"?":
            untracked.append(rest)
        elif kind in FIELDS_BEFORE_NAME:
            states, submodule = rest.split(b" ", 2)[:2]
            name = rest.split(b" ", FIELDS_BEFORE_NAME[kind] - 1)[-1]
            if states[1:] == b".":
                continue  # staged, and as it was staged
            if submodule.startswith(_SUBMODULE):
                plan.nested.append(os.fsdecode(name))
            else:
                _sort(plan, top, name)
    bare = tuple(_bare_ones(top, untracked))
    plan.nested += (os.fsdecode(name[:-1]) for name in bare)
    for name in untracked:
        if name.endswith(b"/"):
            plan.nested.append(os.fsdecode(name[:-1]))
        elif not name.startswith(bare):
            _sort(plan, top, name)
    return plan


def _bare_ones(top: Path, untracked: Iterable[bytes]) -> Iterator[bytes]:
    """The folders among `untracked` that are bare repositories, each with its `/`."""
    for name in untracked:
        folder, _, last = name.rpartition(b"/")
        there = top / os.fsdecode(folder)
        if folder and last == b"HEAD" and (there / "objects").is_dir() and (there / "refs").is_dir():
            yield folder + b"/"


def _sort(plan: _Plan, top: Path, name: bytes) -> None:
    file = top / os.fsdecode(name)
    try:
        found = file.lstat()
    except OSError:  # deleted, which is what changed
        plan.paths.append(name)
        return
    if stat.S_ISREG(found.st_mode) and found.st_size > MOST_BYTES:
        plan.large.append(os.fsdecode(name))
    elif stat.S_ISREG(found.st_mode) and not os.access(file, os.R_OK):
        plan.closed.append(os.fsdecode(name))
    else:
        plan.paths.append(name)


def _portions(paths: list[bytes]) -> Iterator[list[bytes]]:
    """`paths` in parts a command line takes."""
    some: list[bytes] = []
    size = 0
    for name in paths:
        if some and size + len(name) > _MOST_ARGUMENTS:
            yield some
            some, size = [], 0
        some.append(name)
        size += len(name) + 1
    if some:
        yield some


def _changed(place: Place, before: str | None, new: str, reach: Reach) -> int:
    """How many paths differ between two commits."""
    listing = ("diff-tree", "-r", "-z", "--name-only", "--no-renames")
    ends = ("--root", "--no-commit-id", new) if before is None else (before, new)
    return reach.git(place, *listing, *ends, most=_MOST_LISTED).count(b"\x00")


def _shown(name: bytes) -> str:
    return safe_text(os.fsdecode(name), 60)
