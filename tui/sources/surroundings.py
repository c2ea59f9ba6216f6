"""What a first configuration can name on this machine: folders with repositories, calendars, addresses, programs.

Looked for in the places people and programs keep them; nothing is written, no network is asked. It may take seconds:
what is found is told as it comes.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from tui import paths
from tui.domain.beginning import FoundProgram, FoundRoot, Surroundings
from tui.sources.calendar_places import find_calendars

MOST_ROOTS = 12
MOST_FOLDERS = 300
"""Folders of the home folder that are looked into."""


def look_around(
    config: Path,
    looked_in: Sequence[Path],
    programs: Callable[[], tuple[FoundProgram, ...]],
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Surroundings]:
    """What there is, first without what takes longer. `config` is where the configuration would be, `looked_in` what is
    looked in without one; where `stopped` says so it ends with what there is. `programs` says what is installed."""
    from tui.sources.git.configuration import read_own_addresses

    calendars, remarks = find_calendars(Path.home())
    found = Surroundings(
        roots=tuple(FoundRoot(paths.display(root)) for root in looked_in if paths.is_folder(root)),
        calendars=calendars,
        remarks=remarks,
        programs=programs(),
        path=paths.display(config),
        folder=str(config.parent),
        there=os.path.lexists(config),
    )
    yield found
    found = replace(found, addresses=read_own_addresses())
    yield found
    roots: list[FoundRoot] = []
    for root in candidates(looked_in):
        if stopped():
            return
        roots.append(FoundRoot(paths.display(root), count_repositories(root, stopped)))
        kept = {known.path: known for known in (*found.roots, *roots)}
        found = replace(found, roots=tuple(kept.values()))
        yield found
    # Most first; those without any last. Nobody has twelve folders of clones.
    ordered = sorted(found.roots, key=lambda root: (-(root.repositories or 0), root.path))
    yield replace(found, roots=tuple(ordered[:MOST_ROOTS]), complete=True)


def candidates(looked_in: Sequence[Path]) -> Iterator[Path]:
    """Folders that may hold repositories: those looked in, the usual ones, and others of the home folder with some."""
    home = Path.home()
    seen: set[str] = set()
    others = (folder for folder in islice(paths.folders_in(home), MOST_FOLDERS) if paths.has_clones(folder))
    for folder in (*looked_in, *paths.usual_roots(), *others):
        real = os.path.realpath(folder)
        if real in seen or not paths.is_folder(folder):
            continue
        seen.add(real)
        yield folder


def count_repositories(root: Path, stopped: Callable[[], bool] = lambda: False) -> int:
    """How many repositories a dashboard would find under `root`; lanes and submodules are not counted."""
    from tui.sources.git.discovery import Rules, search_roots

    found = search_roots((root,), Rules(stopped=stopped)).repositories
    return sum(one.kind in ("worktree", "bare") for one in found)
