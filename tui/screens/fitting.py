"""What fits: the ranked list for the time there is, each with its reasons."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tui.domain.backlog import Item
from tui.domain.fitting import Fit, NowLine
from tui.screens.choices import Choices
from widgets.formats import fit, format_minutes, format_time
from widgets.row_list import Row, Span

if TYPE_CHECKING:
    from textual.app import App


async def ask_fit(app: "App[Any]", line: NowLine | None, found: Sequence[Fit]) -> Item | None:
    """The item chosen from `found`; None where the person left."""
    width = min(app.size.width - 8, 110)
    rows = [_row(entry, width) for entry in found] or _nothing(line)
    chosen = await app.push_screen_wait(
        Choices(_heading(line), rows, width=width, hint="enter opens it in the editor · esc leaves")
    )
    return next((entry.item for entry in found if entry.item.id == chosen), None)


def _heading(line: NowLine | None) -> str:
    if line is None or line.gap is None:
        return "What fits"
    return f"What fits {line.usable_minutes} usable min, {format_time(line.gap.start)} to {format_time(line.gap.end)}"


def _row(entry: Fit, width: int) -> Row:
    minutes = format_minutes(entry.item.estimate or 0)
    title = max(width // 2 - 6, 16)
    spans = (
        Span(f" {minutes:>5} ", "secondary"),
        Span(fit(entry.item.title, title) + "  ", "strong"),
        Span(fit(" · ".join(entry.reasons), max(width - title - 10, 8)), "muted"),
    )
    return Row(entry.item.id, spans)


def _nothing(line: NowLine | None) -> list[Row]:
    said = ["nothing to build fits the time there is"]
    if line is None or line.situation == "no_calendar":
        said = ["without a calendar there is no gap to fit", "name one under [[calendars]] in config.toml"]
    elif line.gap is None:
        said = ["no gap within the next days"]
    else:
        said.append("items need the verdict build (b) and an estimate (- +)")
    return [Row(f"none-{place}", (Span(f" {text}", "muted"),), selectable=False) for place, text in enumerate(said)]
