"""The configuration: every setting in the example, a sentence for every mistake."""

import itertools
import re
import tomllib
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from tui.checking import ConfigError
from tui.config import CalendarSettings, Config, parse_config, read_config

EXAMPLE = Path(__file__).resolve().parent.parent / "config.example.toml"


def test_the_example_holds_every_default() -> None:
    assert parse_config(EXAMPLE.read_text()) == Config()


def test_the_example_names_every_setting_with_a_sentence_above_it() -> None:
    lines = EXAMPLE.read_text().splitlines()
    table: dict[str, Any] = tomllib.loads(EXAMPLE.read_text())
    hints = get_type_hints(Config)
    sections = {name: hints[name] for name in table if name not in ("keys",)}
    for name, kind in sections.items():
        for setting in kind.__struct_fields__:
            assert setting in table[name], f"{name}.{setting} is not in the example"
    for setting in CalendarSettings.__struct_fields__:
        assert any(line.startswith(f"# {setting} = ") for line in lines), f"calendars.{setting}"
    for above, line in itertools.pairwise(lines):
        if re.match(r"(# )?[a-z_]+ = ", line) and not re.match(
            r"(# )?(mon|tue|wed|thu|fri|sat|sun|kind|command|terminal) = ", line
        ):
            assert re.match(r"# .*[.;)]$", above), f"no sentence above {line!r}"


