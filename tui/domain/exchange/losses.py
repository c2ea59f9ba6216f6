"""What an exchange could not carry over, counted, and what tells one item from another. Values and words only."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from tui.domain.backlog import Item
from tui.domain.changes import FIELDS, same

MAX_SHOWN = 20
"""Sentences of one sort that are told; the rest is a number."""
_EXAMPLE = 60


class ExchangeError(ValueError):
    """The text cannot be taken over as a whole; the message says what and where, to go after the file's name."""


class Loss(Struct, frozen=True):
    """One sort of thing that was not carried over, or not as it was."""

    what: str
    """A fact, such as "`decided` is left out"."""
    count: int
    example: str
    """The first of them, raw."""


class Reading(Struct, frozen=True):
    """What a text held."""

    items: tuple[Item, ...] = ()
    """In the text's order. An empty id: the text gives none."""
    losses: tuple[Loss, ...] = ()
    complete: bool = False
    """True where the text says all of each item, so that what is not there is unset; else it is only not said."""


class Losses:
    """Collects losses, one of a sort with the number of them."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, str]] = {}

    def note(self, what: str, example: str) -> None:
        """One more of the sort `what`."""
        count, first = self._found.get(what, (0, shortened(example)))
        self._found[what] = (count + 1, first)

    def all(self) -> tuple[Loss, ...]:
        """What was collected, in the order it was first met."""
        return tuple(Loss(what, count, example) for what, (count, example) in self._found.items())


def format_loss(loss: Loss) -> str:
    """A loss as a sentence."""
    such = f" (`{loss.example}`)" if loss.count == 1 else f" ({loss.count} times, such as `{loss.example}`)"
    return f"{loss.what}{such if loss.example else '' if loss.count == 1 else f' ({loss.count} times)'}"


def bounded(sentences: Iterable[str], most: int = MAX_SHOWN) -> tuple[str, ...]:
    """The first of `sentences`, and how many more there were."""
    all_of_them = tuple(sentences)
    more = len(all_of_them) - most
    return (*all_of_them[:most], f"and {more} more") if more > 0 else all_of_them


def differing(one: Item, other: Item) -> tuple[str, ...]:
    """The fields, `id` and `extra` among them, in which two items are not the same."""
    names = [name for name in ("id", *FIELDS) if not same(getattr(one, name), getattr(other, name))]
    return (*names, *(() if same(dict(one.extra), dict(other.extra)) else ("extra",)))


def losses_of(before: Iterable[Item], after: Iterable[Item]) -> tuple[Loss, ...]:
    """What became of each item of `before` on its way to its fellow in `after`."""
    losses = Losses()
    for one, other in zip(before, after, strict=True):
        for name in differing(one, other):
            if name == "extra":
                _note_extra(losses, one, dict(one.extra), dict(other.extra))
            elif getattr(other, name) in BLANKS[name]:
                losses.note(f"`{name}` is left out", one.title or one.id)
            else:
                losses.note(f"`{name}` is carried, but not as it was", one.title or one.id)
    return losses.all()


def shortened(text: str, most: int = _EXAMPLE) -> str:
    """`text` cut to be shown within a sentence."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _note_extra(losses: Losses, item: Item, before: Mapping[str, object], after: Mapping[str, object]) -> None:
    for key in {**before, **after}:
        if key not in after:
            losses.note("a key of your own is left out", f"{shortened(key, 20)} of {item.title or item.id}")
        elif key not in before or not same(before[key], after[key]):
            losses.note("a key of your own is carried, but not as it was", f"{key} of {item.title or item.id}")


_BLANK = Item("", "")
BLANKS: dict[str, tuple[object, ...]] = {name: (getattr(_BLANK, name),) for name in ("id", *FIELDS)}
"""What each field is where nothing is said of it."""
