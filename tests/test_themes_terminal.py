"""The look in real terminals: 16 colours, no colours, ASCII; panes as the configuration has them."""

import re
from pathlib import Path

import pytest

from tests.test_dashboard_terminal import Desk

TRUE = re.compile(rb"\x1b\[[0-9;]*?[34]8;2;(\d+);(\d+);(\d+)")
INDEXED = re.compile(rb"\x1b\[[0-9;]*?[34]8;5;")


def look(desk: Desk, *lines: str) -> None:
    path = desk.home / "config.toml"
    path.write_text("\n".join((path.read_text(), "[look]", *lines, "")))


@pytest.mark.terminal
def test_with_sixteen_colours_it_uses_the_terminals_own(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with desk.start(TERM="xterm-16color", COLORTERM="") as terminal:
        terminal.wait_for("2 repos · 0 need you")
        assert not TRUE.search(terminal.raw)
        assert not INDEXED.search(terminal.raw)
        assert re.search(rb"\x1b\[[0-9;]*?3[1-6][;m]", terminal.raw), "and not without colour"
        assert re.search(rb"\x1b\[[0-9;]*?\b7[;m]", terminal.raw), "the cursor is turned over"
        before = len(terminal.raw)
        terminal.type("j")
        terminal.wait_for(lambda terminal: re.search(rb"\x1b\[[0-9;]*?\b7[;m]", terminal.raw[before:]))
        terminal.type("q")
        assert terminal.wait_exit() == 0


@pytest.mark.terminal
def test_with_no_color_there_are_greys_only_and_a_cursor(tmp_path: Path) -> None:
    with Desk(tmp_path).start(NO_COLOR="1") as terminal:
        terminal.wait_for("2 repos · 0 need you")
        assert all(len(set(found)) == 1 for found in TRUE.findall(terminal.raw))
        assert re.search(rb"\x1b\[[0-9;]*?\b7[;m]", terminal.raw), "the cursor is turned over"
        terminal.type("q")
        assert terminal.wait_exit() == 0


@pytest.mark.terminal
def test_where_the_character_set_is_not_unicode_all_is_ascii(tmp_path: Path) -> None:
    with Desk(tmp_path).start(LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0") as terminal:
        terminal.wait_for("2 repos . 0 need you")
        assert "".join(terminal.screen()).isascii()
        terminal.type("q")
        assert terminal.wait_exit() == 0


@pytest.mark.terminal
def test_panes_stand_as_the_configuration_has_them(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    look(desk, 'panes = ["backlog", "repositories"]')
    with desk.start() as terminal:
        terminal.wait_for("2 repos · 0 need you")
        shown = "\n".join(terminal.screen())
        assert shown.index("1 Backlog") < shown.index("2 Repositories")
        assert "Today" not in shown
        terminal.type("2z")
        terminal.wait_for("1 Backlog  2 Repositories")
        terminal.resize(54, 20)
        terminal.wait_for(lambda terminal: len(terminal.screen()) == 20 and "1 Backlog  2 Repo" in terminal.screen()[1])
        terminal.type("q")
        assert terminal.wait_exit() == 0


@pytest.mark.terminal
@pytest.mark.parametrize(("background", "wanted"), [("0000", b"48;2;22;24;27"), ("ffff", b"48;2;246;243;236")])
def test_auto_takes_the_theme_for_the_background_and_no_key_for_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, background: str, wanted: bytes
) -> None:
    monkeypatch.setattr("tests.terminal_display.Display.background", background)
    desk = Desk(tmp_path)
    look(desk, 'theme = "auto"')
    with desk.start() as terminal:
        terminal.type("3")
        terminal.wait_for("2 repos · 0 need you")
        terminal.wait_for(lambda terminal: wanted in terminal.raw)
        terminal.wait_for("Usage caps limiter")
        assert terminal.raw.count(b"\x1b]11;?") == 1
        assert "rgb:" not in "\n".join(terminal.screen())
        terminal.type("q")
        assert terminal.wait_exit() == 0
    assert b'state = "build"' in desk.backlog.read_bytes(), "no letter of the answer was a key"


@pytest.mark.terminal
def test_where_nobody_asks_for_it_the_background_is_not_asked(tmp_path: Path) -> None:
    with Desk(tmp_path).start() as terminal:
        terminal.wait_for("2 repos · 0 need you")
        assert b"\x1b]11;?" not in terminal.raw
        terminal.type("q")
        assert terminal.wait_exit() == 0
