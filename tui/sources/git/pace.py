"""Repositories whose `git status` is slow: what is left out or counted apart so that their row stays live.

What is slow is learnt from how long it took; a refresh that the person asks for begins anew. See git-status,
`--no-ahead-behind`, `--find-renames` and `--untracked-files`.
"""

import time

from msgspec import Struct

from tui.sources.git.control import Signature
from tui.sources.git.run import Children, GitError, GitTimeout, run_git
from tui.sources.git.shadow import Prepared
from tui.sources.git.status import ARGUMENTS, Status, parse_status

SLOW_SECONDS = 0.5
"""A status that takes longer is slow; twice in a row, and something is done about it."""

CRAWLING_SECONDS = 2.0
"""From here on untracked files are looked for only now and then."""

MANY_COMMITS = 5_000
MANY_STAGED = 200
UNTRACKED_SECONDS = 300.0
COUNT_SECONDS = 3.0
"""How long counting commits ahead and behind may take where that is done apart."""

HEAL_SECONDS = 0.1
"""A status that took longer may have an index whose times are stale; healing it is worth a command."""

_COUNT = ("rev-list", "--count", "--left-right", "HEAD...@{upstream}", "--")
_HEAL = ("update-index", "-q", "--unmerged", "--refresh")


class Pace(Struct):
    """How one repository is read, and what is known apart from its status. One thread at a time."""

    took: float = 0.0
    """Seconds the last status took."""
    slow: int = 0
    """How often in a row it was slow."""
    counts_apart: bool = False
    exact_renames: bool = False
    tracked_only: bool = False
    timeouts: int = 0
    """How often no answer came in time. After one, less is asked once; after two, from then on."""
    cautious: bool = False
    untracked: int | None = None
    """Paths found when they were last looked for; None where they never were."""
    looked_at: float = 0.0
    """When that was (`time.monotonic()`)."""
    counted: tuple[object, tuple[int, int] | None] = (None, None)
    """Branches and HEAD as they were when commits were last counted apart, and ahead and behind; None for too many."""

    def arguments(self, at: float) -> tuple[str, ...]:
        """The status command at `at` (`time.monotonic()`)."""
        wanted = list(ARGUMENTS)
        if self.counts_apart or self.cautious:
            wanted.append("--no-ahead-behind")
        if self.exact_renames or self.cautious:
            wanted.append("--find-renames=100%")
        if self.skips_untracked(at):
            wanted[wanted.index("--untracked-files=normal")] = "--untracked-files=no"
        return tuple(wanted)

    def skips_untracked(self, at: float) -> bool:
        """True where untracked files are not looked for this time."""
        return self.tracked_only and self.untracked is not None and at - self.looked_at < UNTRACKED_SECONDS

    def learn(self, took: float, status: Status | None) -> None:
        """Take in that a status took so long; `status` is None where no answer came in time."""
        self.took = took
        if status is None:
            self.tracked_only = self.tracked_only or self.cautious
            self.untracked = self.untracked or 0
            self.looked_at = time.monotonic()
            self.timeouts, self.cautious = self.timeouts + 1, True
            return
        self.cautious = self.timeouts > 1
        self.slow = self.slow + 1 if took >= SLOW_SECONDS else 0
        if self.slow >= 2:
            self.counts_apart = self.counts_apart or (status.ahead or 0) + (status.behind or 0) > MANY_COMMITS
            self.exact_renames = self.exact_renames or status.staged > MANY_STAGED
            self.tracked_only = self.tracked_only or took > CRAWLING_SECONDS

    @property
    def notes(self) -> tuple[str, ...]:
        """What differs from how other repositories are read, a sentence each."""
        said = []
        if self.tracked_only:
            minutes = int(UNTRACKED_SECONDS // 60)
            said.append(f"git status is slow here: new files are looked for every {minutes} minutes, and with r")
        if self.exact_renames or self.timeouts > 1:
            said.append("git status is slow here: renamed files count as such only where they are unchanged")
        return tuple(said)


def read_status(pace: Pace, prepared: Prepared, refs: Signature, seconds: float, children: Children) -> Status:
    """The state of the work tree of `prepared`, read as `pace` says, which learns from it. Raises GitError."""
    began = time.monotonic()
    skipped = pace.skips_untracked(began)
    try:
        status = parse_status(run_git(pace.arguments(began), prepared.place, seconds=seconds, children=children))
    except GitTimeout:
        pace.learn(time.monotonic() - began, None)
        raise
    pace.learn(time.monotonic() - began, status)
    if skipped:
        status.untracked = pace.untracked or 0
    else:
        pace.untracked, pace.looked_at = status.untracked, began
    if status.uncounted:
        left = min(COUNT_SECONDS, seconds - (time.monotonic() - began))
        _count_apart(pace, status, prepared, (status.oid, refs), left, children)
    return status


def heal(prepared: Prepared, seconds: float, children: Children) -> None:
    """Write the index anew with the times files have now, which a status that takes no locks never does.

    Only where the person asks: it writes to their repository. Nothing is done while another git is at work there.
    """
    layout = prepared.layout
    if prepared.bare or prepared.under_way or (layout.git_dir / "index.lock").exists():
        return
    run_git(_HEAL, prepared.place, seconds=seconds, children=children, accept=(0, 1))


def _count_apart(
    pace: Pace, status: Status, prepared: Prepared, key: object, seconds: float, children: Children
) -> None:
    """Count what a quick status did not, unless branches and HEAD are where they were when it was counted last."""
    known, counts = pace.counted
    if known != key:
        try:
            answer = run_git(_COUNT, prepared.place, seconds=max(seconds, 0.1), children=children)
            ahead, behind = (int(number) for number in answer.split())
            counts = (ahead, behind)
        except (GitError, ValueError):  # too many to count in time, or an upstream that went meanwhile
            counts = None
        pace.counted = (key, counts)
    if counts is not None:
        status.ahead, status.behind = counts
        status.uncounted = False
