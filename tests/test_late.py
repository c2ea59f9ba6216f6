"""What the first frame does not wait for: what is loaded with a part left out is whole for whoever wants that part
later, and what was last known is nothing where it cannot be looked for."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui.bootstrap import read_saved_agenda, read_saved_fleet
from tui.config import CalendarSettings, Config

LEFT_OUT = ("ssl", "textual.types", "textual.widgets._select", "textual.widgets._directory_tree")


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


def test_what_is_loaded_already_stays() -> None:
    run("import ssl, textual.types; load_textual(); assert {'ssl', 'textual.types'} <= sys.modules.keys()")


def test_a_cache_that_cannot_be_looked_into_knows_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ("n" * 300)))  # no system has such names
    assert read_saved_fleet(()) is None
    assert read_saved_agenda(Config(calendars=(CalendarSettings(path=str(tmp_path)),)), clock) is None


def clock() -> datetime:
    return datetime(2026, 3, 10, 10, 12, tzinfo=UTC)
