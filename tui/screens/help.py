"""The keys that work where the focus is, made from the bindings in force; one page."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.dom import DOMNode
from textual.screen import Screen

from tui.screens.dashboard import Dashboard
from tui.screens.dialog import Dialog
from tui.screens.sizes import dialog_width
from widgets.formats import fit
from widgets.pane import Pane
from widgets.row_list import RowList
from widgets.rows import Row, Span

TEXTUALS_OWN = ("app.command_palette", "app.quit")
"""Actions that the palette has from Textual already, or is."""


@dataclass(frozen=True, slots=True)
class KeyHelp:
    """One line of help."""

    keys: str
    text: str
    here: bool
    """True for a key of the focused pane, False for one that works everywhere."""


def keys_of(screen: Screen[Any], display: Callable[[Binding], str]) -> list[KeyHelp]:
    """The keys in force on `screen`, the person's own included: those of the focused pane first. Without panes these
    are the keys its bar shows.

    Keys with the same tooltip share a line: there is one page.
    """
    found: dict[tuple[str, bool], KeyHelp] = {}
    panes = bool(screen.query(Pane))
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.tooltip or binding.action == "command_palette":  # Textual's own key for it; `:` stands for both
            continue
        here = binding.show if not panes else active.node is not screen and not isinstance(active.node, App)
        before = found.get((binding.tooltip, here))
        shown = display(binding)
        if before is None:
            found[binding.tooltip, here] = KeyHelp(shown, binding.tooltip, here)
        elif len(before.keys) + len(shown) < 9:
            found[binding.tooltip, here] = replace(before, keys=f"{before.keys} {shown}")
    return list(found.values())


def commands_of(dashboard: Dashboard) -> Iterator[SystemCommand]:
    """Every action that has a key in some pane or everywhere, as a command of the palette."""
    panes = (dashboard.current, *(pane for pane in dashboard.panes if pane is not dashboard.current))
    for pane in panes:
        for binding in {**_by_action(Pane), **_by_action(type(pane))}.values():
            yield SystemCommand(f"{pane.TITLE}: {binding.description}", binding.tooltip, _runner(pane, binding.action))
    for binding in _by_action(type(dashboard)).values():
        if binding.action not in TEXTUALS_OWN:
            yield SystemCommand(binding.description, binding.tooltip, _runner(dashboard, binding.action))


def _by_action(owner: type[DOMNode]) -> dict[str, Binding]:
    """The bindings that `owner` itself declares and explains, one an action."""
    bindings = (binding for binding in owner.BINDINGS if isinstance(binding, Binding) and binding.tooltip)
    return {binding.action: binding for binding in bindings}


def _runner(node: DOMNode, action: str) -> Callable[[], Awaitable[bool]]:
    async def run() -> bool:
        return await node.app.run_action(action, node)

    return run


class HelpScreen(Dialog[None]):
    """Keys here on the left, keys everywhere on the right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,question_mark,f1", "leave", "Close", id="help.close"),
    ]

    def __init__(self, place: str, keys: Sequence[KeyHelp], *, beside: str = "Everywhere") -> None:
        super().__init__()
        self._place = place
        self._beside = beside
        self._keys = keys

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -help") as dialog:
            self.label(dialog, "Keys", "esc closes · change any key under [keys] in config.toml")
            yield RowList()

    def on_mount(self) -> None:
        listed = self.query_one(RowList)
        width = dialog_width(self.app.size.width)
        rows = list(self._build(width))
        listed.styles.height = min(len(rows), self.app.size.height - 4)
        listed.styles.width = width
        listed.show(rows)
        listed.focus()

    def _build(self, width: int) -> Sequence[Row]:
        half = width // 2
        here = [key for key in self._keys if key.here]
        everywhere = [key for key in self._keys if not key.here]
        rows = [
            Row(
                "heads",
                (Span(fit(f" {self._place}", half), "accent"), Span(fit(self._beside, half), "accent")),
                False,
            )
        ]
        for place in range(max(len(here), len(everywhere))):
            spans: list[Span] = []
            for column in (here, everywhere):
                key = column[place] if place < len(column) else KeyHelp("", "", True)
                spans.append(Span(" " + fit(key.keys, 9) + " ", "strong"))
                spans.append(Span(fit(key.text, half - 11), "text"))
            rows.append(Row(f"key-{place}", tuple(spans), selectable=False))
        return rows
