"""The triage deck on screen: one key a verdict, each written at once, every one of them to be taken back."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.fakes import NOW, FakeEngine, make_app, sample_engine
from tests.screens import rest, text_of, wait_for
from tui import messages
from tui.app import MakerhourApp
from tui.domain.backlog import Backlog, Item
from tui.screens.choices import Choices
from tui.screens.prompt import Prompt
from tui.screens.triage import TriageScreen

SIZES = [(54, 20), (80, 24), (120, 40), (200, 60)]
HOSTILE = "[/] [@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \x9b31m \u202e \ud800 q"


def inbox(number: int) -> tuple[Item, ...]:
    """Ideas, the first of them the newest."""
    return tuple(
        Item(f"t{place}", f"Idea {place}", created=NOW - timedelta(hours=place)) for place in range(1, number + 1)
    )


def engine_with(*items: Item) -> FakeEngine:
    engine = sample_engine()
    engine.backlog = Backlog(items)
    return engine


def states(engine: FakeEngine) -> dict[str, str]:
    return {item.title: item.state for item in engine.backlog.items}


def item(engine: FakeEngine, title: str) -> Item:
    return next(item for item in engine.backlog.items if item.title == title)


def marks(app: MakerhourApp) -> int:
    """Marked rows on screen."""
    return sum(line.startswith("│▸") for line in text_of(app).splitlines())


def deck_of(app: MakerhourApp) -> TriageScreen:
    assert isinstance(app.screen, TriageScreen)
    return app.screen


@pytest.mark.parametrize("size", SIZES)
async def test_one_key_a_verdict_and_the_end_says_what_was_done(size: tuple[int, int]) -> None:
    engine = engine_with(*inbox(6))
    app = make_app(engine)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("i")
        await wait_for(pilot, lambda: "1 of 6" in text_of(app) and "Idea 1" in text_of(app))
        assert "next: Idea 2" in text_of(app)
        await pilot.press("b", "x", "s")
        await wait_for(pilot, lambda: "4 of 6" in text_of(app))
        await pilot.press("l")
        await wait_for(pilot, lambda: isinstance(app.screen, Choices))
        await pilot.press("2")
        await wait_for(pilot, lambda: "5 of 6" in text_of(app))
        await pilot.press("d")
        await wait_for(pilot, lambda: isinstance(app.screen, Prompt))
        assert "1 Ana Sousa" in text_of(app)
        await pilot.press("1", "enter")
        await wait_for(pilot, lambda: "6 of 6" in text_of(app))
        await pilot.press("b")
        await wait_for(pilot, lambda: "6 items gone through" in text_of(app))
        for said in ("2 to build", "1 delegated", "1 later", "1 dropped", "1 left as they were"):
            assert said in text_of(app)
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
    assert states(engine) == {
        "Idea 1": "build", "Idea 2": "dropped", "Idea 3": "inbox", "Idea 4": "later", "Idea 5": "delegated",
        "Idea 6": "build",
    }  # fmt: skip
    assert item(engine, "Idea 4").until == (NOW + timedelta(days=6)).date()
    assert item(engine, "Idea 5").person == "Ana Sousa"


async def test_digits_rate_impact_then_edge_and_the_rule_follows() -> None:
    engine = engine_with(*inbox(2))
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("i")
        await wait_for(pilot, lambda: "impact 1-5" in text_of(app))
        await pilot.press("4")
        await wait_for(pilot, lambda: "edge 1-5" in text_of(app))
        await pilot.press("5")
        await wait_for(pilot, lambda: "needs what only you know" in text_of(app))
        assert "impact 1-5" in text_of(app)
        await pilot.press("-", "-", "o")
        await wait_for(pilot, lambda: "somebody owns it already" in text_of(app))
        await pilot.press("o", "a", "c")
        await wait_for(pilot, lambda: "a prototype" in text_of(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: "2 of 2" in text_of(app))
        await rest(pilot)
    found = item(engine, "Idea 1")
    assert (found.state, found.impact, found.edge, found.estimate) == ("build", 4, 5, 45)
    assert (found.owned, found.ambiguous, found.cheap, found.crossing) == (False, True, True, None)


async def test_undo_goes_back_through_everything() -> None:
    engine = engine_with(*inbox(3))
    before = engine.backlog.items
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("i")
        await wait_for(pilot, lambda: isinstance(app.screen, TriageScreen))
        await pilot.press("3", "4", "b", "s", "+", "x")
        await wait_for(pilot, lambda: "3 items gone through" in text_of(app))
        await pilot.press(*"uuuuuuuu")
        await wait_for(pilot, lambda: "1 of 3" in text_of(app) and "impact 1-5" in text_of(app))
        await rest(pilot)
        assert [replace(item, extra=()) for item in engine.backlog.items] == list(before)
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        assert app.deck is None


async def test_the_deck_takes_what_is_filtered_or_marked() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("3", "slash", *"later", "enter")
        await wait_for(pilot, lambda: "1 of 7" in text_of(app))
        await pilot.press("i")
        await wait_for(pilot, lambda: "1 of 1" in text_of(app) and "until Wed 1 Apr" in text_of(app))
        await pilot.press("escape", "escape")
        await wait_for(pilot, lambda: "6 items" in text_of(app))
        await pilot.press("g", "j", "j", "v", "v")
        await wait_for(pilot, lambda: "2 marked" in text_of(app))
        await pilot.press("i")
        await wait_for(pilot, lambda: "1 of 2" in text_of(app) and "Voice inbox" in text_of(app))
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard and "marked" not in text_of(app))


async def test_an_empty_inbox_is_said() -> None:
    engine = engine_with(Item("b1", "Voice inbox", "build"))
    app = make_app(engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("i")
        await wait_for(pilot, lambda: "the inbox is empty" in text_of(app))
        assert app.screen is app.dashboard


async def test_a_card_decided_on_elsewhere_leaves_the_deck_and_a_new_idea_joins_it() -> None:
    engine = engine_with(*inbox(3))
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("i")
        await wait_for(pilot, lambda: "next: Idea 2" in text_of(app))
        engine.backlog = Backlog(tuple(item for item in engine.backlog.items if item.title != "Idea 2"))
        engine.post(messages.BacklogRefreshed(engine.backlog))
        await wait_for(pilot, lambda: "next: Idea 3" in text_of(app) and "1 of 2" in text_of(app))
        await pilot.press("n")
        await wait_for(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"Caps", "space", *"45m", "enter")
        await wait_for(pilot, lambda: "1 of 3" in text_of(app))
        await pilot.press("s", "s")
        await wait_for(pilot, lambda: "Caps" in text_of(app) and "45m" in text_of(app))
        assert "captured    just now, today 10:12" in text_of(app)


async def test_keys_typed_ahead_of_a_question_answer_it() -> None:
    engine = engine_with(*inbox(3))
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("i")
        await wait_for(pilot, lambda: isinstance(app.screen, TriageScreen))
        deck = deck_of(app)
        for key in ("l", "1"):
            app.simulate_key(key)
        await wait_for(pilot, lambda: "2 of 3" in text_of(app) and app.screen is deck)
        await rest(pilot)
    assert states(engine) == {"Idea 1": "later", "Idea 2": "inbox", "Idea 3": "inbox"}


async def test_what_is_not_written_comes_back() -> None:
    class Full(FakeEngine):
        full = False

        def change_backlog(self, changes):  # type: ignore[no-untyped-def]
            if self.full:
                self.post(messages.WriteFailed("backlog", "no space left on device; nothing was changed"))
            else:
                super().change_backlog(changes)

    sample = sample_engine()
    engine = Full(sample.fleet, sample.agenda, Backlog(inbox(3)))
    app = make_app(engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("i", "b")
        await wait_for(pilot, lambda: "2 of 3" in text_of(app))
        engine.full = True
        await pilot.press("b")
        await wait_for(pilot, lambda: "no space left" in text_of(app) and "2 of 3" in text_of(app))
        engine.full = False
        await pilot.press("b")
        await wait_for(pilot, lambda: "3 of 3" in text_of(app))
    assert states(engine) == {"Idea 1": "build", "Idea 2": "build", "Idea 3": "inbox"}


async def test_a_backlog_that_cannot_be_written_is_said_before_a_verdict() -> None:
    engine = engine_with(*inbox(2))
    engine.backlog = replace(engine.backlog, problem="`backlog.toml` is not valid TOML: line 3; mend it in an editor")
    app = make_app(engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("i")
        await wait_for(pilot, lambda: isinstance(app.screen, TriageScreen))
        await pilot.press("b", "3", "a")
        await wait_for(pilot, lambda: "nothing was changed" in text_of(app))
        assert "1 of 2" in text_of(app)
        await pilot.press("escape", "E")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        await pilot.press("3", "E")
        await wait_for(pilot, lambda: engine.edited == [None])


@pytest.mark.parametrize("size", [(54, 20), (80, 24)])
async def test_hostile_and_endless_text_stays_on_its_card(size: tuple[int, int]) -> None:
    engine = engine_with(
        Item("h", HOSTILE, why=HOSTILE * 200, theme=HOSTILE, repo=HOSTILE, person=HOSTILE, created=NOW),
        Item("w", "word " * 400, why="\n".join(["line"] * 500)),
    )
    app = make_app(engine)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("i")
        await wait_for(pilot, lambda: "1 of 2" in text_of(app))
        for _ in range(2):
            shown = text_of(app)
            assert "suggests" in shown
            assert not any((ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0 for char in shown)
            assert not {"\u202e", "\ud800"} & set(shown)
            await pilot.press("s")
            await rest(pilot)


async def test_help_and_ascii() -> None:
    app = make_app(engine_with(*inbox(2)), ascii_marks=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("i", "3", "question_mark")
        await wait_for(pilot, lambda: "Drop, and say why" in text_of(app) and "Mine to build" in text_of(app))
        await pilot.press("escape")
        await wait_for(pilot, lambda: "edge 1-5" in text_of(app))
        assert all(ord(char) < 128 for char in text_of(app).replace("⏎", ""))


async def test_marked_items_get_one_verdict_and_one_undo() -> None:
    engine = sample_engine()
    before = engine.backlog.items
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("3", "V")
        await wait_for(pilot, lambda: "6 marked" in text_of(app) and marks(app) == 6)
        await pilot.press("V")
        await wait_for(pilot, lambda: marks(app) == 0)
        await pilot.press("g", "v", "v")
        await wait_for(pilot, lambda: marks(app) == 2)
        await pilot.press("x")
        await wait_for(pilot, lambda: "Inbox" not in text_of(app) and "marked" not in text_of(app))
        await rest(pilot)
        assert [item.state for item in engine.backlog.items[:2]] == ["dropped", "dropped"]
        await pilot.press("u")
        await wait_for(pilot, lambda: "Inbox 2" in text_of(app) and "and 1 more" in text_of(app))
        await rest(pilot)
        assert engine.backlog.items == before


async def test_back_to_the_inbox_and_done_this_week() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("3", "g", "j", "j", "I")
        await wait_for(pilot, lambda: "Inbox 3" in text_of(app) and "Build 1" in text_of(app))
        await pilot.press("space")
        await wait_for(pilot, lambda: "Done this week 1" in text_of(app))


async def test_an_item_is_edited_in_the_editor_and_what_cannot_be_read_is_said() -> None:
    engine = sample_engine()
    engine.edit = lambda item: replace(item, title="Voice inbox, edited", why="two\nlines")
    app = make_app(engine)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("3", "g", "j", "j", "E")
        await wait_for(pilot, lambda: "Voice inbox, edited" in text_of(app))
        engine.edit, engine.edit_problems = (lambda _item: None), ("`b1.toml` is not valid TOML; nothing was changed",)
        await pilot.press("E")
        await wait_for(pilot, lambda: "nothing was changed" in text_of(app))
        await rest(pilot)
    assert item(engine, "Voice inbox, edited").why == "two\nlines"


async def test_ideas_are_completed_and_an_at_may_name_a_person() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None and app.fleet is not None)
        for typed in ("Refund limits 30m @bil", "Ask about caps @ana"):
            await pilot.press("n")
            await wait_for(pilot, lambda: isinstance(app.screen, Prompt))
            await pilot.press(*("space" if char == " " else char for char in typed))
            await rest(pilot)
            await pilot.press("right", "enter")
            await wait_for(pilot, lambda: app.screen is app.dashboard)
        await rest(pilot)
    assert item(engine, "Refund limits").repo == "billing"
    assert (item(engine, "Ask about caps").repo, item(engine, "Ask about caps").person) == ("", "Ana Sousa")


async def test_a_time_too_short_to_build_in_is_good_for_something() -> None:
    engine = sample_engine()
    first, *rest_of_day = engine.agenda.meetings
    near = replace(rest_of_day[1], start=NOW + timedelta(minutes=8))
    engine.agenda = replace(engine.agenda, meetings=(first, near))
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None and app.backlog is not None and app.fleet is not None)
        await pilot.press("f")
        await wait_for(pilot, lambda: "five minutes are enough" in text_of(app))
        assert "decide on two ideas" in text_of(app)
        assert "read what moved in billing: Ana Sousa, Cap usage by plan" in text_of(app)
        await pilot.press("G", "enter")
        await wait_for(pilot, lambda: "Cap usage by plan" in text_of(app) and "billing" in text_of(app))
        await pilot.press("escape", "f")
        await wait_for(pilot, lambda: isinstance(app.screen, Choices))
        await pilot.press("G", "k", "enter")
        await wait_for(pilot, lambda: "1 of 2" in text_of(app))
