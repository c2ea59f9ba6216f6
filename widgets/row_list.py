"""A list of one-line rows on Textual's line API: only the lines that differ are painted again.

Rows are values with a key; the cursor and the scroll position stay with the key when the rows change. Text from
outside passes `safe_text` here once more, whatever made the row, so that nothing else has to be trusted.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import is_
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size, Spacing
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.posted import Posted
from widgets.row_style import row_style
from widgets.rows import LazyRows, Row, place_of, shown

MOST_STRIPS = 500
"""Painted lines that are kept."""


class RowList(ScrollView, can_focus=True):
    """Rows with a cursor."""

    DEFAULT_CSS = """
    RowList {
        height: 1fr;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
        scrollbar-color: $border-blurred;
        background: $background;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "down", id="list.down", show=False, tooltip="A row down, up"),
        Binding("k,up", "move(-1)", "up", id="list.up", show=False, tooltip="A row down, up"),
        Binding("g,home", "first", "top", id="list.top", show=False, tooltip="To the first, last row"),
        Binding("G,end", "last", "bottom", id="list.bottom", show=False, tooltip="To the first, last row"),
        Binding("pagedown,ctrl+d", "page(1)", "page down", id="list.page_down", show=False, tooltip="A page down, up"),
        Binding("pageup,ctrl+u", "page(-1)", "page up", id="list.page_up", show=False, tooltip="A page down, up"),
    ]

    class Highlighted(Posted):
        """Posted when the cursor comes to stand on another row."""

        list: "RowList"
        key: str | None

    class Chosen(Posted):
        """Posted when the row under the cursor is clicked: with the second of two clicks, in a menu with the first."""

        list: "RowList"
        key: str

    def __init__(self, *, id: str | None = None, can_focus: bool = True) -> None:
        super().__init__(id=id)
        self.can_focus = can_focus
        self.make: Callable[[], None] | None = None
        """Shows the rows for a size that is new; asked before anything is painted at it, so that no frame without them
        comes between."""
        self._made_for = Size()
        self.keeps_bar = False
        """True where the scroll bar stays once it was needed; its cell is kept free before that."""
        self.is_menu = False
        """True where a click does what a row stands for at once."""
        self._rows: Sequence[Row] = ()
        self.home: str | None = None
        """Key of the row the cursor stands on until the first key or click, in view; None for the first row."""
        self._at: int | None = None
        self._used = False
        """False until the person's first key or click here: so long the cursor is at `home`."""
        self._fresh = True
        """True from the focus to the first key or click: a click that brings the focus does nothing else."""
        self._awaited: str | None = None
        """Key of the row the cursor goes to once it is shown."""
        self._styles: dict[tuple[str, bool, bool], Style] = {}
        self._strips: dict[tuple[int, bool], tuple[Row, tuple[int, bool], Strip]] = {}
        """Lines as they were painted last, by their row's identity (which the row beside them vouches for)."""

    @property
    def rows(self) -> Sequence[Row]:
        """What is shown."""
        return self._rows

    @property
    def key(self) -> str | None:
        """Key of the row under the cursor; None where there is no selectable row."""
        return self._rows[self._at].key if self._at is not None else None

    def show(self, rows: Sequence[Row]) -> None:
        """Show `rows`, painting only lines that differ; the cursor stays with its key, else near its place.

        Until the first key it stays at `home`: what comes first may still be on its way.
        """
        lazy = isinstance(rows, LazyRows)
        old, new = self._rows, rows if lazy else tuple(rows)
        if new is old or (not lazy and len(old) == len(new) and all(map(is_, old, new))):
            return
        before, key, top = self._at, self.key, self._top_key()
        self._rows = new
        self._at = self._place_of(key if self._used else self.home, before if self._used else None)
        if len(new) != len(old):
            scrolled = self.scroll_offset
            self._resize(Size(0, len(new)))
            self._hold_scroll(top)
            if self.scroll_offset != scrolled or len(new) < len(old):
                self.refresh()
        if old:
            for place in self._differing(old, new):
                self._refresh_row(place)
        else:
            self.refresh()
        if before != self._at:
            self._refresh_row(before)
            self._refresh_row(self._at)
        if self.key != key:
            self.post_message(self.Highlighted(self, self.key))
        if (before != self._at and self.has_focus) or not self._used:
            self._reveal()
        if self._awaited is not None and self.select(self._awaited):
            self._awaited = None
        # What waits until it is idle misses the frame of what changed before it, such as the line a filter is typed
        # into; the next one is up to two periods, 33 ms, away.
        self._check_refresh()

    def show_anew(self) -> None:
        """Paint every line again: what text may be seen has changed."""
        self._strips.clear()
        self.refresh()

    def go_home(self) -> None:
        """Have the cursor at `home` again, as before the first key: what is shown next is something else."""
        self._used = False
        self.scroll_to(y=0, animate=False, force=True)

    def select(self, key: str) -> bool:
        """Put the cursor on the row with `key`; False where there is none."""
        self._used = True
        place = place_of(self._rows, key)
        if place is None or not self._rows[place].selectable:
            return False
        self._move_to(place)
        return True

    def await_row(self, key: str) -> None:
        """Put the cursor on the row with `key` as soon as it is shown; a key or a click before that says otherwise."""
        self._awaited = None if self.select(key) else key

    def action_move(self, by: int) -> None:
        """Move the cursor to the next selectable row in the direction of `by`."""
        place = -1 if self._at is None and by > 0 else (self._at if self._at is not None else len(self._rows))
        place += by
        while 0 <= place < len(self._rows):
            if self._rows[place].selectable:
                self._move_to(place)
                return
            place += 1 if by > 0 else -1
        if by < 0 and self._at is not None:
            self.scroll_to(y=0, animate=False)  # what stands above the first row is a heading
        elif self._at is None:
            self.scroll_relative(y=by, animate=False)

    def action_first(self) -> None:
        """To the first selectable row."""
        self._move_to_first(range(len(self._rows)))
        self.scroll_to(y=0, animate=False)

    def action_last(self) -> None:
        """To the last selectable row; to the end where there is none."""
        if not self._move_to_first(reversed(range(len(self._rows)))):
            self.scroll_end(animate=False)

    def action_page(self, direction: int) -> None:
        """A screenful on, in `direction` 1 or -1."""
        if self._at is None:
            self.scroll_relative(y=direction * max(self.size.height - 1, 1), animate=False)
            return
        goal = min(max(self._at + direction * max(self.size.height - 1, 1), 0), len(self._rows) - 1)
        places = range(goal, len(self._rows)) if direction > 0 else range(goal, -1, -1)
        if not self._move_to_first(places):
            self._move_to_first(reversed(range(len(self._rows))) if direction > 0 else range(len(self._rows)))

    def render_lines(self, crop: Region) -> list[Strip]:
        """See Widget; below the last row all lines are alike, and one is drawn for all of them."""
        size = self.scrollable_content_region.size
        if self.make is not None and size != self._made_for:
            self._made_for = size
            self.make()
        end = max(len(self._rows) - self.scroll_offset.y, crop.y) + 1
        if end >= crop.bottom or self.styles.gutter != Spacing():
            return super().render_lines(crop)
        drawn = super().render_lines(Region(crop.x, crop.y, crop.width, end - crop.y))
        return [*drawn, *drawn[-1:] * (crop.bottom - end)]

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        place = y + self.scroll_offset.y
        if place >= len(self._rows):
            return Strip.blank(width, self._style("text", False))
        row, selected = self._rows[place], place == self._at
        known = self._strips.get((id(row), selected))
        if known is not None and known[0] is row and known[1] == (width, self.has_focus):
            return known[2]
        segments = [Segment(shown(self, span.text), self._style(span.tone, selected)) for span in row.spans]
        strip = Strip(segments).adjust_cell_length(width, self._style("text", selected))
        if len(self._strips) >= MOST_STRIPS:
            self._strips.clear()
        self._strips[id(row), selected] = row, (width, self.has_focus), strip
        return strip

    def on_focus(self) -> None:
        self._fresh = True
        self._refresh_row(self._at)
        self._reveal()

    def on_blur(self) -> None:
        self._refresh_row(self._at)

    def on_resize(self) -> None:
        self._reveal()

    def on_hide(self) -> None:
        self._made_for = Size()  # what changes meanwhile has no size to be made for

    def on_key(self) -> None:
        self._fresh, self._awaited = False, None
        self._used = self._used or bool(self._rows)  # typed ahead of the rows it says nothing of them

    def on_click(self, event: events.Click) -> None:
        self._used, self._awaited = True, None
        fresh, self._fresh = self._fresh, False
        place = event.y + self.scroll_offset.y
        if 0 <= place < len(self._rows) and not self._rows[place].selectable and self._rows[place].of:
            meant = place_of(self._rows, self._rows[place].of)
            place = place if meant is None else meant
        if not (0 <= place < len(self._rows) and self._rows[place].selectable):
            return
        again = place == self._at and not fresh
        self._move_to(place)
        if again or (self.is_menu and event.chain == 1):  # not the second click of what opened the menu
            self.post_message(self.Chosen(self, self._rows[place].key))

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    def _style(self, tone: str, selected: bool) -> Style:
        wanted = (tone, selected, self.has_focus)
        style = self._styles.get(wanted)
        if style is None:
            style = self._styles[wanted] = row_style(self, tone, selected=selected)
        return style

    def _move_to(self, place: int) -> None:
        self._used = True  # also where the key was typed while another list had the focus
        if place == self._at:
            return
        before, self._at = self._at, place
        self._refresh_row(before)
        self._refresh_row(place)
        self._reveal()
        self.post_message(self.Highlighted(self, self.key))

    def _move_to_first(self, places: Iterable[int]) -> bool:
        for place in places:
            if self._rows[place].selectable:
                self._move_to(place)
                return True
        return False

    def _reveal(self) -> None:
        if self._at is None or not self.size.height:
            return
        top, height = self.scroll_offset.y, self.size.height
        if not self._used:
            if self.home is not None and not top <= self._at < top + height:
                self.scroll_to(y=max(self._at - height // 3, 0), animate=False, force=True)
        elif self._at < top:
            heading = self._at > 0 and not self._rows[self._at - 1].selectable
            self.scroll_to(y=self._at - heading, animate=False)
        elif self._at >= top + height:
            self.scroll_to(y=self._at - height + 1, animate=False)

    def _refresh_row(self, place: int | None) -> None:
        if place is not None and 0 <= place - self.scroll_offset.y < self.size.height:
            self.refresh_lines(place)

    def _differing(self, old: Sequence[Row], new: Sequence[Row]) -> list[int]:
        """Where a line differs, as far as lines are in view."""
        top = self.scroll_offset.y
        seen = range(top, min(top + self.size.height, max(len(old), len(new))))
        none = Row("", ())
        pairs = ((place, _at(old, place, none), _at(new, place, none)) for place in seen)
        return [place for place, a, b in pairs if a is not b and a != b]

    def _resize(self, size: Size) -> None:
        """Take on a virtual size. Where the scroll bar neither comes nor goes the screen is not laid out anew for that:
        it would hold up keys with each handful of rows that arrive."""
        height = self.container_size.height
        if self.keeps_bar and 0 < height < size.height:
            self.styles.overflow_y = "scroll"
        stays = self.styles.overflow_y == "scroll" or self.show_vertical_scrollbar == (size.height > height)
        if height and stays:
            self.set_reactive(RowList.virtual_size, size)
            self._scroll_update(size)
        else:
            self.virtual_size = size

    def _place_of(self, key: str | None, before: int | None) -> int | None:
        place = place_of(self._rows, key)
        if place is not None and self._rows[place].selectable:
            return place
        last = len(self._rows) - 1
        near = min(before or 0, last)
        for away in range(last + 1):
            for place in (near - away, near + away):
                if 0 <= place <= last and self._rows[place].selectable:
                    return place
        return None

    def _top_key(self) -> str | None:
        top = self.scroll_offset.y
        return self._rows[top].key if 0 < top < len(self._rows) else None

    def _hold_scroll(self, key: str | None) -> None:
        """Keep the row that was at the top there, so that rows arriving above do not push the view."""
        place = place_of(self._rows, key)
        if place is not None:
            self.scroll_to(y=place, animate=False, force=True)


def _at(rows: Sequence[Row], place: int, none: Row) -> Row:
    return rows[place] if place < len(rows) else none
