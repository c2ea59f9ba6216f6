"""One line of a list: its spans of text, each in a tone, and how text from outside comes to the screen; and rows that
are made when they are looked at, for lists of more than anybody looks at."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, overload

from msgspec import Struct
from textual.widget import Widget

from widgets.seen import seen

TONES = ("text", "strong", "muted", "faint", "accent", "success", "warning", "error", "primary", "secondary")
ASCII = str.maketrans("●✓◌×↕↑↓…·—│└→←▌▏░━▸»½◆", "*=ox%^v~.-|-><|:~->>+@")
"""What stands for each of our marks where the terminal has only ASCII; one cell for one cell."""
ASCII_CLASS = "-ascii"
"""Set on the app where the terminal has only ASCII."""
FEW_COLORS_CLASS = "-few-colors"
"""Set on the app where the terminal has at most 16 colours, whatever they are."""


class Span(Struct, frozen=True):
    """A stretch of text in one tone: one of TONES, or a colour as `#rrggbb`."""

    text: str
    tone: str = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `key` is what it stands for; a row that cannot be selected is a heading or a rule."""

    key: str
    spans: tuple[Span, ...]
    selectable: bool = True
    of: str = ""
    """The key of the row that a click on this one means, where it cannot be selected itself."""


class Part(Struct, frozen=True):
    """Rows for things, however many."""

    things: Sequence[Any]
    make: Callable[[Any], Row]
    """The row of one of them. Asked often: keep what it made."""
    place_of: Callable[[str], int | None]
    """Where among the things the one is whose row has this key."""


class LazyRows(Sequence[Row]):
    """The rows of `parts`, one after another, each made when it is looked at; a part may be rows that are there."""

    def __init__(self, parts: Iterable[Part | Sequence[Row]]) -> None:
        self._parts = tuple(parts)
        self._ends = list(accumulate(len(part.things if isinstance(part, Part) else part) for part in self._parts))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, place: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(place, slice):
            return tuple(self[at] for at in range(*place.indices(len(self))))
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        number = bisect_right(self._ends, place)
        part = self._parts[number]
        within = place - (self._ends[number - 1] if number else 0)
        return part.make(part.things[within]) if isinstance(part, Part) else part[within]

    def place_of(self, key: str) -> int | None:
        """Where the row with `key` is, a thing's before any other; no row is made for that."""
        for parts in (True, False):
            for part, end in zip(self._parts, self._ends, strict=True):
                if isinstance(part, Part) is not parts:
                    continue
                place = part.place_of(key) if isinstance(part, Part) else place_of(part, key)
                if place is not None:
                    return end - len(part.things if isinstance(part, Part) else part) + place
        return None


def place_of(rows: Sequence[Row], key: str | None) -> int | None:
    """Where the row with `key` is among `rows`; one that can be selected rather than one that cannot."""
    if key is None:
        return None
    if isinstance(rows, LazyRows):
        return rows.place_of(key)
    found = [place for place, row in enumerate(rows) if row.key == key]
    return next((place for place in found if rows[place].selectable), found[0] if found else None)


def shown(widget: Widget, text: str) -> str:
    """`text` as it may be shown by `widget`: made safe, and our marks in ASCII where the app asks for that."""
    text = seen(text)
    return text.translate(ASCII) if widget.app.has_class(ASCII_CLASS) else text


def key_shown(widget: Widget, action: str) -> str:
    """The key in force for the action with the id `action`, as it is shown; empty where there is none here."""
    found = (active.binding for active in widget.screen.active_bindings.values() if active.binding.id == action)
    return next((widget.app.get_key_display(binding) for binding in found), "")
