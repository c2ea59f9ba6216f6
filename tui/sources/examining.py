"""What a person typed as a folder, a calendar or an address of theirs, looked at: a sentence where it cannot be taken.

No address is asked: whether one answers is seen once it is configured.
"""

import re
import shlex
from pathlib import Path

from tui import paths
from tui.calendar_settings import parse_calendar
from tui.checking import ConfigError, expand
from tui.domain.beginning import Examined, FoundCalendar, FoundRoot, PlaceKind
from tui.domain.text import redact_url
from tui.sources.calendar_places import describe_calendar, folders_with_calendars
from tui.sources.surroundings import count_repositories

_ADDRESS = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*:/", re.ASCII)
_MAIL = re.compile(r"[^@\s,]+@[^@\s,]+\.?[^@\s,]*")


def examine_place(kind: PlaceKind, text: str) -> Examined:
    """Whether `text` can be taken."""
    text = text.strip()
    try:
        match kind:
            case "root":
                return _root(text)
            case "calendar":
                return _calendar(text)
            case "me":
                return _me(text)
    except ConfigError as problem:
        return Examined(kind, str(problem))


def _root(text: str) -> Examined:
    path = _path(text, "a folder, such as `~/code`")
    if not paths.is_folder(path):
        raise ConfigError(f"`{text}` is no folder here; name the one your clones are in")
    count = count_repositories(path)
    if not count:
        raise ConfigError(f"there is no git repository under `{text}`; name the folder your clones are in")
    return Examined("root", root=FoundRoot(paths.display(path), count))


def _calendar(text: str) -> Examined:
    if not text:
        raise ConfigError("name an .ics file, a folder or an address")
    if text.startswith("!"):
        return _command(text[1:].strip())
    if text.startswith("$"):
        parse_calendar({"url_variable": text[1:]}, 1, None)
        found = FoundCalendar(text[1:], text, "an address, from the environment", "variable")
        return Examined("calendar", calendar=found)
    if _ADDRESS.match(text):
        try:
            parse_calendar({"path": text}, 1, None)
        except ConfigError as problem:  # which says of which calendar; here there is one
            raise ConfigError(str(problem).replace(" of calendar 1", "")) from None
        if not re.match(r"[^/]+//[^/\s]+", text) or re.search(r"\s", text):
            raise ConfigError("this is not a whole address; copy it once more")
        found = FoundCalendar(text, redact_url(text), "an address, kept in a file of its own", "address")
        return Examined("calendar", calendar=found)
    path = _path(text, "an .ics file, a folder or an address")
    told = describe_calendar(path)
    if told:
        return Examined("calendar", calendar=FoundCalendar(paths.display(path), paths.display(path), told))
    if paths.is_folder(path):
        inner = [paths.display(folder) for folder in folders_with_calendars(path)][:3]
        hint = f"; there are some in `{'`, `'.join(inner)}`" if inner else "; name the folder they are in"
        raise ConfigError(f"there are no .ics files in `{text}`{hint}")
    if path.exists():
        raise ConfigError(f"`{text}` is no calendar: it holds no BEGIN:VCALENDAR")
    raise ConfigError(f"`{text}` is not there; check the path")


def _command(text: str) -> Examined:
    try:
        words = tuple(shlex.split(text))
    except ValueError:
        raise ConfigError("a quote in the command is never closed") from None
    if not words:
        raise ConfigError("name a command that prints the address, such as `!pass show work-calendar`")
    parse_calendar({"url_command": list(words)}, 1, None)
    shown = f"!{words[0]}{' …' if len(words) > 1 else ''}"
    found = FoundCalendar(text, shown, "an address, printed by a command", "command", words)
    return Examined("calendar", calendar=found)


def _me(text: str) -> Examined:
    if not _MAIL.fullmatch(text):
        raise ConfigError(f"`{text}` is no e-mail address" if text else "name an e-mail address of yours")
    return Examined("me", address=text)


def _path(text: str, wanted: str) -> Path:
    if not text:
        raise ConfigError(f"name {wanted}")
    path = expand(text)
    return path if path.is_absolute() else Path.cwd() / path
