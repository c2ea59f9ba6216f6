"""An item as a row of the backlog pane, and what that pane says where it has none. Pure."""

from datetime import date

from msgspec import Struct

from tui.domain.backlog import Item, State, leverage, leverage_assumed
from tui.domain.evidence import Evidence
from tui.domain.slide import SlideDebt
from widgets.formats import fit, format_day, format_minutes
from widgets.rows import Row, Span

NAMES: dict[State, str] = {
    "inbox": "Inbox",
    "build": "Build",
    "delegated": "Delegated",
    "later": "Later",
    "dropped": "Dropped",
    "done": "Done",
}
NOTHING_YET = (
    ("nothing in the backlog", "strong"),
    ("", "text"),
    ("n writes down an idea", "accent"),
    ("or from a shell:", "muted"),
    ('makerhour add "an idea"', "muted"),
)
_SAID_FIRST = ("delegated", "later")
"""States whose person or day comes before the title where there is no column for it."""
_EVIDENCE_WIDTH = 20
_EVIDENCE_ROOM = 45
"""Cells a title has from which it gives some to what is known of a delegated item."""


class Layout(Struct, frozen=True):
    """Cells for the columns of a row, and the day days are told from."""

    title_width: int
    repo_width: int
    """0 where there is no such column."""
    today: date


class Told(Struct, frozen=True):
    """What is told of an item beside its own fields."""

    marked: bool = False
    by_debt: bool = False
    """True where `debt` stands in place of the leverage."""
    debt: SlideDebt | None = None
    evidence: Evidence | None = None


def layout_of(width: int, today: date) -> Layout:
    """The columns in `width` cells."""
    repo_width = min(14 if width < 90 else 18, width // 4) if width >= 60 else 0
    title_width = max(width - 5 - 6 - 1, 8) - (repo_width + 1 if repo_width else 0)
    return Layout(title_width, repo_width, today)


def item_row(item: Item, state: State, layout: Layout, told: Told) -> Row:
    """`item` as a row of the section `state`."""
    title_width, beside, evidence = layout.title_width, _beside(item, state, layout.today), told.evidence
    said = fit(f" {evidence.short}", _EVIDENCE_WIDTH) if evidence and title_width >= _EVIDENCE_ROOM else ""
    title_width -= len(said)
    first = beside and not layout.repo_width and state in _SAID_FIRST
    title = f"{beside}: {item.title}" if first else item.title
    spans = [
        Span("▸", "strong") if told.marked else Span(" "),
        Span(fit(_number(item, state, told), 3, right=True) + " ", "strong" if state == "build" else "muted"),
        Span(fit(title, title_width), "text" if state in ("inbox", "build") else "muted"),
        *((Span(said, "warning" if evidence and evidence.quiet else "muted"),) if said else ()),
        Span(fit(format_minutes(item.estimate) if item.estimate else "?", 6, right=True), "secondary"),
    ]
    if layout.repo_width:
        spans.append(Span(" " + fit(beside, layout.repo_width), "muted"))
    spans.append(Span(" "))
    return Row(item.id, tuple(spans))


def _number(item: Item, state: State, told: Told) -> str:
    if told.by_debt:
        return f"{told.debt.times}×" if told.debt else "·"
    if state == "inbox":
        return "·"
    number = f"{min(leverage(item), 999):.0f}"
    return f"~{number}" if leverage_assumed(item) and len(number) < 3 else number


def _beside(item: Item, state: State, today: date) -> str:
    """What the column beside the title holds: who has it, when it returns, else where it belongs."""
    if state == "delegated" and item.person:
        return item.person
    if state == "later" and item.until:
        return format_day(item.until, today)
    return item.repo or item.theme
