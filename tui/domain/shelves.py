"""The backlog's items by id and in order, kept so that a change costs what it changes and not what there is.

What the order is says `tui.domain.backlog`; here is how it is kept. Whole passes over all items are left to what Python
does in C; loops go over what differs.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import compress, islice, repeat
from operator import contains, is_not

from tui.domain.backlog import SECTIONS, Item, Section, State, effective_state, leverage, order_key
from tui.domain.changes import Change, apply_to, by_id

MOST_CHANGES = 300
"""So many changed items at once and all is put in order anew."""


class ByLeverage(tuple[Item, ...]):
    """Items to build, best leverage first, else as in the file."""

    __slots__ = ()

    @classmethod
    def of(cls, items: Iterable[Item]) -> "ByLeverage":
        """Those of `items` that are to be built; `items` itself where it is just that."""
        if isinstance(items, ByLeverage):
            return items
        return cls(sorted((item for item in items if item.state == "build"), key=leverage, reverse=True))


class Shelves:
    """All items of a backlog as of a day. A value: what follows from it shares what did not change."""

    __slots__ = ("_known", "_numbers", "_shelves", "items", "today")

    def __init__(
        self, known: dict[str, Item], numbers: dict[str, int], shelves: dict[State, "_Shelf"], today: date
    ) -> None:
        """For `of` and what follows from it: the arguments are kept, and never changed."""
        self._known = known
        self._numbers = numbers
        self._shelves = shelves
        self.items = tuple(known.values())
        """In the file's order."""
        self.today = today

    @classmethod
    def of(cls, items: Iterable[Item], today: date) -> "Shelves":
        """`items`, whose ids differ, as they stand `today`."""
        known = by_id(items)
        found: dict[State, list[tuple[tuple[float, int], Item]]] = {state: [] for state in SECTIONS}
        for number, item in enumerate(known.values()):
            state = effective_state(item, today)
            found[state].append((order_key(item, state, number), item))
        shelves = {state: _Shelf(state, sorted(entries)) for state, entries in found.items()}
        return cls(known, dict(zip(known, range(len(known)), strict=True)), shelves, today)

    def find(self, id: str) -> Item | None:
        """The item with `id`."""
        return self._known.get(id)

    @property
    def by_id(self) -> Mapping[str, Item]:
        """All items."""
        return self._known

    @property
    def to_build(self) -> ByLeverage:
        """What is to be built, best leverage first."""
        return self._shelves["build"].by_leverage

    def sections(self, words: Iterable[str] = ()) -> tuple[Section, ...]:
        """What `ordered` says of the items that match `words`."""
        wanted = sorted({word.casefold() for word in words}, key=len, reverse=True)
        found = (shelf.found(wanted) if wanted else shelf.section for shelf in self._shelves.values())
        return tuple(section for section in found if section.items)

    def place(self, section: Section, id: str) -> int | None:
        """Where the item with `id` stands in `section`, one of `sections`."""
        item = self._known.get(id)
        if item is None or effective_state(item, self.today) != section.state:
            return None

        def key(other: Item) -> tuple[float, int]:
            return order_key(other, section.state, self._numbers[other.id])

        place = bisect_left(section.items, key(item), key=key)
        return place if place < len(section.items) and section.items[place] is item else None

    def changed(self, changes: Sequence[Change]) -> "Shelves":
        """With `changes`, as `apply` makes them."""
        known = dict(self._known)
        apply_to(known, changes)
        return self._with(known, {change.id for change in changes})

    def followed(self, items: tuple[Item, ...], today: date) -> "Shelves":
        """The same as `of`; cheap where most of `items` are the same objects in the same order."""
        before = self.items
        now = list(compress(items, map(is_not, items, before)))
        added = items[len(before) :]
        if today != self.today or len(items) < len(before) or len(now) + len(added) > MOST_CHANGES:
            return Shelves.of(items, today)
        if not now and not added:
            return self
        was = compress(before, map(is_not, before, items))
        moved = any(one.id != other.id for one, other in zip(now, was, strict=True))
        if moved or any(item.id in self._known for item in added):
            return Shelves.of(items, today)
        known = dict(self._known)
        known.update((item.id, item) for item in (*now, *added))
        return self._with(known, {item.id for item in (*now, *added)})

    def _with(self, known: dict[str, Item], ids: set[str]) -> "Shelves":
        """What differs from here in the items with `ids` only."""
        if len(ids) > MOST_CHANGES:
            return Shelves.of(known.values(), self.today)
        numbers, shelves = self._numbered(known, ids), dict(self._shelves)

        def shelf(item: Item, number: int) -> tuple[_Shelf, tuple[float, int]]:
            state = effective_state(item, self.today)
            if shelves[state] is self._shelves[state]:
                shelves[state] = shelves[state].copy()
            return shelves[state], order_key(item, state, number)

        for id in ids:
            old, new = self._known.get(id), known.get(id)
            if old is not None and old is not new:
                own, key = shelf(old, self._numbers[id])
                own.take(key)
            if new is not None and old is not new:
                own, key = shelf(new, numbers[id])
                own.put(key, new)
        return Shelves(known, numbers, shelves, self.today)

    def _numbered(self, known: dict[str, Item], ids: set[str]) -> dict[str, int]:
        """Numbers that stand as `known` does: what is new there stands last."""
        gone = [id for id in ids if id not in known and id in self._numbers]
        new = sum(id in known and id not in self._numbers for id in ids)
        if not gone and not new:
            return self._numbers
        numbers = dict(self._numbers)
        after = numbers[next(reversed(numbers))] + 1 if numbers else 0
        for id in gone:
            del numbers[id]
        last = list(islice(reversed(known), new))
        numbers.update(zip(reversed(last), range(after, after + new), strict=True))
        return numbers


