"""The backlog pane: inbox first, then what is mine to build by leverage, then delegated and later."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from tui.domain.backlog import Backlog, Item, Section, State, Verdict
from tui.domain.evidence import Evidence
from tui.domain.shelves import Shelves
from tui.domain.slide import ORDERED, SlideDebt, SlideDebts
from widgets.backlog_rows import NAMES, NOTHING_YET, Layout, Told, item_row, layout_of
from widgets.backlog_sections import sections_shown
from widgets.formats import count, wrap
from widgets.pane import Pane, empty_rows
from widgets.posted import Posted
from widgets.rows import LazyRows, Part, Row, Span

Around = tuple[frozenset[str], SlideDebts | None, Mapping[str, Evidence]]
"""Ids of marked items, what tells their slide debt where they stand by it, and what is known of delegated ones."""
MOST_ROWS = 5000
"""Rows that are kept."""


class BacklogPane(Pane):
    """Ideas, in sections."""

    TITLE = "Backlog"
    ABOUT_ROW = Pane.ABOUT_ROW | {
        *("verdict", "reopen", "finish", "estimate", "edit", "mark", "mark_all", "agent", "hand_over", "lane"),
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "verdict('build')", "Build", id="backlog.build", tooltip="Mine to build"),
        Binding("d", "verdict('delegate')", "Delegate", id="backlog.delegate", tooltip="Another's to build"),
        Binding("l", "verdict('later')", "Later", id="backlog.later", tooltip="Back on a later day"),
        Binding("x", "verdict('drop')", "Drop", id="backlog.drop", tooltip="Not to be built"),
        Binding("I", "reopen", "To inbox", id="backlog.reopen", show=False, tooltip="Back to the inbox"),
        Binding("space", "finish", "Done", id="backlog.done", show=False, tooltip="It is built"),
        Binding("e", "edit", "Edit", id="backlog.edit", tooltip="Edit, in the editor"),
        Binding("E", "edit_outside", "In editor", id="backlog.edit_outside", show=False, tooltip="Edit, in the editor"),
        Binding("minus", "estimate(-1)", "Shorter", id="backlog.shorter", key_display="-", show=False,
                tooltip="Estimate: less, more"),
        Binding("plus,equals_sign", "estimate(1)", "Longer", id="backlog.longer", key_display="+", show=False,
                tooltip="Estimate: less, more"),
        Binding("a", "agent", "Agent", id="backlog.agent", show=False, tooltip="AI agent, with a brief"),
        Binding("A", "hand_over", "Hand over", id="backlog.hand_over", show=False, tooltip="To an agent, alone"),
        Binding("P", "lane", "Lane", id="backlog.lane", show=False, tooltip="A lane for a prototype"),
        Binding("v", "mark", "Mark", id="backlog.mark", show=False, tooltip="Mark this, all shown"),
        Binding("V", "mark_all", "Mark all", id="backlog.mark_all", show=False, tooltip="Mark this, all shown"),
        Binding("O", "order", "Order", id="backlog.order", show=False, tooltip="Order: leverage, debt"),
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

    class VerdictGiven(Posted):
        """Posted when the person decides on items."""

        items: tuple[Item, ...]
        verdict: Verdict

    class ChangeRequested(Posted):
        """Posted when items are to change without a question: reopened, finished, another estimate."""

        items: tuple[Item, ...]
        change: Literal["reopen", "finish", "shorter", "longer"]

    class EditRequested(Posted):
        """Posted when an item is to be edited; `outside` in the editor. Without an item, the file itself."""

        item: Item | None
        outside: bool = False

    class TriageRequested(Posted):
        """Posted when these are to be decided one by one."""

        items: tuple[Item, ...]

    class AgentRequested(Posted):
        """Posted when an AI agent is to work on an item."""

        item: Item

    class HandOverRequested(Posted):
        """Posted when an AI agent is to work on an item by itself."""

        item: Item

    class LaneRequested(Posted):
        """Posted when the person wants a place of its own for an item."""

        item: Item

    class SyncRequested(Message):
        """Posted when the backlog is to be synced."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._own: tuple[tuple[Item, ...], Shelves] | None = None
        """Items that nobody had put in order as of today, and that order."""
        self._asked: tuple[Shelves, tuple[str, ...], SlideDebts | None] | None = None
        self._found: tuple[Section, ...] = ()
        self._laid: tuple[tuple[Section, ...], tuple[object, ...], Sequence[Row]] = ((), (), ())
        """Sections, what else their rows were made of, and those rows."""
        self._made: dict[str, tuple[Item, tuple[object, ...], Row]] = {}
        """Rows by their item's id, each with the item and what else it was made of."""

    def watch_backlog(self) -> None:
        self.refresh_rows()

    def watch_debts(self) -> None:
        if self.by_debt:
            self.refresh_rows()

    def watch_by_debt(self) -> None:
        self.refresh_rows()

    def watch_evidence(self) -> None:
        self.refresh_rows()

    def show_anew(self) -> None:
        """See Pane."""
        self._made.clear()
        self._asked, self._laid = None, ((), (), ())
        super().show_anew()

    def title_text(self) -> str:
        return f"{self.TITLE} by slide debt" if self.by_debt else self.TITLE

    def debt_of(self, item: Item) -> SlideDebt | None:
        """In how many meetings an item was explained; None where in none that is known."""
        return self.debts.of(item) if self.debts else None

    @property
    def is_read(self) -> bool:
        """See Pane."""
        return self.backlog is not None

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
        """What is shown: sections with the items that match the filter; of what is finished this week's only, and all
        while filtering.

        Looked for once for each snapshot, filter, order and day: rows and counts ask for the same.
        """
        shelves = self._shelved()
        if shelves is None:
            return ()
        asked = (shelves, self.words, self.debts if self.by_debt else None)
        if self._asked is None or self._asked[0] is not shelves or self._asked[1:] != asked[1:]:
            self._asked, self._found = asked, tuple(sections_shown(shelves, *asked[1:]))
        return self._found

    def build_rows(self, width: int) -> Sequence[Row]:
        backlog, now, height = self.backlog, self.now, self.list.size.height
        shelves = self._shelved()
        if backlog is None or now is None or shelves is None:
            return empty_rows((("reading the backlog …", "muted"),), width, height)
        sections = self.sections()
        if not sections and not backlog.problem:
            if self.words:
                return empty_rows((("nothing matches the filter", "muted"),), width, height)
            return empty_rows(NOTHING_YET, width, height)
        layout = layout_of(width, now.date())
        of = (backlog.problem, width, layout, self.marked, self.debts if self.by_debt else None, self.evidence)
        if self._laid[0] is not sections or self._laid[1] != of:
            parts: list[Part | Sequence[Row]] = [self._notes(backlog, width)]
            for section in sections:
                name = "Done this week" if section.state == "done" and not self.words else NAMES[section.state]
                spans = (Span(f" {name}", "strong"), Span(f" {len(section.items)}", "muted"))
                parts.append([Row(f"section-{section.state}", spans, selectable=False)])
                by_debt = self.by_debt and section.state in ORDERED
                place_of = partial(_place, section) if by_debt else partial(shelves.place, section)
                told = (self.marked, self.debts if by_debt else None, self.evidence)
                parts.append(Part(section.items, partial(self._row, section.state, layout, told), place_of))
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

    def _row(self, state: State, layout: Layout, around: Around, item: Item) -> Row:
        """The row of `item`: the one made before, where it was made of the same.

        `around` is as it was when rows were laid out: those that show are compared with those that will.
        """
        marked, debts, evidence = around
        told = Told(
            item.id in marked,
            debts is not None,
            debts.of(item) if debts else None,
            evidence.get(item.id) if state == "delegated" else None,
        )
        of, known = (state, layout, told), self._made.get(item.id)
        if known is None or known[0] is not item or known[1] != of:
            if len(self._made) >= MOST_ROWS:
                self._made.clear()
            known = self._made[item.id] = item, of, item_row(item, *of)
        return known[2]

    def count_text(self) -> str:
        if self.backlog is None or self.now is None:
            return ""
        sections = self.sections()
        shown = sum(len(section.items) for section in sections)
        inbox = sum(len(section.items) for section in sections if section.state == "inbox")
        marked = [f"{len(chosen)} marked"] if (chosen := self._marked_items()) else []
        if self.words:
            return " · ".join([*marked, f"{shown} of {len(self.backlog.items)}"])
        said = [count(shown, "item"), *([f"{inbox} to triage"] if inbox else [])] if shown else []
        return " · ".join([*marked, *said])

    @property
    def chosen(self) -> tuple[Item, ...]:
        """What a verb is about: the marked items in the order shown, else the one under the cursor."""
        return self._marked_items() or ((self.selected,) if self.selected else ())

    def _marked_items(self) -> tuple[Item, ...]:
        return tuple(item for item in self._shown_items() if item.id in self.marked) if self.marked else ()

    def _shown_items(self) -> Iterator[Item]:
        return (item for section in self.sections() for item in section.items)

    def action_triage(self) -> None:
        """Ask for what is marked to be decided one by one; else what the filter shows, else the inbox."""
        items = self._marked_items()
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

    def action_agent(self) -> None:
        """Ask for an AI agent to be told of the selected item."""
        if self.selected:
            self.post_message(self.AgentRequested(self.selected))

    def action_hand_over(self) -> None:
        """Ask for an AI agent to work on the selected item in the background."""
        if self.selected:
            self.post_message(self.HandOverRequested(self.selected))

    def action_lane(self) -> None:
        """Ask for a place of its own for the selected item."""
        if self.selected:
            self.post_message(self.LaneRequested(self.selected))

    def action_sync(self) -> None:
        """Have the backlog synced."""
        self.post_message(self.SyncRequested())

    def action_copy(self) -> None:
        """Copy the selected item's title."""
        if self.selected:
            self.post_message(self.CopyRequested(self.selected.title))


def _place(section: Section, id: str) -> int | None:
    return next((place for place, item in enumerate(section.items) if item.id == id), None)
