"""Which items of the backlog are shown, and in which sections: what a filter leaves, what was finished lately. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from tui.domain.backlog import Item, Section
from tui.domain.shelves import Shelves
from tui.domain.slide import SlideDebts, most_explained_first
from widgets.seen import is_hiding, seen


def sections_shown(shelves: Shelves, words: tuple[str, ...], debts: SlideDebts | None) -> Iterator[Section]:
    """The sections with the items that match `words`; of what is done this week's where there are none. With `debts`
    the most explained first, in the sections that can stand in that order."""
    for section in _seen_with(shelves, words) if words and is_hiding() else shelves.sections(words):
        if section.state == "done" and not words:
            if items := tuple(_done_this_week(section.items, shelves.today)):
                yield replace(section, items=items, hidden=False)
        elif words or not section.hidden:
            yield most_explained_first(section, debts) if debts else section


def _seen_with(shelves: Shelves, words: Sequence[str]) -> Iterator[Section]:
    """The sections with the items that match `words` in what is seen of their rows: stand-ins are found, and what they
    stand for is not."""
    for section in shelves.sections():
        items = tuple(item for item in section.items if _shows(item, words))
        if items:
            yield replace(section, items=items)


def _shows(item: Item, words: Sequence[str]) -> bool:
    text = "\n".join(map(seen, (item.title, item.repo, item.theme, item.person, item.state))).casefold()
    return all(word in text for word in words)


def _done_this_week(items: Iterable[Item], today: date) -> Iterator[Item]:
    monday = today - timedelta(days=today.weekday())
    return (item for item in items if item.done and item.done.date() >= monday)
