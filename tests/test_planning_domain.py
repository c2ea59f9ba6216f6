"""Working hours, gaps, load, the meeting now and next: by hand, across DST changes, and by properties."""

import random
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.domain.agenda import Busy, Meeting
from tui.domain.planning import (
    Gap,
    PlanningRules,
    WorkingHours,
    blocks,
    busy_time,
    clashes,
    current_and_next,
    gaps,
    is_focus,
    minutes_between,
    whole_minute,
    working_hours,
)

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
CAIRO = ZoneInfo("Africa/Cairo")
BEIRUT = ZoneInfo("Asia/Beirut")
MONDAY = date(2026, 11, 23)
RULES = PlanningRules()
BARE = PlanningRules(buffer_minutes=0, wrap_up_minutes=0, minimum_gap_minutes=1)


def at(clock: str, day: date = MONDAY, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone).replace(fold=fold)


def meeting(
    start: str,
    end: str,
    busy: Busy = "busy",
    summary: str = "Sync",
    *,
    day: date = MONDAY,
    zone: ZoneInfo = BERLIN,
) -> Meeting:
    return Meeting(at(start, day, zone), at(end, day, zone), summary, "Work", busy=busy)


def all_day(busy: Busy, day: date = MONDAY, days: int = 1) -> Meeting:
    end = day + timedelta(days=days)
    return Meeting(at("00:00", day), at("00:00", end), "Off-site", "Work", busy=busy, all_day=True)


def every_day(begin: time, end: time, rules: PlanningRules = BARE) -> PlanningRules:
    return PlanningRules(
        working_hours=WorkingHours(((begin, end),) * 7),
        buffer_minutes=rules.buffer_minutes,
        wrap_up_minutes=rules.wrap_up_minutes,
        minimum_gap_minutes=rules.minimum_gap_minutes,
    )


def shown(found: tuple[Gap, ...]) -> list[tuple[str, str, int, int]]:
    return [(f"{gap.start:%H:%M}", f"{gap.end:%H:%M}", gap.minutes, gap.usable_minutes) for gap in found]


def on_monday(
    *meetings: Meeting, rules: PlanningRules = RULES, now: datetime | None = None
) -> list[tuple[str, str, int, int]]:
    return shown(gaps(meetings, MONDAY, BERLIN, rules, now))


