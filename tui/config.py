"""The configuration: what it may say, its defaults, and a sentence for each thing wrong with it.

The file is written by the person (or once by `makerhour init`) and never rewritten. `config.example.toml` shows
every setting; a test holds the two together.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import time
from operator import itemgetter
from pathlib import Path
from typing import Any, get_type_hints

from msgspec import Struct, field
from msgspec.structs import replace

from tui.calendar_settings import CalendarSettings, parse_calendar
from tui.checking import ConfigError, Mistakes, absolute, check, refuse_unknown, section, table_of, tables_of
from tui.domain.arranging import Group
from tui.domain.attention import AttentionRules
from tui.domain.launching import Launcher, LaunchError
from tui.domain.panes import PANES, PaneName, problem_of
from tui.domain.planning import WEEKDAYS, PlanningRules, WorkingHours
from tui.domain.reentry import STEPS
from tui.domain.reminding import ReminderRules, parse_command
from tui.domain.sharing import ShareSafe
from tui.launch_settings import LaunchSettings, parse_launchers

__all__ = [
    "AUTO",
    "AgendaSettings",
    "BacklogSettings",
    "CalendarSettings",
    "Config",
    "LanesSettings",
    "LaunchSettings",
    "LookSettings",
    "RepositoriesSettings",
    "parse_config",
    "read_config",
]

MAX_BYTES = 1_000_000
MOST_TOLD = 5
"""So many mistakes are told at once."""
AUTO = "auto"
"""The theme that is the one of ours for the terminal's background."""


class RepositoriesSettings(Struct, frozen=True):
    """Where repositories are and how they are watched."""

    roots: tuple[str, ...] = ()
    """Folders to look in; empty means the current folder's repositories, or the home folder's usual places."""
    depth: int = 4
    """How many folders below a root are looked through (0 to 12)."""
    exclude: tuple[str, ...] = ()
    """Folder names or path patterns never entered, beside caches and installed packages."""
    trusted: tuple[str, ...] = ()
    """Repositories whose own filters may run, because you trust who wrote their configuration."""
    deadline_seconds: int = 10
    """How long one git command may take before its row says so (1 to 600)."""
    refresh_seconds: int = 300
    """How often everything is read again even where watching sees no change (5 to 86400)."""
    watch: bool = True
    """Watch work trees for changes; where that is not possible they are polled every few seconds."""
    toes_days: int = 14
    """Before you build in a repository: from how many days back others' work there is told (0 to 180); 0 is never."""
    fetch_minutes: int = 0
    """How often remotes are asked what is new (0 to 1440); 0 is never: only `F` and `ctrl+f` fetch then."""


class AgendaSettings(Struct, frozen=True):
    """Who you are in invitations, and your zone."""

    me: tuple[str, ...] = ()
    """Your e-mail addresses: they tell which answer in an invitation is yours."""
    time_zone: str = ""
    """The zone the day is shown in, such as `Europe/Berlin`; empty means this machine's."""
    refresh_seconds: int = 60
    """How often calendars are looked at again (5 to 86400)."""
    hold_folder: str = ""
    """The folder (vdir) held gaps are written to, one your own tool syncs; empty means files to import."""
    hold_title: str = "Focus time"
    """What a held gap is called; `{item}` in it is the item that fits the gap best."""


class BacklogSettings(Struct, frozen=True):
    """Where ideas are kept."""

    path: str = ""
    """The backlog file; empty means `backlog.toml` in makerhour's data folder."""
    sync: bool = False
    """Share it through the git repository it lies in, on its branch's upstream: `S` syncs, leaving asks."""


class LanesSettings(Struct, frozen=True):
    """Where prototypes are built."""

    folder: str = ""
    """The folder new lanes go into, as `<repository>-<name>`; empty means beside their repository."""
    new_in: str = ""
    """The folder new repositories go into; empty means the first of the roots."""
    templates: tuple[str, ...] = ()
    """Folders whose files a new repository may begin with."""
    keep: str = ""
    """The folder ended lanes are kept in, as bundles; empty means `lanes` in makerhour's data folder."""


class LookSettings(Struct, frozen=True):
    """How the dashboard looks."""

    theme: str = "makerhour-dark"
    """`makerhour-dark`, `makerhour-light`, `auto` for the one of them the terminal's background asks for, or any of
    Textual's themes."""
    ascii: bool = False
    """Only ASCII marks and frames; on by itself where the terminal cannot show more."""
    panes: tuple[PaneName, ...] = PANES
    """The panes shown, in their order; `1` `2` `3` follow it. The `detail` stands below on wide screens."""
    title: bool = True
    """The free minutes, or the time left to land, in the terminal's title."""
    motion: bool = True
    """Let what Textual moves move (a blinking cursor, scrolling in steps); `TEXTUAL_ANIMATIONS=none` stills it too."""
    share_safe: ShareSafe = False
    """Names and titles hidden from the start (`true`), while a meeting is under way (`"meeting"`), or by `*` only."""


