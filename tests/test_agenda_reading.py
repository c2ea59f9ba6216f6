# ruff: noqa: E501 - a row of a table is one case
"""Days, zones, series and their changes, read into meetings: each class servers and exporters are known to write."""

from datetime import UTC, timedelta
from pathlib import Path

import pytest

from tests.agenda_texts import calendar, event, read_day, rows

NY = "TZID=America/New_York"
BERLIN = "TZID=Europe/Berlin"
DAILY = (f"DTSTART;{NY}:20260302T090000", f"DTEND;{NY}:20260302T093000", "RRULE:FREQ=DAILY;COUNT=10")
WEEKLY = (f"DTSTART;{NY}:20260302T090000", f"DTEND;{NY}:20260302T093000", "RRULE:FREQ=WEEKLY;COUNT=10")


def shown(folder: Path, day: str, zone: str, *events: str, days: int = 1) -> list[str]:
    return rows(read_day(folder, calendar(*events), day, zone, days=days)[0])


@pytest.mark.parametrize(
    ("day", "zone", "lines", "expected"),
    [
        # the viewer's day, not the meeting's
        ("2026-03-09", "America/New_York", ("DTSTART:20260310T030000Z", "DTEND:20260310T040000Z"), ["Asked 03-10T03:00-04:00"]),
        ("2026-03-10", "America/New_York", ("DTSTART:20260310T030000Z", "DTEND:20260310T040000Z"), []),
        ("2026-03-16", "America/Los_Angeles", ("DTSTART;TZID=Asia/Tokyo:20260310T080000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=TU"), ["Asked 03-16T23:00-00:00"]),
        ("2026-03-17", "America/Los_Angeles", ("DTSTART;TZID=Asia/Tokyo:20260310T080000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=TU"), []),
        ("2026-03-10", "Europe/Berlin", (f"DTSTART;{BERLIN}:20260310T220000", f"DTEND;{BERLIN}:20260311T060000"), ["Asked 03-10T21:00-05:00"]),
        ("2026-03-10", "Europe/Berlin", (f"DTSTART;{BERLIN}:20260310T220000", f"DTEND;{BERLIN}:20260311T000000"), ["Asked 03-10T21:00-23:00"]),
        ("2026-03-10", "America/New_York", ("DTSTART:20260310T233000", "DTEND:20260311T003000"), ["Asked 03-11T03:30-04:30"]),
        ("2026-03-11", "Asia/Kolkata", ("DTSTART:20260310T233000", "DTEND:20260311T003000"), ["Asked 03-10T18:00-19:00"]),
        ("2026-03-11", "UTC", (f"DTSTART;{BERLIN}:20260311T090000", f"DTEND;{BERLIN}:20260311T090000"), ["Asked 03-11T08:00-08:00"]),
        ("2026-03-11", "Europe/Berlin", (f"DTSTART;{BERLIN}:20260310T220000", f"DTEND;{BERLIN}:20260311T060000"), ["Asked 03-10T21:00-05:00"]),
        ("2026-03-11", "Europe/Berlin", (f"DTSTART;{BERLIN}:20260310T220000", f"DTEND;{BERLIN}:20260311T000000"), []),
        ("2026-03-10", "Europe/Berlin", (f"DTSTART;{BERLIN}:20260310T000000",), ["Asked 03-09T23:00-23:00"]),
        ("2026-03-09", "Europe/Berlin", (f"DTSTART;{BERLIN}:20260310T000000",), []),
        ("2026-03-10", "Asia/Kolkata", ("DTSTART:20260310T090000", "DTEND:20260310T100000"), ["Asked 03-10T03:30-04:30"]),
        # whole days
        ("2026-03-12", "America/Los_Angeles", ("DTSTART;VALUE=DATE:20260310", "DTEND;VALUE=DATE:20260313"), ["Asked 03-10..03-13"]),
        ("2026-03-13", "Asia/Tokyo", ("DTSTART;VALUE=DATE:20260310", "DTEND;VALUE=DATE:20260313"), []),
        ("2026-03-10", "UTC", ("DTSTART;VALUE=DATE:20260310",), ["Asked 03-10..03-11"]),
        ("2026-03-10", "UTC", ("DTSTART:20260310",), ["Asked 03-10..03-11"]),
        ("2026-03-10", "UTC", ("DTSTART;VALUE=DATE:20260310", "DTEND;VALUE=DATE:20260310"), ["Asked 03-10..03-11"]),
        ("2026-03-10", "UTC", ("DTSTART;VALUE=DATE:20260310", "DTEND;VALUE=DATE:20260308"), ["Asked 03-10..03-11"]),
        ("2026-03-10", "UTC", ("DTSTART;VALUE=DATE:20260309", "DURATION:P2D"), ["Asked 03-09..03-11"]),
        ("2026-03-10", "UTC", ("DTSTART;VALUE=DATE:20260309", "DURATION:PT36H"), ["Asked 03-09..03-11"]),
        ("2026-03-10", "UTC", ("DTSTART;VALUE=DATE:20260309", "DTEND:20260311T000000Z"), ["Asked 03-09..03-11"]),
        ("2026-07-06", "America/Los_Angeles", (f"DTSTART;{BERLIN};VALUE=DATE:20260706",), ["Asked 07-06..07-07"]),
        ("2026-07-05", "America/Los_Angeles", (f"DTSTART;{BERLIN};VALUE=DATE:20260706",), []),
        # lengths
        ("2026-03-10", "UTC", ("DTSTART:20260310T100000Z", "DURATION:PT1H30M"), ["Asked 03-10T10:00-11:30"]),
        ("2026-03-10", "UTC", ("DTSTART:20260310T100000Z", "DURATION:P1W"), ["Asked 03-10T10:00-10:00"]),
        ("2026-03-10", "UTC", ("DTSTART:20260310T100000Z", "DURATION:-PT1H"), ["Asked 03-10T10:00-10:00"]),
        ("2026-03-10", "UTC", ("DTSTART:20260310T100000Z", "DTEND:20260310T090000Z"), ["Asked 03-10T10:00-10:00"]),
        ("2026-03-10", "UTC", ("DTSTART:20260310T100000Z", "DTEND;VALUE=DATE:20260311"), ["Asked 03-10T10:00-00:00"]),
        ("2026-03-10", "UTC", (f"DTSTART;{NY}:20260310T100000", f"DTEND;{BERLIN}:20260310T160000"), ["Asked 03-10T14:00-15:00"]),
        ("2026-03-28", "Europe/Berlin", (f"DTSTART;{BERLIN}:20260328T120000", "DURATION:P1D"), ["Asked 03-28T11:00-10:00"]),
        ("2026-03-28", "Europe/Berlin", (f"DTSTART;{BERLIN}:20260328T120000", "DURATION:PT24H"), ["Asked 03-28T11:00-11:00"]),
        # clock changes
        ("2026-03-08", "America/New_York", (f"DTSTART;{NY}:20260307T023000", f"DTEND;{NY}:20260307T033000", "RRULE:FREQ=DAILY"), ["Asked 03-08T07:30-08:30"]),
        ("2026-11-01", "America/New_York", (f"DTSTART;{NY}:20261030T013000", f"DTEND;{NY}:20261030T020000", "RRULE:FREQ=DAILY"), ["Asked 11-01T05:30-06:00"]),
        ("2026-03-29", "Europe/Berlin", (f"DTSTART;{BERLIN}:20260327T220000", f"DTEND;{BERLIN}:20260328T060000", "RRULE:FREQ=DAILY;COUNT=2"), ["Asked 03-28T21:00-05:00"]),
        ("2026-03-30", "Europe/Berlin", (f"DTSTART;{BERLIN}:20260105T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"), ["Asked 03-30T07:00-08:00"]),
        ("2026-03-08", "America/New_York", (f"DTSTART;{NY}:20260307T020000", "RRULE:FREQ=HOURLY;BYHOUR=2,3"), ["Asked 03-08T07:00-07:00"]),
        ("2026-03-09", "America/New_York", (f"DTSTART;{NY}:20260307T023000", f"DTEND;{NY}:20260307T033000", "RRULE:FREQ=DAILY;COUNT=4"), ["Asked 03-09T06:30-07:30"]),
        # a time the clock left out, excluded in whatever form
        ("2026-03-08", "America/New_York", (f"DTSTART;{NY}:20260307T023000", "RRULE:FREQ=DAILY", f"EXDATE;{NY}:20260308T023000"), []),
        ("2026-03-08", "America/New_York", (f"DTSTART;{NY}:20260307T023000", "RRULE:FREQ=DAILY", "EXDATE:20260308T073000Z"), []),
        ("2026-03-08", "America/New_York", (f"DTSTART;{NY}:20260307T023000", "RRULE:FREQ=DAILY", f"EXDATE;{BERLIN}:20260308T083000"), []),
        ("2026-11-02", "America/New_York", (f"DTSTART;{NY}:20261031T013000", f"DTEND;{NY}:20261031T020000", "RRULE:FREQ=DAILY;COUNT=3"), ["Asked 11-02T06:30-07:00"]),
        ("2026-03-09", "America/New_York", (f"DTSTART;{BERLIN}:20260105T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"), ["Asked 03-09T08:00-09:00"]),
        ("2026-03-29", "Europe/Berlin", ("DTSTART:20260329T213000Z", "DTEND:20260329T223000Z"), ["Asked 03-29T21:30-22:30"]),
        ("2026-03-30", "Europe/Berlin", ("DTSTART:20260329T213000Z", "DTEND:20260329T223000Z"), ["Asked 03-29T21:30-22:30"]),
        ("2026-03-28", "Europe/Berlin", (f"DTSTART;{BERLIN}:20260326T120000", f"DTEND;{BERLIN}:20260327T120000", "RRULE:FREQ=DAILY;BYDAY=SA,TH"), ["Asked 03-28T11:00-11:00"]),
        ("2026-03-28", "Europe/Berlin", (f"DTSTART;{BERLIN}:20260326T120000", "DURATION:P1D", "RRULE:FREQ=DAILY;BYDAY=SA,TH"), ["Asked 03-28T11:00-10:00"]),
        ("2026-03-11", "Europe/Berlin", (f"DTSTART;{BERLIN}:20260310T120000", "DURATION:P1D"), ["Asked 03-10T11:00-11:00"]),
        ("2026-04-05", "Australia/Lord_Howe", ("DTSTART;TZID=Australia/Lord_Howe:20260404T014500", "DURATION:PT30M", "RRULE:FREQ=DAILY"), ["Asked 04-04T14:45-15:15"]),
        # zones
        ("2026-07-06", "UTC", ("DTSTART;TZID=Pacific Standard Time:20260706T090000",), ["Asked 07-06T16:00-16:00"]),
        ("2026-07-06", "UTC", ("DTSTART;TZID=/example.org/1/Europe/Berlin:20260706T090000",), ["Asked 07-06T07:00-07:00"]),
        ("2026-07-06", "UTC", (f"DTSTART;{BERLIN}:20260706T090000Z",), ["Asked 07-06T09:00-09:00"]),
        ("2026-07-06", "UTC", ('DTSTART;TZID="Europe/Berlin":20260706T090000',), ["Asked 07-06T07:00-07:00"]),
        # ends of series
        ("2026-03-05", "America/New_York", (f"DTSTART;{NY}:20260302T200000", "RRULE:FREQ=DAILY;UNTIL=20260306T010000Z"), ["Asked 03-06T01:00-01:00"]),
        ("2026-03-06", "America/New_York", (f"DTSTART;{NY}:20260302T200000", "RRULE:FREQ=DAILY;UNTIL=20260306T010000Z"), []),
        ("2026-03-05", "America/New_York", (f"DTSTART;{NY}:20260302T200000", "RRULE:FREQ=DAILY;UNTIL=20260305T200000"), ["Asked 03-06T01:00-01:00"]),
        ("2026-03-05", "America/New_York", (f"DTSTART;{NY}:20260302T200000", "RRULE:FREQ=DAILY;UNTIL=20260305"), ["Asked 03-06T01:00-01:00"]),
        ("2026-03-06", "America/New_York", (f"DTSTART;{NY}:20260302T200000", "RRULE:FREQ=DAILY;UNTIL=20260305"), []),
        ("2026-03-05", "Europe/Berlin", ("DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=DAILY;UNTIL=20260305T230000Z"), ["Asked 03-05..03-06"]),
        ("2026-03-06", "Europe/Berlin", ("DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=DAILY;UNTIL=20260305T230000Z"), []),
        ("2026-03-05", "Europe/Berlin", ("DTSTART:20260302T090000", "RRULE:FREQ=DAILY;UNTIL=20260305T080000Z"), ["Asked 03-05T08:00-08:00"]),
        ("2026-03-02", "UTC", ("DTSTART:20260302T090000Z", "RRULE:FREQ=DAILY;UNTIL=20260301T090000Z"), []),
        # exceptions, in whatever form
        ("2026-03-04", "America/New_York", (*DAILY, f"EXDATE;{BERLIN}:20260304T150000"), []),
        ("2026-03-04", "America/New_York", (*DAILY, "EXDATE:20260303T140000Z,20260304T140000Z"), []),
        ("2026-03-04", "America/New_York", (*DAILY, "EXDATE:20260304T090000"), []),
        ("2026-03-04", "America/New_York", (*DAILY, "EXDATE;VALUE=DATE:20260304"), []),
        ("2026-03-04", "America/New_York", (*DAILY, "EXRULE:FREQ=WEEKLY;BYDAY=WE"), []),
        ("2026-03-05", "America/New_York", (*DAILY, "EXDATE;VALUE=DATE:20260304"), ["Asked 03-05T14:00-14:30"]),
        ("2026-03-09", "Europe/Berlin", ("DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=WEEKLY", "EXDATE;TZID=W. Europe Standard Time:20260309T000000"), []),
        ("2026-03-09", "Europe/Berlin", ("DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=WEEKLY", "EXDATE:20260308T230000Z"), []),
        ("2026-03-10", "America/New_York", (f"DTSTART;{NY}:20260302T090000", "RRULE:FREQ=DAILY;BYHOUR=9,13", f"EXDATE;{NY}:20260310T130000"), ["Asked 03-10T13:00-13:00"]),
        # further dates
        ("2026-03-04", "UTC", ("DTSTART:20260302T090000Z", "DURATION:PT30M", "RDATE:20260304T120000Z,20260306T120000Z"), ["Asked 03-04T12:00-12:30"]),
        ("2026-03-05", "UTC", ("DTSTART:20260302T090000Z", "DURATION:PT30M", "RDATE;VALUE=PERIOD:20260305T100000Z/20260305T130000Z"), ["Asked 03-05T10:00-13:00"]),
        ("2026-03-07", "UTC", ("DTSTART:20260302T090000Z", "DURATION:PT30M", "RDATE;VALUE=PERIOD:20260306T200000Z/PT8H"), ["Asked 03-06T20:00-04:00"]),
        ("2026-03-07", "UTC", ("DTSTART:20260302T090000Z", "RDATE;VALUE=DATE:20260307"), ["Asked 03-07T09:00-09:00"]),
        ("2026-03-05", "UTC", ("DTSTART:20260310T090000Z", "DURATION:PT1H", "RDATE:20260312T090000Z", "RDATE:20260307T090000Z,20260305T090000Z"), ["Asked 03-05T09:00-10:00"]),
        ("2026-03-07", "UTC", ("DTSTART:20260302T090000Z", "DURATION:PT30M", "RDATE;VALUE=PERIOD:20260305T100000Z/20260305T130000Z,20260307T100000Z/PT3H"), ["Asked 03-07T10:00-13:00"]),
        ("2026-03-07", "UTC", ("DTSTART:20260302T090000Z", "RDATE:20260307T090000Z", "EXDATE:20260307T090000Z"), []),
        ("2026-03-13", "UTC", ("DTSTART:20260302T090000Z", "RRULE:FREQ=YEARLY;BYWEEKNO=11"), []),
        ("2026-03-09", "UTC", ("DTSTART:20250310T090000Z", "RRULE:FREQ=YEARLY;BYWEEKNO=11"), ["Asked 03-09T09:00-09:00"]),
        ("2026-03-18", "UTC", ("DTSTART:20260304T090000Z", "RRULE:FREQ=MONTHLY;BYDAY=3MO,WE"), ["Asked 03-18T09:00-09:00"]),
        ("2026-03-11", "UTC", ("DTSTART:20260302T090000Z", "RRULE:FREQ=WEEKLY", "RRULE:FREQ=WEEKLY;BYDAY=WE"), ["Asked 03-11T09:00-09:00"]),
        # a start the rule does not give
        ("2026-03-02", "UTC", ("DTSTART:20260302T090000Z", "RRULE:FREQ=WEEKLY;BYDAY=TU"), ["Asked 03-02T09:00-09:00"]),
        # far starts
        ("2026-03-10", "UTC", ("DTSTART;VALUE=DATE:16040310", "RRULE:FREQ=YEARLY"), ["Asked 03-10..03-11"]),
        ("2026-03-10", "UTC", ("DTSTART:00010101T090000Z", "RRULE:FREQ=DAILY"), ["Asked 03-10T09:00-09:00"]),
        ("2026-03-10", "UTC", ("DTSTART:20260310T090000Z", "RRULE:FREQ=DAILY;UNTIL=99991231T235959Z"), ["Asked 03-10T09:00-09:00"]),
    ],
)  # fmt: skip
def test_one_meeting(tmp_path: Path, day: str, zone: str, lines: tuple[str, ...], expected: list[str]) -> None:
    meetings, state = read_day(tmp_path, calendar(event(*lines)), day, zone)
    assert rows(meetings) == expected
    assert state.unread == ()


