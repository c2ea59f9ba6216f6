"""Keys on the dashboard: every one is in help, palette and README; the person's own; the key bar; the Now bar."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.fakes import FakeEngine, make_app, sample_engine
from tests.screens import rest, text_of, wait_for
from tests.test_session_app import under_way
from tui.app import MakerhourApp
from tui.domain.key_lines import COMMON
from tui.domain.keymap import KeyAction, display_key
from tui.domain.keys import ACTIONS
from tui.domain.syncing import Unsent
from tui.screens.help import HelpScreen, keys_in_force
from tui.screens.key_places import bindings_of, key_places, opened_screens
from widgets.row_list import RowList

README = Path(__file__).resolve().parent.parent / "README.md"
WIDEST_TOLD = 23
"""Cells that help has for what a key does, at 80x24."""
PLACES = key_places()
ALL: Mapping[str, tuple[str, KeyAction]] = {
    action.id: (place.name, action) for place in reversed(PLACES) for layer in place.layers for action in layer
}


@dataclass(frozen=True)
class Opened:
    """A way to a place with keys."""

    keys: tuple[str, ...]
    prepare: Callable[[FakeEngine], object] = lambda _engine: None
    size: tuple[int, int] = (80, 24)


def unsent(engine: FakeEngine) -> None:
    engine.unsent = Unsent(2)


WAYS = {
    "Repositories": Opened(("1",)),
    "Today": Opened(("2",)),
    "Backlog": Opened(("3",)),
    "Detail": Opened(("4",), size=(200, 60)),
    "Now": Opened(("0",)),
    "Detail over the panes": Opened(("enter",)),
    "A choice": Opened(("f",)),
    "Triage": Opened(("i",)),
    "Holding a gap": Opened(("2", "h")),
    "What the agent is told": Opened(("3", "g", "j", "j", "a")),
    "A note": Opened(("full_stop",), lambda engine: engine.entries.append(under_way())),
    "A question": Opened(("n",)),
    "Editing an item": Opened(("3", "g", "j", "j", "e")),
    "Meanwhile": Opened(("W",)),
    "Help": Opened(("question_mark",)),
    "Settings": Opened(("comma",)),
    "First steps": Opened(("C",)),
    "Leaving": Opened(("q",), unsent),
}


async def go(pilot: Pilot[None], app: MakerhourApp, name: str) -> None:
    """Go to the place called `name`."""
    await wait_for(pilot, lambda: app.fleet and app.agenda and app.backlog and app.ledger)
    await wait_for(pilot, lambda: not WAYS[name].keys[0].startswith("full") or app.session)
    await pilot.press(*WAYS[name].keys)
    await wait_for(pilot, lambda: app._help_title(app.screen) == name)
    await rest(pilot)


def test_every_screen_with_keys_can_be_gone_to_here() -> None:
    assert {place.name for place in PLACES} == set(WAYS), "a way to it belongs into WAYS"
    assert set(ALL) - {""} == set(ACTIONS)


def test_every_key_is_told_in_a_few_words() -> None:
    assert {id: action.told for id, (_, action) in ALL.items() if not 0 < len(action.told) <= WIDEST_TOLD} == {}
    assert {id: action.name for id, (_, action) in ALL.items() if not action.name} == {}


@pytest.mark.parametrize("name", WAYS)
async def test_every_key_of_a_place_is_in_its_help_and_its_palette(name: str) -> None:
    engine, way = sample_engine(), WAYS[name]
    way.prepare(engine)
    app = make_app(engine, sync=name == "Leaving")
    async with app.run_test(size=way.size) as pilot:
        await go(pilot, app, name)
        told = {line.text for line in keys_in_force(app.screen, app.get_key_display)}
        found = {entry.key for entry in app.shelves(app.screen)[0].things}
        place = next(place for place in PLACES if place.name == name)
        for action in (action for layer in place.layers for action in layer if action.id):
            node = next(node for node, _ in [*app._owners(app.screen)] if action.id in _ids(node))
            can = [binding for binding in bindings_of(type(node)) if binding.id == action.id]
            now = any(app._check_action_state(binding.action, node) is not False for binding in can)
            if (not now and app.screen is app.dashboard) or (action.id == "dialog.help" and name == "Help"):
                continue  # a filter to clear where nothing is filtered
            assert action.told in told, action
            assert action.id in found or action.id == "app.palette", action


def _ids(node: object) -> set[str]:
    return {binding.id or "" for binding in bindings_of(type(node))}  # type: ignore[arg-type]


def readme_keys() -> dict[str, set[str]]:
    """The keys of README's key tables, by the heading of their column, or their row's first cell."""
    section = README.read_text().split("\n## Keys\n")[1].split("\n### ")[0]
    found: dict[str, set[str]] = {}
    heads: list[str] = []
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells or set(line) <= set("|-"):
            heads = heads if cells else []
        elif not heads:
            heads = [cell.strip("| ") for cell in line.strip("|").split("|")]
        elif heads[0] == "what opens":
            found.setdefault(cells[0], set()).update(re.findall("`([^`]+)`", cells[1]))
        else:
            for place in range(0, len(cells), 2):
                found.setdefault(heads[place].strip(), set()).update(re.findall("`([^`]+)`", cells[place]))
    return found


def test_every_key_stands_in_the_readme() -> None:
    tables = readme_keys()
    heads = {"In every pane": "in a pane", "In every list": "in a pane"}
    missing = set()
    for place in PLACES:
        for action in (action for layer in place.layers for action in layer):
            name = COMMON.get(action.id.partition(".")[0] or "app", ALL[action.id][0])
            written = {key.casefold() if len(key) > 1 else key for key in tables[heads.get(name, name.lower())]}
            if not written & {shown for key in action.keys for shown in (key, display_key(key))}:
                missing.add((name, action.id, action.keys))
    assert missing == set()


@pytest.mark.parametrize("pane", ["1", "2", "3"])
async def test_help_is_one_page_with_nothing_cut(pane: str) -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press(pane, "question_mark")
        await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen))
        rows = app.screen.query_one(RowList)
        assert len(rows.rows) <= rows.size.height
        assert not rows.show_vertical_scrollbar
        assert [row for row in rows.rows if "…" in "".join(span.text for span in row.spans)] == []
        assert "q         Leave (^z: until fg)" in text_of(app)


async def test_help_is_searched_as_one_types_over_all_places() -> None:
    app = make_app(sample_engine(), keys=(("backlog.sync", "ctrl+y"),))
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("2", "question_mark")
        await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press(*"git")
        await wait_for(pilot, lambda: "^y        Sync through git" in text_of(app))
        said = text_of(app)
        assert "Backlog" in said
        assert "L         Git client in here" in said
        assert "Hold a gap" not in said
        await pilot.press(*" zz")
        await wait_for(pilot, lambda: "no key does that" in text_of(app))
        await pilot.press("escape")
        await wait_for(pilot, lambda: "Hold a gap for making" in text_of(app))
        await pilot.press("slash", "j", "o", "i", "n")
        await wait_for(pilot, lambda: "Open the join link" in text_of(app) and "Copy time" not in text_of(app))
        await pilot.press("escape", "q")
        await wait_for(pilot, lambda: app.screen is app.dashboard)


async def test_wrong_keys_are_said_at_the_start_and_the_others_work() -> None:
    engine = sample_engine()
    app = make_app(engine, keys=(("repos.editor", "E"), ("repos.shell", "a")), key_problems=("`keys.x` is no action",))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None)
        await wait_for(pilot, lambda: "`keys.x` is no action" in text_of(app) and "the key `a` is" in text_of(app))
        await pilot.press("E")
        await wait_for(pilot, lambda: engine.launched)
        await pilot.press("a")
        await wait_for(pilot, lambda: [kind for kind, *_ in engine.launched] == ["editor", "shell"])


@pytest.mark.parametrize("width", [54, 80, 120, 200])
async def test_the_keys_of_a_session_stand_in_the_key_bar_while_it_is_under_way(width: int) -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(width, 30)) as pilot:
        await wait_for(pilot, lambda: app.ledger is not None and app.backlog is not None)
        last = text_of(app).splitlines()[-1]
        assert " e Editor  a Agent " in last
        assert "? Help  q Quit" in last
        assert "Note" not in last
        engine.record((under_way(),))
        app.tend(engine.entries[0].session)
        app.show_session()
        await wait_for(pilot, lambda: " . Note  p Session  e Editor " in text_of(app).splitlines()[-1])
        assert "? Help  q Quit" in text_of(app).splitlines()[-1]
        app.tend(None)
        app.show_session()
        await wait_for(pilot, lambda: "Note" not in text_of(app).splitlines()[-1])


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_now_bar_takes_the_focus_and_enter_starts_what_it_proposes(size: tuple[int, int]) -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None and "Voice inbox" in text_of(app))
        board = app.dashboard
        leaving = {"escape": board.repos, "tab": board.repos, "2": board.agenda, "shift+tab": board.backlog}
        for leave, current in leaving.items():
            await pilot.press("0")
            await wait_for(pilot, lambda: app.dashboard.now_bar.has_focus and "▸ 10:12" in text_of(app))
            await pilot.press(leave)
            await wait_for(pilot, lambda current=current: app.focused is current.list)  # type: ignore[misc]
        assert "▸ 10:12" not in text_of(app)
        await pilot.press("0", "enter")
        await wait_for(pilot, lambda: engine.launched)
        assert engine.launched[0][:2] == ("editor", Path("/home/kim/src/voicebox"))
        app.dashboard.now_bar.notice = ""
        await wait_for(pilot, lambda: "building Voice inbox" in text_of(app))
        await pilot.press("0", "enter")
        await wait_for(pilot, lambda: "go on in the editor" in text_of(app))
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        await pilot.click(app.dashboard.now_bar)
        await wait_for(pilot, lambda: "go on in the editor" in text_of(app))


async def test_a_now_bar_with_nothing_to_propose_shows_why() -> None:
    engine = sample_engine()
    engine.backlog = type(engine.backlog)()
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("0", "enter")
        await wait_for(pilot, lambda: "nothing to build fits" in text_of(app))


def test_the_screens_are_found_by_themselves() -> None:
    assert {"HelpScreen", "Choices", "TriageScreen"} <= {kind.__name__ for kind in opened_screens()}


async def test_help_over_a_detail_tells_the_keys_of_its_row_too() -> None:
    engine = sample_engine()
    app = make_app(engine, keys=(("dialog.help", "f2"),))
    async with app.run_test(size=(80, 24)) as pilot:
        await go(pilot, app, "Detail over the panes")
        await pilot.press("f2")
        await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen))
        said = text_of(app)
        assert "Back to the panes" in said
        assert "Editor in here" in said
        assert "space ← → Its lanes" in said
        assert said.count("A row down, up") == 1
        await pilot.press("escape", "e")
        await wait_for(pilot, lambda: engine.launched)
