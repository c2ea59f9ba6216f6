"""Lines in proportion to time, the rows of a day, and the strip of days below them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from tests.fakes import NOW, sample_agenda
from tui.domain.agenda import CalendarState, Meeting, conflicts, meetings_on
from tui.domain.backlog import Item
from tui.domain.days import DayRoom, straight_on
from tui.domain.fitting import best_fits
from tui.domain.planning import PlanningRules, gaps
from widgets.agenda_rows import ALL_DAY, DayView, day_rows
from widgets.day_plan import agenda_notes
from widgets.day_scale import spread
from widgets.rows import Row
from widgets.week_strip import room_text, strip_rows

MIDNIGHT = NOW.replace(hour=0, minute=0)
ITEM = Item("b1", "Voice inbox: transcribe and route voicemails", "build", estimate=30, impact=4, edge=3)


def at(hour: int, minute: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute)


def view_of(*meetings: Meeting, items: tuple[Item, ...] = (ITEM,), now: datetime = NOW) -> DayView:
    agenda = replace(sample_agenda(), meetings=meetings)
    rules = PlanningRules()
    free = gaps(meetings, NOW.date(), UTC, rules, now)
    shown = meetings_on(agenda, NOW.date())
    best = best_fits(items, free, None, rules)
    return DayView(NOW.date(), now, shown, free, best, conflicts(shown), straight_on(shown), agenda.calendars)


def text(row: Row) -> str:
    return "".join(span.text for span in row.spans)


def texts(view: DayView, width: int = 40, height: int = 1) -> list[str]:
    return [text(row).rstrip() for row in day_rows(view, width, height)]


def line_with(lines: list[str], part: str) -> str:
    return next((line for line in lines if part in line), "")


# In proportion.


def test_a_line_is_as_many_minutes_as_there_is_room_for() -> None:
    starts = [at(9), at(10), at(10, 30), at(12)]
    assert spread(starts, (1,) * 4, at(13), 24) == (6, 3, 9, 6)
    assert spread(starts, (1,) * 4, at(13), 10) == (2, 1, 3, 2)
    assert spread(starts, (1,) * 4, at(13), 5) == (1, 1, 1, 1)
    assert spread(starts, (1, 1, 2, 1), at(13), 5) == (1, 1, 2, 1)
    assert spread(starts, (1, 1, 2, 1), at(13), 4) == (1, 1, 1, 1)
    assert spread(starts, (1,) * 4, at(13), 0) == (1, 1, 1, 1)


@given(
    st.lists(st.tuples(st.integers(0, 600), st.integers(1, 2)), min_size=1, max_size=30),
    st.integers(0, 300),
    st.integers(1, 80),
)
def test_no_entry_is_hidden_and_what_fits_fits(entries: list[tuple[int, int]], last: int, height: int) -> None:
    starts = sorted(at(8) + timedelta(minutes=minutes) for minutes, _ in entries)
    least = [few for _, few in entries]
    lines = spread(starts, least, starts[-1] + timedelta(minutes=last), height)
    assert len(lines) == len(starts)
    assert min(lines) >= 1
    assert sum(lines) <= max(height, len(starts))


def test_what_stands_below_an_entry_lasts_as_long_as_it_does() -> None:
    long = Meeting(at(10, 30), at(12, 30), "Offsite", "Work", location="Room 2")
    shown = texts(view_of(long, Meeting(at(14), at(15), "Later", "Work"), items=()), height=40)
    begin = shown.index(line_with(shown, "Offsite"))
    assert shown[begin + 1] == "       ▌ → 12:30 · Room 2"
    bars = [line for line in shown[begin + 1 :] if line.startswith("       ▌")]
    free = [line for line in shown if "░" in line]
    assert len(bars) >= 11  # two hours in lines of ten minutes, one of them with the title, then an hour of the other
    assert " 13:00 ░" in free
    assert len({key.key for key in day_rows(view_of(long), 40, 40)}) == len(day_rows(view_of(long), 40, 40))


def test_hours_are_marked_where_nothing_stands() -> None:
    early = Meeting(at(7), at(7, 30), "Early", "Work")
    shown = texts(view_of(early, items=()), height=60)
    assert " 08:00" in shown
    assert " 09:00" in shown


@pytest.mark.parametrize("height", [1, 12, 20, 40, 70])
@pytest.mark.parametrize("width", [24, 27, 39, 60, 130])
def test_every_entry_has_its_row_and_no_row_is_too_wide(width: int, height: int) -> None:
    agenda = sample_agenda()
    view = view_of(*agenda.meetings)
    rows = day_rows(view, width, height)
    titles = [row.key.split("\n")[-1] for row in rows if row.selectable and "\n" in row.key]
    assert titles == [meeting.summary for meeting in view.meetings]
    assert sum(row.key.startswith("gap-") and row.selectable for row in rows) == len(view.gaps) == 3
    assert max(cell_len(text(row).rstrip()) for row in rows) <= width
    assert [row.key for row in rows].count("now") == 1


def test_on_the_night_clocks_change_lines_are_minutes_that_pass() -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Europe/Berlin")
    day = date(2026, 3, 29)
    one = Meeting(datetime(2026, 3, 29, 1, tzinfo=zone), datetime(2026, 3, 29, 4, tzinfo=zone), "Night", "Work")
    rows = day_rows(DayView(day, NOW.astimezone(zone), (one,)), 40, 26)
    assert len([row for row in rows if "▌" in text(row)]) == 24  # two hours of five minutes


# Rows.


def test_a_gap_says_what_fits_it_in_its_line_or_in_the_next() -> None:
    view = view_of(Meeting(at(11), at(12), "Board prep", "Work"))
    wide = line_with(texts(view, 80, 4), "10:12 ░")
    assert wide.startswith(" 10:12 ░ 38m usable · Voice inbox: transcribe and route voicemails 30m ")
    assert wide.endswith(" → 10:55")
    narrow = texts(view, 27, 30)
    place = narrow.index(" 10:12 ░ 38m usable → 10:55")
    assert narrow[place + 1].strip().startswith("░ fits Voice in")
    assert narrow[place + 1].endswith("… 30m")
    assert "fits" not in " ".join(texts(view_of(Meeting(at(11), at(12), "Board prep", "Work"), items=()), 27, 30))


def test_meetings_without_a_break_are_marked_in_words_or_by_a_sign() -> None:
    view = view_of(Meeting(at(14), at(15), "One", "Work"), Meeting(at(15), at(16), "Two", "Work"))
    assert line_with(texts(view), "Two").endswith(" back to back")
    assert line_with(texts(view, 27), "Two").endswith(" »")
    assert "back" not in line_with(texts(view), "One")


def test_a_tentative_one_is_told_by_shape_and_word() -> None:
    view = view_of(Meeting(at(14), at(15), "Maybe", "Work", busy="tentative"), Meeting(at(16), at(17), "Sure", "Work"))
    assert line_with(texts(view), "Maybe").startswith(" 14:00 ▏ Maybe")
    assert line_with(texts(view), "Maybe").endswith(" tentative")
    assert line_with(texts(view, 27), "Maybe").endswith(" ?")
    assert line_with(texts(view), "Sure") == " 16:00 ▌ Sure"


def test_a_time_of_its_own_is_said_where_the_title_leaves_room() -> None:
    abroad = Meeting(at(14), at(15), "Vendor", "Work", time_zone="America/New_York", zone_minutes=-240)
    assert line_with(texts(view_of(abroad)), "Vendor").endswith(" 10:00 New York")
    long = replace(abroad, summary="Vendor call about telephony and the rest")
    assert "New York" not in line_with(texts(view_of(long)), "Vendor")
    assert "→ 15:00 · 10:00 New York" in " ".join(texts(view_of(long), height=40))


def test_many_all_day_meetings_stand_in_one_line() -> None:
    whole = [
        Meeting(MIDNIGHT, MIDNIGHT + timedelta(days=1), f"Day {name}", "Team", name, all_day=True, busy="free")
        for name in "abc"
    ]
    view = view_of(*whole)
    assert texts(view)[0] == " 3 all day: Day a · Day b · Day c"
    assert day_rows(view, 40, 1)[0].key == ALL_DAY
    assert texts(replace(view, unfolded=True))[:4] == [" 3 all day: enter folds"] + [f" all day Day {n}" for n in "abc"]
    assert texts(view_of(*whole[:2]))[:2] == [" all day Day a", " all day Day b"]
    assert texts(replace(view, filtered=True))[0] == " all day Day a"


# What is said of the whole.


def test_the_age_of_what_is_shown() -> None:
    agenda = sample_agenda()
    then = NOW.replace(hour=8, minute=12)
    old = CalendarState("Work", "url", fetched=then, stale=True, error="offline")
    lost = CalendarState("Lost", "file", error="it is not there")
    assert agenda_notes(agenda, NOW) == []
    assert agenda_notes(replace(agenda, calendars=(old,)), NOW) == ["as of 08:12"]
    assert agenda_notes(replace(agenda, calendars=(old, lost)), NOW) == ["as of 08:12", "1 calendar not read"]
    before = replace(old, fetched=then - timedelta(days=2), unread=("a", "b"))
    assert agenda_notes(replace(agenda, calendars=(before,)), NOW) == [
        "as of Sun 8 Mar 08:12", "2 meetings not read as written"]  # fmt: skip
    assert agenda_notes(replace(agenda, remembered=True, taken_at=then), NOW) == ["as of 08:12"]
    assert agenda_notes(replace(agenda, remembered=True, taken_at=None), NOW) == ["of an earlier run"]


# The strip.


def test_the_day_shown_is_marked_by_a_sign() -> None:
    days = tuple(DayRoom(date(2026, 3, 10 + number), 60 * number) for number in range(7))
    names, rooms = (text(row) for row in strip_rows(days, date(2026, 3, 12), 28))
    assert names == " Tue Wed▸Thu Fri Sat Sun Mon"
    assert rooms == " 0m  60m 2h  3h  4h  5h  6h "
    names, rooms = (text(row) for row in strip_rows(days, date(2026, 3, 10), 60))
    assert names.startswith("▸Tue 10  Wed 11 ")


@pytest.mark.parametrize(
    ("minutes", "off", "cells", "said"),
    [(None, False, 3, "…"), (0, True, 3, "off"), (0, False, 3, "0m"), (38, False, 3, "38m"), (150, False, 3, "2½h"),
     (149, False, 3, "2h"), (168, False, 4, "2h48"), (625, False, 3, "10h"), (640, False, 4, "10½h"[:4]),
     (90, True, 3, "90m"), (535, False, 4, "8h55")],
)  # fmt: skip
def test_time_in_three_cells(minutes: int | None, off: bool, cells: int, said: str) -> None:
    found = room_text(DayRoom(NOW.date(), minutes, off), cells)
    assert found == said
    assert len(found) <= cells
