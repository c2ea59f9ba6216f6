"""Whose toes: what others did of late where somebody is about to build, and what to do about it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tui.screens.choices import Choices
from tui.screens.sizes import dialog_width
from widgets.formats import wrap
from widgets.rows import Row, Span

if TYPE_CHECKING:
    from textual.app import App

MOST_BRANCHES = 6
BUILD, READ = "build", "read"


async def ask_toes(
    app: "App[Any]", name: str, lines: Sequence[str], *, build: Callable[[], object], read: Callable[[], object]
) -> None:
    """`build` or `read`, as chosen; nothing where the person leaves it. `lines` tell of others' work, a branch each."""
    width = dialog_width(app.size.width, 100)
    rows = [
        Row(f"toes-{number}-{place}", (Span(" " if place == 0 else "   "), Span(part)), selectable=False)
        for number, line in enumerate(lines[:MOST_BRANCHES])
        for place, part in enumerate(wrap(line, width - 4, 4))
    ]
    if len(lines) > MOST_BRANCHES:
        rows.append(Row("more", (Span(f" and {len(lines) - MOST_BRANCHES} more branches", "muted"),), selectable=False))
    rows += [
        Row("apart", (Span(""),), selectable=False),
        Row(BUILD, (Span(" build here all the same", "strong"),)),
        Row(
            READ,
            (
                Span(
                    " read what they did",
                ),
            ),
        ),
    ]

    def chosen(key: str | None) -> None:
        {BUILD: build, READ: read}.get(key or "", lambda: None)()

    hint = "enter chooses · esc leaves it"
    await app.push_screen(Choices(f"Others work in {name}", rows, width=width, hint=hint), chosen)
