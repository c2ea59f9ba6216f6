"""The first frame on a given engine: all that is known from before stands in it, in its place."""

from typing import Any

import pytest
from textual.screen import Screen

from tests.fakes import make_app, sample_agenda, sample_fleet
from tests.scenes import unread
from tests.screens import rest
from tui.app import MakerhourApp


def record(app: MakerhourApp, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The lines of each frame that `app` shows from now on."""
    frames: list[list[str]] = []
    display = app._display

    def show(screen: Screen[Any], renderable: Any) -> None:
        if renderable is not None and screen is app.screen:
            frames.append([strip.text for strip in screen._compositor.render_strips()])
        display(screen, renderable)

    monkeypatch.setattr(app, "_display", show)
    return frames


@pytest.mark.parametrize("size", [(54, 20), (80, 24), (120, 30), (120, 40), (200, 60)])
async def test_nothing_known_from_before_comes_later_or_moves(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(unread(), fleet=sample_fleet(), agenda=sample_agenda())
    frames = record(app, monkeypatch)
    async with app.run_test(size=size) as pilot:
        await rest(pilot)
        first, *later = frames
        seen = "\n".join(first)
        for text in ("free until 11:00 Board prep", "voicebox", *(("Pricing review", "▸Tue") if size[0] > 54 else ())):
            assert text in seen
        # The detail follows the cursor, which is there once there are rows; the last line says when all was read.
        end = next((at for at, line in enumerate(first) if "4 Detail" in line), len(first) - 1)
        for frame in later:
            assert frame[:end] == first[:end]
