"""Sessions on the dashboard: begun, noted in, parked, resumed, ended, landed; lanes by `P`."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fakes import NOW, FakeEngine, make_app, sample_engine
from tests.screens import rest, text_of, wait_for
from tui.app import MakerhourApp
from tui.domain.agents import Diffstat, FileDiff
from tui.domain.evidence import Trace, Traced
from tui.domain.lane_work import LaneLook, LaneWish, RepositoryWish
from tui.domain.lanes import LaneState
from tui.domain.repos import Commit
from tui.domain.sessions import Entry, starting
from tui.screens.choices import UNASKED_SECONDS, Choices

VOICEBOX = Path("/home/kim/src/voicebox")
INBOX = Path("/home/kim/src/voicebox-inbox")
TITLE = "Voice inbox: transcribe and route voicemails"


def kinds(engine: FakeEngine) -> list[str]:
    return [entry.kind for entry in engine.entries]


def ready(app: MakerhourApp) -> bool:
    return app.agenda is not None and app.backlog is not None and app.fleet is not None


def stood_a_while(app: MakerhourApp) -> None:
    """As if the question that opened by itself had been there for longer than a stray key takes."""
    assert isinstance(app.screen, Choices)
    app.screen.open_since -= 2 * UNASKED_SECONDS


def under_way(minutes: int = 3, place: Path = VOICEBOX) -> Entry:
    """A session that began so long ago, in the ledger already."""
    started = starting(NOW - timedelta(minutes=minutes), "b1", TITLE, place, "proto/inbox", "3" * 40)
    return Entry(**{**{name: getattr(started, name) for name in Entry.__struct_fields__}, "id": "e", "session": "s"})


async def test_b_on_an_item_to_build_starts_and_the_now_bar_tells_of_it() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        await pilot.press("3", "g", "j", "j", "b")
        await wait_for(pilot, lambda: len(engine.launched) == 1)
        assert engine.launched[0][:2] == ("editor", VOICEBOX)
        assert kinds(engine) == ["started"]
        assert (engine.entries[0].item, engine.entries[0].repository) == ("b1", VOICEBOX)
        assert engine.tended[-1] == engine.entries[0].session
        app.dashboard.now_bar.notice = ""
        await wait_for(pilot, lambda: "building Voice inbox" in text_of(app))
        assert "0 of 30 min" in text_of(app)


async def test_a_note_has_its_kind_and_the_commit() -> None:
    engine = sample_engine()
    engine.entries.append(under_way())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: ready(app) and app.session is not None)
        await pilot.press("full_stop")
        await wait_for(pilot, lambda: "▸technique" in text_of(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: "a note needs a line" in text_of(app))
        await pilot.press("tab", "tab", *"slow", "enter")
        await wait_for(pilot, lambda: kinds(engine) == ["started", "noted"])
    assert (engine.entries[1].note, engine.entries[1].text, engine.entries[1].head) == ("dead-end", "slow", "2" * 40)


async def park(pilot: Pilot[None], app: MakerhourApp) -> None:
    """Choose to park the session under way; what comes next is asked then."""
    await pilot.press("p")
    await wait_for(pilot, lambda: "park it" in text_of(app))
    await pilot.press("j", "j", "j", "enter")
    await wait_for(pilot, lambda: "what comes next?" in text_of(app))


async def test_parked_with_its_next_line_and_resumed_from_its_card() -> None:
    engine = sample_engine()
    engine.changes = Diffstat(2, (FileDiff("caps.py", 40, 2),))
    engine.entries.append(under_way(place=INBOX))
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: ready(app) and app.session is not None)
        await park(pilot, app)
        await pilot.press(*"caps", "enter")
        await wait_for(pilot, lambda: kinds(engine) == ["started", "noted", "parked"])
        await wait_for(pilot, lambda: app.session is None and app.screen is app.dashboard)
        assert engine.tended[-1] is None
        await pilot.press("3", "g", "j", "j", "b")
        await wait_for(pilot, lambda: "next: caps" in text_of(app))
        assert "1 change not committed" in text_of(app)
        assert "since it began: 2 commits, 1 file +40 -2" in text_of(app)
        assert engine.compared == [(INBOX, "3" * 40)]
        await pilot.press("enter")
        await wait_for(pilot, lambda: len(engine.launched) == 1)
    assert kinds(engine)[3:] == ["resumed"]
    assert engine.launched[0][:2] == ("editor", INBOX)


async def test_a_next_line_that_is_too_long_stays_to_be_shortened() -> None:
    engine = sample_engine()
    engine.entries.append(under_way())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: ready(app) and app.session is not None)
        await park(pilot, app)
        app.screen.query_one(Input).value = "x" * 1001
        await pilot.press("enter")
        await wait_for(pilot, lambda: "1001 characters long; 1000 is the most" in text_of(app))
        await pilot.press("backspace", "enter")
        await wait_for(pilot, lambda: kinds(engine) == ["started", "noted", "parked"])
    assert engine.entries[1].text == "x" * 1000


async def test_where_parking_cannot_be_written_the_session_goes_on() -> None:
    engine = sample_engine()
    engine.entries.append(under_way())
    app = make_app(engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: ready(app) and app.session is not None)
        engine.ledger_error = "the disk is full; nothing was written"
        await park(pilot, app)
        await pilot.press("enter")
        await wait_for(pilot, lambda: "the disk is full" in text_of(app))
        assert app.session is not None
        assert app.dashboard.now_bar.session is not None


@pytest.mark.parametrize(("down", "expected"), [(0, ["alive"]), (1, ["parked", "resumed"]), (2, ["parked"])])
async def test_a_session_left_open_is_asked_about_at_the_start(down: int, expected: list[str]) -> None:
    engine = sample_engine()
    engine.entries.append(under_way(90))
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "A session was left open" in text_of(app))
        assert "last heard of 90m ago" in text_of(app)
        stood_a_while(app)
        await pilot.press(*["j"] * down, "enter")
        await wait_for(pilot, lambda: kinds(engine)[1:] == expected)
        await rest(pilot)
        assert (app.session is None) == (down == 2)


async def test_finished_ends_the_session_and_the_item_and_undo_brings_the_item_back() -> None:
    engine = sample_engine()
    engine.entries.append(under_way())
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: ready(app) and app.session is not None)
        await pilot.press("p")
        await wait_for(pilot, lambda: "end it: finished" in text_of(app))
        await pilot.press(*["j"] * 4, "enter")
        await wait_for(pilot, lambda: kinds(engine) == ["started", "ended"])
        assert engine.entries[1].outcome == "finished"
        await wait_for(pilot, lambda: app.item_with("b1") is not None and app.item_with("b1").state == "done")  # type: ignore[union-attr]
        await pilot.press("u")
        await wait_for(pilot, lambda: app.item_with("b1").state == "build")  # type: ignore[union-attr]


async def test_handed_over_ends_once_it_was_said_to_whom() -> None:
    engine = sample_engine()
    engine.entries.append(under_way())
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: ready(app) and app.session is not None)
        for keys in (("escape",), (*"Ana", "enter")):
            await pilot.press("p")
            await wait_for(pilot, lambda: "end it: handed over" in text_of(app))
            await pilot.press(*["j"] * 5, "enter")
            await wait_for(pilot, lambda: "Delegate to" in text_of(app))
            assert kinds(engine) == ["started"]
            await pilot.press(*keys)
            await wait_for(pilot, lambda: app.screen is app.dashboard)
        await wait_for(pilot, lambda: kinds(engine) == ["started", "ended"])
        item = app.item_with("b1")
    assert engine.entries[1].outcome == "handed-over"
    assert item is not None
    assert (item.state, item.person) == ("delegated", "Ana")


async def make_a_lane(pilot: Pilot[None], app: MakerhourApp, *rows: str) -> None:
    """Have a lane made for the item so many rows down the backlog."""
    await pilot.press("3", "g", *rows, "P")
    await wait_for(pilot, lambda: "Prototype:" in text_of(app))
    await pilot.press("enter")
    await wait_for(pilot, lambda: "What would end it?" in text_of(app))
    await pilot.press("enter")


async def test_a_lane_of_what_is_under_way_takes_its_session_along() -> None:
    engine = sample_engine()
    engine.entries.append(under_way())
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: ready(app) and app.session is not None)
        await make_a_lane(pilot, app, "j", "j")
        await wait_for(pilot, lambda: len(engine.launched) == 1)
        assert kinds(engine) == ["started", "parked", "started"]
        assert app.session is not None
        assert app.session.id == engine.entries[2].session == engine.tended[-1]
        assert engine.entries[2].repository == engine.launched[0][1] != VOICEBOX
        await pilot.press("p")
        await wait_for(pilot, lambda: "left just now, in voicebox" in text_of(app))


async def test_a_lane_of_another_item_asks_before_its_session_begins() -> None:
    engine = sample_engine()
    engine.entries.append(under_way())
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: ready(app) and app.session is not None)
        await make_a_lane(pilot, app, "j", "j", "j")
        await wait_for(pilot, lambda: "is under way" in text_of(app))
        assert kinds(engine) == ["started"]
        await pilot.press("enter")
        await wait_for(pilot, lambda: "what comes next?" in text_of(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: len(engine.launched) == 1)
    assert kinds(engine) == ["started", "parked", "started"]


async def test_where_others_work_a_lane_is_the_first_choice() -> None:
    engine = sample_engine()
    commit = Traced(Commit("a" * 40, "Ana", NOW - timedelta(hours=2), "Route"), "a@x", "feat/routes")
    engine.toes[VOICEBOX] = Trace(VOICEBOX, NOW, (commit,), areas=())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        await pilot.press("f", "enter")
        await wait_for(pilot, lambda: "Others work in voicebox" in text_of(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: len(engine.launched) == 1)
    wish = engine.wishes[0]
    assert isinstance(wish, LaneWish)
    assert (wish.repository, wish.prototype.question, wish.prototype.minutes) == (VOICEBOX, TITLE, 30)
    assert engine.entries[0].branch == "proto/voice-inbox-transcribe-and-route"
    assert engine.launched[0][1] == engine.entries[0].repository


async def test_of_several_agents_one_is_chosen_and_stands_first_the_next_time() -> None:
    engine = sample_engine()
    engine.agent_names = ("claude", "codex", "aider")
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        for keys in (("j", "enter"), ("enter",)):
            await pilot.press("1", "a")
            await wait_for(pilot, lambda: "Which agent" in text_of(app))
            await pilot.press(*keys)
            await wait_for(pilot, lambda: app.screen is app.dashboard)
        await wait_for(pilot, lambda: len(engine.launched) == 2)
        assert engine.programs == ["codex", "codex"]
        await pilot.press("a")
        await wait_for(pilot, lambda: "Which agent" in text_of(app))
        await pilot.press("escape", "e")
        await wait_for(pilot, lambda: len(engine.launched) == 3)
    assert engine.programs[2] == ""


@pytest.mark.parametrize("row", [VOICEBOX, INBOX])
async def test_a_lane_from_a_repository_asks_its_question_which_becomes_an_item(row: Path) -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        app.dashboard.repos.list.select(str(row))
        await pilot.press("P")
        await wait_for(pilot, lambda: "what is the question?" in text_of(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: "an item needs a title" in text_of(app))
        await pilot.press(*"Hold music", "enter")
        await wait_for(pilot, lambda: "What would end it?" in text_of(app))
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        assert app.item_with("new1") is None
        await pilot.press("P")
        await wait_for(pilot, lambda: "what is the question?" in text_of(app))
        await pilot.press(*"Hold music", "enter")
        await wait_for(pilot, lambda: "What would end it?" in text_of(app))
        await pilot.press(*"no one holds", "enter")
        await wait_for(pilot, lambda: len(engine.launched) == 1)
        item = app.item_with("new2")
        assert item is not None
        assert (item.title, item.state, item.repo) == ("Hold music", "build", "voicebox")
    assert engine.wishes[0].prototype.ends == "no one holds"


async def test_where_there_is_no_commit_no_lane_is_asked_about() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: ready(app))
        app.dashboard.repos.list.select("/home/kim/src/sketchpad")
        await pilot.press("P")
        await wait_for(pilot, lambda: "`sketchpad` has no commit yet" in text_of(app))
        assert app.screen is app.dashboard


@pytest.mark.parametrize("shown", [True, False])
async def test_an_item_gets_a_new_repository_from_a_template(shown: bool) -> None:
    engine = sample_engine()
    app = make_app(engine)
    new, template = Path("/home/kim/new"), Path("/home/kim/templates/web")
    app.settings = replace(app.settings, new_in=new, new_in_shown=shown, templates=(template,))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        await pilot.press("3", "g", "j", "j", "P")
        await wait_for(pilot, lambda: "a new repository from web" in text_of(app))
        assert "a lane of voicebox" in text_of(app)
        await pilot.press("j", "j", "enter")
        await wait_for(pilot, lambda: len(engine.launched) == 1)
        told = [toast.message for toast in app._notifications]
        assert any("is under none of your roots" in one for one in told) is not shown, told
    (wish,) = engine.wishes
    assert isinstance(wish, RepositoryWish)
    assert (wish.folder.parent, wish.template, wish.prototype.question) == (new, template, TITLE)
    assert engine.launched[0][1] == wish.folder


async def test_a_lane_that_cannot_be_made_is_said_and_starts_nothing() -> None:
    engine = sample_engine()
    engine.lane_error = "no lane was made of `voicebox`: it has no commit yet"
    app = make_app(engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: ready(app))
        await pilot.press("3", "g", "j", "j", "P")
        await wait_for(pilot, lambda: "a lane of voicebox" in text_of(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: "What would end it?" in text_of(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: "it has no commit yet" in text_of(app))
    assert (engine.entries, engine.launched) == ([], [])


async def test_landing_asks_for_what_is_next_then_offers_the_commit_on_the_lane() -> None:
    engine = sample_engine()
    engine.entries.append(under_way(3, INBOX))
    app = make_app(engine)
    clock = [NOW]
    app.now = lambda: clock[0]
    app.quiet_seconds = 0.0
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: ready(app) and app.session is not None)
        clock[0] = NOW.replace(hour=10, minute=50)
        app.tick()
        await wait_for(pilot, lambda: "land in 10 min for Board prep: what comes next?" in text_of(app))
        await pilot.press(*"caps", "enter")
        await wait_for(pilot, lambda: kinds(engine) == ["started", "noted"])
        assert (engine.entries[1].note, engine.entries[1].text) == ("next", "caps")
        clock[0] = NOW.replace(hour=10, minute=57)
        app.tick()
        await wait_for(pilot, lambda: "commit 1 change as work in progress" in text_of(app))
        await pilot.press("enter")  # meant for what the question came to stand over
        await rest(pilot)
        assert engine.lane_commits == []
        stood_a_while(app)
        await pilot.press("enter")
        await wait_for(pilot, lambda: len(engine.lane_commits) == 1)
    assert engine.lane_commits == [(INBOX, f"Work in progress: {TITLE}")]


async def test_a_ledger_that_cannot_be_written_is_said_and_the_next_key_works() -> None:
    engine = sample_engine()
    engine.ledger_error = "cannot write `ledger.jsonl`: the disk is full; nothing was written"
    app = make_app(engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: ready(app))
        await pilot.press("3", "g", "j", "j", "b")
        await wait_for(pilot, lambda: "the disk is full" in text_of(app))
        engine.ledger_error = ""
        await pilot.press("b")
        await wait_for(pilot, lambda: len(engine.launched) == 1)
    assert kinds(engine) == ["started"]


def look(*obstacles: str, commits: int = 2, ignored: tuple[str, ...] = (), untracked: tuple[str, ...] = ()) -> LaneLook:
    state = LaneState("refs/heads/proto/inbox", "3" * 40, commits, ignored=ignored, untracked=untracked)
    return LaneLook(INBOX, state, obstacles)


async def press_x(engine: FakeEngine, app: MakerhourApp, pilot: Pilot[None], path: Path) -> None:
    await wait_for(pilot, lambda: ready(app))
    app.dashboard.repos.list.select(str(path))
    await pilot.press("X")


async def test_a_lane_is_ended_once_its_bundle_is_kept_and_its_item_is_dropped() -> None:
    engine = sample_engine()
    engine.entries.append(under_way(place=INBOX))
    engine.looks[INBOX] = look(
        "ignored files: `dist`; move away what you need, or say that they may go", ignored=("dist",)
    )
    app = make_app(engine)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await press_x(engine, app, pilot, INBOX)
        await wait_for(pilot, lambda: "2 commits of its own" in text_of(app) and "ignored files: " in text_of(app))
        assert "ignored files go with it" in text_of(app)
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        assert engine.lanes_ended == []
        await pilot.press("X")
        await wait_for(pilot, lambda: "2 commits of its own" in text_of(app))
        await pilot.press("j", "enter")
        await wait_for(pilot, lambda: kinds(engine) == ["started", "ended"])
        assert engine.lanes_ended == [(INBOX, "", True)]
        assert (engine.entries[1].outcome, app.session) == ("killed", None)
        await wait_for(pilot, lambda: app.item_with("b1").state == "dropped")  # type: ignore[union-attr]


async def test_a_lane_that_holds_something_stays_and_says_what() -> None:
    engine = sample_engine()
    said = "untracked files: `notes.txt`; commit them or move them away"
    engine.looks[INBOX] = look(said, untracked=("notes.txt",))
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await press_x(engine, app, pilot, INBOX)
        await wait_for(pilot, lambda: "cannot end yet" in text_of(app) and "notes.txt" in text_of(app))
        await pilot.press("j", "enter")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
    assert engine.lanes_ended == []


async def test_a_checkout_is_never_ended() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await press_x(engine, app, pilot, VOICEBOX)
        await wait_for(pilot, lambda: "is no lane" in text_of(app))
    assert (engine.looks, engine.lanes_ended) == ({}, [])
