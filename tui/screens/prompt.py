"""A question with one line for the answer."""

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from tui.screens.dialog import Dialog
from widgets.rows import shown
from widgets.text_line import TextLine


class Prompt(Dialog[str]):
    """Dismissed with the answer, or None where the person left it.

    `check` answers with a sentence about what is wrong, or an empty string; a wrong answer stays to be mended.
    """

    def __init__(
        self,
        question: str,
        *,
        hint: str = "",
        value: str = "",
        suggestions: Sequence[str] = (),
        check: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__()
        self._question = question
        self._hint = hint
        self._value = value
        self._suggestions = suggestions
        self._check = check

    def compose(self) -> ComposeResult:
        suggester = SuggestFromList(self._suggestions, case_sensitive=False) if self._suggestions else None
        with Vertical(classes="dialog") as dialog:
            self.label(dialog, self._question)
            yield TextLine(self._value, suggester=suggester, select_on_focus=False, compact=True)
            yield Static(Content(shown(self, self._hint)), classes="hint")
            yield Static(classes="wrong")

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        event.stop()
        wrong = self._check(event.value) if self._check else ""
        if wrong:
            self.query_one(".wrong", Static).update(Content(wrong))
        else:
            self.answer(event.value)
