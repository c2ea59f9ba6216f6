"""The last good agenda in a file of its own, so that the next start shows it at once.

A copy that can always be made anew: one that is missing, damaged, of other calendars or of another day is as good as
none. Titles and places stand in it; it is readable by this person only.
"""

import logging
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from msgspec import Struct
from msgspec.structs import astuple, replace

from tui.config import CalendarSettings
from tui.domain.agenda import Agenda, in_zone
from tui.sources.whole_file import WholeFileError, read_whole, write_whole
from tui.sources.wire import WireError, format_line, read_line, to_plain
from tui.sources.zone import zone_name

log = logging.getLogger(__name__)

MOST_MEETINGS = 2000
"""Of an agenda with more, those of the first days are kept."""

_SCHEMA = 1


class _Saved(Struct, frozen=True):
    schema: int
    made_from: str
    agenda: Agenda


class SavedAgenda:
    """The file at `path` for these calendars, seen from `zone`. One thread at a time."""

    def __init__(self, path: Path, calendars: Sequence[CalendarSettings], zone: tzinfo) -> None:
        self.path = path
        self._zone = zone
        made_from = repr(([astuple(calendar) for calendar in calendars], zone_name(zone))).encode(
            "utf-8", "surrogatepass"
        )
        self._made_from = (
            f"{zlib.crc32(made_from):08x}"  # addresses in it are secrets: so few bits tell nothing of them
        )

    def read(self, now: datetime) -> Agenda | None:
        """The agenda as it was last, where it covers today: `remembered`. None where none is known."""
        try:
            content = read_whole(self.path)
            saved = None if content is None else read_line(content, _Saved)
        except (WholeFileError, WireError) as error:
            log.info("what was saved of the agenda is of no use: %s", error)
            return None
        if saved is None or saved.schema != _SCHEMA or saved.made_from != self._made_from:
            return None
        agenda = in_zone(saved.agenda, self._zone)
        if not agenda.start <= now < agenda.end - timedelta(days=1):
            return None
        return replace(agenda, remembered=True)

    def keep(self, agenda: Agenda, now: datetime) -> None:
        """Write `agenda` where it is about today and all of it could be read. What cannot be written is said in the
        log only: the agenda itself is well."""
        if not agenda.start <= now < agenda.end or any(calendar.error for calendar in agenda.calendars):
            return
        kept = replace(agenda, meetings=agenda.meetings[:MOST_MEETINGS])
        if len(kept.meetings) < len(agenda.meetings):
            kept = replace(kept, end=kept.meetings[-1].start)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self.path, format_line(to_plain(_Saved(_SCHEMA, self._made_from, kept))), durable=False)
        except (OSError, WholeFileError) as error:
            log.info("the agenda cannot be saved: %s", error)