class _Shelf:
    """The items of one state, in order. Changed only before it is shown to anybody."""

    __slots__ = ("_by_leverage", "_items", "_keys", "_section", "_state", "_texts")

    def __init__(self, state: State, entries: Iterable[tuple[tuple[float, int], Item]]) -> None:
        self._state = state
        entries = list(entries)
        self._keys = [key for key, _ in entries]
        self._items = [item for _, item in entries]
        self._texts = [folded(item) for item in self._items]
        self._section: Section | None = None
        self._by_leverage: ByLeverage | None = None

    def copy(self) -> "_Shelf":
        """Another of the same."""
        other = _Shelf(self._state, ())
        other._keys, other._items, other._texts = self._keys.copy(), self._items.copy(), self._texts.copy()
        return other

    def put(self, key: tuple[float, int], item: Item) -> None:
        """Put `item` in its place."""
        place = bisect_left(self._keys, key)
        self._keys.insert(place, key)
        self._items.insert(place, item)
        self._texts.insert(place, folded(item))

    def take(self, key: tuple[float, int]) -> None:
        """Take the item with `key` away."""
        place = bisect_left(self._keys, key)
        del self._keys[place], self._items[place], self._texts[place]

    @property
    def section(self) -> Section:
        """All of it."""
        if self._section is None:
            self._section = self._made(self._items)
        return self._section

    @property
    def by_leverage(self) -> ByLeverage:
        """All of it, where it is what is to be built."""
        if self._by_leverage is None:
            self._by_leverage = ByLeverage(self._items)
        return self._by_leverage

    def found(self, words: Iterable[str]) -> Section:
        """What holds every one of `words`, which are folded."""
        items, texts = self._items, self._texts
        for word in words:
            hits = list(map(contains, texts, repeat(word)))
            items, texts = list(compress(items, hits)), list(compress(texts, hits))
        return self._made(items)

    def _made(self, items: list[Item]) -> Section:
        return Section(self._state, tuple(items), hidden=self._state in ("done", "dropped"))


def ordered(items: Iterable[Item], today: date) -> tuple[Section, ...]:
    """Sections as the pane shows them, empty ones left out.

    Inbox newest first (what returned today counts as new), build by leverage, delegated from the longest
    waiting, later by day, then what is done and dropped, newest first and hidden.
    """
    return Shelves.of(items, today).sections()


def matches(item: Item, words: Iterable[str]) -> bool:
    """True where every word is part of the title, why, repository, theme, person or state, whatever its case."""
    text = folded(item)
    return all(word.casefold() in text for word in words)


def folded(item: Item) -> str:
    """What is searched for words, case folded."""
    return "\n".join((item.title, item.why, item.repo, item.theme, item.person, item.state)).casefold()
