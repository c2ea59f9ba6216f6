"""Syncing the backlog by key, and leaving while something is not sent."""

import pytest
from textual.pilot import Pilot

from tests.fakes import FakeEngine, make_app, sample_engine
from tests.screens import rest, text_of, wait_for
from tui import messages, sync_desk
from tui.app import MakerhourApp
from tui.domain.syncing import Synced, Unsent, format_synced, format_unsent
from tui.screens.leaving import Leaving


def toasts(app: MakerhourApp) -> list[str]:
    return [notification.message for notification in app._notifications]


async def sync_by_key(pilot: Pilot[None], app: MakerhourApp) -> None:
    await wait_for(pilot, lambda: app.backlog is not None)
    await pilot.press("3", "S")
    await rest(pilot)


async def test_s_syncs_and_says_how_much() -> None:
    engine = sample_engine()
    engine.sync_answer = Synced(sent=2, received=3, clashes=("`estimate` of `Refund simulator` was changed twice",))
    app = make_app(engine, sync=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await sync_by_key(pilot, app)
        await wait_for(pilot, lambda: "synced: 2 sent, 3 received" in text_of(app))
        assert toasts(app) == ["`estimate` of `Refund simulator` was changed twice"]
        assert engine.syncs == 1


async def test_without_the_setting_s_says_how_to_turn_it_on_and_q_leaves_at_once() -> None:
    engine = sample_engine()
    engine.unsent = Unsent(3)
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await sync_by_key(pilot, app)
        assert "sync is off; `[backlog] sync = true`" in toasts(app)[0]
        assert engine.syncs == 0
        await pilot.press("q")
        await wait_for(pilot, lambda: not app.is_running)


async def test_one_sync_at_a_time_and_a_failure_is_a_sentence() -> None:
    engine = sample_engine()
    engine.sync_answer = None
    app = make_app(engine, sync=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await sync_by_key(pilot, app)
        await wait_for(pilot, lambda: "syncing the backlog …" in text_of(app))
        await pilot.press("S")
        await wait_for(pilot, lambda: "still syncing" in text_of(app))
        assert engine.syncs == 1
        engine.post(messages.WriteFailed("sync", "the backlog is not synced: `host` cannot be reached"))
        await wait_for(pilot, lambda: toasts(app) == ["the backlog is not synced: `host` cannot be reached"])
        assert "still syncing" not in text_of(app)
        engine.sync_answer = Synced()
        await pilot.press("S")
        await wait_for(pilot, lambda: "synced: nothing new" in text_of(app))


async def test_where_all_is_sent_q_leaves() -> None:
    app = make_app(sample_engine(), sync=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("q")
        await wait_for(pilot, lambda: not app.is_running)


@pytest.mark.parametrize("key", ["enter", "y"])
async def test_leaving_asks_sends_and_leaves(key: str) -> None:
    engine = sample_engine()
    engine.unsent, engine.sync_answer = Unsent(2, others=1), None
    app = make_app(engine, sync=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await asked(pilot, app)
        shown = text_of(app)
        for said in ("Send the backlog's changes", "2 changed items", "1 commit on other files", "enter sends"):
            assert said in shown
        await pilot.press(key)
        await wait_for(pilot, lambda: "sending the backlog's changes …; q leaves" in text_of(app))
        assert engine.syncs == 1
        assert app.is_running
        engine.post(messages.BacklogSynced(Synced(sent=2)))
        await wait_for(pilot, lambda: not app.is_running)


async def asked(pilot: Pilot[None], app: MakerhourApp) -> None:
    await wait_for(pilot, lambda: app.backlog is not None)
    await pilot.press("q")
    await wait_for(pilot, lambda: isinstance(app.screen, Leaving))


async def test_n_leaves_unsent_and_escape_stays() -> None:
    engine = sample_engine()
    engine.unsent = Unsent(1)
    app = make_app(engine, sync=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await asked(pilot, app)
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        await asked(pilot, app)
        await pilot.press("n")
        await wait_for(pilot, lambda: not app.is_running)
    assert engine.syncs == 0


async def test_what_cannot_be_sent_keeps_it_open_and_so_does_a_clash() -> None:
    engine = sample_engine()
    engine.unsent, engine.sync_answer = Unsent(1), "the backlog is not synced: `host` cannot be reached"
    app = make_app(engine, sync=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await asked(pilot, app)
        await pilot.press("y")
        await wait_for(pilot, lambda: toasts(app) == [engine.sync_answer])
        assert app.is_running
        engine.sync_answer = Synced(sent=1, clashes=("both changed it",))
        await asked(pilot, app)
        await pilot.press("y")
        await wait_for(pilot, lambda: "both changed it" in toasts(app))
        await rest(pilot)
        assert app.is_running
        engine.unsent = None
        await pilot.press("q")
        await wait_for(pilot, lambda: not app.is_running)


@pytest.mark.parametrize("keys", [("q",), ("ctrl+q",)])
async def test_a_second_time_leaves_without_waiting(keys: tuple[str, ...]) -> None:
    engine = sample_engine()
    engine.unsent, engine.sync_answer = Unsent(1), None
    app = make_app(engine, sync=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await asked(pilot, app)
        await pilot.press("y")
        await wait_for(pilot, lambda: engine.syncs == 1)
        await pilot.press(*keys)
        await wait_for(pilot, lambda: not app.is_running)


@pytest.mark.parametrize("answered", [True, False])
async def test_ctrl_q_leaves_from_the_question_and_while_it_is_being_looked(answered: bool) -> None:
    engine = sample_engine()
    engine.unsent, engine.unsent_answered = Unsent(1), answered
    app = make_app(engine, sync=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("q")
        await rest(pilot)
        assert app.is_running
        await pilot.press("ctrl+q")
        await wait_for(pilot, lambda: not app.is_running)


async def test_leaving_does_not_wait_for_an_answer_that_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_desk, "LOOK_SECONDS", 0.05)
    engine = sample_engine()
    engine.unsent_answered = False
    app = make_app(engine, sync=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("q")
        await wait_for(pilot, lambda: not app.is_running)


async def test_an_earlier_wait_does_not_end_a_later_one() -> None:
    engine = sample_engine()
    engine.unsent = Unsent(1)
    app = make_app(engine, sync=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await asked(pilot, app)
        assert app._patience is None
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        engine.unsent_answered = False
        await pilot.press("q")
        await rest(pilot)
        await pilot.press("q")
        engine.post(messages.UnsentCounted(engine.unsent))  # too late: nobody is asked any more
        await wait_for(pilot, lambda: not app.is_running)
        assert not isinstance(app.screen_stack[-1], Leaving)


async def test_leaving_during_a_sync_waits_for_that_one() -> None:
    engine = sample_engine()
    engine.sync_answer = None
    app = make_app(engine, sync=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await sync_by_key(pilot, app)
        await pilot.press("q")
        await wait_for(pilot, lambda: "q leaves without waiting" in text_of(app))
        assert isinstance(engine, FakeEngine)
        engine.post(messages.BacklogSynced(Synced()))
        await wait_for(pilot, lambda: not app.is_running)


def test_the_sentences() -> None:
    assert format_synced(Synced()) == "synced: nothing new"
    assert format_synced(Synced(received=1, others=2)) == "synced: 1 received; 2 commits on other files went along"
    assert format_unsent(Unsent(1)) == "1 changed item is not sent"
    assert format_unsent(Unsent()) == "a change of the backlog's file is not sent"
