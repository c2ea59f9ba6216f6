"""Where calendars may lie on this machine: what khal and vdirsyncer are configured for, what GNOME and Thunderbird
keep, and the usual folders. Only configuration files are read, and the beginnings of calendars.

What another program keeps in a database is said, not read: it would have to be asked for the address.
"""

import configparser
import json
import os
import re
from collections.abc import Iterable, Iterator
from glob import has_magic
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec.structs import replace

from tui import paths
from tui.domain.beginning import FoundCalendar
from tui.domain.text import redact_url

USUAL = (
    "Calendars",
    "calendars",
    ".calendars",
    ".local/share/calendars",
    ".local/share/vdirsyncer",
    "calendar.ics",
    "calendars.ics",
)
LOOSE = ("", "Downloads", "Documents", "Desktop")
"""Where a calendar lies that was exported by hand, among invitations that were opened: offered, not taken by itself."""
MOST_LOOSE = 4
"""Of those so many a folder, the newest first."""
MOST = 20
"""Calendars that are offered."""
MOST_BYTES = 1_000_000
"""Of a configuration, at the most."""
_HEAD_BYTES = 200_000
_PREFERENCE = re.compile(r'^user_pref\("calendar\.registry\.([^."]+)\.(name|type|uri)", "((?:[^"\\]|\\.)*)"\);', re.M)
_ELSEWHERE = "paste its secret iCal address instead"


def find_calendars(home: Path) -> tuple[tuple[FoundCalendar, ...], tuple[str, ...]]:
    """The calendars of the person whose home folder is `home`, each once, and remarks about others."""
    found: dict[str, FoundCalendar] = {}
    remarks: list[str] = []
    thunderbird, remarked = _thunderbird(home)
    remarks += remarked
    evolution, remarked = _evolution(home)
    remarks += remarked
    for calendar in (*_khal(home), *_vdirsyncer(home), *_usual(home), *evolution, *thunderbird, *_loose(home)):
        where = os.path.realpath(_whole(calendar.path, home)) if calendar.place == "path" else calendar.path
        found.setdefault(where, calendar)
    return tuple(islice(found.values(), MOST)), tuple(remarks)


def describe_calendar(path: Path) -> str:
    """What is at `path`, in a few words: `a file`, `12 files`; empty where that is no calendar."""
    if paths.is_folder(path):
        count = sum(1 for _ in islice(_files(path), 1000))
        return "" if not count else "1 file" if count == 1 else f"{count}{'+' if count == 1000 else ''} files"
    return "a file" if b"BEGIN:VCALENDAR" in read_head(path) else ""


def read_head(path: Path, most: int = _HEAD_BYTES) -> bytes:
    """The beginning of a regular file; empty where there is none that can be read. Never waits for a pipe."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        try:
            return file.read(most) if path.is_file() else b""
        except OSError:
            return b""


def folders_with_calendars(path: Path) -> Iterator[Path]:
    """`path` and the folders in it, two levels down, that hold .ics files."""
    level = [path]
    for _ in range(3):
        yield from (folder for folder in level if next(_files(folder), None) is not None)
        level = [inner for folder in level for inner in islice(paths.folders_in(folder), 100)]


def _files(folder: Path) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            yield from (entry.name for entry in entries if entry.name.endswith(".ics") and entry.name[0] != ".")
    except OSError:  # a folder that may not be read holds none that could be shown
        return


def _offer(path: Path, known: str) -> Iterator[FoundCalendar]:
    """The calendars at `path`: a file, a folder, or folders of such folders. `known` says from where it is known."""
    places = folders_with_calendars(path) if paths.is_folder(path) else iter((path,))
    for place in islice(places, MOST):
        if told := describe_calendar(place):
            shown = paths.display(place)
            yield FoundCalendar(shown, shown, ", ".join(filter(None, (known, told))))


def _usual(home: Path) -> Iterator[FoundCalendar]:
    for name in USUAL:
        yield from _offer(home / name, "")


def _loose(home: Path) -> Iterator[FoundCalendar]:
    for name in LOOSE:
        files = (home / name / file for file in islice(_files(home / name), 1000))
        newest = sorted(files, key=_changed, reverse=True)[: 5 * MOST_LOOSE]
        offered = (calendar for path in newest for calendar in _offer(path, ""))
        yield from (replace(calendar, wanted=False) for calendar in islice(offered, MOST_LOOSE))


def _changed(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def _khal(home: Path) -> Iterator[FoundCalendar]:
    """What khal reads: sections `[[name]]` under `[calendars]`, each with a `path`, which may be a pattern."""
    text = next(filter(None, map(_text, (_config(home) / "khal" / "config", home / ".khal" / "khal.conf"))), "")
    section, kind, path = "", "", ""
    for line in (*text.splitlines(), "[[]]"):
        bare = line.strip()
        if bare.startswith("["):
            if section == "calendars" and path and kind != "birthdays":
                for place in _matching(path, home):
                    yield from _offer(place, "khal")
            path = kind = ""
            section = section if bare.startswith("[[") else bare.strip("[] ").casefold()
        elif "=" in bare and not bare.startswith("#"):
            name, value = (part.strip() for part in bare.split("=", 1))
            path = value.strip("'\"") if name == "path" else path
            kind = value.strip("'\"") if name == "type" else kind


def _vdirsyncer(home: Path) -> Iterator[FoundCalendar]:
    """What vdirsyncer keeps on this machine: its storages of files."""
    named = (_config(home) / "vdirsyncer" / "config", home / ".vdirsyncer" / "config")
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(next(filter(None, map(_text, named)), ""))
    except configparser.Error:
        return
    for section in parser.sections():
        if not section.startswith("storage "):
            continue
        kind, extension, path = (_value(parser.get(section, name, fallback="")) for name in ("type", "fileext", "path"))
        if path and (kind == "singlefile" or (kind == "filesystem" and extension == ".ics")):
            for place in _matching(path.replace("%s", "*"), home):
                yield from _offer(place, "vdirsyncer")


def _value(text: str) -> str:
    """A value of vdirsyncer's: JSON, or as it is."""
    try:
        value = json.loads(text)
    except ValueError:
        return text.strip().strip("'\"")
    return value if isinstance(value, str) else ""


