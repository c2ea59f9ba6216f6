"""What has to be asked before an item can change: a name, a day, its fields. The answer is a changed item."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tui.domain.backlog import Backlog, Item, ItemError, Verdict, edit, give_verdict, new_item
from tui.domain.capture import parse_fields, parse_quick_add
from tui.domain.repos import Fleet
from tui.domain.text import safe_text
from tui.domain.triage import later_choices
from tui.screens.choices import Choices
from tui.screens.item import ItemForm
from tui.screens.prompt import Prompt
from widgets.formats import fit
from widgets.row_list import Row, Span

if TYPE_CHECKING:
    from textual.app import App

OTHER_DAY = "date"


def known_texts(fleet: Fleet | None, backlog: Backlog | None) -> dict[str, tuple[str, ...]]:
    """What can be completed: repositories, themes, people."""
    repos = fleet.repositories if fleet else ()
    items = backlog.items if backlog else ()
    people = {item.person for item in items} | {repo.last_commit.author for repo in repos if repo.last_commit}
    people |= {moved.commit.author for repo in repos for moved in repo.moved}
    found = {"repo": {repo.name for repo in repos}, "theme": {item.theme for item in items}, "person": people}
    return {name: tuple(sorted(safe_text(text) for text in texts if text)) for name, texts in found.items()}


async def ask_verdict(
    app: "App[Any]", item: Item, verdict: Verdict, now: datetime, people: Sequence[str]
) -> Item | None:
    """`item` after `verdict`, with what it needs asked for; None where the person left."""
    match verdict:
        case "delegate":
            prompt = Prompt(
                "Delegate to",
                hint="a name; → completes from the authors",
                value=item.person,
                suggestions=people,
                check=_sentence_of(lambda name: give_verdict(item, "delegate", now, person=name)),
            )
            name = await app.push_screen_wait(prompt)
            return None if name is None else give_verdict(item, "delegate", now, person=name)
        case "later":
            until = await _ask_day(app, item, now)
            return None if until is None else give_verdict(item, "later", now, until=until)
        case _:
            return give_verdict(item, verdict, now)


async def ask_new(app: "App[Any]", item_id: str, now: datetime, refused: Callable[[], str]) -> Item | None:
    """A new item from one line; None where the person left or wrote nothing.

    While `refused` gives a sentence (the backlog cannot be written) the line stays open with what was typed.
    """

    def parse(text: str) -> Item:
        if problem := refused():
            raise ItemError(problem)
        return new_item(now=now, id=item_id, **parse_quick_add(text))

    prompt = Prompt(
        "New idea",
        hint="Usage caps limiter 45m !4/5 @billing #pricing\n45m estimate · !impact/edge · @repository · #theme",
        check=_sentence_of(parse),
    )
    text = await app.push_screen_wait(prompt)
    return parse(text) if text and text.strip() else None


async def ask_edit(app: "App[Any]", item: Item, known: Mapping[str, Sequence[str]]) -> Item | None:
    """`item` as edited in a form; None where the person left."""
    values = {
        "title": item.title,
        "why": " ".join(item.why.splitlines()),
        "estimate": f"{item.estimate}m" if item.estimate else "",
        "impact": str(item.impact or ""),
        "edge": str(item.edge or ""),
        "repo": item.repo,
        "theme": item.theme,
    }

    def changed(typed: Mapping[str, str]) -> Item:
        # Only what was typed anew: a `why` of several lines stays as it is unless it was changed.
        return edit(item, **parse_fields({name: text for name, text in typed.items() if text != values[name]}))

    typed = await app.push_screen_wait(
        ItemForm("Edit", values, suggestions=known, check=lambda typed: _problem(lambda: changed(typed)))
    )
    return changed(typed) if typed is not None else None


async def _ask_day(app: "App[Any]", item: Item, now: datetime) -> date | None:
    days = later_choices(now.date())
    rows = [
        Row(day.isoformat(), (Span(" " + fit(label, 16)), Span(f"{day:%a} {day.day} {day:%b}", "muted")))
        for label, day in days
    ]
    rows.append(Row(OTHER_DAY, (Span(" a date …"),)))
    chosen = await app.push_screen_wait(Choices("Back in the inbox", rows))
    if chosen != OTHER_DAY:
        return date.fromisoformat(chosen) if chosen else None
    prompt = Prompt(
        "Back in the inbox on",
        hint="a day, such as 2027-01-15",
        check=_sentence_of(lambda text: give_verdict(item, "later", now, until=_day(text))),
    )
    typed = await app.push_screen_wait(prompt)
    return _day(typed) if typed is not None else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ItemError("that is no date; write it like 2027-01-15") from None


def _sentence_of(make: Callable[[str], object]) -> Callable[[str], str]:
    return lambda text: _problem(lambda: make(text))


def _problem(make: Callable[[], object]) -> str:
    """What is wrong with what `make` would make, as a sentence; empty where nothing is."""
    try:
        make()
    except ItemError as error:
        return str(error)
    return ""