MOVED = event(
    f"RECURRENCE-ID;{NY}:20260309T090000", f"DTSTART;{NY}:20260311T140000", f"DTEND;{NY}:20260311T150000", summary="Moved"
)  # fmt: skip


@pytest.mark.parametrize(
    ("day", "events", "expected"),
    [
        ("2026-03-09", (event(*WEEKLY), MOVED), []),
        ("2026-03-11", (event(*WEEKLY), MOVED), ["Moved 03-11T18:00-19:00"]),
        ("2026-03-11", (MOVED, event(*WEEKLY)), ["Moved 03-11T18:00-19:00"]),
        ("2026-03-16", (event(*WEEKLY), MOVED), ["Asked 03-16T13:00-13:30"]),
        ("2026-03-11", (MOVED,), ["Moved 03-11T18:00-19:00"]),
        # the instance named in UTC, as a floating time, as a date
        ("2026-03-09", (event(*WEEKLY), event("RECURRENCE-ID:20260309T130000Z", "DTSTART:20260309T200000Z", summary="Later")), ["Later 03-09T20:00-20:00"]),
        ("2026-03-09", (event(*WEEKLY), event("RECURRENCE-ID:20260309T090000", "DTSTART:20260309T200000Z", summary="Later")), ["Later 03-09T20:00-20:00"]),
        ("2026-03-09", (event(*WEEKLY), event("RECURRENCE-ID;VALUE=DATE:20260309", "DTSTART:20260309T200000Z", summary="Later")), ["Later 03-09T20:00-20:00"]),
        # an exception and a change of the same instance: shown
        ("2026-03-11", (event(*WEEKLY, f"EXDATE;{NY}:20260309T090000"), MOVED), ["Moved 03-11T18:00-19:00"]),
        # moved by years
        ("2026-03-11", (event(f"DTSTART;{NY}:20200106T090000", "RRULE:FREQ=WEEKLY"), event(f"RECURRENCE-ID;{NY}:20210104T090000", f"DTSTART;{NY}:20260311T140000", summary="Far")), ["Far 03-11T18:00-18:00"]),
        # from one instance on
        ("2026-03-09", (event(*WEEKLY), event(f"RECURRENCE-ID;RANGE=THISANDFUTURE;{NY}:20260316T090000", f"DTSTART;{NY}:20260316T110000", "DURATION:PT1H", summary="New")), ["Asked 03-09T13:00-13:30"]),
        ("2026-03-16", (event(*WEEKLY), event(f"RECURRENCE-ID;RANGE=THISANDFUTURE;{NY}:20260316T090000", f"DTSTART;{NY}:20260316T110000", "DURATION:PT1H", summary="New")), ["New 03-16T15:00-16:00"]),
        ("2026-03-30", (event(*WEEKLY), event(f"RECURRENCE-ID;RANGE=THISANDFUTURE;{NY}:20260316T090000", f"DTSTART;{NY}:20260316T110000", "DURATION:PT1H", summary="New")), ["New 03-30T15:00-16:00"]),
        ("2026-04-01", (event(*WEEKLY), event(f"RECURRENCE-ID;RANGE=THISANDFUTURE;{NY}:20260316T090000", f"DTSTART;{NY}:20260318T090000", summary="New")), ["New 04-01T13:00-13:00"]),
        ("2026-03-30", (event(*WEEKLY), event(f"RECURRENCE-ID;RANGE=THISANDFUTURE;{NY}:20260316T090000", f"DTSTART;{NY}:20260318T090000", summary="New")), []),
        # whole days, changed by a time as Exchange does
        ("2026-03-09", (event("DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=WEEKLY"), event("RECURRENCE-ID;TZID=W. Europe Standard Time:20260309T000000", "DTSTART;VALUE=DATE:20260310", summary="Bins")), []),
        ("2026-03-10", (event("DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=WEEKLY"), event("RECURRENCE-ID;TZID=W. Europe Standard Time:20260309T000000", "DTSTART;VALUE=DATE:20260310", summary="Bins")), ["Bins 03-10..03-11"]),
        # a time the clock left out, changed
        ("2026-03-08", (event(f"DTSTART;{NY}:20260307T023000", "RRULE:FREQ=DAILY"), event("RECURRENCE-ID:20260308T073000Z", "DTSTART:20260308T200000Z", summary="Later")), ["Later 03-08T20:00-20:00"]),
        ("2026-03-08", (event(f"DTSTART;{NY}:20260307T023000", "RRULE:FREQ=DAILY"), event(f"RECURRENCE-ID;{NY}:20260308T023000", "DTSTART:20260308T200000Z", summary="Later")), ["Later 03-08T20:00-20:00"]),
        # one instance of whole days that became a timed meeting
        ("2026-03-09", (event("DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=WEEKLY"), event("RECURRENCE-ID;VALUE=DATE:20260309", "DTSTART:20260309T150000Z", summary="Timed")), ["Timed 03-09T15:00-15:00"]),
        # the same twice: the higher SEQUENCE, then the later LAST-MODIFIED
        ("2026-03-10", (event("DTSTART:20260310T090000Z", "SEQUENCE:2", summary="New"), event("DTSTART:20260310T110000Z", "SEQUENCE:1", summary="Old")), ["New 03-10T09:00-09:00"]),
        ("2026-03-10", (event("DTSTART:20260310T090000Z", "LAST-MODIFIED:20260102T000000Z", summary="New"), event("DTSTART:20260310T110000Z", "LAST-MODIFIED:20260101T000000Z", summary="Old")), ["New 03-10T09:00-09:00"]),
        ("2026-03-10", (event("DTSTART:20260310T110000Z", "SEQUENCE:1", summary="Old"), event("DTSTART:20260311T090000Z", "SEQUENCE:2", summary="New")), []),
    ],
)  # fmt: skip
def test_changed_instances(tmp_path: Path, day: str, events: tuple[str, ...], expected: list[str]) -> None:
    assert shown(tmp_path, day, "America/New_York", *events) == expected


