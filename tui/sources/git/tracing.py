"""What was committed in a repository since a moment, on all its branches, with its authors: two times `git log`.

Through the one door and the shadow, like every reading. What it says of a delegated item is `tui.domain.evidence`.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tui.domain.evidence import Trace, Traced
from tui.sources.git.commits import Logged, apart_arguments, moved_arguments, parse_log
from tui.sources.git.control import refs_signature
from tui.sources.git.discovery import Found
from tui.sources.git.listings import areas_arguments, parse_areas
from tui.sources.git.read import Memory, Terms, left
from tui.sources.git.run import GitError, run_git
from tui.sources.git.shadow import Prepared

MOST_TRACED = 1000
"""Commits that are read; of more, the newest."""
MOST_WITH_AREAS = 60
AREAS_SECONDS = 2.0
"""How long the folders may take: somebody waits to build."""
MOST_KEPT = 200
"""Commits that are handed on."""


def read_trace(
    found: Found, memory: Memory, terms: Terms, since: datetime, now: datetime, *, areas: bool = False
) -> Trace:
    """The commits of the repository at `found` from `since` on; with `areas`, the folders the newest by others touched.
    One that cannot be read has none, and is not `whole`.

    `memory` is for one thread at a time, as in `read_repository`.
    """
    end = time.monotonic() + terms.seconds
    from_then = int(since.timestamp())
    wanted = (
        moved_arguments(since=from_then, most=MOST_TRACED),
        apart_arguments(since=from_then, most=MOST_TRACED),
    )
    try:
        prepared = memory.shadow.prepare(left(end, terms), terms.children)
        refs_signature(prepared.layout)  # checks them: git would wait for a FIFO among them
        everywhere, apart = (
            parse_log(run_git(arguments, prepared.place, seconds=left(end, terms), children=terms.children))
            for arguments in wanted
        )
    except (GitError, OSError):  # said in its row
        return untraced(found.path, since, areas=areas)
    logged = sorted(everywhere, key=lambda one: one.commit.when, reverse=True)
    branches = {one.commit.sha: one.ref.removeprefix("refs/remotes/").partition("/")[2] for one in apart}
    commits = tuple(
        Traced(one.commit, one.email, branches.get(one.commit.sha, ""), one.email.lower() in terms.me)
        for one in newest_of_each([one for one in logged if one.commit.when >= since])
    )
    touched = _areas([one.commit.sha for one in commits if not one.by_me], prepared, end, terms) if areas else None
    return Trace(found.path, since.astimezone(UTC), commits, len(logged) < MOST_TRACED, now, touched)


def untraced(path: Path, since: datetime, *, areas: bool = False) -> Trace:
    """The trace of a repository that gave no answer."""
    return Trace(path, since.astimezone(UTC), areas=() if areas else None, whole=False)


def _areas(
    oids: Sequence[str], prepared: Prepared, end: float, terms: Terms
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The folders commits touched; none where that takes too long, or git cannot tell: names and subjects do."""
    if not oids:
        return ()
    try:
        seconds = min(left(end, terms), AREAS_SECONDS)
        wanted = areas_arguments(oids[:MOST_WITH_AREAS])
        return parse_areas(run_git(wanted, prepared.place, seconds=seconds, children=terms.children))
    except (GitError, OSError):
        return ()


def newest_of_each(logged: Sequence[Logged]) -> list[Logged]:
    """Of commits, newest first, at most MOST_KEPT: of each author on each branch the newest ones come first to be kept,
    since only they are told."""
    seen: set[tuple[str, str, str]] = set()
    first: list[Logged] = []
    others: list[Logged] = []
    for one in logged:
        who = (one.commit.author, one.email, one.ref)
        (others if who in seen else first).append(one)
        seen.add(who)
    kept = (first + others)[:MOST_KEPT]
    return sorted(kept, key=lambda one: one.commit.when, reverse=True)