class TestGaps:
    def test_buffer_is_taken_off_once(self) -> None:
        found = on_monday(meeting("09:00", "10:00"), meeting("11:00", "17:50"))
        assert found == [("10:05", "10:55", 50, 45)]

    def test_a_day_without_meetings_is_one_gap(self) -> None:
        assert on_monday() == [("09:00", "18:00", 540, 535)]

    def test_a_day_off_has_none(self) -> None:
        assert gaps((), date(2026, 11, 22), BERLIN, RULES, None) == ()

    def test_edges_of_work_carry_no_buffer(self) -> None:
        assert on_monday(meeting("12:00", "13:00")) == [
            ("09:00", "11:55", 175, 170),
            ("13:05", "18:00", 295, 290),
        ]

    def test_a_meeting_outside_work_still_has_its_buffer(self) -> None:
        found = on_monday(meeting("08:00", "09:00"), meeting("18:03", "19:00"))
        assert found == [("09:05", "17:58", 533, 528)]

    @pytest.mark.parametrize(
        "pair",
        [
            (meeting("10:00", "11:00"), meeting("10:30", "12:00")),
            (meeting("10:00", "12:00"), meeting("10:30", "11:00")),
            (meeting("10:00", "11:00"), meeting("11:00", "12:00")),
            (meeting("10:00", "11:00"), meeting("11:08", "12:00")),
        ],
        ids=["overlapping", "nested", "touching", "buffers overlap"],
    )
    def test_meetings_that_meet_are_one(self, pair: tuple[Meeting, Meeting]) -> None:
        wanted = [("09:00", "09:55", 55, 50), ("12:05", "18:00", 355, 350)]
        assert on_monday(*pair) == wanted
        assert on_monday(*reversed(pair)) == wanted

    def test_touching_meetings_leave_no_gap_without_buffers(self) -> None:
        assert on_monday(meeting("09:00", "12:00"), meeting("12:00", "18:00"), rules=BARE) == []

    def test_minimum(self) -> None:
        fifteen = (meeting("09:00", "10:00"), meeting("10:25", "18:00"))
        fourteen = (meeting("09:00", "10:00"), meeting("10:24", "18:00"))
        assert on_monday(*fifteen) == [("10:05", "10:20", 15, 10)]
        assert on_monday(*fourteen) == []

    def test_usable_is_never_negative(self) -> None:
        rules = PlanningRules(wrap_up_minutes=60)
        assert on_monday(meeting("09:00", "10:00"), meeting("10:30", "18:00"), rules=rules) == [
            ("10:05", "10:25", 20, 0)
        ]

    def test_seconds_round_down(self) -> None:
        found = on_monday(meeting("09:00", "10:00:30"), meeting("10:30:10", "18:00"), rules=BARE)
        assert found == [("10:00", "10:30", 29, 29)]

    @pytest.mark.parametrize(
        ("kind", "blocked"), [("busy", True), ("away", True), ("tentative", True), ("free", False)]
    )
    def test_what_blocks(self, kind: Busy, blocked: bool) -> None:
        assert (on_monday(meeting("08:00", "19:00", kind)) == []) is blocked

    def test_tentative_by_setting(self) -> None:
        lenient = PlanningRules(tentative_blocks=False)
        assert on_monday(meeting("08:00", "19:00", "tentative"), rules=lenient) == [("09:00", "18:00", 540, 535)]

    @pytest.mark.parametrize(
        ("kind", "blocked"), [("busy", True), ("away", True), ("tentative", False), ("free", False)]
    )
    def test_all_day(self, kind: Busy, blocked: bool) -> None:
        assert (on_monday(all_day(kind)) == []) is blocked
        assert (on_monday(all_day(kind, MONDAY - timedelta(days=2), 5)) == []) is blocked

    def test_an_all_day_meeting_does_not_reach_the_next_day(self) -> None:
        assert on_monday(all_day("busy", MONDAY - timedelta(days=1))) == [("09:00", "18:00", 540, 535)]

    @pytest.mark.parametrize("title", ["Focus time", "my DEEP WORK block", "No meetings, please"])
    def test_focus_blocks_are_time_to_make(self, title: str) -> None:
        assert on_monday(meeting("09:00", "18:00", summary=title)) == [("09:00", "18:00", 540, 535)]

    def test_a_blank_pattern_makes_nothing_a_focus_block(self) -> None:
        rules = PlanningRules(focus_titles=("", "  "))
        assert not is_focus(meeting("09:00", "10:00"), rules)
        assert blocks(meeting("09:00", "10:00", summary="Focus time"), rules)

    def test_no_length_no_block(self) -> None:
        assert on_monday(meeting("12:00", "12:00")) == [("09:00", "18:00", 540, 535)]

    def test_from_yesterday_until_tomorrow(self) -> None:
        late = Meeting(at("22:00", date(2026, 11, 22)), at("10:00"), "Night shift", "Work")
        early = Meeting(at("17:00"), at("02:00", date(2026, 11, 24)), "Launch", "Work")
        assert on_monday(late, early) == [("10:05", "16:55", 410, 405)]
        around = Meeting(at("22:00", date(2026, 11, 22)), at("02:00", date(2026, 11, 24)), "Trip", "Work")
        assert on_monday(around) == []

    def test_other_zones_of_meetings_do_not_matter(self) -> None:
        far = Meeting(at("04:00", zone=NEW_YORK), at("05:00", zone=NEW_YORK), "Handover", "Work")
        assert on_monday(far) == on_monday(meeting("10:00", "11:00"))

    def test_work_until_the_last_minute_of_the_day(self) -> None:
        found = gaps((), MONDAY, BERLIN, every_day(time(0), time(23, 59)), None)
        assert shown(found) == [("00:00", "23:59", 1439, 1439)]


