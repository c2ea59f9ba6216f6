"""Three versions of the backlog's file to one: items by `tui.domain.changes.merge`, the file's own keys in the same
way. No I/O here; where the versions come from is `tui.sources.backlog_sync`.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from tui.domain.backlog import Item
from tui.domain.changes import CONFLICT, merge, same
from tui.sources.backlog_entry import cleaned
from tui.sources.backlog_file import Contents

_FILE = "the file itself"


def merged_contents(ancestor: Contents, mine: Contents, theirs: Contents) -> tuple[Contents, tuple[str, ...]]:
    """What both sides made of `ancestor`, and a sentence for each clash, of which both values are kept.

    Where the outcome says the same as a side, it is that side.
    """
    items, clashes = merge(ancestor.items, mine.items, theirs.items)
    (keys,), more = merge((_keys(ancestor),), (_keys(mine),), (_keys(theirs),))
    newline = mine.newline if theirs.newline == ancestor.newline else theirs.newline
    items = tuple(map(cleaned, items))
    texts = {id(item): text for side in (mine, theirs) for item, text in zip(side.items, side.texts, strict=False)}
    merged = replace(theirs, items=items, table=dict(keys.extra), newline=newline, notes=(), mended=False,
                     texts=tuple(texts.get(id(item)) for item in items), noted=mine.noted | theirs.noted)  # fmt: skip
    found = next((side for side in (theirs, mine) if same_contents(side, merged)), merged)
    return found, (*clashes, *more)


def clashes_of_others(mine: Contents, theirs: Contents) -> tuple[str, ...]:
    """A sentence for each clash that was merged elsewhere and is new here; both values are in `theirs`."""
    known = {item.id: dict(item.extra) for item in mine.items}
    return tuple(
        f"`{key.removeprefix(CONFLICT)}` of `{item.title[:60]}` was changed on two sides; the other value is `{key}`"
        for item in theirs.items
        for key, value in item.extra
        if key.startswith(CONFLICT) and not same(known.get(item.id, {}).get(key), value)
    )


def same_contents(one: Contents, other: Contents) -> bool:
    """Whether two versions say the same in the same order, whatever they look like."""
    return one.newline == other.newline and same(one.items, other.items) and same(_rest(one), _rest(other))


def changed_items(one: Iterable[Item], other: Iterable[Item]) -> int:
    """How many items are new, gone or different between two versions."""
    before, after = ({item.id: item for item in items} for items in (one, other))
    return sum(not same(before.get(id), after.get(id)) for id in before | after)


def _keys(contents: Contents) -> Item:
    """The file's top level as an item: its keys are merged as an item's unknown keys are."""
    return Item(_FILE, _FILE, extra=tuple(contents.table.items()))


def _rest(contents: Contents) -> dict[str, object]:
    return {key: value for key, value in contents.table.items() if key != "items"}
