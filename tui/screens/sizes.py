"""How large a dialog's content may be."""

NARROW, WIDE = 60, 160
"""Cells from which there is more than one pane, and from which they stand in columns with the detail below."""
FRAME = 4
"""Cells of a dialog's border and padding, both sides together."""


def dialog_width(screen_width: int, most: int = 100) -> int:
    """Cells for the content of a dialog on a screen of `screen_width`: nine tenths of it less the frame; on a narrow
    one all of it, for there slivers of what is behind say nothing."""
    share = screen_width if screen_width < NARROW else screen_width * 9 // 10
    return min(share - FRAME, most)


def dialog_height(screen_height: int) -> int:
    """Lines for the content of a dialog on a screen of `screen_height`: nine tenths of it less the border."""
    return max(screen_height * 9 // 10 - 2, 1)