class TestNow:
    DAY = (meeting("09:00", "10:00"), meeting("11:00", "12:00"))

    @pytest.mark.parametrize(
        ("clock", "wanted"),
        [
            ("07:00", [("10:05", "10:55", 50, 45), ("12:05", "18:00", 355, 350)]),
            ("09:30", [("10:05", "10:55", 50, 45), ("12:05", "18:00", 355, 350)]),
            ("10:12", [("10:12", "10:55", 43, 38), ("12:05", "18:00", 355, 350)]),
            ("10:12:48", [("10:12", "10:55", 43, 38), ("12:05", "18:00", 355, 350)]),
            ("10:41", [("12:05", "18:00", 355, 350)]),
            ("17:45", [("17:45", "18:00", 15, 10)]),
            ("17:46", []),
            ("18:00", []),
            ("23:59", []),
        ],
    )
    def test_only_what_is_left_of_today(self, clock: str, wanted: list[tuple[str, str, int, int]]) -> None:
        assert on_monday(*self.DAY, now=at(clock)) == wanted

    def test_other_days_are_whole(self) -> None:
        whole = on_monday(*self.DAY)
        assert on_monday(*self.DAY, now=at("12:00", date(2026, 11, 22))) == whole
        assert on_monday(*self.DAY, now=at("12:00", date(2026, 11, 24))) == whole

    def test_today_is_the_day_in_the_zone(self) -> None:
        evening = at("22:00", date(2026, 11, 22), NEW_YORK)  # 04:00 on Monday in Berlin
        assert on_monday(*self.DAY, now=evening) == on_monday(*self.DAY)
        morning = at("04:12", zone=NEW_YORK)  # 10:12
        assert on_monday(*self.DAY, now=morning)[0] == ("10:12", "10:55", 43, 38)


SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)


class TestClockChanges:
    @pytest.mark.parametrize(
        ("zone", "day", "hours"),
        [
            (BERLIN, SPRING, 22),
            (BERLIN, AUTUMN, 24),
            (NEW_YORK, date(2026, 3, 8), 22),
            (NEW_YORK, date(2026, 11, 1), 24),
            (LORD_HOWE, date(2026, 10, 4), 22.5),
            (LORD_HOWE, date(2026, 4, 5), 23.5),
            (CAIRO, date(2026, 4, 24), 22),
            (CAIRO, date(2026, 10, 29), 23),
            (BEIRUT, SPRING, 22),
            (BEIRUT, date(2026, 10, 24), 23),
        ],
    )
    def test_a_day_from_midnight_to_eleven_has_the_minutes_that_pass(
        self, zone: ZoneInfo, day: date, hours: float
    ) -> None:
        (gap,) = gaps((), day, zone, every_day(time(0), time(23)), None)
        late = 60 if (zone, day) in ((CAIRO, date(2026, 10, 29)), (BEIRUT, date(2026, 10, 24))) else 0
        assert gap.minutes == hours * 60 + late  # there 23:00 comes twice, and work runs to the second

    @pytest.mark.parametrize(
        ("zone", "day", "begin", "end", "wanted"),
        [
            (BERLIN, SPRING, "02:30", "05:00", ("03:00+02:00", "05:00+02:00", 120)),
            (BERLIN, SPRING, "01:00", "02:30", ("01:00+01:00", "03:00+02:00", 60)),
            (BERLIN, AUTUMN, "02:30", "04:00", ("02:30+02:00", "04:00+01:00", 150)),
            (BERLIN, AUTUMN, "01:00", "02:30", ("01:00+02:00", "02:30+01:00", 150)),
            (LORD_HOWE, date(2026, 10, 4), "02:15", "03:00", ("02:30+11:00", "03:00+11:00", 30)),
            (CAIRO, date(2026, 4, 24), "00:00", "02:00", ("01:00+03:00", "02:00+03:00", 60)),
            (CAIRO, date(2026, 10, 29), "22:30", "23:30", ("22:30+03:00", "23:30+02:00", 120)),
            (BEIRUT, SPRING, "00:30", "01:30", ("01:00+03:00", "01:30+03:00", 30)),
            (BEIRUT, AUTUMN, "00:00", "01:00", ("00:00+02:00", "01:00+02:00", 60)),
        ],
    )
    def test_begin_and_end_that_are_skipped_or_doubled(
        self, zone: ZoneInfo, day: date, begin: str, end: str, wanted: tuple[str, str, int]
    ) -> None:
        rules = every_day(time.fromisoformat(begin), time.fromisoformat(end))
        hours = working_hours(day, zone, rules)
        assert hours is not None
        stamps = [moment.isoformat(timespec="minutes")[11:] for moment in hours]
        assert (*stamps, minutes_between(*hours)) == wanted

    def test_hours_that_are_skipped_whole(self) -> None:
        rules = every_day(time(2, 10), time(2, 50))
        assert working_hours(SPRING, BERLIN, rules) is None
        assert gaps((), SPRING, BERLIN, rules, None) == ()

    def test_a_date_that_never_was(self) -> None:
        assert gaps((), date(2011, 12, 30), ZoneInfo("Pacific/Apia"), every_day(time(9), time(18)), None) == ()

    def test_a_meeting_across_the_doubled_hour(self) -> None:
        across = Meeting(at("02:30", AUTUMN), at("02:30", AUTUMN, fold=1), "Migration", "Work")
        found = gaps([across], AUTUMN, BERLIN, every_day(time(1), time(4)), None)
        assert [(gap.start.isoformat()[11:], gap.minutes) for gap in found] == [
            ("01:00:00+02:00", 90),
            ("02:30:00+01:00", 90),
        ]

    def test_a_meeting_that_seems_to_end_before_it_starts(self) -> None:
        back = Meeting(at("02:40", AUTUMN), at("02:10", AUTUMN, fold=1), "Migration", "Work")
        assert blocks(back, RULES)
        load = busy_time([back], at("00:00", AUTUMN), at("04:00", AUTUMN), RULES)
        assert load.busy == timedelta(minutes=30)

    def test_now_in_the_doubled_hour(self) -> None:
        rules = every_day(time(1), time(4))
        for fold, minutes in ((0, 150), (1, 90)):
            (gap,) = gaps((), AUTUMN, BERLIN, rules, at("02:30", AUTUMN, fold=fold))
            assert gap.minutes == minutes


