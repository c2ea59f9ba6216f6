"""The dashboard on a given engine: what is shown, what keys do, what never happens."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual import events
from textual.binding import Binding
from textual.command import CommandList, CommandPalette
from textual.message import Message
from textual.messages import Layout
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from tests.fakes import NOW, make_app, sample_agenda, sample_engine
from tests.screens import rest, text_of, wait_for
from tui import messages
from tui.app import MakerhourApp
from tui.domain.agenda import Agenda, Meeting
from tui.domain.backlog import Backlog, Item
from tui.domain.keys import ACTIONS
from tui.domain.repos import Commit, Fleet, Repository
from tui.refresh import Failure
from tui.screens.choices import Choices
from tui.screens.detail import DetailScreen
from tui.screens.help import HelpScreen
from tui.screens.item import ItemForm
from tui.screens.prompt import Prompt
from widgets.filter_line import FilterLine
from widgets.pane import Pane
from widgets.row_list import RowList

SIZES = [(80, 24), (120, 40), (200, 60), (54, 20)]
HOSTILE = "[/] [@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \x9b31m \u202e \ud800 q ["


def item(app: MakerhourApp, id: str) -> Item:
    assert app.backlog is not None
    return next(item for item in app.backlog.items if item.id == id)


def is_current(app: MakerhourApp, pane: Pane) -> bool:
    return app.dashboard.current is pane and app.focused is pane.list


def in_state(app: MakerhourApp, id: str, state: str) -> bool:
    return item(app, id).state == state


async def all_shown(pilot: Pilot[Any], app: MakerhourApp, wanted: Iterable[str]) -> None:
    """Wait until each of `wanted` stands on the screen."""
    for shown in wanted:
        await wait_for(pilot, lambda shown=shown: shown in text_of(app))  # type: ignore[misc]


def on_dashboard(app: MakerhourApp) -> bool:
    return app.screen is app.dashboard


async def test_the_panes_and_the_now_bar_show_what_the_sources_say() -> None:
    app = make_app(sample_engine())
    wanted = ("48m free until 11:00 Board prep", "38 usable", "best fit Voice inbox",
              "! ledger-api", "1 in conflict", "↓2", "● voicebox", "↑2", "└ inbox", "× broken",
              "HEAD is damaged", "behind, Ana +1", "◌ sketchpad", "7 repos · 2 need you",
              "all day Release week", "━━ now ━", "38m usable", "→ 10:55", "Candidate: SRE lead", "conflict",
              "Vendor pitch", "declined", "Inbox 2", "24 Voice inbox", "Delegated 1", "Wed 1 Apr",
              "6 items")  # fmt: skip
    async with app.run_test(size=(120, 40)) as pilot:
        await all_shown(pilot, app, wanted)


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_shows_frames_that_fit(size: tuple[int, int]) -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: "1 Repositories" in text_of(app) and "Quit" in text_of(app).splitlines()[-1])
        lines = text_of(app).splitlines()
        assert len(lines) == size[1]
        assert max(map(len, lines)) <= size[0]
        shown = [1] if size[0] < 60 else [1, 2, 3, 4] if size[0] >= 160 else [1, 2, 3]
        panes = app.dashboard.query(Pane).results
        await wait_for(pilot, lambda: [pane.number for pane in panes(Pane) if pane.display] == shown)


async def test_ascii_mode_shows_only_ascii() -> None:
    app = make_app(sample_engine(), ascii_marks=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "Inbox" in text_of(app))
        assert {char for char in text_of(app) if not char.isascii()} == set()


async def test_numbers_tab_and_zoom_move_between_panes() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        board = app.dashboard
        for key, pane in (("2", board.agenda), ("3", board.backlog), ("1", board.repos), ("tab", board.agenda),
                          ("tab", board.backlog), ("tab", board.repos), ("shift+tab", board.backlog),
                          ("4", board.backlog)):  # fmt: skip
            await pilot.press(key)
            await wait_for(pilot, partial(is_current, app, pane))

        def displayed() -> list[bool]:
            return [pane.display for pane in (board.repos, board.agenda, board.backlog)]

        await pilot.press("z")
        await wait_for(pilot, lambda: displayed() == [False, False, True])
        await pilot.press("1")
        await wait_for(pilot, lambda: displayed() == [True, False, False])
        await pilot.press("z")
        await wait_for(pilot, lambda: displayed() == [True, True, True])


async def test_the_detail_stands_beside_where_there_is_room_and_over_the_panes_elsewhere() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(200, 60)) as pilot:
        await wait_for(pilot, lambda: "1 file in conflict" in text_of(app))
        await pilot.press("j", "j")
        await wait_for(pilot, lambda: "https://example.com/acme/voicebox" in text_of(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.dashboard.current is app.dashboard.detail)
        await pilot.press("1")
        await wait_for(pilot, partial(is_current, app, app.dashboard.repos))
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, lambda: not app.dashboard.detail_beside)
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, DetailScreen) and "upstream" in text_of(app))
        await pilot.press("escape")
        await wait_for(pilot, lambda: on_dashboard(app))


async def test_the_filter_narrows_as_it_is_typed_and_keys_are_text_meanwhile() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None)
        await pilot.press("slash", *"quit vo")
        await wait_for(pilot, lambda: "nothing matches" in text_of(app))
        assert app.is_running
        assert app.dashboard.query_one(FilterLine).has_focus
        await pilot.press(*["backspace"] * 7, *"inbox")
        await wait_for(pilot, lambda: "/inbox · 1 of 7 repos" in text_of(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.dashboard.repos.list.has_focus)
        await wait_for(pilot, lambda: app.dashboard.repos.key == "/home/kim/src/voicebox-inbox")
        await pilot.press("escape")
        await wait_for(pilot, lambda: "7 repos · 2 need you" in text_of(app))


async def test_the_cursor_stays_with_its_repository_when_the_order_changes() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None)
        app.dashboard.repos.list.select("/home/kim/src/site")
        await pilot.pause()
        changed = tuple(
            replace(repo, conflicted=2) if repo.name == "site" else repo for repo in engine.fleet.repositories
        )
        engine.post(messages.ReposRefreshed(replace(engine.fleet, repositories=changed)))
        await wait_for(pilot, lambda: "2 in conflict" in text_of(app))
        assert app.dashboard.repos.key == "/home/kim/src/site"
        assert [row.key for row in app.dashboard.repos.list.rows][:2] == [
            "/home/kim/src/ledger-api",
            "/home/kim/src/site",
        ]
        gone = tuple(repo for repo in changed if repo.name != "site")
        engine.post(messages.ReposRefreshed(replace(engine.fleet, repositories=gone)))
        await wait_for(pilot, lambda: "6 repos" in text_of(app))
        assert app.dashboard.repos.key is not None


async def test_a_refresh_paints_only_the_rows_that_differ() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await all_shown(pilot, app, ("6 items", "Delegated 1"))
        await rest(pilot)
        painted: list[int] = []
        rows = app.dashboard.repos.list
        original = rows.refresh_lines

        def record(y_start: int, line_count: int = 1) -> None:
            painted.append(y_start)
            original(y_start, line_count)

        rows.refresh_lines = record  # type: ignore[method-assign]  # counts, and does the same
        engine.post(messages.ReposRefreshed(replace(engine.fleet, taken_at=NOW + timedelta(minutes=1))))
        await rest(pilot)
        assert painted == []
        changed = tuple(
            replace(repo, behind=9) if repo.name == "billing" else repo for repo in engine.fleet.repositories
        )
        engine.post(messages.ReposRefreshed(replace(engine.fleet, repositories=changed)))
        await wait_for(pilot, lambda: "↓9" in text_of(app))
        assert painted == [4]


@pytest.mark.parametrize(
    ("key", "kind", "values"),
    [("e", "editor", {}), ("exclamation_mark", "shell", {}), ("L", "git-client", {}), ("a", "agent", {})],
)
async def test_launch_keys_start_programs_in_the_selected_repository(
    key: str, kind: str, values: dict[str, str]
) -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None)
        app.dashboard.repos.list.select("/home/kim/src/voicebox")
        await pilot.press(key)
        url = "https://example.com/acme/voicebox"
        path = Path("/home/kim/src/voicebox")
        await wait_for(pilot, lambda: engine.refreshed == [(path,)])
        assert engine.launched == [(kind, path, {"branch": "feat/hold-music", "url": url})]
        assert engine.paused is False


async def test_a_program_that_is_missing_is_a_sentence() -> None:
    engine = sample_engine()
    engine.launch_error = "`hx` is not installed or not on the PATH; set `[launch] editor`"
    app = make_app(engine)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None)
        await pilot.press("e")
        await wait_for(pilot, lambda: "`hx` is not installed" in text_of(app))
        assert engine.paused is False


async def test_the_forge_and_a_join_link_open_in_the_browser_or_say_there_is_none() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("o")
        await wait_for(pilot, lambda: "no remote with a web page" in text_of(app))
        await pilot.press("2", "g", "j", "o")
        await wait_for(pilot, lambda: "no join link" in text_of(app))
        await pilot.press("j", "j", "o")
        await wait_for(pilot, lambda: engine.launched)
        assert [(kind, values) for kind, _, values in engine.launched] == [
            ("browser", {"url": "https://meet.example.com/abc"})
        ]


async def test_seen_refresh_and_copy_go_to_the_engine() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None)
        await pilot.press("m", "r", "R", "y")
        first = (Path("/home/kim/src/ledger-api"),)
        await wait_for(pilot, lambda: app.clipboard == "/home/kim/src/ledger-api")
        assert engine.seen == [first]
        assert engine.refreshed == [first, ()]
        await pilot.press("M")
        await wait_for(pilot, lambda: len(engine.seen) == 2)
        assert len(engine.seen[1]) == 7


async def test_undo_takes_back_what_was_done_last_be_it_that_something_was_seen() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None and app.backlog is not None)
        items = engine.backlog.items
        await pilot.press("m", "3", "x", "1", "M", "u")
        await wait_for(pilot, lambda: "undone: seen, 7 repositories" in text_of(app))
        assert len(engine.seen) == 1
        assert engine.backlog.items != items
        await pilot.press("u")
        await wait_for(pilot, lambda: engine.backlog.items == items)
        assert len(engine.seen) == 1
        await pilot.press("u")
        await wait_for(pilot, lambda: "undone: seen, ledger-api" in text_of(app))
        assert engine.seen == []
        await pilot.press("u")
        await wait_for(pilot, lambda: "nothing to be undone" in text_of(app))


async def test_other_days_are_asked_for_and_shown() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2", "right_square_bracket")
        await wait_for(pilot, lambda: "2 Tomorrow  Wed 11 Mar" in text_of(app))
        await all_shown(pilot, app, ("no meetings", "8h55 usable"))
        await pilot.press("left_square_bracket", "left_square_bracket")
        await wait_for(pilot, lambda: "Yesterday  Mon 9 Mar" in text_of(app))
        await pilot.press("t")
        await wait_for(pilot, lambda: "Today  Tue 10 Mar" in text_of(app))
        assert [day.day for day in engine.days] == [11, 10, 9, 10]


async def test_verdicts_by_key_with_what_they_need_asked_for_and_undone() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("3")
        app.dashboard.backlog.list.select("i1")
        before = app.backlog
        await pilot.press("b")
        await wait_for(pilot, lambda: item(app, "i1").state == "build")
        app.dashboard.backlog.list.select("i1")
        await pilot.press("d")
        await wait_for(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("enter")
        await wait_for(pilot, lambda: "needs a name" in text_of(app))
        await pilot.press(*"Ana")
        line = app.screen.query_one(Input)
        await wait_for(pilot, lambda: line._suggestion == "Ana Sousa")  # looked up on the side
        await pilot.press("right", "enter")
        await wait_for(pilot, lambda: item(app, "i1").state == "delegated")
        assert item(app, "i1").person == "Ana Sousa"
        app.dashboard.backlog.list.select("i1")
        await pilot.press("l")
        await wait_for(pilot, lambda: isinstance(app.screen, Choices))
        await pilot.press("enter")
        await wait_for(pilot, lambda: item(app, "i1").state == "later")
        assert str(item(app, "i1").until) == "2026-03-11"
        app.dashboard.backlog.list.select("i1")
        await pilot.press("x")
        await wait_for(pilot, lambda: item(app, "i1").state == "dropped")
        for state in ("later", "delegated", "build", "inbox"):
            await pilot.press("u")
            await wait_for(pilot, partial(in_state, app, "i1", state))
        assert app.backlog == before
        await pilot.press("u")
        await wait_for(pilot, lambda: "nothing to be undone" in text_of(app))
        await pilot.press("ctrl+r")
        await wait_for(pilot, lambda: item(app, "i1").state == "build")


async def test_a_new_idea_from_any_pane_in_one_line() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("n")
        await wait_for(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"Usage caps limiter 45m !4/5 @billing #pricing", "enter")
        await wait_for(pilot, lambda: app.backlog is not None and len(app.backlog.items) == 8)
        made = item(app, "new1")
        assert (made.title, made.estimate, made.impact, made.edge) == ("Usage caps limiter", 45, 4, 5)
        assert (made.repo, made.theme, made.state) == ("billing", "pricing", "inbox")
        await pilot.press("n")
        await wait_for(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("escape")
        await wait_for(pilot, lambda: on_dashboard(app))
        await pilot.press("u")
        await wait_for(pilot, lambda: app.backlog is not None and len(app.backlog.items) == 7)


async def test_an_item_is_edited_in_a_form_that_says_what_is_wrong() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("3")
        app.dashboard.backlog.list.select("i2")
        await pilot.press("e")
        await wait_for(pilot, lambda: isinstance(app.screen, ItemForm))
        app.screen.query_one("#field-impact", Input).value = "9"
        await pilot.press("enter")
        await wait_for(pilot, lambda: "from 1 to 5" in text_of(app))
        app.screen.query_one("#field-impact", Input).value = "5"
        app.screen.query_one("#field-estimate", Input).value = "1h30"
        await pilot.press("enter")
        await wait_for(pilot, lambda: item(app, "i2").impact == 5)
        assert item(app, "i2").estimate == 90
        await pilot.press("plus", "minus", "minus")
        await wait_for(pilot, lambda: item(app, "i2").estimate == 60)
        await pilot.press("space")
        await wait_for(pilot, lambda: item(app, "i2").state == "done")


async def test_what_fits_lists_reasons_and_opens_the_repository() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("f")
        await wait_for(pilot, lambda: isinstance(app.screen, Choices))
        await all_shown(
            pilot, app, ("What fits 38 usable min, 10:12 to 10:55", "30 of 38 usable min", "10 within a month")
        )
        await pilot.press("enter")
        await wait_for(pilot, lambda: bool(engine.launched))
        assert engine.launched[0][:2] == ("editor", Path("/home/kim/src/voicebox"))


async def test_help_and_palette_come_from_the_bindings() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen))
        said = ("Repositories", "Everywhere", "Editor in here", "Leave (^z: until fg)", "What fits the time left")
        await all_shown(pilot, app, said)
        assert len(app.screen.query_one(RowList).rows) <= 20
        await pilot.press("escape")
        await wait_for(pilot, lambda: on_dashboard(app))
        names = [entry.title for entry in app.shelves(app.screen)[0].things]
        assert {"Repositories: Editor", "Fits", "New", "Zoom", "Theme"} <= set(names)
        await pilot.press("colon")
        await wait_for(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press(*"zoom")
        found = app.screen.query_one(CommandList)  # searched for on the side
        await wait_for(pilot, lambda: found.option_count and "Zoom" in str(found.get_option_at_index(0).prompt))
        await pilot.press("enter", "enter")
        await wait_for(pilot, lambda: app.dashboard.has_class("-zoomed"))


def test_every_binding_has_a_name_that_the_configuration_knows() -> None:
    from tui.screens import (
        brief,
        choices,
        dashboard,
        detail,
        dialog,
        guide,
        help,
        hold,
        item,
        leaving,
        meanwhile,
        note,
        prompt,
        settings,
        triage,
    )
    from widgets import agenda, backlog, now_bar, pane, repos, row_list

    owners: tuple[type[Widget], ...] = (
        choices.Choices,
        dashboard.Dashboard,
        detail.DetailScreen,
        help.HelpScreen,
    )
    owners += (
        brief.BriefScreen,
        hold.HoldScreen,
        guide.GuideScreen,
        note.NoteScreen,
        settings.SettingsScreen,
        triage.TriageScreen,
        item.ItemForm,
        leaving.Leaving,
        meanwhile.MeanwhileScreen,
        prompt.Prompt,
        agenda.AgendaPane,
        backlog.BacklogPane,
        now_bar.NowBar,
        pane.Pane,
        repos.ReposPane,
    )
    bindings = [
        binding for owner in (*owners, dialog.Dialog, row_list.RowList) for binding in vars(owner).get("BINDINGS", ())
    ]
    names = {binding.id for binding in bindings if isinstance(binding, Binding) and binding.id}
    assert len(bindings) == sum(isinstance(binding, Binding) and bool(binding.id) for binding in bindings)
    assert names == set(ACTIONS)


async def test_keys_can_be_changed_by_name() -> None:
    engine = sample_engine()
    app = make_app(engine, keys=(("repos.editor", "E"),))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None)
        await pilot.press("e")
        assert engine.launched == []
        await pilot.press("E")
        await wait_for(pilot, lambda: len(engine.launched) == 1)
        await wait_for(pilot, lambda: "E Editor" in text_of(app))


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_hostile_text_is_shown_safely_everywhere(size: tuple[int, int]) -> None:
    engine = sample_engine()
    when = NOW - timedelta(hours=1)
    bad = Repository(Path(f"/x/{HOSTILE}"), HOSTILE, branch=HOSTILE, head="1" * 40, upstream=HOSTILE, ahead=1, behind=0,
                     last_commit=Commit("2" * 40, HOSTILE, when, HOSTILE))  # fmt: skip
    worse = replace(bad, path=Path("/y"), error=HOSTILE)
    engine.fleet = Fleet((bad, worse), problems=(HOSTILE,))
    meeting = Meeting(NOW + timedelta(hours=1), NOW + timedelta(hours=2), HOSTILE, HOSTILE, HOSTILE, location=HOSTILE)
    engine.agenda = replace(sample_agenda(), meetings=(meeting,))
    engine.backlog = Backlog((Item(HOSTILE, HOSTILE, "build", estimate=15, repo=HOSTILE, person=HOSTILE, why=HOSTILE),),
                             notes=(HOSTILE,))  # fmt: skip
    app = make_app(engine)
    async with app.run_test(size=size, notifications=True) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        engine.post(messages.RefreshFailed("agenda", HOSTILE))
        engine.post(messages.WriteFailed("backlog", HOSTILE))
        for keys in (["enter", "escape"], ["y"], ["m"], ["3", "enter", "escape"], ["e", "escape"], ["f", "escape"],
                     ["2", "j", "enter", "escape"], ["o"], ["y"], ["colon", *"theme", "escape"]):  # fmt: skip
            await pilot.press(*keys)
            await pilot.pause()
            shown = text_of(app)
            assert not any((ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0 for char in shown)
            assert not {"\u202e", "\ud800"} & set(shown)
            assert app.is_running


async def test_a_source_that_turns_bad_keeps_what_was_shown_and_says_since_when(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        told: list[str] = []
        monkeypatch.setattr(app, "notify", lambda message, **_: told.append(message))
        for _ in range(3):
            engine.post(messages.RefreshFailed("agenda", "the disk is gone"))
        await all_shown(pilot, app, ("stale since 10:12", "Board prep", "agenda: the disk is gone"))
        await rest(pilot)
        assert len(told) == 1
        engine.post(messages.AgendaRefreshed(sample_agenda()))
        await wait_for(pilot, lambda: "stale since" not in text_of(app))


async def test_a_source_past_its_deadline_is_named() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        engine.late = (Failure("repos", "no answer for 10 s, still waiting"),)
        app.tick()
        await wait_for(pilot, lambda: "no answer for 10 s" in text_of(app))


async def test_a_source_without_a_pane_is_named_too_until_it_answers() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        engine.post(messages.RefreshFailed("ledger", "the disk is gone"))
        await all_shown(pilot, app, ("ledger: the disk is gone",))
        assert "stale since" not in text_of(app)
        app.say_read("ledger")
        await wait_for(pilot, lambda: app.dashboard.key_bar.alert == "")


async def test_a_message_that_arrives_under_a_dialog_finds_its_pane() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("question_mark")
        engine.post(messages.ReposRefreshed(Fleet((Repository(Path("/late"), "late", head="1" * 40),))))
        engine.post(messages.RefreshFailed("backlog", "gone"))
        await pilot.press("escape")
        await wait_for(pilot, lambda: "late" in text_of(app))


async def test_empty_panes_teach() -> None:
    engine = sample_engine()
    engine.fleet = Fleet((), problems=("`/nope` is not there",))
    engine.agenda = Agenda(datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 18, tzinfo=UTC), "UTC")
    engine.backlog = Backlog()
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        said = ("no repositories found", "looked in ~/src", "`/nope` is not there", "C finds them",
                "no calendar yet", "C finds yours", "C finds one", "[[calendars]]", "nothing in the backlog",
                "n writes down an idea")  # fmt: skip
        await all_shown(pilot, app, said)


async def test_a_broken_backlog_is_said_in_its_pane_and_the_last_good_items_stay() -> None:
    engine = sample_engine()
    engine.backlog = replace(engine.backlog, problem="line 3, column 5 of `backlog.toml` is not TOML; mend it")
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await all_shown(pilot, app, ("line 3, column 5", "Voice inbox"))


@pytest.mark.parametrize("theme", ["makerhour-dark", "makerhour-light", "textual-light", "ansi-dark", "nord"])
async def test_themes_apply(theme: str) -> None:
    app = make_app(sample_engine(), theme=theme)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        assert app.theme == theme
        await wait_for(pilot, lambda: "voicebox" in text_of(app))


async def test_clicks_select_and_double_clicks_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MakerhourApp, "CLICK_CHAIN_TIME_THRESHOLD", 60.0)  # two clicks of a busy machine lie far apart
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        rows = app.dashboard.repos.list
        await wait_for(pilot, lambda: "voicebox" in text_of(app))
        await pilot.click(rows, offset=(5, 2))
        await wait_for(pilot, lambda: app.dashboard.repos.key == "/home/kim/src/voicebox")
        await pilot.click(rows, offset=(5, 3), times=2)
        await wait_for(pilot, lambda: isinstance(app.screen, DetailScreen))


async def test_a_path_that_is_no_text_is_copied_as_far_as_it_is() -> None:
    engine = sample_engine()
    engine.fleet = Fleet((Repository(Path("/src/caf\udce9"), "caf\udce9", head="1" * 40),))
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None)
        await pilot.press("y")
        await wait_for(pilot, lambda: app.clipboard == "/src/caf?")


async def test_a_day_that_is_not_read_yet_promises_nothing() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2", *["right_square_bracket"] * 9)
        await wait_for(pilot, lambda: "reading this day" in text_of(app))
        assert "usable" not in text_of(app).splitlines()[-2]


async def test_a_detail_that_loses_its_place_gives_the_keys_back() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(200, 60)) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None)
        await pilot.press("4")
        await wait_for(pilot, lambda: app.dashboard.current is app.dashboard.detail)
        await pilot.resize_terminal(120, 40)
        await wait_for(pilot, lambda: not app.dashboard.detail_beside)
        app.tick()
        await wait_for(pilot, lambda: app.dashboard.repos.list.has_focus)
        await pilot.press("j")
        await wait_for(pilot, lambda: app.dashboard.repos.key == "/home/kim/src/broken")


async def test_a_key_for_the_row_works_from_its_detail() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, DetailScreen))
        await pilot.press("e")
        await wait_for(pilot, lambda: len(engine.launched) == 1)
        await wait_for(pilot, lambda: on_dashboard(app))


async def test_until_the_first_key_the_cursor_stands_on_the_first_row() -> None:
    engine = sample_engine()
    quiet = tuple(Repository(repo.path, repo.name, pending=True) for repo in engine.fleet.repositories)
    whole, engine.fleet = engine.fleet, replace(engine.fleet, repositories=quiet)
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: "waiting for git" in text_of(app))
        engine.post(messages.ReposRefreshed(whole))
        await wait_for(pilot, lambda: "1 in conflict" in text_of(app))
        await wait_for(pilot, lambda: app.dashboard.repos.key == "/home/kim/src/ledger-api")


async def test_time_moves_ages_and_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(200, 60)) as pilot:
        await wait_for(pilot, lambda: "6m ago" in text_of(app))
        app.now = lambda: NOW + timedelta(hours=3)
        app.tick()
        await all_shown(pilot, app, ("3h ago", "read 13:12"))


async def test_a_source_that_answers_as_before_is_no_longer_stale() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        engine.late = (Failure("agenda", "no answer for 30 s, still waiting"),)
        app.tick()
        await wait_for(pilot, lambda: "stale since" in text_of(app))
        engine.late = ()
        app.tick()
        await wait_for(pilot, lambda: "stale since" not in text_of(app))


async def test_a_detail_asked_for_three_times_opens_once_and_closes_once() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        pane = app.dashboard.repos
        for _ in range(3):
            pane.post_message(Pane.OpenRequested(pane, pane.key or ""))
        await wait_for(pilot, lambda: isinstance(app.screen, DetailScreen))
        await rest(pilot)
        assert len(app.screen_stack) == 2
        detail = app.screen
        assert isinstance(detail, DetailScreen)
        detail.answer(None)
        detail.answer(None)
        await wait_for(pilot, lambda: on_dashboard(app))


@pytest.mark.parametrize("size", SIZES)
async def test_the_screen_comes_to_rest(size: tuple[int, int]) -> None:
    seen: list[Message] = []
    app = make_app(sample_engine())
    async with app.run_test(size=size, message_hook=seen.append) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)

        async def at_rest() -> bool:
            seen.clear()
            await rest(pilot)
            return not any(isinstance(message, events.Resize | Layout) for message in seen)

        deadline = time.monotonic() + 60
        while not await at_rest():
            assert time.monotonic() < deadline, "it is laid out again and again"


async def test_time_that_passes_while_it_ends_is_nothing() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None)
    assert not app.screen_stack
    app.tick()
