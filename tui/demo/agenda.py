"""The demo's meetings: a day around now with a gap in it, and the working days beside it, as iCalendar text.

Pure: `now` comes in, text goes out. Who the people are stands in `tui.demo.story`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tui.demo.story import ANA, CHIDI, HANA, JOSE, LARS, ME, ME_ADDRESS, MEI, PRIYA, TOMASZ, address
from tui.domain.planning import WEEKDAYS

_CALL = "https://zoom.us/j/0000000000"
_TEAMS = "https://teams.microsoft.com/l/meetup-join/demo"
DAYS_BEFORE = 7
DAYS_AFTER = 9


@dataclass(frozen=True, slots=True)
class Invitation:
    """One meeting as its organiser wrote it."""

    start: datetime
    minutes: int
    summary: str
    host: str = ME
    answer: str = "ACCEPTED"
    """PARTSTAT of this person (RFC 5545 3.2.12)."""
    location: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Banner:
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
_BANNERS = (Banner("Release freeze, mobile"), Banner("Lars on leave", 1, 2), Banner("Quarter ends", 6))


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
        (coming, 160, 45, "Brand workshop", JOSE, "DECLINED", "Room Delta", ""),
    )
    return [
        Invitation(anchor + timedelta(minutes=offset), minutes, title, host, answer, place, link)
        for anchor, offset, minutes, title, host, answer, place, link in told
    ]


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
        f"DTSTART:{_utc(start)}",
        f"DTEND:{_utc(start + timedelta(minutes=invitation.minutes))}",
        f"SUMMARY:{_escaped(invitation.summary)}",
        f"ORGANIZER;CN={invitation.host}:mailto:{address(invitation.host)}",
        f"ATTENDEE;CN={ME};PARTSTAT={invitation.answer}:mailto:{ME_ADDRESS}",
    ]
    guest = TOMASZ if invitation.host == ME else invitation.host
    lines.append(f"ATTENDEE;CN={guest};PARTSTAT=ACCEPTED:mailto:{address(guest)}")
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


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
