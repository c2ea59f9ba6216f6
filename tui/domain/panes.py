"""The panes of the dashboard by name: which are shown, in what order, and which keys go to them. Pure."""

from collections.abc import Sequence
from typing import Literal, get_args

PaneName = Literal["repositories", "today", "backlog", "detail"]
PANES: tuple[PaneName, ...] = get_args(PaneName)
"""As they stand where nobody said otherwise. The detail has a place of its own only on a wide screen, and is last."""
ACTIONS: dict[PaneName, str] = {
    "repositories": "app.repositories",
    "today": "app.agenda",
    "backlog": "app.backlog",
    "detail": "app.detail",
}
"""The ids of the actions that go to them."""


HIDDEN = "hidden_"
"""Begins the name of the key of a pane that is not shown: no keyboard sends it."""


def problem_of(panes: Sequence[PaneName]) -> str:
    """Why `panes` cannot be shown; empty where they can."""
    if len(set(panes)) < len(panes):
        return "names a pane twice; name each once"
    if not set(panes) - {"detail"}:
        return "leaves no pane to show; name one of `repositories`, `today`, `backlog`"
    return ""


def numbered(panes: Sequence[PaneName]) -> tuple[PaneName, ...]:
    """The shown ones in the order of their numbers, the detail last."""
    return (*(pane for pane in panes if pane != "detail"), *(pane for pane in panes if pane == "detail"))


def keys_to(panes: Sequence[PaneName]) -> dict[str, str]:
    """Key by action, so that keys follow what is shown; what is hidden has one that no keyboard sends."""
    places = {pane: str(number) for number, pane in enumerate(numbered(panes), 1)}
    return {action: places.get(pane, f"{HIDDEN}{pane}") for pane, action in ACTIONS.items()}


def in_cells(panes: Sequence[PaneName], *, columns: bool) -> tuple[PaneName, ...]:
    """The shown ones but the detail in the order a grid is filled: in `columns` side by side, else beside the
    day, whose column is its own."""
    shown = [pane for pane in panes if pane != "detail"]
    if not columns and "today" in shown[2:]:
        shown.remove("today")
        shown.insert(1, "today")
    return tuple(shown)


def layout_classes(panes: Sequence[PaneName]) -> tuple[str, ...]:
    """What the style sheet has to know: how many, where the day is among them, whether there is a detail."""
    shown = [pane for pane in panes if pane != "detail"]
    day = f"-day-{shown.index('today')}" if "today" in shown else "-no-day"
    return (f"-of-{len(shown)}", day, *(() if "detail" in panes else ("-no-detail",)))
