"""Where files live: XDG places on Linux, the platform's own elsewhere. Functions, so that no import has an effect.

`MAKERHOUR_HOME` (the demo sets it) replaces the data and state places. The XDG variables stay as they are: programs
started from the dashboard read them too, and makerhour's own are not handed on.
"""

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

NAME = "makerhour"
HOME_VARIABLE, CONFIG_VARIABLE = "MAKERHOUR_HOME", "MAKERHOUR_CONFIG"
FEW = 300
"""Folders of one level that are looked at to tell whether a place holds clones."""


def config_file(environ: Mapping[str, str]) -> Path:
    """The configuration: `MAKERHOUR_CONFIG` as it is written there, else `config.toml` in the configuration folder."""
    named = environ.get(CONFIG_VARIABLE)
    return Path(named) if named else _folder("config") / "config.toml"


def backlog_file() -> Path:
    """The backlog, where the configuration does not say otherwise."""
    return _folder("data") / "backlog.toml"


def copies_folder() -> Path:
    """Last good copies of the backlog, one a day."""
    return _folder("data") / "copies"


def lanes_folder() -> Path:
    """Lanes that were ended, kept as bundles."""
    return _folder("data") / "lanes"


def agents_folder() -> Path:
    """What is known of agents that work in the background, and what they print."""
    return _folder("state") / "agents"


def ledger_file() -> Path:
    """Sessions and notes, one entry a line."""
    return _folder("data") / "ledger.jsonl"


def holds_folder() -> Path:
    """Held gaps as files to import, where no folder is configured for them."""
    return _folder("data") / "holds"


def seen_file() -> Path:
    """What was marked seen."""
    return _folder("state") / "seen.json"


def fleet_file() -> Path:
    """The last good fleet, so that the first frame has data."""
    return _folder("cache") / "fleet.json"


def frames_folder() -> Path:
    """The dashboard as it was last seen at each size, so that the next start has something to show at once."""
    return _folder("cache") / "frames"


def moved_file() -> Path:
    """What moved in the last good fleet."""
    return _folder("cache") / "moved.json"


def agenda_file() -> Path:
    """The last good agenda, so that the first frame has data."""
    return _folder("cache") / "agenda.json"


def indexes_folder() -> Path:
    """Where the meetings of large calendars are in their files; made anew where it is missing."""
    return _folder("cache") / "indexes"


def shadows_folder() -> Path:
    """What git is pointed at instead of each repository's own git folder; made anew where it is missing."""
    return _folder("cache") / "git"


def calendars_folder() -> Path:
    """The last good copies of calendars behind addresses."""
    return _folder("cache") / "calendars"


def calendars_key_file() -> Path:
    """What the names of those copies are made with, so that they tell nothing of the addresses."""
    return _folder("state") / "calendars.key"


def view_file() -> Path:
    """How the person last looked at the panes."""
    return _folder("state") / "view.json"


def edit_folder() -> Path:
    """Items that are being edited in the editor."""
    return _folder("state") / "edit"


def briefs_folder() -> Path:
    """What AI agents are told of items."""
    return _folder("state") / "briefs"


def undo_file() -> Path:
    """What was done to the backlog last, to be undone after a restart."""
    return _folder("state") / "undo.json"


def log_file() -> Path:
    """The log."""
    return _folder("state") / "makerhour.log"


def display(path: Path) -> str:
    """`path` with the home folder as `~`."""
    home = Path.home()
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else str(path)


def usual_roots() -> tuple[Path, ...]:
    """The folders people keep code in, those that exist, from the home folder."""
    names = ("src", "code", "Code", "work", "projects", "Projects", "repos", "dev", "git", "workspace")
    found: list[Path] = []
    for name in names:
        folder = Path.home() / name
        if is_folder(folder) and not any(folder.samefile(other) for other in found):
            found.append(folder)
    return tuple(found)


def has_clones(folder: Path) -> bool:
    """True where `folder`, a folder in it, or one of their folders is a git work tree; looks at a few hundred."""
    level = [folder]
    for _ in range(3):
        if any(os.path.lexists(place / ".git") for place in level):
            return True
        level = list(islice((inner for place in level for inner in folders_in(place)), FEW))
    return False


def folders_in(folder: Path) -> Iterator[Path]:
    """The folders in `folder` by name, without hidden ones; none where it cannot be read."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    yield from (entry for entry in entries if not entry.name.startswith(".") and is_folder(entry))


def is_folder(path: Path) -> bool:
    """True where `path` is a folder; False also where this person may not know."""
    try:
        return path.is_dir()
    except OSError:  # pathlib passes on what is neither absence nor a loop, such as a folder that may not be entered
        return False


def _folder(kind: str) -> Path:
    import platformdirs

    home = os.environ.get(HOME_VARIABLE)
    if home and kind != "config":
        return Path(home) / kind
    places = platformdirs.PlatformDirs(NAME, appauthor=False, roaming=False)
    match kind:
        case "config":
            return Path(places.user_config_path)
        case "data":
            return Path(places.user_data_path)
        case "cache":
            return Path(places.user_cache_path)
        case _:
            return Path(places.user_state_path)
