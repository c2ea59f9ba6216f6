"""The search for repositories over time: each root on a thread with a deadline, again when something there changed.

A root on a dead drive is a sentence; the others go on. One search is `discovery`.
"""

import os
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from tui.config import RepositoriesSettings
from tui.sources.git.discovery import Discovery, Found, find_repositories
from tui.sources.git.gitdir import lexists


@dataclass(slots=True)
class _Root:
    """One root and the search in it that is under way or came last."""

    path: Path
    thread: threading.Thread | None = None
    answer: Discovery | None = None


class RootWatch:
    """What is under the roots, looked for again when it is time or where folders changed. One thread at a time."""

    def __init__(
        self, roots: tuple[Path, ...], settings: RepositoriesSettings, trusted: Callable[[Path], bool]
    ) -> None:
        self.problems: tuple[str, ...] = ()
        """What could not be looked into, a sentence each."""
        self._settings = settings
        self._trusted = trusted
        self._roots = [_Root(root) for root in roots]
        self._found_at: float | None = None
        self._folders: dict[Path, int | None] = {}

    def find(self, known: Collection[Path], every: float, *, wanted: bool) -> tuple[Found, ...] | None:
        """The repositories, in path order; None where there is no reason to look again.

        Reasons: it is `wanted`, `every` seconds have passed, a `known` one is gone, or a folder that holds some
        (or a root) has changed.
        """
        at = time.monotonic()
        fresh = self._found_at is not None and at - self._found_at < every
        if fresh and not wanted and not self._changed() and all(lexists(path) for path in known):
            return None
        self._search(at + self._settings.deadline_seconds)
        self._found_at = time.monotonic()
        found = self._merged()
        folders = {root.path for root in self._roots} | {one.path.parent for one in found if one.kind != "submodule"}
        self._folders = {folder: _changed_ns(folder) for folder in folders}
        return found

    def _search(self, end: float) -> None:
        for root in self._roots:
            if root.thread is None or not root.thread.is_alive():
                root.answer = None
                root.thread = threading.Thread(
                    target=self._search_root, args=(root,), name="repository-search", daemon=True
                )
                root.thread.start()
        for root in self._roots:
            if root.thread is not None:
                root.thread.join(max(end - time.monotonic(), 0))

    def _search_root(self, root: _Root) -> None:
        settings = self._settings
        root.answer = find_repositories([root.path], settings.depth, settings.exclude, self._trusted)

    def _merged(self) -> tuple[Found, ...]:
        """The answers of all roots; one repository reached through two is taken once."""
        found: dict[Path, Found] = {}
        known: set[tuple[int, int]] = set()
        problems: list[str] = []
        for root in self._roots:
            if root.answer is None:
                seconds = self._settings.deadline_seconds
                problems.append(f"root `{root.path}`: no answer within {seconds} s; is its drive there?")
                continue
            problems.extend(root.answer.problems)
            for one in root.answer.repositories:
                if one.identity not in known:
                    known.add(one.identity)
                    found[one.path] = one
        self.problems = tuple(dict.fromkeys(problems))
        return tuple(found[path] for path in sorted(found))

    def _changed(self) -> bool:
        return any(_changed_ns(folder) != before for folder, before in self._folders.items())


def _changed_ns(folder: Path) -> int | None:
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116 - half the time of Path.stat, hundreds of times a pass
    except OSError:
        return None
