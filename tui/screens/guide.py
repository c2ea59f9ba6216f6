"""The guided start: what was found, step by step, to take or leave; at its end what would be written, and one yes.

It can be left at any step. What is found, whether a typed place can be taken, and the writing are the app's to have
done; what the rows look like is `tui.screens.guide_rows`.
"""

from collections.abc import Callable
from typing import ClassVar

from msgspec import Struct
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.domain.beginning import Beginning, Examined, PlaceKind, Surroundings, format_beginning
from tui.domain.choosing import Choosing
from tui.screens.dialog import Dialog
from tui.screens.guide_rows import STEPS, hint_of, preview_rows, step_rows, words_of
from tui.screens.sizes import dialog_width
from widgets.place_line import PlaceLine
from widgets.row_list import RowList
from widgets.rows import shown

WIDTH = 90
"""Cells of the dialog where the screen has them."""
_AROUND = 8
"""Lines of the dialog beside its list: frame, words, and the line to type in with what is said below it."""


class Guiding(Struct, frozen=True):
    """What the guide has done for it; everything answers later, by a method of the screen."""

    examine: Callable[[PlaceKind, str], object]
    write: Callable[[Beginning], object]
    copy: Callable[[str], object]
    open_file: Callable[[], object]
    """Open the configuration that is there already."""


class GuideScreen(Dialog[None]):
    """The steps. Nothing comes of leaving it."""

    PLACE = "First steps"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,right", "next", "Next", id="guide.next", tooltip="The next step, before"),
        Binding("left,backspace", "back", "Back", id="guide.back", tooltip="The next step, before"),
        Binding("space", "take", "Take or leave", id="guide.take", tooltip="Take it, or leave it"),
        Binding("a", "add", "Add", id="guide.add", tooltip="Type another one"),
        Binding("y", "agree", "Yes", id="guide.agree", tooltip="Write it, at the end"),
        Binding("e", "open_file", "Open the configuration", id="guide.open", tooltip="Edit what is there"),
    ]

    def __init__(self, guiding: Guiding) -> None:
        super().__init__()
        self.choosing = Choosing()
        self._guiding = guiding
        self._step = 0
        self._list = RowList()
        self._line = PlaceLine(select_on_focus=False, compact=True)
        self._examining = self._writing = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -guide"):
            yield Static(classes="hint -words")
            yield self._list
            yield self._line
            yield Static(classes="hint -typed")
            yield Static(classes="wrong")

    def on_mount(self) -> None:
        self._line.display = False
        self.set_focus(self._list)
        self._lay_out()

    # What arrives.

    def show(self, found: Surroundings) -> None:
        """Show what was found so far; what the person chose stays."""
        self.choosing.found = found
        self._lay_out()

    def take_examined(self, examined: Examined) -> None:
        """A typed place was looked at: it stands among the others now, or what is wrong with it below the line."""
        self._examining = False
        self._tell(examined.problem)
        if examined.problem:
            return
        key = self.choosing.add(examined)
        self._close_line()
        self._lay_out()
        self._list.select(key)

    def take_refusal(self, problem: str) -> None:
        """It could not be written."""
        self._writing = self._examining = False
        self._tell(problem)

    # What the person does.

    def action_next(self) -> None:
        """To the next step."""
        if self._step < len(STEPS) - 1:
            self._go(self._step + 1)

    def action_back(self) -> None:
        """To the step before."""
        if self._step > 0:
            self._go(self._step - 1)

    def action_take(self) -> None:
        """Take what the cursor is on, or leave it."""
        if self._list.key is not None:
            self.choosing.turn(self._list.key)
            self._lay_out()

    @on(RowList.Chosen)
    def take_clicked(self, event: RowList.Chosen) -> None:
        self.choosing.turn(event.key)
        self._lay_out()

    def action_add(self) -> None:
        """Type a place, where this step has places."""
        self._open_line("")

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted is meant to be added."""
        if not self._line.display:
            event.stop()
            self._open_line(event.text.strip().split("\n")[0])

    @on(Input.Submitted)
    def examine(self, event: Input.Submitted) -> None:
        event.stop()
        kind = STEPS[self._step].kind
        if kind is not None and not self._examining:
            self._examining = True
            self._tell("")
            self._guiding.examine(kind, event.value)

    @on(Input.Changed)
    def say_typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._line.display:
            self._show_words(".-typed", self._line.told or hint_of(STEPS[self._step]))

    def action_agree(self) -> None:
        """The one yes: have it written; where there is a configuration, copy the text."""
        if self._step < len(STEPS) - 1 or self._writing:
            return
        found = self.choosing.found
        if found is None or not found.complete:
            self._tell("still looking around; what is found may still change this")
        elif found.there:
            beginning = self.choosing.beginning()
            self._guiding.copy(format_beginning(beginning, self.choosing.folder))
            kept = any(calendar.place == "address" for calendar in beginning.calendars)
            self._tell("copied; nothing was written" + (", the address neither: put it into its file" if kept else ""))
        else:
            self._writing = True
            self._guiding.write(self.choosing.beginning())

    def action_open_file(self) -> None:
        """Open the configuration that is there, in the editor."""
        if self.choosing.found is not None and self.choosing.found.there:
            self._guiding.open_file()

    def action_leave(self) -> None:
        """Close the line that is typed in, else leave the guide: nothing is written."""
        if self._line.display:
            self._close_line()
        else:
            self.answer(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        typing = self._line.display
        return not (typing and action in ("next", "back", "take", "add", "agree", "open_file"))

    # How it is shown.

    def _go(self, step: int) -> None:
        self._step = step
        self._close_line()
        self._list.go_home()
        self._lay_out()

    def _open_line(self, text: str) -> None:
        if STEPS[self._step].kind is None:
            return
        self._line.value = text
        self._line.cursor_position = len(self._line.value)
        self._line.display = True
        self.set_focus(self._line)
        self._show_words(".-typed", self._line.told or hint_of(STEPS[self._step]))

    def _close_line(self) -> None:
        self._line.display = False
        self._line.value = ""
        self._show_words(".-typed", "")
        self._tell("")
        self.set_focus(self._list)

    def _tell(self, problem: str) -> None:
        self._show_words(".wrong", problem)

    def _show_words(self, place: str, text: str) -> None:
        line = self.query_one(place, Static)
        line.update(Content(shown(self, text)))
        line.display = bool(text)

    def _lay_out(self) -> None:
        if not self._list.is_mounted or self._answered:
            return
        step, last = STEPS[self._step], self._step == len(STEPS) - 1
        width = dialog_width(self.app.size.width, WIDTH)
        there = self.choosing.found is not None and self.choosing.found.there
        keys = step.keys if not (last and there) else "y copies it · e opens yours · left back · esc leaves"
        self.label(self.query_one(".-guide"), f"First steps  {self._step + 1} of {len(STEPS)}  {step.title}", keys)
        self._show_words(".-words", words_of(step, self.choosing))
        rows = preview_rows(self.choosing, width) if last else step_rows(step, self.choosing, width)
        most = max(self.app.size.height * 9 // 10 - _AROUND, 3)
        for part in self.query("Static, PlaceLine, RowList"):
            part.styles.width = width
        self._list.styles.height = min(max(len(rows), 3), most)
        self._list.show(rows)