def test_a_cancelled_instance_is_listed_as_cancelled_and_free(tmp_path: Path) -> None:
    change = event(
        f"RECURRENCE-ID;{NY}:20260309T090000", f"DTSTART;{NY}:20260309T090000", "DURATION:PT30M", "STATUS:CANCELLED"
    )
    ((one,), _) = read_day(tmp_path, calendar(event(*WEEKLY), change), "2026-03-09", "America/New_York")
    assert (one.status, one.busy) == ("cancelled", "free")


def test_instances_say_which_of_their_series_they_are(tmp_path: Path) -> None:
    text = calendar(event(*WEEKLY), MOVED, event("DTSTART:20260311T090000Z", uid="single"))
    meetings, _ = read_day(tmp_path, text, "2026-03-02", "America/New_York", days=14)
    assert [meeting.recurrence_id for meeting in meetings] == [
        "2026-03-02T09:00:00-05:00",
        None,
        "2026-03-09T09:00:00-04:00",
    ]
    text = calendar(event("DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=WEEKLY"))
    ((one,), _) = read_day(tmp_path, text, "2026-03-09")
    assert one.recurrence_id == "2026-03-09"


def test_every_day_of_a_month_shows_what_the_month_shows(tmp_path: Path) -> None:
    text = calendar(
        event(*DAILY, uid="1"),
        event(*WEEKLY, uid="u"),
        MOVED,
        event("DTSTART:20260301T230000Z", "DTEND:20260302T010000Z", "RRULE:FREQ=DAILY;INTERVAL=3", uid="3"),
        event("DTSTART;VALUE=DATE:20260303", "DTEND;VALUE=DATE:20260306", uid="4"),
    )
    month = set(read_day(tmp_path, text, "2026-03-01", "America/New_York", days=31)[0])
    by_days = [read_day(tmp_path, text, f"2026-03-{day:02}", "America/New_York")[0] for day in range(1, 32)]
    assert {meeting for meetings in by_days for meeting in meetings} == month


