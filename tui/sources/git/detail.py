"""All about one repository: what its row has no room for, read when the person opens it.

A few git commands through the one door and the shadow, each with what is left of one deadline; a part that cannot be
read becomes a sentence, and the others are right all the same. Only commands that run nothing in any repository that
was tried: status, log without patches, for-each-ref, stash list. What they print is understood in `listings`.
"""

import time
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from tui.domain.detail import Branch, ChangedFile, NameChange, RepositoryDetail, Stash, changed_names
from tui.domain.repos import Commit, Moved
from tui.sources.git.commits import commits_arguments, parse_log
from tui.sources.git.control import Signature, refs_signature
from tui.sources.git.discovery import Found
from tui.sources.git.gitdir import MEDIUM, read_operation, read_small
from tui.sources.git.listings import (
    BRANCHES_ARGUMENTS,
    FILES_ARGUMENTS,
    MOST_FILES,
    MOST_LISTED,
    STASHES_ARGUMENTS,
    areas_arguments,
    branch_of,
    chosen,
    parse_areas,
    parse_files,
    parse_refs,
    parse_stashes,
    parse_tracking,
    tracking_arguments,
)
from tui.sources.git.read import Memory, Terms, explained, left, read_moved, unreadable
from tui.sources.git.run import GitError, GitTimeout, run_git
from tui.sources.git.seen import Mark
from tui.sources.git.shadow import Prepared
from tui.sources.git.tips import parse_names

COUNTING_SECONDS = 2.0
"""What counting ahead and behind of all branches may take: over a long history it is a long walk."""

AREAS_SECONDS = 3.0
"""What finding the folders of what moved may take."""

_SHALLOW_LIMIT = 64 * MEDIUM


class _Reading(Struct):
    """One detail under way: where git runs, how long it still may, and what went wrong."""

    prepared: Prepared
    terms: Terms
    end: float
    problems: list[str] = field(default_factory=list)
    late: bool = False
    """True once the deadline has passed: nothing more is asked."""

    def ask(self, what: str, arguments: Sequence[str], seconds: float | None = None) -> bytes | None:
        """Git's answer; None where there is none, which is then among the problems.

        With `seconds`, no answer within them is no problem but a None.
        """
        if self.late:
            return None
        try:
            allowed = left(self.end, self.terms)
            within = allowed if seconds is None else min(seconds, allowed)
            return run_git(arguments, self.prepared.place, seconds=within, children=self.terms.children)
        except GitTimeout:
            if seconds is None or time.monotonic() >= self.end:
                self.late = True
                self.problems.append(f"{what}: {self.terms.overdue}")
        except GitError as error:
            self.problems.append(f"{what}: {explained(error)}")
        return None


def read_detail(found: Found, memory: Memory, terms: Terms, now: datetime) -> RepositoryDetail:
    """The detail of the repository at `found`. Never raises for the repository: `problems` says what is missing.

    `memory` is for one thread at a time, as in `read_repository`.
    """
    end = time.monotonic() + terms.seconds
    detail = RepositoryDetail(found.path, taken_at=now)
    try:
        prepared = memory.shadow.prepare(left(end, terms), terms.children)
        signature = refs_signature(prepared.layout)  # checks them too: git would wait for a FIFO among them
        operation, step, _ = read_operation(prepared.layout.git_dir)
    except GitTimeout:
        return replace(detail, problems=(terms.overdue,))
    except GitError as error:
        return replace(detail, problems=(explained(error),))
    except OSError as error:
        return replace(detail, problems=(unreadable(error),))
    reading = _Reading(prepared, terms, end)
    files, stashes = ((), 0) if prepared.bare else _files(reading)
    kept = _stashes(reading) if stashes else ()
    branches, more = _branches(reading)
    moved, mark = _moved(reading, memory, signature, now)
    return replace(
        detail,
        operation=operation,
        step=step,
        files=files[:MOST_FILES],
        more_files=max(len(files) - MOST_FILES, 0),
        stashes=kept,
        more_stashes=max(stashes - len(kept), 0) if kept else 0,
        branches=branches,
        more_branches=more,
        moved=moved,
        areas=_areas(reading, moved),
        marked_at=mark.when if mark else None,
        names_known=_remembered(memory, mark) is not None,
        names=_names(memory, mark),
        problems=tuple(reading.problems),
    )


