"""What is done to the backlog here, in this run and those before: each change shows at once, is written by the engine,
and can be taken back."""

from collections import deque
from collections.abc import Callable
from datetime import date

from msgspec.structs import replace

from tui.domain.backlog import Backlog, Item
from tui.domain.changes import Change, History, Step, same, told
from tui.domain.shelves import Shelves
from tui.engine import Engine


class Journal:
    """The backlog as it is to be shown, and the history of what was done to it here.

    The engine writes steps in the order they were handed over and answers each with `written` or `failed`. Until
    then a step stands on top of what the file said last, so that a second key works on what the first one made.
    """

    def __init__(self, engine: Engine, today: Callable[[], date]) -> None:
        self.backlog: Backlog | None = None
        """What the file says, with what is still being written, and its shelves; None until it was read."""
        self._engine = engine
        self._today = today
        self._history = History()
        self._file: Backlog | None = None
        self._unwritten: deque[tuple[Step, History]] = deque()
        """Each with the history to fall back on."""
        self._fall_back: History | None = None

    @property
    def history(self) -> History:
        """What was done and can be undone."""
        return self._history

    def recall(self, history: History) -> None:
        """Take over what an earlier run did; to be called before anything is done in this one."""
        self._history = history

    def receive(self, backlog: Backlog) -> None:
        """The file was read."""
        shelves = backlog.shelves or Shelves.of(backlog.items, self._today())
        self._file = replace(backlog, shelves=shelves)
        self._compose()

    def latest(self, item: Item) -> Item:
        """`item` as it is by now: keys that come together are each about what the one before made of it."""
        known = self.backlog.shelves if self.backlog else None
        return (known and known.find(item.id)) or item

    def write(self, *changes: tuple[Item | None, Item | None]) -> None:
        """Have changes of items written, each from before to after; one undo takes all of them back."""
        step = tuple(Change(before, after) for before, after in changes if not same(before, after))
        if not step:
            return
        earlier = self._history
        self._history = earlier.record(*step)
        again, _ = self._history.undo()  # where it cannot be written, redo tries it again
        self._hand_over(step, again)

    def undo(self) -> str:
        """Take the last change back; a sentence about what that was."""
        earlier = self._history
        self._history, step = earlier.undo()
        return self._repeat(step, earlier, "undone")

    def redo(self) -> str:
        """Make the change undone last again; a sentence about what that was."""
        earlier = self._history
        self._history, step = earlier.redo()
        return self._repeat(step, earlier, "done again")

    def written(self) -> None:
        """The oldest step is in the file; what the file says then follows."""
        if self._unwritten:
            self._unwritten.popleft()
        self._settle()

    def failed(self) -> None:
        """The oldest step could not be written: it is as if it had not been made."""
        if self._unwritten:
            _, earlier = self._unwritten.popleft()
            self._fall_back = self._fall_back or earlier
        self._settle()
        self._compose()

    def _repeat(self, step: Step, earlier: History, said: str) -> str:
        change = next((change for change in step if change.after or change.before), None)
        item = (change.after or change.before) if change else None
        if change is None or item is None:
            return f"nothing to be {said}"
        self._hand_over(step, earlier)
        more = f" and {len(step) - 1} more" if len(step) > 1 else ""
        return f"{said}: {item.title}{more}, {told(change)}"

    def _hand_over(self, step: Step, fall_back: History) -> None:
        self._engine.remember_history(self._history)
        self._unwritten.append((step, fall_back))
        if self.backlog is not None:
            self.backlog = _with(self.backlog, step)
        self._engine.change_backlog(step)

    def _settle(self) -> None:
        """Once nothing is under way, forget from the first step that failed on: those after it were built on it."""
        if not self._unwritten and self._fall_back is not None:
            self._history, self._fall_back = self._fall_back, None
            self._engine.remember_history(self._history)

    def _compose(self) -> None:
        """Put what is still being written on top of what the file says."""
        self.backlog = self._file
        for step, _ in self._unwritten:
            self.backlog = self.backlog and _with(self.backlog, step)


def _with(backlog: Backlog, step: Step) -> Backlog:
    if backlog.shelves is None:
        return backlog
    shelves = backlog.shelves.changed(step)
    return replace(backlog, items=shelves.items, shelves=shelves)
