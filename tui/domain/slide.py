"""Slide debt: the meetings of the past an item was talked about in, told by their titles alone. Pure.

A false "explained in 9 meetings" costs more than a missed one, so a title has to share more with an item than a word:
two words side by side that are most of what it says, or nearly all its words. Words that many different titles have
(the names of products and teams) count for nothing, nor do the names of people in one-to-ones. Reading the past is
`tui.agendaworker`, its words are `telling`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.agenda import Meeting
from tui.domain.backlog import Item, Section, State
from tui.domain.values import Snapshot

if TYPE_CHECKING:  # its lists of words are not needed before a past was read: the first frame does not wait for them
    from tui.domain.telling import Told

PAST_DAYS = 90
"""How far back meetings are looked at."""
LONGEST = timedelta(hours=8)
"""What takes longer than a working day is no meeting in which something is explained."""
MOST_MEETINGS = 10_000
"""Of more, the newest are looked at."""
ORDERED: tuple[State, ...] = ("inbox", "build")
"""States whose items can be put in the order of slide debt."""
SHOWN = 3
"""Meetings that are named."""

_LONGEST_TITLE = 200
_FEW_TITLES = 12
"""A word of no more different titles than this says what one is about, however few there are."""
_AREA = 0.6
"""A word of more titles than all of them to this power is an area, which tells nothing: 30 of 300, 95 of 2,000."""
_APART = r"\s*[:：|]\s+|：|\s+[-–—]+\s+"
_LETTERS = r"[^\W\d_]+"
_MOST_NAMES = 4
_ONE_TO_ONE = r"(?i)(?<!\w)(?:1\s?(?::|/|-|on|-on-|to)\s?1|one[ -](?:on|to)[ -]one|o3)s?(?!\w)|<>|↔"


class PastMeeting(Struct, frozen=True):
    """A meeting that took this person's time. `title` is raw: show it through `safe_text`."""

    title: str
    start: datetime
    minutes: int
    calendar: str = ""
    invited: bool = True
    """False where nobody is known to have called it: it may be a block of this person's own."""


class Past(Snapshot, frozen=True):
    """The meetings of a stretch that lies behind, newest first, each once."""

    meetings: tuple[PastMeeting, ...] = ()
    whole: bool = True
    """False where a calendar could not be read: the others are here all the same."""
    taken_at: datetime | None = None


class SlideDebt(Struct, frozen=True):
    """How often and how long an item was explained."""

    times: int
    minutes: int
    meetings: tuple[PastMeeting, ...] = ()
    """The newest few of them, newest first."""


def past_meetings(meetings: Iterable[Meeting], now: datetime) -> tuple[PastMeeting, ...]:
    """Of `meetings` those that are over and took this person's time for certain, each once, newest first.

    Not: all-day, cancelled, declined, free and tentative ones, absences, what nobody answered, what took longer than a
    working day. A meeting that two calendars have is one: UID and start agree, or title, start and end.
    """
    from tui.domain.telling import plain_title

    found: dict[object, PastMeeting] = {}
    seen: set[object] = set()
    for meeting in meetings:
        start, end = meeting.start.astimezone(UTC), meeting.end.astimezone(UTC)
        if meeting.busy != "busy" or meeting.all_day or not start < end <= now.astimezone(UTC) or end - start > LONGEST:
            continue
        alike = (plain_title(meeting.summary), start, end)
        same = (meeting.uid, start) if meeting.uid else alike
        if alike in seen or same in seen:
            continue
        seen |= {alike, same}
        minutes = int((end - start) / timedelta(minutes=1))
        found[alike] = PastMeeting(
            meeting.summary[:_LONGEST_TITLE], meeting.start, minutes, meeting.calendar, bool(meeting.organizer)
        )
    newest = sorted(found.values(), key=lambda meeting: (meeting.start.astimezone(UTC), meeting.title), reverse=True)
    return tuple(newest[:MOST_MEETINGS])


def on_clock(past: Past, zone: tzinfo) -> Past:
    """`past` with its times in `zone`."""
    moved = (replace(meeting, start=meeting.start.astimezone(zone)) for meeting in past.meetings)
    return replace(past, meetings=tuple(moved))


