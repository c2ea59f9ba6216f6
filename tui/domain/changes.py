"""Changes of the backlog as values: applied, undone and merged by item id and field. No file is touched here.

A change knows what was there before it. So it can be applied to a backlog that somebody else has changed in the
meantime, and undone without bringing back anything but what it changed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.backlog import Item
from tui.domain.slices import slices

FIELDS = tuple(name for name in Item.__struct_fields__ if name not in ("id", "extra"))
_id_of = attrgetter("id")
CONFLICT = "conflict_"
"""Begins the extra key that keeps the other side's value where both changed one field."""


class Change(Struct, frozen=True):
    """One item before and after; None where it was not there."""

    before: Item | None
    after: Item | None

    @property
    def id(self) -> str:
        """The item it is about."""
        item = self.after or self.before
        return item.id if item else ""


Step = tuple[Change, ...]
"""What one act of the person changed."""


def told(change: Change) -> str:
    """What a change is about: `later → build`, `estimate and why`, `gone`, `there again`."""
    before, after = change.before, change.after
    if before is None or after is None:
        return "there again" if before is None else "gone"
    if before.state != after.state:
        return f"{before.state} → {after.state}"
    named = [name for name in FIELDS if getattr(before, name) != getattr(after, name)]
    return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named) or "more"


class History(Struct, frozen=True):
    """What was done and can be undone, oldest first."""

    done: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()
    limit: int = 1000
    """Steps kept; the oldest are forgotten first."""

    def record(self, *changes: Change) -> "History":
        """With one more step; what was undone before it cannot be redone."""
        step = tuple(change for change in changes if not same(change.before, change.after))
        if not step:
            return self
        return replace(self, done=(*self.done, step)[-self.limit :], undone=())

    def undo(self) -> tuple["History", Step]:
        """The history without its last step, and the changes that take that step back (none where there is none)."""
        if not self.done:
            return self, ()
        step = self.done[-1]
        back = tuple(invert(change) for change in reversed(step))
        return replace(self, done=self.done[:-1], undone=(*self.undone, step)), back

    def redo(self) -> tuple["History", Step]:
        """The history with the step undone last, and the changes that do it again (none where there is none)."""
        if not self.undone:
            return self, ()
        step = self.undone[-1]
        return replace(self, done=(*self.done, step), undone=self.undone[:-1]), step


def invert(change: Change) -> Change:
    """The change that takes `change` back."""
    return Change(change.after, change.before)


def apply(items: Iterable[Item], changes: Iterable[Change]) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """`items` with `changes`, field by field, new items at the end; and a sentence for each clash.

    An item that no longer is as the change found it keeps what others made of its other fields.
    """
    found = by_id(items)
    notes = apply_to(found, changes)
    return tuple(found.values()), notes


def apply_to(found: dict[str, Item], changes: Iterable[Change]) -> tuple[str, ...]:
    """Do to `found`, items by id in their order, what `apply` does; a sentence for each clash."""
    notes: list[str] = []
    for change in changes:
        item = _joined(change.before, change.after, found.get(change.id), notes)
        if item is not None:
            found[change.id] = item
        else:
            found.pop(change.id, None)
    return tuple(notes)


def by_id(items: Iterable[Item]) -> dict[str, Item]:
    """`items` by id, in their order."""
    known: dict[str, Item] = {}
    for part in slices(tuple(items)):
        known.update(zip(map(_id_of, part), part, strict=True))
    return known


def merge(
    ancestor: Iterable[Item], mine: Iterable[Item], theirs: Iterable[Item]
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """Both sides' changes since `ancestor`, in the order of `theirs`, new items of mine last; O(n).

    Where both changed one field, mine stands and theirs is kept as an extra key `conflict_<field>`. An item
    that one side deleted and the other changed stays. A sentence for each of these.
    """
    before = {item.id: item for item in ancestor}
    here = {item.id: item for item in mine}
    there = {item.id: item for item in theirs}
    notes: list[str] = []
    joined = (_joined(before.get(id), here.get(id), there.get(id), notes) for id in {**there, **here})
    return tuple(item for item in joined if item is not None), tuple(notes)


def same(one: object, other: object) -> bool:
    """Equality of items and of TOML values: types count, order of keys does not, nan equals nan."""
    if one is other:
        return True
    if isinstance(one, Item) and isinstance(other, Item):
        return (
            one.id == other.id
            and same(dict(one.extra), dict(other.extra))
            and all(same(getattr(one, name), getattr(other, name)) for name in FIELDS)
        )
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if type(one) is not type(other):
        return False
    if isinstance(one, datetime | time | float):
        return str(one) == str(other)  # the same instant in another zone is not the same text; nan is nan
    return one == other


def _joined(before: Item | None, mine: Item | None, theirs: Item | None, notes: list[str]) -> Item | None:
    if before is None and (mine is None or theirs is None):
        return mine or theirs
    if mine is None or theirs is None:
        left = mine or theirs
        if left is None or same(left, before):
            return None
        where = "outside" if theirs is None else "here"
        notes.append(f"`{_short(left)}` was deleted {where} and changed on the other side; it is kept")
        return left
    return _merged(before or Item(mine.id, ""), mine, theirs, notes)


def _merged(before: Item, mine: Item, theirs: Item, notes: list[str]) -> Item:
    changed: dict[str, object] = {}
    clashes: list[tuple[str, object]] = []
    for name in FIELDS:
        was, here, there = getattr(before, name), getattr(mine, name), getattr(theirs, name)
        if same(here, there) or same(here, was):
            continue
        changed[name] = here
        if not same(there, was):
            clashes.append((name, there))
    if not changed and same(dict(mine.extra), dict(before.extra)):
        return theirs
    extra = _merged_extra(dict(before.extra), dict(mine.extra), dict(theirs.extra), clashes)
    for name, there in clashes:
        key = _free_key(extra, name, there)
        extra[key] = "" if there is None else there  # TOML has no null
        notes.append(
            f"`{name}` of `{_short(mine)}` was changed here and outside; yours stands, the other is kept as `{key}`"
        )
    return replace(theirs, **changed, extra=tuple(extra.items()))


def _merged_extra(
    before: dict[str, object],
    mine: dict[str, object],
    theirs: dict[str, object],
    clashes: list[tuple[str, object]],
) -> dict[str, object]:
    extra = dict(theirs)
    for name in {**before, **mine}:
        was, here, there = before.get(name), mine.get(name), theirs.get(name)
        if same(here, there) or same(here, was):
            continue
        if here is None:
            del extra[name]
        else:
            extra[name] = here
        if not same(there, was):
            clashes.append((name, there))
    return extra


def _free_key(extra: Mapping[str, object], name: str, value: object) -> str:
    """Where a clash is kept, beside older ones with another value."""
    first = name if name.startswith(CONFLICT) else f"{CONFLICT}{name}"
    key, number = first, 1
    while key in extra and not same(extra[key], value):
        number += 1
        key = f"{first}_{number}"
    return key


def _short(item: Item) -> str:
    return item.title if len(item.title) <= 60 else f"{item.title[:59]}…"
