"""Seven days side by side with the usable minutes of each: two lines, where the pane has room for them. A click on a
day asks for it.
"""

from datetime import date

from textual import events
from textual.geometry import Size

from tui.domain.days import DayRoom
from widgets.formats import ELLIPSIS, format_minutes
from widgets.posted import Posted
from widgets.row_list import RowList
from widgets.rows import Row, Span

HEIGHT = 2
ROOM = 20
"""Lines that what it stands in has before it gets its two of them."""
MARK = "▸"
"""Stands before the day that is shown."""
WIDEST = 9
WITH_DATE = 7
"""Cells from which on a day has its date beside its name."""


class WeekStrip(RowList):
    """Days and their room; nothing in it can be selected."""

    DEFAULT_CSS = """
    WeekStrip { height: auto; }
    """

    class DayChosen(Posted):
        """Posted when a day was clicked."""

        day: date

    def __init__(self) -> None:
        super().__init__(can_focus=False)
        self.styles.overflow_y = "hidden"  # two lines are all there is: the scroll bar's cell is a day's
        self.make = self._show
        self._rooms: tuple[DayRoom, ...] = ()
        self._day: date | None = None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """See Widget; known while the panes are laid out, so that the first frame has it."""
        return HEIGHT if container.height >= ROOM else 0

    def show_days(self, rooms: tuple[DayRoom, ...], day: date) -> None:
        """Show `rooms`, with `day` as the one that is shown above."""
        self._rooms, self._day = rooms, day
        self._show()

    def _show(self) -> None:
        if self._day is not None and self.size.width:
            rows = strip_rows(self._rooms, self._day, self.size.width)
            self.show([old if old == new else new for old, new in zip(self.rows or rows, rows, strict=True)])

    def on_click(self, event: events.Click) -> None:
        if not self._rooms:
            return
        place = event.x // column_width(self.size.width, len(self._rooms))
        if 0 <= place < len(self._rooms):
            self.post_message(self.DayChosen(self._rooms[place].day))


def column_width(width: int, days: int) -> int:
    """Cells each of `days` has."""
    return max(min(width // max(days, 1), WIDEST), 1)


def strip_rows(rooms: tuple[DayRoom, ...], day: date, width: int) -> list[Row]:
    """Names of days, the one shown marked, and below each what can be made of it."""
    column = column_width(width, len(rooms))
    upper, lower = [], []
    for room in rooms:
        marked = room.day == day
        name = f"{room.day:%a} {room.day.day}" if column >= WITH_DATE else f"{room.day:%a}"
        upper.append(Span(f"{MARK if marked else ' '}{name}".ljust(column)[:column], "accent" if marked else "muted"))
        tone = "success" if room.usable_minutes else "faint"
        lower.append(Span(f" {room_text(room, column - 1)}".ljust(column)[:column], tone))
    return [Row("days", tuple(upper), selectable=False), Row("room", tuple(lower), selectable=False)]


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