CUSTOM = "\n".join(
    ("BEGIN:VTIMEZONE", "TZID:Customized Time Zone", "BEGIN:STANDARD", "DTSTART:16010101T000000",
     "TZOFFSETFROM:{0}", "TZOFFSETTO:{0}", "END:STANDARD", "END:VTIMEZONE")
)  # fmt: skip
CUSTOM_MEETING = event("DTSTART;TZID=Customized Time Zone:20260706T090000")


def test_zones_of_one_name_do_not_mix(tmp_path: Path) -> None:
    west, east = CUSTOM.replace("{0}", "-0800"), CUSTOM.replace("{0}", "+0900")
    assert shown(tmp_path, "2026-07-06", "UTC", west, CUSTOM_MEETING) == ["Asked 07-06T17:00-17:00"]
    assert shown(tmp_path, "2026-07-06", "UTC", CUSTOM_MEETING, east) == ["Asked 07-06T00:00-00:00"]
    other = CUSTOM_MEETING.replace("UID:u", "UID:v").replace("Asked", "East")
    both = calendar(west, CUSTOM_MEETING) + calendar(east, other)
    assert rows(read_day(tmp_path, both, "2026-07-06")[0]) == ["East 07-06T00:00-00:00", "Asked 07-06T17:00-17:00"]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("DTSTART:20260706T140000Z", "Asked 07-06T14:00-14:00"),
        ("DTSTART:20260706T140000", "Asked 07-06T18:00-18:00"),
        (f"DTSTART;{BERLIN}:20260706T140000", "Asked 07-06T12:00-12:00"),
        ("DTSTART;VALUE=DATE:20260706", "Asked 07-06..07-07"),
    ],
)
def test_x_wr_timezone_means_floating_times_only(tmp_path: Path, start: str, expected: str) -> None:
    for zone in ("America/New_York", "Eastern Standard Time"):
        assert shown(tmp_path, "2026-07-06", "UTC", f"X-WR-TIMEZONE:{zone}", event(start)) == [expected]


