"""Reminders on screen: a toast and the bell at the minute, over whatever is open, once; and `J` joins."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from tests.fakes import NOW, FakeEngine, make_app, sample_engine
from tests.screens import rest, text_of, wait_for
from tui import messages
from tui.app import MakerhourApp
from tui.domain.reminding import ReminderRules
from tui.screens.help import HelpScreen


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def made(engine: FakeEngine, clock: Clock, rules: ReminderRules) -> tuple[MakerhourApp, list[None]]:
    """The app by `clock`, and its bells."""
    app = make_app(engine)
    bells: list[None] = []
    app.now = clock
    app.settings = replace(app.settings, reminders=rules)
    app.bell = lambda: bells.append(None)  # type: ignore[method-assign]
    return app, bells


async def pass_to(pilot: Pilot[None], app: MakerhourApp, clock: Clock, hour: int, minute: int) -> None:
    clock.now = NOW.replace(hour=hour, minute=minute)
    app.tick()
    await rest(pilot)


def toasts(app: MakerhourApp) -> list[str]:
    return [notification.message for notification in app._notifications]


async def test_a_toast_and_the_bell_come_once_over_whatever_is_open() -> None:
    engine, clock = sample_engine(), Clock()
    app, bells = made(engine, clock, ReminderRules())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pass_to(pilot, app, clock, 10, 54)
        assert (toasts(app), bells) == ([], [])
        await pass_to(pilot, app, clock, 10, 55)
        await wait_for(pilot, lambda: "Board prep in 5 min, at 11:00 · J joins" in text_of(app))
        assert isinstance(app.screen, HelpScreen)
        assert bells == [None]
        await pass_to(pilot, app, clock, 10, 57)
        engine.post(messages.AgendaRefreshed(replace(engine.agenda, taken_at=clock.now)))
        await rest(pilot)
        assert len(toasts(app)) == len(bells) == 1
        await pilot.press("escape")
        await pass_to(pilot, app, clock, 14, 3)  # as after a machine slept: one, of what still runs
        assert toasts(app)[1:] == ["Candidate: SRE lead started 3 min ago"]
        await pass_to(pilot, app, clock, 14, 25)  # the tentative one too; the declined one never
        await pass_to(pilot, app, clock, 16, 29)
        assert toasts(app)[2:] == ["Pricing review in 5 min, at 14:30"]


async def test_a_meeting_that_appears_minutes_before_is_told_at_once_and_safely() -> None:
    engine, clock = sample_engine(), Clock()
    app, bells = made(engine, clock, ReminderRules(bell=False))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        hostile = replace(engine.agenda.meetings[2], start=NOW + timedelta(minutes=3), uid="new",
                          summary="[/] [@click=app.quit]x[/] \x1b]52;c;aGk=\x07", join_url=None)  # fmt: skip
        engine.post(messages.AgendaRefreshed(replace(engine.agenda, meetings=(hostile,))))
        await wait_for(pilot, lambda: "[/] [@click=app.quit]x[/] ␛]52;c;aGk=␇ in 3 min" in text_of(app))
        assert "joins" not in toasts(app)[0]
        assert bells == []


async def test_without_minutes_nobody_is_reminded() -> None:
    engine, clock = sample_engine(), Clock()
    app, bells = made(engine, clock, ReminderRules(minutes=()))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        for minute in (54, 55, 59):
            await pass_to(pilot, app, clock, 10, minute)
        assert (toasts(app), bells) == ([], [])


@pytest.mark.parametrize(("hour", "opened"), [(10, True), (13, False)])
async def test_a_key_joins_the_meeting_that_is_near(hour: int, *, opened: bool) -> None:
    engine, clock = sample_engine(), Clock()
    app, _ = made(engine, clock, ReminderRules())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pass_to(pilot, app, clock, hour, 57)
        await pilot.press("J")
        await rest(pilot)
        urls = [values["url"] for kind, _, values in engine.launched if kind == "browser"]
        assert urls == (["https://meet.example.com/abc"] if opened else [])
        assert ("`Candidate: SRE lead` has no join link" in toasts(app)) is not opened


async def test_the_toast_names_the_persons_own_key() -> None:
    engine, clock = sample_engine(), Clock()
    app, _ = made(engine, clock, ReminderRules())
    app.settings = replace(app.settings, keys=(("app.join", "ctrl+j"),))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pass_to(pilot, app, clock, 10, 56)
        assert toasts(app) == ["Board prep in 4 min, at 11:00 · ^j joins"]
