"""The journal: what is shown at once, what is taken back, whatever order the answers come in."""

from tests.backlog_items import TODAY
from tests.fakes import FakeEngine, sample_agenda, sample_backlog, sample_fleet
from tui.domain.backlog import Backlog, Item, step_estimate
from tui.domain.changes import Change, apply
from tui.journal import Journal


class SlowEngine(FakeEngine):
    """An engine whose writes wait until the test lets them be made."""

    def __init__(self) -> None:
        super().__init__(sample_fleet(), sample_agenda(), sample_backlog())
        self.handed: list[tuple[Change, ...]] = []

    def change_backlog(self, changes: tuple[Change, ...]) -> None:
        self.handed.append(changes)

    def make(self, journal: Journal) -> None:
        """The oldest write is made, and the file read after it."""
        items, _ = apply(self.backlog.items, self.handed.pop(0))
        self.backlog = Backlog(items)
        journal.written()
        journal.receive(self.backlog)


def opened() -> tuple[Journal, SlowEngine]:
    engine = SlowEngine()
    journal = Journal(engine, lambda: TODAY)
    journal.receive(engine.backlog)
    return journal, engine


def item(journal: Journal, id: str = "b1") -> Item:
    assert journal.backlog is not None
    return next(item for item in journal.backlog.items if item.id == id)


def longer(journal: Journal) -> None:
    journal.write(item(journal), step_estimate(item(journal), 1))


def test_each_key_works_on_what_the_one_before_made() -> None:
    journal, engine = opened()
    for estimate in (45, 60, 90, 120):
        longer(journal)
        assert item(journal).estimate == estimate
    journal.receive(engine.backlog)  # read before any of it was written
    assert item(journal).estimate == 120
    for _ in range(4):
        engine.make(journal)
        assert item(journal).estimate == 120
    assert item(journal).extra == ()
    assert journal.undo() == f"undone: {item(journal).title}"
    assert item(journal).estimate == 90


def test_a_write_that_fails_is_taken_back_and_can_be_tried_again() -> None:
    journal, engine = opened()
    longer(journal)
    engine.handed.clear()
    journal.failed()
    assert item(journal).estimate == 30
    assert journal.undo() == "nothing to be undone"
    assert journal.redo().startswith("done again")
    assert item(journal).estimate == 45
    engine.make(journal)
    assert item(journal).estimate == 45


def test_an_undo_that_fails_can_be_tried_again() -> None:
    journal, engine = opened()
    longer(journal)
    engine.make(journal)
    journal.undo()
    engine.handed.clear()
    journal.failed()
    assert item(journal).estimate == 45
    assert journal.undo().startswith("undone")
    engine.make(journal)
    assert item(journal).estimate == 30


def test_what_was_built_on_a_failed_write_is_forgotten_with_it() -> None:
    journal, _ = opened()
    longer(journal)
    longer(journal)
    journal.failed()
    journal.failed()
    assert item(journal).estimate == 30
    assert journal.undo() == "nothing to be undone"


def test_nothing_is_shown_before_the_file_was_read() -> None:
    engine = SlowEngine()
    journal = Journal(engine, lambda: TODAY)
    journal.write(None, Item("new", "An idea"))
    assert journal.backlog is None
    journal.receive(engine.backlog)
    assert item(journal, "new").title == "An idea"
