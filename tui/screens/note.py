"""A note of the session under way: one line and its kind."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.domain.sessions import NOTE_KINDS, NoteError, NoteKind, note_line
from tui.screens.dialog import Dialog
from widgets.rows import shown
from widgets.text_line import TextLine


class NoteScreen(Dialog[tuple[NoteKind, str]]):
    """Dismissed with the kind and the line, or None where the person left it."""

    PLACE = "A note"
    MOVES = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,down", "kind(1)", "Kind", id="note.kind", tooltip="Another kind of note"),
        Binding("shift+tab,up", "kind(-1)", "Kind before", id="note.kind_before", show=False,
                tooltip="Another kind of note"),
    ]  # fmt: skip

    def __init__(self, title: str, kind: NoteKind = "technique") -> None:
        super().__init__()
        self._title = title
        self._kind = kind

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            self.label(dialog, self._title, "enter writes it · tab kind · esc leaves")
            yield TextLine("", select_on_focus=False, compact=True)
            yield Static(Content.assemble(*self._kinds()), classes="hint")
            yield Static(classes="wrong")

    def action_kind(self, by: int) -> None:
        """Make it a note of another kind."""
        self._kind = NOTE_KINDS[(NOTE_KINDS.index(self._kind) + by) % len(NOTE_KINDS)]
        self.query_one(".hint", Static).update(Content.assemble(*self._kinds()))

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            self.answer((self._kind, note_line(event.value)))
        except NoteError as problem:
            self.query_one(".wrong", Static).update(Content(str(problem)))

    def _kinds(self) -> list[tuple[str, str]]:
        parts = [(f"▸{kind}  ", "$text-accent bold") if kind == self._kind else (f" {kind}  ", "$text-muted")
                 for kind in NOTE_KINDS]  # fmt: skip
        return [(shown(self, text), style) for text, style in parts]
