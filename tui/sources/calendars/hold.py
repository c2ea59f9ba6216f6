"""A focus block as a new `.ics` file: made to be looked at, written only when asked.

Nothing that is there is ever opened, changed or replaced: each block is a file of its own with a random name, whole
from the first moment anybody can see it. What a block may be is `tui.domain.holding`.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from tui.domain.holding import Hold, HoldDraft, HoldError
from tui.sources.whole_file import WholeFileError, write_new


class HoldPlace(Struct, frozen=True):
    """Where blocks go."""

    folder: Path
    synced: bool
    """True for the configured folder, which has to be there; else it is makerhour's own, made when it is needed."""


def draft_hold(hold: Hold, place: HoldPlace, now: datetime) -> HoldDraft:
    """What would be written for `hold`. Nothing is written, and nothing is looked at but the folder itself."""
    name = f"{hold.uid}.ics" if place.synced else f"{hold.start:%Y-%m-%d-%H%M}-{hold.uid}.ics"
    return HoldDraft(hold, place.folder / name, format_hold(hold, now), place.synced, _problem(place))


def write_hold(draft: HoldDraft, place: HoldPlace) -> None:
    """Write what was looked at, this person's only (0600). Raises HoldError, nothing being written then."""
    if not place.synced:
        try:
            place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise HoldError(f"cannot make `{place.folder}`: {error.strerror or error}; {_REMEDY}") from error
    if problem := _problem(place):
        raise HoldError(problem)
    try:
        write_new(draft.path, draft.text.encode())
    except WholeFileError as error:
        raise HoldError(f"{error}; {_REMEDY}") from error


def format_hold(hold: Hold, now: datetime) -> str:
    """`hold` as iCalendar (RFC 5545) in UTC, private and busy; lines folded, ended by CRLF."""
    from icalendar import Calendar, Event

    event = Event()
    event.add("uid", hold.uid)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", hold.start.astimezone(UTC))
    event.add("dtend", hold.end.astimezone(UTC))
    event.add("summary", hold.title)
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    calendar = Calendar()
    calendar.add("prodid", "-//makerhour//hold//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


_REMEDY = "set `[agenda] hold_folder` to a folder you may write to"


def _problem(place: HoldPlace) -> str:
    """Why nothing can be written there, as a sentence; else empty."""
    folder = place.folder
    try:
        there, is_folder = folder.exists(), folder.is_dir()
    except OSError as error:
        return f"`{folder}` cannot be looked at: {error.strerror or error}; {_REMEDY}"
    if not there:
        return f"the folder `{folder}` is not there; make it, or change `[agenda] hold_folder`" if place.synced else ""
    if not is_folder:
        return f"`{folder}` is no folder; name the folder your calendar tool syncs in `[agenda] hold_folder`"
    effective = os.access in os.supports_effective_ids
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=effective):
        return f"`{folder}` may not be written to; allow it with `chmod u+w`, or change `[agenda] hold_folder`"
    return ""