class Config(Struct, frozen=True):
    """Everything the person can set."""

    repositories: RepositoriesSettings = field(default_factory=RepositoriesSettings)
    attention: AttentionRules = field(default_factory=AttentionRules)
    groups: tuple[Group, ...] = ()
    """Headings of your own for repositories, in their order."""
    agenda: AgendaSettings = field(default_factory=AgendaSettings)
    calendars: tuple[CalendarSettings, ...] = ()
    planning: PlanningRules = field(default_factory=PlanningRules)
    reminders: ReminderRules = field(default_factory=ReminderRules)
    backlog: BacklogSettings = field(default_factory=BacklogSettings)
    lanes: LanesSettings = field(default_factory=LanesSettings)
    launch: LaunchSettings = field(default_factory=LaunchSettings)
    launchers: tuple[Launcher, ...] = ()
    """Programs added to (or replacing one in) the launch table."""
    look: LookSettings = field(default_factory=LookSettings)
    keys: tuple[tuple[str, str], ...] = ()
    """Action id and key, for keys that differ from the defaults, as they are written."""
    source: Path | None = None
    """The file it was read from; None where there is none."""


def read_config(path: Path, *, required: bool) -> Config:
    """The configuration in `path`; the defaults where there is no file and none is `required`.

    Raises ConfigError with the file, the place and the remedy.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        if required:
            raise ConfigError(f"no configuration at `{path}`; `makerhour init` writes one") from None
        return Config()
    except OSError as error:
        raise ConfigError(f"cannot read `{path}`: {error.strerror or error}") from error
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"`{path}` is larger than a configuration can be ({len(raw)} bytes)")
    try:
        return replace(parse_config(raw.decode("utf-8-sig"), home=path.parent), source=path)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise ConfigError(f"`{path}` is not valid TOML: {_in_words(str(error))}") from error
    except ConfigError as error:
        raise in_file(error, path, raw) from None


def _in_words(told: str) -> str:
    """What Python's TOML reader says, without its tuples."""
    return re.sub(r"Cannot declare \((.*?),?\) twice", lambda found: f"`[{_dotted(found[1])}]` stands twice", told)


def _dotted(names: str) -> str:
    return ".".join(re.findall(r"'([^']*)'", names))


