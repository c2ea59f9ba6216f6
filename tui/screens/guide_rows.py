"""What the steps of the guided start say: their words, and a row for each thing that can be taken."""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from rich.cells import cell_len

from tui.domain.beginning import PlaceKind, format_beginning
from tui.domain.choosing import Choosing, Offer
from widgets.formats import cut, fit, fit_path, wrap
from widgets.rows import Row, Span


class Step(Struct, frozen=True):
    """One step."""

    title: str
    words: str
    kind: PlaceKind | None = None
    """What can be added in it."""
    hint: str = ""
    """What may be typed to add one."""
    keys: str = "space takes or leaves · enter next · esc leaves"


_KEYS = "space takes or leaves · a adds · enter next · esc leaves"
STEPS = (
    Step(
        "Repositories",
        "Folders with your repositories. makerhour only reads them until you start something there.",
        "root",
        "a folder, such as ~/code",
        _KEYS,
    ),
    Step(
        "Calendars",
        "Calendars the free time is reckoned from. They are only read, and stay on this machine.",
        "calendar",
        "an .ics file, a folder, an address (https://…), $VARIABLE with one, or !command that prints one",
        _KEYS,
    ),
    Step(
        "You",
        "Your e-mail addresses: they tell which answer in an invitation is yours.",
        "me",
        "an e-mail address of yours",
        _KEYS,
    ),
    Step("Editor and agent", "What the keys e and a start.", keys="space takes · enter next · esc leaves"),
    Step("Write it?", "", keys="y writes it · left back · esc leaves, nothing is written"),
)


def words_of(step: Step, choosing: Choosing) -> str:
    """What stands above the rows of `step`."""
    if step is not STEPS[-1]:
        return step.words
    found = choosing.found
    if found is None:
        return "looking around …"
    if found.there:
        return f"{found.path} is there and stays as it is. This is what would be in a new one:"
    return f"This would be {found.path}, which only you can read. Nothing is written before y."


def hint_of(step: Step) -> str:
    """What may be typed in `step`."""
    return step.hint


def step_rows(step: Step, choosing: Choosing, width: int) -> Sequence[Row]:
    """A row for each thing of `step`, then what else is to be said."""
    offers = choosing.offers(step.kind)
    room = max((cell_len(offer.text) for offer in offers), default=0)
    room = min(room, max(width - 5 - 24, width // 2))
    rows: list[Row] = []
    heading = ""
    for offer in offers:
        if offer.heading != heading:
            heading = offer.heading
            rows.append(Row(f"heading-{heading}", (Span(f" {heading}", "muted"),), selectable=False))
        rows.append(_offer_row(offer, room, width))
    if choosing.found is None or not choosing.found.complete:
        rows.append(Row("looking", (Span(" looking around …", "muted"),), selectable=False))
    elif not offers:
        rows += [
            Row(f"none-{place}", (Span(f" {part}", "muted"),), selectable=False)
            for place, part in enumerate(wrap(choosing.nothing(step.kind), width - 3, 3))
        ]
    if step.kind == "calendar":
        rows += _remarks(choosing, width)
    return rows


def preview_rows(choosing: Choosing, width: int) -> Sequence[Row]:
    """The text that would be written, line by line."""
    rows = []
    for number, line in enumerate(format_beginning(choosing.beginning(), choosing.folder).splitlines()):
        tone = "muted" if line.startswith("#") else "accent" if line.startswith("[") else "text"
        rows.append(Row(f"line-{number}", (Span(f" {cut(line, width - 2)}", tone),), selectable=False))
    return rows


def _offer_row(offer: Offer, room: int, width: int) -> Row:
    mark = ("(x)" if offer.taken else "( )") if offer.heading else ("[x]" if offer.taken else "[ ]")
    text = fit(fit_path(offer.text, room), room)
    told = cut(offer.told, max(width - 5 - room - 3, 0))
    tone = "text" if offer.taken else "muted"
    return Row(offer.key, (Span(f" {mark} ", "success" if offer.taken else "muted"), Span(text, tone),
                           Span(f"  {told}", "muted")))  # fmt: skip


def _remarks(choosing: Choosing, width: int) -> Iterator[Row]:
    for number, remark in enumerate(choosing.found.remarks if choosing.found else ()):
        for place, part in enumerate(wrap(remark, width - 3, 5)):
            yield Row(f"remark-{number}-{place}", (Span(f"  {part}" if place else f" {part}", "muted"),), False)
