"""Noticing changes in work trees and git folders through the operating system (inotify, FSEvents), not by looking.

What to watch and whose a file is, is `watch_plan`; several watches together, for a fleet that grows, is `watching`.
What is done about a change is the caller's.
"""

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tui.sources.git.exclusions import SKIPPED
from tui.sources.git.gitdir import Layout
from tui.sources.git.watch_plan import Owners, Plan, plan_watch, watch_limit, watchable

DEBOUNCE_MS = 200
"""Changes within this time are one notice."""

_STEP_MS = 50
_TRIES = 3
_MOST_NOTIFIERS = 12
"""Each holds an inotify instance, of which a person has 128."""


class Watch:
    """Watches repositories on threads of its own and calls `changed` with those that changed.

    `changed` and `ready` are called on a watching thread. Linked work trees are told of changes to the refs they
    share. `limit` is the most folders to watch; None asks the system and takes half of what it allows.
    """

    def __init__(
        self,
        paths: Iterable[Path],
        changed: Callable[[set[Path]], None],
        *,
        ready: Callable[[], None] = lambda: None,
        limit: int | None = None,
    ) -> None:
        self.problem: str | None = None
        """Why changes are not watched, as a sentence; None where they are (or will be in a moment)."""
        self.since: float | None = None
        """From when on every change is reported (`time.monotonic()`); None before, and where watching failed."""
        self.folders = 0
        """How many folders are watched."""
        self.stale = False
        """True where so many folders were added that starting anew is better."""
        self.paths: frozenset[Path] = frozenset()
        """What is watched: those of `paths` that can be."""
        self._wanted = frozenset(paths)
        self._changed = changed
        self._ready = ready
        self._limit = watch_limit() if limit is None else limit
        self._owners = Owners()
        self._lock = threading.Lock()
        self._open: set[str] = set()
        self._notifiers = 0
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin; returns at once. Walking the trees and setting up takes a second or two at 500 repositories."""
        threading.Thread(target=self._begin, name="repository-watch", daemon=True).start()

    def stop(self) -> None:
        """End; returns at once and nothing is reported afterwards."""
        self._stop.set()

    def _begin(self) -> None:
        try:
            for attempt in range(1, _TRIES + 1):
                layouts = watchable(self._wanted)
                plan = plan_watch(layouts, self._limit)
                if plan is None:
                    self.problem = (
                        f"changes are looked for every few seconds: more than {self._limit} folders to watch; "
                        "raise `fs.inotify.max_user_watches` or exclude large folders"
                    )
                    break
                try:
                    self._follow(layouts, plan)
                    break
                except FileNotFoundError:  # a folder went between the walk and the watch
                    if attempt == _TRIES:
                        raise
        except (OSError, RuntimeError) as error:  # the watcher's own error is a RuntimeError
            self.problem = f"changes are looked for every few seconds: they cannot be watched ({error})"
        if not self._stop.is_set():
            self._ready()

    def _follow(self, layouts: list[Layout], plan: Plan) -> None:
        self._owners = Owners(layouts)
        self._open = set(plan.open)
        self._notify_of(plan)
        self.folders = plan.count
        self.paths = frozenset(layout.path for layout in layouts)
        self.since = time.monotonic()

    def _notify_of(self, plan: Plan) -> None:
        from watchfiles._rust_notify import RustNotify

        for folders, recursive in ((plan.open, False), (plan.whole, True)):
            if not folders:
                continue
            polling = False
            notifier = RustNotify(folders, False, polling, 300, recursive, True)
            self._notifiers += 1
            threading.Thread(target=self._listen, args=(notifier,), name="repository-watch", daemon=True).start()
        self.stale = self.stale or self._notifiers > _MOST_NOTIFIERS

    def _listen(self, notifier: Any) -> None:
        with notifier:
            while not self._stop.is_set():
                heard = notifier.watch(DEBOUNCE_MS, _STEP_MS, 5000, self._stop)
                if heard == "timeout":
                    continue
                if isinstance(heard, str):  # told to stop, or the interpreter is ending
                    return
                names = {name for _, name in heard}
                with self._lock:
                    for name in names:
                        self._widen(name)
                found = {path for name in names for path in self._owners.of(name)}
                if found and not self._stop.is_set():
                    self._changed(found)

    def _widen(self, name: str) -> None:
        """Watch `name` where it is a new folder in one whose subfolders are watched one by one."""
        folder, _, own = name.rpartition("/")
        if folder not in self._open or name in self._open or own in SKIPPED:
            return
        path = Path(name)
        if path.is_symlink() or not path.is_dir() or not self._owners.in_work_tree(name):
            return
        plan = Plan(self._limit - self.folders)
        if not plan.add_tree(name):
            self.stale = True
            return
        self._open.update((*plan.open, name))
        self.folders += plan.count
        try:
            self._notify_of(plan)
        except (OSError, RuntimeError):  # gone again, or the system's limit
            self.stale = True
