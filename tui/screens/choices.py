"""A short list to choose one thing from, and what is done with the choice."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct
from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui.screens.dialog import Dialog
from tui.screens.sizes import dialog_width
from widgets.formats import cut, wrap
from widgets.row_list import RowList
from widgets.rows import Row, Span

if TYPE_CHECKING:
    from textual.app import App


UNASKED_SECONDS = 1.0
"""So long enter chooses nothing in what opened by itself."""


class Choices(Dialog[str]):
    """Dismissed with the key of the chosen row, or None where the person left it."""

    PLACE = "A choice"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Choose", id="choices.choose", tooltip="Take this one"),
    ]

    def __init__(
        self,
        title: str,
        rows: Sequence[Row],
        *,
        width: int = 66,
        hint: str = "enter chooses · esc leaves",
        numbered: bool = False,
        unasked: bool = False,
    ) -> None:
        """`numbered`: the digit before a row chooses it at once. `unasked`: it opens by itself."""
        super().__init__()
        self._unasked = unasked
        self._title = title
        self._numbered = numbered
        self._rows = [_numbered(place, row) for place, row in enumerate(rows, 1)] if numbered else rows
        self._width = width
        self._hint = hint

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            self.label(dialog, self._title, self._hint)
            yield RowList()

    def on_mount(self) -> None:
        rows = self.query_one(RowList)
        rows.is_menu = True
        rows.styles.height = min(max(len(self._rows), 1), max(self.app.size.height - 6, 3))
        rows.styles.width = self._width
        rows.show(self._rows)
        rows.focus()

    @on(RowList.Chosen)
    def choose_clicked(self, event: RowList.Chosen) -> None:
        self.answer(event.key)

    def action_choose(self) -> None:
        """Answer with the row under the cursor, unless the key was meant for what this came to stand over."""
        if not self._unasked or time.monotonic() - self.open_since >= UNASKED_SECONDS:
            self.answer(self.query_one(RowList).key)

    def on_key(self, event: events.Key) -> None:
        if self._numbered and event.key.isdigit() and 1 <= int(event.key) <= len(self._rows):
            event.stop()
            self.answer(self._rows[int(event.key) - 1].key)


def _numbered(place: int, row: Row) -> Row:
    return replace(row, spans=(Span(f" {place}", "accent"), *row.spans))


class Choice(Struct, frozen=True):
    """One thing that can be chosen."""

    text: str
    act: Callable[[], Any]
    """What is done then."""
    told: str = ""
    """What it brings, in fewer words."""


async def ask_choice(
    app: "App[Any]",
    title: str,
    choices: Sequence[Choice],
    *,
    lines: Sequence[str] = (),
    hint: str = "enter chooses · esc leaves",
    left: Callable[[], object] = lambda: None,
    unasked: bool = False,
) -> None:
    """Do what is chosen from `choices`, above which stand `lines`; `left` where the person leaves it. `unasked`: it
    opens by itself."""
    width = dialog_width(app.size.width, 100)
    rows = [
        Row(f"line-{number}-{place}", (Span(" " if place == 0 else "   "), Span(part)), selectable=False)
        for number, line in enumerate(lines)
        for place, part in enumerate(wrap(line, width - 4, 4))
    ]
    if rows:
        rows.append(Row("apart", (Span(""),), selectable=False))
    for number, choice in enumerate(choices):
        text = cut(choice.text, width - 2)
        told = cut(f"  {choice.told}", max(width - 2 - cell_len(text), 0)) if choice.told else ""
        rows.append(Row(str(number), (Span(f" {text}", "strong" if number == 0 else "text"), Span(told, "muted"))))

    def chosen(key: str | None) -> Any:
        return choices[int(key)].act() if key is not None and key.isdigit() else left()

    await app.push_screen(Choices(title, rows, width=width, hint=hint, unasked=unasked), chosen)
