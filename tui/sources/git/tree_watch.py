"""Noticing changes where the system watches whole trees (macOS, Windows), through `watchfiles`.

There a tree costs one watch however large it is, so that no folder is left out; what says nothing is dropped
afterwards. On Linux, where every folder costs one, this is `watch`.
"""

import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from tui.sources.git.notices import Notices
from tui.sources.git.watch_plan import Owners, watchable

_STEP_MS = 30
_DEBOUNCE_MS = 100
_WAKE_MS = 5_000


class TreeWatch:
    """Watches repositories and calls `changed` with those that changed, `ready` when a set-up has ended.

    Both are called on threads of its own. `cover` and `stop` are for one thread, the rest for any.
    """

    def __init__(self, changed: Callable[[set[Path]], None], ready: Callable[[], None] = lambda: None) -> None:
        self.problem: str | None = None
        """Why changes are not watched, as a sentence; None where they are."""
        self._changed = changed
        self._ready = ready
        self._wanted: frozenset[Path] = frozenset()
        self._since: dict[Path, float] = {}
        self._stop = threading.Event()

    def cover(self, paths: Collection[Path]) -> None:
        """Watch `paths` and nothing else; returns at once."""
        wanted = frozenset(paths)
        if wanted == self._wanted:
            return
        self.stop()
        self._wanted, self._since, self._stop = wanted, {}, threading.Event()
        threading.Thread(target=self._follow, args=(wanted, self._stop), name="repository-watch", daemon=True).start()

    def since(self, path: Path) -> float | None:
        """From when on every change in `path` is reported (`time.monotonic()`); None where none is."""
        return self._since.get(path)

    def stop(self) -> None:
        """End; returns at once and nothing is reported afterwards."""
        self._stop.set()

    def _follow(self, wanted: frozenset[Path], stop: threading.Event) -> None:
        from watchfiles._rust_notify import RustNotify

        layouts = watchable(wanted)
        owners = Owners(layouts)
        trees = {str(folder) for one in layouts for folder in (one.path, one.git_dir, one.common_dir)}
        tops = [tree for tree in sorted(trees) if not any(str(above) in trees for above in Path(tree).parents)]
        try:
            notifier = RustNotify(tops, False, False, 300, True, True)
        except (OSError, RuntimeError) as error:  # the watcher's own error is a RuntimeError
            self.problem = f"changes are looked for every few seconds: they cannot be watched ({error})"
            self._ready()
            return
        self._since = dict.fromkeys((one.path for one in layouts), time.monotonic())
        self.problem = None
        self._ready()
        self._listen(notifier, owners, stop)

    def _listen(self, notifier: Any, owners: Owners, stop: threading.Event) -> None:
        notices = Notices()
        with notifier:
            while not stop.is_set():
                wait = notices.wait()
                patience = _WAKE_MS if wait is None else max(int(wait * 1000), 1)
                heard = notifier.watch(_DEBOUNCE_MS, _STEP_MS, patience, stop)
                if stop.is_set() or heard in ("stop", "signal"):
                    return
                if not isinstance(heard, str):
                    notices.add({path for _, name in heard for path in owners.of(name)})
                if due := notices.due():
                    self._changed(due)
