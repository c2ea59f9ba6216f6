"""What a tone looks like in a row, and under the cursor: always so that it can be read."""

from rich.style import Style
from textual.widget import Widget

from widgets.contrast import FAINT, READABLE, legible
from widgets.rows import FEW_COLORS_CLASS

TURNED = Style(color="default", bgcolor="default", reverse=True, bold=True)


def row_style(widget: Widget, tone: str, *, selected: bool) -> Style:
    """The style of `tone` (one of TONES, or a colour as `#rrggbb`) in a row of `widget`, whose cursor is there where it
    is `selected`."""
    under_cursor = selected and widget.can_focus
    if under_cursor and widget.app.has_class(FEW_COLORS_CLASS):
        # No tone is sure to be seen on a colour of the terminal's own: the cursor is its text turned over.
        return row_style(widget, tone, selected=False) + (TURNED if widget.has_focus else Style(underline=True))
    own = Style(color=tone) if tone.startswith("#") else widget.get_component_rich_style(f"row--{tone}", partial=True)
    style = widget.rich_style + own
    if under_cursor:
        name = "row--cursor" if widget.has_focus else "row--cursor-dim"
        cursor = widget.get_component_rich_style(name, partial=True)
        keep_tone = not widget.has_focus or tone not in ("text", "strong", "muted", "faint")
        style += Style(bgcolor=cursor.bgcolor) if keep_tone else cursor
        style += Style(reverse=cursor.reverse, underline=cursor.underline, bold=True if widget.has_focus else None)
    seen = legible(style.color, style.bgcolor, FAINT if tone == "faint" and not selected else READABLE)
    return style + Style(color=seen)
