"""The palette: what was chosen last comes first, what is found is gone to, and no key waits for ten thousand things."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual import events
from textual.command import CommandList, DiscoveryHit, Hit
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fakes import NOW, make_app, sample_agenda, sample_engine
from tests.screens import rest, text_of, wait_for
from tui.app import MakerhourApp
from tui.domain import matching
from tui.domain.agenda import Meeting
from tui.domain.arranging import View
from tui.domain.backlog import Backlog, Item
from tui.domain.repos import Fleet, Repository
from tui.screens import palette
from tui.screens.help import HelpScreen
from tui.screens.palette import MOST, TURN, Found, Palette


def shown(app: MakerhourApp) -> list[str]:
    """The lines of the palette's list."""
    found = app.screen.query_one(CommandList)
    return [str(found.get_option_at_index(place).prompt) for place in range(found.option_count)]


async def find(pilot: Pilot[Any], app: MakerhourApp, text: str, first: str, *, key: str = "ctrl+p") -> None:
    """Open the palette and type `text`; wait until the first line begins with `first`."""
    await pilot.press(key)
    await wait_for(pilot, lambda: isinstance(app.screen, Palette) and app.screen.focused)
    await pilot.press(*("space" if char == " " else char for char in text))
    await wait_for(pilot, lambda: [line for line in shown(app)[:1] if line.startswith(first)])


@pytest.mark.parametrize("size", [(54, 20), (80, 24), (200, 60)])
async def test_an_item_a_repository_and_a_meeting_are_gone_to(size: tuple[int, int]) -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None and app.agenda is not None)
        board = app.dashboard
        await find(pilot, app, "voicemails", "Voice inbox")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.focused is board.backlog.list and board.backlog.key == "b1")
        await find(pilot, app, "sketch", "sketchpad  repository · main")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.focused is board.repos.list)
        await wait_for(pilot, lambda: board.repos.key == "/home/kim/src/sketchpad")
        await find(pilot, app, "pricing review", "Pricing review  meeting · today 14:30")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.focused is board.agenda.list)
        await wait_for(pilot, lambda: board.agenda.selected and board.agenda.selected.summary == "Pricing review")


async def test_what_hides_a_row_is_taken_away() -> None:
    engine = sample_engine()
    gone = Item("gone", "Quarterly deck from the ledger", "dropped", reason="no")
    engine.backlog = Backlog((*engine.backlog.items, gone))
    friday = NOW.replace(hour=15) + timedelta(days=3)
    other = Meeting(friday, friday + timedelta(hours=1), "Offsite planning", "Work", "z")
    engine.agenda = replace(sample_agenda(), meetings=(*sample_agenda().meetings, other))
    folded = View(filter_text="billing", folded=frozenset({Path("/home/kim/src/voicebox")}))
    app = make_app(engine, view=folded)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None and app.agenda is not None)
        board = app.dashboard
        await find(pilot, app, "voicebox-inb", "voicebox-inbox")
        await pilot.press("enter")
        await wait_for(pilot, lambda: board.repos.key == "/home/kim/src/voicebox-inbox")
        assert (board.repos.filter_text, board.repos.view.folded) == ("", frozenset())
        await find(pilot, app, "quarterly", "Quarterly deck")
        await pilot.press("enter")
        await wait_for(pilot, lambda: board.backlog.key == "gone")
        await find(pilot, app, "offsite", "Offsite planning")
        await pilot.press("enter")
        await wait_for(pilot, lambda: board.agenda.selected and board.agenda.selected.summary == "Offsite planning")
        assert engine.days == [friday.date()]
        await find(pilot, app, "staff", "Staff meeting")
        await pilot.press("enter")
        await wait_for(pilot, lambda: board.agenda.selected and board.agenda.selected.summary == "Staff meeting")
        assert board.agenda.day is None


