"""Seven days side by side with the usable minutes of each: two lines. A click on a day asks for it."""

from dataclasses import dataclass
from datetime import date

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.domain.days import DayRoom
from widgets.formats import ELLIPSIS, format_minutes
from widgets.row_list import shown

HEIGHT = 2
MARK = "▸"
"""Stands before the day that is shown."""
WIDEST = 9
Part = tuple[str, str]


class WeekStrip(Widget):
    """Days and their room."""

    DEFAULT_CSS = """
    WeekStrip { height: 2; background: $background; text-wrap: nowrap; }
    """

    rooms: reactive[tuple[DayRoom, ...]] = reactive[tuple[DayRoom, ...]]((), layout=False)
    day: reactive[date | None] = reactive[date | None](None, layout=False)
    """The day that is shown above."""

    @dataclass
    class DayChosen(Message):
        """Posted when a day was clicked."""

        day: date

    def render(self) -> Content:
        upper, lower = strip_lines(self.rooms, self.day, self.content_size.width)
        return Content.assemble(*((shown(self, text), style) for text, style in (*upper, ("\n", ""), *lower)))

    def on_click(self, event: events.Click) -> None:
        place = event.x // column_width(self.content_size.width, len(self.rooms))
        if 0 <= place < len(self.rooms):
            self.post_message(self.DayChosen(self.rooms[place].day))


def column_width(width: int, days: int) -> int:
    """Cells each of `days` has."""
    return max(min(width // max(days, 1), WIDEST), 1)


def strip_lines(rooms: tuple[DayRoom, ...], day: date | None, width: int) -> tuple[list[Part], list[Part]]:
    """Names of days, the one shown marked, and below each what can be made of it."""
    column = column_width(width, len(rooms))
    upper: list[Part] = []
    lower: list[Part] = []
    for room in rooms:
        marked = room.day == day
        name = f"{room.day:%a} {room.day.day}" if column >= 7 else f"{room.day:%a}"
        upper.append((f"{MARK if marked else ' '}{name}".ljust(column)[:column], _name_style(marked)))
        lower.append((f" {room_text(room, column - 1)}".ljust(column)[:column], _room_style(room, marked)))
    return upper, lower


def room_text(room: DayRoom, cells: int) -> str:
    """Usable time in at most `cells` cells (three will do): `38m`, `2h48`, `2½h`, `off`."""
    if room.usable_minutes is None:
        return ELLIPSIS
    if room.off and not room.usable_minutes:
        return "off"
    text = format_minutes(room.usable_minutes)
    if len(text) <= cells:
        return text
    hours, rest = divmod(room.usable_minutes, 60)
    half = f"{hours}½h" if rest >= 30 else f"{hours}h"
    return half if len(half) <= cells else f"{hours}h"


def _name_style(marked: bool) -> str:
    return "$text-accent bold" if marked else "$text-muted"


def _room_style(room: DayRoom, marked: bool) -> str:
    tone = "$text-success" if room.usable_minutes else "$text-disabled"
    return f"{tone} bold" if marked else tone
