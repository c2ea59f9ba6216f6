"""Broken calendars: what can be read is shown, what cannot is said, and no meeting hides another."""

import random
from pathlib import Path

import pytest

from tests.agenda_texts import GOOD, ICS, calendar, event, read_day, rows

BAD = "DTSTART:20260310T080000Z"


@pytest.mark.parametrize(
    ("lines", "kept", "said"),
    [
        ((), False, True),
        (("DTSTART:2026-03-10 10:00",), False, True),
        (("DTSTART:20260230T120000Z",), False, True),
        (("DTSTART:20260310T250000Z",), False, True),
        (("DTSTART:",), False, True),
        (("DTSTART;TZID=Nowhere:20260310T080000",), True, True),
        ((BAD, "RRULE:FREQ=SOMETIMES"), True, True),
        ((BAD, "RRULE:FREQ=DAILY;UNTIL=later"), True, True),
        ((BAD, "RRULE:FREQ=DAILY;UNTIL=20269999"), True, True),
        ((BAD, "RRULE:"), True, True),
        ((BAD, "EXDATE:garbage"), True, True),
        ((BAD, "RDATE:garbage,20260310T080000Z"), True, True),
        ((BAD, "RDATE;VALUE=PERIOD:garbage"), True, True),
        ((BAD, "DURATION:1 hour"), True, True),
        ((BAD, "DURATION:P99999W"), True, True),
        ((BAD, "DTEND:20260399T080000Z"), True, True),
        ((BAD, "RECURRENCE-ID:never"), True, True),
        ((BAD, "SEQUENCE:many", "LAST-MODIFIED:once", "DTSTAMP:x", "CREATED:x", "PRIORITY:x", "GEO:x"), True, False),
        ((BAD, "this line has no colon", "", "=;:", ":", ";;;:x", "X-\x01:y", "\x00"), True, False),
        ((BAD, "STATUS:WHATEVER", "TRANSP:", "CLASS:x", "X-MICROSOFT-CDO-BUSYSTATUS:SOME"), True, False),
        ((BAD, "ATTENDEE:", "ATTENDEE;PARTSTAT=\x07;CN=:mailto:me@example.com", "ORGANIZER:x"), True, False),
        ((BAD, 'ATTENDEE;CN="never closed:mailto:me@example.com'), True, False),
        ((BAD, "LOCATION:ends with a backslash\\", "CATEGORIES:\\", "ATTACH;VALUE=BINARY:%%%"), True, False),
        ((BAD, "BEGIN:VALARM", "TRIGGER:nonsense", "DURATION:bad", "DTSTART:bad", "END:VALARM"), True, False),
        ((BAD, "BEGIN:VALARM", "BEGIN:X-DEEP", "END:X-DEEP", "END:VALARM", "DURATION:PT1H"), True, False),
    ],
)  # fmt: skip
def test_a_broken_meeting_hides_no_other(tmp_path: Path, lines: tuple[str, ...], kept: bool, said: bool) -> None:
    meetings, state = read_day(tmp_path, calendar(event(*lines, uid="bad", summary="Bad"), GOOD))
    found = rows(meetings)
    assert "Good 03-10T10:00-11:00" in found
    assert any(one.startswith("Bad 03-10T08:00") for one in found) == kept
    assert len(found) == 1 + kept
    assert bool(state.unread) == said
    assert state.error is None
    assert all("Bad" in sentence for sentence in state.unread)


def test_a_broken_zone_hides_no_meeting(tmp_path: Path) -> None:
    offsets = ("TZOFFSETFROM:+9999", "TZOFFSETTO:+9999")
    broken = (
        "BEGIN:VTIMEZONE",
        "TZID:Own",
        "BEGIN:STANDARD",
        "DTSTART:16010101T000000",
        *offsets,
        "END:STANDARD",
        "END:VTIMEZONE",
    )
    meeting = event("DTSTART;TZID=Own:20260706T090000")
    meetings, state = read_day(tmp_path, calendar(*broken, meeting, GOOD), "2026-03-10", days=200)
    assert rows(meetings) == ["Good 03-10T10:00-11:00", "Asked 07-06T09:00-09:00"]
    assert "Own" in state.unread[0]


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


