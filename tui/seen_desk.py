"""The app's dealings with what moved: it is marked seen, and undo takes that back."""

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from textual import on

from tui.domain.changes import Step
from tui.engine import Engine
from tui.journal import Journal
from tui.part import Part
from widgets.repos import ReposPane


class SeenDesk(Part):
    """The part of the app that answers for what was seen; `tui.app` is the whole. It stands before the desk whose
    undo is of the backlog: what was done last goes first, whichever it was."""

    engine: Engine
    journal: Journal
    say: Callable[[str], None]
    in_turn: Callable[[Callable[[], object]], None]
    repeat: Callable[[Callable[[], str]], None]
    marked: deque[tuple[Sequence[Path], tuple[Step, ...]]]
    """The repositories marked seen, and what had been done to the backlog by then; the last ones at the end."""

    @on(ReposPane.SeenRequested)
    def mark_seen(self, event: ReposPane.SeenRequested) -> None:
        self.engine.mark_seen(event.paths)
        self.marked.append((event.paths, self.journal.history.done))
        self.say(f"seen: {_named(event.paths)}; undo takes it back")

    def action_undo(self) -> None:
        """Take back what was done last: a change of the backlog, or that something was seen."""
        self.in_turn(self._undo)

    def _undo(self) -> None:
        done = self.journal.history.done
        # Fewer steps than then: what came before the mark could not be written after all.
        if not self.marked or (self.marked[-1][1] != done and len(done) >= len(self.marked[-1][1])):
            self.repeat(self.journal.undo)
            return
        paths, _ = self.marked.pop()
        self.engine.unmark_seen()
        self.say(f"undone: seen, {_named(paths)}")


def _named(paths: Sequence[Path]) -> str:
    return paths[0].name if len(paths) == 1 else f"{len(paths)} repositories"
