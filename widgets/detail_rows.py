"""Single rows of a repository's detail, and the words in them. What stands in a detail and in what order is
`widgets.repo_detail`."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.cells import cell_len

from tui.domain.detail import TOP, Branch, ChangedFile, NameChange, file_words
from tui.domain.repos import Repository
from widgets.formats import cut, fit, fit_path, format_age
from widgets.rows import Row, Span

FILE = "file:"
"""How the key of a changed file's row begins; its path follows."""

_MOST_AREAS = 4
_SIGNS = {"new": "+", "gone": "-", "moved": "~"}
_NAME_TONES = {"new": "success", "gone": "warning", "moved": "warning"}


def heading(key: str, text: str, width: int, tone: str = "strong") -> Row:
    return Row(f"heading-{key}", (Span(f" {cut(text, width - 1)}", tone),), selectable=False)


def more(key: str, text: str, width: int) -> Row:
    return Row(key, (Span(f"   {cut(text, width - 3)}", "muted"),), selectable=False)


def paired(pairs: Sequence[tuple[str, str]], width: int) -> list[Row]:
    """Labelled facts, two in a line; the last one has the whole line where it stands alone."""
    labels = max(len(label) for label, _ in pairs) + 2
    half = width // 2
    rows = []
    for place in range(0, len(pairs), 2):
        line = pairs[place : place + 2]
        spans: list[Span] = []
        for label, value in line:
            room = (half if len(line) == 2 else width) - labels - 2
            spans.append(Span(" " + label.ljust(labels), "muted"))
            spans.append(Span(fit(value, room) + " "))
        rows.append(Row(f"fact-{place}", tuple(spans), selectable=False))
    return rows


def format_distance(repo: Repository) -> str:
    if repo.upstream_gone:
        return " (gone)"
    if repo.uncounted:
        return ", further apart than is counted"
    return f", {repo.ahead or 0} to push, {repo.behind or 0} to pull"


def format_standing(branch: Branch) -> tuple[str, str]:
    """How a branch stands to its upstream, and its tone."""
    if branch.gone:
        return "gone", "warning"
    if branch.uncounted:
        return "…", "muted"
    if branch.upstream is None:
        return "", "muted"
    apart = [f"{arrow}{number}" for arrow, number in (("↑", branch.ahead), ("↓", branch.behind)) if number]
    return (" ".join(apart), "primary") if apart else ("✓ even", "success")


def format_areas(areas: Sequence[str]) -> str:
    named = ["the top folder" if area == TOP else area for area in areas]
    more = len(named) - _MOST_AREAS
    return ", ".join(named[:_MOST_AREAS]) + (f" and {more} more" if more > 0 else "")


def name_row(change: NameChange, width: int) -> Row:
    said = f"{change.change} {change.kind}"
    return Row(
        f"name:{change.kind}:{change.name}",
        (
            Span(f"   {_SIGNS[change.change]} {said.ljust(20)} ", _NAME_TONES[change.change]),
            Span(cut(change.name, width - 26)),
        ),
    )


def file_row(file: ChangedFile, words_width: int, width: int) -> Row:
    if file.conflicted:
        tone = "error"
    elif file.state.endswith(" "):
        tone = "success"
    else:
        tone = "muted" if file.untracked else "warning"
    room = width - words_width - 8
    if file.was is None:
        path = fit_path(file.path, room)
    else:
        new = fit_path(file.path, max(room - 4 - cell_len(fit_path(file.was, room // 2)), room // 3))
        path = f"{fit_path(file.was, room // 2)} → {new}"
    return Row(
        FILE + file.path,
        (Span(f"  {file.state}  ", tone), Span(fit(file_words(file.state), words_width) + "  ", "muted"), Span(path)),
    )


def format_ago(when: datetime, now: datetime) -> str:
    """How long ago, in words: `3h ago`, `just now`."""
    age = format_age(when, now)
    return "just now" if age == "now" else f"{age} ago"


def format_moment(when: datetime, now: datetime) -> str:
    """A past moment as it is said: `09:12`, `Tue 09:12`, `3 Mar 09:12`."""
    when = when.astimezone(now.tzinfo)
    if when.date() == now.date():
        return f"{when:%H:%M}"
    if timedelta() < now - when < timedelta(days=6):
        return f"{when:%a} {when:%H:%M}"
    return f"{when.day} {when:%b} {when:%H:%M}" if when.year == now.year else f"{when.day} {when:%b} {when.year}"