def _evolution(home: Path) -> tuple[list[FoundCalendar], list[str]]:
    """GNOME's and Evolution's own calendars are .ics files; those from the network are in databases."""
    found: list[FoundCalendar] = []
    for file in _glob(home / ".local" / "share" / "evolution" / "calendar", "*/calendar.ics"):
        for calendar in _offer(file, "GNOME or Evolution, kept on this machine"):
            found.append(replace(calendar, wanted=b"BEGIN:VEVENT" in read_head(file)))
    caches = list(_glob(home / ".cache" / "evolution" / "calendar", "*/cache.db"))
    if not caches:
        return found, []
    many = "an online calendar" if len(caches) == 1 else f"{len(caches)} online calendars"
    return found, [f"GNOME or Evolution keeps {many} in a database, which is not read: {_ELSEWHERE}"]


def _thunderbird(home: Path) -> tuple[list[FoundCalendar], list[str]]:
    """Calendars Thunderbird subscribes to as .ics, by its preferences; the others are in databases."""
    found: list[FoundCalendar] = []
    others: list[str] = []
    for preferences in (
        *_glob(home / ".thunderbird", "*/prefs.js"),
        *_glob(home / "Library" / "Thunderbird" / "Profiles", "*/prefs.js"),
    ):
        calendars: dict[str, dict[str, str]] = {}
        for entry in _PREFERENCE.finditer(_text(preferences)):
            calendars.setdefault(entry[1], {})[entry[2]] = re.sub(r"\\(.)", r"\1", entry[3])
        for calendar in calendars.values():
            kind, uri, name = (calendar.get(key, "") for key in ("type", "uri", "name"))
            if kind == "ics" and uri.startswith("file:"):
                found += _offer(Path(unquote(urlsplit(uri).path)), "Thunderbird")
            elif kind == "ics" and uri.startswith(("https:", "http:", "webcal:", "webcals:")):
                told = f"Thunderbird: {name}" if name else "Thunderbird"
                found.append(FoundCalendar(uri, redact_url(uri), told, "address", wanted=False))
            elif kind:
                others.append(name or kind)
    if not others:
        return found, []
    names = ", ".join(f"`{name}`" for name in others[:3]) + (" and others" if len(others) > 3 else "")
    return found, [
        f"Thunderbird keeps {names} in a database, which is not read: {_ELSEWHERE}, or export it to an .ics file"
    ]


def _glob(folder: Path, pattern: str) -> Iterator[Path]:
    try:
        yield from islice(sorted(folder.glob(pattern)), MOST)
    except OSError:
        return


def _config(home: Path) -> Path:
    named = os.environ.get("XDG_CONFIG_HOME", "")
    return Path(named) if named.startswith("/") else home / ".config"


def _whole(path: str, home: Path) -> Path:
    return home / path[2:] if path.startswith("~/") else home / path


def _matching(path: str, home: Path) -> Iterable[Path]:
    """The places a path of a configuration stands for: `~`, variables and patterns are read as those programs do."""
    whole = _whole(os.path.expandvars(path), home)
    if not has_magic(str(whole)):
        return (whole,)
    fixed = whole
    while has_magic(str(fixed)):
        fixed = fixed.parent
    return _glob(fixed, str(whole.relative_to(fixed)))


def _text(path: Path) -> str:
    """The text of a configuration; empty where there is none."""
    return read_head(path, MOST_BYTES).decode("utf-8", "replace")
