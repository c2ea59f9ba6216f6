"""The backlog as facts and pure changes of one item: verdicts, edits, leverage, order.

Typed shorthand is `tui.domain.capture`, undo and merging `tui.domain.changes`, suggestions `tui.domain.triage`,
the file `tui.sources.backlog`.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, ClassVar, Literal, TypedDict, Unpack, get_args

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.values import Value

if TYPE_CHECKING:
    from tui.domain.shelves import Shelves

State = Literal["inbox", "build", "delegated", "later", "dropped", "done"]
Verdict = Literal["build", "delegate", "later", "drop"]
STATES: tuple[State, ...] = get_args(State)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
QUESTIONS = ("ambiguous", "crossing", "cheap", "owned")
"""The fields that answer the questions of triage, in the order they are asked."""
ESTIMATES = (15, 30, 45, 60, 90, 120, 180, 240, 480)
"""The steps of `-` and `+`, in minutes."""
LONGEST_ESTIMATE = 7 * 24 * 60
"""A week of minutes; what takes longer is not one item."""
LONGEST_TITLE = 500
LONGEST_WHY = 20_000

_ASSUMED_RATING = 3
_ASSUMED_ESTIMATE = 60
_LONGEST_WORDS = 200
_FIRST_DAY = datetime(1, 1, 2, tzinfo=UTC)


class ItemError(ValueError):
    """A value an item cannot have; the message is a sentence with the remedy."""


class Item(Struct, frozen=True):
    """One prototype idea. Text is raw: show it through `safe_text`."""

    id: str
    """Short, random, never reused; what every change and merge goes by."""
    title: str
    state: State = "inbox"
    why: str = ""
    estimate: int | None = None
    """Minutes to a first working version."""
    impact: int | None = None
    """1–5: what changes if it exists."""
    edge: int | None = None
    """1–5: how much it needs what only this person knows or can decide."""
    ambiguous: bool | None = None
    """Whether it is still unclear what is wanted; this and the next three are the questions of triage, None where
    nobody answered."""
    crossing: bool | None = None
    """Whether it crosses teams."""
    cheap: bool | None = None
    """Whether a wrong answer is cheap."""
    owned: bool | None = None
    """Whether somebody owns it already."""
    theme: str = ""
    repo: str = ""
    """Name or path of the repository it belongs in."""
    person: str = ""
    """Who it is delegated to."""
    until: date | None = None
    """Of `later`: the day it returns to the inbox."""
    reason: str = ""
    """Why it was dropped."""
    created: datetime | None = None
    decided: datetime | None = None
    done: datetime | None = None
    extra: tuple[tuple[str, object], ...] = ()
    """Keys this version does not know, kept as they were (a newer version's, or the person's own)."""


class Backlog(Value, frozen=True):
    """All items, in the file's order."""

    UNCOMPARED: ClassVar[frozenset[str]] = frozenset({"taken_at", "shelves"})
    UNSHOWN: ClassVar[frozenset[str]] = frozenset({"shelves"})

    items: tuple[Item, ...] = ()
    problem: str | None = None
    """Why the file could not be read or written, as a sentence with place and remedy; `items` are then the last
    good ones and nothing is written."""
    notes: tuple[str, ...] = ()
    """What was mended or merged while reading (doubled ids, clashes), a sentence each."""
    taken_at: datetime | None = None
    shelves: "Shelves | None" = None
    """The same items by id and in order, where that has been worked out."""


class Section(Struct, frozen=True):
    """Items of one state, in the order they are shown."""

    state: State
    items: tuple[Item, ...]
    hidden: bool = False
    """True for what is finished: shown only when asked for."""


class Details(TypedDict, total=False):
    """What a person may say about an item besides its title."""

    why: str
    estimate: int | None
    impact: int | None
    edge: int | None
    ambiguous: bool | None
    crossing: bool | None
    cheap: bool | None
    owned: bool | None
    theme: str
    repo: str
    person: str
    until: date | None
    reason: str


class Fields(Details, total=False):
    """What a person may change about an item."""

    title: str


def new_item(title: str, now: datetime, *, id: str, **details: Unpack[Details]) -> Item:
    """An item in the inbox, captured `now`. An empty `id` is filled in when it is stored. Raises ItemError."""
    return edit(Item(id, "", created=now.replace(microsecond=0)), title=title, **details)


def edit(item: Item, **changed: Unpack[Fields]) -> Item:
    """`item` with other fields, each put on one line (`why` keeps its lines) and within bounds. Raises ItemError."""
    values: dict[str, object] = {}
    for name, value in changed.items():
        check = _CHECKS.get(name)
        if check is None:
            raise ItemError(f"an item has no `{name}` to edit; there are {', '.join(_CHECKS)}")
        values[name] = check(name, value)
    return replace(item, **values)


def set_impact(item: Item, impact: int | None) -> Item:
    """`item` with an impact of 1–5, or none. Raises ItemError."""
    return edit(item, impact=impact)


def set_edge(item: Item, edge: int | None) -> Item:
    """`item` with an edge of 1–5, or none. Raises ItemError."""
    return edit(item, edge=edge)


def step_estimate(item: Item, steps: int) -> Item:
    """`item` with its estimate moved through ESTIMATES; at either end it stays.

    The first step of one without an estimate says what was assumed until now, an hour.
    """
    if steps == 0:
        return item
    if item.estimate is None:
        return replace(item, estimate=_ASSUMED_ESTIMATE)
    estimate = item.estimate
    for _ in range(min(abs(steps), len(ESTIMATES))):
        if steps > 0:
            estimate = min((step for step in ESTIMATES if step > estimate), default=estimate)
        else:
            estimate = max((step for step in ESTIMATES if step < estimate), default=estimate)
    return replace(item, estimate=estimate)