class TestClashes:
    def test_a_focus_block_is_no_meeting(self) -> None:
        one, other = meeting("10:00", "11:00"), meeting("10:30", "11:30", summary="Other")
        focus = meeting("09:00", "12:00", summary="Focus time")
        assert clashes([one, focus, other], RULES) == {one: (other,), other: (one,)}
        assert clashes([one, focus], RULES) == {}
        assert clashes([one, focus], PlanningRules(focus_titles=())) == {one: (focus,), focus: (one,)}


class TestLoad:
    def test_union_with_tentative_apart(self) -> None:
        load = busy_time(
            [
                meeting("09:00", "10:00"),
                meeting("09:30", "10:30", "away"),
                meeting("10:00", "11:00", "tentative"),
                meeting("10:15", "11:15", "tentative"),
                meeting("12:00", "13:00", "free"),
                meeting("12:00", "13:00", summary="Deep work"),
                meeting("14:00", "14:00"),
                all_day("busy"),
            ],
            at("09:00"),
            at("18:00"),
            RULES,
        )
        assert (load.busy, load.tentative) == (timedelta(minutes=90), timedelta(minutes=45))

    def test_clipped_to_what_is_asked(self) -> None:
        load = busy_time([meeting("08:00", "10:00"), meeting("17:30", "19:00")], at("09:00"), at("18:00"), RULES)
        assert load.busy == timedelta(minutes=90)
        assert load.tentative == timedelta()

    def test_across_a_clock_change(self) -> None:
        night = Meeting(at("00:00", SPRING), at("06:00", SPRING), "Cut-over", "Work")
        load = busy_time([night], at("00:00", SPRING), at("23:00", SPRING), RULES)
        assert load.busy == timedelta(hours=5)


class TestCurrentAndNext:
    def test_begin_is_in_and_end_is_out(self) -> None:
        first, second = meeting("10:00", "11:00"), meeting("11:00", "12:00")
        assert current_and_next([first, second], at("09:59"), RULES) == (None, first)
        assert current_and_next([first, second], at("10:00"), RULES) == (first, second)
        assert current_and_next([first, second], at("11:00"), RULES) == (second, None)
        assert current_and_next([first, second], at("12:00"), RULES) == (None, None)

    def test_what_is_left_out(self) -> None:
        ignored = [
            meeting("09:00", "17:00", "free"),
            meeting("09:00", "17:00", summary="Focus time"),
            meeting("13:00", "13:00"),
            all_day("busy"),
        ]
        assert current_and_next(ignored, at("10:00"), RULES) == (None, None)

    def test_tentative_counts_whatever_blocks(self) -> None:
        maybe = meeting("10:00", "11:00", "tentative")
        lenient = PlanningRules(tentative_blocks=False)
        assert current_and_next([maybe], at("10:30"), lenient) == (maybe, None)

    def test_of_several(self) -> None:
        workshop = meeting("09:00", "12:00", summary="Workshop")
        chat = meeting("10:00", "10:30", summary="Chat")
        maybe = meeting("10:05", "11:00", "tentative", "Maybe")
        assert current_and_next([workshop, chat, maybe], at("10:10"), RULES)[0] == chat
        assert current_and_next([maybe, workshop], at("10:10"), RULES)[0] == workshop
        together = [
            maybe,
            meeting("10:05", "10:30", summary="Short"),
            meeting("10:05", "10:45", summary="Long"),
        ]
        assert current_and_next(together, at("10:00"), RULES)[1] == together[2]

    def test_seven_days_ahead(self) -> None:
        near = meeting("10:00", "11:00", day=MONDAY + timedelta(days=7))
        assert current_and_next([near], at("10:00"), RULES) == (None, near)
        assert current_and_next([near], at("09:59"), RULES) == (None, None)

    def test_over_midnight(self) -> None:
        night = Meeting(at("23:00"), at("01:00", date(2026, 11, 24)), "Release", "Work", busy="away")
        assert current_and_next([night], at("00:30", date(2026, 11, 24)), RULES) == (night, None)

    def test_in_the_doubled_hour(self) -> None:
        first = Meeting(at("02:00", AUTUMN), at("02:45", AUTUMN), "First", "Work")
        again = Meeting(at("02:00", AUTUMN, fold=1), at("02:45", AUTUMN, fold=1), "Again", "Work")
        assert current_and_next([again, first], at("02:30", AUTUMN), RULES) == (first, again)
        assert current_and_next([again, first], at("02:30", AUTUMN, fold=1), RULES) == (again, None)


