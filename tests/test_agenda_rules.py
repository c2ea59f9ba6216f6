"""Recurrence rules: held to RFC 5545's own examples. Held to a walk from the start: `tests.test_agenda_walk`."""

from datetime import datetime

import pytest

from tui.sources.calendars.budget import Budget, OverBudgetError
from tui.sources.calendars.recurring import MAX_STARTS_A_DAY, starts_between
from tui.sources.calendars.rules import parse_rule


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def starts(rule: str, start: str, low: str, high: str, until: str = "") -> list[datetime]:
    parsed = parse_rule(rule, wall(start), wall(until) if until else None)
    return list(starts_between(parsed, wall(low), wall(high), Budget(20)))


def days(rule: str, start: str, low: str, high: str) -> str:
    return " ".join(f"{found:%m-%d}" for found in starts(rule, start, low, high))


@pytest.mark.parametrize(
    ("rule", "start", "low", "high", "expected"),
    [
        (
            "FREQ=DAILY;INTERVAL=10;COUNT=5",
            "1997-09-02T09",
            "1997-09-01",
            "1998-01-01",
            "09-02 09-12 09-22 10-02 10-12",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
            "1997-09-02T09",
            "1997-09-10",
            "1997-10-20",
            "09-16 09-18 09-30 10-02 10-14 10-16",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
            "1997-08-05T09",
            "1997-08-01",
            "1997-12-01",
            "08-05 08-10 08-19 08-24",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            "1997-08-05T09",
            "1997-08-01",
            "1997-12-01",
            "08-05 08-17 08-19 08-31",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
            "1997-09-07T09",
            "1997-09-01",
            "1998-01-31",
            "09-07 09-28 11-02 11-30 01-04 01-25",
        ),
        (
            "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
            "1997-09-30T09",
            "1997-09-01",
            "1997-12-31",
            "09-30 10-01 10-31 11-01 11-30 12-01 12-31",
        ),
        (
            "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
            "1997-01-01T09",
            "2000-01-01",
            "2000-12-31",
            "01-01 04-09 07-18",
        ),
        ("FREQ=YEARLY;BYDAY=20MO", "1997-05-19T09", "1998-01-01", "1999-12-31", "05-18 05-17"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12T09", "1998-01-01", "1999-12-31", "05-11 05-17"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1997-09-02T09", "1997-09-01", "1999-12-31", "02-13 03-13 11-13 08-13"),
        (
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
            "1996-11-05T09",
            "1997-01-01",
            "2004-12-31",
            "11-07 11-02",
        ),
        (
            "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
            "1997-09-04T09",
            "1997-09-01",
            "1998-12-31",
            "09-04 10-07 11-06",
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
            "1997-09-29T09",
            "1997-10-01",
            "1997-12-31",
            "10-30 11-27 12-30",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
            "2007-01-15T09",
            "2007-01-01",
            "2007-12-31",
            "01-15 01-30 02-15 03-15 03-30",
        ),
        ("FREQ=YEARLY", "2024-02-29T09", "2025-01-01", "2032-12-31", "02-29 02-29"),
        ("FREQ=MONTHLY", "2026-01-31T09", "2026-01-01", "2026-07-31", "01-31 03-31 05-31 07-31"),
    ],
    ids=lambda value: value[:60],
)
def test_examples_of_the_standard(rule: str, start: str, low: str, high: str, expected: str) -> None:
    assert days(rule, start, low, f"{high}T23:59") == expected


def test_times_within_a_day() -> None:
    found = starts("FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10", "1997-09-02T09", "1997-09-03", "1997-09-03T23:59")
    assert [f"{one:%H:%M}" for one in found] == ["09:00", "09:20", "09:40", "10:00", "10:20", "10:40"]
    found = starts("FREQ=HOURLY;INTERVAL=5", "2026-03-01T22:30", "2026-03-03", "2026-03-03T23:59")
    assert [f"{one:%H:%M}" for one in found] == ["04:30", "09:30", "14:30", "19:30"]
    found = starts(
        "FREQ=DAILY;BYHOUR=9,14;BYMINUTE=0,30;BYSETPOS=1,-1", "2026-03-01T09", "2026-03-02", "2026-03-02T23:59"
    )
    assert [f"{one:%H:%M}" for one in found] == ["09:00", "14:30"]


