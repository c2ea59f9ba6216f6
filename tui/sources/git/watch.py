"""Noticing changes in work trees and git folders through the kernel (inotify), folder by folder, on two threads.

One sets up what is to be watched, one hears the notices. What to watch and whose a file is, is `watch_plan`; how
soon and how often a change is reported is `notices`. What is done about it is the caller's.
"""

import errno
import queue
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from msgspec import Struct, field

from tui.sources.git import inotify
from tui.sources.git.gitdir import Layout
from tui.sources.git.inotify import Inotify, Notice
from tui.sources.git.notices import Notices
from tui.sources.git.watch_plan import Owners, git_folders, is_left_out, tree_folders, watch_limit, watchable

MOST_FOLDERS = 5_000
"""Folders watched in one work tree; one with more is polled, so that it does not cost the others their watch."""

AGAIN_SECONDS = 10.0
"""How soon what could not be watched is tried again."""

OVERFLOW_SECONDS = 30.0
"""How far apart walks through everything are where notices were lost."""

_COALESCE_SECONDS = 0.01
"""Rest between two readings of the queue: a storm costs a hundred wake-ups a second and not thousands."""


class _Folder(Struct):
    """One watched folder."""

    path: str
    tree: Path | None
    """The repository whose work tree it is part of; None for part of a git folder."""


class _Covered(Struct):
    """One repository that is watched, or should be."""

    layout: Layout
    numbers: dict[int, str] = field(default_factory=dict)
    """Its folders by the number the kernel gave them; those of git folders may be another's too."""
    since: float | None = None
    """From when on every change is reported; None while, and where, it is not."""
    too_large: bool = False
    refused: bool = False
    """The limit was reached before all of it was watched."""

    @property
    def polled(self) -> bool:
        """True where its work tree is not watched for want of room."""
        return self.too_large or self.refused