def test_minutes() -> None:
    assert whole_minute(at("10:12:48")) == at("10:12")
    assert minutes_between(at("10:12"), at("11:00")) == 48
    assert minutes_between(at("11:00"), at("10:12")) == -48
    assert minutes_between(at("01:00", SPRING), at("04:00", SPRING)) == 120


# Properties: an oracle that goes through the day minute by minute and looks at the clock.

DAYS = [
    (BERLIN, SPRING),
    (BERLIN, AUTUMN),
    (BERLIN, MONDAY),
    (NEW_YORK, date(2026, 3, 8)),
    (NEW_YORK, date(2026, 11, 1)),
    (LORD_HOWE, date(2026, 10, 4)),
    (LORD_HOWE, date(2026, 4, 5)),
    (CAIRO, date(2026, 4, 24)),
    (CAIRO, date(2026, 10, 29)),
    (BEIRUT, SPRING),
    (BEIRUT, date(2026, 10, 24)),
    (ZoneInfo("America/Havana"), date(2026, 11, 1)),
    (ZoneInfo("Antarctica/Troll"), SPRING),
    (ZoneInfo("Antarctica/Troll"), AUTUMN),
    (ZoneInfo("Africa/Casablanca"), date(2026, 2, 15)),
    (ZoneInfo("Africa/Casablanca"), date(2026, 3, 22)),
    (ZoneInfo("America/Sao_Paulo"), date(2018, 11, 4)),
    (ZoneInfo("America/Sao_Paulo"), date(2018, 2, 17)),
    (ZoneInfo("Pacific/Apia"), date(2011, 12, 29)),
    (ZoneInfo("Pacific/Apia"), date(2011, 12, 30)),
    (ZoneInfo("Pacific/Apia"), date(2011, 12, 31)),
    (ZoneInfo("Pacific/Kwajalein"), date(1993, 8, 21)),
    (ZoneInfo("Pacific/Chatham"), date(2026, 4, 5)),
    (ZoneInfo("UTC"), MONDAY),
]
MINUTE = timedelta(minutes=1)
KINDS: tuple[Busy, ...] = ("busy", "away", "tentative", "free")


@st.composite
def planned_days(
    draw: st.DrawFn,
) -> tuple[ZoneInfo, date, PlanningRules, list[Meeting], datetime | None]:
    zone, day = draw(st.sampled_from(DAYS))
    begin = draw(st.integers(0, 1438))
    end = draw(st.integers(begin + 1, 1439))
    rules = PlanningRules(
        working_hours=WorkingHours(((time(*divmod(begin, 60)), time(*divmod(end, 60))),) * 7),
        buffer_minutes=draw(st.integers(0, 20)),
        wrap_up_minutes=draw(st.integers(0, 20)),
        minimum_gap_minutes=draw(st.integers(1, 30)),
        tentative_blocks=draw(st.booleans()),
    )
    noon = datetime.combine(day, time(12), zone).astimezone(UTC)
    moments = st.integers(-1500, 1500).map(lambda minutes: noon + timedelta(minutes=minutes))
    meetings = []
    for _ in range(draw(st.integers(0, 6))):
        start = draw(moments)
        stop = start + timedelta(minutes=draw(st.integers(0, 400)))
        kind = draw(st.sampled_from(KINDS))
        meetings.append(Meeting(start.astimezone(zone), stop.astimezone(zone), "Sync", "Work", busy=kind))
    now = draw(st.none() | moments.map(lambda moment: moment.astimezone(zone)))
    return zone, day, rules, meetings, now


