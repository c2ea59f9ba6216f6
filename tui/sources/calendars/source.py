"""The configured calendars and the agenda they make: each is read by itself, and a broken one keeps what it had."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from tui import paths
from tui.calendar_settings import CalendarSettings
from tui.domain.agenda import Agenda, CalendarKind, CalendarState, Meeting, in_order
from tui.domain.meeting_text import MeetingKey, MeetingText
from tui.sources.calendars.files import Blocks, CalendarError, Shelf, read_file, read_folder
from tui.sources.calendars.kept import KeptShelves
from tui.sources.calendars.meeting_text import read_text
from tui.sources.calendars.read import PATIENCE, Reader, meetings_between, shortened

if TYPE_CHECKING:
    from tui.sources.calendars.web import Web, WebCalendar

KEPT_STRETCHES = 16
"""Answered stretches a calendar remembers."""

Answer = tuple[tuple[Meeting, ...], tuple[str, ...]]


class Calendar(Protocol):
    """A place meetings come from."""

    def meetings(self, start: datetime, end: datetime) -> tuple[tuple[Meeting, ...], CalendarState]:
        """The meetings with time in [start, end), in order, and how reading them went. Never raises for bad input."""

    def text(self, key: MeetingKey) -> MeetingText | None:
        """What the invitation to one of them says; None where it is not here. Raises CalendarError."""


def open_calendar(
    settings: CalendarSettings,
    me: Iterable[str],
    zone: tzinfo,
    patience: float = PATIENCE,
    *,
    web: "Web | None" = None,
    kept: KeptShelves | None = None,
) -> Calendar:
    """The calendar `settings` names. `me` are addresses beside its own; `zone` is the viewer's. Reads nothing yet.

    `patience`: seconds it may take for one stretch. `web` is needed for a calendar behind an address. `kept` has what
    an earlier run knew of large calendars.
    """
    if not settings.on_the_web:
        return LocalCalendar(settings, me, zone, patience, kept)
    if web is None:
        raise ValueError("a calendar behind an address needs a place for its copy")
    from tui.sources.calendars.web import WebCalendar

    mine = tuple(me)
    return WebCalendar(settings, zone, web, lambda copy: LocalCalendar(copy, mine, zone, patience, kept))


class LocalCalendar:
    """An `.ics` file or a folder of them, looked at anew each time and parsed only where it changed."""

    def __init__(
        self,
        settings: CalendarSettings,
        me: Iterable[str],
        zone: tzinfo,
        patience: float,
        kept: KeptShelves | None = None,
    ) -> None:
        """`kept` has what an earlier run knew of it, where it is large, and takes what this one finds."""
        self._kept = kept
        self._path = _expanded(settings.path)
        self._settings = settings
        self._zone = zone
        addresses = frozenset(address.strip().lower() for address in (*me, *settings.me) if address.strip())
        self._reader = Reader(settings.label, zone, addresses, settings.busy, patience)
        self._kind: CalendarKind = "file"
        self._shelf = Shelf()
        self._looked = False
        self._answers: OrderedDict[tuple[datetime, datetime], Answer] = OrderedDict()

    def meetings(self, start: datetime, end: datetime) -> tuple[tuple[Meeting, ...], CalendarState]:
        """See Calendar. Where it cannot be read: what it last held, with the reason and `stale`."""
        error: str | None = None
        try:
            self._look()
        except CalendarError as problem:
            error = str(problem)
        answer: Answer = ((), ())
        try:
            answer = self._answer(start, end)
        except CalendarError as problem:
            error = error or str(problem)
        modified = self._shelf.modified
        return answer[0], CalendarState(
            name=self._reader.name,
            kind=self._kind,
            fetched=modified.astimezone(self._zone) if modified else None,
            stale=error is not None and bool(self._shelf.documents),
            error=error,
            unread=answer[1],
            color=self._settings.color or self._shelf.color,
        )

    def text(self, key: MeetingKey) -> MeetingText | None:
        """See Calendar."""
        try:
            if not self._looked:
                self._look()
            return self._text(key)
        except CalendarError:
            self._look()  # a file changed since it was indexed
            return self._text(key)

    def _text(self, key: MeetingKey) -> MeetingText | None:
        with Blocks(self._shelf) as blocks:
            text = read_text(blocks, key, self._reader)
            blocks.check()
        return text

    def _look(self) -> None:
        """Bring the shelf up to what is on disk. Raises CalendarError and leaves it as it was."""
        if not self._looked and self._kept is not None and (kept := self._kept.read(self._path)):
            self._put(kept)
        self._looked = True
        try:
            if self._path.is_dir():
                self._kind = "folder"
                shelf = read_folder(self._path, self._shelf)
            else:
                shelf = read_file(self._path, self._shelf)
                self._kind = "file"
        except FileNotFoundError:
            raise CalendarError(
                f"there is no `{self._path}`; put the calendar there or correct its `path` in the configuration"
            ) from None
        if shelf is self._shelf:
            return
        if self._kept is not None and shelf.rows is not self._shelf.rows:
            self._kept.write(self._path, shelf)
        self._put(shelf)

    def _put(self, shelf: Shelf) -> None:
        if shelf.label and not self._settings.name:
            self._reader = replace(self._reader, name=shelf.label)
        self._shelf = shelf
        self._answers.clear()

    def _answer(self, start: datetime, end: datetime) -> Answer:
        stretch = (start, end)
        if stretch not in self._answers:
            with Blocks(self._shelf) as blocks:
                meetings, problems = meetings_between(blocks, start, end, self._reader)
                blocks.check()
            lost = (problem for document in self._shelf.documents for problem in document.index.problems)
            self._answers[stretch] = (meetings, shortened((*self._shelf.problems, *lost, *problems)))
            while len(self._answers) > KEPT_STRETCHES:
                self._answers.popitem(last=False)
        self._answers.move_to_end(stretch)
        return self._answers[stretch]


class AgendaSource:
    """All configured calendars as one agenda. Reading is not for two threads at a time.

    `notify`, once set, is called from threads of calendars behind addresses when there is something to read again, and
    reading then never waits for the network. Without it (a command) reading waits for what is due, as long as one
    fetch may take.
    """

    def __init__(
        self,
        calendars: Sequence[CalendarSettings],
        me: Iterable[str],
        zone: tzinfo,
        now: Callable[[], datetime],
        *,
        web: "Web | None" = None,
        kept: KeptShelves | None = None,
    ) -> None:
        """`web`: where copies of calendars behind addresses are kept, if not in the usual place. `kept`: see
        `open_calendar`."""
        self.notify: Callable[[], None] | None = None
        self.left_out: frozenset[int] = frozenset()
        """Numbers of calendars that are not read: they ended a process that read them."""
        self.begun: Callable[[int], object] = _nobody
        """Called with the number of each calendar before it is read, and with -1 after the last."""
        self._names = [settings.label for settings in calendars]
        """What each calendar is called, once it was read as it calls itself."""
        self._zone = zone
        self._now = now
        if web is None and any(settings.on_the_web for settings in calendars):
            web = _usual_web(now)
        mine = tuple(me)
        self._calendars = tuple(open_calendar(settings, mine, zone, web=web, kept=kept) for settings in calendars)
        self._web = tuple(_those_on_the_web(self._calendars)) if web else ()

    def request(self) -> None:
        """The person wants everything fetched, whatever the schedule: the next reading begins that. Returns at once."""
        for calendar in self._web:
            calendar.request()

    def close(self) -> None:
        """End fetching; returns at once."""
        for calendar in self._web:
            calendar.close()

    def read_agenda(self, start: datetime, end: datetime) -> Agenda:
        """What all calendars say about [start, end). A calendar that cannot be read is a state with its error."""
        for calendar in self._web:
            calendar.notify = self.notify
            calendar.begin()  # all of them, before the first is waited for
        meetings: list[Meeting] = []
        states = []
        for number in range(len(self._calendars)):
            found, state = self._read(number, start, end)
            meetings += found
            states.append(state)
        self.begun(-1)
        return Agenda(
            start=start.astimezone(self._zone),
            end=end.astimezone(self._zone),
            time_zone=getattr(self._zone, "key", None) or str(self._zone),
            meetings=in_order(meetings),
            calendars=tuple(states),
            taken_at=self._now(),
        )

    @property
    def numbers(self) -> range:
        """The numbers of the calendars, in their order."""
        return range(len(self._calendars))

    def read_alone(self, number: int, start: datetime, end: datetime) -> tuple[tuple[Meeting, ...], CalendarState]:
        """What one calendar says about [start, end), and how reading it went. Waits for no network, fetches nothing."""
        try:
            return self._read(number, start, end)
        finally:
            self.begun(-1)

    def description(self, key: MeetingKey) -> MeetingText:
        """What the invitation to a meeting says. Never raises for bad input: a `problem` says what went wrong."""
        problem = "it is not in its calendar any more"
        for number, name in enumerate(self._names):
            if name != key.calendar or number in self.left_out:
                continue
            self.begun(number)
            try:
                text = self._calendars[number].text(key)
            except (CalendarError, MemoryError) as error:
                problem, text = str(error) or "it needs more memory than a calendar may take", None
            finally:
                self.begun(-1)
            if text is not None:
                return text
        return MeetingText(key, problem=problem)

    def _read(self, number: int, start: datetime, end: datetime) -> tuple[tuple[Meeting, ...], CalendarState]:
        """What one calendar says. One that takes more than there is says so, and the others go on."""
        if number in self.left_out:
            return (), CalendarState(self._names[number], "file", error=_TOO_MUCH)
        self.begun(number)
        try:
            found, state = self._calendars[number].meetings(start, end)
            self._names[number] = state.name
            return found, state
        except MemoryError:
            return (), CalendarState(self._names[number], "file", error="it needs more memory than a calendar may take")


_TOO_MUCH = (
    "reading it took too long or ended the process that reads calendars; it is left out until you refresh all (R)"
)


def _nobody(_number: int) -> None:
    """Stands for `begun` where nobody has to know."""


def _usual_web(now: Callable[[], datetime]) -> "Web":
    from tui.sources.calendars.web import Web

    return Web(paths.calendars_folder(), paths.calendars_key_file(), now)


def _those_on_the_web(calendars: Iterable[Calendar]) -> "Iterator[WebCalendar]":
    from tui.sources.calendars.web import WebCalendar

    return (calendar for calendar in calendars if isinstance(calendar, WebCalendar))


def _expanded(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:  # `~` of a person this machine does not know: the path is then not found, which is said
        return Path(path)
