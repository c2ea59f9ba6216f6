"""What all panes share: a frame with title and count, a row list, and type-to-filter in the last line.

A pane turns its snapshot into rows for the width it has; it never reads anything.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region
from textual.reactive import var
from textual.strip import Strip

from widgets.formats import cut
from widgets.posted import Posted
from widgets.row_list import RowList
from widgets.rows import Row, Span, shown

FRAME_WORDS = 4
"""Cells of a frame's line that its words do not get."""


class Pane(Vertical):
    """A framed list. A kind of pane says its title, its rows, its counts and what an empty one tells."""

    DEFAULT_CSS = """
    Pane {
        border: round $border-blurred;
        border-title-color: $text-muted;
        border-title-background: $background;
        border-subtitle-color: $text-muted;
        background: $background;
        & > RowList { scrollbar-gutter: stable; }
        & > FilterLine { display: none; }
        &.-filtering > FilterLine { display: block; }
        &:focus-within {
            border: round $border;
            border-title-color: $text-accent;
            border-title-style: bold;
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash",
            "filter",
            "Filter",
            id="pane.filter",
            key_display="/",
            tooltip="Only rows that match",
        ),
        Binding(
            "escape",
            "clear_filter",
            "clear",
            id="pane.clear",
            show=False,
            tooltip="Clear the filter",
        ),
        Binding(
            "enter",
            "open",
            "Detail",
            id="pane.open",
            key_display="enter",
            tooltip="All about this row",
        ),
    ]

    TITLE: ClassVar[str] = ""
    FILTER_WORDS: ClassVar[str] = "filter"
    """What the filter line says while it is empty."""

    ABOUT_ROW: ClassVar[frozenset[str]] = frozenset({"open", "copy"})
    """Actions that are about the row the cursor is on."""

    filter_text: var[str] = var("", init=False)
    """Rows shown are those that match every word of it."""
    now: var[datetime | None] = var[datetime | None](None, init=False)
    """What ages and countdowns are shown against; set on every tick."""
    stale: var[str] = var("", init=False)
    """Why what is shown may be old; empty while it is current."""

    others: var[tuple[tuple[int, str], ...]] = var[tuple[tuple[int, str], ...]]((), init=False)
    """Numbers and titles of the panes that could stand in this one's place, where it stands alone."""

    class Selected(Posted):
        """Posted when the cursor of a pane comes to stand on another row."""

        pane: "Pane"

    class OpenRequested(Posted):
        """Posted when the person wants the detail of the selected row."""

        pane: "Pane"
        key: str

    class CopyRequested(Posted):
        """Posted when a text is to go to the clipboard."""

        text: str

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.list = RowList()
        self.list.make = self.refresh_rows
        self.list.keeps_bar = True
        self._is_bare: bool | None = None
        """True where the cursor is on no row; None before it was on one."""
        self._put_away = ""
        """The filter from before share-safe was turned on or off."""
        self.number = 0
        """Its place among those shown, and its key."""

    def compose(self) -> ComposeResult:
        yield self.list

    def on_mount(self) -> None:
        self.list.can_focus = True
        self.refresh_rows()

    @property
    def key(self) -> str | None:
        """Key of the selected row."""
        return self.list.key

    @property
    def is_read(self) -> bool:
        """True once it is known what there is to show."""
        return True

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the filter, lowered."""
        return tuple(self.filter_text.casefold().split())

    @property
    def filter_hint(self) -> str:
        """What the filter line says of what is typed: what it may become, what in it is unknown."""
        return ""

    def render_lines(self, crop: Region) -> list[Strip]:
        """See Widget; between its upper and its lower border all lines are alike, and one is drawn for all of them."""
        first, last = crop.y, crop.bottom - 1
        if last - first < 3:
            return super().render_lines(crop)
        ends = [super(Pane, self).render_lines(Region(crop.x, y, crop.width, 1))[0] for y in (first, first + 1, last)]
        return [ends[0], *[ends[1]] * (last - first - 1), ends[2]]

    def build_rows(self, width: int) -> Sequence[Row]:
        """The rows at `width` cells."""
        return ()

    def count_text(self) -> str:
        """What the frame says at its lower right."""
        return ""

    def title_text(self) -> str:
        """What the frame says at its upper left."""
        return self.TITLE

    def refresh_rows(self) -> None:
        """Build the rows anew and show what differs."""
        if not self.is_running:
            return
        width = self.list.scrollable_content_region.width  # the scroll bar's place is the blank cell before the frame
        room = max(self.size.width - FRAME_WORDS, 0)
        before, after = self._others(lower=True), self._others(lower=False)
        own = shown(self, cut(f"{self.number} {self.title_text()}", room - len(before) - len(after)))
        muted = "$text-muted not bold"
        self.border_title = Content(before).stylize(muted) + Content(own) + Content(after).stylize(muted)
        said = [text for text in (self.stale, self.count_text()) if text]
        if self.filter_text:
            said.insert(0, f"/{self.filter_text}")
        self.border_subtitle = Content(shown(self, cut(" · ".join(said), room)))
        if width > 0:
            self.list.show(self.build_rows(width))
        self._check_refresh()  # the frame's words come with the rows

    def show_anew(self) -> None:
        """Make everything shown anew: what text may be seen has changed, and a filter looks for what is seen."""
        self.remove_class("-filtering")
        for entry in self.query("FilterLine"):
            entry.remove()
        self.filter_text, self._put_away = self._put_away, self.filter_text
        self.list.show_anew()
        self.refresh_rows()

    def _others(self, *, lower: bool) -> str:
        """The other panes as they stand in the title before or after this one: a line of tabs."""
        said = [f"{number} {title}" for number, title in self.others if (number < self.number) is lower]
        return "".join(f"{each}  " for each in said) if lower else "".join(f"  {each}" for each in said)

    def watch_others(self) -> None:
        self.refresh_rows()

    def watch_filter_text(self) -> None:
        self.refresh_rows()

    def watch_now(self) -> None:
        self.refresh_rows()

    def watch_stale(self) -> None:
        self.refresh_rows()

    def focus_list(self) -> None:
        """Give the keys to the list, at once: the next key typed is meant for it."""
        self.screen.set_focus(self.list)

    async def action_filter(self) -> None:
        """Open the filter line; it is made the first time it is wanted."""
        from widgets.filter_line import FilterLine

        found = self.query(FilterLine)
        entry = found.first() if found else FilterLine(self.filter_text, self.FILTER_WORDS)
        if not found:
            await self.mount(entry)
        self.add_class("-filtering")
        self.screen.set_focus(entry)

    def action_clear_filter(self) -> None:
        """Close the filter line and show all rows."""
        self.remove_class("-filtering")
        for entry in self.query("FilterLine"):
            entry.remove()
        self.filter_text = ""
        self.focus_list()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No key is offered in the last line that has nothing here to be about."""
        if action == "clear_filter":
            return bool(self.filter_text) or self.has_class("-filtering")
        bare = self.is_read and bool(self.list.rows) and self.key is None
        return None if bare and action in self.ABOUT_ROW else True

    def action_open(self) -> None:
        """Ask for the detail of the selected row."""
        if self.key is not None:
            self.open_row(self.key)

    def open_row(self, key: str) -> None:
        """Ask for the detail of the row with `key`."""
        self.post_message(self.OpenRequested(self, key))

    def close_filter(self) -> None:
        """Close the filter line; what it says stays in force."""
        self.remove_class("-filtering")
        self.focus_list()

    @on(RowList.Highlighted)
    def tell_selection(self, event: RowList.Highlighted) -> None:
        event.stop()
        if (event.key is None) is not self._is_bare:
            self._is_bare = event.key is None
            self.refresh_bindings()
        self.post_message(self.Selected(self))

    @on(RowList.Chosen)
    def open_chosen(self, event: RowList.Chosen) -> None:
        event.stop()
        self.open_row(event.key)


def empty_rows(lines: Sequence[tuple[str, str]], width: int, height: int) -> list[Row]:
    """What an empty pane says, in the middle of it: (text, tone) for each line."""
    above = max((height - len(lines)) // 2, 0)
    rows = [Row(f"blank-{number}", (), selectable=False) for number in range(above)]
    for number, (text, tone) in enumerate(lines):
        rows.append(Row(f"empty-{number}", (Span(text.center(width), tone),), selectable=False))
    return rows