def minutes_of_work(zone: ZoneInfo, day: date, rules: PlanningRules) -> list[datetime]:
    """Each minute from the first to the last whose clock reads within the working hours of `day`."""
    hours = rules.working_hours.days[day.weekday()]
    assert hours is not None
    first = datetime.combine(day, time(0), UTC) - timedelta(hours=15)
    every = [first + count * MINUTE for count in range(54 * 60)]
    walls = [(moment, moment.astimezone(zone)) for moment in every]
    within = [moment for moment, wall in walls if wall.date() == day and hours[0] <= wall.time() < hours[1]]
    return [moment for moment in every if within and within[0] <= moment <= within[-1]]


@settings(max_examples=120, deadline=None)
@given(planned_days())
def test_gaps_and_buffered_meetings_partition_work(
    planned: tuple[ZoneInfo, date, PlanningRules, list[Meeting], datetime | None],
) -> None:
    zone, day, rules, meetings, now = planned
    work = minutes_of_work(zone, day, rules)
    if now is not None and now.date() == day:
        work = [moment for moment in work if moment >= now]
    buffer = timedelta(minutes=rules.buffer_minutes)
    firm = ("busy", "away", "tentative") if rules.tentative_blocks else ("busy", "away")
    taken = [
        (one.start.astimezone(UTC) - buffer, one.end.astimezone(UTC) + buffer)
        for one in meetings
        if one.busy in firm and one.start.astimezone(UTC) < one.end.astimezone(UTC)
    ]
    free = [moment for moment in work if not any(start <= moment < end for start, end in taken)]
    runs: list[list[datetime]] = []
    for moment in free:
        if runs and moment - runs[-1][-1] == MINUTE:
            runs[-1].append(moment)
        else:
            runs.append([moment])
    wanted = [
        (run[0], run[-1] + MINUTE, len(run), max(len(run) - rules.wrap_up_minutes, 0))
        for run in runs
        if len(run) >= rules.minimum_gap_minutes
    ]
    found = gaps(meetings, day, zone, rules, now)
    assert [
        (gap.start.astimezone(UTC), gap.end.astimezone(UTC), gap.minutes, gap.usable_minutes) for gap in found
    ] == wanted
    assert all(gap.start.tzinfo is zone and gap.end.tzinfo is zone for gap in found)


@settings(max_examples=120, deadline=None)
@given(planned_days(), st.randoms(use_true_random=False))
def test_gaps_are_in_order_apart_and_of_any_order_of_meetings(
    planned: tuple[ZoneInfo, date, PlanningRules, list[Meeting], datetime | None], shuffle: random.Random
) -> None:
    zone, day, rules, meetings, now = planned
    found = gaps(meetings, day, zone, rules, now)
    for earlier, later in pairwise(found):
        assert earlier.end.astimezone(UTC) < later.start.astimezone(UTC)
    assert all(gap.minutes >= rules.minimum_gap_minutes for gap in found)
    shuffle.shuffle(meetings)
    assert gaps(meetings, day, zone, rules, now) == found


@settings(max_examples=120, deadline=None)
@given(planned_days())
def test_load_counts_each_minute_once(
    planned: tuple[ZoneInfo, date, PlanningRules, list[Meeting], datetime | None],
) -> None:
    zone, day, rules, meetings, _ = planned
    hours = working_hours(day, zone, rules)
    if hours is None:
        return
    minutes = [
        {one.busy for one in meetings if one.start.astimezone(UTC) <= moment < one.end.astimezone(UTC)}
        for moment in minutes_of_work(zone, day, rules)
    ]
    firm = sum(bool(kinds & {"busy", "away"}) for kinds in minutes)
    soft = sum("tentative" in kinds and not kinds & {"busy", "away"} for kinds in minutes)
    load = busy_time(meetings, *hours, rules)
    assert (load.busy, load.tentative) == (firm * MINUTE, soft * MINUTE)
