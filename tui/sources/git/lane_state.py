"""What a lane holds and whether it is on the default branch already. Nothing is written, but below a temporary folder.

Work that was squash-merged is recognised by content: a commit of the default branch since the lane left it has the
lane's very tree, or merging the lane into it would change nothing. Commits that were rewritten beyond that are not
recognised: then the lane counts as not landed, which is the safe side.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from tui.domain.lanes import Landed, LaneState
from tui.sources.git.environment import Place
from tui.sources.git.family import linked_work_trees
from tui.sources.git.gitdir import SMALL, Layout, lexists, read_head, read_operation, read_small
from tui.sources.git.lane_ground import Reach, commit_of, default_tip
from tui.sources.git.lanes import prototype_names
from tui.sources.git.run import GitError
from tui.sources.git.shadow import Prepared
from tui.sources.git.status import FIELDS_BEFORE_NAME

MOST_MERGES = 30
"""How many commits of the default branch are tried for the lane's content, newest first."""

_STATUS = ("status", "--porcelain=v2", "-z", "--ignore-submodules=dirty", "--no-renames")
_MOST_OWN = 10_000
_BARE = frozenset(("HEAD", "objects", "refs"))


class _Files(Struct):
    """Paths by what `git status` says of them."""

    changed: list[str] = field(default_factory=list)
    untracked: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def lane_state(path: Path, reach: Reach, *, thorough: bool = False) -> LaneState:
    """The state of the lane at `path`; `thorough` compares every file's content and looks for repositories inside.

    Raises GitError where it is no linked work tree, or cannot be read.
    """
    prepared = lane_at(path, reach)
    place, layout, head = prepared.place, prepared.layout, prepared.head
    answer = reach.git(place, *_STATUS, "--untracked-files=normal", "--ignored=traditional")
    files = _parse_files(answer)
    loose = _loose_prototypes(path, head.ref, (*files.untracked, *files.ignored))
    tip = commit_of(prepared, "HEAD", reach)
    base = default_tip(prepared, reach)
    commits, landed = _landed(prepared, tip, base, reach) if tip else (0, "no")
    return LaneState(
        branch=head.ref,
        tip=tip,
        commits=commits,
        landed=landed,
        changed=tuple(files.changed),
        untracked=tuple(name for name in files.untracked if name not in loose),
        ignored=tuple(name for name in files.ignored if name not in loose),
        prototypes=loose,
        hidden=_hidden(prepared, tip, files, reach) if thorough and tip else (),
        nested=tuple(_nested(path)) if thorough else (),
        own_refs=tuple(_own_refs(layout)),
        stashes=_stashes(prepared, tip, base, reach),
        operation=read_operation(layout.git_dir)[0],
        locked=_locked(layout),
        busy=lexists(layout.git_dir / "index.lock"),
        shared=_shared(layout, head.ref),
    )


def lane_at(path: Path, reach: Reach) -> Prepared:
    """The linked work tree at `path`, ready for git. Raises GitError where git has no record of one there."""
    prepared = reach.prepared(path)
    known = (tree.resolve() for tree in linked_work_trees(prepared.layout))
    if not prepared.layout.linked or path.resolve() not in known:
        raise GitError("it is no lane: git has no linked work tree on record there; try `git worktree repair`")
    return prepared


def _parse_files(answer: bytes) -> _Files:
    """The paths in an answer of `git status --porcelain=v2 -z --no-renames`."""
    found = _Files()
    for record in answer.split(b"\x00"):
        kind, _, rest = record.partition(b" ")
        if kind == b"?":
            found.untracked.append(os.fsdecode(rest))
        elif kind == b"!":
            found.ignored.append(os.fsdecode(rest))
        elif kind in FIELDS_BEFORE_NAME:
            found.changed.append(os.fsdecode(record.split(b" ", FIELDS_BEFORE_NAME[kind])[-1]))
    return found


def _loose_prototypes(path: Path, branch: str | None, names: tuple[str, ...]) -> tuple[str, ...]:
    wanted = prototype_names(branch)
    return tuple(name for name in names if name in wanted and (path / name).is_file() and not _linked(path / name))


def _linked(file: Path) -> bool:
    """True for a link, and for a file that has another name: only plain files are ever kept and removed."""
    return file.is_symlink() or file.lstat().st_nlink != 1


def _hidden(prepared: Prepared, tip: str, files: _Files, reach: Reach) -> tuple[str, ...]:
    """Edited tracked files `git status` does not tell of: its index says not to look, or their times lie.

    Seen with an index made anew from HEAD, which knows nothing of flags and times.
    """
    with tempfile.TemporaryDirectory(prefix="makerhour-lane-") as folder:
        place = _with(prepared.place, GIT_INDEX_FILE=f"{folder}/index")
        reach.git(place, "read-tree", tip)
        answer = reach.git(place, *_STATUS, "--untracked-files=no")
    names = (name for name in _parse_files(answer).changed if name not in files.changed)
    return tuple(name for name in names if lexists(prepared.layout.path / name))  # not one left out by a sparse tree


