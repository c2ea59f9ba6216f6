"""What has to be asked before an item can change: a name, a day, its fields. The answer is a changed item.

A dialog is on screen when these return: the keys that follow are meant for it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from tui.domain.backlog import Backlog, Item, ItemError, Verdict, edit, give_verdict, new_item
from tui.domain.capture import complete, name_person, parse_fields, parse_quick_add
from tui.domain.repos import Fleet
from tui.domain.text import safe_text
from tui.domain.triage import later_choices
from tui.screens.choices import Choices
from tui.screens.item import ItemForm
from tui.screens.prompt import Completing, Prompt
from widgets.formats import fit
from widgets.rows import Row, Span
from widgets.seen import seen
from widgets.text_line import LONGEST

if TYPE_CHECKING:
    from textual.app import App

OTHER_DAY = "date"
MOST_NUMBERED = 6
"""People that a digit stands for when an item is delegated."""
Done = Callable[[Item], None]
Decision = Callable[[Item], Item]
"""What a verdict makes of an item; several may get the same one."""
Decided = Callable[[Decision], None]
T = TypeVar("T")


def known_texts(fleet: Fleet | None, backlog: Backlog | None) -> dict[str, tuple[str, ...]]:
    """What can be completed: repositories, themes, people."""
    repos = fleet.repositories if fleet else ()
    items = backlog.items if backlog else ()
    people = set(map(attrgetter("person"), items)).union(*(repo.people for repo in repos))
    people |= {moved.commit.author for repo in repos for moved in repo.moved if not moved.by_me}
    found = {"repo": {repo.name for repo in repos}, "theme": set(map(attrgetter("theme"), items)), "person": people}
    return {name: tuple(sorted(safe_text(text) for text in texts if text)) for name, texts in found.items()}


def likely_people(item: Item, fleet: Fleet | None, backlog: Backlog | None) -> tuple[str, ...]:
    """Who `item` may go to, the likeliest first: who it names, who worked in its repository, whom others went to."""
    repos = [repo for repo in (fleet.repositories if fleet else ()) if item.repo and repo.name == item.repo]
    there = [moved.commit for repo in repos for moved in repo.moved if not moved.by_me]
    names = [item.person, *(commit.author for commit in sorted(there, key=lambda commit: commit.when, reverse=True))]
    names += [name for repo in repos for name in repo.people]
    others = Counter(other.person for other in (backlog.items if backlog else ()) if other.person)
    names += [person for person, _ in others.most_common()]
    return tuple(dict.fromkeys(safe_text(name) for name in (*names, *known_texts(fleet, backlog)["person"]) if name))


async def ask_verdict(
    app: "App[Any]", item: Item, verdict: Verdict, now: datetime, people: Sequence[str], done: Decided
) -> None:
    """`done` with what `verdict` makes of items, once what it needs has been asked for; `item` is one of them."""
    match verdict:
        case "delegate":
            await _ask_person(app, item, now, people, done)
        case "later":
            await _ask_day(app, item, now, done)
        case _:
            done(lambda item: give_verdict(item, verdict, now))


async def ask_reason(app: "App[Any]", item: Item, now: datetime, done: Decided) -> None:
    """`done` with what drops items, and why."""
    await _ask_line(app, "Dropped because", "in a few words; empty says nothing", item, done,
                    lambda reason, item: give_verdict(item, "drop", now, reason=reason))  # fmt: skip


async def ask_new(
    app: "App[Any]",
    item_id: str,
    now: datetime,
    known: Mapping[str, Sequence[str]],
    refused: Callable[[], str],
    done: Done,
) -> None:
    """`done` with a new item from one line; `known` is what can be completed (see `known_texts`).

    While `refused` gives a sentence (the backlog cannot be written) the line stays open with what was typed.
    """
    repos, people, themes = known["repo"], known["person"], known["theme"]

    def parse(text: str) -> Item:
        if problem := refused():
            raise ItemError(problem)
        return new_item(now=now, id=item_id, **name_person(parse_quick_add(text), repos, people))

    prompt = Prompt(
        "New idea",
        hint="Usage caps limiter 45m !4/5 @billing #pricing\n"
        "45m estimate · !impact/edge · @repo or person · #theme · → completes",
        suggester=Completing(lambda text: complete(text, repos, people, themes)),
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


async def _ask_person(app: "App[Any]", item: Item, now: datetime, people: Sequence[str], done: Decided) -> None:
    numbered = dict(zip("123456789", people[:MOST_NUMBERED], strict=False))
    hint = " · ".join(f"{number} {seen(person, 30)}" for number, person in numbered.items())
    hint = f"{hint}\na name or a number; → completes" if hint else "a name"
    await _ask_line(app, "Delegate to", hint, item, done,
                    lambda name, item: give_verdict(item, "delegate", now, person=numbered.get(name.strip(), name)),
                    value=item.person, suggestions=people)  # fmt: skip


async def _ask_line(
    app: "App[Any]",
    question: str,
    hint: str,
    item: Item,
    done: Decided,
    decide: Callable[[str, Item], Item],
    *,
    value: str = "",
    suggestions: Sequence[str] = (),
) -> None:
    """`done` with what the line typed decides; one that decides nothing about `item` stays open and says why."""

    def answered(text: str | None) -> None:
        if text is not None:
            done(lambda item: decide(text, item))

    prompt = Prompt(question, hint=hint, value=value, suggestions=suggestions,
                    check=_sentence_of(lambda text: decide(text, item)))  # fmt: skip
    await app.push_screen(prompt, answered)


async def _ask_day(app: "App[Any]", item: Item, now: datetime, done: Decided) -> None:
    def put_off(text: str, item: Item) -> Item:
        return give_verdict(item, "later", now, until=_day(text))

    async def chosen(key: str | None) -> None:
        if key == OTHER_DAY:
            hint = f"a day, such as {now.date() + timedelta(days=30)}"
            await _ask_line(app, "Back in the inbox on", hint, item, done, put_off)
        elif key is not None:
            done(lambda item: put_off(key, item))

    days = later_choices(now.date())
    rows = [
        Row(day.isoformat(), (Span(" " + fit(label, 16)), Span(f"{day:%a} {day.day} {day:%b}", "muted")))
        for label, day in days
    ]
    choices = Choices("Back in the inbox", [*rows, Row(OTHER_DAY, (Span(" a date …"),))], numbered=True)
    await app.push_screen(choices, chosen)


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
