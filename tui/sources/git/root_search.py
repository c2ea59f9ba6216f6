"""One root over time, on a thread of its own: searched whole now and then, its folders looked at in between.

Nothing here waits for the thread but `wait`; a drive that does not answer holds up nobody else. Several roots
together are `roots`; one search is `discovery`, one look is `places`.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from msgspec.structs import replace

from tui.sources.git.discovery import Discovery, Found, Rules, search_folders, search_roots
from tui.sources.git.exclusions import excluded_below
from tui.sources.git.family import main_work_tree
from tui.sources.git.gitdir import lexists, locate, looks_bare
from tui.sources.git.places import Places
from tui.sources.git.run import GitError

LOOK_SECONDS = 2.0
"""How far apart looks at the folders that hold repositories are."""

COST_FACTOR = 200.0
"""A whole search comes no sooner than this many times the CPU time of the last one: half a percent of a core."""


class RootSearch:
    """What is under one root. `found` and `problems` are for any thread; they are replaced, never changed."""

    def __init__(
        self, path: Path, rules: Rules, every: float, saved: Iterable[Found], told: Callable[[], None]
    ) -> None:
        self.path = path
        self.found: Mapping[Path, Found] = {}
        self.problems: tuple[str, ...] = ()
        self.answered = False
        """True once it was searched whole, or what was saved of it was checked."""
        self.searched = False
        """True once it was searched whole."""
        self.heard_at: float | None = None
        """When the look or search under way got its last answer (`time.monotonic()`); None at rest."""
        self.version = 0
        """Another number whenever `found` or `problems` is something else."""
        self._rules = replace(rules, stopped=self._is_stopped, progress=self._take_part)
        self._every = every
        self._saved = tuple(saved)
        self._told = told
        self._places = Places(self._rules)
        self._there = False
        self._changed = threading.Condition()
        self._stop = False
        self._whole = False
        self._hints: set[Path] = set()
        self._asked = 0
        self._done = 0
        self._thread = threading.Thread(target=self._run, name="repository-search", daemon=True)

    def start(self) -> None:
        """Begin, once; returns at once."""
        if self._thread.ident is None:
            self.heard_at = time.monotonic()
            self._thread.start()

    def ask(self, *, whole: bool) -> int:
        """Have it look now, or search whole; a number to `wait` for."""
        with self._changed:
            self._asked += 1
            self._whole |= whole
            self._changed.notify_all()
            return self._asked

    def look_for(self, paths: Iterable[Path]) -> None:
        """Have it look now whether there are repositories at `paths`, as far as they are of this root."""
        with self._changed:
            self._hints.update(paths)
        self.ask(whole=False)

    def wait(self, number: int, end: float) -> None:
        """Wait until it has done what was asked under `number`, at most until `end` (`time.monotonic()`)."""
        with self._changed:
            self._changed.wait_for(lambda: self._stop or self._done >= number, max(end - time.monotonic(), 0))

    def wait_for_first(self, end: float) -> None:
        """Wait until there is something to show, at most until `end`."""
        with self._changed:
            self._changed.wait_for(lambda: self._stop or self.answered, max(end - time.monotonic(), 0))

    def close(self) -> None:
        """End the thread as soon as it gets a word in; returns at once."""
        with self._changed:
            self._stop = True
            self._changed.notify_all()

    def join(self, end: float) -> None:
        """After `close`, wait for the thread until `end` at most."""
        if self._thread.ident is not None:
            self._thread.join(max(end - time.monotonic(), 0))

    def _is_stopped(self) -> bool:
        self.heard_at = time.monotonic()
        return self._stop

    def _run(self) -> None:
        self._check_saved()
        whole_at = 0.0
        while not self._stop:
            with self._changed:
                number, whole = self._asked, self._whole
                self._whole = False
                hints, self._hints = self._hints, set()
            self.heard_at = began = time.monotonic()
            if whole or began >= whole_at or self._root_came_or_went():
                cost = self._search()
                whole_at = time.monotonic() + max(self._every, COST_FACTOR * cost)
            else:
                self._look(hints)
            self.heard_at = None
            with self._changed:
                self._done = number
                self._changed.notify_all()
                self._changed.wait_for(lambda number=number: self._stop or self._asked > number, LOOK_SECONDS)  # type: ignore[misc]

    def _check_saved(self) -> None:
        """Take in what was saved and still is a repository, handing it on in parts where the drive is slow."""
        checked: dict[Path, Found] = {}
        told_at = time.monotonic()
        for one in self._saved:
            if self._is_stopped():
                return
            try:
                status = os.stat(one.path)  # noqa: PTH116
            except OSError:
                continue
            if lexists(one.path / ".git") or (one.kind == "bare" and looks_bare(one.path)):
                checked[one.path] = replace(one, identity=(status.st_dev, status.st_ino))
            if time.monotonic() - told_at >= 0.2:
                self._take(checked, self.problems)
                told_at = time.monotonic()
        if checked:
            self._take(checked, self.problems, answered=True)

    def _search(self) -> float:
        """Search whole; the CPU seconds it took."""
        before = time.thread_time()
        answer = search_roots([self.path], self._rules)
        if self._stop:
            return 0.0
        found = {one.path: one for one in answer.repositories}
        self._places.begin(answer.places, self._others(answer))
        self._there = self.path.is_dir()
        self._take(found, answer.problems, answered=True, searched=True)
        return time.thread_time() - before

    def _others(self, answer: Discovery) -> set[str]:
        """Folders to look at that hold repositories but were not walked through: those of lanes elsewhere."""
        parents = {str(one.path.parent) for one in answer.repositories if one.kind == "linked"}
        is_repository = any(one.path == self.path for one in answer.repositories)
        return parents if is_repository else parents | {str(self.path)}

    def _look(self, hints: Iterable[Path] = ()) -> None:
        """See what came and went, at `hints` in any case, and search only what came."""
        before = self.found
        news = self._places.look({str(path) for path, one in before.items() if one.kind != "bare"})
        came = tuple(str(path) for path in hints if path not in before and self._belongs(path))
        went = news.went.union(str(path) for path in hints if path in before and not lexists(path / ".git"))
        news = replace(news, came=tuple(dict.fromkeys((*news.came, *came))), went=went)
        if not (news.came or news.went):
            return
        found = {path: one for path, one in before.items() if not _within(path, news.went)}
        answer = search_folders([(folder, self._levels(folder)) for folder in news.came], self._rules)
        for one in answer.repositories:
            found.setdefault(one.path, one)
        self._places.add(news.came, [str(path) for path, one in found.items() if one.kind != "submodule"])
        self._take(found, self.problems)

    def _belongs(self, path: Path) -> bool:
        """Whether the repository at `path` is one a search of this root finds: below it, or one's linked work tree."""
        if excluded_below(self._rules.excluded, self.path, path) or not lexists(path / ".git"):
            return False
        if path.is_relative_to(self.path):
            return True
        try:
            layout = locate(path, trusted=self._rules.trusted(path))
        except GitError:
            return False
        return layout.linked and main_work_tree(layout.common_dir) in self.found

    def _levels(self, folder: str) -> int:
        """How many folders below `folder` the root's depth still allows."""
        path = Path(folder)
        if not path.is_relative_to(self.path):
            return 0
        return self._rules.depth - len(path.relative_to(self.path).parts)

    def _root_came_or_went(self) -> bool:
        return self.path.is_dir() != self._there

    def _take_part(self, part: tuple[Found, ...]) -> None:
        """What the first search has found so far, beside what was saved: it may still find that too."""
        if not self.searched:
            self._take({**self.found, **{one.path: one for one in part}}, self.problems)

    def _take(
        self,
        found: Mapping[Path, Found],
        problems: tuple[str, ...],
        *,
        answered: bool = False,
        searched: bool = False,
    ) -> None:
        with self._changed:
            known = self.answered >= answered and self.searched >= searched
            same = known and found == self.found and problems == self.problems
            self.found, self.problems = found, problems
            self.answered |= answered
            self.version += not same
            self.searched |= searched  # last, for those who look without the lock
            self._changed.notify_all()
        if not same:
            self._told()


def _within(path: Path, gone: frozenset[str]) -> bool:
    return bool(gone) and (str(path) in gone or any(str(above) in gone for above in path.parents))
