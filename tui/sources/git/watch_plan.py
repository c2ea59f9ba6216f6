"""Which folders are watched, and whose a changed file is. Folder listings only; watching itself is `watch`.

Left out is what cannot change a repository's state: folders with installed packages and caches, and folders git
ignores, as long as nothing in them is tracked; work trees inside the work tree; whatever is behind a link.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from tui.sources.git.exclusions import SKIPPED
from tui.sources.git.gitdir import MEDIUM, Layout, lexists, locate, read_small
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

_MOST_INDEX = 64 * MEDIUM
_PLAIN_INDEX = (b"DIRC\0\0\0\2", b"DIRC\0\0\0\3")
"""How an index begins whose entries hold their whole path (gitformat-index)."""


class Owners:
    """Which repositories a changed file belongs to."""

    def __init__(self, layouts: Iterable[Layout] = ()) -> None:
        self._trees: dict[str, Path] = {}
        self._git_dirs: dict[str, Path] = {}
        self._sharing: dict[str, set[Path]] = {}
        for layout in layouts:
            self.add(layout)

    def add(self, layout: Layout) -> None:
        """Know of one more."""
        if not layout.bare:
            self._trees[str(layout.path)] = layout.path
        self._git_dirs[str(layout.git_dir)] = layout.path
        self._sharing.setdefault(str(layout.common_dir), set()).add(layout.path)

    def remove(self, layout: Layout) -> None:
        """Know of one less."""
        self._trees.pop(str(layout.path), None)
        self._git_dirs.pop(str(layout.git_dir), None)
        sharing = self._sharing.get(str(layout.common_dir), set())
        sharing.discard(layout.path)
        if not sharing:
            self._sharing.pop(str(layout.common_dir), None)

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


class Tracked:
    """Whether anything below a folder is in the index; read once, when it is first asked."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._index: bytes | None = None
        self._unknown = False

    def below(self, folder: str) -> bool:
        """True where something is, and where that cannot be told (packed paths, a split or an unreadable index)."""
        if self._index is None:
            self._read()
        inside = os.fsencode(os.path.relpath(folder, self._layout.path)) + b"/"
        return self._unknown or inside in (self._index or b"")

    def _read(self) -> None:
        try:
            self._index = read_small(self._layout.git_dir / "index", _MOST_INDEX)
            self._unknown = not self._index.startswith(_PLAIN_INDEX) or _is_split(self._layout.git_dir)
        except FileNotFoundError:
            self._index = b""
        except (OSError, GitError):
            self._index, self._unknown = b"", True


Ignored = frozenset[str]
"""Names of folders git ignores."""


def parse_ignored(text: str, inherited: Ignored = frozenset()) -> tuple[Ignored, Ignored]:
    """The folder names an ignore file rules out (gitignore(5)): everywhere below it, and in its own folder.

    Only plain names count; what has wildcards or leads several folders down is not ruled out, and whatever may
    take a name back does.
    """
    everywhere, here = set(inherited), set[str]()
    for line in text.splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        back = pattern.startswith("!")
        pattern = pattern.lstrip("!").rstrip("/").removeprefix("**/")
        name = pattern.removeprefix("/")
        plain = bool(name) and not any(mark in name for mark in "*?[\\")
        if back:
            if not plain:
                everywhere.clear()
                here.clear()
            everywhere.discard(name.rpartition("/")[2])
            here.discard(name.rpartition("/")[2])
        elif plain and "/" not in name:
            (here if pattern.startswith("/") else everywhere).add(name)
    return frozenset(everywhere), frozenset(here)


def git_folders(layout: Layout) -> Iterator[str]:
    """The folders in which git keeps the state of `layout`, each before the folders in it are looked for."""
    for folder in sorted({str(layout.git_dir), str(layout.common_dir)}):
        for name in ("", "/info", "/logs", "/logs/refs", "/reftable"):
            if os.path.isdir(folder + name):  # noqa: PTH112
                yield folder + name
        waiting = deque((folder + "/refs",))
        while waiting:
            below = waiting.popleft()
            yield below
            waiting.extend(path for _, path in _listed(below)[0])


def tree_folders(layout: Layout, top: str = "") -> Iterator[str]:
    """The folders of a work tree (of its folder `top`) to watch, each before the folders in it are looked for."""
    if layout.bare:
        return
    tracked = Tracked(layout)
    main = str(layout.path)
    waiting = deque(((top or main, _ignored_above(layout, top or main)),))
    while waiting:
        folder, names = waiting.popleft()
        if folder != main and lexists(Path(folder, ".git")):
            continue  # a repository of its own
        yield folder
        inside, has_rules = _listed(folder)
        here: Ignored = frozenset()
        if has_rules:
            names, here = parse_ignored(_text_of(Path(folder, ".gitignore")), names)
        for name, path in inside:
            left_out = name in SKIPPED or name in names or name in here
            if name != ".git" and not (left_out and not tracked.below(path)):
                waiting.append((path, names))


def is_left_out(layout: Layout, folder: str) -> bool:
    """Whether `folder` of the work tree is one that is not watched; its parent is."""
    parent, _, name = folder.rpartition("/")
    names = _ignored_above(layout, parent)
    names, here = parse_ignored(_text_of(Path(parent, ".gitignore")), names)
    return name == ".git" or ((name in SKIPPED or name in names or name in here) and not Tracked(layout).below(folder))


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


def _ignored_above(layout: Layout, folder: str) -> Ignored:
    """What is ignored by the rules above `folder`, its own not counted."""
    names, _ = parse_ignored(_text_of(layout.common_dir / "info" / "exclude"))
    for above in reversed([one for one in Path(folder).parents if one.is_relative_to(layout.path)]):
        names, _ = parse_ignored(_text_of(above / ".gitignore"), names)
    return names


def _text_of(file: Path) -> str:
    try:
        return os.fsdecode(read_small(file, MEDIUM))
    except (OSError, GitError):
        return ""


def _listed(folder: str) -> tuple[list[tuple[str, str]], bool]:
    """Name and path of the folders in `folder` (none where it cannot be read); whether it has a `.gitignore`."""
    found = []
    has_rules = False
    try:
        with os.scandir(folder) as listing:
            for entry in listing:
                if entry.is_dir(follow_symlinks=False):
                    found.append((entry.name, entry.path))
                elif entry.name == ".gitignore":
                    has_rules = True
    except OSError:
        return found, False
    return found, has_rules


def _is_split(git_dir: Path) -> bool:
    try:
        return any(name.startswith("sharedindex.") for name in os.listdir(git_dir))  # noqa: PTH208
    except OSError:
        return True
