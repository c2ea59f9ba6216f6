"""The app's dealings with the backlog: what keys ask for becomes a change that shows at once and is written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from tui import messages
from tui.domain.backlog import Backlog, Item, finish, reopen, step_estimate
from tui.domain.changes import Change, told
from tui.domain.repos import Fleet
from tui.domain.slide import debt_line
from tui.engine import Engine
from tui.journal import Journal
from tui.part import Part
from tui.screens.dashboard import Dashboard
from tui.screens.dialog import OverPanes
from widgets.backlog import BacklogPane
from widgets.item_facts import item_facts

if TYPE_CHECKING:
    from tui.screens.triage import TriageScreen


class BacklogDesk(Part):
    """The half of the app that answers for the backlog; `tui.app` is the whole."""

    engine: Engine
    now: Callable[[], datetime]
    dashboard: Dashboard
    journal: Journal
    fleet: Fleet | None
    deck: "TriageScreen | None" = None
    """The triage deck while it is open."""

    def say(self, text: str) -> None:
        """Say what was done; the whole app does."""

    def edit_outside(self, item: Item | None) -> Item | None:
        """Have an item edited in the editor; the whole app steps aside for it."""
        return None

    def say_read(self, source: str) -> None:
        """A source is current; the whole app shows it."""

    def open_item(self, item: Item) -> None:
        """Build on an item; the whole app does."""

    def item_with(self, id: str) -> Item | None:
        """The item with that id; None where the backlog has none."""
        items = self.backlog.items if self.backlog else ()
        shelves = self.backlog.shelves if self.backlog else None
        return shelves.find(id) if shelves else next((item for item in items if item.id == id), None)

    def show_now(self) -> None:
        """Make anew what is joined from the backlog; the whole app does."""

    @property
    def backlog(self) -> Backlog | None:
        """What is shown: the file, with what is still being written."""
        return self.journal.backlog

    @on(messages.BacklogRefreshed)
    def show_backlog(self, event: messages.BacklogRefreshed) -> None:
        said = self.backlog.notes if self.backlog else ()
        self.journal.receive(event.backlog)
        self.dashboard.backlog.backlog = self.backlog
        self.say_read("backlog")
        self.show_deck()
        for note in event.backlog.notes:
            if note not in said:
                self.notify(note, severity="warning")

    @on(messages.BacklogWritten)
    def settle_backlog(self) -> None:
        self.journal.written()

    @on(BacklogPane.VerdictGiven)
    async def decide(self, event: BacklogPane.VerdictGiven) -> None:
        from tui.screens import asking

        if not self.too_late(event):
            items = tuple(map(self.journal.latest, event.items))
            if event.verdict == "build" and len(items) == 1 and items[0].state == "build":
                self.open_item(items[0])
                return
            wanted = event.verdict == "delegate"  # all items are gone through for it
            people = self.likely_people(items[0]) if wanted else ()
            await asking.ask_verdict(self, items[0], event.verdict, self.now(), people, partial(self.write_all, items))

    @on(BacklogPane.ChangeRequested)
    def change(self, event: BacklogPane.ChangeRequested) -> None:
        if not self.too_late(event):
            changes: dict[str, Callable[[Item], Item]] = {
                "reopen": reopen,
                "finish": lambda item: finish(item, self.now()),
                "shorter": lambda item: step_estimate(item, -1),
                "longer": lambda item: step_estimate(item, 1),
            }
            self.write_all(tuple(map(self.journal.latest, event.items)), changes[event.change], keep_marks=True)

    @on(BacklogPane.EditRequested)
    async def edit(self, event: BacklogPane.EditRequested) -> None:
        from tui.screens import asking

        if self.too_late(event):
            return
        item = event.item and self.journal.latest(event.item)
        if event.outside:
            edited = self.edit_outside(item)
            if item and edited:
                self.write(item, edited)
        elif item:
            await asking.ask_edit(self, item, self.known_texts(), partial(self.write, item))

    @on(BacklogPane.TriageRequested)
    async def triage(self, event: BacklogPane.TriageRequested) -> None:
        from tui.screens.triage import TriageScreen

        if self.screen is not self.dashboard:
            return
        if event.items:
            self.dashboard.backlog.marked = frozenset()
            self.deck = TriageScreen(self, tuple(map(self.journal.latest, event.items)))
            await self.push_screen(self.deck, self.leave_deck)
        else:
            self.notify("the inbox is empty; mark items (v) or filter (/) to go through those again")

    def leave_deck(self, _nothing: None) -> None:
        """The deck is closed."""
        self.deck = None

    def show_deck(self) -> None:
        """Have the deck, where it is open, show the backlog as it is by now."""
        if self.deck is not None:
            self.deck.refresh_items()

    async def action_triage(self) -> None:
        """Decide on the inbox one by one, or on what is marked or filtered in the backlog."""
        self.dashboard.backlog.action_triage()

    async def action_new_item(self) -> None:
        """Write down an idea."""
        from tui.screens import asking

        def done(item: Item) -> None:
            self.write(None, item)
            self.say(f"written down: {item.title}")
            self.dashboard.backlog.list.await_row(item.id)

        await asking.ask_new(self, self.new_id(), self.now(), self.known_texts(), self.backlog_problem, done)

    def action_undo(self) -> None:
        """Take the last change of the backlog back."""
        self.in_turn(lambda: self.repeat(self.journal.undo))

    def action_redo(self) -> None:
        """Make the change undone last again."""
        self.in_turn(lambda: self.repeat(self.journal.redo))

    @on(messages.InTurn)
    def take_turn(self, event: messages.InTurn) -> None:
        event.act()

    def too_late(self, event: Message) -> bool:
        """True where a dialog opened before what a pane was asked for: that key was typed ahead of the dialog."""
        return isinstance(self.screen, OverPanes) and event.time > self.screen.open_since

    def write(self, before: Item | None, after: Item) -> None:
        """Have an item's change written; it shows at once."""
        self.journal.write((before, after))
        self.show_items()

    def write_all(self, items: Iterable[Item], change: Callable[[Item], Item], *, keep_marks: bool = False) -> None:
        """Have all of `items` changed in one step. Marks that are not kept are taken off."""
        changed = [(item, change(item)) for item in items]
        self.journal.write(*changed)
        if not keep_marks:
            self.dashboard.backlog.marked = frozenset()
        self.show_items()
        if len(changed) > 1:
            self.say(f"{len(changed)} items, {told(Change(*changed[0]))}; undo takes it back")

    def take_back(self) -> None:
        """Take the last change back, without a word."""
        self.journal.undo()
        self.show_items()

    def new_id(self) -> str:
        """An id no item has."""
        return self.engine.new_id()

    def known_texts(self) -> Mapping[str, Sequence[str]]:
        """What can be completed, as of now."""
        from tui.screens import asking

        return asking.known_texts(self.fleet, self.backlog)

    def likely_people(self, item: Item) -> Sequence[str]:
        """Who `item` may go to, the likeliest first."""
        from tui.screens import asking

        return asking.likely_people(item, self.fleet, self.backlog)

    def facts_of(self, item: Item) -> Sequence[tuple[str, str, str]]:
        """What the other panes know of `item`: label, sentence, tone."""
        facts = item_facts(item, self.dashboard.now_bar.line, self.fleet, self.now())
        debt = self.dashboard.backlog.debt_of(item)
        return (*facts, ("slide debt", debt_line(item, debt), "text")) if debt else facts

    def repeat(self, step: Callable[[], str]) -> None:
        """Undo or redo, and say what that was."""
        self.say(step())
        self.show_items()

    def in_turn(self, act: Callable[[], object]) -> None:
        """Do `act` after what was asked of the panes before."""
        self.dashboard.current.list.post_message(messages.InTurn(act))

    def show_items(self) -> None:
        """Show the backlog as it is to be, in its pane and in what is joined from it."""
        self.dashboard.backlog.backlog = self.backlog
        self.show_now()
        self.dashboard.follow_selection()
        self.show_deck()

    def take_back_unwritten(self) -> None:
        """A change was not written: nothing shows it any more, and the deck goes back to it."""
        self.journal.failed()
        self.show_items()
        if self.deck is not None:
            self.deck.write_failed()

    def backlog_problem(self) -> str:
        """Why the backlog cannot be written; empty where it can."""
        return (self.backlog and self.backlog.problem) or ""
