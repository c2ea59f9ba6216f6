"""The mouse in a real terminal: the bytes a terminal sends for clicks and the wheel."""

from pathlib import Path

import pytest

from tests.terminal import Terminal
from tests.test_dashboard_terminal import Desk, leave
from tui.domain.backlog import Item

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(300)]
LEFT, WHEEL_DOWN = 0, 65


def send(terminal: Terminal, text: str, button: int = LEFT) -> None:
    """Press and let go of `button` (SGR, from 1) where `text` stands."""
    terminal.wait_for(text)
    lines = terminal.screen()
    y = next(number for number, line in enumerate(lines) if text in line)
    x = lines[y].index(text) + 1
    at = f"{x + 1};{y + 1}"
    terminal.type(f"\x1b[<{button};{at}M" + (f"\x1b[<{button};{at}m" if button == LEFT else ""))


def test_clicks_and_the_wheel_do_what_they_do_elsewhere(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "a home")
    desk.store.add(
        [Item("", f"Idea number {number:02}", "build", estimate=30, impact=2, edge=2) for number in range(60)]
    )
    with desk.start(columns=120, lines=40) as terminal:
        terminal.wait_for("Board prep")
        terminal.wait_for("Idea number 01")
        send(terminal, " 32 Usage caps")
        terminal.wait_for("b Build  d Delegate")
        assert not any("impact, edge" in line for line in terminal.screen())
        send(terminal, " 32 Usage caps")
        terminal.wait_for("impact, edge")
        send(terminal, "? Help")  # beside the detail
        terminal.wait_for(lambda terminal: not any("impact, edge" in line for line in terminal.screen()))
        send(terminal, "Idea number 01", WHEEL_DOWN)
        terminal.wait_for(lambda terminal: not any(" 32 Usage caps" in line for line in terminal.screen()))
        send(terminal, "? Help")
        terminal.wait_for("esc closes")
        terminal.type("q")
        terminal.wait_for(lambda terminal: not any("esc closes" in line for line in terminal.screen()))
        leave(terminal)