def _files(reading: _Reading) -> tuple[tuple[ChangedFile, ...], int]:
    answer = reading.ask("changed files", FILES_ARGUMENTS)
    return parse_files(answer) if answer is not None else ((), 0)


def _stashes(reading: _Reading) -> tuple[Stash, ...]:
    answer = reading.ask("stashes", STASHES_ARGUMENTS)
    return parse_stashes(answer) if answer is not None else ()


def _branches(reading: _Reading) -> tuple[tuple[Branch, ...], int]:
    """The branches to show, and how many there are beside them."""
    answer = reading.ask("branches", BRANCHES_ARGUMENTS)
    if not answer:
        return (), 0
    listed = parse_refs(answer)
    current = reading.prepared.head.ref
    shown = chosen(listed, current)
    followers = [ref for ref in shown if ref.upstream is not None]
    tracking = None
    if followers:
        counted = reading.ask("branches", tracking_arguments(followers), COUNTING_SECONDS)
        tracking = parse_tracking(counted) if counted is not None else None
    said = reading.ask("branches", commits_arguments(dict.fromkeys(ref.oid for ref in shown)))
    last: dict[str, Commit] = {one.commit.sha: one.commit for one in parse_log(said or b"")}
    known = frozenset(ref.name for ref in listed) if len(listed) < MOST_LISTED - 1 else None
    branches = tuple(
        branch_of(ref, current=current, tracking=tracking, known=known, last=last.get(ref.oid)) for ref in shown
    )
    return branches, len(listed) - len(shown)


def _moved(
    reading: _Reading, memory: Memory, signature: Signature, now: datetime
) -> tuple[tuple[Moved, ...], Mark | None]:
    """What moved since the mark; costs a git command only where the row does not know it already."""
    prepared, terms = reading.prepared, reading.terms
    mark = terms.marks.of(prepared.layout.common_dir) if terms.marks else None
    try:
        if reading.late:
            return (), mark
        return read_moved(memory, prepared, signature, terms, now, reading.end)[0], mark
    except GitTimeout:
        reading.late = True
        reading.problems.append(f"what moved: {terms.overdue}")
    except GitError as error:
        reading.problems.append(f"what moved: {explained(error)}")
    except OSError as error:
        reading.problems.append(f"what moved: {unreadable(error)}")
    return (), mark


def _areas(reading: _Reading, moved: Sequence[Moved]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The folders each commit of `moved` touched; of one whose parent a shallow clone lacks, none is known."""
    try:
        cut = set(read_small(reading.prepared.layout.common_dir / "shallow", _SHALLOW_LIMIT).decode().split())
    except (OSError, GitError, UnicodeDecodeError):
        cut = set()
    wanted = [one.commit.sha for one in moved if one.commit.sha not in cut]
    if not wanted:
        return ()
    before = len(reading.problems)
    answer = reading.ask("the folders of what moved", areas_arguments(wanted), AREAS_SECONDS)
    if answer is not None:
        return parse_areas(answer)
    if len(reading.problems) == before and not reading.late:
        reading.problems.append(f"the folders of what moved: no answer within {AREAS_SECONDS:g} s")
    return ()


def _remembered(memory: Memory, mark: Mark | None) -> str | None:
    """The names the mark holds, where those of today are known too."""
    known = memory.tips is not None and memory.tips.names is not None
    return mark.names if mark is not None and known else None


def _names(memory: Memory, mark: Mark | None) -> tuple[NameChange, ...]:
    before = _remembered(memory, mark)
    if before is None or memory.tips is None or memory.tips.names is None or before == memory.tips.names:
        return ()
    return changed_names(parse_names(before).items(), parse_names(memory.tips.names).items())
