"""Share-safe on every screen: no word of anybody's shows, and every key still acts on the real things."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fakes import NOW, FakeEngine, make_app, sample_engine
from tests.private_data import Style, canary, found_in, private_detail, private_engine, session_entry, spiked
from tests.screens import rest, text_of, wait_for
from tui import messages
from tui.app import MakerhourApp
from tui.domain.agents import Agents
from tui.domain.lane_work import LaneEnding
from tui.domain.meeting_text import key_of
from tui.domain.sharing import ShareSafe
from tui.domain.syncing import Synced
from widgets.repos import ReposPane
from widgets.seen import is_hiding, seen

STYLES: tuple[Style, ...] = get_args(Style)
LOOKS: tuple[tuple[tuple[int, int], Style], ...] = (((80, 24), "hostile"), ((200, 60), "ordinary"))


@pytest.fixture(autouse=True)
def _nothing_hides_afterwards() -> Iterator[None]:
    yield
    assert not is_hiding()


def sharing_app(engine: FakeEngine, share_safe: ShareSafe = True, **more: Any) -> MakerhourApp:
    app = make_app(engine, **more)
    app.settings = replace(app.settings, share_safe=share_safe)
    return app


def ready(app: MakerhourApp) -> bool:
    return app.agenda is not None and app.backlog is not None and app.fleet is not None


def toasts(app: MakerhourApp) -> list[str]:
    return [note.message + note.title for note in app._notifications]


def leaks(app: MakerhourApp) -> dict[str, set[str]]:
    """Where something shows that must not."""
    shown = {
        "screen": text_of(app),
        "picture": app.export_screenshot(),
        "clipboard": app.clipboard,
        "commands": "\n".join(command.title + command.help for command in app.get_system_commands(app.screen)),
    }
    return {place: found for place, text in shown.items() if (found := found_in(text))}


async def press(pilot: Pilot[Any], app: MakerhourApp, *keys: str) -> None:
    """Each key, and a look at all there is to be seen after it."""
    for key in keys:
        if key.startswith("@"):
            repos, backlog = app.dashboard.repos, app.dashboard.backlog
            lane = next(str(repo.path) for repo in app.fleet.repositories if repo.kind == "linked")  # type: ignore[union-attr]
            assert repos.list.select(lane) if key == "@lane" else backlog.list.select(key[1:])
        else:
            await pilot.press(key)
        await rest(pilot)
        assert leaks(app) == {}, f"after {key}:\n{text_of(app)}"


WAYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "repositories": (("1", "g", "j", "j", "enter", "j", "G", "escape", "s", "S", "s", "z", "z", "o", "m", "y"),
                     ("DetailScreen",)),
    "today": (("2", "g", "enter", "j", "escape", "j", "enter", "G", "escape", "j", "enter", "escape", "j", "y",
               "right_square_bracket", "t"), ("DetailScreen",)),
    "backlog": (("3", "g", "enter", "G", "escape", "j", "j", "enter", "escape", "G", "enter", "escape", "O", "v", "y",
                 "u"),
                ("DetailScreen",)),
    "deck": (("i", "1", "2", "minus", "a", "s", "u", "e", "escape", "d", "escape", "X", "escape", "l", "escape", "n",
              "escape", "question_mark", "escape", "x", "x", "x", "escape"),
             ("TriageScreen", "ItemForm", "Prompt", "Choices", "HelpScreen")),
    "fits": (("f", "j", "escape"), ("Choices",)),
    "hold": (("2", "h", "i", "e", "escape", "enter"), ("HoldScreen", "Prompt")),
    "sessions": (("p", "j", "j", "escape", "full_stop", "escape", "p", "j", "j", "j", "enter", "escape"),
                 ("Choices", "NoteScreen", "Prompt")),
    "card": (("p", "j", "j", "j", "enter", "w", "x", "enter", "p", "enter", "j", "escape"), ("Choices", "Prompt")),
    "switching": (("3", "@b1", "b", "@b2", "b", "escape", "P", "enter", "escape"), ("Choices", "Prompt")),
    "agent": (("3", "@b1", "a", "enter", "j", "escape", "a", "j", "enter", "enter"), ("Choices", "BriefScreen")),
    "alone": (("3", "@b1", "A", "enter", "j", "enter", "W", "escape"), ("Choices", "BriefScreen", "MeanwhileScreen")),
    "prototype": (("3", "@b1", "P", "enter", "x", "enter"), ("Choices", "Prompt")),
    "meanwhile": (("W", "j", "x", "x", "escape"), ("MeanwhileScreen",)),
    "delegating": (("3", "g", "j", "d", "escape", "l", "escape", "e", "escape", "E"),
                   ("Prompt", "Choices", "ItemForm")),
    "lanes": (("1", "g", "j", "P", "escape", "@lane", "X", "enter", "X", "escape"), ("Prompt", "Choices")),
    "filters": (("1", "slash", "i", "escape", "2", "slash", "i", "enter", "escape", "3", "slash", "i", "enter",
                 "escape"),
                ()),
    "help": (("question_mark", "slash", "s", "h", "escape", "escape", "colon", "s", "h", "escape", "colon", "backspace",
              "r", "e", "p", "escape"),
             ("HelpScreen", "Palette")),
    "first steps": (("C", "enter", "enter", "enter", "enter", "j", "escape"), ("GuideScreen",)),
    "settings": (("comma", "j", "j", "slash", "r", "escape", "escape"), ("SettingsScreen",)),
    "things": (("colon", "i", "t", "e", "m", "escape", "colon", "b", "r", "a", "enter", "colon", "escape"),
               ("Palette",)),
}  # fmt: skip


UNBEGUN = ("agent", "alone", "prototype")
"""Ways that begin without a session."""


@pytest.mark.parametrize(("size", "style"), LOOKS, ids=str)
@pytest.mark.parametrize("way", WAYS)
async def test_no_way_through_the_dashboard_shows_a_name(way: str, size: tuple[int, int], style: Style) -> None:
    engine = private_engine(style)
    begun = way not in UNBEGUN
    engine.entries += [session_entry(engine)] * begun
    app = sharing_app(engine)
    async with app.run_test(size=size, notifications=True) as pilot:
        await wait_for(pilot, lambda: ready(app) and (app.session is not None) is begun)
        app.post_message(messages.AgentsRefreshed(engine.agents))
        app.post_message(messages.RepositoryOpened(private_detail(engine, style)))
        await rest(pilot)
        assert leaks(app) == {}, text_of(app)
        assert "share-safe" in text_of(app)
        keys, led_to = WAYS[way]
        been: set[str] = set()
        for key in keys:
            await press(pilot, app, key)
            been.add(type(app.screen).__name__)
        assert set(led_to) <= been | ({"DetailScreen"} if size[0] >= 160 else set())


@pytest.mark.parametrize("style", STYLES)
async def test_what_went_wrong_and_what_was_done_is_told_without_names(style: Style) -> None:
    engine = private_engine(style)
    app = sharing_app(engine)
    path, sentence = engine.fleet.repositories[2].path, spiked("why it went wrong", style)
    told = (
        messages.RefreshFailed("repos", sentence), messages.WriteFailed("backlog", sentence),
        messages.WriteFailed("lane", sentence), messages.BacklogSynced(Synced(clashes=(sentence,))),
        messages.LaneEnded(LaneEnding(path, f"proto/{canary('x')}", "7" * 40, Path("/srv") / canary("kept"), sentence)),
        messages.AgentsRefreshed(engine.agents), messages.AgentsRefreshed(Agents(problem=sentence)),
        messages.MeetingOpened(replace(engine.texts[engine.agenda.meetings[1].summary],
                                       key=key_of(engine.agenda.meetings[1]), problem=sentence)),
    )  # fmt: skip
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: ready(app))
        for message in told:
            app.post_message(message)
            await rest(pilot)
            assert leaks(app) == {}, f"{message}:\n{text_of(app)}"
        app.notify(f"`/srv/{canary('unheard')}/{canary('of')}` is gone; write to {canary('some')}@example.com")
        app.say(f"back from {engine.fleet.repositories[1].name} after 4m, https://{canary('host')}.example.com/x")
        await rest(pilot)
        assert leaks(app) == {}, text_of(app)
        assert not found_in("\n".join(toasts(app)))


@pytest.mark.parametrize("width", [54, 80, 120])
async def test_the_keys_in_the_key_bar_are_whole_beside_the_word_that_tells_of_it(width: int) -> None:
    app = sharing_app(private_engine(), share_safe=True)
    async with app.run_test(size=(width, 24)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        last = text_of(app).splitlines()[-1]
        assert last.startswith(" share-safe  e Editor")
        assert last.endswith("? Help  q Quit") or "? Help  q Quit  " in last


async def test_it_turns_over_with_one_key_and_back() -> None:
    engine = private_engine()
    app = sharing_app(engine, share_safe=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        await rest(pilot)
        real = text_of(app)
        assert found_in(real)
        assert "share-safe" not in real
        await press(pilot, app, "asterisk")
        hidden = text_of(app)
        assert "share-safe is on" in hidden
        for stand_in in ("repository 1", "idea 1", "meeting 2", "branch 1"):
            assert stand_in in hidden
        await pilot.press("asterisk")
        await rest(pilot)
        assert "share-safe is off" in text_of(app)
        app.dashboard.clear_notice(float("inf"))
        await rest(pilot)
        assert text_of(app) == real
        await pilot.press("asterisk")
        app.dashboard.clear_notice(float("inf"))
        await rest(pilot)
        again = text_of(app)
        await pilot.press("asterisk", "asterisk")
        app.dashboard.clear_notice(float("inf"))
        await rest(pilot)
        assert text_of(app) == again  # the same stand-ins


@pytest.mark.parametrize(
    "keys",
    [("1", "enter"), ("i",), ("f",), ("p",), ("3", "e"), ("3", "d"), ("W",), ("colon",), ("comma",), ("C",)],
    ids=str,
)
async def test_what_is_open_already_is_hidden_too(keys: tuple[str, ...]) -> None:
    """A meeting begins while a dialog is open."""
    engine = private_engine()
    engine.entries.append(session_entry(engine))
    app = sharing_app(engine, share_safe=False)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, lambda: ready(app) and app.session is not None)
        app.post_message(messages.AgentsRefreshed(engine.agents))
        await pilot.press(*keys)
        await rest(pilot)
        app.notify(f"`{engine.backlog.items[0].title}` is done")
        await rest(pilot)
        assert found_in(text_of(app))
        app.action_share_safe()
        await rest(pilot)
        assert leaks(app) == {}, text_of(app)


async def test_a_lane_named_after_its_repository_is_not_told_by_the_rest_of_its_name() -> None:
    engine = private_engine()
    repos = engine.fleet.repositories
    lane = next(repo for repo in repos if repo.kind == "linked" and repo.parent)
    named = replace(lane, name=f"{lane.parent.name}-{canary('lane')}")  # type: ignore[union-attr]
    engine.fleet = replace(engine.fleet, repositories=tuple(named if repo is lane else repo for repo in repos))
    app = sharing_app(engine, share_safe=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        await rest(pilot)
        assert f"└ {canary('lane')}" in text_of(app)
        await press(pilot, app, "asterisk")
        assert "└ lane 1" in text_of(app)


async def test_keys_act_on_the_real_things() -> None:
    engine = private_engine()
    app = sharing_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        await press(pilot, app, "1", "g", "e")
        launched = engine.launched[-1]
        assert (launched[0], launched[1]) == ("editor", app.dashboard.repos.selected.path)  # type: ignore[union-attr]
        assert found_in(str(launched[1]))
        await press(pilot, app, "3", "g", "x")
        dropped = [item for item in engine.backlog.items if item.state == "dropped"]
        assert all(found_in(item.title) for item in dropped)
        assert len(dropped) == 2
        await press(pilot, app, "g", "d")
        await press(pilot, app, *"1", "enter")
        delegated = [item for item in engine.backlog.items if item.state == "delegated"]
        assert all(found_in(item.person) for item in delegated)
        assert len(delegated) == 2


async def test_a_person_named_by_a_stand_in_is_who_it_stands_for() -> None:
    engine = private_engine()
    app = sharing_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        stand_in = seen(engine.fleet.repositories[0].last_commit.author)  # type: ignore[union-attr]
        assert stand_in.startswith("person ")
        await press(pilot, app, "3", "g", "d")
        await press(pilot, app, *stand_in, "enter")
        given = [item for item in engine.backlog.items if item.state == "delegated" and item.id != "d1"]
        assert [item.person for item in given] == [engine.fleet.repositories[0].last_commit.author]  # type: ignore[union-attr]


async def test_a_filter_finds_what_is_seen_and_not_what_it_stands_for() -> None:
    engine = private_engine()
    app = sharing_app(engine)
    async with app.run_test(size=(200, 60)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        for pane, named, real in (
            ("1", seen(engine.fleet.repositories[3].name), engine.fleet.repositories[3].name),
            ("2", seen(engine.agenda.meetings[2].summary), engine.agenda.meetings[2].summary.split()[1]),
            ("3", seen(engine.backlog.items[3].title), engine.backlog.items[3].title.split()[1]),
        ):
            shown = app.dashboard.panes[int(pane) - 1]
            await pilot.press(pane, "slash", *named, "enter")
            await rest(pilot)
            assert named in "\n".join("".join(span.text for span in row.spans) for row in shown.list.rows)
            await pilot.press("escape", "slash", *real, "enter")
            await rest(pilot)
            assert not [row for row in shown.list.rows if row.selectable and not row.key.startswith(("gap", "empty"))]
            await pilot.press("escape")
        assert engine.views == []  # what looks for stand-ins is not kept for the next start


async def test_a_filter_is_put_away_and_comes_back() -> None:
    engine = private_engine()
    app = sharing_app(engine, share_safe=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        name = engine.fleet.repositories[3].name
        await pilot.press("1", "slash", *name, "enter")
        await rest(pilot)
        await press(pilot, app, "asterisk")
        assert len(app.query_one(ReposPane).matching()) == len(engine.fleet.repositories)
        await pilot.press("asterisk")
        await rest(pilot)
        assert [repo.name for repo in app.query_one(ReposPane).matching()] == [name]


async def test_what_is_typed_shows_and_is_a_stand_in_once_it_is_saved() -> None:
    engine = private_engine()
    app = sharing_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        known = engine.backlog.items[0].title.split()[1]
        await pilot.press("n", *"Walrus ", *known)
        await rest(pilot)
        assert "Walrus" in text_of(app)
        assert known in text_of(app)
        await pilot.press("enter")
        await wait_for(pilot, lambda: any("Walrus" in item.title for item in engine.backlog.items))
        await rest(pilot)
        assert "walrus" not in text_of(app).casefold()
        assert leaks(app) == {}, text_of(app)


async def test_an_item_can_be_edited_unseen() -> None:
    engine = private_engine()
    app = sharing_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        await press(pilot, app, "3", "g", "e")
        title = app.screen.query_one("#field-title", Input)
        before = title.value
        assert found_in(before)
        await press(pilot, app, "end", "exclamation_mark", "enter")
        assert f"{before}!" in [item.title for item in engine.backlog.items]


async def test_copied_text_has_stand_ins() -> None:
    engine = private_engine()
    app = sharing_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        await press(pilot, app, "3", "g", "j", "y")
        assert app.clipboard.startswith("idea ")
        await press(pilot, app, "1", "g", "y")
        assert app.clipboard.startswith("folder of repository ")
        await pilot.press("asterisk", "y")
        await rest(pilot)
        assert found_in(app.clipboard)


async def test_it_is_on_while_a_meeting_is_under_way() -> None:
    """By the rule sessions go by: the declined one, the focus block and the day-long one do not count."""
    engine, now = private_engine(), NOW.replace(hour=10, minute=59, second=30)
    app = sharing_app(engine, share_safe="meeting")
    app.now = lambda: now
    seen_on: list[tuple[str, bool]] = []
    async with app.run_test(size=(120, 40)) as pilot:
        assert app.hiding  # it is not known yet whether one is
        await wait_for(pilot, lambda: ready(app))
        for moment in ("10:59", "11:00", "11:59", "12:00", "14:00", "15:00", "16:10"):
            hour, minute = map(int, moment.split(":"))
            now = now.replace(hour=hour, minute=minute)
            app.tick()
            await rest(pilot)
            seen_on.append((moment, app.hiding))
            assert bool(found_in(text_of(app))) is not app.hiding
    assert [moment for moment, on in seen_on if on] == ["11:00", "11:59", "14:00"]


async def test_it_stays_off_where_nobody_asked_for_it() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        app.now = lambda: NOW.replace(hour=11, minute=5)
        app.tick()
        await rest(pilot)
        assert not app.hiding
        assert engine.told is None
        assert app._stand_ins is None  # nothing is prepared either


async def test_what_is_told_beside_the_screen_is_told_in_stand_ins() -> None:
    engine = private_engine()
    app = sharing_app(engine, share_safe=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: ready(app))
        await pilot.press("asterisk")
        assert engine.told is not None
        assert engine.told("meeting", engine.agenda.meetings[2].summary) == seen(engine.agenda.meetings[2].summary)
        assert engine.told("meeting", f"Never heard of {canary('it')}").startswith("meeting ")
        await pilot.press("asterisk")
        assert engine.told is None


async def test_a_meeting_that_is_near_is_told_of_without_its_name() -> None:
    engine = private_engine()
    app = sharing_app(engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: ready(app))
        app.remind(NOW.replace(hour=10, minute=50))
        app.remind(NOW.replace(hour=10, minute=56))
        await rest(pilot)
        assert any("in 4 min, at 11:00" in told for told in toasts(app))
        assert leaks(app) == {}
        assert not found_in("\n".join(toasts(app)))


@pytest.mark.parametrize("keys", [("1", "enter"), ("2", "enter"), ("i",), ("f",), ("W",), ("question_mark",)], ids=str)
@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=str)
async def test_the_key_works_over_the_panes_too_and_leaves_open_what_is_open(
    keys: tuple[str, ...], size: tuple[int, int]
) -> None:
    app = sharing_app(private_engine(), share_safe=False)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: ready(app))
        await pilot.press(*keys)
        await rest(pilot)
        over = app.screen
        for on in (True, False, True):
            await pilot.press("asterisk")
            await rest(pilot)
            assert (app.hiding, app.screen) == (on, over)
            assert not (on and leaks(app)), text_of(app)
            assert on or keys == ("question_mark",) or found_in(text_of(app))  # help covers the panes
