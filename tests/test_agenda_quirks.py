# ruff: noqa: E501 - a row of a table is one case
"""What exporters write beside the standard, each in the shape it comes in, and what is meant by it."""

from pathlib import Path

import pytest

from tests.agenda_texts import calendar, event, read_day, rows


def zone(tzid: str, offset: str = "+0530", *more: str) -> str:
    """A VTIMEZONE of one offset, written as the property value it is."""
    part = (
        "BEGIN:STANDARD",
        "DTSTART:16010101T000000",
        f"TZOFFSETFROM:{offset}",
        f"TZOFFSETTO:{offset}",
        "END:STANDARD",
    )
    return "\n".join(("BEGIN:VTIMEZONE", f"TZID:{tzid}", *more, *part, "END:VTIMEZONE"))


AT_NINE = "20260706T090000"


@pytest.mark.parametrize(
    ("components", "tzid", "expected"),
    [
        # Exchange and Outlook: the label of the zone, with and without the quotes it needs, older and newer form
        ((), '"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"', "07:00"),
        ((), "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "07:00"),
        ((), '"(GMT+01.00) Amsterdam / Berlin / Bern / Rome / Stockholm / Vienna"', "07:00"),
        ((), '"(UTC-05:00) Eastern Time (US & Canada)"', "13:00"),
        ((), '"(UTC-08:00) Pacific Time (US & Canada)"', "16:00"),
        ((), '"(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi"', "03:30"),
        ((), '"(UTC+00:00) Dublin, Edinburgh, Lisbon, London"', "08:00"),
        ((), '"(UTC) Coordinated Universal Time"', "09:00"),
        ((), '"(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London"', "08:00"),
        ((), "tzone://Microsoft/Utc", "09:00"),
        ((zone("tzone://Microsoft/Custom"),), "tzone://Microsoft/Custom", "03:30"),
        ((zone("Customized Time Zone 1"),), '"Customized Time Zone 1"', "03:30"),
        # the file's own definition decides, however its name is escaped, quoted or written
        ((zone("(UTC+01:00) Amsterdam\\, Berlin"),), '"(UTC+01:00) Amsterdam, Berlin"', "03:30"),
        ((zone("(UTC+01:00) Amsterdam\\, Berlin"),), "(UTC+01:00) Amsterdam, Berlin", "03:30"),
        ((zone("(UTC+01:00) Amsterdam, Berlin"),), '"(UTC+01:00) Amsterdam, Berlin"', "03:30"),
        ((zone('"Own Zone"'),), "Own Zone", "03:30"),
        ((zone("Own Zone"),), "own zone", "03:30"),
        ((zone("Eastern Standard Time"),), "Eastern Standard Time", "03:30"),
        # Zimbra, Lotus Notes, Evolution, old iCal
        ((zone("GMT +0100 (Standard) / GMT +0200 (Daylight)"),), '"GMT +0100 (Standard) / GMT +0200 (Daylight)"', "03:30"),
        ((zone("India"),), "India", "03:30"),
        ((zone("/freeassociation.sourceforge.net/Own"),), "/freeassociation.sourceforge.net/Own", "03:30"),
        ((), "/mozilla.org/20070129_1/Europe/Berlin", "07:00"),
        ((zone("Broken", "noon", "X-LIC-LOCATION:Asia/Tokyo"),), "Broken", "00:00"),
        # short names of the database are the file's where it defines them; whole ones are not
        ((zone("EST", "-0400"),), "EST", "13:00"),
        ((zone("GMT", "+0100"),), "GMT", "08:00"),
        ((), "EST", "14:00"),
        ((zone("Europe/Berlin", "+0900"),), "Europe/Berlin", "07:00"),
        # offsets without a sign or with a colon
        ((zone("Own", "0000"),), "Own", "09:00"),
        ((zone("Own", "+05:30"),), "Own", "03:30"),
        # several definitions of one name: the first
        ((zone("Own"), zone("Own", "+0900")), "Own", "03:30"),
        # a definition after the meeting, and one only another calendar of the file has, are tested in reading
    ],
)  # fmt: skip
def test_zones_as_they_are_named(tmp_path: Path, components: tuple[str, ...], tzid: str, expected: str) -> None:
    meetings, state = read_day(tmp_path, calendar(*components, event(f"DTSTART;TZID={tzid}:{AT_NINE}")), "2026-07-06")
    assert rows(meetings) == [f"Asked 07-06T{expected}-{expected}"]
    assert state.unread == ()


@pytest.mark.parametrize(
    "tzid",
    ['"(UTC+01:00) Somewhere, Elsewhere"', '"(UTC+03:00) Berlin"', "Customized Time Zone", "America", "../../etc/passwd",
     "Eastern", "X" * 300, "(UTC+99:00) Berlin"],
)  # fmt: skip
def test_a_zone_that_is_not_known_is_said_and_never_guessed(tmp_path: Path, tzid: str) -> None:
    meetings, state = read_day(tmp_path, calendar(event(f"DTSTART;TZID={tzid}:{AT_NINE}")), "2026-07-06")
    assert rows(meetings) == ["Asked 07-06T09:00-09:00"]
    assert "is not known; its times are read as local time" in state.unread[0]


def test_x_wr_timezone_may_be_a_zone_of_the_file(tmp_path: Path) -> None:
    text = calendar(
        "X-WR-TIMEZONE:Own", zone("Own"), event(f"DTSTART:{AT_NINE}"), event(f"DTSTART:{AT_NINE}Z", uid="v")
    )
    assert rows(read_day(tmp_path, text, "2026-07-06")[0]) == ["Asked 07-06T03:30-03:30", "Asked 07-06T09:00-09:00"]


MONDAYS = "DTSTART;TZID=Europe/Berlin:20260601T090000"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # Lotus Notes tells every date of a series, the first one too, with its length
        ((MONDAYS, "DTEND;TZID=Europe/Berlin:20260601T100000", "RDATE;VALUE=PERIOD:20260601T070000Z/20260601T080000Z,20260706T070000Z/20260706T080000Z"), ["Asked 07-06T07:00-08:00"]),
        ((MONDAYS, "DTEND;TZID=Europe/Berlin:20260601T100000", "RDATE;TZID=Europe/Berlin;VALUE=PERIOD:20260706T090000/PT2H"), ["Asked 07-06T07:00-09:00"]),
        ((MONDAYS, "DURATION:PT1H", "RDATE;TZID=Europe/Berlin:20260601T090000,20260706T090000,20260706T090000"), ["Asked 07-06T07:00-08:00"]),
        # rules as they come
        ((MONDAYS, "RRULE:freq=weekly; byday=mo ;"), ["Asked 07-06T07:00-07:00"]),
        ((MONDAYS, "RRULE:FREQ=WEEKLY\\;BYDAY=MO"), ["Asked 07-06T07:00-07:00"]),
        ((MONDAYS, "RRULE:FREQ=WEEKLY;BYDAY=1MO,2MO"), ["Asked 07-06T07:00-07:00"]),
        ((MONDAYS, "RRULE:FREQ=WEEKLY;COUNT=-1;INTERVAL=1"), ["Asked 07-06T07:00-07:00"]),
        ((MONDAYS, "RRULE:FREQ=WEEKLY;COUNT=6;UNTIL=20261231T000000Z"), ["Asked 07-06T07:00-07:00"]),
        ((MONDAYS, "RRULE:FREQ=WEEKLY;COUNT=5;UNTIL=20261231T000000Z"), []),
        ((MONDAYS, "RRULE:FREQ=WEEKLY;COUNT=6;UNTIL=20260705T000000Z"), []),
        ((MONDAYS, "RRULE:FREQ=WEEKLY;UNTIL=20260531T000000Z"), []),
        ((MONDAYS, "RRULE:FREQ=WEEKLY", "EXRULE:FREQ=WEEKLY;INTERVAL=5"), []),
        ((MONDAYS, "RRULE:FREQ=WEEKLY", "EXRULE:FREQ=WEEKLY;INTERVAL=3"), ["Asked 07-06T07:00-07:00"]),
        # a start its rule does not give is the first meeting and counts as one
        (("DTSTART:20260705T090000Z", "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2"), ["Asked 07-06T09:00-09:00"]),
        (("DTSTART:20260705T090000Z", "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=1"), []),
        (("DTSTART:20260706T090000Z", "RRULE:FREQ=WEEKLY;BYDAY=TU"), ["Asked 07-06T09:00-09:00"]),
        # lengths
        (("DTSTART:20260701T090000Z", "DURATION:P1W"), ["Asked 07-01T09:00-09:00"]),
        (("DTSTART:20260629T090000Z", "DURATION:P1W"), ["Asked 06-29T09:00-09:00"]),
        (("DTSTART:20260706T090000Z", "DURATION:-PT30M"), ["Asked 07-06T09:00-09:00"]),
        (("DTSTART:20260706T090000Z", "DTEND:20260705T090000Z"), ["Asked 07-06T09:00-09:00"]),
        (("DTSTART:20260706T090000Z", "DURATION:+PT1H"), ["Asked 07-06T09:00-10:00"]),
        # both ends: DTEND is meant
        (("DTSTART:20260706T090000Z", "DTEND:20260706T100000Z", "DURATION:PT3H"), ["Asked 07-06T09:00-10:00"]),
        # a property twice: the first
        (("DTSTART:20260706T090000Z", "DTSTART:20260706T120000Z", "DTEND:20260706T100000Z", "DTEND:20260706T130000Z"), ["Asked 07-06T09:00-10:00"]),
        # Nextcloud and Google put what they like between
        (("X-NC-GROUP-ID:1", "DTSTART;VALUE=DATE-TIME;TZID=Europe/Berlin:20260706T090000", "X-ALT-DESC;FMTTYPE=text/html:<a:b>"), ["Asked 07-06T07:00-07:00"]),
        # Outlook: a leap second, and folding in the middle of the name of a zone
        (("DTSTART:20260706T085960Z",), ["Asked 07-06T08:59-08:59"]),
        (("DTSTART;TZID=Europe/Be\n rlin:20260706T090000",), ["Asked 07-06T07:00-07:00"]),
    ],
)  # fmt: skip
def test_series_and_lengths_as_they_are_written(tmp_path: Path, lines: tuple[str, ...], expected: list[str]) -> None:
    meetings, state = read_day(tmp_path, calendar(event(*lines)), "2026-07-06")
    assert rows(meetings) == expected
    assert state.unread == ()


