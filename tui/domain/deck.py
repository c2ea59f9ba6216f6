"""The triage deck: items one at a time, what was done to each, and the way back. Pure; the items are the backlog's.

The deck knows ids and where it stands. What a verdict does to an item is `tui.domain.backlog`, what speaks for one
`tui.domain.triage`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.backlog import STATES, Item, State, effective_state
from tui.domain.changes import same

Rating = Literal["impact", "edge"]
ENOUGH_FOR_PACE = 3
"""Items gone through before it is said how long the rest will take."""


class Act(Struct, frozen=True):
    """One key's doing: where the deck stood before it, and what it made of an item (None where it only went on)."""

    at: int
    rating: Rating
    made: Item | None = None


class Deck(Struct, frozen=True):
    """Items to be gone through, in order."""

    ids: tuple[str, ...]
    at: int = 0
    """Place in `ids` of the card that is up; their number where all are gone through."""
    rating: Rating = "impact"
    """What the next digit says."""
    trail: tuple[Act, ...] = ()
    """What was done, oldest first."""

    @property
    def current(self) -> str | None:
        """The id of the card that is up; None where all are gone through."""
        return self.ids[self.at] if self.at < len(self.ids) else None

    @property
    def following(self) -> str | None:
        """The id of the card after it."""
        return self.ids[self.at + 1] if self.at + 1 < len(self.ids) else None


def deal(items: Iterable[Item]) -> Deck:
    """A deck of `items`, the first one up."""
    ids = tuple(item.id for item in items)
    return Deck(ids)


def change(deck: Deck, made: Item, *, rated: bool = False) -> Deck:
    """The deck after its card was changed into `made` (or a new item was made); `rated` where a digit did it."""
    turned: Rating = "edge" if deck.rating == "impact" else "impact"
    ids = deck.ids if made.id in deck.ids else (*deck.ids, made.id)
    return replace(deck, ids=ids, rating=turned if rated else deck.rating, trail=(*deck.trail, _act(deck, made)))


def decide(deck: Deck, made: Item) -> Deck:
    """The deck after its card got a verdict that made it `made`: the next one is up."""
    return replace(deck, at=deck.at + 1, rating="impact", trail=(*deck.trail, _act(deck, made)))


def skip(deck: Deck) -> Deck:
    """The deck after its card was left as it is."""
    if deck.current is None:
        return deck
    return replace(deck, at=deck.at + 1, rating="impact", trail=(*deck.trail, Act(deck.at, deck.rating)))


def undo(deck: Deck) -> tuple[Deck, bool]:
    """The deck before its last act; True where that act changed the backlog, which has to be undone too."""
    if not deck.trail:
        return deck, False
    act = deck.trail[-1]
    return replace(deck, at=act.at, rating=act.rating, trail=deck.trail[:-1]), act.made is not None


def settle(deck: Deck, items: Mapping[str, Item]) -> Deck:
    """The deck over what the backlog holds by now: cards that are gone are left out, and nothing before them moves."""
    if all(id in items for id in deck.ids[deck.at :]):
        return deck
    kept = tuple(id for place, id in enumerate(deck.ids) if place < deck.at or id in items)
    return replace(deck, ids=kept)


def rewind(deck: Deck, items: Mapping[str, Item]) -> Deck:
    """The deck before the first act whose outcome the backlog does not hold: it could not be written."""
    last = {act.made.id: place for place, act in enumerate(deck.trail) if act.made}
    lost = [
        place
        for place, act in enumerate(deck.trail)
        if act.made and last[act.made.id] == place and not same(items.get(act.made.id), act.made)
    ]
    if not lost:
        return deck
    first = next(place for place, act in enumerate(deck.trail) if act.made and act.made.id == _made(deck, lost[0]))
    act = deck.trail[first]
    return replace(deck, at=act.at, rating=act.rating, trail=deck.trail[:first])


def tally(deck: Deck, items: Mapping[str, Item], today: date) -> tuple[tuple[State, int], ...]:
    """How many of those that got a verdict came out in each state, in the order of STATES; none that was skipped."""
    moved = {act.made.id for place, act in enumerate(deck.trail) if act.made and _went_on(deck, place)}
    counted = Counter(effective_state(items[id], today) for id in moved if id in items)
    return tuple((state, counted[state]) for state in STATES if counted[state])


def seconds_left(deck: Deck, seconds: float) -> float | None:
    """How long the rest takes at the pace so far, `seconds` after the deck was dealt; None where that says nothing."""
    if deck.at < ENOUGH_FOR_PACE or deck.current is None:
        return None
    return seconds / deck.at * (len(deck.ids) - deck.at)


def _act(deck: Deck, made: Item) -> Act:
    return Act(deck.at, deck.rating, made)


def _made(deck: Deck, place: int) -> str:
    made = deck.trail[place].made
    return made.id if made else ""


def _went_on(deck: Deck, place: int) -> bool:
    """True where the act at `place` of the trail brought the next card up."""
    then = deck.trail[place + 1].at if place + 1 < len(deck.trail) else deck.at
    return then > deck.trail[place].at
