"""`makerhour init`: a first configuration from what is found, at most three questions, never over an existing one."""

import os
from collections.abc import Callable
from pathlib import Path

from tui import paths
from tui.plain import counted

Ask = Callable[[str], str]
Say = Callable[[str], object]
CALENDAR_PLACES = (
    "Calendars",
    ".calendars",
    ".local/share/calendars",
    ".local/share/vdirsyncer",
    "calendar.ics",
)
_NO_CALENDAR = """\
# A calendar is an .ics file, a folder of them, or an address (https://, webcal://); take the # away and name yours.
# [[calendars]]
# path = "~/calendar.ics"
# name = "Work"
"""


def write_first_config(path: Path, ask: Ask | None, say: Say) -> int:
    """Write the configuration to `path` and say so. Without `ask` nothing is asked. The exit code."""
    if path.exists():
        say(f"there is a configuration already at `{path}`; nothing was changed")
        return 1
    roots = [str(paths.display(root)) for root in paths.usual_roots()] or [str(paths.display(Path.cwd()))]
    calendars = [paths.display(place) for place in _calendar_places()]
    me = ""
    if ask is not None:
        try:
            roots = _listed(ask(f"folders with repositories [{', '.join(roots)}]: ")) or roots
            calendars = (
                _listed(ask(f"calendar files, folders or addresses [{', '.join(calendars) or 'none'}]: ")) or calendars
            )
            me = ask("your e-mail address in invitations [none]: ").strip()
        except EOFError:
            say("")
    try:
        raw = format_first_config(roots, calendars, [me] if me else []).encode()
    except UnicodeEncodeError:
        say("a name among the folders, calendars or addresses is not UTF-8, and TOML can only hold that; rename it")
        return 1
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        _write_new(path, raw)
    except FileExistsError:
        say(f"there is a configuration already at `{path}`; nothing was changed")
        return 1
    say(f"wrote `{path}`")
    say(f"repositories under {', '.join(roots)}; {counted(len(calendars), 'calendar')}")
    say("`makerhour check` says what works; `makerhour` shows it")
    return 0


def _write_new(path: Path, raw: bytes) -> None:
    """`raw` in a file of this person's only, whole or not at all. Raises FileExistsError where there is one.

    Exclusive: two at once, or a link that points at nothing, never lose anything of the person's.
    """
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        try:
            file.write(raw)
            file.flush()
        except OSError:
            path.unlink()  # half a file would stand in the way of the next try
            raise


def format_first_config(roots: list[str], calendars: list[str], me: list[str]) -> str:
    """The text of a first configuration. Values are written as TOML strings, whatever is in them."""
    blocks = "\n".join(f"[[calendars]]\npath = {_quoted(path)}\n" for path in calendars) or _NO_CALENDAR
    return f"""\
# makerhour reads this file and never writes it again: it is yours.
# Every setting, with its default and what it does: config.example.toml in the source, or the README.

[repositories]
# Folders to look in.
roots = [{", ".join(map(_quoted, roots))}]

{blocks}
[agenda]
# Your e-mail addresses: they tell which answer in an invitation is yours.
me = [{", ".join(map(_quoted, me))}]

[planning.working_hours]
mon = "09:00-18:00"
tue = "09:00-18:00"
wed = "09:00-18:00"
thu = "09:00-18:00"
fri = "09:00-18:00"

[launch]
# Empty means $VISUAL, $EDITOR, then the first known editor found here.
editor = ""
"""


def _quoted(text: str) -> str:
    """`text` as a TOML basic string."""
    escaped = "".join(
        f"\\u{ord(char):04x}" if ord(char) < 0x20 or ord(char) == 0x7F else "\\" + char if char in '"\\' else char
        for char in text
    )
    return f'"{escaped}"'


def _listed(answer: str) -> list[str]:
    return [part.strip() for part in answer.split(",") if part.strip()]


def _calendar_places() -> list[Path]:
    """The calendars in usual places: files, folders with .ics files, and folders of such folders."""
    found: list[Path] = []
    for place in CALENDAR_PLACES:
        path = Path.home() / place
        if paths.is_folder(path):
            folders = [path, *paths.folders_in(path)]
            folders += [inner for folder in folders[1:] for inner in paths.folders_in(folder)]
            found += [folder for folder in folders if _holds_calendars(folder)][:20]
        elif _is_file(path):
            found.append(path)
    return found


def _holds_calendars(folder: Path) -> bool:
    try:
        return any(folder.glob("*.ics"))
    except OSError:  # a folder that may not be read holds none that could be shown
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
