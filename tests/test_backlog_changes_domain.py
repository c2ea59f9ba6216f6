"""Changes as values: applied to what others changed meanwhile, undone, redone, merged; nothing of a side is lost."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.backlog_items import NOW, TEXT, TODAY, VALUES, backlogs
from tui.domain.backlog import (
    VERDICTS,
    Item,
    edit,
    finish,
    give_verdict,
    new_item,
    reopen,
    set_edge,
    set_impact,
    step_estimate,
)
from tui.domain.changes import FIELDS, Change, History, apply, invert, merge, same

IDEA = Item("a1", "Usage caps", impact=3)
Items = tuple[Item, ...]


WORDS = st.sampled_from(("", "a", "b"))
NUMBERS = st.sampled_from((None, 1, 2))
KEYS = st.sampled_from(("k", "l", "conflict_title", "conflict_k"))
UNKNOWN = st.dictionaries(KEYS, st.sampled_from((1, 1.0, True, "", float("nan"), [1])), max_size=2)


def small_items(ids: str) -> st.SearchStrategy[Item]:
    """Items of so few values that two sides often say the same, and often clash."""
    return st.builds(
        Item,
        id=st.sampled_from(ids),
        title=WORDS,
        state=st.sampled_from(("inbox", "build")),
        why=WORDS,
        impact=NUMBERS,
        until=st.sampled_from((None, TODAY)),
        extra=UNKNOWN.map(lambda extra: tuple(extra.items())),
    )


def several(ids: str) -> st.SearchStrategy[Items]:
    return st.lists(small_items(ids), max_size=4, unique_by=lambda item: item.id).map(tuple)


@st.composite
def edited(draw: st.DrawFn, found: Items) -> Items:
    """`found` after somebody changed, deleted and added some."""
    left = []
    for item in found:
        match draw(st.integers(0, 4)):
            case 0:
                continue
            case 1 | 2:
                left.append(replace(draw(small_items("x")), id=item.id))
            case _:
                left.append(item)
    return (*left, *draw(several("fgh")))


@st.composite
def three_sides(draw: st.DrawFn) -> tuple[Items, Items, Items]:
    ancestor = draw(several("abcde"))
    return ancestor, draw(edited(ancestor)), draw(edited(ancestor))


def by_id(found: Items) -> dict[str, Item]:
    return {item.id: item for item in found}


def values_of(item: Item) -> list[object]:
    return [*(getattr(item, name) for name in FIELDS), *dict(item.extra).values()]


class TestMerge:
    @settings(max_examples=80, deadline=None)
    @given(three_sides())
    def test_only_one_side_changed(self, sides: tuple[Items, Items, Items]) -> None:
        ancestor, mine, theirs = sides
        assert merge(ancestor, ancestor, theirs) == (theirs, ())
        found, notes = merge(ancestor, mine, ancestor)
        assert by_id(found).keys() == by_id(mine).keys()
        assert all(same(item, by_id(mine)[item.id]) for item in found)
        assert notes == ()
        assert merge(ancestor, mine, mine) == (mine, ())

    @settings(max_examples=120, deadline=None)
    @given(three_sides())
    def test_no_value_of_either_side_is_lost(self, sides: tuple[Items, Items, Items]) -> None:
        ancestor, mine, theirs = map(by_id, sides)
        found, notes = merge(*sides)
        result = by_id(found)
        assert len(result) == len(found), "no item is there twice"
        for id, item in {**mine, **theirs}.items():
            was = ancestor.get(id)
            if id in mine and id in theirs:
                was, kept = was or Item(id, ""), values_of(result[id])
                for side in (mine[id], theirs[id]):
                    for name in FIELDS:
                        value = getattr(side, name)
                        if not same(value, getattr(was, name)):
                            assert any(same(value, other) or (value is None and other == "") for other in kept)
                    for name, value in side.extra:
                        if not same(value, dict(was.extra).get(name)):
                            assert any(same(value, other) for other in kept)
            elif was is None or not same(item, was):
                assert same(result[id], item), "added, or deleted by one and changed by the other"
            else:
                assert id not in result, "deleted by one, untouched by the other"
        assert all("`" in note for note in notes)

    @settings(max_examples=40, deadline=None)
    @given(three_sides())
    def test_the_files_order_stays_and_new_items_come_last(self, sides: tuple[Items, Items, Items]) -> None:
        found, _ = merge(*sides)
        theirs = [item.id for item in sides[2]]
        ids = [item.id for item in found]
        kept = [id for id in theirs if id in ids]
        assert ids[: len(kept)] == kept

    @settings(max_examples=40, deadline=None)
    @given(three_sides())
    def test_merging_again_adds_nothing(self, sides: tuple[Items, Items, Items]) -> None:
        ancestor, mine, theirs = sides
        found, _ = merge(ancestor, mine, theirs)
        again, notes = merge(theirs, found, found)
        assert again == found
        assert notes == ()

    def test_different_fields_go_together(self) -> None:
        mine, theirs = replace(IDEA, title="Caps"), replace(IDEA, impact=5, extra=(("colour", "red"),))
        assert merge((IDEA,), (mine,), (theirs,)) == ((replace(theirs, title="Caps"),), ())

    def test_one_field_on_both_sides_keeps_the_other_value(self) -> None:
        mine, theirs = replace(IDEA, impact=4), replace(IDEA, impact=5)
        found, notes = merge((IDEA,), (mine,), (theirs,))
        assert found == (replace(mine, extra=(("conflict_impact", 5),)),)
        assert len(notes) == 1
        assert notes[0].startswith("`impact` of `Usage caps` was changed here and outside; yours stands")
        assert notes[0].endswith("the other is kept as `conflict_impact`")
        again, _ = merge(found, (replace(found[0], impact=1),), (replace(found[0], impact=2),))
        assert dict(again[0].extra) == {"conflict_impact": 5, "conflict_impact_2": 2}

    def test_a_value_taken_away_is_kept_as_empty(self) -> None:
        found, _ = merge((IDEA,), (replace(IDEA, impact=4),), (replace(IDEA, impact=None),))
        assert dict(found[0].extra) == {"conflict_impact": ""}

    def test_deleted_and_changed_stays(self) -> None:
        changed = replace(IDEA, title="Caps")
        for mine, theirs in (((), (changed,)), ((changed,), ())):
            found, notes = merge((IDEA,), mine, theirs)
            assert found == (changed,)
            assert len(notes) == 1
            assert "it is kept" in notes[0]
        assert merge((IDEA,), (), (IDEA,)) == ((), ())
        assert merge((IDEA,), (), ()) == ((), ())

    def test_unknown_keys_merge_one_by_one(self) -> None:
        base = replace(IDEA, extra=(("a", 1), ("b", 2), ("c", float("nan"))))
        mine = replace(base, extra=(("a", 9), ("b", 2), ("c", float("nan"))))
        theirs = replace(base, extra=(("a", 1), ("c", float("nan")), ("d", [4])))
        found, notes = merge((base,), (mine,), (theirs,))
        assert list(dict(found[0].extra)) == ["a", "c", "d"]
        assert dict(found[0].extra)["a"] == 9
        assert notes == ()

    def test_is_quick_for_many(self) -> None:
        many = tuple(Item(f"i{number}", "t") for number in range(20_000))
        mine = tuple(replace(item, title="m") for item in many)
        theirs = tuple(replace(item, why="w") for item in reversed(many))
        found, notes = merge(many, mine, theirs)
        assert len(found) == 20_000
        assert found[0] == Item("i19999", "m", why="w")
        assert notes == ()


class TestSame:
    @settings(max_examples=80, deadline=None)
    @given(VALUES, VALUES)
    def test_holds_for_a_value_and_itself_only(self, one: object, other: object) -> None:
        assert same(one, one)
        assert same(one, other) == same(other, one)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (1, True), (1, 1.0), (0.0, -0.0), ("", None), ([1], [1, 1]), ({"a": 1}, {"b": 1}), ({"a": 1}, [1]),
            (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
        ],
    )  # fmt: skip
    def test_tells_apart_what_the_file_tells_apart(self, one: object, other: object) -> None:
        assert not same(one, other)
        assert same([1, {"a": float("nan"), "b": 2}], (1, {"b": 2, "a": float("nan")}))


class TestApply:
    def test_only_the_fields_of_the_change_are_touched(self) -> None:
        change = Change(IDEA, replace(IDEA, title="Caps"))
        moved_on = replace(IDEA, impact=5, state="build")
        assert apply((moved_on,), (change,)) == ((replace(moved_on, title="Caps"),), ())
        assert apply((replace(moved_on, title="Caps"),), (invert(change),)) == ((moved_on,), ())

    def test_changes_of_one_item_follow_one_another(self) -> None:
        first, second = replace(IDEA, title="Caps"), replace(IDEA, why="w")
        assert apply((IDEA,), (Change(IDEA, first), Change(IDEA, second))) == ((replace(first, why="w"),), ())
        chain = (Change(IDEA, first), Change(first, replace(first, title="Limits")))
        assert apply((IDEA,), chain) == ((replace(IDEA, title="Limits"),), ())

    def test_adding_deleting_and_what_is_gone(self) -> None:
        other = Item("b2", "Other")
        assert apply((IDEA,), (Change(None, other),)) == ((IDEA, other), ())
        assert apply((IDEA, other), (Change(IDEA, None),)) == ((other,), ())
        assert apply((), (Change(IDEA, None),)) == ((), ())
        assert apply((IDEA,), (Change(None, None),)) == ((IDEA,), ())
        found, notes = apply((), (Change(IDEA, other),))
        assert found == (other,)
        assert "deleted outside" in notes[0]
        found, notes = apply((replace(IDEA, why="w"),), (Change(IDEA, None),))
        assert found == (replace(IDEA, why="w"),)
        assert "deleted here" in notes[0]


class TestHistory:
    def test_undo_and_redo(self) -> None:
        change = Change(IDEA, replace(IDEA, title="Caps"))
        history = History().record(change)
        history, back = history.undo()
        assert back == (invert(change),)
        assert history.undo() == (history, ())
        history, again = history.redo()
        assert again == (change,)
        assert history.redo() == (history, ())
        history, _ = history.undo()
        assert history.record(change).redo()[1] == (), "what comes after something new cannot be redone"

    def test_what_changes_nothing_is_no_step(self) -> None:
        history = History()
        assert history.record() is history
        assert history.record(Change(IDEA, replace(IDEA))) is history

    def test_forgets_the_oldest(self) -> None:
        history = History(limit=3)
        for number in range(9):
            history = history.record(Change(replace(IDEA, title=f"{number}"), replace(IDEA, title=f"{number + 1}")))
        assert len(history.done) == 3
        assert history.undo()[1][0].after == replace(IDEA, title="8")


VERBS = st.sampled_from(
    [
        *VERDICTS,
        "finish",
        "reopen",
        "longer",
        "shorter",
        "impact",
        "edge",
        "edit",
        "add",
        "delete",
        "two at once",
    ]
)


def act(verb: str, item: Item, text: str, number: int) -> tuple[Change, ...]:
    """What one key of the person changes."""
    match verb:
        case "build":
            after = give_verdict(item, "build", NOW)
        case "delegate":
            after = give_verdict(item, "delegate", NOW, person=f"Ana {number}")
        case "later":
            after = give_verdict(item, "later", NOW, until=TODAY + timedelta(days=number))
        case "drop":
            after = give_verdict(item, "drop", NOW, reason=text)
        case "finish":
            after = finish(item, NOW)
        case "reopen":
            after = reopen(item)
        case "longer" | "shorter":
            after = step_estimate(item, 1 if verb == "longer" else -1)
        case "impact":
            after = set_impact(item, number)
        case "edge":
            after = set_edge(item, number)
        case "edit":
            after = edit(item, title=f"t{text}", why=text)
        case "add":
            return (Change(None, new_item(f"t{text}", NOW, id=f"new {item.id} {number} {text}")),)
        case "delete":
            return (Change(item, None),)
        case _:
            return act("edit", item, text, number) + act("add", item, text, number)
    return (Change(item, after),)


ACTS = st.lists(st.tuples(VERBS, st.integers(0, 99), TEXT, st.integers(1, 5)), max_size=12)


@settings(max_examples=60, deadline=None)
@given(backlogs(4), ACTS)
def test_as_many_undos_as_acts_lead_back_and_redos_forth_again(
    start: Items, acts: list[tuple[str, int, str, int]]
) -> None:
    found, history = start, History()
    for verb, place, text, number in acts:
        if not found:
            break
        changes = act(verb, found[place % len(found)], text, number)
        if any(change.before is None and change.id in by_id(found) for change in changes):
            continue
        found, notes = apply(found, changes)
        assert notes == ()
        history = history.record(*changes)
    end = found
    while history.done:
        history, changes = history.undo()
        found, notes = apply(found, changes)
        assert notes == ()
    assert by_id(found) == by_id(start)
    while history.undone:
        history, changes = history.redo()
        found, _ = apply(found, changes)
    assert by_id(found) == by_id(end)


@settings(max_examples=40, deadline=None)
@given(backlogs(4), ACTS, st.data())
def test_undo_leaves_what_others_changed_meanwhile(
    start: Items, acts: list[tuple[str, int, str, int]], data: st.DataObject
) -> None:
    """Others touch only an extra key no verb touches: after all undos it is there, and all else as it was."""
    found, history = start, History()
    for verb, place, text, number in acts:
        if not found or verb in ("delete", "add", "two at once"):
            continue
        changes = act(verb, found[place % len(found)], text, number)
        found, _ = apply(found, changes)
        history = history.record(*changes)
    mark = data.draw(st.integers())
    found = tuple(replace(item, extra=(*item.extra, ("outside edit", mark))) for item in found)
    while history.done:
        history, changes = history.undo()
        found, _ = apply(found, changes)
    expected = tuple(replace(item, extra=(*item.extra, ("outside edit", mark))) for item in start)
    assert by_id(found) == by_id(expected)
