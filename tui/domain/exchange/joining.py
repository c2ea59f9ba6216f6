"""What an import does to a backlog: what is new, what is there already, what is there but is not the same. Pure.

An item is found again by its id, by its task's UUID where it came from Taskwarrior, and by its title where the text
gives neither. Nothing that is there is changed unless the person says so.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.backlog import Item
from tui.domain.changes import FIELDS, Change, same
from tui.domain.exchange.losses import BLANKS, Reading, differing, shortened
from tui.domain.exchange.taskwarrior import KEPT, task_id


class Joining(Struct, frozen=True):
    """What the items of a text are to those that are there."""

    added: tuple[Item, ...] = ()
    known: tuple[Item, ...] = ()
    """Those that are there and say the same."""
    differing: tuple[Change, ...] = ()
    """Those that are there and say something else: as they are, and as the text has them."""


def join(here: Iterable[Item], reading: Reading, now: datetime) -> Joining:
    """What becomes of each item of `reading`. One that is there twice counts once; two with one id are two.

    What comes from a text that knows neither an id nor a day of it was written down `now`.
    """
    there = _There(tuple(here))
    seen: dict[str, Item] = {}
    added: list[Item] = []
    known: list[Item] = []
    changes: list[Change] = []
    for item in reading.items:
        twin = seen.get(item.id)
        if twin is not None and same(twin, item):
            known.append(twin)
            continue
        found = None if twin else there.find(item)
        if item.id:
            seen.setdefault(item.id, item)
        wanted = item if found is None or (reading.complete and item.id) else _told(found, item)
        if found is None:
            undated = not (item.id or item.created or reading.complete)
            dated = replace(item, created=now.replace(microsecond=0)) if undated else item
            added.append(replace(dated, id="") if twin else dated)
        elif same(wanted, found):
            known.append(found)
        else:
            changes.append(Change(found, wanted))
    return Joining(tuple(added), tuple(known), tuple(changes))


def format_difference(change: Change) -> str:
    """How the text's item is not the one that is there, as a sentence."""
    here, there = change.before, change.after
    if here is None or there is None:
        return ""
    names = differing(here, there)
    said = [_said(name, here, there) for name in names[:3]]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"`{shortened(here.title or here.id)}` differs in {', '.join(said)}{more}"


class _There:
    """The items that are there, each found once."""

    def __init__(self, items: tuple[Item, ...]) -> None:
        self._items = items
        self._by_id = {item.id: item for item in items}
        self._by_task: dict[str, Item] = {}
        self._by_title: dict[str, list[Item]] = {}
        for item in reversed(items):
            self._by_title.setdefault(item.title, []).append(item)
        self._found: set[str] = set()

    def find(self, item: Item) -> Item | None:
        """The one `item` is, where it is there and nothing before was it."""
        found = self._by_id.get(item.id) if item.id else None
        if found is None and KEPT in dict(item.extra):
            self._by_task = self._by_task or {task_id(one): one for one in self._items}
            found = self._by_task.get(task_id(item))
        elif found is None and not item.id:
            same_title = self._by_title.get(item.title, [])
            while same_title and same_title[-1].id in self._found:
                same_title.pop()
            found = same_title[-1] if same_title else None
        if found is None or found.id in self._found:
            return None
        self._found.add(found.id)
        return found


def _told(here: Item, item: Item) -> Item:
    """`here` with what `item` says; what it says nothing of stays, and so does when it was written down."""
    fields = {name: value for name in FIELDS if (value := getattr(item, name)) not in BLANKS[name]}
    if here.created:
        fields.pop("created", None)
    return replace(here, **fields, extra=tuple({**dict(here.extra), **dict(item.extra)}.items()))


def _said(name: str, here: Item, there: Item) -> str:
    if name == "extra":
        return "keys of your own"
    one, other = (shortened(str(value), 30) if value not in BLANKS[name] else "nothing" for value in
                  (getattr(here, name), getattr(there, name)))  # fmt: skip
    return f"`{name}` ({one} here, {other} there)"
