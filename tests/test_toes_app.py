"""Before an item's repository is opened: who else works there, and what to do about it."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes import NOW, FakeEngine, make_app, sample_engine
from tests.screens import rest, text_of, wait_for
from tui.domain.evidence import Trace, Traced
from tui.domain.repos import Commit
from tui.screens.choices import Choices

VOICEBOX = Path("/home/kim/src/voicebox")
ITEM = "Voice inbox: transcribe and route voicemails"
HOSTILE = "[/] [@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \x9b31m \u202e \ud800 q"


def theirs(name: str = "Ana Sousa") -> Trace:
    commits = tuple(
        Traced(Commit(f"{number:040}", name, NOW - timedelta(hours=2 + number), "Route calls"), "a@x", "feat/routes")
        for number in range(6)
    )
    return Trace(
        VOICEBOX, NOW - timedelta(days=14), commits, areas=tuple((one.commit.sha, ("voice/in",)) for one in commits)
    )


def engine_with(trace: Trace | None = None) -> FakeEngine:
    engine = sample_engine()
    if trace:
        engine.toes[VOICEBOX] = trace
    return engine


async def test_clear_of_others_goes_on_with_one_line() -> None:
    engine = engine_with()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None and app.backlog is not None and app.fleet is not None)
        await pilot.press("f", "enter")
        await wait_for(
            pilot, lambda: engine.launched == [("editor", VOICEBOX, {"branch": "feat/hold-music", "item": ITEM})]
        )
        await wait_for(pilot, lambda: "nobody else committed in voicebox within 14 days" in text_of(app))
        assert engine.toes_asked == [{VOICEBOX: (NOW - timedelta(days=14)).replace(hour=0, minute=0)}]


@pytest.mark.parametrize("size", [(54, 20), (80, 24), (120, 40), (200, 60)])
async def test_others_are_told_by_branch_and_area_before_anything_is_opened(size: tuple[int, int]) -> None:
    engine = engine_with(theirs())
    app = make_app(engine)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None and app.backlog is not None and app.fleet is not None)
        await pilot.press("f", "enter")
        await wait_for(pilot, lambda: "Others work in voicebox" in text_of(app))
        shown = " ".join(text_of(app).split())
        assert "Ana Sousa: 6 commits under voice/in" in shown
        assert "feat/routes" in shown
        assert engine.launched == []
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        assert engine.launched == []
        await pilot.press("f", "enter")
        await wait_for(pilot, lambda: "Others work in voicebox" in text_of(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: len(engine.launched) == 1)


async def test_theirs_can_be_read_instead() -> None:
    engine = engine_with(theirs())
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None and app.backlog is not None and app.fleet is not None)
        await pilot.press("f", "enter")
        await wait_for(pilot, lambda: "Others work in voicebox" in text_of(app))
        await pilot.press("j", "j", "enter")
        await wait_for(pilot, lambda: VOICEBOX in engine.opened)
        assert engine.launched == []


async def test_nothing_opens_over_what_was_opened_meanwhile() -> None:
    engine = engine_with(theirs())
    engine.toes_answered = False
    app = make_app(engine)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None and app.backlog is not None and app.fleet is not None)
        await pilot.press("f", "enter")
        await wait_for(pilot, lambda: len(engine.toes_asked) == 1)
        await pilot.press("f")
        await wait_for(pilot, lambda: isinstance(app.screen, Choices))
        engine.toes_answered = True
        engine.trace(engine.toes_asked[0], areas=True)
        await wait_for(pilot, lambda: "ask again" in text_of(app))
        await rest(pilot)
        assert "What fits" in text_of(app)
        assert engine.launched == []


async def test_where_git_does_not_answer_building_goes_on_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.build_desk.PATIENCE_SECONDS", 0.01)
    engine = engine_with()
    engine.toes_answered = False
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None and app.backlog is not None and app.fleet is not None)
        await pilot.press("f", "enter")
        await wait_for(pilot, lambda: len(engine.launched) == 1 and "is not known: git took too long" in text_of(app))


async def test_hostile_names_are_shown_safely() -> None:
    engine = engine_with(theirs(HOSTILE))
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None and app.backlog is not None and app.fleet is not None)
        await pilot.press("f", "enter")
        await wait_for(pilot, lambda: "Others work in voicebox" in text_of(app))
        shown = text_of(app)
        assert not any((ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0 for char in shown)
        assert not {"\u202e", "\ud800"} & set(shown)


async def test_an_agent_is_told_of_an_item_once_its_brief_was_read() -> None:
    engine = engine_with(theirs())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None and app.backlog is not None and app.fleet is not None)
        await pilot.press("3", "g", "j", "j", "a")
        await wait_for(pilot, lambda: "Others work in voicebox" in text_of(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: "The agent is told" in text_of(app))
        assert "# Voice inbox: transcribe and route voicemails" in text_of(app)
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        assert (engine.launched, engine.briefs) == ([], [])
        await pilot.press("a")
        await wait_for(pilot, lambda: "Others work in voicebox" in text_of(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: "The agent is told" in text_of(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: len(engine.launched) == 1)
    kind, folder, values = engine.launched[0]
    assert (kind, folder) == ("agent", VOICEBOX.parent / "voicebox-voice-inbox-transcribe-and-route")
    assert values["brief"].endswith("/briefs/b1.md")
    assert values["item"] == "Voice inbox: transcribe and route voicemails"
    assert "Ana Sousa: 6 commits under voice/in on feat/routes" in engine.briefs[0]


async def test_an_item_without_a_repository_here_starts_no_agent() -> None:
    engine = engine_with()
    app = make_app(engine)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None and app.fleet is not None)
        await pilot.press("3", "g", "a")
        await wait_for(pilot, lambda: "repository found here" in text_of(app))
    assert engine.toes_asked == []
