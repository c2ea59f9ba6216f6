"""The footer as one widget: the keys that work where the focus is, then what was refreshed and what failed."""

from collections.abc import Sequence

from msgspec import Struct
from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.dom import DOMNode
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from widgets.formats import cut
from widgets.rows import shown
from widgets.seen import is_hiding, seen

HIDING = " share-safe "
"""What it says first while names are hidden."""
ALWAYS = ("app.help", "app.quit", "deck.help", "deck.leave")
"""Ids of the keys that are shown however little room there is, after all others."""
GUESSED = ("backlog.edit", "pane.open", "pane.filter", "repos.shell", "repos.git")
"""Ids of the keys that give way first, the first one last: they are tried without being told, or wanted least."""


class Key(Struct, frozen=True):
    """One key of the bar."""

    id: str
    key: str
    label: str
    action: str
    node: DOMNode

    @property
    def width(self) -> int:
        """Cells it takes."""
        return cell_len(self.key) + cell_len(self.label) + 3


class KeyBar(Widget):
    """Keys on the left, made from the bindings in force; the status on the right where there is room."""

    DEFAULT_CSS = """
    KeyBar {
        dock: bottom;
        height: 1;
        background: $background;
        color: $text-muted;
    }
    """
    status: reactive[str] = reactive("", layout=False)
    """What was refreshed when; shown muted."""
    alert: reactive[str] = reactive("", layout=False)
    """What failed and why; takes the place of the status."""
    work: reactive[str] = reactive("", layout=False)
    """What is under way, as long as it is; takes the place of the status."""

    foremost: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), layout=False)
    """Ids of the keys that are wanted most now: they stand first, also those that have no place else."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._places: list[tuple[int, int, Key]] = []
        self.can_focus = False

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if self.is_attached:
            self.refresh()

    def render(self) -> Content:
        width = self.size.width
        keys = self._keys()
        last = [key for key in keys if key.id in ALWAYS]
        reserved = sum(key.width for key in last)
        tail = seen(" · ".join(said for said in (self.work, self.alert) if said) or self.status)
        if self.alert or self.work:
            reserved += min(cell_len(tail), width // 3) + 2
        self._places.clear()
        parts: list[tuple[str, str]] = [(HIDING, "$text-accent bold reverse")] if is_hiding() else []
        used = sum(cell_len(text) for text, _ in parts)
        for key in [*_fitting([key for key in keys if key.id not in ALWAYS], width - reserved - used), *last]:
            self._places.append((used, used + key.width, key))
            parts += [(f" {key.key}", "$text-accent bold"), (f" {key.label} ", "$text-muted")]
            used += key.width
        left = width - used - 2
        if tail and left >= min(12, cell_len(tail)):
            said = cut(tail, left)
            parts += [
                (" " * (width - used - cell_len(said) - 1), ""),
                (said, "$text-error" if self.alert else "$text-disabled"),
            ]
        return Content.assemble(*((shown(self, text), style) for text, style in parts)).truncate(width)

    def _keys(self) -> list[Key]:
        found: dict[str, Key] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            wanted = binding.show or binding.id in self.foremost
            if wanted and active.enabled and binding.action not in found:
                display = self.app.get_key_display(binding)
                found[binding.action] = Key(binding.id or "", display, binding.description, binding.action, active.node)
        return sorted(found.values(), key=lambda key: (key.id not in self.foremost, key.id in GUESSED))

    async def on_click(self, event: events.Click) -> None:
        for begin, end, key in self._places:
            if begin <= event.x < end:
                await self.app.run_action(key.action, key.node)
                return


def _fitting(keys: Sequence[Key], width: int) -> list[Key]:
    """Those of `keys` that `width` has room for, in their order; which, is decided by how much they have to be told."""
    chosen: set[str] = set()
    for key in sorted(keys, key=lambda key: GUESSED.index(key.id) + 1 if key.id in GUESSED else 0):
        if key.width <= width:
            chosen.add(key.action)
            width -= key.width
    return [key for key in keys if key.action in chosen]