def give_verdict(
    item: Item,
    verdict: Verdict,
    now: datetime,
    *,
    person: str = "",
    until: date | None = None,
    reason: str = "",
) -> Item:
    """`item` after triage. `delegate` needs a `person`, `later` an `until` after the day of `now`.

    What belongs to another verdict (a person, a day, a reason) is cleared. Raises ItemError.
    """
    decided = replace(item, decided=now.replace(microsecond=0), done=None, person="", until=None, reason="")
    match verdict:
        case "build":
            return replace(decided, state="build")
        case "delegate":
            named = edit(decided, person=person)
            if not named.person:
                raise ItemError("`delegate` needs a name; say who it goes to")
            return replace(named, state="delegated")
        case "later":
            if until is None or until <= now.date():
                raise ItemError("`later` needs a day after today; pick when it should come back")
            return replace(decided, state="later", until=until)
        case "drop":
            return replace(edit(decided, reason=reason), state="dropped")


def finish(item: Item, now: datetime) -> Item:
    """`item` as done."""
    return replace(item, state="done", done=now.replace(microsecond=0))


def reopen(item: Item) -> Item:
    """`item` back in the inbox, as if nothing had been decided; what is known about it stays."""
    return replace(item, state="inbox", decided=None, done=None, person="", until=None, reason="")


def leverage(item: Item) -> float:
    """Impact × edge per hour of estimate; unset ratings count as 3, an unset estimate as an hour."""
    impact = item.impact or _ASSUMED_RATING
    edge = item.edge or _ASSUMED_RATING
    return impact * edge * 60 / (item.estimate or _ASSUMED_ESTIMATE)


def leverage_assumed(item: Item) -> bool:
    """True where `leverage` had to assume something."""
    return not (item.impact and item.edge and item.estimate)


def effective_state(item: Item, today: date) -> State:
    """The state it counts as: one put off until `today` or before is in the inbox again, by itself."""
    if item.state == "later" and item.until is not None and item.until <= today:
        return "inbox"
    return item.state


def returned(items: Iterable[Item], today: date) -> tuple[Item, ...]:
    """The items whose day of `later` has come."""
    return tuple(item for item in items if item.state == "later" and effective_state(item, today) == "inbox")


def order_key(item: Item, state: State, place: int) -> tuple[float, int]:
    """What orders `item` among those that count as `state`; `place` is where it stands in the file.

    Among equals those shown newest first come from the end of the file, where what was added last stands.
    """
    return SECTIONS[state](item), -place if state in ("inbox", "done", "dropped") else place


def _newest_first(item: Item) -> float:
    arrived = item.created
    if item.state == "later" and item.until is not None:
        arrived = datetime.combine(item.until, time(), UTC)
    return -_age_key(item.done or item.decided if item.state in ("done", "dropped") else arrived, unset=1.0)


def _age_key(when: datetime | None, *, unset: float) -> float:
    """Seconds on a common scale; `unset` × the longest where nothing is known (a line added by hand is new)."""
    return (when - _FIRST_DAY).total_seconds() if when else unset * 1e12


SECTIONS: dict[State, Callable[[Item], float]] = {
    "inbox": _newest_first,
    "build": lambda item: -leverage(item),
    "delegated": lambda item: _age_key(item.decided, unset=-1.0),
    "later": lambda item: item.until.toordinal() if item.until else 1e12,
    "done": _newest_first,
    "dropped": _newest_first,
}
"""The states in the order they are shown, and what orders the items of each."""


def _line(name: str, value: object) -> str:
    text = " ".join(_text(name, value).split())
    longest = LONGEST_TITLE if name == "title" else _LONGEST_WORDS
    if name == "title" and not text:
        raise ItemError("an item needs a title; say in a few words what it is")
    if len(text) > longest:
        raise ItemError(f"`{name}` is {len(text)} characters long; {longest} is the most")
    return text


def _lines(name: str, value: object) -> str:
    text = "\n".join(line.rstrip() for line in _text(name, value).splitlines()).strip()
    if len(text) > LONGEST_WHY:
        raise ItemError(f"`{name}` is {len(text)} characters long; {LONGEST_WHY} is the most")
    return text


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ItemError(f"`{name}` is text, not `{value}`")
    return value


def _rating(name: str, value: object) -> int | None:
    return _number(name, value, 5)


def _minutes(name: str, value: object) -> int | None:
    return _number(name, value, LONGEST_ESTIMATE)


def _number(name: str, value: object, most: int) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most):
        return value
    raise ItemError(f"`{name}` is `{value}`; it is a whole number from 1 to {most}")


def _answer(name: str, value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise ItemError(f"`{name}` is `{value}`; it is true or false")


def _day(name: str, value: object) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise ItemError(f"`{name}` is `{value}`; it is a day such as 2026-03-31")


_CHECKS: dict[str, Callable[[str, object], object]] = {
    "title": _line,
    "why": _lines,
    "estimate": _minutes,
    "impact": _rating,
    "edge": _rating,
    "ambiguous": _answer,
    "crossing": _answer,
    "cheap": _answer,
    "owned": _answer,
    "theme": _line,
    "repo": _line,
    "person": _line,
    "until": _day,
    "reason": _line,
}
