"""The detail of what is selected: facts in rows. It stands beside the panes where there is room, else over them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual.reactive import var

from tui.domain.agenda import Meeting
from tui.domain.backlog import Item, leverage, leverage_assumed
from tui.domain.repos import Repository
from tui.domain.triage import suggest
from widgets.formats import facts, fit, format_age, format_minutes, format_path, format_time
from widgets.pane import Pane
from widgets.repos import format_branch, format_state
from widgets.row_list import Row, Span

Build = Callable[[int], Sequence[Row]]


class DetailPane(Pane):
    """Pane 4: whatever is selected in the pane that was last in use."""

    TITLE = "Detail"
    NUMBER = 4

    heading: var[str] = var("", init=False)
    build: var[Build | None] = var[Build | None](None, init=False)
    """Makes the rows for a width."""

    BINDINGS: ClassVar = []

    def on_mount(self) -> None:
        super().on_mount()
        self.list.can_focus = True

    def show(self, heading: str, build: Build | None) -> None:
        """Show what `build` makes under `heading`."""
        self.set_reactive(DetailPane.heading, heading)
        self.set_reactive(DetailPane.build, build)
        self.refresh_rows()

    def title_text(self) -> str:
        return self.heading or self.TITLE

    def build_rows(self, width: int) -> Sequence[Row]:
        return self.build(width) if self.build else ()


def repository_rows(repo: Repository, sentences: Sequence[str], now: datetime, home: Path | None) -> Build:
    """Everything the snapshot says about a repository."""

    def build(width: int) -> list[Row]:
        rows = [
            Row(f"attention-{i}", (Span(" ! ", "error"), Span(fit(text, width - 3))))
            for i, text in enumerate(sentences)
        ]
        pairs = [
            ("path", format_path(repo.path, home)),
            ("branch", format_branch(repo)),
            ("state", format_state(repo, 200)),
        ]
        if repo.upstream:
            gone = " (gone)" if repo.upstream_gone else f"  {repo.ahead or 0} to push, {repo.behind or 0} to pull"
            pairs.append(("upstream", repo.upstream + gone))
        if repo.stashes:
            pairs.append(("stashes", str(repo.stashes)))
        if repo.parent:
            pairs.append(("lane of" if repo.kind == "linked" else "within", format_path(repo.parent, home)))
        if repo.remote:
            pairs.append(("forge", repo.remote))
        if repo.last_commit:
            last = repo.last_commit
            age = format_age(last.when, now)
            pairs.append(("last commit", f"{last.subject}\n{last.author}, {age} ago, {last.sha[:8]}"))
        rows += facts(pairs, width)
        if repo.moved:
            rows.append(Row("moved", (Span(" moved since it was marked seen (m)", "muted"),), selectable=False))
            for place, moved in enumerate(repo.moved):
                rows.append(
                    _moved_row(
                        place,
                        width,
                        now,
                        moved.commit.when,
                        _who(moved.by_me, moved.commit.author),
                        moved.branch,
                        moved.commit.subject,
                    )
                )
        return rows

    return build


def _who(by_me: bool, author: str) -> str:
    return "you" if by_me else author


def _moved_row(place: int, width: int, now: datetime, when: datetime, who: str, branch: str, subject: str) -> Row:
    rest = max(width - 6 - 18 - 20, 10)
    return Row(
        f"moved-{place}",
        (
            Span(fit(format_age(when, now), 5, right=True) + " ", "muted"),
            Span(fit(who, 17) + " ", "accent"),
            Span(fit(branch, 19) + " ", "muted"),
            Span(fit(subject, rest)),
        ),
    )


def meeting_rows(meeting: Meeting, conflicts: Sequence[Meeting]) -> Build:
    """Everything the snapshot says about a meeting."""

    def build(width: int) -> list[Row]:
        span = "all day" if meeting.all_day else f"{format_time(meeting.start)} to {format_time(meeting.end)}"
        minutes = int((meeting.end - meeting.start).total_seconds() // 60)
        pairs = [("when", f"{meeting.start:%a} {meeting.start.day} {meeting.start:%b}, {span}")]
        if not meeting.all_day:
            pairs.append(("length", format_minutes(minutes)))
        if meeting.location:
            pairs.append(("where", meeting.location))
        if meeting.join_url:
            pairs.append(("join (o)", meeting.join_url))
        if meeting.organizer:
            pairs.append(("organizer", meeting.organizer))
        pairs.append(("calendar", meeting.calendar))
        answer = f"{meeting.status}, your answer: {meeting.response or 'none'}"
        pairs.append(("status", f"{answer}; counts as {meeting.busy}"))
        pairs += [("conflicts with", f"{format_time(other.start)} {other.summary}") for other in conflicts]
        return facts(pairs, width)

    return build


def item_rows(item: Item, now: datetime) -> Build:
    """Everything the backlog says about an item, and for one in the inbox what speaks for a verdict."""

    def build(width: int) -> list[Row]:
        assumed = ", unset ones assumed" if leverage_assumed(item) else ""
        pairs = [("title", item.title), ("state", item.state)]
        pairs += [("why", item.why)] if item.why else []
        suggestion = suggest(item, now) if item.state == "inbox" else None
        pairs += [("suggested", f"{suggestion[0]}: {suggestion[1]}")] if suggestion else []
        pairs.append(("estimate", format_minutes(item.estimate) if item.estimate else "not estimated"))
        pairs.append(("impact, edge", f"{item.impact or '?'} of 5, {item.edge or '?'} of 5"))
        pairs.append(("leverage", f"{leverage(item):.0f} (impact × edge per hour{assumed})"))
        for label, value in (("theme", item.theme), ("repository", item.repo), ("delegated to", item.person)):
            pairs += [(label, value)] if value else []
        pairs += [("returns", f"{item.until:%a} {item.until.day} {item.until:%b}")] if item.until else []
        pairs += [("dropped because", item.reason)] if item.reason else []
        pairs += (
            [("captured", f"{item.created:%a} {item.created.day} {item.created:%b} {item.created:%H:%M}")]
            if item.created
            else []
        )
        return facts(pairs, width)

    return build
