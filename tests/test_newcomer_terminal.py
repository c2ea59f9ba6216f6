"""Somebody new, from an empty home to a working dashboard, in a real terminal: key by key, with each screen kept.

The keys are counted, not the seconds: a person types them in well under a minute, and no machine's load decides that.
"""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import fleet
from tests.terminal import FRESH, Terminal, isolated_environment
from tui.config import read_config

ROOT = Path(__file__).resolve().parent.parent
DASHBOARD = (sys.executable, "-m", "tui")
IDEA = "Usage caps 45m !4/5"
KEYS_A_SECOND = 2
"""What somebody types who looks at the screen between keys."""
SECONDS = 60

pytestmark = pytest.mark.terminal


class Newcomer:
    """What they type is counted, and what they see is kept: printed, and in files."""

    def __init__(self, terminal: Terminal, evidence: Path) -> None:
        self.terminal = terminal
        self.keys = 0
        self._evidence = evidence
        self._steps = 0

    def sees(self, title: str, *expected: str, gone: str = "\0") -> str:
        """Wait until all of `expected` is on the screen, and `gone` is not; keep it."""

        def met(terminal: Terminal) -> bool:
            shown = "\n".join(terminal.screen())
            return gone not in shown and all(text in shown for text in expected)

        self.terminal.wait_for(met)
        screen = "\n".join(self.terminal.screen())
        self._steps += 1
        heading = f"{self._steps}. {title} ({self.keys} keys so far)"
        print(f"\n=== {heading}\n{screen}")
        (self._evidence / f"{self._steps:02} {title}.txt").write_text(f"{heading}\n{screen}\n")
        return screen

    def types(self, *keys: str) -> None:
        """Each of `keys` is one key; a longer text is as many as it has letters."""
        for key in keys:
            self.terminal.type(key)
            self.keys += 1 if key.startswith("\x1b") else len(key)

    def pastes(self, text: str) -> None:
        """The two keys of pasting."""
        self.terminal.type(f"\x1b[200~{text}\x1b[201~")
        self.keys += 2


def calendar(path: Path) -> Path:
    """A meeting in two hours, late in the morning where the dashboard runs."""
    begin, end = (datetime.now(UTC) + timedelta(hours=hours) for hours in (2, 3))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Board prep\r\n"
        f"DTSTART:{begin:%Y%m%dT%H%M%SZ}\r\nDTEND:{end:%Y%m%dT%H%M%SZ}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    return path


@pytest.fixture
def home_of_newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("HOME", str(folder))  # what is written is read here as well
    fleet.make(folder / "code" / "billing", commits=2)
    (folder / ".gitconfig").write_text("[user]\n\temail = kim@example.com\n")
    return folder


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    folder.mkdir()
    return folder


