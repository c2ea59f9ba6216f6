"""A first configuration: what was found on this machine, what the person takes of it, and the text that comes of both.

Pure: looking around is `tui.sources.surroundings`, writing is `tui.sources.first_file`.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal

from msgspec import Struct

from tui.domain.values import Value

PlaceKind = Literal["root", "calendar", "me"]
"""What a person adds: a folder with repositories, a calendar, an address of theirs."""
CalendarPlace = Literal["path", "address", "command", "variable"]
"""How a calendar is named: a file or folder, an address, a command that prints one, a variable that holds one."""


class FoundRoot(Struct, frozen=True):
    """A folder repositories may be in."""

    path: str
    """As it would be written: the home folder is `~`."""
    repositories: int | None = None
    """How many are in it; None while they are counted."""


class FoundCalendar(Value, frozen=True):
    """A calendar that may be taken."""

    UNSHOWN: ClassVar[frozenset[str]] = frozenset({"path", "words"})

    path: str
    """What was found or typed: a place, or where to get the address from. An address is a secret: see `shown`."""
    shown: str = ""
    """As it may be shown."""
    told: str = ""
    """Where it is known from, and what is in it."""
    place: CalendarPlace = "path"
    words: tuple[str, ...] = ()
    """The command, where it is one."""
    wanted: bool = True
    """True where it is taken unless the person leaves it."""


class FoundProgram(Struct, frozen=True):
    """An editor or an agent that is installed."""

    kind: Literal["editor", "agent"]
    name: str
    """Empty for being asked each time."""
    told: str = ""
    """Why it is the one taken where nothing is said; empty for the others."""


class Surroundings(Struct, frozen=True):
    """What was found so far."""

    roots: tuple[FoundRoot, ...] = ()
    calendars: tuple[FoundCalendar, ...] = ()
    remarks: tuple[str, ...] = ()
    """What else was seen of calendars that cannot be read as it is, a sentence each."""
    addresses: tuple[str, ...] = ()
    """E-mail addresses of this person."""
    programs: tuple[FoundProgram, ...] = ()
    path: str = ""
    """Where the configuration would be written, with the home folder as `~`."""
    folder: str = ""
    """Its folder, from the root of the disk."""
    there: bool = False
    """True where there is one: it is never written over."""
    complete: bool = False
    """True once everything was looked at."""


class Examined(Struct, frozen=True):
    """A place the person typed, looked at."""

    kind: PlaceKind
    problem: str = ""
    """Why it cannot be taken, as a sentence; empty where it can."""
    root: FoundRoot | None = None
    calendar: FoundCalendar | None = None
    address: str = ""


class Beginning(Struct, frozen=True):
    """What a first configuration is to say."""

    roots: tuple[str, ...] = ()
    calendars: tuple[FoundCalendar, ...] = ()
    me: tuple[str, ...] = ()
    editor: str = ""
    """A name of the launch table; empty for $VISUAL, $EDITOR, or the first one found."""
    agent: str = ""
    """A name of the launch table; empty for the first one found, or to be asked where there are several."""


_NO_CALENDAR = """\
# A calendar is an .ics file, a folder of them, or an address
# (https://, webcal://); take the # away and name yours.
# [[calendars]]
# path = "~/calendar.ics"
"""
_CALENDAR_COMMENTS = {
    "path": "# An .ics file, or a folder of them. It is only read.",
    "address": "# Its address is as secret as a password, so it has a file of its\n# own: this one may be shared.",
    "command": "# A command that prints the address, a secret.",
    "variable": "# The environment variable that holds the address, a secret.",
}


def address_files(beginning: Beginning, folder: str) -> tuple[tuple[str, str], ...]:
    """The files that keep the addresses of `beginning`, in `folder`, each with its content."""
    addresses = [calendar.path for calendar in beginning.calendars if calendar.place == "address"]
    return tuple((f"{folder}/calendar-{number}.address", address) for number, address in enumerate(addresses, 1))


def format_beginning(beginning: Beginning, folder: str) -> str:
    """The text of a first configuration. Values are written as TOML strings, whatever is in them; no address is.

    `folder` is where `address_files` are.
    """
    files = iter([path for path, _ in address_files(beginning, folder)])
    blocks = [_calendar(calendar, files) for calendar in beginning.calendars]
    return f"""\
# makerhour reads this file and never writes it: it is yours.
# What you save here is taken over while makerhour runs.
# `,` in makerhour shows every setting, and what it means.

[repositories]
# Folders to look in.
roots = {_list(beginning.roots)}

{chr(10).join(blocks) or _NO_CALENDAR}
[agenda]
# Your addresses: they tell which answer in an invitation is yours.
me = {_list(beginning.me)}

# When you work; a day that is left out is a day off.
[planning.working_hours]
mon = "09:00-18:00"
tue = "09:00-18:00"
wed = "09:00-18:00"
thu = "09:00-18:00"
fri = "09:00-18:00"

[launch]
# The editor (e); empty: $VISUAL, $EDITOR, else the first one found.
editor = {quoted(beginning.editor)}
# The AI agent (a); empty: the one found, or asked each time.
agent = {quoted(beginning.agent)}
"""


def _calendar(calendar: FoundCalendar, files: Iterable[str]) -> str:
    match calendar.place:
        case "path":
            line = f"path = {quoted(calendar.path)}"
        case "address":
            line = f"url_command = {_list(('cat', next(iter(files))))}"
        case "command":
            line = f"url_command = {_list(calendar.words)}"
        case "variable":
            line = f"url_variable = {quoted(calendar.path)}"
    return f"[[calendars]]\n{_CALENDAR_COMMENTS[calendar.place]}\n{line}\n"


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"


def quoted(text: str) -> str:
    """`text` as a TOML basic string."""
    escaped = "".join(
        f"\\u{ord(char):04x}" if ord(char) < 0x20 or ord(char) == 0x7F else "\\" + char if char in '"\\' else char
        for char in text
    )
    return f'"{escaped}"'
