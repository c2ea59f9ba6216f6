"""Today in a real terminal: an invitation read by the real process from a real file, and a gap's list."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.agenda_texts import calendar, event
from tests.fleet import tick
from tests.terminal import Terminal
from tests.test_dashboard_terminal import Desk

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(300)]

DOWN, ENTER, ESCAPE = "j", "\r", "\x1b"


def write(desk: Desk, about: str) -> None:
    """Board prep in two hours, written on New York's clock."""
    soon = datetime.now(UTC) + timedelta(hours=2)
    lines = (f"DTSTART:{soon:%Y%m%dT%H%M%SZ}", "DURATION:PT1H", f"DESCRIPTION:{about}")
    guests = ("ATTENDEE;CN=Ana Sousa;PARTSTAT=ACCEPTED:mailto:ana@example.com",)
    path = desk.home / "work.ics"
    tick(path.parent)
    path.write_text(calendar(event(*lines, *guests, uid="1", summary="Board prep")))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "a home")


@pytest.fixture
def terminal(desk: Desk) -> Iterator[Terminal]:
    write(desk, "Bring the numbers\\n\\nhttps://meet.google.com/abc-defg-hij")
    with desk.start(columns=100, lines=30) as terminal:
        yield terminal


def test_an_invitation_is_read_when_it_is_opened_and_a_gap_lists_what_fits(desk: Desk, terminal: Terminal) -> None:
    terminal.wait_for("Board prep")
    terminal.wait_for("fits Usage caps")
    terminal.type("2")
    terminal.wait_for("enter Detail")
    terminal.type("g" + ENTER)
    terminal.wait_for("usable min,")
    terminal.wait_for("Usage caps limiter")
    terminal.type(ESCAPE)
    terminal.wait_for(lambda terminal: not any("usable min," in line for line in terminal.screen()))
    terminal.type(DOWN + ENTER)
    terminal.wait_for("Bring the numbers")
    terminal.wait_for("Ana Sousa")
    terminal.wait_for("https://meet.google.com/abc-defg-hij")
    terminal.type(ESCAPE)
    terminal.wait_for(lambda terminal: not any("Bring the numbers" in line for line in terminal.screen()))
    write(desk, "Bring nothing")
    terminal.type("R" + ENTER)
    terminal.wait_for("Bring nothing")
    terminal.type(ESCAPE + "q")
    assert terminal.wait_exit() == 0
