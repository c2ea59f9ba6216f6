"""What happened meanwhile, as rows: who moved what, and what agents came to."""

from collections.abc import Iterator
from datetime import datetime

from tui.domain.meanwhile import Meanwhile, MovedIn
from widgets.agent_rows import agent_rows
from widgets.detail_rows import format_moment, heading, more
from widgets.formats import cut, fit, format_age
from widgets.rows import Row, Span

REPOSITORY = "moved:"
"""How the key of a repository's row begins; its path follows."""
AGENT = "agent:"
"""How the key of an agent's row begins; its id follows."""
MOST_COMMITS = 6


def meanwhile_rows(found: Meanwhile, problem: str, now: datetime, width: int) -> list[Row]:
    """Every row, at `width` cells; `problem` says why some agents are not known."""
    rows = [*_moved(found, now, width)]
    if found.agents:
        rows.append(heading("agents", "agents", width))
        rows += agent_rows(found.agents, now, width, files=True)
    else:
        rows.append(heading("agents", "no agent is known of", width, "muted"))
    if problem:
        rows.append(Row("problem", (Span(" × ", "error"), Span(cut(problem, width - 3), "error")), selectable=False))
    return rows


def _moved(found: Meanwhile, now: datetime, width: int) -> Iterator[Row]:
    if not found.moved:
        said = f"nobody else moved anything since {format_moment(found.since, now)}, as far as fetched"
        yield heading("moved", said, width, "muted")
        return
    yield heading("moved", f"moved since {format_moment(found.since, now)}, as far as fetched", width)
    for one in found.moved:
        yield Row(f"{REPOSITORY}{one.path}", (Span("   "), Span(cut(one.name, width - 3), "strong")))
        yield from _commits(one, now, width)


def _commits(one: MovedIn, now: datetime, width: int) -> Iterator[Row]:
    branch_width = width // 4 if width >= 90 else 0
    for place, (commit, branch) in enumerate(one.commits[:MOST_COMMITS]):
        spans = [
            Span(fit(format_age(commit.when, now), 8, right=True) + " ", "muted"),
            Span(fit(commit.author, 16) + " ", "accent"),
            Span(fit(commit.subject, max(width - 27 - branch_width, 8))),
        ]
        if branch_width:
            spans.append(Span(f" {fit(branch, branch_width - 1)}", "faint"))
        yield Row(f"commit:{one.path}:{place}", tuple(spans), selectable=False)
    if len(one.commits) > MOST_COMMITS:
        yield more(f"more:{one.path}", "and more before these", width)
