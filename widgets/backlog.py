"""The backlog pane: inbox first, then what is mine to build by leverage, then delegated and later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from tui.domain.backlog import Backlog, Item, Section, Verdict, leverage, leverage_assumed, matches, ordered
from widgets.formats import count, fit, format_day, format_minutes, wrap
from widgets.pane import Pane, empty_rows
from widgets.rows import Row, Span

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
        Binding("S", "sync", "Sync", id="backlog.sync", show=False, tooltip="Sync through git"),
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

    class SyncRequested(Message):
        """Posted when the backlog is to be synced."""

    _asked: tuple[Backlog, tuple[str, ...], date] | None = None
    _found: tuple[Section, ...] = ()

    def watch_backlog(self) -> None:
        self.refresh_rows()

    @property
    def selected(self) -> Item | None:
        """The item under the cursor."""
        return self.by_key(self.key)

    def by_key(self, key: str | None) -> Item | None:
        """The item a row stands for."""
        if self.backlog is None:
            return None
        return next((item for item in self.backlog.items if item.id == key), None)

    def sections(self) -> tuple[Section, ...]:
        """What is shown: sections with the items that match the filter; finished ones only while filtering.

        Put in order once for each snapshot, filter and day: rows and counts ask for the same.
        """
        if self.backlog is None or self.now is None:
            return ()
        asked = (self.backlog, self.words, self.now.date())
        if self._asked is None or self._asked[0] is not asked[0] or self._asked[1:] != asked[1:]:
            self._asked, self._found = asked, _shown_sections(*asked)
        return self._found

    def build_rows(self, width: int) -> Sequence[Row]:
        backlog, now, height = self.backlog, self.now, self.list.size.height
        if backlog is None or now is None:
            return empty_rows((("reading the backlog …", "muted"),), width, height)
        rows = self._notes(backlog, width)
        sections = self.sections()
        if not sections and not rows:
            if self.words:
                return empty_rows((("nothing matches the filter", "muted"),), width, height)
            return empty_rows(_NOTHING_YET, width, height)
        title_width = max(width - 5 - 6 - 1, 8)
        repo_width = min(18, width // 4) if width >= 60 else 0
        title_width -= repo_width + 1 if repo_width else 0
        for section in sections:
            label = f" {NAMES[section.state]} {len(section.items)}"
            rows.append(Row(f"section-{section.state}", (Span(fit(label, width), "muted"),), selectable=False))
            rows += [self._row(item, section.state, title_width, repo_width) for item in section.items]
        return rows

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

    def _row(self, item: Item, state: str, title_width: int, repo_width: int) -> Row:
        number = "·" if state == "inbox" else f"{leverage(item):.0f}"
        if state != "inbox" and leverage_assumed(item):
            number = f"~{number}"
        beside = _beside(item, state, self.now)
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

    def action_sync(self) -> None:
        """Have the backlog synced."""
        self.post_message(self.SyncRequested())

    def action_copy(self) -> None:
        """Copy the selected item's title."""
        if self.selected:
            self.post_message(self.CopyRequested(self.selected.title))


def _shown_sections(backlog: Backlog, words: tuple[str, ...], today: date) -> tuple[Section, ...]:
    items = tuple(item for item in backlog.items if matches(item, words)) if words else backlog.items
    return tuple(section for section in ordered(items, today) if section.items and (words or not section.hidden))


_SAID_FIRST = ("delegated", "later")
"""States whose person or day comes before the title where there is no column for it."""


def _beside(item: Item, state: str, now: datetime | None) -> str:
    """What the column beside the title holds: who has it, when it returns, else where it belongs."""
    if state == "delegated" and item.person:
        return item.person
    if state == "later" and item.until and now:
        return format_day(item.until, now.date())
    return item.repo or item.theme


_NOTHING_YET = (
    ("nothing in the backlog", "strong"),
    ("", "text"),
    ("n writes down an idea", "accent"),
    ("or from a shell:", "muted"),
    ('makerhour add "an idea"', "muted"),
)