class _Title(Struct, frozen=True):
    """Meetings whose titles have the same telling words."""

    words: frozenset[str]
    topic: frozenset[str]
    """Those before a colon or a dash, where such a title begins with what it is about; else all."""
    pairs: frozenset[tuple[str, str]]
    """Words that stand side by side."""
    meetings: tuple[PastMeeting, ...]


class SlideDebts:
    """The slide debt of any item against one past; each title is looked up once. For one thread at a time."""

    def __init__(self, past: Past, focus_titles: Iterable[str] = ()) -> None:
        """`focus_titles`: what the titles of blocks hold that were kept free for making (see `PlanningRules`)."""
        from tui.domain.telling import telling_words

        self.past = past
        focus = tuple(part.strip().casefold() for part in focus_titles if part.strip())
        kept = [meeting for meeting in past.meetings if not any(part in meeting.title.casefold() for part in focus)]
        self._names = _names(kept)
        grouped: dict[tuple[tuple[str, ...], tuple[str, ...]], list[PastMeeting]] = {}
        for meeting in kept:
            words, topic = (self._without_names(telling_words(text)).words for text in _parts(meeting.title))
            if words:
                grouped.setdefault((words, topic or words), []).append(meeting)
        self._areas = _areas({words for words, _ in grouped})
        self._titles = [self._title(words, topic, meetings) for (words, topic), meetings in grouped.items()]
        self._having: dict[str, list[int]] = {}
        for number, title in enumerate(self._titles):
            for word in title.words:
                self._having.setdefault(word, []).append(number)
        self._found: dict[str, SlideDebt | None] = {}

    def of(self, item: Item) -> SlideDebt | None:
        """The slide debt of `item`; None where it was explained in no meeting that is known."""
        if item.title not in self._found:
            met = self.about(item)
            minutes = sum(meeting.minutes for meeting in met)
            self._found[item.title] = SlideDebt(len(met), minutes, met[:SHOWN]) if met else None
        return self._found[item.title]

    def about(self, item: Item) -> tuple[PastMeeting, ...]:
        """All meetings `item` was explained in, newest first."""
        from tui.domain.telling import plain_title, telling_words

        told = self._without_names(telling_words(item.title))
        words = frozenset(told.words) - self._areas
        shared = Counter(number for word in words for number in self._having.get(word, ()))
        own = plain_title(item.title)
        found: list[PastMeeting] = []
        for number, times in shared.items():
            met = self._titles[number]
            if (times > 1 or len(met.words) == 1) and _is_about(told, words, met):
                # A block for making, named after the item, is no meeting about it.
                found += [one for one in met.meetings if one.invited or plain_title(one.title) != own]
        found.sort(key=lambda meeting: meeting.start.astimezone(UTC), reverse=True)
        return tuple(found)

    def _title(self, words: Sequence[str], topic: Sequence[str], meetings: Sequence[PastMeeting]) -> _Title:
        kept = frozenset(words) - self._areas
        pairs = frozenset(pairwise(words))
        return _Title(kept, kept.intersection(topic), pairs, tuple(meetings))

    def _without_names(self, told: "Told") -> "Told":
        if not self._names.intersection(told.words):
            return told
        kept = [place for place, word in enumerate(told.words) if word not in self._names]
        joined = tuple(told.joined[place] for place in kept)
        return told._replace(words=tuple(told.words[place] for place in kept), joined=joined)


def most_explained_first(section: Section, debts: SlideDebts) -> Section:
    """`section` with the items explained most often first, then longest; others as they were. Only of ORDERED states:
    what is another's or put off is in an order of its own."""
    if section.state not in ORDERED:
        return section

    def place(item: Item) -> tuple[int, int]:
        debt = debts.of(item)
        return (-debt.times, -debt.minutes) if debt else (0, 0)

    return replace(section, items=tuple(sorted(section.items, key=place)))


