"""Today on screen: gaps with what fits them, details that fill in, days side by side, all by key or mouse."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.timer import Timer

from tests.fakes import NOW, FakeEngine, make_app, sample_agenda, sample_engine
from tests.screens import rest, text_of, wait_for
from tui import messages
from tui.app import MakerhourApp
from tui.domain.agenda import Agenda, CalendarState, Meeting
from tui.domain.backlog import Backlog
from tui.domain.meeting_text import Attendee, MeetingText, key_of
from tui.screens.choices import Choices
from tui.screens.detail import DetailScreen
from tui.screens.opened_meeting import OpenedMeeting
from widgets.day_plan import DayPlan, plan_day

SIZES = [(54, 20), (80, 24), (120, 40), (200, 60)]
HOSTILE = "[/] [@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \x9b31m \u202e \ud800 q"
PREP = next(meeting for meeting in sample_agenda().meetings if meeting.summary == "Board prep")
SAID = MeetingText(
    key_of(PREP),
    "Bring the numbers.\n\n- caps\n- retries",
    (Attendee("Ana Sousa", "accepted"), Attendee("Kim Lee", "tentative", optional=True), Attendee("Fjord", room=True)),
    12,
)


def at(hour: int, minute: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute)


def engine_with(*meetings: Meeting, **facts: object) -> FakeEngine:
    engine = sample_engine()
    engine.agenda = replace(sample_agenda(), meetings=meetings or sample_agenda().meetings, **facts)
    return engine


def shown(app: MakerhourApp, *parts: str) -> bool:
    text = text_of(app)
    return all(part in text for part in parts)


async def select(pilot: Pilot[Any], app: MakerhourApp, part: str) -> None:
    """Put the cursor on the row whose key holds `part`, once it is there: a pane makes its rows when it is painted."""
    agenda = app.dashboard.agenda.list

    def found() -> list[str]:
        return [row.key for row in agenda.rows if row.selectable and part in row.key]

    await wait_for(pilot, found)
    assert agenda.select(found()[0])


@pytest.mark.parametrize("size", SIZES)
async def test_the_detail_opens_at_once_and_the_invitation_comes_after(size: tuple[int, int]) -> None:
    engine = engine_with(replace(PREP, time_zone="America/New_York", zone_minutes=-240))
    app = make_app(engine)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2")
        await select(pilot, app, "Board prep")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shown(app, "07:00 to 08:00 in", "America/New_York", "reading …"))
        assert [meeting.summary for meeting in engine.meetings_opened] == ["Board prep"]
        engine.post(messages.MeetingOpened(SAID))
        said = ("coming", "Ana Sousa", "Kim Lee (optional)", "Fjord (room)", "and 12 more")
        await wait_for(pilot, lambda: shown(app, *said) and "reading …" not in text_of(app))
        await pilot.press("G")
        await wait_for(pilot, lambda: shown(app, "Bring the numbers.", "- retries"))
        assert max(map(len, text_of(app).splitlines())) <= size[0]
        if size[0] < 160:
            assert isinstance(app.screen, DetailScreen)
        await pilot.press("o")
        await wait_for(pilot, lambda: engine.launched)
        assert engine.launched[0][2] == {"url": PREP.join_url}


async def test_what_was_read_is_shown_again_at_once_and_read_anew() -> None:
    engine = sample_engine()
    engine.texts["Board prep"] = SAID
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2")
        await select(pilot, app, "Board prep")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shown(app, "Bring the numbers."))
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        engine.texts.clear()
        await pilot.press("enter")
        await wait_for(pilot, lambda: shown(app, "Bring the numbers."))
        assert len(engine.meetings_opened) == 2
        engine.post(messages.MeetingOpened(replace(SAID, description="Another text")))
        await wait_for(pilot, lambda: shown(app, "Another text"))
        engine.post(messages.AgendaRefreshed(replace(engine.agenda, taken_at=None)))
        await wait_for(pilot, lambda: len(engine.meetings_opened) == 3)


async def test_an_invitation_that_cannot_be_read_says_why_and_one_of_another_meeting_is_not_shown() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2")
        await select(pilot, app, "Board prep")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shown(app, "reading …"))
        other = next(meeting for meeting in sample_agenda().meetings if meeting.summary == "Staff meeting")
        engine.post(messages.MeetingOpened(replace(SAID, key=key_of(other))))
        await rest(pilot)
        assert shown(app, "reading …")
        engine.post(messages.MeetingOpened(MeetingText(key_of(PREP), problem="it is not in its calendar any more")))
        await wait_for(pilot, lambda: shown(app, "cannot be read: it is not in its"))


async def test_beside_the_panes_the_cursor_rests_before_anything_is_read() -> None:
    engine = sample_engine()
    engine.texts["Board prep"] = SAID
    app = make_app(engine)
    async with app.run_test(size=(200, 60)) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2", "j", "j", "j", "j", "k", "k", "k")
        assert engine.meetings_opened == []
        await select(pilot, app, "Board prep")
        await wait_for(pilot, lambda: shown(app, "Bring the numbers."))
        assert [meeting.summary for meeting in engine.meetings_opened] == ["Board prep"]
        await select(pilot, app, "gap-2026-03-10T13:55")
        await wait_for(pilot, lambda: shown(app, "Gap 12:05 → 13:55", "What fits (enter)", "30 of 105 usable min"))


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_invitations_are_shown_safely(size: tuple[int, int]) -> None:
    engine = engine_with(replace(PREP, time_zone="A/" + HOSTILE))
    app = make_app(engine)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2")
        await select(pilot, app, "Board prep")
        await pilot.press("enter")
        long = f"{HOSTILE}\n{'x' * 9000}\n{'wörd ' * 2000}"
        engine.post(messages.MeetingOpened(MeetingText(key_of(PREP), long, (Attendee(HOSTILE),))))
        await wait_for(pilot, lambda: shown(app, "About") or shown(app, "no answer"))
        for key in ("G", "k", "g", "pagedown"):
            await pilot.press(key)
            said = text_of(app)
            assert not any((ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0 for char in said)
            assert not {"\u202e", "\ud800"} & set(said)
        assert app.is_running


async def test_enter_on_a_gap_lists_what_fits_that_gap() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("2")
        await select(pilot, app, "gap-2026-03-10T13:55")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, Choices))
        await wait_for(pilot, lambda: shown(app, "What fits 105 usable min, 12:05 to 13:55", "30 of 105 usable min"))
        await pilot.press("enter")
        await wait_for(pilot, lambda: engine.launched)
        assert engine.launched[0][0] == "editor"


async def test_a_gap_names_what_fits_it_as_the_now_bar_does_and_follows_the_backlog() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: shown(app, "░ fits Voice inbox: transcr… 30m"))
        line = app.dashboard.now_bar.line
        assert line is not None
        assert line.best is not None
        assert line.best.item.title.startswith("Voice inbox: transcri")
        engine.post(messages.BacklogRefreshed(Backlog()))
        await wait_for(pilot, lambda: "░ fits" not in text_of(app))


async def test_j_and_k_go_from_entry_to_entry_however_tall_the_day_is_drawn() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None and app.agenda is not None)
        await pilot.press("2", "g")
        pane = app.dashboard.agenda
        assert len(pane.list.rows) > 20
        entries = [row.key for row in pane.list.rows if row.selectable]
        keys = [pane.key]
        for _ in entries[1:]:
            await pilot.press("j")
            keys.append(pane.key)
        assert keys == entries
        assert len(entries) == 1 + 5 + 3
        for key in reversed(keys[:-1]):
            await pilot.press("k")
            assert pane.key == key


async def test_a_click_on_the_time_of_an_entry_is_one_on_the_entry() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None and app.agenda is not None)
        pane = app.dashboard.agenda
        await wait_for(pilot, lambda: len(pane.list.rows) > 20)
        place = next(at for at, row in enumerate(pane.list.rows) if not row.selectable and "Board prep" in row.of)
        await pilot.click(pane.list, offset=(10, place))
        await wait_for(pilot, lambda: "Board prep" in (pane.key or ""))


async def test_all_day_meetings_unfold_by_enter() -> None:
    day = timedelta(days=1)
    midnight = at(0)
    whole = [Meeting(midnight, midnight + day, f"Whole {n}", "Team", n, all_day=True, busy="free") for n in "abc"]
    app = make_app(engine_with(*whole, PREP))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: shown(app, "3 all day: Whole a · Whole b"))
        await pilot.press("2", "g", "enter")
        await wait_for(pilot, lambda: shown(app, "3 all day: enter folds", "all day Whole a", "all day Whole c"))
        await pilot.press("j", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, DetailScreen))
        await pilot.press("escape", "k", "enter")
        await wait_for(pilot, lambda: shown(app, "3 all day: Whole a"))


@pytest.mark.parametrize(("size", "there"), [((54, 20), False), ((80, 24), True), ((120, 40), True), ((200, 60), True)])
async def test_the_days_ahead_stand_below_where_there_is_room(size: tuple[int, int], there: bool) -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None)
        await pilot.press("2")
        await wait_for(pilot, lambda: shown(app, "Board prep"))
        await wait_for(pilot, lambda: ("▸Tue" in text_of(app)) is there)
        assert len(["Mon" for line in text_of(app).splitlines() if "▸Tue" in line and "Mon" in line]) == there
        await pilot.press("right_square_bracket")
        await wait_for(pilot, lambda: ("▸Wed" in text_of(app)) is there)
        assert "▸Tue" not in text_of(app)


async def test_a_click_on_a_day_shows_it() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: shown(app, "▸Tue"))
        await pilot.click(app.dashboard.agenda.strip, offset=(app.dashboard.agenda.strip.size.width // 7 * 2 + 1, 1))
        await wait_for(pilot, lambda: shown(app, "2 Thu 12 Mar", "▸Thu"))
        assert [day.day for day in engine.days] == [12]


async def test_with_ascii_marks_all_of_it_is_ascii() -> None:
    later = replace(PREP, start=at(12), end=at(13), summary="Straight on", uid="z")
    engine = engine_with(*sample_agenda().meetings, later)
    app = make_app(engine, ascii_marks=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: shown(app, ">Tue", "Straight on"))
        assert {char for char in text_of(app) if not char.isascii()} == set()


async def test_what_is_old_says_from_when_it_is() -> None:
    old = CalendarState("Work", "url", fetched=at(8, 12), stale=True, error="as of 08:12, offline: no answer")
    app = make_app(engine_with(calendars=(old,)))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: shown(app, "as of 08:12 · "))
        assert "not read" not in text_of(app)


async def test_an_all_day_meeting_that_takes_the_day_says_so() -> None:
    midnight = at(0)
    offsite = Meeting(midnight, midnight + timedelta(days=1), "Offsite", "Work", "o", all_day=True, busy="busy")
    app = make_app(engine_with(offsite))
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: shown(app, "all day Offsite", "busy"))


async def test_why_a_calendar_cannot_be_read_can_be_read_whole() -> None:
    why = "`html.ics` cannot be shown: it is a web page, not a calendar; sign in, or export the calendar itself"
    app = make_app(
        engine_with(calendars=(CalendarState("Work", "file", fetched=at(8)), CalendarState("html", "file", error=why)))
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: shown(app, "× html: `html.ics` cannot"))
        await pilot.press("2", "g", "enter")
        await wait_for(pilot, lambda: shown(app, "sign in", "nothing of it"))


async def test_where_no_calendar_could_be_read_no_time_is_called_free() -> None:
    lost = CalendarState("Work", "url", error="being fetched for the first time")
    app = make_app(engine_with(calendars=(lost,)))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, lambda: shown(app, "no calendar could be read", "being fetched for the"))
        assert not shown(app, "usable")
        await pilot.press("2", "h")
        await wait_for(pilot, lambda: shown(app, "no calendar was read:"))
        assert app.screen is app.dashboard


async def test_a_day_is_worked_out_once_whatever_else_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    planned: list[date] = []

    def plan(agenda: Agenda, day: date, *rest: Any) -> DayPlan:
        planned.append(day)
        return plan_day(agenda, day, *rest)

    monkeypatch.setattr("widgets.agenda.plan_day", plan)
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None and shown(app, "fits Voice inbox"))
        built = len(planned)
        rows = app.dashboard.agenda.list.rows
        for number in range(5):
            engine.post(messages.ReposRefreshed(replace(engine.fleet, fetching=(number, 9))))
            await rest(pilot)
        await pilot.press("2", "j", "j", "slash", "b", "escape")
        await rest(pilot)
        assert len(planned) == built
        assert [row.key for row in app.dashboard.agenda.list.rows] == [row.key for row in rows]


def full_day() -> FakeEngine:
    """Twenty short meetings, one of which is under way."""
    return engine_with(*(Meeting(at(7, 2) + timedelta(minutes=25 * n), at(7, 20) + timedelta(minutes=25 * n),
                                 f"Number {n}", "Work", f"{n}") for n in range(24)))  # fmt: skip


@pytest.mark.parametrize("size", [(54, 20), (80, 24)])
async def test_what_is_on_now_is_in_view_and_under_the_cursor_until_a_key(size: tuple[int, int]) -> None:
    app = make_app(full_day())
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.agenda is not None and app.backlog is not None)
        pane = app.dashboard.agenda
        await pilot.press("2")
        await wait_for(pilot, lambda: shown(app, "━━ now ━", "Number 8"))
        home = pane.key
        assert home is not None
        assert home.endswith("Number 7")
        await pilot.press("k", "k")
        assert pane.key != home
        app.dashboard.agenda.now = NOW + timedelta(minutes=1)
        await rest(pilot)
        before = pane.key
        app.post_message(messages.AgendaRefreshed(replace(sample_agenda(), meetings=full_day().agenda.meetings[1:])))
        await rest(pilot)
        assert pane.key == before
        await pilot.press("right_square_bracket")
        await wait_for(pilot, lambda: shown(app, "no meetings"))
        await pilot.press("t")
        await wait_for(pilot, lambda: shown(app, "━━ now ━") and pane.key == home)


async def test_a_list_that_is_not_in_use_shows_now_as_well() -> None:
    app = make_app(full_day())
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: shown(app, "━━ now ━", "Number 8"))
        assert app.dashboard.current is app.dashboard.repos


class Clock:
    """Timers of an `OpenedMeeting` that run when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], None]]] = []

    def later(self, seconds: float, act: Callable[[], None]) -> Timer:
        entry = (seconds, act)
        self.waiting.append(entry)

        class Stopper:
            def stop(_self) -> None:  # noqa: N805
                self.waiting.remove(entry)

        return Stopper()  # type: ignore[return-value]

    def run(self) -> float:
        """Let the next one run; the seconds it was to wait."""
        seconds, act = self.waiting.pop(0)
        act()
        return seconds


def test_an_invitation_is_asked_for_one_at_a_time_and_again_where_no_answer_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = [100.0]
    monkeypatch.setattr("tui.screens.opened_meeting.time.monotonic", lambda: moment[0])
    clock, asked = Clock(), list[Meeting]()
    opened = OpenedMeeting(asked.append, clock.later)
    opened.show(PREP)
    opened.show(PREP)
    assert len(clock.waiting) == 1
    clock.run()
    assert asked == [PREP]
    moment[0] += 5
    opened.again()
    opened.again()
    clock.run()  # the first answer is still awaited
    assert (len(asked), len(clock.waiting)) == (1, 1)
    assert opened.receive(SAID)
    assert not opened.receive(SAID)
    assert clock.run() < 1
    assert (len(asked), opened.text) == (2, SAID)
    moment[0] += 5
    opened.again()
    clock.run()
    moment[0] += 10.1
    assert round(clock.run()) == 10  # given up
    assert len(asked) == 3
    opened.show(None)
    assert (opened.text, clock.waiting) == (None, [])
    opened.show(PREP, at_once=True)
    assert opened.text == SAID
