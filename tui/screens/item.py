"""An item as a form. It returns what was typed; whether that is an item is the domain's to say."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label, Static

from tui.screens.dialog import Dialog
from widgets.text_line import TextLine

FIELDS = (
    ("title", "title", ""),
    ("why", "why", "what changes if it exists"),
    ("estimate", "estimate", "45m, 2h: to a first working version"),
    ("impact", "impact", "1 to 5: what changes if it exists"),
    ("edge", "edge", "1 to 5: how much it needs you"),
    ("repo", "repository", "name of the repository it belongs in"),
    ("theme", "theme", "the direction it serves"),
)


class ItemForm(Dialog[dict[str, str]]):
    """Dismissed with the text of every field, or None. `check` answers with a sentence about what is wrong."""

    PLACE = "Editing an item"
    MOVES = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="item.save", tooltip="Save, as enter does"),
        Binding("down", "app.focus_next", "Next", id="item.next", show=False, tooltip="The next field, before"),
        Binding("up", "app.focus_previous", "Before", id="item.before", show=False,
                tooltip="The next field, before"),
    ]  # fmt: skip

    def __init__(
        self,
        title: str,
        values: Mapping[str, str],
        *,
        suggestions: Mapping[str, Sequence[str]],
        check: Callable[[Mapping[str, str]], str],
    ) -> None:
        super().__init__()
        self._title = title
        self._values = values
        self._suggestions = suggestions
        self._check = check

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -form") as dialog:
            self.label(dialog, self._title, "enter saves · tab next field · esc leaves")
            for name, label, hint in FIELDS:
                known = self._suggestions.get(name)
                suggester = SuggestFromList(known, case_sensitive=False) if known else None
                with Horizontal(classes="field"):
                    yield Label(Content(label))
                    yield TextLine(
                        self._values.get(name, ""),
                        placeholder=hint,
                        suggester=suggester,
                        id=f"field-{name}",
                        select_on_focus=False,
                        compact=True,
                    )
            yield Static(classes="wrong")

    @on(Input.Submitted)
    def action_save(self) -> None:
        """Answer with what the fields hold, or say what is wrong."""
        values = {name: self.query_one(f"#field-{name}", Input).value for name, *_ in FIELDS}
        wrong = self._check(values)
        if wrong:
            self.query_one(".wrong", Static).update(Content(wrong))
        else:
            self.answer(values)
