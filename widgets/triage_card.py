"""The card of the triage deck as rows: what is known of one item, and what speaks for a verdict. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from rich.cells import cell_len

from tui.domain.backlog import QUESTIONS, Item, leverage, leverage_assumed
from tui.domain.deck import Rating
from tui.domain.triage import QUESTION_WORDS, Suggestion
from widgets.detail_rows import format_ago
from widgets.formats import cut, fit, format_day, format_minutes, wrap
from widgets.rows import Row, Span

_ANSWERS = {None: ("?", "faint"), True: ("yes", "success"), False: ("no", "text")}
_LABEL = 12
_MOST_TITLE = 3


class CardFacts(Struct, frozen=True):
    """What is told of an item beside its own fields."""

    now: datetime
    rating: Rating
    """What the next digit says."""
    suggestion: Suggestion | None = None
    joined: tuple[tuple[str, str, str], ...] = ()
    """Label, sentence and tone of what repositories, calendar and gap say of it."""
    keys: tuple[tuple[str, str], ...] = ()
    """The keys of the questions by field."""


def card_rows(item: Item, told: CardFacts, width: int, height: int) -> list[Row]:
    """`item` in at most `height` lines of `width` cells: its why gives way first, the suggestion never."""
    foot = [list(_judged(item, told)), list(_asked(item, told, width)), list(_suggested(told, width))]
    room = height - sum(map(len, foot))
    title = [[(line, "strong")] for line in wrap(item.title, width - 4, _MOST_TITLE)][: max(room, 1)]
    known = list(_known(item, told))[: max(room - len(title), 0)]
    room -= len(title) + len(known)
    why = [[(line, "muted")] for line in wrap(item.why, width - 4, 200)]
    if len(why) > room:
        why = [*why[: room - 1], [("…", "muted")]] if room > 0 else []
    groups = [group for group in (title, why, [*known, *foot[0]], *foot[1:]) if group]
    lines: list[list[tuple[str, str]]] = []
    blanks = height - sum(map(len, groups))
    for place, group in enumerate(groups):
        if blanks > 0 and (place > 0 or blanks >= len(groups)):
            lines.append([])
            blanks -= 1
        lines += group
    return [
        Row(f"card-{place}", tuple(_clipped([("  ", "text"), *line], width)), selectable=False)
        for place, line in enumerate(lines[:height])
    ]


def _clipped(line: Sequence[tuple[str, str]], width: int) -> Iterator[Span]:
    """`line` within `width` cells; what is left out shows as an ellipsis."""
    for text, tone in line:
        said = cut(text, width) if width > 0 else ""
        width -= cell_len(said)
        yield Span(said, tone)


def _known(item: Item, told: CardFacts) -> Iterator[list[tuple[str, str]]]:
    today = told.now.date()
    if item.created:
        when = item.created.astimezone(told.now.tzinfo)
        yield _fact("captured", f"{format_ago(when, told.now)}, {format_day(when.date(), today)} {when:%H:%M}")
    if item.state == "later" and item.until:
        yield _fact("put off", f"until {format_day(item.until, today)}")
    for label, value in (("repository", item.repo), ("theme", item.theme), ("person", item.person)):
        if value:
            yield _fact(label, value)
    for label, sentence, tone in told.joined:
        yield _fact(label, sentence, tone)


def _judged(item: Item, told: CardFacts) -> Iterator[list[tuple[str, str]]]:
    estimate = format_minutes(item.estimate) if item.estimate else "not estimated"
    yield [*_fact("estimate", estimate, "secondary" if item.estimate else "faint"), ("   - + change it", "faint")]
    line: list[tuple[str, str]] = []
    for name, value in (("impact", item.impact), ("edge", item.edge)):
        line += [(f"{name} ", "muted"), (fit("1-5" if told.rating == name else "", _LABEL - len(name) - 1), "strong")]
        line += [("●" * value + "·" * (5 - value), "accent") if value else ("·····", "faint"), ("     ", "text")]
    yield line
    assumed = ", unset ones assumed" if leverage_assumed(item) else ""
    yield _fact("leverage", f"{leverage(item):.0f}  impact × edge per hour{assumed}", "muted")


def _asked(item: Item, told: CardFacts, width: int) -> Iterator[list[tuple[str, str]]]:
    """The questions, two in a line where there is room."""
    own = dict(told.keys)
    half = max((width - 4) // 2, 26)
    cells = []
    for name in QUESTIONS:
        key, words = own.get(name, ""), f"{QUESTION_WORDS[name]}?"
        answer, tone = _ANSWERS[getattr(item, name)]
        cells.append([(f"{key} ", "strong"), (fit(words, 20), "muted"), (fit(answer, half - 22), tone)])
    step = 2 if width - 4 >= 2 * half else 1
    for place in range(0, len(cells), step):
        yield [part for cell in cells[place : place + step] for part in cell]


def _suggested(told: CardFacts, width: int) -> Iterator[list[tuple[str, str]]]:
    if told.suggestion is None:
        yield [("suggests    ", "muted"), ("nothing yet: rate it or answer a question", "faint")]
        return
    verdict, rule = told.suggestion
    yield [("suggests    ", "muted"), (verdict, "accent"), ("   enter takes it", "faint")]
    for line in wrap(rule, width - _LABEL - 4, 4):
        yield [(" " * _LABEL, "muted"), (line, "text")]


def _fact(label: str, value: str, tone: str = "text") -> list[tuple[str, str]]:
    return [(label.ljust(_LABEL), "muted"), (value, tone)]


def progress_line(done: int, all_of_them: int, width: int) -> Sequence[tuple[str, str]]:
    """How far the deck is, as a bar of `width` cells: parts and their tones."""
    full = round(width * done / all_of_them) if all_of_them else width
    return (("━" * full, "accent"), ("·" * (width - full), "faint"))
