"""A screen as what a terminal is sent to show it, for the first frame of the next start (`tui.last_frame`)."""

from typing import Any

from textual.screen import Screen


def frame_of(screen: Screen[Any]) -> str:
    """All `screen` shows but its toasts, which it shows no more then; drawn as it is drawn live: text made safe and
    colors, and each line's place. Raises AttributeError where Textual, to which this is private, draws otherwise."""
    console = screen.app.console
    if screen.query("Toast"):
        screen.query("ToastRack").set(display=False)
        screen._compositor.reflow(screen, screen.outer_size)
    strips = screen._compositor.render_strips()
    return "".join(f"\x1b[{line};1H{strip.render(console)}" for line, strip in enumerate(strips, 1)) + "\x1b[m"
