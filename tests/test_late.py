"""What the first frame does not wait for: what is loaded with a part left out is whole for whoever wants that part
later, and what was last known is nothing where it cannot be looked for."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui.bootstrap import read_saved_agenda, read_saved_fleet
from tui.config import CalendarSettings, Config

LEFT_OUT = (
    "ssl",
    "textual.command",
    "textual.widgets._input",
    "textual.types",
    "textual.widgets._select",
    "textual.widgets._directory_tree",
)


def run(program: str) -> None:
    """Run `program` in a Python that has loaded Textual as the dashboard does."""
    start = "import sys; from tui.late import load_textual; load_textual()\n"
    done = subprocess.run(
        [sys.executable, "-c", start + program],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert not done.stderr
    assert done.returncode == 0


def test_textual_is_there_without_what_is_left_out() -> None:
    run(f"assert 'textual.app' in sys.modules and not sys.modules.keys() & set({LEFT_OUT})")


def test_the_dashboard_is_there_without_what_is_typed_into() -> None:
    run("import tui.app; assert not sys.modules.keys() & {'textual.widgets._input', 'textual.widgets._option_list'}")


@pytest.mark.parametrize(
    "program",
    [
        "import ssl; ssl.create_default_context()",
        "import textual.types; textual.types.DirEntry",
        "from textual.types import IgnoreReturnCallbackType, SelectType",
        "from textual.widgets import DirectoryTree, Select",
        "from textual.command import CommandPalette",
    ],
)
def test_it_is_whole_for_whoever_wants_it_later(program: str) -> None:
    run(program)


def test_the_palette_takes_the_place_that_was_left_to_it() -> None:
    run(
        "from tui.late import load_palette; load_palette()\n"
        "from textual import app, command, theme\n"
        "assert (app.CommandPalette, app.SimpleProvider) == (command.CommandPalette, command.SimpleProvider)\n"
        "assert theme.ThemeProvider.__mro__[1:] == command.Provider.__mro__ and theme.Hit is command.Hit\n"
        "known = vars(command).values()\n"
        "things = [thing for name, module in sys.modules.items() if name.startswith('textual.')\n"
        "    for each in vars(module).values() if isinstance(each, type) for thing in each.__mro__]\n"
        "assert not [thing for thing in things if thing.__module__ == 'textual.command' and thing not in known]\n"
        "load_palette()"  # another time
    )


def test_what_is_loaded_already_stays() -> None:
    run(
        "import ssl, textual.types, textual.command; load_textual()\n"
        "assert {'ssl', 'textual.types', 'textual.command'} <= sys.modules.keys()\n"
        "from tui.late import load_palette; load_palette()"
    )


def test_a_cache_that_cannot_be_looked_into_knows_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ("n" * 300)))  # no system has such names
    assert read_saved_fleet(()) is None
    assert read_saved_agenda(Config(calendars=(CalendarSettings(path=str(tmp_path)),)), clock) is None


def clock() -> datetime:
    return datetime(2026, 3, 10, 10, 12, tzinfo=UTC)
