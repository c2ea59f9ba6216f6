"""What has to be asked before an item can change: a name, a day, its fields. The answer is a changed item.

A dialog is on screen when these return: the keys that follow are meant for it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from tui.domain.backlog import Backlog, Item, ItemError, Verdict, edit, give_verdict, new_item
from tui.domain.capture import parse_fields, parse_quick_add
from tui.domain.repos import Fleet
from tui.domain.text import safe_text
from tui.domain.triage import later_choices
from tui.screens.choices import Choices
from tui.screens.item import ItemForm
from tui.screens.prompt import Prompt
from widgets.formats import fit
from widgets.rows import Row, Span
from widgets.text_line import LONGEST

if TYPE_CHECKING:
    from textual.app import App

OTHER_DAY = "date"
Done = Callable[[Item], None]
T = TypeVar("T")


def known_texts(fleet: Fleet | None, backlog: Backlog | None) -> dict[str, tuple[str, ...]]:
    """What can be completed: repositories, themes, people."""
    repos = fleet.repositories if fleet else ()
    items = backlog.items if backlog else ()
    people = set(map(attrgetter("person"), items)) | {repo.last_commit.author for repo in repos if repo.last_commit}
    people |= {moved.commit.author for repo in repos for moved in repo.moved}
    found = {"repo": {repo.name for repo in repos}, "theme": set(map(attrgetter("theme"), items)), "person": people}
    return {name: tuple(sorted(safe_text(text) for text in texts if text)) for name, texts in found.items()}


async def ask_verdict(
    app: "App[Any]", item: Item, verdict: Verdict, now: datetime, people: Sequence[str], done: Done
) -> None:
    """`done` with `item` after `verdict`, once what that needs has been asked for."""
    match verdict:
        case "delegate":

            def decided(name: str) -> Item:
                return give_verdict(item, "delegate", now, person=name)

            prompt = Prompt("Delegate to", hint="a name; → completes from the authors", value=item.person,
                            suggestions=people, check=_sentence_of(decided))  # fmt: skip
            await app.push_screen(prompt, _then(decided, done))
        case "later":
            await _ask_day(app, item, now, done)
        case _:
            done(give_verdict(item, verdict, now))


async def ask_new(app: "App[Any]", item_id: str, now: datetime, refused: Callable[[], str], done: Done) -> None:
    """`done` with a new item from one line.

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
    await app.push_screen(prompt, _then(parse, done))


async def ask_edit(app: "App[Any]", item: Item, known: Mapping[str, Sequence[str]], done: Done) -> None:
    """`done` with `item` as edited in a form."""
    values = {
        "title": item.title,
        "why": " ".join(item.why.splitlines()),
        "estimate": f"{item.estimate}m" if item.estimate else "",
        "impact": str(item.impact or ""),
        "edge": str(item.edge or ""),
        "repo": item.repo,
        "theme": item.theme,
    }
    values = {name: safe_text(text, LONGEST) for name, text in values.items()}

    def changed(typed: Mapping[str, str]) -> Item:
        # Only what was typed anew: a `why` of several lines stays as it is unless it was changed.
        return edit(item, **parse_fields({name: text for name, text in typed.items() if text != values[name]}))

    form = ItemForm("Edit", values, suggestions=known, check=_sentence_of(changed))
    await app.push_screen(form, _then(changed, done))


async def _ask_day(app: "App[Any]", item: Item, now: datetime, done: Done) -> None:
    def put_off(text: str) -> Item:
        return give_verdict(item, "later", now, until=_day(text))

    def chosen(key: str | None) -> None:
        if key == OTHER_DAY:
            hint = f"a day, such as {now.date() + timedelta(days=30)}"
            app.push_screen(
                Prompt("Back in the inbox on", hint=hint, check=_sentence_of(put_off)), _then(put_off, done)
            )
        elif key is not None:
            done(put_off(key))

    days = later_choices(now.date())
    rows = [
        Row(day.isoformat(), (Span(" " + fit(label, 16)), Span(f"{day:%a} {day.day} {day:%b}", "muted")))
        for label, day in days
    ]
    await app.push_screen(Choices("Back in the inbox", [*rows, Row(OTHER_DAY, (Span(" a date …"),))]), chosen)


def _then(make: Callable[[T], Item], done: Done) -> Callable[[T | None], None]:
    """`done` with what `make` makes of an answer; nothing where the person left."""
    return lambda typed: None if typed is None else done(make(typed))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ItemError("that is no date; write it like 2027-01-15") from None


def _sentence_of(make: Callable[[T], Item]) -> Callable[[T], str]:
    """What is wrong with what `make` would make, as a sentence; empty where nothing is."""

    def problem(typed: T) -> str:
        try:
            make(typed)
        except ItemError as error:
            return str(error)
        return ""

    return problem