class Watch:
    """Watches repositories and calls `changed` with those that changed, `ready` when a set-up has ended.

    Both are called on threads of its own. `cover` and `stop` are for one thread, the rest for any. Linked work
    trees are told of changes to the refs they share. `limit` is the most folders to watch; None asks the system.
    Raises OSError where the system gives no queue.
    """

    def __init__(
        self,
        changed: Callable[[set[Path]], None],
        ready: Callable[[], None] = lambda: None,
        *,
        limit: int | None = None,
        most: int = MOST_FOLDERS,
    ) -> None:
        self._changed = changed
        self._ready = ready
        self._limit = watch_limit() if limit is None else limit
        self._most = most
        self._inotify = Inotify()
        self._notices = Notices()
        self._owners = Owners()
        self._lock = threading.RLock()
        self._folders: dict[int, _Folder] = {}
        self._covered: dict[Path, _Covered] = {}
        self._wanted: frozenset[Path] = frozenset()
        self._missing: dict[Path, float] = {}
        """What is wanted and not watched, and when that was tried."""
        self._waiting: queue.SimpleQueue[frozenset[Path] | None] = queue.SimpleQueue()
        self._overflow_at = 0.0
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=work, name="repository-watch", daemon=True) for work in (self._set_up, self._listen)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def folders(self) -> int:
        """How many folders are watched."""
        return len(self._folders)

    @property
    def problem(self) -> str | None:
        """What is not watched, as a sentence; None where nothing is left out for want of room."""
        with self._lock:
            large = [path.name for path, one in self._covered.items() if one.too_large]
            refused = sum(one.refused for one in self._covered.values())
        if refused:
            return (
                f"{refused} of {len(self._wanted)} repositories are looked at every few seconds instead of watched: no "
                "more folders can be; raise `fs.inotify.max_user_watches`, or exclude large repositories"
            )
        if large:
            which = f"`{large[0]}` has" if len(large) == 1 else f"{len(large)} repositories, such as `{large[0]}`, have"
            return f"{which} more than {self._most} folders: looked at every few seconds instead of watched"
        return None

    def cover(self, paths: Collection[Path]) -> None:
        """Watch `paths` and nothing else; returns at once. What could not be watched is tried again now and then."""
        wanted = frozenset(paths)
        at = time.monotonic()
        with self._lock:
            again = {path for path, tried in self._missing.items() if at - tried >= AGAIN_SECONDS}
            if wanted == self._wanted and not again:
                return
            self._wanted = wanted
            for path in again:
                self._missing[path] = at
            fresh = (wanted - self._covered.keys() - self._missing.keys()) | (again & wanted)
            gone = self._covered.keys() - wanted
            self._missing = {path: self._missing.get(path, at) for path in (self._missing.keys() | fresh) & wanted}
        if fresh or gone:
            self._waiting.put(fresh)

    def since(self, path: Path) -> float | None:
        """From when on every change in `path` is reported (`time.monotonic()`); None where none is."""
        one = self._covered.get(path)
        return one.since if one else None

    def stop(self) -> None:
        """End; returns at once and nothing is reported afterwards."""
        if self._stop.is_set():
            return
        self._stop.set()
        self._waiting.put(None)
        self._inotify.wake()

    def _set_up(self) -> None:
        while (paths := self._waiting.get()) is not None:
            with self._lock:
                for path in self._covered.keys() - self._wanted:
                    self._drop(path)
                again = [self._covered[path].layout for path in paths & self._covered.keys()]
                fresh = paths & self._wanted - self._covered.keys()
            for layout in (*again, *watchable(fresh)):
                if self._stop.is_set():
                    return
                self._walk(layout)
            if not self._stop.is_set():
                self._ready()

    def _walk(self, layout: Layout) -> None:
        """Watch all of one repository, or as much as there is room for; what is watched already stays so."""
        with self._lock:
            if layout.path not in self._wanted:
                return
            one = self._covered.setdefault(layout.path, _Covered(layout))
            self._owners.add(layout)
            one.too_large = one.refused = False
            before, one.numbers = one.numbers, {}
        try:
            for folder in git_folders(layout):
                self._add(one, folder, tree=False)
            self._add_tree(one, "")
        except OSError:  # the limit, which is remembered with the repository
            one.since = None
        with self._lock:
            self._give_back(before.keys() - one.numbers.keys(), layout.path)
            self._missing.pop(layout.path, None)
            if not one.polled:
                one.since = one.since or time.monotonic()
                return
            one.since = None
            if one.refused:
                self._missing[layout.path] = time.monotonic()
            trees = {number for number, path in one.numbers.items() if self._is_below_top(one, number, path)}
            self._give_back(trees, layout.path)
            one.numbers = {number: path for number, path in one.numbers.items() if number not in trees}

    def _add_tree(self, one: _Covered, top: str) -> None:
        for folder in tree_folders(one.layout, top):
            if len(one.numbers) >= self._most:
                one.too_large = True
                return
            self._add(one, folder, tree=True)

    def _add(self, one: _Covered, folder: str, *, tree: bool) -> None:
        """Watch one folder; one that is gone again is none. Raises OSError where there is no room for more."""
        with self._lock:
            if self._stop.is_set():
                return
            if len(self._folders) >= self._limit:
                one.refused = True
                raise OSError(errno.ENOSPC, "the limit is reached", folder)
            try:
                number = self._inotify.add(folder)
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.ENOMEM):
                    one.refused = True
                    raise
                return
            known = self._folders.get(number)
            if known and known.tree and tree and len(str(known.tree)) > len(str(one.layout.path)):
                return  # it belongs to a repository further down
            self._folders[number] = _Folder(folder, one.layout.path if tree else None)
            one.numbers[number] = folder

    def _drop(self, path: Path) -> None:
        one = self._covered.pop(path)
        self._owners.remove(one.layout)
        self._give_back(one.numbers, path)

    def _give_back(self, numbers: Collection[int], path: Path) -> None:
        """Watch these folders of `path` no longer, but where another repository needs them."""
        for number in numbers:
            known = self._folders.get(number)
            if known is None or known.tree not in (None, path) or (known.tree is None and self._shared(number, path)):
                continue
            del self._folders[number]
            if not self._stop.is_set():
                self._inotify.remove(number)

    def _shared(self, number: int, path: Path) -> bool:
        return any(number in one.numbers for other, one in self._covered.items() if other != path)

    def _is_below_top(self, one: _Covered, number: int, path: str) -> bool:
        """Whether it is part of the work tree: all but its top, where an ignore file may make room."""
        known = self._folders.get(number)
        return known is not None and known.tree is not None and path != str(one.layout.path)

    def _listen(self) -> None:
        while not self._stop.is_set():
            heard = self._inotify.read(self._notices.wait())
            if self._stop.is_set():
                break
            if heard:
                with self._lock:
                    self._notices.add({path for notice in heard for path in self._take(notice)})
            if due := self._notices.due():
                self._changed(due)
            if heard:
                time.sleep(_COALESCE_SECONDS)
        with self._lock:
            self._inotify.close()

    def _take(self, notice: Notice) -> Collection[Path]:
        """The repositories a notice is about, after watching what is new and forgetting what is gone."""
        number, what, name = notice
        if what & inotify.OVERFLOW:
            return self._lost()
        folder = self._folders.get(number)
        if folder is None:
            return ()
        if what & inotify.IGNORED:
            self._forget(number, folder)
            return ()
        path = f"{folder.path}/{name}" if name else folder.path
        if folder.tree is None:
            found = self._owners.of(path)
            if what & inotify.ISDIR and what & (inotify.CREATE | inotify.MOVED_TO):
                self._add_git_folders(found)
            elif path.endswith("/info/exclude"):
                self._walk_again(found)
            return found
        if name == ".gitignore":
            self._walk_again({folder.tree})
        elif what & inotify.MOVE_SELF and folder.path == str(folder.tree):
            self._lose(folder.tree)
        elif what & inotify.ISDIR and name:
            self._take_folder(self._covered.get(folder.tree), path, what)
        return (folder.tree,)

    def _take_folder(self, one: _Covered | None, path: str, what: int) -> None:
        if one is None or one.polled:
            return
        if what & (inotify.MOVED_FROM | inotify.MOVED_TO | inotify.DELETE):
            below = [number for number, known in one.numbers.items() if known == path or known.startswith(f"{path}/")]
            for number in below:
                one.numbers.pop(number)
            self._give_back(below, one.layout.path)
        if not what & (inotify.CREATE | inotify.MOVED_TO) or is_left_out(one.layout, path):
            return
        try:
            self._add_tree(one, path)
        except OSError:  # the limit
            self._walk_again({one.layout.path})
            return
        if len(one.numbers) >= self._most:
            self._walk_again({one.layout.path})

    def _add_git_folders(self, paths: Collection[Path]) -> None:
        for path in self._covered.keys() & paths:
            one = self._covered[path]
            try:
                for folder in git_folders(one.layout):
                    self._add(one, folder, tree=False)
            except OSError:
                one.since = None

    def _forget(self, number: int, folder: _Folder) -> None:
        """A watched folder is gone."""
        del self._folders[number]
        for path in (folder.tree,) if folder.tree else tuple(self._covered):
            one = self._covered.get(path)
            if one and one.numbers.pop(number, None) and folder.path in (str(path), str(one.layout.git_dir)):
                self._lose(path)

    def _lose(self, path: Path) -> None:
        """A whole work tree is gone: another may come in its place."""
        if path in self._covered:
            self._drop(path)
            self._missing[path] = time.monotonic()

    def _lost(self) -> Collection[Path]:
        """Notices were lost: anything may have changed, and folders may have come."""
        at = time.monotonic()
        if at - self._overflow_at >= OVERFLOW_SECONDS:
            self._overflow_at = at
            self._walk_again(self._covered.keys())
        return tuple(self._covered)

    def _walk_again(self, paths: Collection[Path]) -> None:
        self._waiting.put(frozenset(paths))
