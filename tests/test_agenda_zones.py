"""Which zone a TZID means, and clocks as a VTIMEZONE defines them."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.sources.calendars.values import localized, on_wall
from tui.sources.calendars.zones import MAX_STEPS, FileZone, Zones, no_more_than, parse_zone

CENTRAL_EUROPE = b"""
TZID:Own
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
"""


def defined(name: str, block: bytes) -> tzinfo | None:
    return parse_zone(name, block, no_more_than(MAX_STEPS))


def fixed(offset: str, rule: str = "") -> bytes:
    lines = f"\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\n{rule}"
    return f"{lines}END:STANDARD\n".encode()


def offset_of(zone: tzinfo | None, when: str = "2026-07-06T12:00") -> float | None:
    shift = datetime.fromisoformat(when).replace(tzinfo=zone).utcoffset() if zone else None
    return shift.total_seconds() / 3600 if shift is not None else None


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("Europe/Berlin", 2),
        ("europe/berlin", 2),
        ('"America/New_York"', -4),
        ("US/Eastern", -4),
        ("America/Argentina/Buenos_Aires", -3),
        ("UTC", 0),
        ("Z", 0),
        ("tzone://Microsoft/Utc", 0),
        ("W. Europe Standard Time", 2),
        ("Pacific Standard Time", -7),
        ("india standard time", 5.5),
        ("/freeassociation.sourceforge.net/Europe/Berlin", 2),
        ("/softwarestudio.org/Olson_20011030_5/America/Argentina/Buenos_Aires", -3),
        ("/example.org/20070129_1/Asia/Tokyo", 9),
        ("GMT+0530", 5.5),
        ("UTC-05:00", -5),
        ("+02:00", 2),
    ],
)
def test_names_are_found(name: str, hours: float) -> None:
    assert offset_of(Zones().zone_of(name)) == hours


@pytest.mark.parametrize(
    "name",
    ["", "America", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "A" * 5000, "Europe/Ber\0lin", "localtime",
     "posixrules", "Factory", "GMT+99", "Customized Time Zone", "Europe/", "tzone://Microsoft/Custom"],
)  # fmt: skip
def test_other_names_are_unknown(name: str) -> None:
    assert Zones().zone_of(name) is None


def test_a_definition_is_known_by_its_content() -> None:
    west = Zones({"Customized Time Zone": fixed("-0800")})
    east = Zones({"Customized Time Zone": fixed("+0900")})
    assert offset_of(west.zone_of("Customized Time Zone")) == -8
    assert offset_of(east.zone_of("Customized Time Zone")) == 9


def test_the_zone_database_decides_over_a_definition_but_a_definition_over_a_windows_name() -> None:
    zones = Zones({"Europe/Berlin": fixed("+0900"), "Eastern Standard Time": fixed("+0300")})
    assert offset_of(zones.zone_of("Europe/Berlin")) == 2
    assert offset_of(zones.zone_of("Eastern Standard Time")) == 3


@pytest.mark.parametrize(
    "broken",
    [
        fixed("+9999"),
        fixed("noon"),
        fixed("+0100", "RRULE:FREQ=SECONDLY\n"),
        fixed("+0100", "RRULE:FREQ=YEARLY;BYMONTH=77\n"),
        b"\nBEGIN:STANDARD\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\n",
        b"\nTZID:x\n",
    ],
)
def test_a_broken_definition_falls_back_to_what_its_name_means(broken: bytes) -> None:
    assert offset_of(Zones({"Tokyo Standard Time": broken}).zone_of("Tokyo Standard Time")) == 9
    assert Zones({"Broken": broken}).zone_of("Broken") is None
    assert offset_of(Zones({"Broken": b"\nX-LIC-LOCATION:Asia/Tokyo" + broken}).zone_of("Broken")) == 9


@settings(max_examples=150, deadline=None)
@given(instant=st.datetimes(datetime(1997, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_defined_zone_keeps_the_same_time_as_the_database(instant: datetime) -> None:
    own, known = defined("Own", CENTRAL_EUROPE), ZoneInfo("Europe/Berlin")
    assert isinstance(own, FileZone)
    here, there = instant.astimezone(own), instant.astimezone(known)
    assert (here.replace(tzinfo=None), here.fold) == (there.replace(tzinfo=None), there.fold)
    assert here.astimezone(UTC) == instant
    wall = instant.replace(tzinfo=None)
    assert localized(wall, own) == localized(wall, known)
    assert on_wall(instant, own) == on_wall(instant, known)


def test_clock_changes_by_the_second() -> None:
    own = defined("Own", CENTRAL_EUROPE)
    assert own is not None
    spring, autumn = datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001
    assert localized(spring, own) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert localized(autumn, own) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert autumn.replace(tzinfo=own, fold=1).astimezone(UTC).hour == 1


def test_a_zone_that_stopped_changing_keeps_its_last_offset() -> None:
    block = (
        CENTRAL_EUROPE.replace(b"BYMONTH=10", b"BYMONTH=10;UNTIL=20141026T010000Z")
        .replace(b"BYMONTH=3", b"BYMONTH=3;UNTIL=20140330T010000Z")
        .replace(b"TZID:Own", b"TZID:Stopped")
    )
    own = defined("Stopped", block)
    assert offset_of(own, "2014-07-01T12:00") == 2
    assert offset_of(own, "2026-07-01T12:00") == 1
    assert offset_of(own, "2026-01-01T12:00") == 1


def test_single_changes_by_date() -> None:
    block = (
        b"\nBEGIN:STANDARD\nDTSTART:20200101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n"
        b"RDATE:20220101T000000\nEND:STANDARD\nBEGIN:STANDARD\nDTSTART:20210101T000000\n"
        b"TZOFFSETFROM:+0200\nTZOFFSETTO:+0300\nEND:STANDARD\n"
    )
    own = defined("Moves", block)
    assert [offset_of(own, f"{year}-06-01T12:00") for year in (2019, 2020, 2021, 2022, 2030)] == [
        1,
        2,
        3,
        2,
        2,
    ]
    assert own is not None
    assert own.utcoffset(None) == timedelta(hours=2)
    assert own.tzname(None) == "Moves"
    assert own.dst(None) is None