def test_an_end_that_cannot_be_read_leaves_the_duration(tmp_path: Path) -> None:
    text = calendar(event("DTSTART:20260706T090000Z", "DTEND:soon", "DURATION:PT1H"))
    meetings, state = read_day(tmp_path, text, "2026-07-06")
    assert rows(meetings) == ["Asked 07-06T09:00-10:00"]
    assert "its end" in state.unread[0]


def test_meetings_without_a_uid_are_each_their_own(tmp_path: Path) -> None:
    nameless = [event(f"DTSTART:20260706T{hour}0000Z").replace("UID:u\n", "") for hour in ("09", "11")]
    empty = event("DTSTART:20260706T120000Z", uid="")
    meetings, state = read_day(tmp_path, calendar(*nameless, empty, empty), "2026-07-06")
    assert [row[6:17] for row in rows(meetings)] == ["07-06T09:00", "07-06T11:00", "07-06T12:00", "07-06T12:00"]
    assert state.unread == ()


def test_what_is_no_meeting_is_none(tmp_path: Path) -> None:
    others = [
        f"BEGIN:{kind}\nUID:u\nDTSTART:20260706T100000Z\nDTEND:20260706T110000Z\nSUMMARY:No\nEND:{kind}"
        for kind in ("VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY", "VALARM", "X-VEVENT")
    ]
    meetings, state = read_day(tmp_path, calendar(*others, event("DTSTART:20260706T090000Z"), *others), "2026-07-06")
    assert rows(meetings) == ["Asked 07-06T09:00-09:00"]
    assert state.unread == ()


