"""What fits: the ranked list for the time there is, each with its reasons."""

from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from tui.domain.backlog import Item
from tui.domain.fitting import Fit, NowLine
from tui.screens.choices import Choices
from tui.screens.sizes import dialog_width
from widgets.formats import fit, format_minutes, format_time
from widgets.row_list import Row, Span

if TYPE_CHECKING:
    from textual.app import App


async def ask_fit(
    app: "App[Any]", line: NowLine | None, found: Sequence[Fit], done: Callable[[Item], None], *, rule: str = ""
) -> None:
    """`done` with the item chosen from `found`; `rule` says by what their minutes were cut."""
    width = dialog_width(app.size.width, 110)
    title_width = min(max((cell_len(entry.item.title) for entry in found), default=0), width // 2 - 7)
    rows = [_row(entry, title_width, width) for entry in found] or _nothing(line)
    rule = rule if line and line.gap else ""
    rows += [
        Row(f"rule-{place}", (Span(f" {part}", "muted"),), False) for place, part in enumerate(wrap(rule, width - 2))
    ]

    def chosen(key: str | None) -> None:
        for entry in found:
            if entry.item.id == key:
                done(entry.item)

    hint = "enter opens it in the editor · esc leaves"
    await app.push_screen(Choices(_heading(line), rows, width=width, hint=hint), chosen)


def _heading(line: NowLine | None) -> str:
    if line is None or line.gap is None:
        return "What fits"
    return f"What fits {line.usable_minutes} usable min, {format_time(line.gap.start)} to {format_time(line.gap.end)}"


def _row(entry: Fit, title_width: int, width: int) -> Row:
    minutes = format_minutes(entry.item.estimate or 0)
    spans = (
        Span(f"{minutes:>6} ", "secondary"),
        Span(fit(entry.item.title, title_width) + "  ", "strong"),
        Span(fit(" · ".join(entry.reasons), width - title_width - 10), "muted"),
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
