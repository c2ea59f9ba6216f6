"""Settings edited and taken over in a real terminal: the editor at the right line, cursor and panes as they were."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import fleet
from tests.terminal import Terminal, isolated_environment

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.terminal

# An editor that puts another text in place of what it was given, once a key is typed in it.
EDITOR = """#!{python}
import os, pathlib, sys, termios, tty
line, path = sys.argv[1], pathlib.Path(sys.argv[2])
tty.setcbreak(0)
os.write(1, f"\\x1b[2J\\x1b[HEDITING {{path.name}} {{line}}".encode())
key = os.read(0, 1)
text = path.read_text()
for old, new in {changes!r}.get(key.decode(), {{}}).items():
    text = text.replace(old, new)
path.write_text(text)
os.write(1, b"\\x1b[2J\\x1b[H")  # the next one is not to be taken for this one
"""


class Desk:
    """A home with three repositories in two folders, and a configuration that names one of them."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        for name in ("alpha", "billing", "gateway"):
            fleet.make(folder / "code" / name)
        fleet.make(folder / "more" / "intake")
        self.path = folder / "config.toml"
        changes = {
            "g": {"depth = 3": "depth = 2", '["code"]': '["code", "more"]'},
            "b": {"depth = 2": "depth = 99"},
            "m": {"depth = 99": "depth = 2"},
        }
        editor = folder / "editor"
        editor.write_text(EDITOR.format(python=sys.executable, changes=changes))
        editor.chmod(0o755)
        self.path.write_text(
            '[repositories]\nroots = ["code"]\ndepth = 3\ndeadline_seconds = 60\n\n'
            f"[launch]\neditor = \"'{editor}' {{line}} {{file}}\"\n"
        )
        self.environ = isolated_environment(folder, PYTHONPATH=str(ROOT))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def terminal(desk: Desk) -> Iterator[Terminal]:
    command = (sys.executable, "-m", "tui", "--config", desk.path)
    with Terminal.start(command, desk.environ, desk.home) as started:
        started.wait_for("3 repos")
        yield started
        started.type("q")
        assert started.wait_exit() == 0


def on_screen(terminal: Terminal, *texts: str) -> bool:
    screen = "\n".join(terminal.screen())
    return all(text in screen for text in texts)


def close_settings(terminal: Terminal) -> None:
    """The first key shows all of them again, the second closes the list."""
    terminal.type("\x1b")
    terminal.wait_for(lambda terminal: not on_screen(terminal, " 1 of "))
    terminal.type("\x1b")
    terminal.wait_for(lambda terminal: not on_screen(terminal, "Settings  ~"))


def test_a_setting_is_edited_at_its_line_and_taken_over(desk: Desk, terminal: Terminal) -> None:
    terminal.type("jj,")  # to the third repository
    terminal.wait_for("repositories.depth")
    terminal.type("/depth\r")
    terminal.wait_for("How many folders below a root")
    terminal.type("\r")
    terminal.wait_for("EDITING config.toml 3")
    terminal.type("g")
    terminal.wait_for("settings taken over: repositories.roots, repositories.depth")
    close_settings(terminal)
    terminal.wait_for("4 repos")
    terminal.type("y")
    terminal.wait_for(f"copied: {desk.home / 'code' / 'gateway'}")  # the cursor is where it was

    terminal.type(",/depth\r\r")
    terminal.wait_for("EDITING config.toml 3")
    terminal.type("b")
    terminal.wait_for("`repositories.depth` is 99; it can be 0 to 12")
    terminal.wait_for("not in force")
    close_settings(terminal)
    terminal.wait_for("settings: `config.toml`, line 3")
    terminal.wait_for(lambda terminal: on_screen(terminal, "4 repos", "intake"))
    terminal.type(",/depth\r\r")
    terminal.wait_for("EDITING config.toml 3")
    terminal.type("m")
    terminal.wait_for("the settings are as they were")
    close_settings(terminal)
    terminal.wait_for(lambda terminal: not on_screen(terminal, "settings: `config.toml`"))


def test_a_file_saved_elsewhere_is_taken_over(desk: Desk, terminal: Terminal) -> None:
    text = desk.path.read_text().replace('["code"]', '["more"]')
    desk.path.write_text(text)
    terminal.wait_for("settings taken over: repositories.roots")
    terminal.wait_for(lambda terminal: on_screen(terminal, "1 repo ", "intake"))
    assert not on_screen(terminal, "gateway")
    desk.path.write_text(text + "[look]\ntheme = 'nrd'\n")
    terminal.wait_for("line 9")
    assert on_screen(terminal, "intake")