def test_no_file_means_defaults(tmp_path: Path) -> None:
    assert read_config(tmp_path / "none.toml", required=False) == Config()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[repositories]\nrots = []", "unknown setting `repositories.rots`; did you mean `roots`?"),
        ("[reposotories]\nroots = []", "unknown setting `reposotories`; did you mean `repositories`?"),
        ("[repositories]\nroots = 'x'", '`repositories.roots` must be a list, such as `["one", "two"]`'),
        ("[repositories]\ndepth = 99", "`repositories.depth` is 99; it can be 0 to 12"),
        ("[repositories]\ndepth = true", "`repositories.depth` must be a whole number, not `True`"),
        ("[repositories]\nwatch = 1", "`repositories.watch` must be `true` or `false`, not `1`"),
        ("repositories = 1", "`repositories` must be a table: write `[repositories]` above its settings"),
        ("[[calendars]]\nname = 'x'", "calendar 1 has no `path`; give the .ics file, the folder or the address"),
        ("[[calendars]]\npath = 'a'\nurl_variable = 'X'", "calendar 1 has `path` and `url_variable`; keep one"),
        ("[[calendars]]\npath = 'a.ics'\nrefresh_minutes = 0", "refresh_minutes` is 0; it can be 1 to 1440"),
        ("[[calendars]]\nurl_command = 'pass x'", "url_command` must be a list, such as"),
        ("[[calendars]]\nurl_command = ['']", "`url_command` of calendar 1 names no program"),
        ("[[calendars]]\npath = 'a'\nuser_agent = \"a\\nb\"", "`user_agent` of calendar 1 must be plain ASCII"),
        ("calendars = 1", "`calendars` must be a list of tables: write `[[calendars]]` above each one"),
        (
            "[planning.working_hours]\nmonday = ''",
            "unknown setting `planning.working_hours.monday`; did you mean `mon`?",
        ),
        (
            "[planning.working_hours]\nmon = '9 to 5'",
            "`planning.working_hours.mon` is `9 to 5`; write it like `09:00-17:30`",
        ),
        (
            "[planning.working_hours]\nmon = '18:00-09:00'",
            "`planning.working_hours.mon` ends before it begins",
        ),
        ("[planning]\nbuffer = 1", "unknown setting `planning.buffer`; did you mean `buffer_minutes`?"),
        (
            "[launchers.x]\nkind = 'editr'\ncommand = 'x'",
            "`launchers.x.kind` is `editr`; it can be `editor`, `agent`",
        ),
        ("[launchers.x]\ncommand = 'x {pth}'", "did you mean `{path}`"),
        ("[launchers.x]\ncommand = 'x \"'", "quote"),
        ("[launch]\nmanner = 'tab'", "`launch.manner` is `tab`; it can be `suspended`, `window`"),
        ("[launchers.x]\ncommand = 'x'\nmanner = 'beside'", "`launchers.x.manner` is `beside`; it can be `suspended`"),
        ("[launchers.x]\ncommand = 'x'\nterminal = false\nmanner = 'window'", "is for programs of the terminal"),
        ("[launchers.x]\nkind = 'editor'", "`launchers.x` has no `command`"),
        ("[groups]\nShop = 'x'", '`groups.Shop` must be a list, such as `["one", "two"]`'),
        ("[groups]\nShop = ['']", "`groups.Shop` holds an empty text; name folders such as `~/src/shop/`"),
        ("[groups]\nShop = ['~nosuchuser/x']", "`~nosuchuser/x` begins with a home folder that is not known"),
        ("[planning]\nreentry_minutes = [0, 5]", "`planning.reentry_minutes` must be four numbers: within a day"),
        ("[planning]\nreentry_minutes = 5", "`planning.reentry_minutes` must be a list, such as `[5, 10]`"),
        ("[planning]\nreentry_minutes = [0, 5, 10, 999]", "`planning.reentry_minutes` is 999; it can be 0 to 240"),
        ("[planning]\nlanding_minutes = [10]", "`planning.landing_minutes` must be two numbers, the larger first"),
        ("[planning]\nlanding_minutes = [3, 10]", "`planning.landing_minutes` must be two numbers, the larger first"),
        ("[planning]\nlanding_minutes = [10, 0]", "`planning.landing_minutes` is 0; it can be 1 to 120"),
        ("[attention]\nunpushed_days = -1", "`attention.unpushed_days` is -1; it can be 0 to 3650"),
        ('[launch]\neditor = "a\\u0000b"', "`launch.editor` holds a NUL character"),
    ],
)
def test_a_mistake_gets_a_sentence_that_names_the_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_config(path, required=True)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        "[look]\nthem = 'nord'\nascii = 1\n[[calendars]]\npath = 'ftp://h/x'\n[[calendars]]\ncolor = 'red'\n"
        "[repositories]\ndepth = 99\n[planing]\n[backlog]\nsync = 3\n"
    )
    with pytest.raises(ConfigError) as caught:
        read_config(path, required=True)
    assert str(caught.value) == (
        f"`{path}`, line 2: unknown setting `look.them`; did you mean `theme`? "
        "Also line 3: `look.ascii` must be `true` or `false`, not `1`; "
        "also line 4: the address of calendar 1 begins with `ftp`; it can be `https`, `webcal`, `webcals`, `http`, and "
        "a file is given by its path alone; "
        "also line 6: calendar 2 has no `path`; give the .ics file, the folder or the address it is in; "
        "also line 9: `repositories.depth` is 99; it can be 0 to 12; "
        "also 2 more"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("path = 'ftp://h/s3cret'", "begins with `ftp`; it can be `https`"),
        ("path = 'file:///s3cret'", "a file is given by its path alone"),
        ("path = 'https:/h/s3cret'", "lacks its `//`"),
        ("path = ['https://h/s3cret']", "must be a text in quotes"),
        ("url_variable = 'https://h/s3cret'", "must be the name of an environment variable"),
        ("url_command = ['https://h/s3cret']", "is an address; give it as `path`"),
        ("url_command = 'curl https://h/s3cret'", "must be a list"),
        ("path = 'https://h/s3cret'\nurl_command = ['pass', 's3cret']", "keep one of them"),
        ("path = 'https://h/s3cret'\nnam = 'x'", "did you mean `name`"),
    ],
)
def test_no_mistake_repeats_an_address(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(f"[[calendars]]\n{text}")
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_addresses_stay_as_they_are_and_programs_start_from_the_configuration(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        "[[calendars]]\npath = 'WEBCAL://h/s3cret'\nrefresh_minutes = 60\n"
        "[[calendars]]\nurl_command = ['~/bin/address', '~/x']\n"
        "[[calendars]]\nurl_command = ['pass', 'show', 'work']\n"
        "[[calendars]]\nurl_variable = 'WORK_CALENDAR'\nuser_agent = 'Mozilla/5.0'\n"
    )
    calendars = read_config(path, required=True).calendars
    assert [calendar.path for calendar in calendars] == ["WEBCAL://h/s3cret", "", "", ""]
    assert calendars[1].url_command == (str(home / "bin" / "address"), "~/x")
    assert calendars[2].url_command == ("pass", "show", "work")
    assert all(calendar.on_the_web for calendar in calendars)
    assert "s3cret" not in repr(calendars)


def test_a_misspelled_setting_of_a_calendar_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match="known here: `path`, `url_command`, ") as caught:
        parse_config('[[calendars]]\npath = "/a.ics"\nzzzz = "x"')
    assert "UNSHOWN" not in str(caught.value)
    with pytest.raises(ConfigError, match="unknown setting `calendars"):
        parse_config('[[calendars]]\npath = "/a.ics"\nUNSHOWN = []')