def test_plain_and_numbered_weekdays_may_stand_together() -> None:
    assert days("FREQ=MONTHLY;BYDAY=3MO,WE", "2026-03-04T09", "2026-03-01", "2026-03-31T23:59") == (
        "03-04 03-11 03-16 03-18 03-25"
    )


def test_a_week_number_without_a_weekday_means_that_of_the_start() -> None:
    assert days("FREQ=YEARLY;BYWEEKNO=11,20", "2025-03-11T09", "2026-01-01", "2026-12-31") == "03-10 05-12"


def test_the_first_meeting_counts_even_where_the_rule_does_not_give_it() -> None:
    found = days("FREQ=WEEKLY;BYDAY=TU;COUNT=3", "2026-03-02T09", "2026-03-01", "2026-04-30")
    assert found == "03-03 03-10"


def test_an_until_is_inclusive() -> None:
    found = starts("FREQ=DAILY", "2026-03-01T09", "2026-03-01", "2026-04-01", until="2026-03-03T09")
    assert [one.day for one in found] == [1, 2, 3]


def test_small_faults_of_exporters_are_read_as_meant() -> None:
    for rule in (
        "freq=weekly;byday=mo",
        "FREQ=WEEKLY;BYDAY=MO;",
        "FREQ=WEEKLY; BYDAY=MO;BYMONTH=",
        "FREQ=WEEKLY;COUNT=-1;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=MO;X-OWN=1",
        "FREQ=WEEKLY;BYDAY=MO;;INTERVAL=1;",
        "FREQ=WEEKLY\\;BYDAY=MO\\,MO",
        '"FREQ=WEEKLY;BYDAY=MO"',
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
        "FREQ=WEEKLY;BYDAY= +2MO\t",
        "FREQ=WEEKLY;UNTIL=;COUNT=;BYDAY=MO",
        "BYDAY=MO;FREQ=WEEKLY;WKST=XX",
    ):
        assert days(rule, "2026-03-02T09", "2026-03-08", "2026-03-20") == "03-09 03-16"


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ("FREQ=SOMETIMES", "FREQ"),
        ("BYDAY=MO", "FREQ"),
        ("", "FREQ"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=999999999999", "INTERVAL"),
        ("FREQ=DAILY;COUNT=many", "COUNT"),
        ("FREQ=DAILY;COUNT=" + "9" * 5000, "COUNT"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=99MO", "BYDAY"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH"),
        ("FREQ=YEARLY;BYMONTHDAY=0", "BYMONTHDAY"),
        ("FREQ=YEARLY;BYEASTER=1", "RSCALE"),
        ("RSCALE=CHINESE;FREQ=YEARLY", "RSCALE"),
    ],
)
def test_what_is_not_understood_is_said(rule: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        parse_rule(rule, wall("2026-03-01T09"), None)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=SECONDLY;COUNT=999999999",
        "FREQ=MINUTELY;INTERVAL=99999;BYSECOND=7;BYHOUR=3",
    ],
)
def test_rules_that_never_end_elsewhere_are_answered_for_a_day(rule: str) -> None:
    assert starts(rule, "1970-01-01", "2026-03-10", "2026-03-10T23:59:59") == []


def test_no_day_has_more_starts_than_can_be_shown() -> None:
    assert len(starts("FREQ=SECONDLY", "1970-01-01", "2026-03-10", "2026-03-10T23:59:59")) == MAX_STARTS_A_DAY


def test_a_count_that_must_be_walked_has_a_budget() -> None:
    rule = parse_rule("FREQ=SECONDLY;COUNT=999999999;BYSECOND=1,2", wall("1970-01-01"), None)
    with pytest.raises(OverBudgetError):
        list(starts_between(rule, wall("2026-03-10"), wall("2026-03-11"), Budget(20)))


def test_years_at_the_edge_of_the_calendar() -> None:
    assert days("FREQ=YEARLY", "0001-03-10T09", "2026-01-01", "2026-12-31") == "03-10"
    assert len(starts("FREQ=DAILY", "9999-12-30", "9999-12-01", "9999-12-31T23:59")) == 2