@pytest.fixture(params=[(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])
def newcomer(request: pytest.FixtureRequest, home_of_newcomer: Path, evidence: Path) -> Iterator[Newcomer]:
    columns, lines = request.param
    environ = isolated_environment(
        home_of_newcomer, PYTHONPATH=str(ROOT), GIT_CONFIG_GLOBAL=str(home_of_newcomer / ".gitconfig"), EDITOR="vi"
    )
    with Terminal.start(DASHBOARD, environ, cwd=home_of_newcomer, columns=columns, lines=lines) as terminal:
        yield Newcomer(terminal, evidence)
        terminal.type("q")
        assert terminal.wait_exit() == 0
        assert terminal.modes() == FRESH


def config_of(home: Path) -> Path:
    return home / ".config" / "makerhour" / "config.toml"


def test_from_an_empty_home_to_a_working_dashboard(newcomer: Newcomer, home_of_newcomer: Path, evidence: Path) -> None:
    home = home_of_newcomer
    calendar(home / "calendar.ics")
    newcomer.sees("it works at once", "billing", "no calendar yet", "nothing in the backlog", "C finds")
    newcomer.types("C")
    newcomer.sees("the repositories that were found", "1 of 5", "[x] ~/code", "1 repository")
    newcomer.types("\r")
    newcomer.sees("the calendar that was found", "2 of 5", "[x] ~/calendar.ics", "a file")
    newcomer.types("\r")
    newcomer.sees("their address, as git knows it", "3 of 5", "[x] kim@example.com")
    newcomer.types("\r")
    newcomer.sees("the editor", "4 of 5", "Editor (e)")
    newcomer.types("\r")
    newcomer.sees("what would be written", "5 of 5", 'roots = ["~/code"]', "y writes it")
    assert not config_of(home).parent.exists()
    newcomer.types("y")
    newcomer.sees("the dashboard goes on with it", "billing", "Board prep", "usable")
    newcomer.types("n", IDEA, "\r")
    screen = newcomer.sees(
        "repository, calendar and item on one screen", "billing", "Board prep", "Usage caps", "1 item "
    )
    assert "no calendar yet" not in screen
    config = read_config(config_of(home), required=True)
    assert config.repositories.roots == (str(home / "code"),)
    assert [one.path for one in config.calendars] == [str(home / "calendar.ics")]
    assert config.agenda.me == ("kim@example.com",)
    assert newcomer.keys == 1 + 4 + 1 + 1 + len(IDEA) + 1
    assert newcomer.keys <= SECONDS * KEYS_A_SECOND / 2  # not even half of what a minute has room for
    assert len(list(evidence.iterdir())) == 8


def test_a_calendar_that_is_not_found_is_pasted(newcomer: Newcomer, home_of_newcomer: Path) -> None:
    calendar(home_of_newcomer / "somewhere" / "else" / "work.ics")
    place = "~/somewhere/else/work.ics"
    newcomer.sees("it works at once", "billing", "no calendar yet")
    newcomer.types("C")
    newcomer.sees("the repositories that were found", "[x] ~/code", "1 repository")
    newcomer.types("\r")
    newcomer.sees("no calendar was found", "2 of 5", "none was found")
    newcomer.pastes(f"{place}.wrong\n")
    newcomer.types("\r")
    newcomer.sees("a wrong path gets a sentence", "is not there; check the path")
    newcomer.types("\x1b")
    newcomer.sees("the line is closed", "none was found", gone="is not there")
    newcomer.pastes(f"{place}\n")
    newcomer.types("\r")
    newcomer.sees("the right one is taken", "[x] ~/somewhere/else/work.ics", "a file")
    newcomer.types("\r", "\r", "\r")
    newcomer.sees("what would be written", "5 of 5", "y writes it")
    newcomer.types("y")
    newcomer.sees("the day is there", "Board prep", "usable")
    newcomer.types("n", IDEA, "\r")
    newcomer.sees("and the idea", "Usage caps", "1 item ")
    assert newcomer.keys <= SECONDS * KEYS_A_SECOND / 2


def test_leaving_at_any_time_writes_nothing(newcomer: Newcomer, home_of_newcomer: Path) -> None:
    calendar(home_of_newcomer / "calendar.ics")
    newcomer.sees("it works at once", "billing", "no calendar yet")
    for step in range(1, 6):
        newcomer.types("C", *"\r" * (step - 1))
        newcomer.sees(f"step {step}", f"{step} of 5")
        newcomer.types("\x1b")
        newcomer.terminal.wait_for(lambda terminal: "First steps" not in "\n".join(terminal.screen()))
    assert not config_of(home_of_newcomer).parent.exists()


def test_what_the_guide_wrote_works_on_the_command_line(newcomer: Newcomer, home_of_newcomer: Path) -> None:
    calendar(home_of_newcomer / "calendar.ics")
    newcomer.sees("it works at once", "billing")
    newcomer.types("C")
    newcomer.sees("the repositories that were found", "[x] ~/code", "1 repository")
    newcomer.types(*"\r\r\r\r")
    newcomer.sees("what would be written", "y writes it")
    newcomer.types("y")
    newcomer.sees("the dashboard goes on", "Board prep")
    environ = isolated_environment(home_of_newcomer, PYTHONPATH=str(ROOT))
    for command, said in (("repos", "billing"), ("agenda", "Board prep"), ("init", "nothing was changed")):
        done = subprocess.run(
            (*DASHBOARD, command), env=environ, capture_output=True, text=True, timeout=99, check=False
        )
        assert said in done.stdout, done.stderr
