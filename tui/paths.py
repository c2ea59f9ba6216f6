"""Where files live: XDG places on Linux, the platform's own elsewhere. Functions, so that no import has an effect."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

NAME = "makerhour"
FEW = 300
"""Folders of one level that are looked at to tell whether a place holds clones."""


def config_file(environ: Mapping[str, str]) -> Path:
    """The configuration: `MAKERHOUR_CONFIG`, else `config.toml` in the configuration folder."""
    named = environ.get("MAKERHOUR_CONFIG")
    return Path(named).expanduser() if named else _folder("config") / "config.toml"


def backlog_file() -> Path:
    """The backlog, where the configuration does not say otherwise."""
    return _folder("data") / "backlog.toml"


def copies_folder() -> Path:
    """Last good copies of the backlog, one a day."""
    return _folder("data") / "copies"


def seen_file() -> Path:
    """What was marked seen."""
    return _folder("state") / "seen.json"


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
        if folder.is_dir() and not any(folder.samefile(other) for other in found):
            found.append(folder)
    return tuple(found)


def has_clones(folder: Path) -> bool:
    """True where `folder`, a folder in it, or one of their folders is a git work tree; looks at a few hundred."""
    level = [folder]
    for _ in range(3):
        if any((place / ".git").exists() for place in level):
            return True
        level = list(islice(_folders_in(level), FEW))
    return False


def _folders_in(level: Iterable[Path]) -> Iterator[Path]:
    for place in level:
        try:
            entries = sorted(place.iterdir())
        except OSError:
            continue
        yield from (entry for entry in entries if not entry.name.startswith(".") and entry.is_dir())


def _folder(kind: str) -> Path:
    import platformdirs

    places = platformdirs.PlatformDirs(NAME, appauthor=False, roaming=False)
    match kind:
        case "config":
            return Path(places.user_config_path)
        case "data":
            return Path(places.user_data_path)
        case _:
            return Path(places.user_state_path)
