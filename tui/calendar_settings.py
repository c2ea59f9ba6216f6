"""One calendar in the configuration: where it is, how it is asked for, and a sentence for each thing wrong with it.

An address is a secret wherever it comes from, so no sentence here repeats one.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from msgspec.structs import replace

from tui.checking import ConfigError, absolute, section
from tui.domain.text import redact_url
from tui.domain.values import Value

SCHEMES = ("https", "webcal", "webcals", "http")
"""What an address may begin with; webcal and webcals mean https."""
PLACES = ("path", "url_command", "url_variable")
"""The settings that say where a calendar is; each calendar has exactly one of them."""

_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*)://")
_HALF_ADDRESS = re.compile(r"\s*(?:https?|webcals?):", re.IGNORECASE)


class CalendarSettings(Value, frozen=True):
    """One calendar."""

    UNSHOWN: ClassVar[frozenset[str]] = frozenset({"path", "url_command"})

    path: str = ""
    """An `.ics` file, a folder of them, or an address (`https://`, `webcal://`; `http://` only where there is no
    other). An address is as secret as a password: whoever has it reads the calendar."""
    url_command: tuple[str, ...] = ()
    """Instead of `path`: a command, as a list, whose first line of output is the address, such as `pass show work`."""
    url_variable: str = ""
    """Instead of `path`: the environment variable that holds the address."""
    user_agent: str = ""
    """What the server is told is asking; empty means makerhour. Office 365 answers some only by a browser's."""
    refresh_minutes: int = 15
    """How often an address is asked again (1 to 1440), give or take a fifth; no more often than the calendar says."""
    name: str = ""
    """What it is called on screen; empty means the file's or folder's name, or what an address's calendar says."""
    color: str = ""
    """The colour of its bars, as `#rrggbb`; empty means the theme's."""
    busy: bool = True
    """False where its meetings never block a gap (holidays, a team's calendar)."""
    me: tuple[str, ...] = ()
    """Your addresses in this calendar, beside those of `[agenda] me`."""

    @property
    def label(self) -> str:
        """What it is called before anything of it is read; of an address only what is no secret."""
        if self.on_the_web:
            return self.name or (redact_url(self.path) if self.path else "a calendar behind an address")
        return self.name or Path(self.path).stem or self.path

    @property
    def on_the_web(self) -> bool:
        """True where it is behind an address."""
        written = _SCHEME.match(self.path) or _HALF_ADDRESS.match(self.path)
        return bool(self.url_command or self.url_variable or written)


def parse_calendar(entry: Mapping[str, Any], number: int, home: Path | None) -> CalendarSettings:
    """The calendar that stands `number`th in the configuration. `home` is the folder relative paths start from.

    Raises ConfigError.
    """
    settings: CalendarSettings = section(CalendarSettings, entry, f"calendars (entry {number})")
    _check_place(settings, number)
    if settings.color and not re.fullmatch(r"#[0-9a-fA-F]{6}", settings.color):
        raise ConfigError(f"`color` of calendar {number} is `{settings.color}`; write it like `#e0a458`")
    if not settings.user_agent.isascii() or not settings.user_agent.isprintable():
        raise ConfigError(f"`user_agent` of calendar {number} must be plain ASCII on one line")
    if home is None:
        return settings
    if settings.url_command:
        program, *words = settings.url_command
        if "/" in program or program.startswith("~"):
            program = str(absolute(program, home))
        return replace(settings, url_command=(program, *words))
    return settings if settings.on_the_web else replace(settings, path=str(absolute(settings.path, home)))


def _check_place(settings: CalendarSettings, number: int) -> None:
    """Exactly one place, and one that can be a place. Raises ConfigError."""
    given = [f"`{name}`" for name in PLACES if getattr(settings, name)]
    if not given:
        raise ConfigError(f"calendar {number} has no `path`; give the .ics file, the folder or the address it is in")
    if len(given) > 1:
        raise ConfigError(f"calendar {number} has {' and '.join(given)}; keep one of them")
    if settings.url_command and not settings.url_command[0].strip():
        raise ConfigError(f'`url_command` of calendar {number} names no program; write it like `["pass", "show", "x"]`')
    if settings.url_command and _SCHEME.match(settings.url_command[0]):
        raise ConfigError(f"`url_command` of calendar {number} is an address; give it as `path`")
    if settings.url_variable and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", settings.url_variable):
        raise ConfigError(
            f"`url_variable` of calendar {number} must be the name of an environment variable, such as "
            "`WORK_CALENDAR`, not the address itself"
        )
    scheme = _SCHEME.match(settings.path)
    if scheme and scheme[1].lower() not in SCHEMES:
        raise ConfigError(
            f"the address of calendar {number} begins with `{scheme[1]}`; it can be "
            f"{', '.join(f'`{name}`' for name in SCHEMES)}, and a file is given by its path alone"
        )
    if settings.path and not scheme and _HALF_ADDRESS.match(settings.path):
        raise ConfigError(f"the address of calendar {number} lacks its `//`; write it like `https://…`")
