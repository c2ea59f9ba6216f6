"""The demo's meetings: a day around now with a gap in it, and the working days beside it, as iCalendar text.

Pure: `now` comes in, text goes out. Who the people are stands in `tui.demo.story`.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from tui.demo.story import ANA, CHIDI, HANA, JOSE, LARS, ME, ME_ADDRESS, MEI, PRIYA, TOMASZ, address
from tui.domain.planning import WEEKDAYS

_CALL = "https://zoom.us/j/0000000000"
_TEAMS = "https://teams.microsoft.com/l/meetup-join/demo"
_ABROAD = ("America/New_York", "Asia/Kolkata")
"""Where the vendor sits: the first of these whose clocks show another time than this person's."""
_PREP = """What the board asks, and what we can show by then:

1. Usage caps: what customers said, what they cost to build
2. Retries: why it took us three days to see it
3. Headcount: Hana brings the plan

Please read the numbers before: <https://example.com/board/numbers>

Join with Google Meet: https://meet.google.com/abc-demo-xyz
"""
_CALL_NOTES = (
    "<p>We decide whether calls stay with <b>them</b>.</p><ul><li>price per minute</li><li>number porting</li></ul>"
    '<p>Their <a href="https://example.com/vendor/offer">offer</a></p>'
)
DAYS_BEFORE = 7
DAYS_AFTER = 9


class Invitation(Struct, frozen=True):
    """One meeting as its organiser wrote it."""

    start: datetime
    minutes: int
    summary: str
    host: str = ME
    answer: str = "ACCEPTED"
    """PARTSTAT of this person (RFC 5545 3.2.12)."""
    location: str = ""
    link: str = ""
    zone: str = ""
    """The zone it is written in; empty for UTC."""
    about: str = ""
    guests: tuple[str, ...] = ()


class Banner(Struct, frozen=True):
    """One all-day meeting; `days` from today."""

    summary: str
    days: int = 0
    length: int = 1


# Clock, minutes, title and host of the meetings of a working day, in turn.
_USUAL = (
    (
        (time(9, 30), 30, "Staff meeting", PRIYA),
        (time(11), 60, "Usage caps: review with sales", ANA),
        (time(15), 45, "1:1 Tomasz", ME),
    ),
    (
        (time(10), 60, "Product review", MEI),
        (time(13, 30), 45, "Pricing: what the board asked", CHIDI),
        (time(14, 30), 90, "Focus time", ME),
    ),
    (
        (time(9, 30), 30, "Staff meeting", PRIYA),
        (time(11, 30), 30, "1:1 Ana", ME),
        (time(14), 60, "Hiring debrief", HANA),
        (time(16), 45, "Incident review: retries", LARS),
    ),
)
_BANNERS = (
    Banner("Release freeze, mobile"),
    Banner("Mei on call"),
    Banner("Priya travels"),
    Banner("Lars on leave", 1, 2),
    Banner("Quarter ends", 6),
)


def working_hours(now: datetime) -> dict[str, str]:
    """Working hours in the form of the configuration; today's are wide enough to hold `now`, even on a Sunday."""
    last = max(18, now.hour + 4)
    end = f"{last}:00" if last < 24 else "23:59"
    hours = {day: "09:00-18:00" if number < 5 else "" for number, day in enumerate(WEEKDAYS)}
    return hours | {WEEKDAYS[now.weekday()]: f"{min(9, max(now.hour - 3, 0)):02}:00-{end}"}


def work_calendar(now: datetime) -> str:
    """This person's calendar: today around `now`, and the working days before and after."""
    invitations = [*_today(now), *_other_days(now)]
    blocks = [_timed(invitation, f"demo-{number}", now) for number, invitation in enumerate(invitations)]
    return _calendar("Work", blocks)


def team_calendar(now: datetime) -> str:
    """The team's calendar of all-day meetings, which take nobody's time."""
    blocks = [_all_day(banner, f"demo-team-{number}", now) for number, banner in enumerate(_BANNERS)]
    return _calendar("Team", blocks)


def _today(now: datetime) -> list[Invitation]:
    """Two meetings before now, a gap of about 50 usable minutes, and what follows it."""
    this = now.replace(second=0, microsecond=0).astimezone(UTC)
    before = this - timedelta(minutes=this.minute % 5)
    coming = before + timedelta(minutes=60 if this == before else 65)
    told = (
        (before, -165, 45, "Staff meeting", PRIYA, "ACCEPTED", "Room Fjord", _CALL),
        (before, -90, 30, "1:1 Priya", ME, "ACCEPTED", "", _TEAMS),
        (before, -40, 30, "Usage caps: pricing review", ANA, "ACCEPTED", "Room Delta", ""),
        (coming, 0, 45, "Board prep", ME, "ACCEPTED", "Room Fjord", _CALL),
        (coming, 30, 30, "Vendor call: telephony", CHIDI, "ACCEPTED", "", _TEAMS),
        (coming, 115, 30, "Hiring sync", HANA, "NEEDS-ACTION", "", ""),
        (coming, 145, 30, "1:1 Tomasz", ME, "ACCEPTED", "", _TEAMS),
        (coming, 160, 45, "Brand workshop", JOSE, "DECLINED", "Room Delta", ""),
    )
    found = [
        Invitation(anchor + timedelta(minutes=offset), minutes, title, host, answer, place, link)
        for anchor, offset, minutes, title, host, answer, place, link in told
    ]
    return [_written_up(invitation, now) for invitation in found]


