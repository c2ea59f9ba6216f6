"""What tells without git that a repository may have changed: the inodes, sizes and times of git's own files.

Only lstat and folder listings; what is in the files is not looked at. See gitrepository-layout for the names.
"""

import os
import stat

from tui.sources.git.gitdir import Layout
from tui.sources.git.run import GitError

Signature = tuple[tuple[str, int, int, int, int], ...]
"""Files with what tells that one was replaced or written: inode, size, modification and change time (ns).
Of folders, and of `.git`, owner, mode and inode."""

_STATE = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "BISECT_LOG")
_STATE_FOLDERS = (
    ("sequencer", ("sequencer/todo",)),
    ("rebase-merge", ("rebase-merge", "rebase-merge/msgnum")),
    ("rebase-apply", ("rebase-apply", "rebase-apply/next")),
)
_OPERATIONS = frozenset((*_STATE, *(name for name, _ in _STATE_FOLDERS)))
_OWN = ("HEAD", "index", "config.worktree", "commondir")
_SHARED = ("config", "packed-refs", "shallow")
_INFO = ("info/exclude", "info/attributes")
_MOST_REFS = 50_000

_MADE_FROM = frozenset(
    ("HEAD", "config", "config.worktree", "commondir", "info/exclude", "info/attributes", "info/sparse-checkout")
)


class Control:
    """The control files of one repository at one moment."""

    def __init__(self, layout: Layout) -> None:
        own, shared = f"{layout.git_dir}", f"{layout.common_dir}"
        self.names = _listed(own)
        """What lies in the repository's git folder."""
        shared_names = self.names if own == shared else _listed(shared)
        found = [_placed(f"{layout.path}"), _placed(own)]
        if not layout.bare:
            found.append(_placed(f"{layout.path}/.git", follow=False))
        if own != shared:
            found.append(_placed(shared))
        wanted = [f"{own}/{name}" for name in (*_OWN, *_STATE) if name in self.names]
        wanted += [f"{shared}/{name}" for name in _SHARED if name in shared_names]
        if "info" in shared_names:
            wanted += [f"{shared}/{name}" for name in _INFO]
        if "info" in self.names:
            wanted.append(f"{own}/info/sparse-checkout")
        if "logs" in shared_names:
            wanted.append(f"{shared}/logs/refs/stash")
        for folder, files in _STATE_FOLDERS:
            if folder in self.names:
                wanted += [f"{own}/{name}" for name in files]
        found += [_signed(path) for path in wanted]
        self.signature: Signature = tuple(entry for entry in found if entry is not None)
        """Differs after any git operation, but for refs and objects."""

    @property
    def under_way(self) -> bool:
        """True where an operation (merge, rebase, …) may be under way."""
        return not _OPERATIONS.isdisjoint(self.names)

    def made_from(self, layout: Layout) -> Signature:
        """The part a shadow is made from: it changes with HEAD and configuration, not with every command."""
        wanted = {f"{folder}/{name}" for folder in (layout.git_dir, layout.common_dir) for name in _MADE_FROM}
        return tuple(entry for entry in self.signature if entry[0] in wanted)


def refs_signature(layout: Layout) -> Signature:
    """The refs of `layout` as they are now; differs after a branch moved, or a tag came or went.

    Raises GitError where one is not a regular file: git would wait for a FIFO.
    """
    shared = f"{layout.common_dir}"
    entries = [_signed(f"{shared}/{name}") for name in ("packed-refs", "reftable/tables.list", "refs/tags")]
    waiting = [f"{shared}/refs/{kind}" for kind in ("heads", "remotes")]
    while waiting and len(entries) < _MOST_REFS:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                inside = sorted(listing, key=_name_of)
        except OSError:
            continue
        for entry in inside:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
                continue
            signed = _signed(entry.path)
            entries.append(signed)
            if signed and not (entry.is_file(follow_symlinks=False) or entry.is_symlink()):
                raise GitError(f"damaged: the ref `{entry.name}` is not a regular file; try `git fsck` there")
    return tuple(entry for entry in entries if entry is not None)


def signed_file(path: str) -> tuple[str, int, int, int, int] | None:
    """What tells that the file at `path` was replaced or written; None where there is none."""
    return _signed(path)


def _name_of(entry: "os.DirEntry[str]") -> str:
    return entry.name


def _listed(folder: str) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208 - a third of the time of Path.iterdir
    except OSError:
        return frozenset()


def _signed(path: str) -> tuple[str, int, int, int, int] | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return path, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _placed(path: str, *, follow: bool = True) -> tuple[str, int, int, int, int] | None:
    try:
        found = os.stat(path) if follow else os.lstat(path)  # noqa: PTH116
    except OSError:
        return None
    written = found.st_mtime_ns if stat.S_ISREG(found.st_mode) else found.st_dev  # a folder's changes all the time
    return path, found.st_uid, found.st_mode, written, found.st_ino
