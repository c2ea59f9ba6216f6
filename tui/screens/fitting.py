"""What fits: the ranked list for the time there is, each with its reasons."""

from collections.abc import Callable, Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from tui.domain.backlog import Item
from tui.domain.fitting import Fit, NowLine
from tui.domain.spare import Spare
from tui.screens.choices import Choices
from tui.screens.sizes import dialog_width
from widgets.formats import fit, format_minutes, format_time
from widgets.rows import Row, Span

if TYPE_CHECKING:
    from textual.app import App

SPARE = "\0spare "
"""Begins the keys of what is offered beside items."""


async def ask_fit(
    app: "App[Any]",
    line: NowLine | None,
    found: Sequence[Fit],
    done: Callable[[Item], None],
    *,
    rule: str = "",
    instead: Sequence[Spare] = (),
    spend: Callable[[Spare], None] = lambda _spare: None,
) -> None:
    """`done` with the item chosen from `found`; `rule` says by what their minutes were cut.

    `instead` is what a time too short to build in is good for; `spend` gets the one chosen.
    """
    width = dialog_width(app.size.width, 110)
    rows = [row for entry in _lines(found, width) for row in entry] or _nothing(line)
    if instead:
        lead = " until then, five minutes are enough to" if found else " too short to build; five minutes are enough to"
        rows = [row for entry in _lines(found, width) for row in entry]
        rows.append(Row("short", (Span(lead, "muted"),), selectable=False))
        rows += [Row(f"{SPARE}{place}", (Span("  " + fit(one.text, width - 3)),)) for place, one in enumerate(instead)]
    rule = rule if line and line.gap else ""
    rows += [
        Row(f"rule-{place}", (Span(f" {part}", "muted"),), False) for place, part in enumerate(wrap(rule, width - 2))
    ]

    def chosen(key: str | None) -> None:
        if key is not None and key.startswith(SPARE):
            spend(instead[int(key.removeprefix(SPARE))])
            return
        for entry in found:
            if entry.item.id == key:
                done(entry.item)

    hint = "enter starts a session on it · esc leaves" if found or not instead else "enter does it · esc leaves"
    await app.push_screen(Choices(_heading(line), rows, width=width, hint=hint), chosen)


def _heading(line: NowLine | None) -> str:
    if line is None or line.gap is None:
        return "What fits"
    start, end = format_time(line.gap.start), format_time(line.gap.end)
    day = f"{line.gap.start:%a} " if line.situation == "day_over" else ""
    return f"What fits {line.usable_minutes} usable min, {day}{start} to {end}"


def _lines(found: Sequence[Fit], width: int) -> Iterator[tuple[Row, ...]]:
    """A line an item; where the reasons of some do not fit into theirs, two: reasons are what is asked for."""
    title_width = min(max((cell_len(entry.item.title) for entry in found), default=0), width // 2 - 7)
    told = [(entry, " · ".join(entry.reasons)) for entry in found]
    beside = all(cell_len(reasons) <= width - title_width - 10 for _, reasons in told)
    for entry, reasons in told:
        lead = Span(f"{format_minutes(entry.item.estimate or 0):>6} ", "secondary")
        if beside:
            title = Span(fit(entry.item.title, title_width) + "  ", "strong")
            yield (Row(entry.item.id, (lead, title, Span(fit(reasons, width - title_width - 10), "muted"))),)
        else:
            yield (
                Row(entry.item.id, (lead, Span(fit(entry.item.title, width - 8), "strong"))),
                Row(f"why-{entry.item.id}", (Span(" " * 7 + fit(reasons, width - 8), "muted"),), False, entry.item.id),
            )


def _nothing(line: NowLine | None) -> list[Row]:
    said = ["nothing to build fits the time there is"]
    if line is None or line.situation == "no_calendar":
        said = ["without a calendar there is no gap to fit", "first steps (C in the panes) find one"]
    elif line.gap is None:
        said = ["no gap within the next days"]
    else:
        said.append("items need the verdict build (b) and an estimate (- +)")
    return [Row(f"none-{place}", (Span(f" {text}", "muted"),), selectable=False) for place, text in enumerate(said)]
