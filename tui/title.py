"""What the terminal's title says, and how a terminal is told. Others may see a title: no names stand in it.

The driver (`tui.terminal`) remembers the terminal's own title and gives it back. Pure.
"""

from collections.abc import Mapping

from rich.cells import cell_len, set_cell_size

from tui.domain.fitting import NowLine
from tui.domain.landing import Landing, format_left
from tui.domain.text import safe_text

NAME = "makerhour"
CELLS = 60
"""A title is no longer than this."""
PUSH, POP = "\x1b[22;2t", "\x1b[23;2t"
"""Have the terminal remember its title, and take that again (xterm's window operations)."""


def shows_titles(environ: Mapping[str, str]) -> bool:
    """False for terminals that have no title and may show what sets one."""
    return environ.get("TERM", "") not in ("", "dumb", "linux")


def title_sequence(title: str) -> str:
    """What sets the terminal's title (OSC 2): `title` made safe, in 60 cells at most."""
    shown = safe_text(title).strip()
    if cell_len(shown) > CELLS:
        shown = set_cell_size(shown, CELLS - 1).rstrip() + "…"
    return f"\x1b]2;{shown}\x07"


def format_title(line: NowLine | None, landing: Landing | None = None) -> str:
    """The title for what the Now bar says; with the `landing` of a session that runs, the time left to land."""
    if landing is not None:
        return f"{NAME}: {format_left(landing)}"
    match line:
        case NowLine(situation="in_gap", minutes_until=int(minutes)):
            return (
                f"{NAME}: {minutes} min free" if minutes < 100 else f"{NAME}: {minutes // 60} h {minutes % 60:02} free"
            )
        case NowLine(situation="in_meeting", until=until) if until is not None:
            return f"{NAME}: in a meeting until {until:%H:%M}"
    return NAME
