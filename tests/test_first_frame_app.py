"""The first frame on a given engine: all that is known from before stands in it, in its place."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.screen import Screen

from tests.fakes import make_app, sample_agenda, sample_engine, sample_fleet
from tests.scenes import unread
from tests.screens import rest
from tui import messages
from tui.app import MakerhourApp
from tui.domain.repos import Repository
from tui.look_desk import styles_for


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


async def test_rows_stay_in_place_when_the_scroll_bar_comes() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        repos = app.dashboard.repos.list
        few, width = engine.fleet.repositories, repos.scrollable_content_region.width
        many = (*few, *(Repository(Path(f"/src/repo-{n:03}"), f"repo-{n:03}", branch="main") for n in range(60)))
        for repositories in (few[:3], many, few[:3]):
            engine.post(messages.ReposRefreshed(replace(engine.fleet, repositories=repositories)))
            await rest(pilot)
            assert repos.scrollable_content_region.width == width
        assert repos.show_vertical_scrollbar  # it stays: coming and going, it would have all laid out with each key


async def test_a_dialog_that_comes_before_its_styles_brings_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MakerhourApp, "read_styles", lambda _: None)
    app = make_app(unread())
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        await pilot.press("question_mark")
        await rest(pilot)
        assert app.screen.query_one(".dialog").styles.border_top[0] == "round"


@pytest.mark.parametrize(
    ("changed", "read"),
    [
        ({}, {"app.tcss"}),
        ({"ascii_marks": True}, {"app.tcss", "plain.tcss"}),
        ({"few_colors": True}, {"app.tcss", "plain.tcss"}),
        ({"theme": "ansi-dark"}, {"app.tcss", "plain.tcss"}),
        ({"theme": "textual-dark"}, {"app.tcss"}),  # it is in force before it is asked for
        ({"panes": ("today", "backlog")}, {"app.tcss", "panes.tcss"}),
    ],
)
async def test_what_the_first_frame_looks_like_is_read_before_it_and_all_else_behind(
    changed: dict[str, Any], read: set[str]
) -> None:
    app = make_app(unread(), **changed)
    assert set(styles_for(app.settings)) == read
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        there = {Path(path).name for path, of in app.stylesheet.source if not of}
        assert there == read | {"plain.tcss", "dialogs.tcss"}