def format_debt(debt: SlideDebt) -> str:
    """`explained in 4 meetings, 3 h 20`."""
    return f"{explained(debt)}, {_spoken(debt.minutes)}"


def explained(debt: SlideDebt) -> str:
    """`explained in 4 meetings`."""
    return f"explained in {debt.times} meeting{'s' if debt.times > 1 else ''}"


def debt_line(item: Item, debt: SlideDebt | None) -> str:
    """What the card of an item says: `explained in 4 meetings, 3 h 20 · estimate 90 min`; empty without a debt."""
    if debt is None:
        return ""
    return f"{format_debt(debt)} · estimate {_spoken(item.estimate)}" if item.estimate else format_debt(debt)


def _spoken(minutes: int) -> str:
    if minutes <= 90:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


def _is_about(told: "Told", words: frozenset[str], met: _Title) -> bool:
    """Whether meetings with the title `met` are about the item whose title is `told` and whose telling `words` these
    are."""
    shared = words & met.words
    of_item, of_meeting = len(shared) / len(words), len(shared) / len(met.words)
    if _words_in(told, shared) < 2:
        # One word has to be all that both say, or nearly.
        return of_meeting == 1 and len(words) <= 2
    heading = _phrase(told, shared, met)
    if heading is not None and of_item >= (0.3 if heading < 2 else 0.5):
        # `Usage caps: what sales says` is about usage caps; `Customer support hiring` about no support chatbot.
        is_topic = len(met.topic) > 1 and met.topic <= shared and of_meeting >= 0.4
        if is_topic or of_meeting >= 0.75:
            return True
    if len(shared) >= 3 and of_meeting >= 0.6 and of_item >= 0.5:
        return True
    return of_meeting >= 0.8 and of_item >= 0.75


def is_one_to_one(title: str) -> bool:
    """True where a title says that two people meet: `1:1 Ana`, `Ana <> Kim`."""
    return bool(re.search(_ONE_TO_ONE, title))


def _parts(title: str) -> tuple[str, str]:
    """A title, and what stands in it before a colon or a dash; all of it where there is none."""
    return title, re.split(_APART, title, maxsplit=1)[0]


def _names(meetings: Iterable[PastMeeting]) -> frozenset[str]:
    """Who one-to-ones are with: the words of those titles that hold nothing but capitalised ones beside the mark."""
    from tui.domain.telling import telling_words

    names: set[str] = set()
    for title in {meeting.title for meeting in meetings}:
        if not is_one_to_one(title):
            continue
        telling = [word for word in re.findall(_LETTERS, re.sub(_ONE_TO_ONE, " ", title)) if telling_words(word).words]
        if len(telling) <= _MOST_NAMES and all(word[:1].isupper() for word in telling):
            names.update(*(telling_words(word).words for word in telling))
    return frozenset(names)


def _areas(titles: Iterable[tuple[str, ...]]) -> frozenset[str]:
    """The words that too many different titles have to tell what one of them is about."""
    known = list(titles)
    having = Counter(word for words in known for word in set(words))
    most = max(_FEW_TITLES, (len(known) + 1) ** _AREA)
    return frozenset(word for word, number in having.items() if number > most)


def _words_in(told: "Told", shared: frozenset[str]) -> float:
    """How many words `shared` are in the order of `told`: of pairs out of one run, two characters are a word."""
    number, before = 0.0, False
    counted: set[str] = set()
    for word, joined in zip(told.words, told.joined, strict=True):
        if word in shared and word not in counted:
            counted.add(word)
            number += 0.5 if joined and before else 1.0
        before = word in shared
    return number


def _phrase(told: "Told", shared: frozenset[str], met: _Title) -> int | None:
    """Where in `told` the first two shared words begin that stand side by side in both; None where there are none."""
    length, begin = 0.0, 0
    for place, (word, joined) in enumerate(zip(told.words, told.joined, strict=True)):
        if word not in shared:
            length = 0.0
            continue
        if length and (told.words[place - 1], word) in met.pairs:
            length += 0.5 if joined else 1.0
        else:
            length, begin = 1.0, place
        if length >= 2:
            return begin
    return None
