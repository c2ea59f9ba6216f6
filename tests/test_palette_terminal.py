"""The palette in a real terminal: typed in one go, and remembered for the next start."""

from pathlib import Path

import pytest

from tests.terminal import Terminal
from tests.test_dashboard_terminal import Desk, leave

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(300)]


def shows_neither(terminal: Terminal, *texts: str) -> bool:
    """True where none of `texts` is on the screen: what the open palette covers is not there either."""
    return not any(text in line for line in terminal.screen() for text in texts)


def test_what_is_typed_in_one_go_is_done_and_stands_first_at_the_next_start(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "a home")
    with desk.start(columns=100, lines=30) as terminal:
        terminal.wait_for("Board prep")
        terminal.wait_for("32 Usage caps")
        terminal.type(":usage caps\r")
        terminal.wait_for("b Build  d Delegate")
        terminal.type("\x10zoom\r")
        terminal.wait_for(lambda terminal: shows_neither(terminal, "1 Repositories  by attention", "enter does it"))
        terminal.type("?")
        terminal.wait_for("type to search")
        terminal.type("lane")
        terminal.wait_for("Make a lane, end one")
        terminal.wait_for("esc shows all again")
        terminal.type("\x1b")
        terminal.wait_for("Decide on ideas in turn")
        terminal.wait_for("type to search")
        terminal.type("\x1b")
        terminal.wait_for(lambda terminal: shows_neither(terminal, "type to search"))
        leave(terminal)
    with desk.start(columns=100, lines=30) as terminal:
        terminal.wait_for("32 Usage caps")
        terminal.type(":")
        terminal.wait_for("Usage caps limiter  item · build")
        lines = [line.strip("│ ") for line in terminal.screen()]
        first = next(place for place, line in enumerate(lines) if line.startswith("Zoom  This pane alone"))
        assert lines[first + 1].startswith("Usage caps limiter  item")
        terminal.type("\x1b")
        terminal.wait_for(lambda terminal: shows_neither(terminal, "enter does it"))
        leave(terminal)
