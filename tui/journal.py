"""What this run did to the backlog: every change goes through here to the engine, and can be taken back."""

from tui.domain.backlog import Item
from tui.domain.changes import Change, History, Step
from tui.engine import Engine


class Journal:
    """Changes as they were made, with undo and redo."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._history = History()

    def write(self, before: Item | None, after: Item | None) -> None:
        """Have an item's change written; nothing where the person left (`after` is None)."""
        if after is not None:
            change = Change(before, after)
            self._history = self._history.record(change)
            self._engine.change_backlog((change,))

    def failed(self) -> None:
        """The last change could not be written: it is as if undone, so that redo tries it again."""
        self._history, _ = self._history.undo()

    def undo(self) -> str:
        """Take the last change back; a sentence about what that was."""
        self._history, step = self._history.undo()
        return self._repeat(step, "undone")

    def redo(self) -> str:
        """Make the change undone last again; a sentence about what that was."""
        self._history, step = self._history.redo()
        return self._repeat(step, "done again")

    def _repeat(self, step: Step, said: str) -> str:
        item = next((item for change in step if (item := change.after or change.before)), None)
        if item is None:
            return f"nothing to be {said}"
        self._engine.change_backlog(step)
        return f"{said}: {item.title}"
