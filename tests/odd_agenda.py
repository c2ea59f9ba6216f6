"""The agenda's process with calendars that do what no text in a file can be made to do in a test: never come to an
end, end the process, or want more memory than there is. `tests.test_agenda_remote` has it run in place of the real one.
"""

import os
import threading
from datetime import datetime, timedelta

from tui import agendaworker
from tui.domain.agenda import CalendarState, Meeting
from tui.sources.calendars.source import LocalCalendar

_read = LocalCalendar.meetings


def _meetings(calendar: LocalCalendar, start: datetime, end: datetime) -> tuple[tuple[Meeting, ...], CalendarState]:
    match calendar._path.stem:
        case "stuck":
            threading.Event().wait()
        case "fatal":
            os._exit(1)
        case "old" if end < datetime.now(end.tzinfo) - timedelta(days=30):
            threading.Event().wait()
        case "greedy":
            bytearray(2 * agendaworker.MEMORY_BYTES)
    return _read(calendar, start, end)


def main() -> None:
    """As the real one, with less patience."""
    LocalCalendar.meetings = _meetings  # type: ignore[method-assign, assignment]
    agendaworker.CALENDAR_SECONDS = 1.0
    agendaworker.BEAT_SECONDS = 0.1
    agendaworker.main()
