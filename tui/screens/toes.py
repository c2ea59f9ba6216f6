"""Whose toes: what others did of late where somebody is about to build, and what to do about it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tui.screens.choices import Choice, ask_choice

if TYPE_CHECKING:
    from textual.app import App

MOST_BRANCHES = 6


async def ask_toes(app: "App[Any]", name: str, lines: Sequence[str], choices: Sequence[Choice]) -> None:
    """Do what is chosen; nothing where the person leaves it. `lines` tell of others' work, a branch each."""
    more = len(lines) - MOST_BRANCHES
    told = [*lines[:MOST_BRANCHES], *([f"and {more} more branches"] if more > 0 else ())]
    await ask_choice(app, f"Others work in {name}", choices, lines=told, hint="enter chooses · esc leaves it")
