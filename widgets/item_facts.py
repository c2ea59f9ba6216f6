"""What the other panes know of an item, in a sentence each: the gap it fits, who works where it belongs. Pure."""

from collections.abc import Iterator
from datetime import datetime

from tui.domain.backlog import Item
from tui.domain.fitting import NowLine
from tui.domain.repos import Fleet, Repository, find_named, newest_of_others
from widgets.detail_rows import format_ago
from widgets.formats import format_minutes, format_time

Fact = tuple[str, str, str]
"""Label, sentence, tone."""


def item_facts(item: Item, line: NowLine | None, fleet: Fleet | None, now: datetime) -> tuple[Fact, ...]:
    """The facts about `item`; nothing is said of what is not known."""
    return (*_of_repository(item, fleet, now), *_of_gap(item, line))


def _of_repository(item: Item, fleet: Fleet | None, now: datetime) -> Iterator[Fact]:
    if not item.repo or fleet is None:
        return
    repo = find_named(fleet, item.repo)
    if repo is None:
        if fleet.complete:
            yield ("there", "no repository of that name was found", "warning")
    elif latest := _latest(repo, now):
        yield ("there", latest, "text")


def _latest(repo: Repository, now: datetime) -> str:
    """The newest commit by somebody else, else the newest: names and subjects, no counts."""
    commit = newest_of_others(repo) or repo.last_commit
    if commit is None:
        return ""
    return f"{commit.author}: {commit.subject}, {format_ago(commit.when, now)}"


def _of_gap(item: Item, line: NowLine | None) -> Iterator[Fact]:
    if line is None or line.gap is None:
        return
    span = f"{format_time(line.gap.start)} to {format_time(line.gap.end)}"
    if item.estimate is None:
        yield ("next gap", f"{span}: fits if it takes {format_minutes(line.usable_minutes)} or less", "muted")
    elif item.estimate <= line.usable_minutes:
        yield ("next gap", f"{span}: fits, {line.usable_minutes} min are usable", "success")
    else:
        yield ("next gap", f"{span}: too short, {line.usable_minutes} min are usable", "muted")