async def test_what_was_chosen_last_stands_first_and_is_remembered() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await find(pilot, app, "zoom", "Zoom")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.dashboard.has_class("-zoomed"))
        await find(pilot, app, "voicemails", "Voice inbox")
        await pilot.press("enter")
        await find(pilot, app, "staff meet", "Staff meeting")
        await pilot.press("enter")
        await find(pilot, app, "", "Voice inbox")
        assert [line.split("  ")[0] for line in shown(app)[:3]][1:] == ["Zoom", "Today: Day before"]
        await rest(pilot)
    assert engine.views[-1].recent == ("item b1", "app.zoom")
    again = make_app(sample_engine(), view=engine.views[-1])
    async with again.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: again.backlog is not None)
        await find(pilot, again, "", "Voice inbox", key="colon")
        assert shown(again)[1].startswith("Zoom  ")
        assert shown(again)[1].endswith("z")


async def test_actions_of_another_pane_go_there_and_of_a_dialog_stay_in_it() -> None:
    engine = sample_engine()
    app = make_app(engine, keys=(("agenda.after", "f7"),))
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await find(pilot, app, "next day", "Today: Next day")
        assert shown(app)[0].endswith(" f7")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.focused is app.dashboard.agenda.list and len(engine.days) == 1)
        await pilot.press("n")
        await wait_for(pilot, lambda: app.screen is not app.dashboard)
        await find(pilot, app, "voicemails", "")
        assert [line for line in shown(app) if "Voice inbox" in line] == []
        await pilot.press("escape", "escape", "i")
        await wait_for(pilot, lambda: "TRIAGE" in text_of(app))
        await find(pilot, app, "drop because", "Drop because")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "Dropped because" in text_of(app))
        await pilot.press("escape", "f1")
        await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_letters_in_their_order_find_what_no_word_does() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None)
        await find(pilot, app, "skpd", "sketchpad")


async def test_ten_thousand_things_are_looked_through_in_short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = sample_engine()
    items = tuple(Item(f"x{number}", f"Idea number {number} for nobody", theme="t") for number in range(10_000))
    engine.backlog = Backlog(items)
    src = Path("/home/kim/src")
    engine.fleet = Fleet(tuple(Repository(src / f"r{number}", f"r{number}", head="1" * 40) for number in range(500)))
    app = make_app(engine)
    looked, made, turns = [0], [0], [0]

    def counting(score: Any) -> Any:
        def count(asked: Any, text: str) -> float:
            looked[0] += 1
            return float(score(asked, text))

        return count

    monkeypatch.setattr(palette, "match_words", counting(matching.match_words))
    monkeypatch.setattr(palette, "match_letters", counting(matching.match_letters))
    original = palette.Entry

    def entry(*args: Any, **named: Any) -> palette.Entry:
        made[0] += 1
        return original(*args, **named)

    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None and app.fleet is not None)
        provider = Found(app.dashboard)
        await provider.startup()
        monkeypatch.setattr(palette, "Entry", entry)
        most = 0
        done = asyncio.Event()

        async def other() -> None:
            """Whatever else the loop has to do: how much was looked at between two of its turns."""
            nonlocal most
            while not done.is_set():
                before = looked[0]
                await asyncio.sleep(0)
                turns[0] += 1
                most = max(most, looked[0] - before)

        watching = asyncio.create_task(other())
        for query, least in (("idea", MOST), ("idea 9999", 1), ("i", MOST), ("zzzz", 0), ("ie9", MOST)):
            looked[0] = made[0] = 0
            hits: list[DiscoveryHit | Hit] = [hit async for hit in provider.search(query)]
            assert least <= len(hits) <= 4 * MOST, query
            assert 10_500 <= looked[0] <= 2 * 10_800, query
            assert made[0] <= 8 * MOST, query
        done.set()
        await watching
        assert turns[0] > 20
        assert most <= TURN


