"""The panes of a screen: which are shown, where each stands, and how to go from one to another. Not what they hold."""

from collections.abc import Sequence

from textual import events
from textual.containers import Container
from textual.geometry import Size
from textual.screen import Screen

from tui.domain.panes import PANES, PaneName, in_cells, layout_classes, numbered
from tui.screens.sizes import NARROW, WIDE
from widgets.agenda import AgendaPane
from widgets.backlog import BacklogPane
from widgets.detail import DetailPane
from widgets.pane import Pane
from widgets.repos import ReposPane


class _Cells(Container):
    """What the panes stand in."""

    BLANK = True


class PaneScreen(Screen[None]):
    """A screen of panes in the person's order. Where each has its cells is told by classes, for the style sheet."""

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (NARROW, "-narrow"), (110, "-mid"), (WIDE, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012
    AUTO_FOCUS = "Pane.-current RowList"

    def __init__(self, names: Sequence[PaneName]) -> None:
        """`names` are those shown, in their order."""
        super().__init__()
        self.repos, self.agenda, self.backlog, self.detail = ReposPane(), AgendaPane(), BacklogPane(), DetailPane()
        panes = (self.repos, self.agenda, self.backlog, self.detail)
        self._names = names
        self._named: dict[PaneName, Pane] = dict(zip(PANES, panes, strict=True))
        self.shown = tuple(self._named[name] for name in numbered(names))
        """By number. The detail, where it is one of them, has its place on a wide screen."""
        for pane in panes:
            pane.number = self.shown.index(pane) + 1 if pane in self.shown else 0
            pane.set_class(pane not in self.shown, "-hidden")
        self.current: Pane = self.shown[0]
        """The pane with the focus, or the one that had it last."""
        self.current.add_class("-current")
        self.set_classes(layout_classes(names))

    BLANK = True
    """Nothing is seen of it between the panes, nor of what they stand in: they draw no lines."""

    def lay_out_for(self, size: Size) -> None:
        """Be laid out for a terminal of that size. Before it is shown, so that the first frame is the right one and
        nothing is styled twice."""
        for length, breakpoints in (
            (size.width, self.HORIZONTAL_BREAKPOINTS),
            (size.height, self.VERTICAL_BREAKPOINTS),
        ):
            self.add_class(next(name for least, name in reversed(breakpoints) if length >= least), update=False)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """What was styled when it was mounted is not styled once more when it is first shown."""
        if not getattr(self, "stack_updates", 1):  # undocumented
            event.refresh_styles = False

    def pane_container(self) -> Container:
        """What the panes stand in, in the order for the screen there is."""
        width = self.app.size.width
        order = self._in_order(width)
        self._name_others(width)
        hidden = (pane for pane in self._named.values() if pane is not self.detail and pane not in order)
        return _Cells(*order, *hidden, id="panes")

    @property
    def panes(self) -> tuple[Pane, ...]:
        """The panes that can be gone to, by number."""
        return tuple(pane for pane in self.shown if pane is not self.detail or self.detail_beside)

    @property
    def detail_beside(self) -> bool:
        """True where the detail has a place of its own."""
        return self.detail in self.shown and self.has_class("-wide") and not self.has_class("-zoomed")

    def on_resize(self, event: events.Resize) -> None:
        """Put the panes in the order that the layout of this width is filled in."""
        self._place(event.size.width)

    def _place(self, width: int) -> None:
        wanted = self._in_order(width)
        place = self.query_one("#panes")
        if self.detail in wanted and not self.detail.is_attached:
            place.mount(self.detail)
        if [pane for pane in place.children if pane in wanted] != wanted:
            for pane in wanted:
                if place.children[-1] is not pane:
                    place.move_child(pane, after=-1)
        self._name_others(width)

    def _name_others(self, width: int) -> None:
        """Have a pane that stands alone name the others."""
        alone = width < NARROW or self.has_class("-zoomed")
        for pane in self.shown:
            others = (other for other in self.panes if other is not pane)
            pane.others = tuple((other.number, other.TITLE) for other in others) if alone else ()

    def _in_order(self, width: int) -> list[Pane]:
        """The panes as they fill the cells. The detail is one of them from the first width that has a place for it."""
        is_wide = width >= WIDE
        panes = [self._named[name] for name in in_cells(self._names, columns=is_wide)]
        has_detail = (is_wide and self.detail in self.shown) or self.detail.is_attached
        return [*panes, self.detail] if has_detail else panes

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No key goes to a pane that is not shown."""
        return action != "pane" or any(self._named[name] in self.shown for name in PANES if name in parameters)

    def action_pane(self, name: PaneName) -> None:
        """Give the focus to a pane."""
        if self._named[name] in self.panes:
            self.go_to(self._named[name])

    def action_next_pane(self, by: int) -> None:
        """Give the focus to the pane `by` places on."""
        place = self.panes.index(self.current) if self.current in self.panes else 0
        self.go_to(self.panes[(place + by) % len(self.panes)])

    def action_zoom(self) -> None:
        """Show the current pane alone, or all again."""
        self.toggle_class("-zoomed")
        self._place(self.size.width)

    def go_to(self, pane: Pane) -> None:
        """Give the focus to `pane`, where it is one of those shown."""
        if pane in self.shown:
            self.make_current(pane)
            pane.focus_list()

    def make_current(self, pane: Pane) -> None:
        """Mark `pane` as the one in use; alone on screen where there is room for one."""
        self.current = pane
        for other in self._named.values():
            other.set_class(other is pane, "-current")
