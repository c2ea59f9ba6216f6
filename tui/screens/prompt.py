"""A question with one line for the answer."""

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.suggester import Suggester, SuggestFromList
from textual.widgets import Input, Static

from tui.screens.dialog import Dialog
from widgets.rows import shown
from widgets.text_line import TextLine


class Completing(Suggester):
    """Suggests what a function makes of the whole line; None for nothing."""

    def __init__(self, complete: Callable[[str], str | None]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        return self._complete(value)


class Prompt(Dialog[str]):
    """Dismissed with the answer, or None where the person left it.

    `check` answers with a sentence about what is wrong, or an empty string; a wrong answer stays to be mended.
    """

    PLACE = "A question"
    MOVES = False

    def __init__(
        self,
        question: str,
        *,
        hint: str = "",
        value: str = "",
        suggestions: Sequence[str] = (),
        suggester: Suggester | None = None,
        check: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__()
        self._question = question
        self._hint = hint
        self._value = value
        self._suggester = suggester or (SuggestFromList(suggestions, case_sensitive=False) if suggestions else None)
        self._check = check

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            self.label(dialog, self._question, "enter takes it · esc leaves")
            yield TextLine(self._value, suggester=self._suggester, select_on_focus=False, compact=True)
            yield Static(Content("\n".join(shown(self, line) for line in self._hint.splitlines())), classes="hint")
            yield Static(classes="wrong")

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        event.stop()
        wrong = self._check(event.value) if self._check else ""
        if wrong:
            self.query_one(".wrong", Static).update(Content(wrong))
        else:
            self.answer(event.value)