def _nested(top: Path) -> Iterator[str]:
    """The folders below `top` that are repositories, by `.git` or as bare ones. Raises GitError for a closed one."""
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                inside = list(listing)
        except OSError as error:
            raise GitError(f"`{folder.relative_to(top)}` cannot be read: {error.strerror}; open it") from error
        names = {entry.name for entry in inside}
        if folder != top and (".git" in names or names >= _BARE):
            yield str(folder.relative_to(top))
            continue
        waiting += [Path(e.path) for e in inside if e.is_dir(follow_symlinks=False) and e.name != ".git"]


def _own_refs(layout: Layout) -> Iterator[str]:
    """Refs kept in the work tree's own git folder; git removes them with it."""
    waiting = [layout.git_dir / "refs"]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as listing:
                inside = list(listing)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise GitError(f"its git folder cannot be read: {error.strerror}") from error
        for entry in inside:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
            else:
                yield str(Path(entry.path).relative_to(layout.git_dir))


def _stashes(prepared: Prepared, tip: str | None, base: str | None, reach: Reach) -> int:
    listed = reach.git(prepared.place, "stash", "list", "-z", "--format=%P%x00%gs")
    own: set[str] = set()
    if listed and tip and base:
        arguments = ("rev-list", f"--max-count={_MOST_OWN}", "--end-of-options", tip, f"^{base}")
        own = set(os.fsdecode(reach.git(prepared.place, *arguments)).split())
    short = os.fsencode((prepared.head.ref or "").removeprefix("refs/heads/"))
    marks = (b"WIP on " + short + b":", b"On " + short + b":") if short else ()
    fields = listed.split(b"\x00")
    pairs = zip(fields[::2], fields[1::2], strict=False)
    return sum(says.startswith(marks) or os.fsdecode(parents.partition(b" ")[0]) in own for parents, says in pairs)


def _locked(layout: Layout) -> str | None:
    if not lexists(layout.git_dir / "locked"):
        return None
    try:
        return os.fsdecode(read_small(layout.git_dir / "locked", SMALL)).strip()
    except (OSError, GitError):
        return ""


def _shared(layout: Layout, branch: str | None) -> bool:
    """Whether another work tree has `branch` checked out. Raises GitError where that cannot be known."""
    try:
        with os.scandir(layout.common_dir / "worktrees") as listing:
            folders = [Path(entry.path) for entry in listing if entry.is_dir(follow_symlinks=False)]
    except OSError as error:
        raise GitError(f"its git folder cannot be read: {error.strerror}") from error
    others = [layout.common_dir, *(folder for folder in folders if not folder.samefile(layout.git_dir))]
    return branch is not None and any(read_head(other).ref == branch for other in others)


def _landed(prepared: Prepared, tip: str, base: str | None, reach: Reach) -> tuple[int, Landed]:
    """How many commits are on neither the default branch (at `base`) nor the upstream, and whether all landed."""
    upstream = None
    if prepared.head.ref:
        asked = reach.git(prepared.place, "for-each-ref", "--format=%(upstream)", prepared.head.ref)
        name = os.fsdecode(asked).strip()
        upstream = commit_of(prepared, name, reach) if name else None
    bases = tuple(dict.fromkeys(oid for oid in (base, upstream) if oid))
    counted = reach.git(prepared.place, "rev-list", "--count", tip, *(f"^{oid}" for oid in bases))
    commits = int(counted)
    if commits == 0:
        return 0, "ancestry"
    found = any(_holds(prepared, oid, tip, reach) for oid in bases)
    return commits, "content" if found else "no"


def _holds(prepared: Prepared, base: str, tip: str, reach: Reach) -> bool:
    """Whether the branch at `base` has the content of `tip`: see the module."""
    place = prepared.place
    left = os.fsdecode(reach.git(place, "merge-base", tip, base, accept=(0, 1))).strip()
    if not left:
        return False
    before, wanted = (_tree_of(place, oid, reach) for oid in (left, tip))
    if before == wanted:
        return False  # it took back all it did: there is no content to find
    arguments = ("log", "--first-parent", f"--max-count={MOST_MERGES}", "--format=%H %T", base, f"^{left}")
    listed = [line.split(" ") for line in os.fsdecode(reach.git(place, *arguments)).splitlines()]
    if any(tree == wanted for _, tree in listed):
        return True
    with tempfile.TemporaryDirectory(prefix="makerhour-lane-") as folder:
        known = f"{prepared.layout.common_dir}/objects".replace("\\", "\\\\").replace('"', '\\"')
        apart = _with(place, GIT_OBJECT_DIRECTORY=folder, GIT_ALTERNATE_OBJECT_DIRECTORIES=f'"{known}"')
        try:
            return any(_merged(apart, oid, tip, reach) == tree for oid, tree in listed)
        except GitError as error:
            if error.code is None or error.code < 0:
                raise
            return False  # a git before 2.38, or objects a partial clone left out


def _merged(place: Place, base: str, tip: str, reach: Reach) -> str:
    """The tree of merging `tip` into `base`; one with conflicts comes with more lines and equals none."""
    return os.fsdecode(reach.git(place, "merge-tree", "--write-tree", base, tip, accept=(0, 1))).strip()


def _tree_of(place: Place, oid: str, reach: Reach) -> str:
    return os.fsdecode(reach.git(place, "rev-parse", "--verify", f"{oid}^{{tree}}")).strip()


def _with(place: Place, **variables: str) -> Place:
    return replace(place, variables=(*place.variables, *variables.items()))
