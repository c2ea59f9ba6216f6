"""Which repositories the fleet has and what is known of each: found by search, known from an earlier run, asked for.

Reading them is the business of others: `read` reads one, `fleet` passes over all.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tui.config import RepositoriesSettings
from tui.domain.repos import Fleet, Repository
from tui.sources.git.discovery import Found
from tui.sources.git.read import Look, Memory
from tui.sources.git.roots import RootWatch
from tui.sources.git.schedule import Entry, hottest
from tui.sources.git.shadow import Shadow, Shadows

_INSISTENT: tuple[Look, ...] = ("quiet", "full", "heal")


class Roster:
    """The entries of a fleet. `look` is for one thread; the rest for any."""

    def __init__(
        self,
        settings: RepositoriesSettings,
        roots: tuple[Path, ...],
        shadows: Shadows,
        saved: Fleet | None,
        ready: Callable[[], None],
    ) -> None:
        self.lock = threading.Lock()
        """Held while entries come, go or are asked for."""
        self.entries: Mapping[Path, Entry] = {}
        """By path; a new mapping whenever one comes or goes."""
        self.order: tuple[Path, ...] = ()
        """The paths of all entries, sorted."""
        self.selected: Path | None = None
        """The repository the person is looking at."""
        self._trusted = frozenset(Path(path) for path in settings.trusted)
        self._shadows = shadows
        self._saved = {row.path: row for row in saved.repositories} if saved else {}
        """Rows of an earlier run, shown until their repository is read."""
        self._search = RootWatch(
            roots,
            settings,
            self._is_trusted,
            saved=[Found(row.path, row.kind, row.parent) for row in self._saved.values()],
            ready=ready,
        )
        self._wanted = True
        self._tidied = False

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be looked into, a sentence each."""
        return self._search.problems

    @property
    def searching(self) -> bool:
        """True while more may be found."""
        return self._search.searching

    def look(self, *, whole: bool) -> None:
        """Take in what the search has found; `whole` waits until it has looked everywhere."""
        with self.lock:
            wanted, self._wanted = self._wanted, False
        found = self._search.wait(wanted=wanted) if whole else self._search.find(wanted=wanted)
        if found is not None:
            entries = {}
            for one in found:
                known = self.entries.get(one.path)
                entries[one.path] = known if known and known.found == one else self._entry(one)
            with self.lock:
                self.entries, self.order = entries, tuple(sorted(entries))
        if not (self._tidied or self._search.searching):
            self._tidied = True
            self._shadows.tidy(self.order)

    def of(self, path: Path) -> Entry:
        """The entry of the repository at `path`; one of its own where it is not in the fleet."""
        return self.entries.get(path) or self._entry(Found(path))

    def ask(self, paths: Iterable[Path] | None, look: Look = "full") -> None:
        """Have `paths` looked at in the next pass; all, and the search made again, for None."""
        with self.lock:
            self._wanted = self._wanted or paths is None
            for path in self.entries if paths is None else paths:
                if entry := self.entries.get(path):
                    entry.asked = max(look, entry.asked or look, key=_INSISTENT.index)

    def look_for(self, paths: Iterable[Path]) -> None:
        """Repositories at `paths` were made or removed a moment ago: have the list say so without a whole search."""
        self._search.look_for(paths)

    def hottest(self) -> frozenset[Path]:
        """The repositories that are looked at most often where they are not watched."""
        return hottest(self.entries.values()) | ({self.selected} if self.selected else set())

    def notice(self, paths: Iterable[Path]) -> None:
        """The watch reported changes in `paths`."""
        with self.lock:
            for path in paths:
                if entry := self.entries.get(path):
                    entry.noticed = True

    def close(self) -> None:
        """End the search."""
        self._search.close()

    def _entry(self, found: Found) -> Entry:
        trusted = self._is_trusted(found.path) or (found.parent is not None and self._is_trusted(found.parent))
        memory = Memory(Shadow(found.path, self._shadows.folder_for(found.path), trusted=trusted))
        shown = self._saved.pop(found.path, None)
        if shown is None or (shown.kind, shown.parent) != (found.kind, found.parent):
            name = found.path.name or str(found.path)
            shown = Repository(found.path, name, found.kind, found.parent, pending=True)
        else:
            memory.commit, memory.people = shown.last_commit, shown.people  # the commit of an id never changes
        return Entry(found, memory, shown)

    def _is_trusted(self, path: Path) -> bool:
        return path in self._trusted
