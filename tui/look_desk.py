"""The app's dealings with its look: style sheets, themes, the terminal's colours and marks."""

from collections.abc import Callable
from pathlib import Path, PurePath

from textual import on
from textual.theme import BUILTIN_THEMES, Theme

from tui.background import BackgroundTold
from tui.domain.panes import PANES
from tui.part import Part
from tui.screens import dialog
from tui.settings import Settings
from tui.themes import OWN, suited
from widgets.rows import ASCII_CLASS, FEW_COLORS_CLASS

BEHIND = (Path(__file__).with_name("plain.tcss"), dialog.STYLES)
"""The style sheets that no first frame waits for, unless `styles_for` says so."""


def styles_for(settings: Settings) -> list[str | PurePath]:
    """The style sheets that the first frame waits for, beside this file."""
    named = BUILTIN_THEMES.get(settings.theme)
    is_plain = settings.ascii_marks or settings.few_colors or (named is not None and named.ansi)
    wanted = {"panes.tcss": settings.panes != PANES, "plain.tcss": is_plain}
    return ["app.tcss", *(name for name, is_wanted in wanted.items() if is_wanted)]


class LookDesk(Part):
    """The part of the app that answers for its look; `tui.app` is the whole."""

    settings: Settings
    say: Callable[[str], None]
    _is_themed = False
    """True once a theme was taken: the one Textual begins with is never shown, and nothing is worked out for it."""

    def begin_themes(self) -> None:
        """Have our themes beside Textual's, and show the one in the settings."""
        for own in OWN:
            self.register_theme(own)
        before, self._is_themed = self.theme, True
        self.show_theme(self.settings.theme)
        if self.theme == before:  # nobody is told of what does not change
            self.refresh_css()

    def begin_look(self) -> None:
        """Have what is mounted know the terminal's marks and colours."""
        self.set_class(self.settings.ascii_marks, ASCII_CLASS)
        self.theme_changed_signal.subscribe(self, self._mark_colors)
        self._mark_colors(self.current_theme)
        if not self.settings.motion:
            self.animation_level = "none"

    def show_theme(self, name: str) -> None:
        """Show everything in the theme called `name`, as far as this terminal can."""
        self.theme = suited(self.available_themes.get(name, OWN[0]), few_colors=self.settings.few_colors)

    def read_styles(self) -> None:
        """Read the style sheets that the first frame did not wait for."""
        for path in BEHIND:
            if not self.stylesheet.has_source(str(path)):
                self.stylesheet.read(path)
        self.stylesheet.parse()

    def get_css_variables(self) -> dict[str, str]:
        return super().get_css_variables() if self._is_themed else {}

    def refresh_css(self, animate: bool = True) -> None:
        """Nothing was made of the style sheets yet where there is no screen: they are parsed once, for the first one,
        and not for the theme as well."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    @on(BackgroundTold)
    def follow_background(self, event: BackgroundTold) -> None:
        """Take our theme for this background, unless the person has chosen another meanwhile."""
        few = self.settings.few_colors
        if self.theme in {suited(own, few_colors=few) for own in OWN}:
            self.theme = suited(OWN[event.light], few_colors=few)

    def _mark_colors(self, theme: Theme) -> None:
        self.set_class(self.settings.few_colors or theme.ansi, FEW_COLORS_CLASS)
        named = self.available_themes.get(self.settings.theme)
        few = self.settings.few_colors
        if theme.name not in {suited(one, few_colors=few) for one in ((named,) if named else OWN)}:
            self.say(f'`[look] theme = "{theme.name}"` keeps this theme')