def test_a_series_in_utc_stays_in_utc_whatever_x_wr_timezone_says(tmp_path: Path) -> None:
    series = event("DTSTART:20260105T140000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY")
    for day, expected in (("2026-03-02", "Asked 03-02T14:00-15:00"), ("2026-07-06", "Asked 07-06T14:00-15:00")):
        assert shown(tmp_path, day, "UTC", "X-WR-TIMEZONE:America/New_York", series) == [expected]


EASTERN = "\n".join(
    ("BEGIN:VTIMEZONE", "TZID:Eastern Standard Time",
     "BEGIN:STANDARD", "DTSTART:16010101T020000", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500",
     "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11", "END:STANDARD",
     "BEGIN:DAYLIGHT", "DTSTART:16010101T020000", "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400",
     "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3", "END:DAYLIGHT", "END:VTIMEZONE")
)  # fmt: skip


@pytest.mark.parametrize("zone", [(), (EASTERN,)], ids=["by name", "as defined"])
def test_a_windows_zone_with_and_without_its_definition(tmp_path: Path, zone: tuple[str, ...]) -> None:
    series = event("DTSTART;TZID=Eastern Standard Time:20260302T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    for day, expected in (
        ("2026-03-07", "14:00-15:00"),
        ("2026-03-08", "13:00-14:00"),
        ("2026-10-31", "13:00-14:00"),
        ("2026-11-01", "14:00-15:00"),
    ):
        assert shown(tmp_path, day, "UTC", *zone, series) == [f"Asked {day[5:]}T{expected}"]


def test_an_unusable_x_wr_timezone_is_passed_over(tmp_path: Path) -> None:
    for zone in ("Nowhere/Land", "A" * 10_000, "../etc", "America"):
        found = shown(tmp_path, "2026-07-06", "UTC", f"X-WR-TIMEZONE:{zone}", event("DTSTART:20260706T140000"))
        assert found == ["Asked 07-06T14:00-14:00"]


def test_one_over_the_hour_that_comes_twice_takes_time(tmp_path: Path) -> None:
    night = event(
        "night", f"DTSTART;{BERLIN}:20261020T023000", f"DTEND;{BERLIN}:20261020T033000", "RRULE:FREQ=DAILY;COUNT=20"
    )
    (found,) = read_day(tmp_path, calendar(night), "2026-10-25", "Europe/Berlin")[0]
    assert found.end.astimezone(UTC) - found.start.astimezone(UTC) == timedelta(hours=1)
    assert found.busy == "busy"
