"""Every setting as the person sees it: all of them, what they mean, where they come from, and no secret."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest
import tzlocal
from msgspec import Struct
from msgspec.structs import fields, replace

from tui.checking import ConfigError
from tui.config import CalendarSettings, Config, read_config
from tui.domain.known_settings import KnownSettings, Setting, matching
from tui.in_force import InForce
from tui.meanings import meanings_of
from tui.settings_known import at_next_start, changed_names


def clock(zone: tzinfo) -> datetime:
    return datetime(2026, 3, 10, 10, 12, tzinfo=UTC).astimezone(zone)


def known(path: Path, text: str | None = None, *roots: Path) -> KnownSettings:
    if text is not None:
        path.write_text(text)
    return InForce(read_config(path, required=text is not None), roots, clock).known()


def of(found: KnownSettings, name: str) -> Setting:
    return next(setting for setting in found.settings if setting.name == name)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    place = tmp_path / "config.toml"
    monkeypatch.setenv("MAKERHOUR_CONFIG", str(place))
    monkeypatch.setenv("TZ", "UTC")
    tzlocal.reload_localzone()  # it is remembered for the whole process
    yield place
    monkeypatch.undo()
    tzlocal.reload_localzone()


def test_every_setting_is_there_with_what_it_means(path: Path) -> None:
    found = known(path, "[[calendars]]\npath = 'a.ics'\n")
    names = {setting.name for setting in found.settings}
    for section in fields(Config):
        value: Any = getattr(Config(), section.name)
        if isinstance(value, Struct):
            assert {f"{section.name}.{item.name}" for item in fields(value)} <= names
    assert {f"calendars.1.{item.name}" for item in fields(CalendarSettings)} <= names
    assert {"groups", "launchers", "keys"} <= names
    for setting in found.settings:
        assert setting.meaning, setting.name
        assert setting.meaning[0].isupper() or setting.meaning.startswith(("makerhour", "`")), setting.name


def test_meanings_are_the_sentences_of_the_source() -> None:
    meanings = meanings_of(CalendarSettings)
    assert meanings["busy"] == "False where its meetings never block a gap (holidays, a team's calendar)."
    assert meanings_of(int) == {}


def test_a_value_says_where_it_comes_from(path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    bin = home / "bin"
    bin.mkdir()
    for name in ("nvim", "code", "claude"):
        (bin / name).write_text("#!/bin/sh\n")
        (bin / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(bin))
    monkeypatch.setenv("EDITOR", "code")
    monkeypatch.chdir(home)
    (home / "src").mkdir()
    found = known(
        path, "[repositories]\ndepth = 2\n\n[look]\n# mine\ntheme = 'nord'\n[groups]\n'My shop' = ['shop-*']\n"
    )
    told = {
        name: (of(found, name).value, of(found, name).source, of(found, name).near, of(found, name).in_effect)
        for name in ("repositories.depth", "repositories.roots", "repositories.watch", "look.theme",
                     "groups.My shop", "agenda.time_zone", "launch.editor", "launch.agent", "keys")
    }  # fmt: skip
    assert told == {
        "repositories.depth": ("2", "line 2", 2, ""),
        "repositories.roots": ("[]", "found here", 1, "~/src"),
        "repositories.watch": ("true", "default", 1, ""),
        "look.theme": ('"nord"', "line 6", 6, ""),
        "groups.My shop": ('["shop-*"]', "line 8", 8, ""),
        "agenda.time_zone": ('""', "default", 1, "UTC"),
        "launch.editor": ('""', "$EDITOR", 1, "code"),
        "launch.agent": ('""', "found here", 1, "claude"),
        "keys": ("none", "default", 1, ""),
    }
    assert of(found, "configuration").source == "$MAKERHOUR_CONFIG"
    assert of(found, "repositories.depth").default == "4"


def test_roots_of_the_command_line_win(path: Path, home: Path) -> None:
    roots = of(known(path, "[repositories]\nroots = ['/a']\n", home / "b"), "repositories.roots")
    assert (roots.value, roots.source, roots.in_effect) == ('["/a"]', "--root", "~/b")


def test_without_a_configuration_everything_is_the_default(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAKERHOUR_CONFIG")
    found = known(path)
    assert not found.there
    assert of(found, "configuration").value == "none yet"
    assert {setting.origin for setting in found.settings} <= {"default", "found", "environment"}


def test_no_secret_is_shown(path: Path) -> None:
    found = known(
        path,
        "[[calendars]]\npath = 'https://kim:s3cret@h.example/s3cret.ics'\n"
        "[[calendars]]\nurl_command = ['curl', 'https://h.example/s3cret']\n"
        "[[calendars]]\nurl_command = ['pass', 'show', 's3cret']\n"
        "[reminders]\ncommand = ['curl', '-d', '{title}', 'https://ntfy.example/s3cret-topic']\n"
        "[launchers.x]\nkind = 'browser'\ncommand = 'x --proxy=https://kim:s3cret@h.example {url}'\n",
    )
    assert "s3cret" not in repr(found)
    assert of(found, "calendars.1.path").value == "https://h.example/…"
    assert of(found, "calendars.3.url_command").value == '["pass", …]'


def test_working_hours_are_told_in_words(path: Path) -> None:
    text = "[planning.working_hours]\nmon = '09:00-17:00'\ntue = '09:00-17:00'\nthu = '10:00-12:00'\n"
    hours = of(known(path, text), "planning.working_hours")
    assert (hours.value, hours.line) == ("mon-tue 09:00-17:00, thu 10:00-12:00", 1)
    assert hours.default == "mon-fri 09:00-18:00"


def test_they_can_be_found_by_any_word() -> None:
    settings = (
        Setting("look.theme", '"nord"', "Colours."),
        Setting("repositories.depth", "4", "How many folders.", origin="file", line=3),
    )
    assert matching(settings, "") == settings
    assert matching(settings, "NORD look") == settings[:1]
    assert matching(settings, "line 3") == settings[1:]
    assert matching(settings, "depth nord") == ()


def test_what_changed_is_named() -> None:
    before = Config()
    after = replace(before, look=replace(before.look, theme="nord", title=False), keys=(("app.quit", "x"),))
    assert changed_names(before, replace(before, source=Path("x"))) == ()
    names = changed_names(before, after)
    assert names == ("look.theme", "look.title", "keys")
    assert at_next_start(names, after) == ("look.title",)
    auto = replace(after, look=replace(after.look, theme="auto"))
    assert at_next_start(names, auto) == ("look.theme", "look.title")


def test_a_changed_file_is_in_force_and_a_wrong_one_is_not(path: Path) -> None:
    path.write_text("[repositories]\ndepth = 2\n")
    force = InForce(read_config(path, required=True), (), clock)
    force.themes = frozenset({"makerhour-dark", "nord"})
    assert force.read_again(at_once=True) is None  # as it was
    path.write_text("[repositories]\ndepth = 3\n[look]\ntheme = 'nord'\n")
    assert force.read_again() is None  # it may just be being written
    turn = force.read_again()
    assert turn is not None
    assert changed_names(turn.before, turn.after) == ("repositories.depth", "look.theme")
    assert force.settings().theme == "nord"
    for text, said in (
        ("[repositories]\ndepth = 99\n", "line 2: `repositories.depth` is 99"),
        ("[look]\n\ntheme = 'nrd'\n", "line 3: `look.theme` is `nrd`; it can be `makerhour-dark`, `nord`"),
        ("[agenda]\ntime_zone = 'Nowhere'\n", "line 2: `agenda.time_zone`: `Nowhere` is no time zone"),
        ("a = [", "is not valid TOML"),
    ):
        path.write_text(text)
        with pytest.raises(ConfigError, match="`") as caught:
            force.read_again(at_once=True)
        assert said in str(caught.value)
        assert str(path) in str(caught.value)
        assert force.config is turn.after
        assert force.known().problem == str(caught.value)
        assert force.read_again(at_once=True) is None  # said once
    path.unlink()
    with pytest.raises(ConfigError, match="no configuration at"):
        force.read_again(at_once=True)
    path.write_text("[repositories]\ndepth = 3\n[look]\ntheme = 'nord'\n")
    mended = force.read_again(at_once=True)
    assert mended is not None
    assert changed_names(mended.before, mended.after) == ()
    assert force.problem == ""


def test_another_zone_is_in_force_at_once(path: Path) -> None:
    path.write_text("[agenda]\ntime_zone = 'UTC'\n")
    force = InForce(read_config(path, required=True), (), clock)
    path.write_text("[agenda]\ntime_zone = 'Asia/Tokyo'\n")
    assert force.read_again(at_once=True) is not None
    assert f"{force.now():%H:%M}" == "19:12"
