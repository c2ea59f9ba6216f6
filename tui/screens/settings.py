"""Every setting with its value and where it comes from; below, what the one under the cursor means.

Nothing is changed here: `enter` opens the configuration at that line, and what is saved there is taken over.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.domain.known_settings import KnownSettings, Setting, matching
from tui.screens.dialog import Dialog
from tui.screens.sizes import dialog_width
from widgets.formats import cut, fit, wrap
from widgets.row_list import RowList
from widgets.rows import Row, Span, shown
from widgets.seen import is_hiding
from widgets.text_line import TextLine

WIDTH = 110
"""Cells of the dialog where the screen has them."""
_NAME, _SOURCE = 30, 12
_ROOMY = 60
"""Cells from which on a row says where the value comes from; below the list that stands in any case."""
_TOLD = 5
"""Lines for the setting under the cursor."""


class SettingsScreen(Dialog[None]):
    """The list. `open_at` is called with the line of the configuration to edit."""

    PLACE = "Settings"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Edit it", id="settings.open", tooltip="Edit it in its file"),
        Binding("slash", "filter", "Filter", id="settings.filter", tooltip="Filter as you type"),
        Binding("q,comma", "leave", "Close", id="settings.close", tooltip="Back to the panes"),
    ]

    def __init__(self, open_at: Callable[[int], object]) -> None:
        super().__init__()
        self.known = KnownSettings()
        self._open_at = open_at
        self._opening = False
        """Enter came before the settings it was meant for."""
        self._list = RowList()
        self._line = TextLine(placeholder="filter: name, value, words, or where it comes from", compact=True)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -settings"):
            yield self._line
            yield self._list
            yield Static(classes="-told")

    def on_mount(self) -> None:
        self._line.display = False
        self.set_focus(self._list)
        self._lay_out()

    def show(self, known: KnownSettings) -> None:
        """Show the settings as they are now."""
        self.known = known
        self._lay_out()
        if self._opening and known.settings:
            self.action_open()

    @property
    def settings(self) -> Sequence[Setting]:
        """Those that match the filter."""
        return matching(self.known.settings, self._line.value)

    @property
    def selected(self) -> Setting | None:
        """The one under the cursor."""
        return next((setting for setting in self.settings if setting.name == self._list.key), None)

    def action_filter(self) -> None:
        """Type what is looked for."""
        self._line.display = True
        self.set_focus(self._line)

    def action_open(self) -> None:
        """Edit the configuration where this setting stands, or would."""
        self._opening = not self.known.settings
        if (setting := self.selected) is not None:
            self._open_at(setting.near)

    def action_leave(self) -> None:
        """Show all settings again where only some are shown; else close."""
        if self._line.display and (self._line.has_focus or self._line.value):
            self._line.value = ""
            self._line.display = False
            self.set_focus(self._list)
        else:
            self.answer(None)

    @on(RowList.Chosen)
    def open_clicked(self) -> None:
        self.action_open()

    @on(RowList.Highlighted)
    def tell(self) -> None:
        self._tell()

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._list.go_home()
        self._lay_out()

    @on(Input.Submitted)
    def keep_filter(self, event: Input.Submitted) -> None:
        event.stop()
        if self.focused is self._list:  # a second enter, typed before the first one was answered
            self.action_open()
        self.set_focus(self._list)

    def _lay_out(self) -> None:
        if not self._list.is_mounted or self._answered:
            return
        width = dialog_width(self.app.size.width, WIDTH)
        settings = self.settings
        frame = self.query_one(".-settings")
        count = f"  {len(settings)} of {len(self.known.settings)}" if self._line.value else ""
        self.label(frame, f"Settings  {self.known.path}{count}", "enter edits it there · / filters · esc leaves")
        for part in self.query("Static, TextLine, RowList"):
            part.styles.width = width
        self._list.styles.height = max(self.app.size.height * 9 // 10 - _TOLD - 3, 3)
        self.query_one(".-told", Static).styles.height = _TOLD
        self._list.show(self._rows(settings, width - 1))
        self._tell()

    def _rows(self, settings: Sequence[Setting], width: int) -> list[Row]:
        if not self.known.settings and not self.known.problem:
            return [Row("wait", (Span(" reading the settings …", "muted"),), selectable=False)]
        name, source = min(_NAME, width // 2), _SOURCE if width >= _ROOMY else 0
        rows: list[Row] = []
        if self.known.problem:
            said = f" not in force: {self.known.problem}"
            rows += [Row(f"problem-{place}", (Span(part, "error"),), False)
                     for place, part in enumerate(wrap(said, width, 4))]  # fmt: skip
        for setting in settings:
            own = setting.origin == "file"
            value = _shown_value(setting.in_effect or setting.value)
            spans = (
                Span(f" {fit(setting.name, name)} ", "strong" if own else "text"),
                Span(fit(value, width - name - source - 4), "text" if own else "muted"),
                Span(
                    f" {fit(setting.source, source, right=True)}", "accent" if setting.origin != "default" else "muted"
                ),
            )
            rows.append(Row(setting.name, spans))
        return rows or [Row("none", (Span(" nothing matches the filter; esc shows all", "muted"),), selectable=False)]

    def _tell(self) -> None:
        """Say what the setting under the cursor means."""
        width = dialog_width(self.app.size.width, WIDTH) - 2
        lines: list[tuple[str, str]] = []
        if (setting := self.selected) is not None:
            lines += [(line, "$foreground") for line in wrap(setting.meaning, width, 3)]
            lines.append((cut(self._standing(setting), width), "$text-muted"))
        text = [(f" {shown(self, line)}\n", style) for line, style in lines]
        self.query_one(".-told", Static).update(Content.assemble("\n", *text))

    def _standing(self, setting: Setting) -> str:
        """Where it comes from, and what holds without."""
        said = {
            "file": f"line {setting.line}",
            "option": f"said by {setting.told} on the command line",
            "environment": f"said by {setting.told}",
            "found": "found on this machine",
            "default": "the default",
        }[setting.origin]
        default = f" · default {setting.default}" if setting.default and setting.origin != "default" else ""
        return f"{said}{default}{f' · now {_shown_value(setting.in_effect)}' if setting.in_effect else ''}"


def _shown_value(value: str) -> str:
    """`value`; while share-safe is on only one in which no name can stand: a number, a word of TOML."""
    return "hidden" if is_hiding() and any(char in value for char in "\"'/~\\@") else value
