"""The screen of a headless app as text, and a wait for what must come to stand on it."""

import time
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.pilot import Pilot


def text_of(app: App[Any]) -> str:
    """The lines on screen."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


async def wait_for(pilot: Pilot[Any], true: Callable[[], object], seconds: float = 60.0) -> None:
    """Let the app work until `true`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        await pilot.pause()
        if true():
            return
    raise AssertionError(f"it did not happen; the screen:\n{text_of(pilot.app)}")


async def rest(pilot: Pilot[Any]) -> None:
    """Let the app do all that what was asked of it so far brings with it."""
    for _ in range(10):
        await pilot.pause()
