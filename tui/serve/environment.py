"""What a served dashboard is told through its environment, and how it knows that it is one. Pure."""

from collections.abc import Mapping

DRIVER = "tui.serve.driver:ServedDriver"
"""What stands between a served dashboard and the server, as Textual's `TEXTUAL_DRIVER` names it."""


def is_served(environ: Mapping[str, str]) -> bool:
    """True where this process is the dashboard of a tab: it has no terminal, and its size comes with its variables."""
    return environ.get("TEXTUAL_DRIVER") == DRIVER


def served_environment(environ: Mapping[str, str], width: int, height: int) -> dict[str, str]:
    """`environ` for a dashboard that fills `width` x `height` cells of a page: what that can show does not depend on
    the terminal the server was started in."""
    return {
        **environ,
        "TEXTUAL_DRIVER": DRIVER,
        "TEXTUAL_COLOR_SYSTEM": "truecolor",
        "COLORTERM": "truecolor",
        "TERM": "xterm-256color",
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": str(width),
        "ROWS": str(height),
    }
