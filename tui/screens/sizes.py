"""How wide a dialog's content may be."""

FRAME = 4
"""Cells of a dialog's border and padding, both sides together."""


def dialog_width(screen_width: int, most: int = 100) -> int:
    """Cells for the content of a dialog on a screen of `screen_width`: nine tenths of it less the frame."""
    return min(screen_width * 9 // 10 - FRAME, most)
