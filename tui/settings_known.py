"""The configuration in force as a list of settings: value, default, meaning, and where each comes from.

Nothing is read here but variables and what is installed; no secret leaves it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields, replace

from tui import paths
from tui.calendar_settings import CalendarSettings
from tui.config import AUTO, Config
from tui.domain.known_settings import Setting
from tui.domain.launch_table import table_for
from tui.domain.launching import SETTINGS, LaunchError, available, choose
from tui.domain.planning import WEEKDAYS, WorkingHours
from tui.domain.text import redact_url
from tui.domain.toml_places import Place, nearest_line
from tui.launcher import clean_environment, find_program
from tui.meanings import meanings_of

_VARIABLES = {"editor": ("VISUAL", "EDITOR"), "shell": ("SHELL",), "browser": ("BROWSER",)}
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://\S+")
_AT_NEXT_START = ("look.panes", "look.title")
"""What is decided before the first frame."""


class Circumstances(Struct, frozen=True):
    """What beside the configuration decides."""

    lines: Mapping[Place, int]
    """Where settings stand in the configuration."""
    environ: Mapping[str, str]
    roots: tuple[Path, ...]
    """The folders that are looked in."""
    named_roots: bool
    """True where the command line names them."""
    zone: str
    """What the time zone in force is called."""
    backlog: Path
    ascii_forced: bool
    """True where the terminal has only ASCII."""


def changed_names(before: Config, after: Config) -> tuple[str, ...]:
    """The settings that differ, by name; of what is a list of its own only that."""
    names: list[str] = []
    for section in fields(Config):
        old, new = getattr(before, section.name), getattr(after, section.name)
        if section.name == "source" or old == new:
            continue
        if isinstance(old, Struct):
            names += [
                f"{section.name}.{item.name}"
                for item in fields(old)
                if getattr(old, item.name) != getattr(new, item.name)
            ]
        else:
            names.append(section.name)
    return tuple(names)


def at_next_start(names: Sequence[str], config: Config) -> tuple[str, ...]:
    """Those of `names` that a dashboard that runs cannot take over as `config` has them."""
    asks = config.look.theme == AUTO  # which the terminal answers at the start
    return tuple(name for name in names if name in _AT_NEXT_START or (name == "look.theme" and asks))


def known_settings(config: Config, around: Circumstances) -> Iterator[Setting]:
    """Every setting of `config`, in the order of its sections."""
    meanings = meanings_of(Config)
    for section in fields(Config):
        value = getattr(config, section.name)
        match section.name:
            case "source":
                continue
            case "calendars":
                yield from _calendars(config, around)
            case "groups" | "launchers" | "keys":
                yield from _own(section.name, value, meanings.get(section.name, ""), around)
            case _:
                yield from _section(section.name, value, config, around)


def _section(name: str, value: Any, config: Config, around: Circumstances) -> Iterator[Setting]:
    meanings = meanings_of(type(value))
    for item in fields(value):
        default = item.default if item.default is not NODEFAULT else ""
        found = getattr(value, item.name)
        setting = Setting(f"{name}.{item.name}", _shown(found), meanings.get(item.name, ""), _shown(default))
        yield _with_effect(_placed(setting, (name, item.name), around), config, around)


def _calendars(config: Config, around: Circumstances) -> Iterator[Setting]:
    meanings = meanings_of(CalendarSettings)
    if not config.calendars:
        meaning = f"A block each, such as [[calendars]] with a path. {meanings.get('path', '')}"
        yield _placed(Setting("calendars", "none", meaning, "none"), ("calendars",), around)
    for number, calendar in enumerate(config.calendars, 1):
        for item in fields(CalendarSettings):
            value = getattr(calendar, item.name)
            shown = _shown(value)
            if item.name == "path" and value:
                shown = redact_url(value) if calendar.on_the_web else _shown(paths.display(Path(value)))
            elif item.name == "url_command" and value:
                shown = f'["{value[0]}", …]'  # its words may hold what opens a safe
            default = item.default if item.default is not NODEFAULT else ""
            name = ("calendars", str(number), item.name)
            yield _placed(Setting(".".join(name), shown, meanings.get(item.name, ""), _shown(default)), name, around)


def _own(name: str, value: tuple[Any, ...], meaning: str, around: Circumstances) -> Iterator[Setting]:
    """What the person names: groups, programs, keys."""
    meaning = meaning or {"launchers": "Programs of your own in the launch table."}.get(name, "")
    if not value:
        yield _placed(Setting(name, "none", meaning, "none"), (name,), around)
    for entry in value:
        match name:
            case "groups":
                key, shown = entry.name, _shown(entry.patterns)
            case "launchers":
                key, shown = entry.name, _shown(" ".join(entry.command))
            case _:
                key, shown = entry[0], _shown(entry[1])
        yield _placed(Setting(f"{name}.{key}", shown, meaning), (name, key), around)


def _placed(setting: Setting, place: Place, around: Circumstances) -> Setting:
    """`setting` with its line, where it stands in the configuration, or the nearest to where it would."""
    line = around.lines.get(place)
    near = nearest_line(place, around.lines) or 1
    return replace(setting, line=line, near=near, origin="file" if line else "default")


def _with_effect(setting: Setting, config: Config, around: Circumstances) -> Setting:
    """`setting` with what else decides it: an option, a variable, what is found on this machine."""
    section, _, name = setting.name.partition(".")
    if setting.name == "repositories.roots" and (around.named_roots or setting.value == "[]"):
        shown = ", ".join(paths.display(root) for root in around.roots)
        if around.named_roots:
            return replace(setting, origin="option", told="--root", in_effect=shown)
        return replace(setting, origin="found", in_effect=shown)
    if setting.name == "agenda.time_zone" and setting.value == '""':
        return replace(setting, in_effect=around.zone)
    if setting.name == "backlog.path":
        shown = paths.display(around.backlog)
        return replace(setting, in_effect=shown if setting.value == '""' else "")
    if setting.name == "look.ascii" and around.ascii_forced and setting.value == "false":
        return replace(setting, origin="environment", told="terminal", in_effect="true")
    if section == "launch" and name in SETTINGS.values():
        return _with_program(setting, name, config, around)
    return setting


def _with_program(setting: Setting, name: str, config: Config, around: Circumstances) -> Setting:
    kind = next(kind for kind, called in SETTINGS.items() if called == name)
    environ = clean_environment(around.environ)
    chosen: str = getattr(config.launch, name)
    table = table_for(kind, config.launchers)

    def installed(wanted: str) -> bool:
        return find_program(wanted, environ) is not None

    several = [program.name for program in available(kind, table, installed)] if name == "agent" else []
    if not chosen and len(several) > 1:
        return replace(setting, origin="found", in_effect=f"you are asked: {', '.join(several)}")
    try:
        program = choose(kind, chosen, environ, table, installed)
    except LaunchError as problem:
        return replace(setting, in_effect=str(problem))
    if chosen:
        return setting
    variable = next((each for each in _VARIABLES.get(name, ()) if environ.get(each, "").strip()), "")
    if variable:
        return replace(setting, origin="environment", told=f"${variable}", in_effect=program.name)
    return replace(setting, origin="found", in_effect=program.name)


def _shown(value: object) -> str:
    """`value` as TOML has it; working hours in words."""
    match value:
        case WorkingHours():
            return _hours(value)
        case bool():
            return "true" if value else "false"
        case str():  # an address in a command may be a secret
            value = paths.display(Path(value)) if value.startswith("/") else value
            return json.dumps(_ADDRESS.sub(lambda found: redact_url(found[0]), value), ensure_ascii=False)
        case tuple():
            return f"[{', '.join(map(_shown, value))}]"
        case _:
            return str(value)


def _hours(hours: WorkingHours) -> str:
    """Days with the same hours together: `mon-fri 09:00-18:00`."""
    said: list[tuple[int, int, str]] = []
    for number, day in enumerate(hours.days):
        text = f"{day[0]:%H:%M}-{day[1]:%H:%M}" if day else ""
        if said and said[-1][2] == text:
            said[-1] = (said[-1][0], number, text)
        else:
            said.append((number, number, text))
    parts = [
        f"{WEEKDAYS[first]}{f'-{WEEKDAYS[last]}' if last > first else ''} {text}" for first, last, text in said if text
    ]
    return ", ".join(parts) or "none"
