"""The backlog pane: inbox first, then what is mine to build by leverage, then delegated and later."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from tui.domain.backlog import Backlog, Item, Section, Verdict, leverage, leverage_assumed, matches, ordered
from tui.domain.evidence import Evidence
from tui.domain.slide import ORDERED, SlideDebt, SlideDebts, most_explained_first
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
        Binding("x", "verdict('drop')", "Drop", id="backlog.drop", tooltip="Not to be built"),
        Binding("I", "reopen", "To inbox", id="backlog.reopen", show=False, tooltip="Back to the inbox"),
        Binding("space", "finish", "Done", id="backlog.done", show=False, tooltip="It is built"),
        Binding("e", "edit", "Edit", id="backlog.edit", tooltip="Edit here"),
        Binding("E", "edit_outside", "In editor", id="backlog.edit_outside", show=False, tooltip="Edit in the editor"),
        Binding("minus", "estimate(-1)", "Shorter", id="backlog.shorter", key_display="-", show=False,
                tooltip="Shorter, longer estimate"),
        Binding("plus,equals_sign", "estimate(1)", "Longer", id="backlog.longer", key_display="+", show=False,
                tooltip="Shorter, longer estimate"),
        Binding("v", "mark", "Mark", id="backlog.mark", show=False, tooltip="Mark this, all shown"),
        Binding("V", "mark_all", "Mark all", id="backlog.mark_all", show=False, tooltip="Mark this, all shown"),
        Binding("O", "order", "Order", id="backlog.order", show=False, tooltip="Order by leverage, slide debt"),
        Binding("S", "sync", "Sync", id="backlog.sync", show=False, tooltip="Sync through git"),
        Binding("y", "copy", "Copy", id="backlog.copy", show=False, tooltip="Copy the title"),
    ]  # fmt: skip

    backlog: var[Backlog | None] = var[Backlog | None](None, init=False)
    debts: var[SlideDebts | None] = var[SlideDebts | None](None, init=False)
    """The meetings items were explained in; None until the past was read."""
    by_debt: var[bool] = var(default=False, init=False)
    """True where inbox and build stand in the order of slide debt instead of their own."""
    evidence: var[Mapping[str, Evidence]] = var[Mapping[str, Evidence]]({}, init=False)
    """What is known of delegated items, by id."""

    marked: var[frozenset[str]] = var[frozenset[str]](frozenset(), init=False)
    """Ids of the items the next verb is about; none for the one under the cursor."""

    @dataclass
    class VerdictGiven(Message):
        """Posted when the person decides on items."""

        items: tuple[Item, ...]
        verdict: Verdict

    @dataclass
    class ChangeRequested(Message):
        """Posted when items are to change without a question: reopened, finished, another estimate."""

        items: tuple[Item, ...]
        change: Literal["reopen", "finish", "shorter", "longer"]

    @dataclass
    class EditRequested(Message):
        """Posted when an item is to be edited; `outside` in the editor. Without an item, the file itself."""

        item: Item | None
        outside: bool = False

    @dataclass
    class TriageRequested(Message):
        """Posted when these are to be decided one by one."""

        items: tuple[Item, ...]

    class SyncRequested(Message):
        """Posted when the backlog is to be synced."""

    _asked: tuple[Backlog, tuple[str, ...], date, SlideDebts | None] | None = None
    _found: tuple[Section, ...] = ()

    def watch_backlog(self) -> None:
        self.refresh_rows()

    def watch_debts(self) -> None:
        if self.by_debt:
            self.refresh_rows()

    def watch_by_debt(self) -> None:
        self.refresh_rows()

    def watch_evidence(self) -> None:
        self.refresh_rows()

    def title_text(self) -> str:
        return f"{self.TITLE} by slide debt" if self.by_debt else self.TITLE

    def debt_of(self, item: Item) -> SlideDebt | None:
        """In how many meetings an item was explained; None where in none that is known."""
        return self.debts.of(item) if self.debts else None

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
        asked = (self.backlog, self.words, self.now.date(), self.debts if self.by_debt else None)
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
            name = "Done this week" if section.state == "done" and not self.words else NAMES[section.state]
            label = f" {name} {len(section.items)}"
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
        if self.by_debt and state in ORDERED:
            debt = self.debt_of(item)
            number = f"{debt.times}×" if debt else "·"
        beside = _beside(item, state, self.now)
        evidence = self.evidence.get(item.id) if state == "delegated" else None
        said = fit(f" {evidence.short}", _EVIDENCE_WIDTH) if evidence and title_width >= _EVIDENCE_ROOM else ""
        title_width -= len(said)
        title = f"{beside}: {item.title}" if beside and not repo_width and state in _SAID_FIRST else item.title
        tone = "text" if state in ("inbox", "build") else "muted"
        mark = Span("▸", "strong") if item.id in self.marked else Span(" ")
        spans = [
            mark,
            Span(fit(number, 3, right=True) + " ", "accent" if state == "build" else "muted"),
            Span(fit(title, title_width), tone),
            *((Span(said, "warning" if evidence and evidence.quiet else "muted"),) if said else ()),
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
        marked = [f"{len(self.chosen)} marked"] if self.marked and self.chosen[0].id in self.marked else []
        if self.words:
            return " · ".join([*marked, f"{shown} of {len(self.backlog.items)}"])
        return " · ".join([*marked, count(shown, "item"), f"{inbox} to triage"])

    @property
    def chosen(self) -> tuple[Item, ...]:
        """What a verb is about: the marked items in the order shown, else the one under the cursor."""
        if marked := tuple(item for item in self._shown_items() if item.id in self.marked):
            return marked
        return (self.selected,) if self.selected else ()

    def _shown_items(self) -> Iterator[Item]:
        return (item for section in self.sections() for item in section.items)

    def action_triage(self) -> None:
        """Ask for what is marked to be decided one by one; else what the filter shows, else the inbox."""
        items = tuple(item for item in self._shown_items() if item.id in self.marked)
        if not items and self.words:
            items = tuple(self._shown_items())
        elif not items:
            items = tuple(item for section in self.sections() if section.state == "inbox" for item in section.items)
        self.post_message(self.TriageRequested(items))

    def action_verdict(self, verdict: Verdict) -> None:
        """Decide on what is chosen."""
        if self.chosen:
            self.post_message(self.VerdictGiven(self.chosen, verdict))

    def action_reopen(self) -> None:
        """What is chosen goes back to the inbox."""
        self._change("reopen")

    def action_finish(self) -> None:
        """What is chosen is built."""
        self._change("finish")

    def action_estimate(self, steps: int) -> None:
        """Change the estimate of what is chosen."""
        self._change("shorter" if steps < 0 else "longer")

    def _change(self, change: Literal["reopen", "finish", "shorter", "longer"]) -> None:
        if self.chosen:
            self.post_message(self.ChangeRequested(self.chosen, change))

    def action_edit(self) -> None:
        """Ask for the selected item to be edited."""
        if self.selected:
            self.post_message(self.EditRequested(self.selected))

    def action_edit_outside(self) -> None:
        """Ask for the selected item to be edited in the editor; where the file is broken, for the file."""
        broken = self.backlog is not None and self.backlog.problem is not None
        if broken or self.selected:
            self.post_message(self.EditRequested(None if broken else self.selected, outside=True))

    def action_mark(self) -> None:
        """Mark the item under the cursor, or no longer, and go on to the next."""
        if self.key is not None and self.selected:
            self.marked ^= {self.key}
            self.list.action_move(1)

    def action_mark_all(self) -> None:
        """Mark all that is shown; none where all are marked."""
        shown = frozenset(item.id for item in self._shown_items())
        self.marked = frozenset() if shown <= self.marked else self.marked | shown

    def watch_marked(self) -> None:
        self.refresh_rows()

    def action_order(self) -> None:
        """Put inbox and build in the other order: by slide debt, or their own."""
        self.by_debt = not self.by_debt

    def action_sync(self) -> None:
        """Have the backlog synced."""
        self.post_message(self.SyncRequested())

    def action_copy(self) -> None:
        """Copy the selected item's title."""
        if self.selected:
            self.post_message(self.CopyRequested(self.selected.title))


def _shown_sections(
    backlog: Backlog, words: tuple[str, ...], today: date, debts: SlideDebts | None
) -> tuple[Section, ...]:
    items = tuple(item for item in backlog.items if matches(item, words)) if words else backlog.items
    found = []
    for section in ordered(items, today):
        if section.state == "done" and not words:
            found.append(replace(section, items=_done_this_week(section.items, today), hidden=False))
        elif words or not section.hidden:
            found.append(most_explained_first(section, debts) if debts else section)
    return tuple(section for section in found if section.items)


def _done_this_week(items: Iterable[Item], today: date) -> tuple[Item, ...]:
    monday = today - timedelta(days=today.weekday())
    return tuple(item for item in items if item.done and item.done.date() >= monday)


_EVIDENCE_WIDTH = 20
_EVIDENCE_ROOM = 45
"""Cells a title has from which it gives some to what is known of a delegated item."""

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
