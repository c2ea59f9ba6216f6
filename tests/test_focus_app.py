"""What has the keys is seen on every screen, in colour, without it and in ASCII; and nothing moves where it may not."""

from typing import Any

import pytest
from rich.style import Style
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from tests.fakes import make_app, sample_engine
from tests.screens import rest, text_of, wait_for
from tests.test_keys_app import WAYS, go
from tui.app import MakerhourApp
from tui.screens.palette import Palette
from tui.screens.triage import TriageScreen
from widgets.pane import Pane
from widgets.row_list import RowList

Look = list[list[tuple[str, object]]]


def look_of(app: MakerhourApp, part: Widget, *, colours: bool) -> Look:
    """How `part` looks on the screen: text with its style, or what is left of that in a terminal without colours."""

    def styled(style: Style | None) -> object:
        if style is None:
            return None
        kept = (style.bold, style.reverse, style.underline, style.italic, style.dim)
        return (*kept, style.color, style.bgcolor) if colours else kept

    x, y, width, height = part.region
    strips = app.screen._compositor.render_strips()[y : y + height]
    return [[(segment.text, styled(segment.style)) for segment in strip.crop(x, x + width)] for strip in strips]


def title_is_bold(app: MakerhourApp, framed: Widget) -> bool:
    """True where the title in the upper edge of `framed` stands out without colour."""
    x, y, width, _ = framed.region
    strip = app.screen._compositor.render_strips()[y].crop(x, x + width)
    return any(segment.style and segment.style.bold for segment in strip if segment.text.strip(" ─-+╭╮"))


@pytest.mark.parametrize("mode", ["colour", "NO_COLOR", "ascii"])
@pytest.mark.parametrize("name", WAYS)
async def test_the_focus_is_seen_on_every_screen(name: str, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if mode == "NO_COLOR":
        monkeypatch.setenv("NO_COLOR", "1")
    engine, way = sample_engine(), WAYS[name]
    way.prepare(engine)
    app = make_app(engine, sync=name == "Leaving", ascii_marks=mode == "ascii")
    async with app.run_test(size=way.size) as pilot:
        await go(pilot, app, name)
        focused, colours = app.screen.focused, mode == "colour"
        if isinstance(app.screen, TriageScreen) or focused is None:
            assert [each for each in app.screen.query("*") if each.focusable] == [], "nothing else could have the keys"
            return
        frames = [each for each in app.screen.query(".dialog") if each in focused.ancestors]
        reading = not isinstance(focused, RowList) or focused.key is None
        if frames and reading and not isinstance(focused, Input):
            assert title_is_bold(app, frames[0]), "a page to read: its frame is that of what has the focus"
            return
        part = next((each for each in focused.ancestors if isinstance(each, Pane)), focused)
        before = look_of(app, part, colours=colours)
        app.screen.set_focus(None)
        await rest(pilot)
        assert look_of(app, part, colours=colours) != before


@pytest.mark.parametrize("ascii_marks", [False, True])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_one_frame_stands_out_without_colour(
    size: tuple[int, int], ascii_marks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_app(sample_engine(), ascii_marks=ascii_marks)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        for key in ("1", "2", "3"):
            await pilot.press(key)
            await rest(pilot)
            panes = app.dashboard.panes
            assert [pane for pane in panes if title_is_bold(app, pane)] == [app.dashboard.current]
        await pilot.press("0")
        await rest(pilot)
        assert [pane for pane in app.dashboard.panes if title_is_bold(app, pane)] == []
        assert (">" if ascii_marks else "▸") + " 10:12" in text_of(app)


@pytest.mark.parametrize("how", ["setting", "environment"])
async def test_nothing_moves_where_nothing_may(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(sample_engine(), motion=how != "setting")
    if how == "environment":
        app.animation_level = "none"  # as Textual reads TEXTUAL_ANIMATIONS, before anything of ours
    animated: list[str] = []
    original = app.animator.animate

    def animate(obj: object, attribute: str, *args: Any, **named: Any) -> None:
        animated.append(attribute)
        original(obj, attribute, *args, **named)

    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        monkeypatch.setattr(app.animator, "animate", animate)
        assert app.animation_level == "none"
        await press_all(pilot, app)
        assert animated == []


async def press_all(pilot: Pilot[Any], app: MakerhourApp) -> None:
    """Move, filter, open, search; each line typed into has a cursor that stands still."""
    await pilot.press("j", "G", "g", "pagedown", "pageup", "3", "G", "slash", "x")
    line = app.screen.query_one(Input)
    assert not line.cursor_blink
    await pilot.press("escape", "n")
    await wait_for(pilot, lambda: app.screen.is_modal and app.screen.query(Input))
    assert not app.screen.query_one(Input).cursor_blink
    await pilot.press("escape", "ctrl+p")
    await wait_for(pilot, lambda: isinstance(app.screen, Palette) and app.screen.query(Input))
    assert not app.screen.query_one(Input).cursor_blink
    await pilot.press("down", "down", "escape")
    await rest(pilot)
    assert isinstance(app.dashboard.current, Pane)


async def test_a_cursor_blinks_where_things_may_move() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("slash")
        await wait_for(pilot, lambda: app.screen.query(Input))
        assert app.screen.query_one(Input).cursor_blink == (app.animation_level != "none")
