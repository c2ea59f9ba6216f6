"""What is typed at once is done one after the other: what comes behind an escape is for what comes next, never for
what the escape closes."""

from collections import deque
from collections.abc import Iterable

import pytest
from textual import events
from textual.message import Message

from tests.fakes import make_app, sample_engine
from tests.screens import rest, wait_for
from tui.app import MakerhourApp
from tui.screens.help import HelpScreen
from tui.screens.palette import Palette
from tui.screens.prompt import Prompt
from tui.typing_desk import Behind
from widgets.text_line import TextLine


def type_at_once(app: MakerhourApp, *keys: str) -> None:
    """Have all `keys` typed before any of them is answered; text is typed letter by letter."""
    for key in keys:
        named = key in {"escape", "enter", "slash", "colon", "backspace", "left", "home", "end"}
        for one in [key] if named else key:
            app.post_message(events.Key("space" if one == " " else one, None if named else one))


def typed_into(app: MakerhourApp) -> str | None:
    return app.focused.value if isinstance(app.focused, TextLine) else None


@pytest.mark.parametrize(
    ("opens", "seen"),
    [
        (("3", "slash", *"quit"), None),
        (("n", *"quit"), Prompt),
        (("question_mark",), HelpScreen),
        (("colon",), Palette),
        ((), None),
    ],
    ids=["a filter", "an idea", "help", "the palette", "nothing"],
)
async def test_what_follows_an_escape_at_once(opens: Iterable[str], seen: type | None) -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        await pilot.press(*opens)
        await wait_for(pilot, lambda: seen is None or isinstance(app.screen, seen))
        type_at_once(app, "escape", "n", "quit x")
        await wait_for(pilot, lambda: typed_into(app) == "quit x")
        assert isinstance(app.screen, Prompt)
        assert app.dashboard.backlog.filter_text == ""


async def test_several_in_a_row_and_what_is_between_them() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        type_at_once(app, "3", "slash", "ab", "escape", "n", "one", "escape", "escape", "n", "two")
        await wait_for(pilot, lambda: typed_into(app) == "two")
        assert app.dashboard.backlog.filter_text == ""


async def test_what_was_typed_before_it_is_not_overtaken() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        await pilot.press("3", "slash")
        await wait_for(pilot, lambda: typed_into(app) == "")
        type_at_once(app, "caps", "enter", "escape", "slash", "in")
        await wait_for(pilot, lambda: typed_into(app) == "in")


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        (("alt+d",), "one two three!"),
        (("home", "alt+d"), "!two three"),
        (("home", "ctrl+delete"), "!two three"),
        (("alt+backspace",), "one two !"),
        (("ctrl+backspace",), "one two !"),
        (("alt+x",), "one two three!"),
    ],
    ids=" ".join,
)
async def test_alt_and_a_letter_types_none_and_words_are_deleted_the_way_they_are_elsewhere(
    keys: tuple[str, ...], left: str
) -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        type_at_once(app, "n", "one two three")
        await wait_for(pilot, lambda: typed_into(app) == "one two three")
        for key in keys:
            app.post_message(events.Key(key, key[-1] if key[-2] == "+" else None))  # as Textual's parser has it
        type_at_once(app, "!")
        await wait_for(pilot, lambda: "!" in (typed_into(app) or ""))
        assert typed_into(app) == left


async def test_keys_and_what_they_are_bound_to_come_in_the_order_they_were_typed_in() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        type_at_once(app, "n", "ab", "backspace", "c", "left", "x", "home", "y")
        app.post_message(events.Paste("pasted "))
        type_at_once(app, "end", "z")
        await wait_for(pilot, lambda: (typed_into(app) or "").endswith("z"))
        assert typed_into(app) == "ypasted axcz"


async def test_several_ideas_at_once_are_each_written_down() -> None:
    app = make_app(engine := sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        for number in range(6):
            type_at_once(app, "n", f"idea {number}", "enter")
        type_at_once(app, "n", "last")
        await wait_for(pilot, lambda: typed_into(app) == "last")
        assert [item.title for item in engine.backlog.items if item.title.startswith("idea")] == [
            f"idea {number}" for number in range(6)
        ]


async def test_what_is_typed_behind_a_key_that_is_lost_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        rows = app.focused
        assert rows is not None
        hand_on = rows.post_message
        lost = deque[type]((events.Key, Behind))

        def lose(message: Message) -> bool:
            if lost and isinstance(message, lost[0]):
                lost.popleft()
                return True
            return hand_on(message)

        monkeypatch.setattr(rows, "post_message", lose)
        type_at_once(app, "x", "n", "typed")
        await wait_for(pilot, lambda: typed_into(app) == "typed")
        assert not lost
