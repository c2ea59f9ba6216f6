"""Single values of a task of Taskwarrior's as values of an item, and back: times, durations, annotations, JSON."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, tzinfo
from uuid import UUID, uuid5

from tui.domain.backlog import LONGEST_ESTIMATE, ItemError
from tui.domain.capture import parse_minutes
from tui.domain.exchange.text import one_line, parse_time

_SPACE = UUID("4f0d9f0a-4c5e-4f0e-9a70-6d616b657268")
_DURATION = re.compile(r"P(?:([0-9]{1,5})D)?(?:T(?:([0-9]{1,5})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,9})S)?)?")
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
"""When an annotation was made of an item that does not say when it was."""
_UNTITLED = "(no title)"


def own_uuid(id: str) -> str:
    """The UUID of the task an item becomes that was none before: the same each time."""
    return str(uuid5(_SPACE, id.encode("utf-8", "replace").decode()))


def described(title: str) -> str:
    """A title as the one line a description is."""
    return one_line(title) or _UNTITLED


def letter_of(impact: object) -> str:
    """Taskwarrior's priority for an impact; empty for none."""
    return ("", "L", "L", "M", "H", "H")[impact] if isinstance(impact, int) else ""


def stamp_of(when: datetime) -> str:
    """`when` as Taskwarrior writes it; empty where it is beyond the calendar."""
    try:
        there = when.astimezone(UTC)
    except OverflowError:
        return ""
    return f"{there.date().isoformat().replace('-', '')}T{there.hour:02}{there.minute:02}{there.second:02}Z"


def wait_until(day: int, known: object, zone: tzinfo) -> str:
    """The moment an item returns on `day`: the one `known`, else the day's first; empty beyond the calendar."""
    seen = parse_time(known, UTC) if isinstance(known, str) else None
    try:
        if seen and seen.astimezone(zone).date().toordinal() == day:
            return str(known)
    except OverflowError:
        pass
    return stamp_of(datetime.combine(datetime.fromordinal(day), time(), zone))


def minutes_of(value: object) -> int | None:
    """An estimate as whole minutes, rounded up; None where it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        minutes = math.ceil(value) if math.isfinite(value) else 0
        return minutes if 1 <= minutes <= LONGEST_ESTIMATE else None
    if not isinstance(value, str):
        return None
    if (found := _DURATION.fullmatch(value)) and any(found.groups()):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        length = days * 1440 + hours * 60 + minutes + math.ceil(seconds / 60)
        return length if 1 <= length <= LONGEST_ESTIMATE else None
    try:
        return parse_minutes(value)
    except ItemError:
        return None


def duration_of(minutes: int) -> str:
    """Minutes as Taskwarrior writes a duration."""
    days, rest = divmod(minutes, 1440)
    hours, rest = divmod(rest, 60)
    clock = (f"{hours}H" if hours else "") + (f"{rest}M" if rest else "")
    return f"P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}"


def annotations_of(why: str, created: object) -> list[object]:
    """The lines of `why`, a second after one another: Taskwarrior tells annotations by their time."""
    base = created if isinstance(created, datetime) else _UNDATED
    try:
        stamps = [stamp_of(base + timedelta(seconds=number)) for number in range(why.count("\n") + 1)]
    except OverflowError:
        stamps = []
    if not all(stamps) or not stamps:
        stamps = [stamp_of(_UNDATED + timedelta(seconds=number)) for number in range(why.count("\n") + 1)]
    return [{"entry": stamp, "description": line} for stamp, line in zip(stamps, spoken_lines(why), strict=False)]


def spoken_lines(why: str) -> list[str]:
    """The lines of `why` that say something, each as words."""
    return [words for line in why.split("\n") if (words := one_line(line))]


def why_of(notes: object) -> str:
    """The annotations of a task as the lines of a why; empty where they are none."""
    if not isinstance(notes, list):
        return ""
    told = [note.get("description") if isinstance(note, dict) else note for note in notes]
    return "\n".join(" ".join(line.split()) for line in told if isinstance(line, str) and line.strip())


def is_plain(value: object) -> bool:
    """True for what JSON has words for."""
    match value:
        case bool() | str() | int():
            return True
        case float():
            return math.isfinite(value)
        case list():
            return all(map(is_plain, value))
        case dict():
            return all(map(is_plain, value.values()))
        case _:
            return False


def without_nulls(value: object, null: Callable[[], None]) -> object:
    """`value` without what TOML has no word for."""
    match value:
        case list():
            for _ in range(value.count(None)):
                null()
            return [without_nulls(entry, null) for entry in value if entry is not None]
        case dict():
            for _ in range(list(value.values()).count(None)):
                null()
            return {key: without_nulls(entry, null) for key, entry in value.items() if entry is not None}
        case _:
            return value
