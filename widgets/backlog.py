"""The backlog pane: inbox first, then what is mine to build by leverage, then delegated and later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from tui.domain.backlog import Backlog, Item, Section, Verdict, leverage, leverage_assumed
from tui.domain.shelves import Shelves
from widgets.formats import count, fit, format_day, format_minutes, wrap
from widgets.pane import Pane, empty_rows
from widgets.rows import LazyRows, Part, Row, Span

MOST_ROWS = 5000
"""Rows that are kept."""
NAMES = {
    "inbox": "Inbox",
    "build": "Build",
    "delegated": "Delegated",
    "later": "Later",
    "dropped": "Dropped",
    "done": "Done",
}


class BacklogPane(Pane):
    """Ideas, in sections."""

    TITLE = "Backlog"
    NUMBER = 3

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "verdict('build')", "Build", id="backlog.build", tooltip="Mine to build"),
        Binding("d", "verdict('delegate')", "Delegate", id="backlog.delegate", tooltip="Another's to build"),
        Binding("l", "verdict('later')", "Later", id="backlog.later", tooltip="Back on a later day"),
        Binding(
            "x",
            "verdict('drop')",
            "Drop",
            id="backlog.drop",
            tooltip="Not to be built",
        ),
        Binding("e", "edit", "Edit", id="backlog.edit", tooltip="Edit the item"),
        Binding("space", "finish", "Done", id="backlog.done", show=False, tooltip="It is built"),
        Binding(
            "minus",
            "estimate(-1)",
            "Shorter",
            id="backlog.shorter",
            key_display="-",
            show=False,
            tooltip="A shorter estimate",
        ),
        Binding(
            "plus,equals_sign",
            "estimate(1)",
            "Longer",
            id="backlog.longer",
            key_display="+",
            show=False,
            tooltip="A longer estimate",
        ),
        Binding("y", "copy", "Copy", id="backlog.copy", show=False, tooltip="Copy the title"),
    ]

    backlog: var[Backlog | None] = var[Backlog | None](None, init=False)

    @dataclass
    class VerdictGiven(Message):
        """Posted when the person decides on an item."""

        item: Item
        verdict: Verdict

    @dataclass
    class EditRequested(Message):
        """Posted when an item is to be edited."""

        item: Item

    @dataclass
    class FinishRequested(Message):
        """Posted when an item is built."""

        item: Item

    @dataclass
    class EstimateRequested(Message):
        """Posted when an item's estimate is to change by steps."""

        item: Item
        steps: int

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._own: tuple[tuple[Item, ...], Shelves] | None = None
        """Items that nobody had put in order as of today, and that order."""
        self._asked: tuple[Shelves, tuple[str, ...]] | None = None
        self._found: tuple[Section, ...] = ()
        self._laid: tuple[tuple[Section, ...], tuple[object, ...], Sequence[Row]] = ((), (), ())
        """Sections, what else their rows were made of, and those rows."""
        self._made: dict[str, tuple[Item, tuple[object, ...], Row]] = {}
        """Rows by their item's id, each with the item and what else it was made of."""

    def watch_backlog(self) -> None:
        self.refresh_rows()

    @property
    def selected(self) -> Item | None:
        """The item under the cursor."""
        return self.by_key(self.key)

    def by_key(self, key: str | None) -> Item | None:
        """The item a row stands for."""
        shelves = self._shelved()
        return shelves.find(key) if shelves and key else None

    def _shelved(self) -> Shelves | None:
        """The items in order, as of the day shown; put in order here only where nobody did before."""
        if self.backlog is None or self.now is None:
            return None
        items, shelves, today = self.backlog.items, self.backlog.shelves, self.now.date()
        if shelves is not None and shelves.today == today:
            return shelves
        if self._own is None or self._own[0] is not items or self._own[1].today != today:
            self._own = items, Shelves.of(items, today)
        return self._own[1]

    def sections(self) -> tuple[Section, ...]:
        """What is shown: sections with the items that match the filter; finished ones only while filtering.

        Looked for once for each snapshot, filter and day: rows and counts ask for the same.
        """
        shelves = self._shelved()
        if shelves is None:
            return ()
        if self._asked is None or self._asked[0] is not shelves or self._asked[1] != self.words:
            self._asked = shelves, self.words
            found = shelves.sections(self.words)
            self._found = found if self.words else tuple(section for section in found if not section.hidden)
        return self._found

    def build_rows(self, width: int) -> Sequence[Row]:
        backlog, now, height = self.backlog, self.now, self.list.size.height
        if backlog is None or now is None:
            return empty_rows((("reading the backlog …", "muted"),), width, height)
        sections, shelves = self.sections(), self._shelved()
        if shelves is None or (not sections and not backlog.problem):
            if self.words:
                return empty_rows((("nothing matches the filter", "muted"),), width, height)
            return empty_rows(_NOTHING_YET, width, height)
        title_width = max(width - 5 - 6 - 1, 8)
        repo_width = min(18, width // 4) if width >= 60 else 0
        title_width -= repo_width + 1 if repo_width else 0
        layout = (title_width, repo_width, now.date())
        of = (backlog.problem, width, layout)
        if self._laid[0] is not sections or self._laid[1] != of:
            parts: list[Part | Sequence[Row]] = [self._notes(backlog, width)]
            for section in sections:
                label = f" {NAMES[section.state]} {len(section.items)}"
                parts.append([Row(f"section-{section.state}", (Span(fit(label, width), "muted"),), selectable=False)])
                make, place_of = partial(self._row, section.state, layout), partial(shelves.place, section)
                parts.append(Part(section.items, make, place_of))
            self._laid = sections, of, LazyRows(parts)
        return self._laid[2]

    def _notes(self, backlog: Backlog, width: int) -> list[Row]:
        if backlog.problem is None:
            return []
        lines = wrap(backlog.problem, width - 3, 8)
        return [
            Row(
                f"problem-{place}",
                (Span(" × " if place == 0 else "   ", "error"), Span(line, "error")),
                selectable=False,
            )
            for place, line in enumerate(lines)
        ]

    def _row(self, state: str, layout: tuple[int, int, date], item: Item) -> Row:
        """The row of `item`: the one made before, where it was made of the same."""
        of, known = (state, layout), self._made.get(item.id)
        if known is None or known[0] is not item or known[1] != of:
            if len(self._made) >= MOST_ROWS:
                self._made.clear()
            known = self._made[item.id] = item, of, _item_row(item, *of)
        return known[2]

    def count_text(self) -> str:
        if self.backlog is None or self.now is None:
            return ""
        sections = self.sections()
        shown = sum(len(section.items) for section in sections)
        inbox = sum(len(section.items) for section in sections if section.state == "inbox")
        if self.words:
            return f"{shown} of {len(self.backlog.items)}"
        return f"{count(shown, 'item')} · {inbox} to triage"

    def action_verdict(self, verdict: Verdict) -> None:
        """Decide on the selected item."""
        if self.selected:
            self.post_message(self.VerdictGiven(self.selected, verdict))

    def action_edit(self) -> None:
        """Ask for the selected item to be edited."""
        if self.selected:
            self.post_message(self.EditRequested(self.selected))

    def action_finish(self) -> None:
        """The selected item is built."""
        if self.selected:
            self.post_message(self.FinishRequested(self.selected))

    def action_estimate(self, steps: int) -> None:
        """Change the selected item's estimate."""
        if self.selected:
            self.post_message(self.EstimateRequested(self.selected, steps))

    def action_copy(self) -> None:
        """Copy the selected item's title."""
        if self.selected:
            self.post_message(self.CopyRequested(self.selected.title))


def _item_row(item: Item, state: str, layout: tuple[int, int, date]) -> Row:
    title_width, repo_width, today = layout
    number = "·" if state == "inbox" else f"{leverage(item):.0f}"
    if state != "inbox" and leverage_assumed(item):
        number = f"~{number}"
    beside = _beside(item, state, today)
    title = f"{beside}: {item.title}" if beside and not repo_width and state in _SAID_FIRST else item.title
    tone = "text" if state in ("inbox", "build") else "muted"
    spans = [
        Span(fit(number, 4, right=True) + " ", "accent" if state == "build" else "muted"),
        Span(fit(title, title_width), tone),
        Span(fit(format_minutes(item.estimate) if item.estimate else "?", 6, right=True), "secondary"),
    ]
    if repo_width:
        spans.append(Span(" " + fit(beside, repo_width), "muted"))
    spans.append(Span(" "))
    return Row(item.id, tuple(spans))


_SAID_FIRST = ("delegated", "later")
"""States whose person or day comes before the title where there is no column for it."""


def _beside(item: Item, state: str, today: date) -> str:
    """What the column beside the title holds: who has it, when it returns, else where it belongs."""
    if state == "delegated" and item.person:
        return item.person
    if state == "later" and item.until:
        return format_day(item.until, today)
    return item.repo or item.theme


_NOTHING_YET = (
    ("nothing in the backlog", "strong"),
    ("", "text"),
    ("n writes down an idea", "accent"),
    ("or from a shell:", "muted"),
    ('makerhour add "an idea"', "muted"),
)
