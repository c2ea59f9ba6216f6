"""What git and the calendar tell of a delegated item, so that nobody has to be asked for its status. Pure.

Only what is known: the newest commit of the one person who can be meant, in the repository the item names, after it was
delegated; how long they have been quiet there, where all commits since are known; the next meeting with them. Never how
much anybody did. What was committed is read by `tui.sources.git.tracing`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from tui.domain.agenda import Agenda, Meeting
from tui.domain.backlog import Item
from tui.domain.people import Person, first_name, may_be, name_words, those_meant
from tui.domain.repos import Commit, Fleet, Names, Repository
from tui.domain.slide import is_one_to_one
from tui.domain.values import Snapshot

QUIET_DAYS = 7
"""From which number of days without a commit an item counts as quiet."""
SAID_DAYS = 2
"""From which number of days that is said at all."""
MOST_DAYS = 180
"""How far back commits are looked for, however long ago an item was delegated."""
FRESH = timedelta(days=1)
"""How old what was fetched may be to say without a word on it that nothing has come."""

_ABOUT_OTHERS = frozenset(
    (
        *("birthday", "farewell", "leaving", "leave", "vacation", "holiday", "candidate", "interview"),
        *("geburtstag", "abschied", "urlaub", "anniversaire", "cumpleanos"),
    )
)
"""Words of meetings about people who need not be there."""


class Traced(Struct, frozen=True):
    """A commit with what tells whose it is and where it stands."""

    commit: Commit
    address: str
    branch: str = ""
    """The remote branch it is on, without its remote (`feat/caps`); empty where the trunk holds it, or it is not known
    for certain."""
    by_me: bool = False


class Trace(Snapshot, frozen=True):
    """What was committed in one repository, on all its branches, since a moment."""

    path: Path
    since: datetime
    commits: tuple[Traced, ...] = ()
    """Newest first."""
    whole: bool = True
    """False where there are more than were read, or they could not be read."""
    taken_at: datetime | None = None
    areas: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    """Commit id and the folders it touched, of the newest ones by others; None where that was not asked for."""


class Evidence(Struct, frozen=True):
    """What is known of a delegated item. Texts hold names as they came: show them through `safe_text`."""

    work: tuple[str, ...] = ()
    """What git tells, a sentence each."""
    meeting: str = ""
    """`next meeting with Ana Thu 15:00`."""
    short: str = ""
    """For a row: `moved 2 h ago`, `quiet 9 days`, else when the next meeting is."""
    quiet: bool = False
    """True from QUIET_DAYS on."""

    @property
    def text(self) -> str:
        """All of it in one line."""
        return " · ".join((*self.work, self.meeting) if self.meeting else self.work)


def delegated(items: Iterable[Item]) -> tuple[Item, ...]:
    """The items somebody has."""
    return tuple(item for item in items if item.state == "delegated" and item.person.strip())


def to_trace(items: Iterable[Item], fleet: Fleet, now: datetime) -> tuple[tuple[Repository, datetime], ...]:
    """The repositories that `items` (delegated ones) name, each once, and since when their commits are wanted."""
    names = Names(fleet)
    # From the begin of a day: what is asked for is the same until the next one.
    earliest = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=MOST_DAYS)
    wanted: dict[Path, tuple[Repository, datetime]] = {}
    for item in items:
        repo = names.find(item.repo) if item.repo.strip() else None
        if repo is None or item.decided is None or repo.error or repo.unborn or repo.head is None:
            continue
        # Compared first: a year 1 or 9999 that somebody typed has no time in another zone.
        since = min(max(item.decided, earliest), now).astimezone(UTC).replace(microsecond=0)
        known = wanted.get(repo.path, (repo, since))[1]
        wanted[repo.path] = (repo, min(known, since))
    return tuple(wanted.values())


class Witness:
    """What is known at one moment; asked of each delegated item. `traces` are by the path of their repository."""

    def __init__(self, fleet: Fleet | None, agenda: Agenda | None, traces: Iterable[Trace], now: datetime) -> None:
        self._now = now
        self._names = Names(fleet) if fleet else None
        self._traces = {trace.path: trace for trace in traces}
        self._meetings = agenda.meetings if agenda else ()
        authors = {
            Person(repo.last_commit.author) for repo in (fleet.repositories if fleet else ()) if repo.last_commit
        }
        for repo in fleet.repositories if fleet else ():
            if repo.path in self._traces:
                authors.update(Person(moved.commit.author) for moved in repo.moved)
        authors.update(_author(one) for trace in self._traces.values() for one in trace.commits)
        self._authors = frozenset(authors)
        self._hosts = frozenset(Person(meeting.organizer) for meeting in self._meetings if meeting.organizer)
        self._meant: dict[str, frozenset[Person]] = {}
        self._next: dict[str, Meeting | None] = {}

    def of(self, item: Item) -> Evidence | None:
        """What is known of `item`; None where it is not delegated to anybody or nothing is known."""
        if item.state != "delegated" or not item.person.strip():
            return None
        meeting = self._next_meeting(item.person)
        when = f"{_day(meeting.start, self._now)} {meeting.start.astimezone(self._now.tzinfo):%H:%M}" if meeting else ""
        said = f"next meeting with {first_name(item.person)} {when}" if meeting else ""
        repo = self._names.find(item.repo) if self._names and item.repo.strip() else None
        trace = self._traces.get(repo.path) if repo else None
        work, short, quiet = self._work(item, repo, trace) if repo and trace and item.decided else ((), "", False)
        if not (work or said):
            return None
        return Evidence(work, said, short or f"meet {when}", quiet)

    def _work(self, item: Item, repo: Repository, trace: Trace) -> tuple[tuple[str, ...], str, bool]:
        """Sentences, the short one, and whether it is quiet."""
        if item.person not in self._meant:
            self._meant[item.person] = those_meant(item.person, self._authors)
        meant = self._meant[item.person]
        if not meant or item.decided is None:
            return (), "", False
        since = max(item.decided, trace.since)
        commits = [one for one in trace.commits if one.commit.when >= since]
        own = next((one for one in commits if _author(one) in meant), None)
        days = self._days_since(own.commit.when if own else item.decided)
        # Of more commits than were read the older ones are not known; theirs may be among them.
        known = own is not None or (trace.whole and trace.since <= item.decided)
        quiet = f"quiet {days} days" if known and days >= (SAID_DAYS if own is None else QUIET_DAYS) else ""
        fetched = self._is_fetched(repo, commits)
        sentences = [quiet if fetched or not quiet else f"{quiet} as far as fetched"] if quiet else []
        if own is not None:
            ago = _ago(own.commit.when, self._now)
            sentences.append(f"{first_name(item.person)}: {own.commit.subject}, {ago}")
            sentences += self._branch(own, commits, meant)
        short = quiet or (f"moved {_ago(own.commit.when, self._now)}" if own else "")
        return tuple(sentences), short, bool(quiet) and fetched and days >= QUIET_DAYS

    def _branch(self, own: Traced, commits: Sequence[Traced], meant: frozenset[Person]) -> list[str]:
        """Where others went on on the branch of `own`: that it moved, and when."""
        newest = next((one for one in commits if one.branch and one.branch == own.branch), own)
        if newest.commit.when <= own.commit.when or newest.by_me or _author(newest) in meant:
            return []
        return [f"branch {own.branch} moved {_ago(newest.commit.when, self._now)}"]

    def _is_fetched(self, repo: Repository, commits: Iterable[Traced]) -> bool:
        """True where what others pushed has come here lately: by a fetch, or as a commit of theirs shows."""
        if repo.upstream is None and repo.remote is None:
            return True
        moments = [repo.fetched_at, *(one.commit.when for one in commits if not one.by_me)]
        return any(moment is not None and self._now - moment <= FRESH for moment in moments)

    def _days_since(self, moment: datetime) -> int:
        return max((self._now - moment).days, 0)

    def _next_meeting(self, person: str) -> Meeting | None:
        if person not in self._next:
            self._next[person] = self._look_up_meeting(person)
        return self._next[person]

    def _look_up_meeting(self, person: str) -> Meeting | None:
        hosts = those_meant(person, self._hosts | self._authors)
        ahead = (
            meeting
            for meeting in self._meetings
            if meeting.start > self._now and not meeting.all_day and meeting.busy != "free"
        )
        return next((meeting for meeting in ahead if self._is_with(meeting, person, hosts)), None)

    def _is_with(self, meeting: Meeting, person: str, hosts: frozenset[Person]) -> bool:
        """Whether `meeting` is with `person`, as its organizer (one of `hosts`?) or its title says."""
        if meeting.organizer and Person(meeting.organizer) in hosts:
            return True
        words, title = name_words(person), name_words(meeting.summary)
        if not words or not title or _ABOUT_OTHERS.intersection(title):
            return False
        if len(words) > 1 and any(title[at : at + len(words)] == words for at in range(len(title))):
            return True
        first = name_words(first_name(person))[:1]
        if not first or not may_be(first[0], self._authors | self._hosts):
            return False
        with_them = any(title[at : at + 2] == ("with", *first) for at in range(len(title)))
        return with_them or (first[0] in title and is_one_to_one(meeting.summary))


def _author(one: Traced) -> Person:
    return Person(one.commit.author, one.address)


def _ago(moment: datetime, now: datetime) -> str:
    """`2 h ago`, `yesterday`, `3 days ago`."""
    minutes = max(int((now - moment) / timedelta(minutes=1)), 0)
    if minutes < 60:
        return f"{minutes} min ago" if minutes else "now"
    days = (now.date() - moment.astimezone(now.tzinfo).date()).days
    if days == 0 or minutes < 6 * 60:
        return f"{minutes // 60} h ago"
    return "yesterday" if days == 1 else f"{days} days ago"


def _day(moment: datetime, now: datetime) -> str:
    """`today`, `tomorrow`, `Thu`, `Thu 3 Dec`."""
    day = moment.astimezone(now.tzinfo)
    match (day.date() - now.date()).days:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
        case distance if distance < 7:
            return f"{day:%a}"
    return f"{day:%a} {day.day} {day:%b}"
