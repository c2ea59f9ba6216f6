"""Commits as `git log` tells them: the arguments of the log commands, and parsing what comes back. Pure.

Dates may be anything a commit's author wrote: they are held within 1970 to 2100.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice

from msgspec import Struct

from tui.domain.repos import Commit, Moved

MOST_BEFORE = 20
MOST_PEOPLE = 12
MOST_MOVED = 200
"""Commits that are kept of what moved."""

MOST_TIPS = 4000
"""Branch tips a mark keeps; their ids are arguments of one command, whose length is limited."""

_FORMAT = "--format=%H%x00%aN%x00%aE%x00%ct%x00%S%x00%s"
_FIELDS = 6
_LOG = (
    "log",
    "-z",
    "--no-show-signature",
    "--no-decorate",
    "--no-color",
    "--encoding=UTF-8",
    "--source",
    _FORMAT,
)

_TRUNKS = tuple(
    f"refs/{place}/{name}" for place in ("heads", "remotes/origin") for name in ("main", "master", "trunk", "develop")
)

_LATEST = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())


class Logged(Struct, frozen=True):
    """One commit with what the domain's Commit has no place for."""

    commit: Commit
    email: str
    ref: str
    """The ref it was reached from, in full (`refs/heads/main`), or its id."""


def last_arguments(oid: str) -> tuple[str, ...]:
    """The command for a commit and the few before it, which tell who works there."""
    return (*_LOG, f"--max-count={MOST_BEFORE}", oid, "--")


def commits_arguments(oids: Iterable[str]) -> tuple[str, ...]:
    """The command for some commits; those that are gone from the repository are passed over."""
    return (*_LOG, "--no-walk=unsorted", "--ignore-missing", *oids, "--")


def moved_arguments(*, since: int | None, tips: Iterable[str] = (), most: int = MOST_MOVED) -> tuple[str, ...]:
    """The command for commits on local and remote branches.

    Those from `since` (seconds of the epoch) on where it is given; without what `tips` reach. Tips that are gone
    from the repository are passed over. At most `most` of them, the newest.
    """
    wanted = [*_LOG, f"--max-count={most}", "--ignore-missing"]
    if since is not None:
        wanted.append(f"--since={since}")
    wanted += ["--branches", "--exclude=*/HEAD", "--remotes"]
    excluded = list(tips)
    if excluded:
        wanted += ["--not", *excluded]
    return (*wanted, "--")


def apart_arguments(*, since: int, most: int) -> tuple[str, ...]:
    """The command for commits on remote branches that no trunk holds: what they are told to be on, they are on."""
    wanted = [*_LOG, f"--max-count={most}", "--ignore-missing", f"--since={since}", "--exclude=*/HEAD", "--remotes"]
    return (*wanted, "--not", *_TRUNKS, "--")


def parse_log(answer: bytes) -> tuple[Logged, ...]:
    """The commits of `answer`, in its order. Text that is no UTF-8 is shown with replacement characters."""
    fields = answer.split(b"\x00")
    found = []
    for start in range(0, len(fields) - _FIELDS + 1, _FIELDS):
        oid, author, email, date, ref, subject = fields[start : start + _FIELDS]
        commit = Commit(
            oid.decode("ascii", "replace").strip(),
            author.decode("utf-8", "replace"),
            parse_date(date),
            subject.decode("utf-8", "replace"),
        )
        found.append(Logged(commit, email.decode("utf-8", "replace"), ref.decode("utf-8", "surrogateescape")))
    return tuple(found)


def parse_date(seconds: bytes) -> datetime:
    """Seconds of the epoch as a date between 1970 and 2100; nonsense is 1970."""
    digits = seconds.strip()
    if not digits.isdigit():
        return datetime.fromtimestamp(0, UTC)
    return datetime.fromtimestamp(min(int(digits[:20]), _LATEST), UTC)


def clamped(seconds: float) -> datetime:
    """A file's time as a date between 1970 and 2100."""
    return datetime.fromtimestamp(min(max(seconds, 0.0), _LATEST), UTC)


def moved_of(logged: Sequence[Logged], me: frozenset[str], since: datetime | None) -> tuple[Moved, ...]:
    """What moved, newest first; only from `since` on where it is given. `me` are e-mail addresses in lower case."""
    found = [
        Moved(one.commit, short_branch(one.ref), one.email.lower() in me)
        for one in logged
        if since is None or one.commit.when >= since
    ]
    found.sort(key=lambda moved: moved.commit.when, reverse=True)
    return tuple(found[:MOST_MOVED])


def people_of(logged: Iterable[Logged], me: frozenset[str], known: Iterable[str] = ()) -> tuple[str, ...]:
    """Who made the commits but `me` (e-mail addresses in lower case), newest first, then who was `known` before."""
    newest = sorted(logged, key=lambda one: one.commit.when, reverse=True)
    found = (one.commit.author for one in newest if one.email.lower() not in me)
    return tuple(islice(dict.fromkeys(name for name in (*found, *known) if name), MOST_PEOPLE))


def short_branch(ref: str) -> str:
    """A full ref as people write it: `main`, `origin/main`."""
    for prefix in ("refs/heads/", "refs/remotes/"):
        if ref.startswith(prefix):
            return ref.removeprefix(prefix)
    return ref
