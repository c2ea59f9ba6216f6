"""Holding a gap: what would be written is shown first, changed by keys, and written by enter alone."""

from collections.abc import Callable, Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui.domain.agenda import Meeting
from tui.domain.holding import (
    Hold,
    HoldDraft,
    clean_title,
    counts_as_focus,
    held_already,
    hold_title,
    lengthened,
    offer,
    retitled,
    shifted,
)
from tui.domain.planning import Gap, PlanningRules
from tui.screens.dialog import Dialog
from tui.screens.prompt import Prompt
from tui.screens.sizes import dialog_height, dialog_width
from tui.settings import Settings
from widgets.formats import cut, fit_path, format_minutes, format_path, format_time
from widgets.row_list import RowList
from widgets.rows import Row, Span
from widgets.seen import seen

if TYPE_CHECKING:
    from textual.app import App

WIDTH = 84
"""Cells of the dialog where the screen has them: a line of the file and what is said of it."""


async def ask_hold(
    app: "App[Any]",
    gap: Gap,
    item: str,
    uid: str,
    meetings: Sequence[Meeting],
    settings: Settings,
    *,
    draft: Callable[[Hold], None],
    done: Callable[[HoldDraft], None],
) -> None:
    """Offer to hold `gap`; `done` with the draft that was agreed to. `item` is the title of the one that fits best,
    or empty. `draft` asks for what would be written; the answer goes to `HoldScreen.show`."""
    screen = HoldScreen(offer(gap, hold_title(settings.hold_title, item), uid), item, meetings, settings, draft)
    await app.push_screen(screen, lambda agreed: None if agreed is None else done(agreed))


class HoldScreen(Dialog[HoldDraft]):
    """Dismissed with the draft that is to be written, or None where the person left it."""

    PLACE = "Holding a gap"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", "Write", id="hold.write", tooltip="Write the file shown"),
        Binding("e", "title", "Title", id="hold.title", tooltip="Another title"),
        Binding("i", "title_item", "Name the item", id="hold.title_item", tooltip="Name the item in it"),
        Binding("minus", "lengthen(-1)", "Shorter", id="hold.shorter", key_display="-", tooltip="Shorter, longer"),
        Binding("plus,equals_sign", "lengthen(1)", "Longer", id="hold.longer", key_display="+",
                tooltip="Shorter, longer"),
        Binding("left_square_bracket", "shift(-1)", "Earlier", id="hold.earlier", key_display="[",
                tooltip="Earlier, later"),
        Binding("right_square_bracket", "shift(1)", "Later", id="hold.later", key_display="]",
                tooltip="Earlier, later"),
    ]  # fmt: skip

    def __init__(
        self,
        hold: Hold,
        item: str,
        meetings: Sequence[Meeting],
        settings: Settings,
        draft: Callable[[Hold], None],
    ) -> None:
        super().__init__()
        self.hold = hold
        self.draft: HoldDraft | None = None
        """What would be written for `hold`; None while it is being made."""
        self._item = clean_title(item)
        self._plain = hold_title(settings.hold_title, "")
        self._meetings = meetings
        self._settings = settings
        self._ask = draft
        self._agreed = False
        """Enter came before the draft it was meant for."""
        self._list = RowList()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -hold") as dialog:
            self.label(dialog, "Hold this gap", "enter writes · esc leaves")
            yield self._list

    def on_mount(self) -> None:
        self._list.focus()
        self._change(self.hold)

    def show(self, draft: HoldDraft) -> None:
        """Show what would be written; one of a block as it was before the last key is passed over."""
        if draft.hold != self.hold:
            return
        self.draft = draft
        self._lay_out()
        if self._agreed:
            self.action_write()

    def action_write(self) -> None:
        """Agree to what is shown; where it cannot be written, it says so and stays."""
        self._agreed = self.draft is None
        if self.draft is not None and not self.draft.problem:
            self.answer(self.draft)

    def action_lengthen(self, steps: int) -> None:
        """Let it end a quarter of an hour later or earlier."""
        self._change(lengthened(self.hold, steps))

    def action_shift(self, steps: int) -> None:
        """Move it by a quarter of an hour."""
        self._change(shifted(self.hold, steps))

    def action_title_item(self) -> None:
        """Name the item that fits best in the title, or leave it out again."""
        named = f"{self._plain}: {self._item}"
        if self._item:
            self._change(retitled(self.hold, self._plain if self._item in self.hold.title else named))

    def action_title(self) -> None:
        """Type another title."""
        prompt = Prompt("Title", hint="what the block is called in your calendar", value=self.hold.title)
        self.app.push_screen(prompt, self._retitle)

    def _retitle(self, title: str | None) -> None:
        if title is not None:
            self._change(retitled(self.hold, title))

    def _change(self, hold: Hold) -> None:
        """Show the block as it is now, and ask what would be written for it."""
        self.hold, self.draft, self._agreed = hold, None, False
        self._lay_out()
        self._ask(hold)

    def _lay_out(self) -> None:
        if self._answered or not self._list.is_mounted:
            return
        width = dialog_width(self.app.size.width, WIDTH)
        rows = list(self._rows(width - 1))
        self._list.styles.width = width
        self._list.styles.height = min(len(rows), dialog_height(self.app.size.height))
        self._list.show(rows)

    def _rows(self, width: int) -> Iterator[Row]:
        hold = self.hold
        keys = "e changes it, i names the item" if self._item else "e changes it"
        yield _fact("title", hold.title, keys, width)
        when = f"{hold.start:%a} {hold.start.day} {hold.start:%b}  {format_time(hold.start)} → {format_time(hold.end)}"
        yield _fact("time", f"{when}  {format_minutes(hold.minutes)}", "- + length, [ ] move", width)
        draft = self.draft
        if draft is None:
            yield Row("wait", (Span(" what would be written comes …", "muted"),))
            return
        path = format_path(draft.path, self._settings.home)
        yield _fact("file", fit_path(path, width - 9), "", width)
        for place, (text, tone) in enumerate(self._remarks(draft, width)):
            yield Row(f"remark-{place}", (Span(" " + cut(text, width - 1), tone),))
        yield Row("rule", (), selectable=False)
        for place, line in enumerate(draft.text.splitlines()):
            yield Row(f"line-{place}", (Span(f"  {seen(line)}", "muted"),))

    def _remarks(self, draft: HoldDraft, width: int) -> Iterator[tuple[str, str]]:
        """What the person should know before enter, the worst first."""
        rules: PlanningRules = self._settings.planning
        if draft.problem:
            for part in wrap(seen(draft.problem), width - 2):
                yield part, "error"
        if held := held_already(self.hold, self._meetings, rules):
            yield f"held already: {held.summary}, {format_time(held.start)} to {format_time(held.end)}", "warning"
        if not counts_as_focus(self.hold, rules):
            yield "counts as a meeting: the title has none of `[planning] focus_titles`", "warning"
        if not draft.synced:
            yield "a file to import; `[agenda] hold_folder` names a folder your tool syncs", "muted"
        elif not self._settings.hold_shown:
            yield "not shown here: name the folder under [[calendars]] too", "muted"


def _fact(name: str, text: str, keys: str, width: int) -> Row:
    """A line of the block: what it is, and by which keys it changes, where there is room for them."""
    said = cut(text, width - 9)
    spans = [Span(f" {name:<6} ", "muted"), Span(said, "strong")]
    if keys and cell_len(said) + len(keys) + 12 <= width:
        spans.append(Span(f"   {keys}", "muted"))
    return Row(name, tuple(spans))