def test_no_sequence_is_sequence_zero(tmp_path: Path) -> None:
    old = event("DTSTART:20260706T090000Z", "SEQUENCE:0", "LAST-MODIFIED:20260101T000000Z", summary="Old")
    new = event("DTSTART:20260706T100000Z", "LAST-MODIFIED:20260102T000000Z", summary="New")
    for both in ((old, new), (new, old)):
        assert rows(read_day(tmp_path, calendar(*both), "2026-07-06")[0]) == ["New 07-06T10:00-10:00"]


def test_from_one_instance_on_and_again_and_one_of_those_moved(tmp_path: Path) -> None:
    def change(day: str, to: str, title: str, *more: str, onward: bool = True) -> str:
        which = f"RECURRENCE-ID{';RANGE=THISANDFUTURE' if onward else ''}:{day}T090000Z"
        return event(which, f"DTSTART:{to}Z", "DURATION:PT2H", *more, summary=title)

    series = event("DTSTART:20260601T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=7")
    later, again = change("20260615", "20260615T110000", "Later"), change("20260622", "20260622T120000", "Again")
    one = change("20260629", "20260707T150000", "Moved", onward=False)
    meetings, _ = read_day(tmp_path, calendar(series, again, one, later), "2026-06-01", days=60)
    assert rows(meetings) == [
        "Asked 06-01T09:00-10:00",
        "Asked 06-08T09:00-10:00",
        "Later 06-15T11:00-13:00",
        "Again 06-22T12:00-14:00",
        "Again 07-06T12:00-14:00",
        "Moved 07-07T15:00-17:00",
        "Again 07-13T12:00-14:00",
    ]
    ended = change("20260622", "20260622T090000", "Ended", "STATUS:CANCELLED")
    meetings, _ = read_day(tmp_path, calendar(series, ended), "2026-06-01", days=60)
    assert [(meeting.status, meeting.busy) for meeting in meetings] == [("confirmed", "busy")] * 3 + [
        ("cancelled", "free")
    ] * 4


def test_a_title_cut_in_the_middle_of_a_letter_keeps_the_others(tmp_path: Path) -> None:
    raw = (
        calendar(event("DTSTART:20260706T090000Z", summary="Grüße für Zoë")).encode().replace(b"Zo\xc3\xab", b"Zo\xc3")
    )
    ((one,), _) = read_day(tmp_path, raw, "2026-07-06")
    assert one.summary == "Grüße für Zo\ufffd"
