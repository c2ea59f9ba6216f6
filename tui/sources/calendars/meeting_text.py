"""The description and the attendees of one meeting, from the text of the calendar it is in. Pure but for the blocks.

The agenda itself does without them (most of a calendar's bytes are these): they are read when a meeting is opened.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice

from tui.domain.agenda import Response
from tui.domain.meeting_text import Attendee, MeetingKey, MeetingText
from tui.sources.calendars.events import Event, address_of, parse_event
from tui.sources.calendars.files import Blocks
from tui.sources.calendars.html_text import is_html, plain_of
from tui.sources.calendars.index import uid_in, uid_number
from tui.sources.calendars.lines import Property, own_lines, parse_properties, unescaped
from tui.sources.calendars.read import MAX_CHANGES, RESPONSES, Place, Reader, floating_zone, recurrence_id_of
from tui.sources.calendars.series import Series

MAX_DESCRIPTION = 20_000
"""Characters of a description that are handed on."""
MAX_SEARCHED = 200_000
"""Characters of one that are looked at: HTML has many that say nothing."""
MAX_ATTENDEES = 50
MAX_NAME = 200

_PROPERTIES = frozenset({"SUMMARY", "DESCRIPTION", "X-ALT-DESC", "ATTENDEE"})
_NEAR_DAYS = 2
"""Days by which a day in one zone may differ from the same instant's day in another, twice over."""
_SAME_TITLE = 200
_ROOMS = ("ROOM", "RESOURCE")

_DRAWN = re.compile(r"[-:~_=*.\s]{12,}")
"""A line with which Google and Teams frame what they add."""


def read_text(blocks: Blocks, key: MeetingKey, reader: Reader) -> MeetingText | None:
    """The text of the meeting `key` in the calendar of `blocks`; None where that holds no such meeting.

    Raises CalendarError where a file is not what was indexed.
    """
    place = _place_of(blocks, key, reader)
    return None if place is None else parse_text(place.block(), key)


def parse_text(block: bytes, key: MeetingKey) -> MeetingText:
    """What the VEVENT whose inside is `block` (plain bytes) says."""
    properties = parse_properties(own_lines(block), _PROPERTIES)
    asked = [prop for prop in properties if prop.name == "ATTENDEE"]
    named = tuple(_attendee(prop) for prop in asked[:MAX_ATTENDEES])
    return MeetingText(key, _description(properties), named, len(asked) - len(named))


def _description(properties: Sequence[Property]) -> str:
    """DESCRIPTION, else what Outlook writes as HTML beside it."""
    for name in ("DESCRIPTION", "X-ALT-DESC"):
        for prop in properties:
            text = unescaped(prop.value[:MAX_SEARCHED]) if prop.name == name else ""
            marked = name == "X-ALT-DESC" or is_html(text)
            if text := _tidied(plain_of(text) if marked else text):
                return text
    return ""


def _tidied(text: str) -> str:
    """`text` without frames of signs and runs of empty lines, cut to MAX_DESCRIPTION."""
    kept: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        said = "" if _DRAWN.fullmatch(line) else line.rstrip()
        if said or (kept and kept[-1]):
            kept.append(said)
    tidy = "\n".join(kept).strip()
    return tidy if len(tidy) <= MAX_DESCRIPTION else tidy[: MAX_DESCRIPTION - 1] + "…"


def _attendee(prop: Property) -> Attendee:
    told = prop.parameters
    response: Response = RESPONSES.get(told.get("PARTSTAT", "").upper(), "needs-action")
    name = told.get("CN", "").strip() or address_of(prop)
    return Attendee(
        name[:MAX_NAME],
        response,
        optional=told.get("ROLE", "").upper() in ("OPT-PARTICIPANT", "NON-PARTICIPANT"),
        room=told.get("CUTYPE", "").upper() in _ROOMS,
    )


def _place_of(blocks: Blocks, key: MeetingKey, reader: Reader) -> Place | None:
    """Where the event stands that the meeting comes from."""
    rows = blocks.shelf.rows
    if not key.uid:
        day = key.start.toordinal()
        near = (rows[number] for number in rows.touching(day - _NEAR_DAYS, day + _NEAR_DAYS))
        return _unnamed([Place(blocks, row) for row in near if not row.uid], key, reader)
    places = [Place(blocks, rows[number]) for number in rows.kin(uid_number(key.uid, blocks.shelf.key))]
    masters = [place for place in places if place.row.instance is None]
    master = max(reversed(masters), key=lambda place: place.row.revision) if masters else None
    if key.recurrence_id is None:
        return master or next(iter(places), None)
    return _change(places, master, key.recurrence_id, reader) or master


def _change(places: Sequence[Place], master: Place | None, wanted: str, reader: Reader) -> Place | None:
    """The change that stands for the instance `wanted`: its own, else the last one that goes on from before it."""
    day = date.fromisoformat(wanted[:10]).toordinal()
    near = (
        place
        for place in places
        if place.row.instance is not None and (place.row.onward or abs(place.row.instance - day) <= _NEAR_DAYS)
    )
    whole = _event(master, reader) if master else None
    own: tuple[tuple[int, int], Place] | None = None
    onward: tuple[float, Place] | None = None
    for place in islice(near, MAX_CHANGES):
        event = _event(place, reader)
        if event is None or event.instance is None:
            continue
        series = Series(whole, (event,), floating_zone(place, reader.zone))
        replaced = recurrence_id_of(series, series.instance_wall(event.instance), reader.zone)
        since = _instant(replaced)
        if since == _instant(wanted):  # not the text: the viewer's zone may be another than when it was read
            if own is None or own[0] <= place.row.revision:
                own = place.row.revision, place
        elif event.onward and since <= _instant(wanted) and (onward is None or onward[0] <= since):
            onward = since, place
    found = own or onward
    return found[1] if found else None


def _unnamed(places: Sequence[Place], key: MeetingKey, reader: Reader) -> Place | None:
    """Of events without a UID the one with this title and start; of a series only the title can be told."""
    for place in places[:MAX_CHANGES]:
        event = _event(place, reader)
        if event is None or _title(place) != key.summary[:_SAME_TITLE].strip():
            continue
        if event.recurs or event.start.instant(floating_zone(place, reader.zone)) == key.start:
            return place
    return None


def _title(place: Place) -> str:
    found: Iterator[Property] = iter(parse_properties(own_lines(place.block()), frozenset({"SUMMARY"})))
    return next((unescaped(prop.value)[:_SAME_TITLE].strip() for prop in found), "")


def _event(place: Place, reader: Reader) -> Event | None:
    """The event at `place`; None where it is none that could be on the agenda."""
    block = place.block()
    zones = place.index.scopes[place.row.scope]
    try:
        return parse_event(block, uid_in(block), zones.zone_of, floating_zone(place, reader.zone), reader.me)
    except ValueError:
        return None


def _instant(text: str) -> float:
    """A recurrence id in a form that can be compared, whether a date or a time."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
