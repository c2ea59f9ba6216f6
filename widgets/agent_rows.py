"""What is told of an AI agent where there is room: what it does and since when, what it asks, what came of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.cells import cell_len

from tui.domain.agents import AgentSession, format_diffstat, format_state
from widgets.detail_rows import format_moment
from widgets.formats import cut, fit_path, wrap
from widgets.repo_words import AGENT, AGENT_TONES
from widgets.rows import Row, Span

MOST_FILES = 8


def agent_rows(sessions: Iterable[AgentSession], now: datetime, width: int, *, files: bool = False) -> Iterator[Row]:
    """Rows for each of `sessions`; with `files`, where they work, and how each file differs from where it began."""
    for one in sessions:
        yield Row(
            f"agent:{one.id}", (Span(f" {AGENT} ", AGENT_TONES[one.state]), *_lead(one, now, width - 3, where=files))
        )
        for number, (label, text, tone) in enumerate(_facts(one, now)):
            for place, line in enumerate(wrap(text, width - 13, 4)):
                spans = (Span(f"   {label if place == 0 else '':<10}", "muted"), Span(line, tone))
                yield Row(f"agent:{one.id}:{number}:{place}", spans, selectable=False)
        if files and one.diffstat:
            yield from _files(one, width)
        for place, line in enumerate(one.last_lines):
            spans = (Span("   │ ", "faint"), Span(cut(line, width - 5), "muted"))
            yield Row(f"agent:{one.id}:said:{place}", spans, selectable=False)


def _lead(one: AgentSession, now: datetime, width: int, *, where: bool) -> list[Span]:
    state = cut(f"{one.agent} {format_state(one, now)}", width)
    place = cut(f" in {one.repository.name}", width // 3) if where else ""
    since = f" since {format_moment(one.since, now)}" if one.since and one.state != "unknown" else ""
    title = f" · {one.title}" if one.title else ""
    room = max(width - cell_len(state + place + since), 0)
    return [Span(state, AGENT_TONES[one.state]), Span(place), Span(since, "muted"), Span(cut(title, room))]


def _facts(one: AgentSession, now: datetime) -> Iterator[tuple[str, str, str]]:
    """Label, text and tone of what there is to say."""
    if one.question:
        yield "asks", one.question, "strong"
    if one.why:
        yield "", one.why, "text"
    if one.deadline:
        late = one.state == "working" and now > one.deadline
        yield "until", format_moment(one.deadline, now) + (" (it is past that)" if late else ""), "text"
    if one.diffstat:
        yield "changed", format_diffstat(one.diffstat), "text"
    if one.branch:
        yield "on", one.branch, "text"


def _files(one: AgentSession, width: int) -> Iterator[Row]:
    found = one.diffstat.files if one.diffstat else ()
    for place, file in enumerate(found[:MOST_FILES]):
        lines = "not text" if file.added is None else f"+{file.added} -{file.removed}"
        spans = (Span(f"     {lines:<12}", "secondary"), Span(fit_path(file.path, max(width - 17, 8))))
        yield Row(f"agent:{one.id}:file:{place}", spans, selectable=False)
    if len(found) > MOST_FILES:
        said = f"     and {len(found) - MOST_FILES} more files"
        yield Row(f"agent:{one.id}:files", (Span(said, "muted"),), selectable=False)
