"""Generated calendars that look like ten years of a busy person's export. The same numbers make the same bytes."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

FIRST_YEAR, YEARS = 2017, 10
DAY = date(2026, 3, 10)
"""The day that is asked for; the next one is `DAY` and one."""
ME = "me@example.com"

_WORDS = (
    "agenda",
    "review",
    "quarter",
    "platform",
    "billing",
    "migration",
    "customer",
    "budget",
    "hiring",
    "roadmap",
    "incident",
    "latency",
    "contract",
    "support",
    "decision",
    "owner",
    "draft",
    "follow-up",
    "numbers",
    "feedback",
    "release",
    "capacity",
    "research",
    "onboarding",
    "security",
    "partner",
    "design",
    "plan",
)
_ZONES = ("Europe/Berlin", "Europe/Berlin", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
_RULES = (
    "FREQ=WEEKLY;BYDAY={day}",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY={day}",
    "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=MONTHLY;BYDAY=2{day}",
    "FREQ=MONTHLY;BYMONTHDAY={number}",
    "FREQ=WEEKLY;COUNT=26;BYDAY={day},FR",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=YEARLY",
)
_HEAD = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//benchmark//calendar//EN
CALSCALE:GREGORIAN
X-WR-CALNAME:Ten years
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
DTSTART:19700308T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
DTSTART:19701101T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VTIMEZONE
TZID:Asia/Kolkata
BEGIN:STANDARD
TZOFFSETFROM:+0530
TZOFFSETTO:+0530
TZNAME:IST
DTSTART:19700101T000000
END:STANDARD
END:VTIMEZONE
"""


def write_calendar(path: Path, number: int) -> None:
    """`number` VEVENTs as one export."""
    with path.open("wb") as file:
        file.write(_bytes(_HEAD))
        for block in _blocks(number):
            file.write(block)
        file.write(_bytes("END:VCALENDAR\n"))


def write_folder(folder: Path, number: int) -> None:
    """`number` VEVENTs, each series with its changes in one file of a vdir: nearly as many files."""
    folder.mkdir(parents=True)
    gathered: dict[bytes, list[bytes]] = {}
    for block in _blocks(number):
        uid = block.partition(b"\r\nUID:")[2].partition(b"\r\n")[0]
        gathered.setdefault(uid, []).append(block)
    head, tail = _bytes(_HEAD), _bytes("END:VCALENDAR\n")
    for uid, blocks in gathered.items():
        (folder / f"{uid.decode().partition('@')[0]}.ics").write_bytes(head + b"".join(blocks) + tail)


def _blocks(number: int) -> Iterator[bytes]:
    """The events: of a thousand 15 are series, 60 are changed instances of them, and the others stand alone."""
    random = Random(number)
    series = number * 15 // 1000
    changed = 4 * series
    for place in range(number - series - changed):
        yield _single(random, place)
    for place in range(series):
        yield from _series(random, place)


def _single(random: Random, place: int) -> bytes:
    start = _start(random)
    uid = f"meeting-{place:06}@example.com"
    if random.random() < 0.03:
        end = start.date() + timedelta(days=random.choice((1, 1, 2, 5)))
        return _event(random, uid, [f"DTSTART;VALUE=DATE:{start:%Y%m%d}", f"DTEND;VALUE=DATE:{end:%Y%m%d}"])
    end_time = start + timedelta(minutes=random.choice((25, 30, 50, 60, 90, 120)))
    if random.random() < 0.4:
        return _event(random, uid, [f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{end_time:%Y%m%dT%H%M%SZ}"])
    zone = random.choice(_ZONES)
    return _event(random, uid, _zoned(zone, start, end_time))


def _series(random: Random, place: int) -> Iterator[bytes]:
    start, zone = _start(random), random.choice(_ZONES)
    end = start + timedelta(minutes=random.choice((15, 25, 30, 50, 60)))
    uid = f"series-{place:06}@example.com"
    day = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][start.weekday()]
    rule = random.choice(_RULES).format(day=day, number=start.day)
    if "COUNT" not in rule and random.random() < 0.7:
        rule += f";UNTIL={start + timedelta(days=random.randrange(90, 900)):%Y%m%dT%H%M%SZ}"
    weeks = [start + timedelta(weeks=2 * number) for number in range(1, 9)]
    without = ",".join(f"{week:%Y%m%dT%H%M%S}" for week in weeks[4:6])
    yield _event(random, uid, [*_zoned(zone, start, end), f"RRULE:{rule}", f"EXDATE;TZID={zone}:{without}"])
    for week in weeks[:4]:
        moved = timedelta(minutes=random.choice((-120, -60, 60, 90, 1440)))
        instance = f"RECURRENCE-ID;TZID={zone}:{week:%Y%m%dT%H%M%S}"
        yield _event(random, uid, [*_zoned(zone, week + moved, week + moved + (end - start)), instance])


def _start(random: Random) -> datetime:
    """A quarter of an hour of a working day, anywhere in the ten years."""
    day = datetime(FIRST_YEAR, 1, 1) + timedelta(days=random.randrange(365 * YEARS))  # noqa: DTZ001
    day -= timedelta(days=max(day.weekday() - 4, 0))
    return day + timedelta(minutes=15 * random.randrange(32, 72))


def _zoned(zone: str, start: datetime, end: datetime) -> list[str]:
    return [f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}", f"DTEND;TZID={zone}:{end:%Y%m%dT%H%M%S}"]


def _event(random: Random, uid: str, times: list[str]) -> bytes:
    title = " ".join(random.choices(_WORDS, k=3)).capitalize()
    people = random.sample(range(400), k=random.randrange(3, 9))
    answer = random.choice(("ACCEPTED", "ACCEPTED", "TENTATIVE", "DECLINED", "NEEDS-ACTION"))
    lines = [
        "BEGIN:VEVENT",
        *times,
        "DTSTAMP:20261101T080000Z",
        f"ORGANIZER;CN=Person {people[0]}:mailto:person{people[0]}@example.com",
        f"UID:{uid}",
        *map(_attendee, people),
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};CN=Me;X-NUM-GUESTS=0:mailto:{ME}",
        "CREATED:20200102T101500Z",
        f"DESCRIPTION:{_description(random)}",
        "LAST-MODIFIED:20261001T120000Z",
        f"LOCATION:Room {people[0] % 40}\\, floor {people[0] % 7}",
        "SEQUENCE:1",
        "STATUS:CONFIRMED",
        f"SUMMARY:{title}",
        "TRANSP:OPAQUE",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:This is an event reminder",
        "TRIGGER:-P0DT0H10M0S",
        "END:VALARM",
        "END:VEVENT",
    ]
    return b"".join(map(_folded, lines))


def _attendee(person: int) -> str:
    return (
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Person {person};"
        f"X-NUM-GUESTS=0:mailto:person{person}@example.com"
    )


def _description(random: Random) -> str:
    paragraphs = (" ".join(random.choices(_WORDS, k=20)) for _ in range(2))
    number = random.randrange(10**10)
    return "\\n".join((*paragraphs, f"Join: https://meet.example.com/j/{number}?from=calendar", "Notes: -::~:~::~:~:~"))


def _folded(line: str) -> bytes:
    """`line` in pieces of at most 75 bytes (RFC 5545 3.1); it is ASCII."""
    pieces = [line[:75], *(line[place : place + 74] for place in range(75, len(line), 74))]
    return "\r\n ".join(pieces).encode() + b"\r\n"


def _bytes(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()
