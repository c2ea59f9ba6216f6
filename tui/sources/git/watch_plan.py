"""Which folders are watched, and whose a changed file is. Folder listings only; watching itself is `watch`.

A tree without anything left out is watched whole; a folder with something left out below it is watched by itself
and its other subfolders one by one. Links to folders are left out: the watcher would follow them anywhere.
"""

import os
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tui.sources.git.exclusions import SKIPPED
from tui.sources.git.gitdir import Layout, locate
from tui.sources.git.run import GitError

_NETWORK = ("9p", "afs", "ceph", "cifs", "davfs", "fuse.", "glusterfs", "nfs", "prl_fs", "smb", "vboxsf")
"""Kinds of file system where changes made by other machines are not reported."""

_SHARED = frozenset(("config", "info", "logs", "packed-refs", "refs", "reftable", "shallow"))
"""Parts of a git folder that linked work trees share."""

_UNHEARD = frozenset(
    ("COMMIT_EDITMSG", "FETCH_HEAD", "gc.log", "gc.pid", "hooks", "lfs", "modules", "objects", "worktrees")
)
"""Parts of a git folder whose change says nothing about the repository's state; neither do locks, nor the shared
half of a split index, whose time git freshens even when it only looks."""


@dataclass(slots=True)
class Plan:
    """Folders to watch."""

    limit: int
    """The most folders there may be."""
    open: list[str] = field(default_factory=list)
    """Watched by themselves, without what is below."""
    whole: list[str] = field(default_factory=list)
    """Watched with everything below, now and later."""
    count: int = 0

    def add_repository(self, layout: Layout) -> bool:
        """Take in the work tree and git folders of `layout`; False where there are too many folders."""
        for folder in sorted({layout.git_dir, layout.common_dir}):
            self._add_git_dir(str(folder))
        return self.add_tree(str(layout.path)) if not layout.bare else self.count <= self.limit

    def add_tree(self, top: str) -> bool:
        """Take in a folder of a work tree with what is below; False where there are too many folders."""
        parents: dict[str, str] = {top: ""}
        split: set[str] = set()
        waiting = deque((top,))
        while waiting:
            folder = waiting.popleft()
            for below, left_out in _subfolders(folder):
                if left_out:
                    split.update(_up_from(folder, parents, split))
                    continue
                parents[below] = folder
                waiting.append(below)
            if self.count + len(parents) > self.limit:
                return False
        for folder, parent in parents.items():
            if folder in split:
                self.open.append(folder)
            elif parent in split or not parent:
                self.whole.append(folder)
        self.count += len(parents)
        return True

    def _add_git_dir(self, folder: str) -> None:
        for name in ("", "/info", "/logs/refs", "/reftable"):
            if folder + name not in self.open and Path(folder + name).is_dir():
                self.open.append(folder + name)
                self.count += 1
        refs = folder + "/refs"
        if refs not in self.whole and Path(refs).is_dir():
            self.whole.append(refs)
            self.count += sum(1 for _ in _below(refs))


class Owners:
    """Which repositories a changed file belongs to."""

    def __init__(self, layouts: Iterable[Layout] = ()) -> None:
        self._trees: dict[str, Path] = {}
        self._git_dirs: dict[str, Path] = {}
        self._sharing: dict[str, set[Path]] = {}
        for layout in layouts:
            if not layout.bare:
                self._trees[str(layout.path)] = layout.path
            self._git_dirs[str(layout.git_dir)] = layout.path
            self._sharing.setdefault(str(layout.common_dir), set()).add(layout.path)

    def of(self, file: str) -> frozenset[Path]:
        """The repositories whose state may differ now that `file` changed; none for what git does not look at."""
        folder = file
        while folder:
            if folder in self._git_dirs or folder in self._sharing:
                return self._of_git_file(folder, file[len(folder) + 1 :])
            if folder in self._trees:
                if SKIPPED.isdisjoint(file[len(folder) + 1 :].split("/")):
                    return frozenset((self._trees[folder],))
                return frozenset()
            folder = folder.rpartition("/")[0]
        return frozenset()

    def in_work_tree(self, folder: str) -> bool:
        """True where `folder` is part of a work tree and of no git folder."""
        while folder:
            if folder in self._git_dirs or folder in self._sharing:
                return False
            if folder in self._trees:
                return True
            folder = folder.rpartition("/")[0]
        return False

    def _of_git_file(self, git_dir: str, name: str) -> frozenset[Path]:
        first = name.partition("/")[0]
        if first in _UNHEARD or name.endswith(".lock") or first.startswith("sharedindex."):
            return frozenset()
        found = set(self._sharing.get(git_dir, ())) if first in _SHARED else set()
        if git_dir in self._git_dirs:
            found.add(self._git_dirs[git_dir])
        outer, modules, _ = git_dir.rpartition("/modules/")
        if modules and outer in self._git_dirs:  # its superproject shows which commit a submodule is at
            found.add(self._git_dirs[outer])
        return frozenset(found)


def plan_watch(layouts: Iterable[Layout], limit: int) -> Plan | None:
    """What to watch for `layouts`; None where that is more than `limit` folders."""
    plan = Plan(limit)
    for layout in layouts:
        if not plan.add_repository(layout):
            return None
    return plan


def watch_limit() -> int:
    """Half of the folders the system lets one person watch; the other half is for their editor."""
    try:
        text = Path("/proc/sys/fs/inotify/max_user_watches").read_text(encoding="ascii")
        return int(text) // 2
    except (OSError, ValueError):  # no Linux: the system watches trees, not folders
        return 1_000_000


def watchable(paths: Iterable[Path]) -> list[Layout]:
    """The layouts of those `paths` that are repositories on a drive of this machine."""
    remote = network_mounts()
    found = []
    for path in sorted(paths):
        if any(path.is_relative_to(mount) for mount in remote):
            continue
        try:
            found.append(locate(path))
        except GitError:
            continue
    return found


def network_mounts() -> tuple[Path, ...]:
    """Where drives of other machines are mounted (proc(5), `mountinfo`); none where the system does not say."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ()
    found = []
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, kind = before.split(" "), after.partition(" ")[0]
        if len(fields) > 4 and kind.startswith(_NETWORK):
            found.append(Path(fields[4].replace("\\040", " ")))
    return tuple(found)


def _subfolders(folder: str) -> list[tuple[str, bool]]:
    """Folders in `folder`, each with whether it is left out; none where it cannot be read."""
    found = []
    try:
        with os.scandir(folder) as listing:
            for entry in listing:
                if entry.is_symlink():
                    if Path(entry.path).is_dir():  # False also for a link that leads round in a circle
                        found.append((entry.path, True))
                elif entry.is_dir():
                    found.append((entry.path, entry.name in SKIPPED))
    except OSError:
        return found
    return found


def _up_from(folder: str, parents: dict[str, str], known: set[str]) -> Iterable[str]:
    while folder and folder not in known:
        yield folder
        folder = parents[folder]


def _below(top: str) -> Iterable[str]:
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        yield folder
        waiting.extend(path for path, left_out in _subfolders(folder) if not left_out)
