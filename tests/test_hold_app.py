"""Holding a gap on screen: shown first, changed by keys, written by enter and by nothing else."""

import pytest

from tests.fakes import FakeEngine, make_app, sample_engine
from tests.screens import rest, text_of, wait_for
from tui.app import MakerhourApp
from tui.domain.agenda import Meeting
from tui.screens.hold import HoldScreen
from tui.screens.prompt import Prompt


def span(engine: FakeEngine) -> str:
    """Begin and end of the block asked for last."""
    block = engine.drafted[-1]
    return f"{block.start:%H:%M}-{block.end:%H:%M}"


def holding(app: MakerhourApp) -> bool:
    return isinstance(app.screen, HoldScreen) and app.screen.draft is not None


@pytest.mark.parametrize("size", [(54, 20), (80, 24), (120, 40), (200, 60)])
async def test_what_would_be_written_is_shown_and_only_enter_writes(size: tuple[int, int]) -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2", "h")
        await wait_for(pilot, lambda: holding(app) and "BEGIN:VEVENT" in text_of(app))
        shown = text_of(app)
        for said in ("Hold this gap", "Focus time", "10:15 → 10:55", "40m", ".ics", "DTEND:10:55", "enter writes"):
            assert said in shown
        assert max(map(len, shown.splitlines())) <= size[0]
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        assert engine.held == []
        await pilot.press("h")
        await wait_for(pilot, lambda: holding(app))
        await pilot.press("enter", "enter")
        await wait_for(pilot, lambda: "held 10:15 to 10:55: Focus time" in text_of(app))
        (draft,) = engine.held
        assert (draft.hold, draft.text) == (engine.drafted[-1], engine.held[0].text)
        assert engine.drafted[0].uid != draft.hold.uid


async def test_keys_change_time_and_title_and_what_is_shown_follows() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2", "h")
        await wait_for(pilot, lambda: holding(app))
        for key, wanted in (("-", "10:15-10:40"), ("]", "10:30-10:55"), ("]", "10:30-10:55"), ("[", "10:15-10:40"),
                            ("=", "10:15-10:55"), ("-", "10:15-10:40"), ("-", "10:15-10:30")):  # fmt: skip
            await pilot.press(key)
            assert span(engine) == wanted
        await wait_for(pilot, lambda: "10:15 → 10:30" in text_of(app) and "DTEND:10:30" in text_of(app))
        await pilot.press("i")
        await wait_for(pilot, lambda: "SUMMARY:Focus time: Voice inbox" in text_of(app))
        await pilot.press("i")
        await wait_for(pilot, lambda: "SUMMARY:Focus time" in text_of(app) and "Voice inbox: tr" not in text_of(app))
        await pilot.press("e")
        await wait_for(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("escape")
        await wait_for(pilot, lambda: holding(app))
        await pilot.press("e")
        await wait_for(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("ctrl+u", *"Caps", "enter")
        await wait_for(pilot, lambda: "SUMMARY:Caps" in text_of(app))
        assert "counts as a meeting" in text_of(app)
        await pilot.press("enter")
        await wait_for(pilot, lambda: bool(engine.held))
        assert engine.held[0].hold.title == "Caps"
        assert {block.uid for block in engine.drafted} == {engine.held[0].hold.uid}


async def test_enter_typed_ahead_of_the_text_waits_for_the_text_of_that_block() -> None:
    engine = sample_engine()
    engine.drafts_answered = False
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2", "h")
        await wait_for(pilot, lambda: isinstance(app.screen, HoldScreen))
        await pilot.press("-", "enter")
        await rest(pilot)
        assert engine.held == []
        assert "what would be written comes" in text_of(app)
        engine.drafts_answered = True
        engine.draft_hold(engine.drafted[0])  # the answer for the block before the key
        await rest(pilot)
        assert engine.held == []
        engine.draft_hold(engine.drafted[1])
        await wait_for(pilot, lambda: bool(engine.held))
        assert f"{engine.held[0].hold.end:%H:%M}" == "10:40"


async def test_a_folder_that_cannot_take_it_is_said_and_enter_writes_nothing() -> None:
    engine = sample_engine()
    engine.hold_problem = (
        "the folder `/home/kim/calendars/focus` is not there; make it, or change `[agenda] hold_folder`"
    )
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2", "h")
        await wait_for(pilot, lambda: holding(app) and "is not there; make it" in text_of(app))
        await pilot.press("enter")
        await rest(pilot)
        assert isinstance(app.screen, HoldScreen)
        assert engine.held == []


async def test_on_a_gap_row_that_gap_and_on_a_meeting_row_the_next() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2")
        pane = app.dashboard.agenda
        for start, wanted in (("gap-2026-03-10T13:55", "12:05-13:55"), ("Work\nd\n", "10:15-10:55")):
            await wait_for(pilot, lambda: pane.list.is_mounted and pane.key is not None)
            await pilot.press("g")
            for _ in range(20):
                if (pane.key or "").startswith(start):
                    break
                await pilot.press("j")
            await pilot.press("h")
            await wait_for(pilot, lambda: holding(app))
            assert span(engine) == wanted
            await pilot.press("escape")
            await wait_for(pilot, lambda: app.screen is app.dashboard)
        await pilot.press("[", "h")
        await wait_for(pilot, lambda: "no gap is left on this day" in text_of(app))
        assert app.screen is app.dashboard


async def test_a_block_that_is_there_already_is_said() -> None:
    engine = sample_engine()
    start = engine.agenda.meetings[1].start.replace(hour=10, minute=30)
    held = Meeting(start, start.replace(minute=45), "Focus time [/] \x1b[31m", "Work", "held")
    meetings = sorted((*engine.agenda.meetings, held), key=lambda meeting: meeting.start)
    engine.agenda = type(engine.agenda)(engine.agenda.start, engine.agenda.end, "UTC", tuple(meetings),
                                        engine.agenda.calendars)  # fmt: skip
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2", "h")
        await wait_for(pilot, lambda: "held already: Focus time [/] ␛[31m, 10:30 to 10:45" in text_of(app))


async def test_ascii_mode_shows_only_ascii() -> None:
    app = make_app(sample_engine(), ascii_marks=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2", "h")
        await wait_for(pilot, lambda: holding(app))
        assert {char for char in text_of(app) if not char.isascii()} == set()
