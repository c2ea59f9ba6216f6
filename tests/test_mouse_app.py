"""The mouse: what a click focuses, selects, opens and leaves, and that the second of two does nothing to what the first
one opened."""

from typing import Any

import pytest
from textual import events
from textual.command import CommandList
from textual.pilot import Pilot
from textual.widget import Widget

from tests.fakes import NOW, make_app, sample_engine
from tests.screens import rest, text_of, wait_for
from tests.test_session_app import under_way
from tui.app import MakerhourApp
from tui.domain.backlog import Backlog, Item
from tui.screens.choices import Choices
from tui.screens.detail import DetailScreen
from tui.screens.help import HelpScreen
from tui.screens.palette import Palette
from tui.screens.prompt import Prompt
from widgets.row_list import RowList


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two clicks of a busy machine lie far apart."""
    monkeypatch.setattr(MakerhourApp, "CLICK_CHAIN_TIME_THRESHOLD", 60.0)


async def ready(pilot: Pilot[Any], app: MakerhourApp) -> None:
    await wait_for(pilot, lambda: app.fleet and app.agenda and app.backlog and app.ledger)
    await rest(pilot)


def place_of(app: MakerhourApp, text: str) -> tuple[int, int]:
    """Where `text` stands on the screen, a cell inside it."""
    for y, line in enumerate(text_of(app).splitlines()):
        if text in line:
            return line.index(text) + 1, y
    raise AssertionError(f"{text} is not on the screen:\n{text_of(app)}")


async def click(pilot: Pilot[Any], app: MakerhourApp, text: str, times: int = 1) -> None:
    assert await pilot.click(offset=place_of(app, text), times=times)


async def test_a_click_focuses_the_pane_and_selects_and_the_second_opens() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        board = app.dashboard
        await click(pilot, app, "Candidate: SRE lead")
        await wait_for(pilot, lambda: app.focused is board.agenda.list)
        assert board.agenda.selected
        assert board.agenda.selected.summary == "Candidate: SRE lead"
        await click(pilot, app, "24 Voice inbox")
        await wait_for(pilot, lambda: app.focused is board.backlog.list and board.backlog.key == "b1")
        assert app.screen is board
        await click(pilot, app, "24 Voice inbox")
        await wait_for(pilot, lambda: isinstance(app.screen, DetailScreen))


async def test_a_click_that_brings_the_focus_opens_nothing() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        app.dashboard.backlog.list.select("b1")
        await rest(pilot)
        await click(pilot, app, "24 Voice inbox")
        await wait_for(pilot, lambda: app.focused is app.dashboard.backlog.list)
        await rest(pilot)
        assert app.screen is app.dashboard
        await click(pilot, app, "24 Voice inbox")
        await wait_for(pilot, lambda: isinstance(app.screen, DetailScreen))


async def test_the_second_click_of_two_chooses_nothing_in_the_menu_the_first_one_opened() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("2", "j")
        app.dashboard.agenda.list.action_first()
        gap = next(row.key for row in app.dashboard.agenda.list.rows if row.key.startswith("gap-"))
        app.dashboard.agenda.list.select(gap)
        await rest(pilot)
        await click(pilot, app, "38m usable")
        await wait_for(pilot, lambda: isinstance(app.screen, Choices))
        rows = app.screen.query_one(RowList)
        rows.post_message(events.Click(rows, 5, 0, 0, 0, 1, False, False, False, chain=2))
        await rest(pilot)
        assert isinstance(app.screen, Choices)
        rows.post_message(events.Click(rows, 5, 0, 0, 0, 1, False, False, False, chain=1))
        await wait_for(pilot, lambda: engine.launched)


async def test_a_choice_is_clicked_and_a_click_beside_the_dialog_leaves_it() -> None:
    engine = sample_engine()
    engine.entries.append(under_way())
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.session is not None)
        await pilot.press("p")
        await wait_for(pilot, lambda: isinstance(app.screen, Choices))
        assert await pilot.click(offset=(1, 38))
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        assert engine.launched == []
        await pilot.press("p")
        await wait_for(pilot, lambda: "note a line" in text_of(app))
        await click(pilot, app, "note a line")
        await wait_for(pilot, lambda: "▸technique" in text_of(app))
        await pilot.press(*"half")
        await pilot.click(offset=(1, 38))
        await rest(pilot)
        assert "half" in text_of(app), "what is being typed is not lost by a click beside it"


async def test_keys_in_the_key_bar_are_clicked_in_the_panes_and_in_the_deck() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await click(pilot, app, "New")
        await wait_for(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        await click(pilot, app, "? Help")
        await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert await pilot.click(offset=(0, 39))
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        await click(pilot, app, "Triage")
        await wait_for(pilot, lambda: "TRIAGE  1 of 2" in text_of(app))
        await click(pilot, app, "Skip")
        await wait_for(pilot, lambda: "TRIAGE  2 of 2" in text_of(app))


async def test_the_wheel_scrolls_what_is_under_it() -> None:
    engine = sample_engine()
    engine.backlog = Backlog(tuple(Item(f"x{number}", f"Idea {number}", created=NOW) for number in range(90)))
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        rows: Widget = app.dashboard.backlog.list
        assert rows.scroll_offset.y == 0
        await pilot._post_mouse_events([events.MouseScrollDown], rows, (5, 5))
        await wait_for(pilot, lambda: rows.scroll_offset.y > 0)
        await pilot._post_mouse_events([events.MouseScrollUp], rows, (5, 5))
        await wait_for(pilot, lambda: rows.scroll_offset.y == 0)
        assert app.focused is app.dashboard.repos.list


async def test_what_the_palette_found_is_clicked() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("ctrl+p")
        await wait_for(pilot, lambda: isinstance(app.screen, Palette) and app.screen.focused)
        await pilot.press(*"voicemails")
        await wait_for(pilot, lambda: app.screen.query_one(CommandList).option_count == 1)
        await rest(pilot)
        await click(pilot, app, "item · build")
        await wait_for(pilot, lambda: app.focused is app.dashboard.backlog.list)
        assert app.dashboard.backlog.key == "b1"
