"""Values of the configuration checked against what they may be, with a sentence for each that is wrong."""

import difflib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints


class ConfigError(Exception):
    """The configuration cannot be used; each of its `mistakes` names the place and the remedy, and so does the text."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("; also ".join(mistakes).replace("?; also", "? Also"))
        self.mistakes = mistakes


class Mistakes:
    """Goes on behind a mistake, so that all are told at once."""

    def __init__(self) -> None:
        self._found: list[str] = []

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Keep what is wrong in here for `tell`."""
        try:
            yield
        except ConfigError as error:
            self._found += error.mistakes

    def tell(self) -> None:
        """Raises ConfigError where anything was wrong."""
        if self._found:
            raise ConfigError(*self._found)


LIMITS: dict[str, tuple[int, int]] = {
    "planning.landing_minutes": (1, 120),
    "repositories.depth": (0, 12),
    "repositories.deadline_seconds": (1, 600),
    "repositories.refresh_seconds": (5, 86_400),
    "repositories.fetch_minutes": (0, 1440),
    "repositories.toes_days": (0, 180),
    "attention.unpushed_days": (0, 3650),
    "attention.uncommitted_days": (0, 3650),
    "attention.diverged_commits": (0, 1_000_000),
    "attention.behind_commits": (0, 1_000_000),
    "attention.stash_days": (0, 3650),
    "attention.stale_days": (0, 36_500),
    "agenda.refresh_seconds": (5, 86_400),
    "calendars.refresh_minutes": (1, 1440),
    "planning.buffer_minutes": (0, 240),
    "planning.wrap_up_minutes": (0, 240),
    "planning.minimum_gap_minutes": (1, 480),
    "planning.reentry_minutes": (0, 240),
    "reminders.minutes": (0, 240),
}
"""Smallest and largest value of each number."""

_ENTRY = re.compile(r" \(entry \d+\)")


def section(kind: type[Any], table: Mapping[str, Any], place: str) -> Any:
    """`table` as the struct `kind`, every value checked against its field's type and limits. Raises ConfigError."""
    hints = {name: hint for name, hint in get_type_hints(kind).items() if name in kind.__struct_fields__}
    mistakes = Mistakes()
    values: dict[str, Any] = {}
    with mistakes.gathered():
        refuse_unknown(table, hints, place)
    for key, value in table.items():
        if key in hints:
            with mistakes.gathered():
                values[key] = check(value, hints[key], f"{place}.{key}")
    mistakes.tell()
    return kind(**values)


def check(value: object, kind: Any, place: str) -> Any:
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        if not isinstance(value, list):
            raise ConfigError(f"`{place}` must be a list, such as {_sample(kind)}")
        return tuple(check(item, inner, place) for item in value)
    if get_origin(kind) is Literal:
        if not any(value == one and type(value) is type(one) for one in get_args(kind)):
            known = listed(str(one).lower() if isinstance(one, bool) else one for one in get_args(kind))
            raise ConfigError(f"`{place}` is `{value}`; it can be {known}")
        return value
    if type(value) is not kind:
        shown = "" if "://" in str(value) else f", not `{value}`"  # an address is a secret
        raise ConfigError(f"`{place}` must be {_sample(kind)}{shown}")
    if isinstance(value, int) and kind is int:
        low, high = LIMITS.get(_ENTRY.sub("", place), (-(2**31), 2**31))
        if not low <= value <= high:
            raise ConfigError(f"`{place}` is {value}; it can be {low} to {high}")
    if isinstance(value, str) and "\x00" in value:
        raise ConfigError(f"`{place}` holds a NUL character")
    return value


def _sample(kind: Any) -> str:
    if get_origin(kind) is tuple:
        return "`[5, 10]`" if get_args(kind)[0] is int else '`["one", "two"]`'
    return {bool: "`true` or `false`", int: "a whole number", str: "a text in quotes"}.get(kind, str(kind))


def refuse_unknown(table: Mapping[str, Any], known: Any, place: str) -> None:
    """Raises ConfigError where `table` has other names than those `known`; for each the nearest of them."""
    mistakes = []
    for key in table:
        if key in known:
            continue
        where = f"`{place}.{key}`" if place else f"`{key}`"
        near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.6)
        hint = f"did you mean `{near[0]}`?" if near else f"known here: {listed(known)}"
        mistakes.append(f"unknown setting {where}; {hint}")
    if mistakes:
        raise ConfigError(*mistakes)


def listed(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


def table_of(value: object, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"`{place}` must be a table: write `[{place}]` above its settings")
    return value


def tables_of(value: object, place: str) -> list[Mapping[str, Any]]:
    if not isinstance(value, list):
        raise ConfigError(f"`{place}` must be a list of tables: write `[[{place}]]` above each one")
    return [table_of(entry, place) for entry in value]


def expand(path: str | Path) -> Path:
    """`path` with `~` as the home folder it stands for. Raises ConfigError where there is no such person here."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise ConfigError(f"`{path}` begins with a home folder that is not known here; write the whole path") from None


def absolute(path: str, home: Path) -> Path:
    """`path` from the root of the disk, a relative one from `home`. Raises ConfigError as `expand`."""
    expanded = expand(path)
    return expanded if expanded.is_absolute() else home / expanded