@pytest.mark.parametrize("raw", [b"a = [", b"\xff\xfe", b"a = " + b"[" * 5000, b"a = " + b"9" * 6000])
def test_broken_toml_is_a_sentence(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(raw)
    with pytest.raises(ConfigError, match="is not valid TOML"):
        read_config(path, required=True)


def test_a_table_that_stands_twice_is_named_as_it_stands_there(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[look]\n[look]\n")
    with pytest.raises(ConfigError, match=r"not valid TOML: `\[look\]` stands twice \(at line 2, column 6\)"):
        read_config(path, required=True)


def test_a_required_file_that_is_missing_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="makerhour init"):
        read_config(tmp_path / "none.toml", required=True)


def test_a_byte_order_mark_is_read_over(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf[look]\nascii = true\n")
    assert read_config(path, required=True).look.ascii


def test_paths_start_from_the_configuration(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        "[repositories]\nroots = ['~/src', 'here']\n[[calendars]]\npath = 'a.ics'\n[backlog]\npath = '/b.toml'\n"
    )
    config = read_config(path, required=True)
    assert config.repositories.roots == (str(home / "src"), str(tmp_path / "here"))
    assert config.calendars[0].path == str(tmp_path / "a.ics")
    assert config.backlog.path == "/b.toml"


@pytest.mark.parametrize(
    "text",
    [
        "[repositories]\nroots = ['~nosuchuser/x']",
        "[[calendars]]\npath = '~nosuchuser/x'",
        "[backlog]\npath = '~nosuchuser/x'",
    ],
)
def test_the_home_of_nobody_is_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"`~nosuchuser/x`.*write the whole path"):
        read_config(path, required=True)


def test_groups_keep_their_order_and_name_folders_from_the_root_of_the_disk(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[groups]\nShop = ['~/src/shop/', 'shop-*']\nHere = ['sub/*']\n")
    found = read_config(path, required=True).groups
    assert [group.name for group in found] == ["Shop", "Here"]
    assert found[0].patterns == (str(home / "src" / "shop"), "shop-*")
    assert found[1].patterns == (str(tmp_path / "sub" / "*"),)


def test_days_left_out_of_working_hours_are_days_off() -> None:
    hours = parse_config("[planning.working_hours]\nsat = '10:00-12:00'").planning.working_hours
    assert [day is not None for day in hours.days] == [False, False, False, False, False, True, False]


def test_manner_of_all_and_of_one() -> None:
    config = parse_config("[launch]\nmanner = 'window'\n[launchers.hx]\ncommand = 'hx'\nmanner = 'suspended'")
    assert (config.launch.manner, config.launchers[0].manner) == ("window", "suspended")
    assert parse_config("[launchers.hx]\ncommand = 'hx'").launchers[0].manner is None
