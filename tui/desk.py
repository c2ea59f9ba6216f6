"""The app's dealings with the backlog: what keys ask for becomes a change that shows at once and is written."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from textual import on
from textual.app import App
from textual.message import Message

from tui import messages
from tui.domain.backlog import Backlog, Item, finish, step_estimate
from tui.domain.repos import Fleet
from tui.engine import Engine
from tui.journal import Journal
from tui.screens.dashboard import Dashboard
from tui.screens.dialog import Dialog
from widgets.backlog import BacklogPane


class BacklogDesk(App[None]):
    """The half of the app that answers for the backlog; `tui.app` is the whole."""

    engine: Engine
    now: Callable[[], datetime]
    dashboard: Dashboard
    journal: Journal
    fleet: Fleet | None

    def say(self, text: str) -> None:
        """Say what was done; the whole app does."""

    def say_read(self, source: str) -> None:
        """A source is current; the whole app shows it."""

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
            item = self.journal.latest(event.item)
            wanted = event.verdict == "delegate"  # all items are gone through for it
            people = asking.known_texts(self.fleet, self.backlog)["person"] if wanted else ()
            await asking.ask_verdict(self, item, event.verdict, self.now(), people, partial(self.write, item))

    @on(BacklogPane.EditRequested)
    async def edit(self, event: BacklogPane.EditRequested) -> None:
        from tui.screens import asking

        if not self.too_late(event):
            item = self.journal.latest(event.item)
            known = asking.known_texts(self.fleet, self.backlog)
            await asking.ask_edit(self, item, known, partial(self.write, item))

    @on(BacklogPane.FinishRequested)
    def finish(self, event: BacklogPane.FinishRequested) -> None:
        if not self.too_late(event):
            item = self.journal.latest(event.item)
            self.write(item, finish(item, self.now()))

    @on(BacklogPane.EstimateRequested)
    def step_estimate(self, event: BacklogPane.EstimateRequested) -> None:
        if not self.too_late(event):
            item = self.journal.latest(event.item)
            self.write(item, step_estimate(item, event.steps))

    async def action_new_item(self) -> None:
        """Write down an idea."""
        from tui.screens import asking

        done = partial(self.write, None)
        await asking.ask_new(self, self.engine.new_id(), self.now(), self.backlog_problem, done)

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
        return isinstance(self.screen, Dialog) and event.time > self.screen.opened

    def write(self, before: Item | None, after: Item) -> None:
        """Have an item's change written; it shows at once."""
        self.journal.write(before, after)
        self.show_items()

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

    def backlog_problem(self) -> str:
        """Why the backlog cannot be written; empty where it can."""
        return (self.backlog and self.backlog.problem) or ""
