"""Values as text for the screen: pure, by width in cells and `now`. What is foreign passes `safe_text` here."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

from rich.cells import cell_len, set_cell_size

from widgets.rows import Row, Span
from widgets.seen import seen

ELLIPSIS = "…"


def fit(text: str, width: int, *, right: bool = False) -> str:
    """`text`, made safe, in exactly `width` cells: cut with an ellipsis at its end or padded."""
    text = cut(text, width)
    padding = " " * (width - cell_len(text))
    return padding + text if right else text + padding


def cut(text: str, width: int) -> str:
    """`text`, made safe, in at most `width` cells with an ellipsis at its end where it is longer."""
    text = seen(text)
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    return set_cell_size(text, width - 1).rstrip() + ELLIPSIS


def fit_path(path: str, width: int) -> str:
    """`path`, made safe, in at most `width` cells: its middle gives way, for its end tells most."""
    path = seen(path)
    if cell_len(path) <= width:
        return path
    if width <= 1:
        return ELLIPSIS[:width]
    tail = ""
    for char in reversed(path):
        if cell_len(char + tail) > (width - 1) * 2 // 3:
            break
        tail = char + tail
    return set_cell_size(path, width - 1 - cell_len(tail)).rstrip() + ELLIPSIS + tail


def format_path(path: Path, home: Path | None = None) -> str:
    """`path` with the home folder as `~`."""
    if home and path.is_relative_to(home):
        return str(Path("~") / path.relative_to(home))
    return str(path)


def format_minutes(minutes: int) -> str:
    """A duration as it is said: `45m`, `90m`, `2h`, `2h48`."""
    if minutes <= 90:
        return f"{minutes}m"
    hours, rest = divmod(minutes, 60)
    return f"{hours}h{rest:02}" if rest else f"{hours}h"


def format_age(when: datetime | None, now: datetime) -> str:
    """How long ago, in at most four cells: `now`, `5m`, `3h`, `2d`, `3w`, `5mo`, `2y`; a future time is `now`."""
    if when is None:
        return "—"
    seconds = (now - when).total_seconds()
    for unit, size, limit in (("m", 60, 3600), ("h", 3600, 86_400), ("d", 86_400, 14 * 86_400)):
        if seconds < limit:
            count = int(seconds // size)
            return f"{count}{unit}" if count > 0 else "now"
    days = int(seconds // 86_400)
    if days < 70:
        return f"{days // 7}w"
    return f"{days // 30}mo" if days < 730 else f"{days // 365}y"


def format_time(when: datetime) -> str:
    """Clock time, 24 hours."""
    return f"{when:%H:%M}"


def format_day(day: date, today: date) -> str:
    """A day as it is said: `today`, `tomorrow`, `Thu`, `Thu 3 Dec`."""
    match (day - today).days:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
        case distance if 1 < distance < 7:
            return f"{day:%a}"
    return f"{day:%a} {day.day} {day:%b}"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 meeting`, `2 meetings`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def facts(
    pairs: list[tuple[str, str]], width: int, key: str = "fact", tones: Mapping[str, str] = MappingProxyType({})
) -> list[Row]:
    """Labelled facts as rows, the label in a column of its own; long values go on in the next line. `tones`: of values
    by their label, where they have one of their own."""
    label_width = max((len(label) for label, _ in pairs), default=0) + 2
    rows: list[Row] = []
    for place, (label, value) in enumerate(pairs):
        lines = wrap(value, max(width - label_width - 1, 10)) or [""]
        for number, line in enumerate(lines):
            shown = label if number == 0 else ""
            spans = (Span(" " + shown.ljust(label_width), "muted"), Span(line, tones.get(label, "text")))
            rows.append(Row(f"{key}-{place}-{number}", spans, selectable=False))
    return rows


def wrap(text: str, width: int, lines: int = 40) -> list[str]:
    """`text`, made safe, as lines of at most `width` cells, at most `lines` of them."""
    width = max(width, 1)
    wrapped: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in seen(paragraph, 5000).split():
            if line and cell_len(line) + 1 + cell_len(word) > width:
                wrapped.append(line)
                line = ""
            line = f"{line} {word}" if line else word
            while cell_len(line) > width:
                head = set_cell_size(line, width)
                wrapped.append(head)
                line = line[len(head.rstrip()) :] if head.rstrip() else line[1:]
        wrapped.append(line)
        if len(wrapped) >= lines:
            return [*wrapped[: lines - 1], ELLIPSIS]
    return wrapped
