"""What a tone looks like in a row, and under the cursor: always so that it can be read."""

from collections.abc import Mapping

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color
from textual.widget import Widget

from widgets.contrast import FAINT, READABLE, legible
from widgets.rows import FEW_COLORS_CLASS

TURNED = Style(color="default", bgcolor="default", reverse=True, bold=True)
TOKENS = {"text": "foreground", "strong": "foreground", "faint": "text-disabled"}
"""The theme's names for tones, where they are not `text-` and the tone. They are looked up here: as styles of each list
in a style sheet, Textual would make all of them anew for each list and with each change of focus."""
BOLD = frozenset({"strong", "accent"})
GROUND = "background"


def row_style(widget: Widget, tone: str, *, selected: bool) -> Style:
    """The style of `tone` (one of TONES, or a colour as `#rrggbb`) in a row of `widget`, whose cursor is there where it
    is `selected`."""
    under_cursor = selected and widget.can_focus
    if under_cursor and widget.app.has_class(FEW_COLORS_CLASS):
        # No tone is sure to be seen on a colour of the terminal's own: the cursor is its text turned over.
        return row_style(widget, tone, selected=False) + (TURNED if widget.has_focus else Style(underline=True))
    variables, few = widget.app.theme_variables, widget.app.no_color
    own = tone if tone.startswith("#") else _color(variables, TOKENS.get(tone, f"text-{tone}"), GROUND)
    style = widget.rich_style + Style(color=own, bold=tone in BOLD or None)
    if under_cursor and widget.has_focus:
        ground = "block-cursor-background"
        own = (
            _color(variables, "block-cursor-foreground", ground)
            if tone in ("text", "strong", "muted", "faint")
            else None
        )
        style += Style(color=own, bgcolor=_color(variables, ground, GROUND), bold=True, reverse=few or None)
    elif under_cursor:
        style += Style(bgcolor=_color(variables, "panel", GROUND), underline=few or None)
    seen = legible(style.color, style.bgcolor, FAINT if tone == "faint" and not selected else READABLE)
    return style + Style(color=seen)


def _color(variables: Mapping[str, str], token: str, ground: str) -> RichColor | None:
    """The theme's colour `token`; what is `auto`, a share of what stands out on the colour `ground`, is worked out."""
    name, _, share = variables[token].partition(" ")
    if name == "auto":
        behind = Color.parse(variables[ground])
        return (behind + behind.get_contrast_text(float(share.rstrip("%")) / 100)).rich_color
    color = Color.parse(name)
    return color.rich_color if color.a else None
