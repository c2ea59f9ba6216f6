"""The guided start and the list of settings on a given engine: what is shown, what keys do, what never happens."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual import events
from textual.pilot import Pilot

from tests.fakes import FakeEngine, make_app, sample_engine
from tests.screens import rest, text_of, wait_for
from tui import messages
from tui.app import MakerhourApp
from tui.domain.agenda import Agenda
from tui.domain.attention import AttentionRules
from tui.domain.beginning import Beginning, Examined, FoundCalendar, FoundProgram, FoundRoot, Surroundings
from tui.domain.known_settings import KnownSettings, Setting
from tui.settings import Settings

SIZES = [(54, 20), (80, 24), (120, 40), (200, 60)]
HOSTILE = "[/] [@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \x9b31m \u202e q ["
SECRET = "https://calendar.example.com/private-5ecret/basic.ics"
FOUND = Surroundings(
    roots=(FoundRoot("~/code", 12), FoundRoot("~/src", 0)),
    calendars=(FoundCalendar("~/calendar.ics", "~/calendar.ics", "a file"),),
    remarks=("Thunderbird keeps `Work` in a database, which is not read",),
    addresses=("kim@example.com",),
    programs=(
        FoundProgram("editor", "nvim", "as $EDITOR says"),
        FoundProgram("editor", "code"),
        FoundProgram("agent", "claude", "the first one found"),
    ),
    path="~/.config/makerhour/config.toml",
    folder="/home/kim/.config/makerhour",
    complete=True,
)
TYPED = FoundCalendar(SECRET, "https://calendar.example.com/…", "an address, kept in a file of its own", "address")


def unconfigured(engine: FakeEngine) -> MakerhourApp:
    app = make_app(engine)
    app.settings = replace(app.settings, configured=False)
    return app


@pytest.fixture
def engine() -> FakeEngine:
    made = sample_engine()
    made.surroundings = (FOUND,)
    made.examined = {SECRET: Examined("calendar", calendar=TYPED), "~/no": Examined("root", "`~/no` is no folder here")}
    return made


async def shows(pilot: Pilot[Any], *texts: str) -> None:
    for text in texts:
        await wait_for(pilot, lambda text=text: text in text_of(pilot.app))  # type: ignore[misc]


async def on_dashboard(pilot: Pilot[Any], app: MakerhourApp) -> None:
    await wait_for(pilot, lambda: app.screen is app.dashboard and app.backlog is not None)


@pytest.mark.parametrize("size", SIZES)
async def test_from_one_key_to_one_yes(engine: FakeEngine, size: tuple[int, int]) -> None:
    app = unconfigured(engine)
    async with app.run_test(size=size) as pilot:
        await on_dashboard(pilot, app)
        await pilot.press("C")
        await shows(pilot, "1 of 5", "[x] ~/code", "12 repositories", "[ ] ~/src", "no repositories")
        await pilot.press("enter")
        await shows(pilot, "2 of 5", "[x] ~/calendar.ics", "Thunderbird keeps")
        await pilot.press("enter")
        await shows(pilot, "3 of 5", "[x] kim@example.com")
        await pilot.press("enter")
        await shows(pilot, "4 of 5", "(x) nvim", "( ) code", "(x) claude")
        await pilot.press("enter")
        await shows(pilot, "5 of 5", "[repositories]", 'roots = ["~/code"]')
        lines = text_of(app).splitlines()
        assert len(lines) == size[1]
        assert max(map(len, lines)) <= size[0]
        await pilot.press("enter", "space", "a")  # nothing but the yes
        await rest(pilot)
        assert engine.beginnings == []
        await pilot.press("y", "y")
        await on_dashboard(pilot, app)
        assert engine.beginnings == [Beginning(("~/code",), FOUND.calendars, ("kim@example.com",))]


@pytest.mark.parametrize("steps", range(5))
async def test_it_can_be_left_at_any_step_and_nothing_comes_of_it(engine: FakeEngine, steps: int) -> None:
    app = unconfigured(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_dashboard(pilot, app)
        await pilot.press("C", *["enter"] * steps)
        await shows(pilot, f"{steps + 1} of 5")
        await pilot.press("escape")
        await on_dashboard(pilot, app)
        assert engine.beginnings == []
        await pilot.press("j")  # the dashboard works
        await pilot.press("C")
        await shows(pilot, "1 of 5")


async def test_the_dashboard_works_at_once_and_the_guide_is_offered(engine: FakeEngine) -> None:
    app = unconfigured(engine)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await shows(pilot, "nothing is configured yet: C finds", "voicebox")
        assert app.screen is app.dashboard
        assert app.focused is app.dashboard.repos.list


async def test_where_there_is_a_configuration_nothing_is_offered(engine: FakeEngine) -> None:
    app = make_app(engine)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await shows(pilot, "voicebox")
        await rest(pilot)
        assert "nothing is configured" not in text_of(app)


async def test_the_offer_names_the_persons_own_key(engine: FakeEngine) -> None:
    engine.agenda = replace(Agenda(engine.agenda.start, engine.agenda.end, "UTC"))
    app = make_app(engine, keys=(("app.guide", "D"),))
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "D finds yours", "D finds one")


async def test_what_is_taken_and_left_is_written(engine: FakeEngine) -> None:
    app = unconfigured(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await on_dashboard(pilot, app)
        await pilot.press("C")
        await shows(pilot, "[ ] ~/src")
        await pilot.press("j", "space")
        await shows(pilot, "[x] ~/src")
        await pilot.press("enter", "space")
        await shows(pilot, "[ ] ~/calendar.ics")
        await pilot.press("enter", "enter", "j", "space")
        await shows(pilot, "( ) nvim", "(x) code")
        await pilot.press("left", "backspace")
        await shows(pilot, "2 of 5", "[ ] ~/calendar.ics")
        await pilot.press("enter", "enter", "enter")
        await shows(pilot, 'editor = "code"', 'roots = ["~/code", "~/src"]', "# [[calendars]]")
        await pilot.press("y")
        await on_dashboard(pilot, app)
        assert engine.beginnings == [Beginning(("~/code", "~/src"), (), ("kim@example.com",), "code", "")]


@pytest.mark.parametrize("pasted", [True, False])
async def test_an_address_is_never_on_the_screen(engine: FakeEngine, pasted: bool) -> None:
    app = unconfigured(engine)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await on_dashboard(pilot, app)
        await pilot.press("C")
        await shows(pilot, "[x] ~/code")
        await pilot.press("enter")
        await shows(pilot, "2 of 5")
        if pasted:
            app.post_message(events.Paste(f"{SECRET}\n"))
        else:
            await pilot.press("a")
            for key in SECRET:
                await pilot.press(key)
                assert "5ecret" not in text_of(app)
        await shows(pilot, "https://calendar.example.com/…", "not shown")
        assert "5ecret" not in text_of(app)
        await pilot.press("enter")
        await shows(pilot, "[x] https://calendar.example.com/…")
        assert "5ecret" not in text_of(app)
        await pilot.press("enter", "enter", "enter")
        await shows(pilot, 'url_command = ["cat", "/home/kim/.config/makerhour/calendar-1.address"]')
        assert "5ecret" not in text_of(app)
        await pilot.press("y")
        await on_dashboard(pilot, app)
        assert engine.beginnings[0].calendars == (*FOUND.calendars, TYPED)


async def test_what_is_wrong_is_said_at_the_field_and_stays_to_be_mended(engine: FakeEngine) -> None:
    app = unconfigured(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_dashboard(pilot, app)
        await pilot.press("C")
        await shows(pilot, "[x] ~/code")
        await pilot.press("a", *"~/no")
        await shows(pilot, "a folder, such as ~/code")
        await pilot.press("enter")
        await shows(pilot, "`~/no` is no folder here", "~/no ")
        await pilot.press("escape")  # the line, not the guide
        await wait_for(pilot, lambda: "is no folder here" not in text_of(app))
        await shows(pilot, "1 of 5")
        await pilot.press("a", "q", "enter", "y", "space")  # keys of the guide are letters here
        await shows(pilot, "qy")


async def test_nothing_is_written_while_it_is_still_looking_around(engine: FakeEngine) -> None:
    engine.surroundings = (replace(FOUND, complete=False, roots=(FoundRoot("~/code"),)),)
    app = unconfigured(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_dashboard(pilot, app)
        await pilot.press("C")
        await shows(pilot, "counting …", "looking around …")
        await pilot.press(*["enter"] * 4, "y")
        await shows(pilot, "still looking around")
        assert engine.beginnings == []
        engine.post(messages.SurroundingsSeen(FOUND))
        await shows(pilot, 'roots = ["~/code"]')
        await pilot.press("y")
        await on_dashboard(pilot, app)
        assert len(engine.beginnings) == 1


async def test_what_cannot_be_written_is_said_and_can_be_tried_again(engine: FakeEngine) -> None:
    engine.configuration_error = "cannot write `config.toml`: no space left; nothing was written"
    app = unconfigured(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_dashboard(pilot, app)
        await pilot.press("C")
        await shows(pilot, "[x] ~/code")
        await pilot.press(*["enter"] * 4, "y")
        await shows(pilot, "no space left", "5 of 5")
        engine.configuration_error = ""
        await pilot.press("y")
        await on_dashboard(pilot, app)
        assert len(engine.beginnings) == 1


async def test_an_existing_configuration_is_never_written_over(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.surroundings = (replace(FOUND, there=True),)
    app = make_app(engine)
    copied: list[str] = []
    async with app.run_test(size=(80, 24)) as pilot:
        monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
        await on_dashboard(pilot, app)
        await pilot.press("C")
        await shows(pilot, "[x] ~/code")
        await pilot.press(*["enter"] * 4)
        await shows(pilot, "is there and stays as it is", "y copies it")
        await pilot.press("y")
        await shows(pilot, "copied; nothing was written")
        assert 'roots = ["~/code"]' in copied[0]
        await pilot.press("e")
        await wait_for(pilot, lambda: engine.settings_edited == [1])
        assert engine.beginnings == []


async def test_hostile_names_are_shown_safely(engine: FakeEngine) -> None:
    engine.surroundings = (
        Surroundings(
            (FoundRoot(HOSTILE, 1),), (FoundCalendar(HOSTILE, HOSTILE, HOSTILE),), (HOSTILE,), (HOSTILE,),
            (FoundProgram("editor", HOSTILE, HOSTILE),), HOSTILE, HOSTILE, complete=True,
        ),
    )  # fmt: skip
    engine.known = KnownSettings(
        (Setting(HOSTILE, HOSTILE, HOSTILE, HOSTILE, in_effect=HOSTILE),), HOSTILE, True, HOSTILE
    )
    app = unconfigured(engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await on_dashboard(pilot, app)
        for keys in (["C"], ["a"], ["escape"], *[["enter"]] * 4, ["y"], ["escape"], ["comma"], ["slash"], ["escape"]):
            await pilot.press(*keys)
            await rest(pilot)
            shown = text_of(app)
            assert not any((ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0 for char in shown)
            assert "\u202e" not in shown
            assert app.is_running


async def test_ascii_alone_is_enough(engine: FakeEngine) -> None:
    engine.known = KNOWN
    app = make_app(engine, ascii_marks=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_dashboard(pilot, app)
        await pilot.press("C")
        for step in range(1, 6):
            await shows(pilot, f"{step} of 5")
            assert text_of(app).isascii()
            await pilot.press("enter")
        await pilot.press("escape", "comma")
        await shows(pilot, "repositories.depth")
        assert text_of(app).isascii()


# The list of settings.

KNOWN = KnownSettings(
    (
        Setting("configuration", "~/.config/makerhour/config.toml", "The file."),
        Setting(
            "repositories.depth", "2", "How many folders below a root are looked through.", "4", "file", line=3, near=3
        ),
        Setting("look.theme", '"nord"', "The colours.", '"makerhour-dark"', near=7),
        Setting("launch.editor", '""', "The editor.", '""', "environment", "$EDITOR", in_effect="nvim"),
    ),
    "~/.config/makerhour/config.toml",
    True,
)


@pytest.mark.parametrize("size", SIZES)
async def test_each_setting_says_its_value_its_meaning_and_where_it_comes_from(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    engine.known = KNOWN
    app = make_app(engine)
    async with app.run_test(size=size) as pilot:
        await on_dashboard(pilot, app)
        await pilot.press("comma")
        await shows(pilot, "repositories.depth", "look.theme", "nvim")
        await pilot.press("j")
        await shows(pilot, "How many folders below", "line 3 · default 4")
        lines = text_of(app).splitlines()
        assert len(lines) == size[1]
        assert max(map(len, lines)) <= size[0]
        await pilot.press("j", "j")
        await shows(pilot, "said by $EDITOR")
        await pilot.press("comma")
        await on_dashboard(pilot, app)


async def test_enter_edits_it_where_it_stands_or_would(engine: FakeEngine) -> None:
    engine.known = KNOWN
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_dashboard(pilot, app)
        await pilot.press("comma")
        await shows(pilot, "look.theme")
        await pilot.press("j", "enter")
        await wait_for(pilot, lambda: engine.settings_edited == [3])
        await pilot.press("j", "enter")
        await wait_for(pilot, lambda: engine.settings_edited == [3, 7])
        await shows(pilot, "look.theme")  # it stays, to be looked at again


async def test_they_are_filtered_as_one_types(engine: FakeEngine) -> None:
    engine.known = KNOWN
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_dashboard(pilot, app)
        await pilot.press("comma")
        await shows(pilot, "look.theme")
        await pilot.press("slash", *"editor")
        await wait_for(pilot, lambda: "look.theme" not in text_of(app))
        await shows(pilot, "launch.editor", "1 of 4")
        await pilot.press("x", "x")
        await shows(pilot, "nothing matches the filter")
        await pilot.press("backspace", "backspace", "enter", "enter")
        await wait_for(pilot, lambda: engine.settings_edited == [1])
        await pilot.press("escape")
        await shows(pilot, "look.theme")
        await pilot.press("escape")
        await on_dashboard(pilot, app)


async def test_without_a_configuration_the_guide_is_named(engine: FakeEngine) -> None:
    engine.known = replace(KNOWN, there=False)
    app = unconfigured(engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await on_dashboard(pilot, app)
        await pilot.press("comma")
        await shows(pilot, "look.theme")
        await pilot.press("enter")
        await shows(pilot, "there is no configuration yet; C")
        assert engine.settings_edited == []


# What is taken over.


def taken(
    app: MakerhourApp, change: Callable[[Settings], Settings], *names: str, **more: Any
) -> messages.SettingsTaken:
    return messages.SettingsTaken(change(app.settings), names, **more)


async def test_what_is_taken_over_shows_at_once_and_the_cursor_stays(engine: FakeEngine) -> None:
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await on_dashboard(pilot, app)
        await shows(pilot, "voicebox")
        await pilot.press("j", "j")
        selected = app.dashboard.repos.key
        engine.post(
            taken(
                app,
                lambda settings: replace(
                    settings, theme="nord", keys=(("app.new", "N"),), attention=AttentionRules(stale_days=1)
                ),
                "look.theme", "keys", "attention.stale_days", "a", "b",
            )
        )  # fmt: skip
        await shows(pilot, "settings taken over: look.theme, keys, attention.stale_days, a and 1 more", "N New")
        assert app.theme == "nord"
        assert app.dashboard.repos.key == selected
        assert app.dashboard.repos.rules.stale_days == 1
        await pilot.press("n")
        await rest(pilot)
        assert app.screen is app.dashboard
        engine.post(taken(app, lambda settings: replace(settings, keys=()), "keys"))
        await shows(pilot, " n New")


async def test_ascii_can_be_switched_while_it_runs(engine: FakeEngine) -> None:
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await on_dashboard(pilot, app)
        await shows(pilot, "● voicebox")
        engine.post(taken(app, lambda settings: replace(settings, ascii_marks=True), "look.ascii"))
        await wait_for(pilot, lambda: text_of(app).isascii())
        engine.post(taken(app, lambda settings: replace(settings, ascii_marks=False), "look.ascii"))
        await shows(pilot, "● voicebox", "╭─")


async def test_a_mistake_stays_on_the_last_line_until_it_is_mended(engine: FakeEngine) -> None:
    app = make_app(engine)
    before = app.settings
    problem = "`~/.config/makerhour/config.toml`, line 12: `repositories.depth` is 99; it can be 0 to 12"
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await on_dashboard(pilot, app)
        engine.post(messages.SettingsRefused(problem))
        for said in ("line 12:", "`repositories.depth` is 99", "stay in force", "settings: `config.toml`, line 12"):
            await shows(pilot, said)
        assert app.settings is before
        engine.post(taken(app, lambda settings: settings))
        await wait_for(pilot, lambda: "settings: `config.toml`" not in text_of(app))
        await shows(pilot, "the settings are as they were")


async def test_what_waits_for_the_next_start_is_said(engine: FakeEngine) -> None:
    app = make_app(engine)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await on_dashboard(pilot, app)
        engine.post(taken(app, lambda settings: settings, "look.title", later=("look.title",)))
        await shows(pilot, "at the next start: look.title")


async def test_the_list_that_is_open_follows(engine: FakeEngine) -> None:
    engine.known = KNOWN
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await on_dashboard(pilot, app)
        await pilot.press("comma")
        await shows(pilot, '"nord"')
        changed = replace(KNOWN.settings[2], value='"gruvbox"')
        engine.known = replace(KNOWN, settings=(*KNOWN.settings[:2], changed))
        engine.post(taken(app, lambda settings: settings, "look.theme"))
        await shows(pilot, '"gruvbox"')
        engine.known = replace(engine.known, problem="line 3 is wrong")
        engine.post(messages.SettingsRefused("line 3 is wrong"))
        await shows(pilot, "not in force: line 3 is wrong")


async def test_groups_that_are_gone_group_nothing(engine: FakeEngine) -> None:
    from tui.domain.arranging import Group, View

    app = make_app(engine, groups=(Group("Voice", ("voice*",)),), view=View(grouping="setting"))
    async with app.run_test(size=(120, 40)) as pilot:
        await on_dashboard(pilot, app)
        await shows(pilot, "Voice ")
        engine.post(taken(app, lambda settings: replace(settings, groups=()), "groups"))
        await wait_for(pilot, lambda: app.dashboard.repos.view.grouping == "none")
        await shows(pilot, "voicebox")


async def test_other_folders_are_named_where_nothing_is_found(engine: FakeEngine) -> None:
    engine.fleet = replace(engine.fleet, repositories=())
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "looked in ~/src")
        engine.post(taken(app, lambda settings: replace(settings, looked_in=("~/other",)), "repositories.roots"))
        await shows(pilot, "looked in ~/other")
        assert app.settings.home == Path("/home/kim")


async def test_keys_motion_and_share_safe_are_taken_over(engine: FakeEngine) -> None:
    app = make_app(engine)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await on_dashboard(pilot, app)
        changed = replace(
            app.settings, keys=(("app.fits", "f6"),), key_problems=("unknown action `keys.app.fit`",), motion=False
        )
        app.post_message(messages.SettingsTaken(changed, ("keys", "look.motion")))
        await shows(pilot, "settings taken over: keys, look.motion", "unknown action `keys.app.fit`", "f6 Fits")
        assert app.animation_level == "none"
        app.post_message(messages.SettingsTaken(replace(changed, share_safe=True), ("look.share_safe",)))
        await shows(pilot, "repository 1")
        await wait_for(pilot, lambda: app.hiding)
        app.post_message(messages.SettingsTaken(replace(changed, share_safe=False, motion=True), ("look",)))
        await shows(pilot, "ledger-api")
        await wait_for(pilot, lambda: not app.hiding)
        await pilot.press("asterisk")
        await shows(pilot, "repository 1")
        app.post_message(messages.SettingsTaken(replace(changed, share_safe="meeting"), ("look.share_safe",)))
        await shows(pilot, "settings taken over: look.share_safe")
        assert app.hiding, "what was turned on by hand stays on"