def in_file(error: ConfigError, path: Path, raw: bytes) -> ConfigError:
    """`error` with the file it is in, whose content is `raw`, and the line of each setting it names; the first few."""
    from tui.domain.toml_places import line_named, lines_of

    lines = lines_of(raw.decode("utf-8-sig", "replace"))
    placed = sorted(((line_named(said, lines) or 0, said) for said in error.mistakes), key=itemgetter(0))
    told = [f"line {line}: {said}" if line else said for line, said in placed]
    more = [f"{len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else []
    begin = f"`{path}`, " if placed[0][0] else f"`{path}`: "
    return ConfigError(begin + told[0], *told[1:MOST_TOLD], *more)


def parse_config(text: str, home: Path | None = None) -> Config:
    """`text` (TOML) as a Config. `home` is the folder relative paths start from.

    Raises tomllib.TOMLDecodeError, or ConfigError naming the setting and, for a misspelled one, the nearest.
    """
    table = tomllib.loads(text)
    sections = [name for name in Config.__struct_fields__ if name != "source"]
    mistakes = Mistakes()
    values: dict[str, Any] = {}
    with mistakes.gathered():
        refuse_unknown(table, sections, "")
    for name, value in table.items():
        if name in sections:
            with mistakes.gathered():
                values[name] = _section(name, value, home)
    mistakes.tell()
    config = Config(**values)
    return _with_absolute_paths(config, home) if home else config


def _section(name: str, value: object, home: Path | None) -> Any:
    """The part of the configuration called `name`. Raises ConfigError."""
    match name:
        case "calendars":
            return _calendars(tables_of(value, name), home)
        case "planning":
            return _planning(table_of(value, name))
        case "reminders":
            return _reminders(table_of(value, name))
        case "look":
            return _look(table_of(value, name))
        case "groups":
            groups = table_of(value, name).items()
            return tuple(Group(group, _patterns(group, patterns, home)) for group, patterns in groups)
        case "launchers":
            return parse_launchers(table_of(value, name))
        case "keys":
            return _keys(table_of(value, name))
        case _:
            return section(get_type_hints(Config)[name], table_of(value, name), name)


def _calendars(entries: Sequence[Mapping[str, Any]], home: Path | None) -> tuple[CalendarSettings, ...]:
    mistakes = Mistakes()
    calendars: list[CalendarSettings] = []
    for number, entry in enumerate(entries, 1):
        with mistakes.gathered():
            calendars.append(parse_calendar(entry, number, home))
    mistakes.tell()
    return tuple(calendars)


def _planning(table: Mapping[str, Any]) -> PlanningRules:
    rest = {key: value for key, value in table.items() if key != "working_hours"}
    rules: PlanningRules = section(PlanningRules, rest, "planning")
    if len(rules.reentry_minutes) != len(STEPS) + 1:
        raise ConfigError(
            "`planning.reentry_minutes` must be four numbers: within a day, a week, a month, and longer ago; "
            "all 0 takes nothing off"
        )
    if rules.landing_minutes and (
        len(rules.landing_minutes) != 2 or rules.landing_minutes[0] <= rules.landing_minutes[1]
    ):
        raise ConfigError(
            "`planning.landing_minutes` must be two numbers, the larger first, such as `[10, 3]`, or `[]`"
        )
    if "working_hours" not in table:
        return rules
    hours = table_of(table["working_hours"], "planning.working_hours")
    refuse_unknown(hours, WEEKDAYS, "planning.working_hours")
    days = tuple(
        _working_day(hours[day], f"planning.working_hours.{day}") if day in hours else None for day in WEEKDAYS
    )
    return replace(rules, working_hours=WorkingHours(days))


def _look(table: Mapping[str, Any]) -> LookSettings:
    look: LookSettings = section(LookSettings, table, "look")
    if problem := problem_of(look.panes):
        raise ConfigError(f"`look.panes` {problem}")
    return look


def _reminders(table: Mapping[str, Any]) -> ReminderRules:
    rules: ReminderRules = section(ReminderRules, table, "reminders")
    try:
        parse_command(rules.command)
    except LaunchError as problem:
        raise ConfigError(f"`reminders.command`: {problem}") from None
    return rules


def _working_day(value: object, place: str) -> tuple[time, time] | None:
    """`"09:00-17:30"` as its two times; an empty string is a day off."""
    text = check(value, str, place)
    if not text.strip():
        return None
    try:
        begin, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        raise ConfigError(f"`{place}` is `{text}`; write it like `09:00-17:30`, or empty for a day off") from None
    if begin.tzinfo or end.tzinfo:
        raise ConfigError(f"`{place}` is `{text}`; leave the offset out, as in `09:00-17:30`: it is local time")
    if begin >= end:
        raise ConfigError(f"`{place}` ends before it begins: `{text}`")
    return begin, end


def _keys(table: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Action and key, as they are written: what is no action or no key stops nothing (`tui.domain.keymap` says it).
    Without quotes round an action's name TOML makes a table of its first half."""
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        several = {f"{name}.{rest}": key for rest, key in value.items()} if isinstance(value, dict) else {name: value}
        found += ((action, check(key, str, f"keys.{action}").strip()) for action, key in several.items())
    return tuple(found)


def _patterns(group: str, value: object, home: Path | None) -> tuple[str, ...]:
    """What stands in a group: folders from the root of the disk, and patterns of names as they are."""
    place = f"groups.{group}"
    patterns: tuple[str, ...] = check(value, tuple[str, ...], place)
    if not all(pattern.strip() for pattern in patterns):
        raise ConfigError(
            f"`{place}` holds an empty text; name folders such as `~/src/shop/`, or names such as `shop-*`"
        )
    return tuple(
        str(absolute(pattern, home)) if home and ("/" in pattern or pattern.startswith("~")) else pattern
        for pattern in patterns
    )


def _with_absolute_paths(config: Config, home: Path) -> Config:
    repositories = replace(
        config.repositories,
        roots=tuple(str(absolute(root, home)) for root in config.repositories.roots),
        trusted=tuple(str(absolute(path, home)) for path in config.repositories.trusted),
    )
    backlog, agenda = config.backlog, config.agenda
    if backlog.path:
        backlog = replace(backlog, path=str(absolute(backlog.path, home)))
    if agenda.hold_folder:
        agenda = replace(agenda, hold_folder=str(absolute(agenda.hold_folder, home)))
    lanes = replace(
        config.lanes,
        templates=tuple(str(absolute(path, home)) for path in config.lanes.templates),
        **{
            name: str(absolute(path, home))
            for name in ("folder", "new_in", "keep")
            if (path := getattr(config.lanes, name))
        },
    )
    return replace(config, repositories=repositories, backlog=backlog, agenda=agenda, lanes=lanes)
