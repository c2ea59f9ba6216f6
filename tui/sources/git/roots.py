"""The repositories under all roots over time, without waiting: what is known now, and word when it is something else.

Each root is a `root_search` on its own thread; a root on a dead drive is a sentence, and the others go on.
"""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec.structs import replace

from tui.config import RepositoriesSettings
from tui.sources.git.discovery import Found, Rules
from tui.sources.git.exclusions import exclusions
from tui.sources.git.root_search import RootSearch

FIRST_SECONDS = 0.1
"""The longest the first list is waited for."""


class RootWatch:
    """What is under the roots. `find` and `wait` are for one thread; `ready` is called on any.

    `saved` is what an earlier run found: as far as it is still there it is what `find` begins with, while the
    search runs.
    """

    def __init__(
        self,
        roots: tuple[Path, ...],
        settings: RepositoriesSettings,
        trusted: Callable[[Path], bool],
        *,
        saved: Iterable[Found] = (),
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        rules = Rules(settings.depth, exclusions(settings.exclude), trusted)
        known = tuple(saved)
        self._deadline = settings.deadline_seconds
        self._roots = [
            RootSearch(root, rules, settings.refresh_seconds, _saved_under(root, known), ready)
            for root in dict.fromkeys(roots)
        ]
        self._handed: tuple[int, ...] | None = None
        self.searching = True
        """True while a root was not searched whole, and may still answer, when `find` looked: more may come."""

    def find(self, *, wanted: bool = False) -> tuple[Found, ...] | None:
        """The repositories known now, in path order; None where they are what was handed out before.

        Only the first call waits, at most `FIRST_SECONDS`. `wanted` has everything searched in the background;
        `ready` tells where that finds something else.
        """
        if self._handed is None:
            self._start()
            end = time.monotonic() + FIRST_SECONDS
            for root in self._roots:
                root.wait_for_first(end)
        elif wanted:
            for root in self._roots:
                root.ask(whole=True)
        # In this order: what is found after it was looked whether all is, makes the next call say so.
        self.searching = any(not root.searched and not self._overdue(root) for root in self._roots)
        versions = tuple(root.version for root in self._roots)
        if versions == self._handed:
            return None
        self._handed = versions
        return self._merged()

    def wait(self, *, wanted: bool = False) -> tuple[Found, ...] | None:
        """The same after a look (a whole search where `wanted`) at every root, as far as they answer in time."""
        end = time.monotonic() + self._deadline
        self._start()
        asked = [(root, root.ask(whole=wanted and root.searched)) for root in self._roots]
        for root, number in asked:
            root.wait(number, end)
        self._handed = self._handed or ()
        return self.find()

    def look_for(self, paths: Iterable[Path]) -> None:
        """Have it looked whether there are repositories at `paths`; `ready` tells where that is something else."""
        some = tuple(paths)
        for root in self._roots:
            root.look_for(some)

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be looked into, a sentence each."""
        said: list[str] = []
        for root in self._roots:
            said.extend(root.problems)
            if self._overdue(root):
                said.append(f"root `{root.path}`: no answer within {self._deadline} s; is its drive there?")
        return tuple(dict.fromkeys(said))

    def close(self) -> None:
        """End every search; takes a moment at most, even where a drive does not answer."""
        end = time.monotonic() + FIRST_SECONDS
        for root in self._roots:
            root.close()
        for root in self._roots:
            root.join(end)

    def _start(self) -> None:
        for root in self._roots:
            root.start()

    def _overdue(self, root: RootSearch) -> bool:
        heard = root.heard_at
        return heard is not None and time.monotonic() - heard >= self._deadline

    def _merged(self) -> tuple[Found, ...]:
        """What is under any root; one repository reached through two is taken once."""
        found: dict[Path, Found] = {}
        known: set[tuple[int, int]] = set()
        for root in self._roots:
            for one in root.found.values():
                if one.identity not in known:
                    known.add(one.identity)
                    found[one.path] = one
        return tuple(found[path] for path in sorted(found))


def _saved_under(root: Path, saved: tuple[Found, ...]) -> list[Found]:
    """Those of `saved` a search of `root` may have found: below it, or belonging to one that is."""
    return [
        replace(one, identity=(0, 0))
        for one in saved
        if one.path.is_relative_to(root) or (one.parent is not None and one.parent.is_relative_to(root))
    ]