async def test_the_palette_shows_only_what_a_terminal_may_see_and_ascii_where_asked() -> None:
    engine = sample_engine()
    hostile = Item("h", "[/] [@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \u202e hostile", "build")
    engine.backlog = Backlog((hostile,))
    app = make_app(engine, ascii_marks=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await find(pilot, app, "hostile", "[/] [@click=app.quit]x[/]")
        said = text_of(app)
        assert not {"\x1b", "\x07", "\u202e"} & set(said)
        assert {char for char in said if not char.isascii()} <= {"␛", "␇", "\ufffd"}
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.dashboard.backlog.key == "h")


def slow_search(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Have nothing found until this is set."""
    gate = asyncio.Event()
    original = Found.search

    async def slow(self: Found, query: str) -> Any:
        await gate.wait()
        async for hit in original(self, query):
            yield hit

    monkeypatch.setattr(Found, "search", slow)
    return gate


@asynccontextmanager
async def opened(app: MakerhourApp) -> AsyncIterator[Pilot[Any]]:
    """`app` with its backlog read and the palette open over the repositories."""
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await find(pilot, app, "", "Repositories: Editor")
        yield pilot


async def test_enter_typed_ahead_means_what_was_typed_and_nothing_that_stood_there_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = sample_engine()
    app = make_app(engine)
    gate = slow_search(monkeypatch)
    async with opened(app) as pilot:
        await pilot.press(*"zoom", "enter")
        await rest(pilot)
        assert isinstance(app.screen, Palette)
        gate.set()
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        await wait_for(pilot, lambda: app.dashboard.has_class("-zoomed"))
        assert engine.launched == []
        gate.clear()
        await find(pilot, app, "", "Zoom")
        await pilot.press(*"qqqq zz", "enter")
        gate.set()
        await rest(pilot)
        assert isinstance(app.screen, Palette)
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)


async def test_what_is_typed_after_enter_is_for_what_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(sample_engine())
    gate = slow_search(monkeypatch)
    async with opened(app) as pilot:
        await pilot.press(*"zoom", "enter", "question_mark", "l")
        await rest(pilot)
        assert isinstance(app.screen, Palette)
        gate.set()
        await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert app.dashboard.has_class("-zoomed")
        await wait_for(pilot, lambda: app.screen.query("Input") and app.screen.query_one(Input).value == "l")
        await pilot.press("escape", "escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        # Where nothing is found it stays, and what was typed is typed on.
        await find(pilot, app, "", "Zoom")
        await pilot.press(*"qqqq")
        await wait_for(pilot, lambda: "No matches found" in text_of(app))
        await pilot.press("enter", "space", "z", "z")
        await wait_for(pilot, lambda: app.screen.query_one(Input).value == "qqqq zz")
        assert isinstance(app.screen, Palette)


async def test_what_was_typed_after_enter_goes_nowhere_where_nothing_was_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = sample_engine()
    app = make_app(engine)
    gate = slow_search(monkeypatch)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        items = engine.backlog.items
        await pilot.press("3")
        await find(pilot, app, "", "Backlog: ")
        await pilot.press(*"zoom", "enter", "x", "escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        gate.set()
        await rest(pilot)
        assert engine.backlog.items == items
        assert not app.dashboard.has_class("-zoomed")
        await pilot.press("1")
        await wait_for(pilot, lambda: app.dashboard.current is app.dashboard.repos)


async def test_what_is_pasted_after_enter_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(sample_engine())
    gate = slow_search(monkeypatch)
    async with opened(app) as pilot:
        await pilot.press(*"zoo", "enter")
        app.post_message(events.Paste("m"))
        await pilot.press("z")
        gate.set()
        await wait_for(pilot, lambda: app.screen.query_one(Input).value == "zoomz")
        await pilot.press("backspace", "enter")
        await wait_for(pilot, lambda: app.dashboard.has_class("-zoomed"))


async def test_quitting_waits_for_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(sample_engine())
    slow_search(monkeypatch)
    async with opened(app) as pilot:
        await pilot.press(*"zoom", "enter", "x", "ctrl+q")
        await wait_for(pilot, lambda: not app.is_running)
