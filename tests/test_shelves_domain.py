"""The backlog kept in order: after any changes the same as put in order anew."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.backlog_items import NOW, TODAY, backlogs
from tui.domain import shelves as module
from tui.domain.backlog import SECTIONS, STATES, Item, Section, effective_state, leverage, order_key
from tui.domain.changes import Change, apply, invert
from tui.domain.shelves import ByLeverage, Shelves, matches, ordered

VALUES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "state": st.sampled_from(STATES),
        "title": st.sampled_from(("Straße", "caps", "limit caps")),
        "impact": st.sampled_from((None, 1, 5)),
        "created": st.sampled_from((None, NOW, NOW + timedelta(days=1))),
        "until": st.sampled_from((None, TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=9))),
        "estimate": st.sampled_from((None, 30, 60)),
    }
)


def plainly(items: Sequence[Item], today: date) -> tuple[Section, ...]:
    """All of it put in order by sorting."""
    found = []
    for state in SECTIONS:
        own = [(place, item) for place, item in enumerate(items) if effective_state(item, today) == state]
        own.sort(key=lambda one: order_key(one[1], state, one[0]))
        if own:
            found.append(Section(state, tuple(item for _, item in own), hidden=state in ("done", "dropped")))
    return tuple(found)


def holds(shelves: Shelves, items: tuple[Item, ...]) -> None:
    """`shelves` says of `items` what going through all of them says."""
    today = shelves.today
    assert shelves.items == items
    assert shelves.sections() == ordered(items, today) == plainly(items, today)
    for words in (("caps",), ("STRASSE",), ("cap", "inbox"), ("nothing",)):
        found = tuple(item for item in items if matches(item, words))
        assert shelves.sections(words) == plainly_of(found, items, today)
        for section in shelves.sections(words):
            for place, item in enumerate(section.items):
                assert shelves.place(section, item.id) == place
    assert shelves.place(Section("inbox", ()), "none") is None
    assert tuple(shelves.to_build) == tuple(ByLeverage.of(items))
    assert all(shelves.find(item.id) == item for item in items)


def plainly_of(found: tuple[Item, ...], items: tuple[Item, ...], today: date) -> tuple[Section, ...]:
    kept = {item.id for item in found}
    sections = (
        replace(section, items=tuple(item for item in section.items if item.id in kept))
        for section in plainly(items, today)
    )
    return tuple(section for section in sections if section.items)


@settings(max_examples=100, deadline=None)
@given(backlogs(8), st.data())
def test_after_any_changes_it_is_as_put_in_order_anew(items: tuple[Item, ...], data: st.DataObject) -> None:
    shelves, done = Shelves.of(items, TODAY), list[Change]()
    for number in range(data.draw(st.integers(1, 6))):
        known = shelves.items
        before = data.draw(st.sampled_from((None, *known)))
        values = data.draw(VALUES | st.none())
        if before is None:
            change = Change(None, replace(Item(f"new{number}", "caps"), **(values or {})))
        else:
            change = Change(before, None if values is None else replace(before, **values))
        expected, _ = apply(known, (change,))
        after = shelves.changed((change,))
        holds(after, expected)
        holds(shelves, known)
        assert shelves.followed(expected, TODAY).sections() == after.sections()
        shelves = after
        done.append(change)
    for change in reversed(done):
        expected, _ = apply(shelves.items, (invert(change),))
        shelves = shelves.changed((invert(change),))
        holds(shelves, expected)


@settings(max_examples=60, deadline=None)
@given(backlogs(8), backlogs(8), st.data())
def test_following_another_reading_is_as_put_in_order_anew(
    items: tuple[Item, ...], other: tuple[Item, ...], data: st.DataObject
) -> None:
    ids = {item.id for item in items}
    mixed = (*data.draw(st.permutations(items)), *(item for item in other if item.id not in ids))
    kept = tuple(replace(item, **data.draw(VALUES)) if data.draw(st.booleans()) else item for item in mixed)
    for now in (kept, mixed, items, items[:-1], ()):
        holds(Shelves.of(items, TODAY).followed(now, TODAY), now)
        holds(Shelves.of(items, TODAY).followed(now, TODAY + timedelta(days=2)), now)


def test_nothing_new_is_the_same() -> None:
    items = (Item("a", "A"), Item("b", "B", "build"))
    shelves = Shelves.of(items, TODAY)
    assert shelves.followed(items, TODAY) is shelves
    changed = shelves.changed((Change(items[0], replace(items[0], title="C")),))
    assert changed.to_build is shelves.to_build, "what was not touched is shared"
    assert changed.sections()[1] is shelves.sections()[1]


def test_many_changes_at_once_are_put_in_order_anew() -> None:
    items = tuple(Item(f"i{number:04}", "t", impact=number % 5 + 1) for number in range(module.MOST_CHANGES + 20))
    changes = tuple(Change(item, replace(item, state="build")) for item in items)
    holds(Shelves.of(items, TODAY).changed(changes), tuple(replace(item, state="build") for item in items))


def test_what_is_to_be_built_goes_down_in_leverage() -> None:
    items = tuple(Item(f"i{number}", "t", "build", impact=number % 5 + 1, estimate=30) for number in range(20))
    found = [leverage(item) for item in ByLeverage.of((Item("a", "t", impact=5), *items))]
    assert len(found) == 20
    assert found == sorted(found, reverse=True)