PLAIN = calendar(event("DTSTART:20260310T080000Z", summary="Grüße, alle", uid="first"), GOOD)


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN.encode(),
        crlf(PLAIN),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace("\n", "\r\r\n").encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.encode("utf-32"),
        PLAIN.encode("cp1252"),
        PLAIN.replace("\n", "\n\n").encode(),
        PLAIN.replace("\n", " \n").encode(),
        crlf(PLAIN).replace(b"Gr\xc3\xbc", b"Gr\xc3\r\n \xbc").replace(b"20260310", b"2026\r\n\t0310"),
        PLAIN.replace("BEGIN", "begin").replace("DTSTART", "dtstart").replace("SUMMARY", "Summary").encode(),
        PLAIN.replace("BEGIN:VCALENDAR\n", "").replace("END:VCALENDAR\n", "").encode(),
        PLAIN.replace("END:VEVENT\nBEGIN", "BEGIN").encode(),
        PLAIN.replace("SUMMARY:Gr", "SUMMARY;LANGUAGE=de:Gr").encode(),
        b"X-Header: mail\n\n" + PLAIN.encode(),
        PLAIN.replace("END:VEVENT\nBEGIN", "END:VEVENT\nEND:VCALENDAR\nBEGIN:VCALENDAR\nBEGIN").encode(),
    ],
    ids=lambda raw: repr(raw[:40]),
)
def test_bytes_and_lines_as_exporters_write_them(tmp_path: Path, raw: bytes) -> None:
    meetings, state = read_day(tmp_path, raw)
    assert rows(meetings) == ["Grüße, alle 03-10T08:00-08:00", "Good 03-10T10:00-11:00"]
    assert state.error is None


@pytest.mark.parametrize(
    "cut", ["\nBEGIN:VEVENT\nUID:c\nDTSTART:2026", "\nBEGIN:VEV", "\nBEGIN:VEVENT\nUID:c\nDTSTART:20260310"]
)
def test_a_file_that_breaks_off_shows_what_it_holds(tmp_path: Path, cut: str) -> None:
    meetings, state = read_day(tmp_path, "BEGIN:VCALENDAR\n" + GOOD + cut)
    assert rows(meetings) == ["Good 03-10T10:00-11:00"]
    assert any("breaks off" in sentence for sentence in state.unread)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        ("\n <html>\nBEGIN:VCALENDARS", "web page"),
        ("title,start,end\n", "not a calendar"),
        ("\0" * 500, "not a calendar"),
        ("[calendar]\nBEGIN:VCALENDARX", "not a calendar"),
    ],
)
def test_what_is_no_calendar_is_said(tmp_path: Path, text: str, word: str) -> None:
    meetings, state = read_day(tmp_path, text)
    assert meetings == ()
    assert word in (state.error or "")
    assert not state.stale


HOSTILE = (
    b"\r\nRRULE:FREQ=SECONDLY;COUNT=999999999\r\n", b"\r\nRRULE:FREQ=HOURLY;INTERVAL=0\r\n", b"\r\nBEGIN:STANDARD\r\n",
    b"\r\nEXDATE:99991231T235959Z,00010101T000000\r\n", b"\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:99991231T235959Z\r\n",
    b"\r\nDTSTART;TZID=America:00010101T000000\r\n", b"\r\nDURATION:-P9999W\r\n", b"\0", b"\xed\xa0\x80", b"\r",
    b"\r\nTZOFFSETTO:+9959\r\n", b"\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\n", b"\n\t",
    b"\r\nRDATE;VALUE=PERIOD:99991231T000000/P1D\r\n",
)  # fmt: skip


@pytest.mark.parametrize("name", ["google.ics", "icloud.ics", "outlook.ics"])
@pytest.mark.parametrize("seed", range(6))
def test_damage_anywhere_raises_nothing(tmp_path: Path, name: str, seed: int) -> None:
    raw = (ICS / name).read_bytes()
    chance = random.Random(f"{name} {seed}")
    for _ in range(12):
        damaged = bytearray(raw)
        for _ in range(chance.randrange(1, 12)):
            place = chance.randrange(len(damaged))
            match chance.randrange(3):
                case 0:
                    damaged[place] = chance.randrange(256)
                case 1:
                    del damaged[place : place + chance.randrange(1, 40)]
                case 2:
                    damaged[place:place] = chance.choice(
                        (b";", b":", b"\r\n", b'"', b"\\", b"9999", b"BEGIN:VEVENT\r\n", *HOSTILE)
                    )
        meetings, state = read_day(tmp_path, bytes(damaged), "2026-03-01", "Europe/Berlin", days=40)
        assert all(meeting.start <= meeting.end for meeting in meetings)
        assert [sentence for sentence in state.unread if "cannot be worked out" in sentence] == []