def _written_up(invitation: Invitation, now: datetime) -> Invitation:
    """With all that the two meetings have that are prepared: a text, guests, the zone of those who invite."""
    match invitation.summary:
        case "Board prep":
            return replace(invitation, link="", about=_PREP, guests=(ANA, PRIYA, HANA, CHIDI, LARS))
        case "Vendor call: telephony":
            abroad = (zone for zone in _ABROAD if now.astimezone(ZoneInfo(zone)).utcoffset() != now.utcoffset())
            return replace(invitation, zone=next(abroad), about=_CALL_NOTES)
    return invitation


def _other_days(now: datetime) -> list[Invitation]:
    found = []
    for ahead in range(-DAYS_BEFORE, DAYS_AFTER + 1):
        day = now.date() + timedelta(days=ahead)
        if ahead == 0 or day.weekday() > 4:
            continue
        for clock, minutes, title, host in _USUAL[day.toordinal() % len(_USUAL)]:
            start = datetime.combine(day, clock, now.tzinfo)
            found.append(Invitation(start, minutes, title, host, link=_CALL if host == PRIYA else ""))
    return found


def _timed(invitation: Invitation, uid: str, now: datetime) -> list[str]:
    start = invitation.start.astimezone(UTC)
    lines = [
        f"UID:{uid}@example.com",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART{_in_zone(start, invitation.zone)}",
        f"DTEND{_in_zone(start + timedelta(minutes=invitation.minutes), invitation.zone)}",
        f"SUMMARY:{_escaped(invitation.summary)}",
        f"ORGANIZER;CN={invitation.host}:mailto:{address(invitation.host)}",
        f"ATTENDEE;CN={ME};PARTSTAT={invitation.answer}:mailto:{ME_ADDRESS}",
    ]
    guest = TOMASZ if invitation.host == ME else invitation.host
    lines.append(f"ATTENDEE;CN={guest};PARTSTAT=ACCEPTED:mailto:{address(guest)}")
    answers = ("ACCEPTED", "TENTATIVE", "NEEDS-ACTION", "DECLINED")
    for number, guest in enumerate(invitation.guests):
        lines.append(f"ATTENDEE;CN={guest};PARTSTAT={answers[number % 4]}:mailto:{address(guest)}")
    if invitation.about:
        lines.append(f"DESCRIPTION:{_escaped(invitation.about)}")
    if invitation.location:
        lines.append(f"LOCATION:{_escaped(invitation.location)}")
    if invitation.link:
        lines.append(f"CONFERENCE;VALUE=URI;FEATURE=VIDEO:{invitation.link}")
    return lines


def _all_day(banner: Banner, uid: str, now: datetime) -> list[str]:
    first = now.date() + timedelta(days=banner.days)
    return [
        f"UID:{uid}@example.com",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART;VALUE=DATE:{_day(first)}",
        f"DTEND;VALUE=DATE:{_day(first + timedelta(days=banner.length))}",
        f"SUMMARY:{_escaped(banner.summary)}",
        "TRANSP:TRANSPARENT",
    ]


def _calendar(name: str, blocks: list[list[str]]) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//makerhour//demo//EN", f"X-WR-CALNAME:{name}"]
    for block in blocks:
        lines += ["BEGIN:VEVENT", *block, "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _folded(line: str) -> str:
    """`line` in pieces of at most 75 octets (RFC 5545 3.1), never within a character."""
    pieces, piece = [], ""
    for char in line:
        if len(f"{piece}{char}".encode()) > 75:
            pieces.append(piece)
            piece = " "
        piece += char
    return "\r\n".join([*pieces, piece])


def _escaped(text: str) -> str:
    """`text` as a TEXT value (RFC 5545 3.3.11)."""
    for char in ("\\", ";", ","):
        text = text.replace(char, f"\\{char}")
    return text.replace("\n", "\\n")


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _in_zone(moment: datetime, zone: str) -> str:
    """The rest of a DTSTART or DTEND line at `moment`."""
    return f";TZID={zone}:{moment.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}" if zone else f":{_utc(moment)}"


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
