"""The journal: what is shown at once, what is taken back, whatever order the answers come in."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.backlog_items import TODAY
from tests.fakes import NOW, FakeEngine, sample_agenda, sample_backlog, sample_fleet
from tui.domain.backlog import QUESTIONS, Backlog, Item, edit, finish, give_verdict, reopen, step_estimate
from tui.domain.changes import Change, History, apply
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


def recalled(engine: FakeEngine, history: History) -> Journal:
    """The journal of the next run."""
    journal = Journal(engine, lambda: TODAY)
    journal.recall(history)
    return journal


def item(journal: Journal, id: str = "b1") -> Item:
    assert journal.backlog is not None
    return next(item for item in journal.backlog.items if item.id == id)


def longer(journal: Journal) -> None:
    journal.write((item(journal), step_estimate(item(journal), 1)))


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
    assert journal.undo() == f"undone: {item(journal).title}, estimate"
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
    journal.write((None, Item("new", "An idea")))
    assert journal.backlog is None
    journal.receive(engine.backlog)
    assert item(journal, "new").title == "An idea"


def test_what_several_keys_worth_of_items_got_at_once_is_one_step_back() -> None:
    journal, engine = opened()
    both = [item(journal, "b1"), item(journal, "b2")]
    journal.write(*((before, step_estimate(before, 1)) for before in both))
    assert len(engine.handed) == 1
    engine.make(journal)
    assert journal.undo() == f"undone: {both[1].title} and 1 more, estimate"
    engine.make(journal)
    assert [item(journal, "b1"), item(journal, "b2")] == both
    assert journal.redo() == f"done again: {both[0].title} and 1 more, estimate"


def test_a_change_that_changes_nothing_is_none() -> None:
    journal, engine = opened()
    journal.write((item(journal), item(journal)))
    assert engine.handed == []
    assert journal.undo() == "nothing to be undone"


def test_what_an_earlier_run_did_can_be_undone_and_each_step_is_kept() -> None:
    first, engine = opened()
    longer(first)
    engine.make(first)
    second = recalled(engine, engine.histories[-1])
    second.receive(engine.backlog)
    second.undo()
    engine.make(second)
    assert item(second).estimate == 30
    assert len(engine.histories[-1].undone) == 1
    recalled(engine, engine.histories[-1]).redo()
    assert len(engine.histories[-1].done) == 1


VERBS: dict[str, Callable[[Item], Item]] = {
    "build": lambda item: give_verdict(item, "build", NOW),
    "delegate": lambda item: give_verdict(item, "delegate", NOW, person="Ana Sousa"),
    "later": lambda item: give_verdict(item, "later", NOW, until=NOW.date() + timedelta(days=1)),
    "drop": lambda item: give_verdict(item, "drop", NOW, reason="too small"),
    "reopen": reopen,
    "finish": lambda item: finish(item, NOW),
    "shorter": lambda item: step_estimate(item, -1),
    "longer": lambda item: step_estimate(item, 1),
    "impact": lambda item: edit(item, impact=5),
    "edge": lambda item: edit(item, edge=1),
    **{name: lambda item, name=name: edit(item, **{name: True}) for name in QUESTIONS},  # type: ignore[misc, arg-type]
    "edit": lambda item: edit(item, title=f"{item.title}!", why="because", theme="pricing", repo="billing"),
}
_ACTS = st.tuples(st.sampled_from([*VERBS, "new", "written"]), st.sets(st.sampled_from(["i1", "b1", "d1", "l1", "x1"])))


@settings(deadline=None)
@given(st.lists(_ACTS, max_size=25), st.booleans())
def test_any_verbs_and_as_many_undos_give_the_first_state(
    acts: list[tuple[str, set[str]]],
    restarted: bool,
) -> None:
    journal, engine = opened()
    first, new = engine.backlog.items, 0
    for verb, ids in acts:
        if verb == "new":
            new += 1
            journal.write((None, Item(f"n{new}", "An idea")))
        elif verb != "written":
            assert journal.backlog is not None
            journal.write(*((it, VERBS[verb](it)) for it in journal.backlog.items if it.id in ids))
        elif engine.handed:
            engine.make(journal)
    while engine.handed:
        engine.make(journal)
    made = engine.backlog.items
    if restarted:
        journal = recalled(engine, engine.histories[-1] if engine.histories else History())
        journal.receive(engine.backlog)
    steps = 0
    while journal.undo() != "nothing to be undone":
        steps += 1
        engine.make(journal)
    assert engine.backlog.items == first
    for _ in range(steps):
        journal.redo()
        engine.make(journal)
    assert engine.backlog.items == made
