"""The keys that work where the focus is, made from the bindings in force: one page, searched as it is typed. Which keys
there are elsewhere comes from `tui.screens.key_places`, once somebody searches."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input

from tui.domain.key_lines import KeyLine, join_keys
from tui.screens.dialog import Dialog
from tui.screens.key_places import bindings_of
from tui.screens.sizes import dialog_width
from widgets.formats import fit
from widgets.row_list import RowList
from widgets.rows import Row, Span
from widgets.text_line import TextLine

KEYS_WIDTH = 9
"""Cells for the keys of a line."""
NARROW = 50
"""Under so many cells there is one column."""
FRAME_LINES = 4
HINT = "esc closes · type to search · [keys] in config.toml changes them"
SEARCHING = "esc shows all again · keys of every place"


Lines = dict[tuple[str, bool], list[str]]
"""Keys by what is told of them, and whether they are of what has the focus."""


class KeyHelp(KeyLine, frozen=True):
    """One line of help."""

    here: bool = True
    """True for a key of what has the focus, False for one that works all around it."""


def keys_in_force(screen: Screen[Any], display: Callable[[Binding], str]) -> list[KeyHelp]:
    """The keys in force on `screen`, the person's own included: those of what has the focus first. In the deck, where
    nothing has, they are the keys its bar shows.

    Keys with the same tooltip share a line: there is one page.
    """
    lines: Lines = {}
    modal, focused = screen.is_modal, screen.focused is not None
    in_force = screen.active_bindings
    every = [(active.binding, active.node) for active in in_force.values()]
    known = {binding.id for binding, _ in every}
    # Lists and lines of Textual's know some of our keys too, and pass them on where there is nothing to scroll.
    for holder in screen.focused.ancestors_with_self if screen.focused else ():
        passed = [one for one in bindings_of(type(holder)) if one.id not in known and one.key in in_force]
        every += [(one, holder) for one in passed if not in_force[one.key].binding.id]
    for binding, node in every:
        if not binding.tooltip or binding.action == "command_palette":  # Textual's own key for it; `:` stands for both
            continue
        if modal:
            here = node is screen
        elif focused:
            here = node is not screen and not isinstance(node, App)
        else:
            here = binding.show
        lines.setdefault((binding.tooltip, here), []).append(display(binding))
    return [KeyHelp(join_keys(keys, KEYS_WIDTH), text, here=here) for (text, here), keys in lines.items()]


class HelpScreen(Dialog[None]):
    """Keys here on the left, keys all around on the right; what is searched for in one column, with its place."""

    PLACE = "Help"

    DEFAULT_CSS = """
    HelpScreen TextLine { display: none; }
    HelpScreen.-searching TextLine { display: block; }
    HelpScreen .dialog { max-height: 100%; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,question_mark,f1", "leave", "Close", id="help.close", tooltip="Close the page"),
        Binding("slash", "search", "Search", id="help.search", key_display="/", tooltip="Search all keys"),
    ]

    def __init__(
        self,
        place: str,
        keys: Sequence[KeyHelp],
        *,
        beside: str = "Everywhere",
        elsewhere: Callable[[], Iterable[KeyLine]] = lambda: (),
    ) -> None:
        """`elsewhere`: the keys of every place, asked for when somebody searches."""
        super().__init__()
        self._place = place
        self._beside = beside
        self._keys = keys
        self._read_elsewhere = elsewhere
        self._elsewhere: tuple[KeyLine, ...] | None = None
        self._list = RowList()
        self._line = TextLine("", placeholder="a key or a word", select_on_focus=False, compact=True)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -help") as dialog:
            self.label(dialog, "Keys", HINT)
            yield self._list
            yield self._line

    def on_mount(self) -> None:
        self._lay_out()
        self._list.focus()

    def on_key(self, event: events.Key) -> None:
        """What is typed is searched for, whatever it does in other lists."""
        bound = self.active_bindings.get(event.key)
        if self._line.has_focus or not event.is_printable or (bound and bound.node is self):
            return
        event.stop()
        event.prevent_default()
        self.action_search()
        self._line.insert_text_at_cursor(event.character or "")

    def action_search(self) -> None:
        """Open the line that is searched for."""
        self.add_class("-searching")
        self.set_focus(self._line)
        self.label(self.query_one(".dialog"), "Keys", SEARCHING)

    def action_leave(self) -> None:
        """Show all again where something is searched for; else close."""
        if not self.has_class("-searching"):
            super().action_leave()
            return
        self.remove_class("-searching")
        self._line.value = ""
        self.set_focus(self._list)
        self.label(self.query_one(".dialog"), "Keys", HINT)
        self._lay_out()

    @on(Input.Changed)
    def search(self, event: Input.Changed) -> None:
        event.stop()
        self._lay_out()

    @on(Input.Submitted)
    def keep(self, event: Input.Submitted) -> None:
        event.stop()

    def _lay_out(self) -> None:
        if self._answered or not self._list.is_mounted:
            return
        width, most = dialog_width(self.app.size.width), self.app.size.height - FRAME_LINES
        words = self._line.value.casefold().split()
        page = self._page(width, most)
        rows = self._found(words, width) if words else page
        self._list.styles.height = min(len(page), most) - self.has_class("-searching")
        self._list.styles.width = width
        self._list.show(rows)

    def _page(self, width: int, most: int) -> list[Row]:
        """Two columns, side by side where both are no longer than `most`, else one flowing into the other."""
        here: list[KeyHelp | str] = [self._place, *(key for key in self._keys if key.here)]
        around = [key for key in self._keys if not key.here]
        beside: list[KeyHelp | str] = [self._beside, *around] if around else []
        if width < NARROW or not beside:
            return [Row(f"key-{place}", tuple(_cell(line, width)), selectable=False)
                    for place, line in enumerate([*here, *beside])]  # fmt: skip
        if max(len(here), len(beside)) > most:
            every, half = [*here, *beside], (len(here) + len(beside) + 1) // 2
            here, beside = every[:half], every[half:]
        left = width // 2
        rows = []
        for place in range(max(len(here), len(beside))):
            spans = [*_cell(here[place] if place < len(here) else "", left),
                     *_cell(beside[place] if place < len(beside) else "", width - left)]  # fmt: skip
            rows.append(Row(f"key-{place}", tuple(spans), selectable=False))
        return rows

    def _found(self, words: Sequence[str], width: int) -> list[Row]:
        """The lines with all of `words`: of here first, then of every place."""
        if self._elsewhere is None:
            self._elsewhere = tuple(self._read_elsewhere())
        near = [replace(key, place=self._place if key.here else self._beside) for key in self._keys]
        known = {(key.keys, key.text) for key in near}
        lines: list[KeyLine] = [*near, *(key for key in self._elsewhere if (key.keys, key.text) not in known)]
        found = [line for line in lines if _matches(line, words)]
        room = width - KEYS_WIDTH - 2
        beside = min(room // 3, 24)
        rows = []
        for place, line in enumerate(found):
            spans = (*_cell(line, width - beside - 1), Span(" " + fit(line.place, beside), "muted"))
            rows.append(Row(f"found-{place}", spans, selectable=False))
        none = fit(" no key does that", width)
        return rows or [Row("none", (Span(none, "muted"),), selectable=False)]


def _matches(line: KeyLine, words: Sequence[str]) -> bool:
    text = f"{line.text} {line.place}".casefold()
    return all(word in text or word in line.keys.casefold().split() for word in words)


def _cell(line: KeyLine | str, width: int) -> list[Span]:
    if isinstance(line, str):
        return [Span(fit(f" {line}", width), "accent")]
    return [Span(" " + fit(line.keys, KEYS_WIDTH) + " ", "strong"), Span(fit(line.text, width - KEYS_WIDTH - 2))]
