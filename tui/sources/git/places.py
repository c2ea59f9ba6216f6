"""Folders that hold repositories, looked at every few seconds: which folders came or went in them.

One stat a folder and look; only a folder that changed is listed. What is in new folders is found by `discovery`.
"""

import os
import time
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct, field

from tui.sources.git.discovery import Listing, Rules, list_folder

MOST_STATS = 500
"""Folders whose time is compared in one look; where there are more, they take turns."""

MOST_PEEKS = 25
"""Folders in which `.git` is looked for in one look, by turns: one may get or lose it without its parent changing."""

YOUNG_SECONDS = 600.0
"""How long a new folder is looked into for a repository made in it later."""

_MOST_YOUNG = 200


class News(Struct, frozen=True):
    """What one look saw."""

    came: tuple[str, ...] = ()
    """Folders that are new, or have a `.git` now."""
    went: frozenset[str] = frozenset()
    """Folders that are gone, or have no `.git` any more."""


class Places(Struct):
    """The folders of one root that are looked at. For one thread."""

    rules: Rules
    _listings: dict[str, Listing] = field(default_factory=dict)
    _again: set[str] = field(default_factory=set)
    """To be listed once more whatever their time says: a change in the same tick of the clock shows no new time."""
    _young: dict[str, float] = field(default_factory=dict)
    _turn: int = 0
    _peeks: list[str] = field(default_factory=list)
    """Folders whose turn is still to come."""

    def begin(self, listings: Mapping[str, Listing], others: Iterable[str]) -> None:
        """Start over from what a search saw; `others` are folders it did not walk through itself."""
        at = time.monotonic()
        self._young = {folder: since for folder, since in self._young.items() if at - since < YOUNG_SECONDS}
        self._listings = dict(listings)
        for folder in {*others, *self._young} - self._listings.keys():
            try:
                self._listings[folder] = list_folder(folder, self.rules)
            except OSError:
                continue
        self._again = set(self._listings)
        self._peeks = []

    def look(self, repositories: Collection[str]) -> News:
        """What came and went since the last look, where `repositories` are the paths known (no bare ones)."""
        came: list[str] = []
        went: set[str] = set()
        for folder in self._next_places():
            before = self._listings[folder]
            changed_ns = _changed_ns(folder)
            if changed_ns == before.changed_ns and folder not in self._again:
                continue
            (self._again.discard if changed_ns == before.changed_ns else self._again.add)(folder)
            try:
                now = list_folder(folder, self.rules)
            except OSError:
                now = Listing(0, ())
                self._again.discard(folder)
            self._listings[folder] = now
            came.extend(set(now.folders).difference(before.folders))
            went.update(set(before.folders).difference(now.folders))
        self._forget(went)
        for path in self._next_peeks(repositories):
            there = os.path.lexists(f"{path}/.git")
            if there and path not in repositories:
                came.append(path)
            elif not there and path in repositories:
                went.add(path)
        return News(tuple(dict.fromkeys(came)), frozenset(went))

    def add(self, folders: Iterable[str], repositories: Collection[str]) -> None:
        """Look at new `folders` too where they hold no repository yet, and at those that `repositories` are in."""
        at = time.monotonic()
        holding = {os.path.dirname(path) for path in repositories}  # noqa: PTH120
        for folder in {*folders, *holding} - self._listings.keys():
            if folder in repositories:
                continue
            if folder not in holding:
                if len(self._young) >= _MOST_YOUNG:
                    continue
                self._young[folder] = at
            try:
                self._listings[folder] = list_folder(folder, self.rules)
            except OSError:
                continue
            self._again.add(folder)

    def _forget(self, gone: Collection[str]) -> None:
        for folder in gone:
            self._listings.pop(folder, None)
            self._young.pop(folder, None)
            self._again.discard(folder)

    def _next_places(self) -> list[str]:
        folders = list(self._listings)
        if len(folders) <= MOST_STATS:
            return folders
        start, self._turn = self._turn % len(folders), self._turn + MOST_STATS
        return (folders[start:] + folders[:start])[:MOST_STATS]

    def _next_peeks(self, repositories: Collection[str]) -> list[str]:
        if not self._peeks:
            inside = (folder for listing in self._listings.values() for folder in listing.folders)
            self._peeks = list(dict.fromkeys((*inside, *repositories)))
        turn, self._peeks = self._peeks[:MOST_PEEKS], self._peeks[MOST_PEEKS:]
        return turn


def _changed_ns(folder: str) -> int | None:
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116 - half the time of Path.stat, hundreds of times a look
    except OSError:
        return None
