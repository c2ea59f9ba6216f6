"""What fits, why, and what the Now bar says in each situation."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path, PurePath
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from tui.domain.agenda import Agenda, Busy, CalendarState, Meeting
from tui.domain.backlog import STATES, Item, State
from tui.domain.fitting import NowLine, best_fit, fits, now_line
from tui.domain.planning import PlanningRules, WorkingHours
from tui.domain.repos import Fleet, Kind, Repository, find_named

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)
RULES = PlanningRules()


def at(clock: str, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), BERLIN)


def meeting(start: str, end: str, summary: str = "Board prep", busy: Busy = "busy", day: date = MONDAY) -> Meeting:
    return Meeting(at(start, day), at(end, day), summary, "Work", busy=busy)


def item(
    name: str, estimate: int | None = 45, impact: int | None = 4, edge: int | None = 4, state: State = "build"
) -> Item:
    return Item(name, name, state, estimate=estimate, impact=impact, edge=edge)


def agenda(*meetings: Meeting, days: int = 9, calendars: tuple[CalendarState, ...] | None = None) -> Agenda:
    read = (CalendarState("Work", "file", at("08:00")),)
    return Agenda(
        at("00:00"),
        at("00:00", MONDAY + timedelta(days=days)),
        "Europe/Berlin",
        meetings,
        read if calendars is None else calendars,
    )


def line(clock: str, *meetings: Meeting, rules: PlanningRules = RULES, items: tuple[Item, ...] = ()) -> NowLine:
    return now_line(agenda(*meetings), items, None, rules, at(clock))


BILLING = Repository(Path("/home/noor/src/acme/billing"), "billing")


def reason(named: str, *repos: Repository, complete: bool = True) -> tuple[str, ...]:
    fleet = Fleet(repos, complete=complete)
    (fit,) = fits([replace(item("caps"), repo=named)], 60, fleet)
    return fit.reasons[2:]


class TestFits:
    def test_best_leverage_first_then_longer_then_as_given(self) -> None:
        items = [
            item("slow", 60, 5, 5),
            item("even", 30, 4, 2),
            item("same", 30, 2, 4),
            item("longer", 45, 4, 3),
            item("fast", 15, 3, 3),
        ]
        found = fits(items, 60, None)
        assert [fit.item.id for fit in found] == ["fast", "slow", "longer", "even", "same"]
        assert [fit.score for fit in found] == [36, 25, 16, 16, 16]

    @pytest.mark.parametrize(
        ("estimate", "fit"), [(None, False), (0, False), (-5, False), (1, True), (52, True), (53, False)]
    )
    def test_estimate_within_usable_minutes(self, estimate: int | None, fit: bool) -> None:
        assert bool(fits([item("caps", estimate)], 52, None)) is fit

    def test_only_what_is_to_build(self) -> None:
        items = [item(state, state=state) for state in STATES]
        assert [fit.item.state for fit in fits(items, 480, None)] == ["build"]

    @pytest.mark.parametrize(
        ("one", "wanted"),
        [
            (item("caps", 45, 3, 3), ("45 of 52 usable min", "leverage 12")),
            (item("caps", 50, 1, 1), ("50 of 52 usable min", "leverage 1.2")),
            (item("caps", 30, 1, 1), ("30 of 52 usable min", "leverage 2")),
            (item("caps", 45, None, 3), ("45 of 52 usable min", "leverage 12, partly assumed")),
            (item("caps", 45, 3, None), ("45 of 52 usable min", "leverage 12, partly assumed")),
        ],
    )
    def test_reasons(self, one: Item, wanted: tuple[str, ...]) -> None:
        (fit,) = fits([one], 52, None)
        assert fit.reasons == wanted

    @pytest.mark.parametrize(
        ("repo", "wanted"),
        [
            (BILLING, "repo clean"),
            (replace(BILLING, behind=3, ahead=1), "repo clean, 3 to pull"),
            (replace(BILLING, staged=1, untracked=3), "4 changed in `billing`"),
            (replace(BILLING, operation="rebase", conflicted=2), "rebase under way in `billing`"),
            (replace(BILLING, error="no answer within 10 s"), "`billing` cannot be read"),
        ],
    )
    def test_state_of_the_repository(self, repo: Repository, wanted: str) -> None:
        assert reason("billing", repo) == (wanted,)

    @pytest.mark.parametrize(
        "named", ["billing", "Billing", "acme/billing", "~/src/acme/billing", "/home/noor/src/acme/billing"]
    )
    def test_a_repository_by_name_or_path(self, named: str) -> None:
        assert reason(named, BILLING) == ("repo clean",)

    @pytest.mark.parametrize("named", ["bill", "other/billing", "~", "/home/kim/src/acme/billing"])
    def test_a_repository_that_is_not_there(self, named: str) -> None:
        assert reason(named, BILLING) == ("repo not found",)

    def test_what_is_not_known_is_not_said(self) -> None:
        assert reason("voicebox", BILLING, complete=False) == ()
        assert reason("billing", replace(BILLING, pending=True)) == ()
        assert reason("  ", BILLING) == ("no repo yet",)

    def test_the_work_tree_before_its_lane(self) -> None:
        lane = Repository(Path("/home/noor/lanes/billing"), "billing", "linked", BILLING.path, untracked=2)
        assert reason("billing", lane, BILLING) == ("repo clean",)
        assert reason("lanes/billing", lane, BILLING) == ("2 changed in `billing`",)


class Counted(str):
    """A name that counts how often it is looked at."""

    looks = 0
    __slots__ = ()

    def casefold(self) -> str:
        Counted.looks += 1
        return super().casefold()


def looked_for(fleet: Fleet, named: str) -> Repository | None:
    """What `find_named` promises, by asking every repository."""
    named = named.strip()
    tail = tuple(part for part in PurePath(named).parts if part != "~")
    found = [
        repo
        for repo in fleet.repositories
        if tail and (repo.name.casefold() == named.casefold() or repo.path.parts[-len(tail) :] == tail)
    ]
    return min(found, key=lambda repo: repo.kind != "worktree", default=None)


class TestManyItems:
    KINDS: tuple[Kind, ...] = ("linked", "worktree", "bare")
    PATHS = ("/", "/a", "/a/b", "/b/a", "/A/b", "/a/b/a", "b", "", "/b/b", "/x/a", "/x/Ab", "/x/aB")

    @pytest.mark.parametrize(
        "named",
        [
            "",
            " ",
            "/",
            "~",
            "~/a",
            "a",
            "A",
            " b ",
            "a/b",
            "/a/b",
            "b/a",
            "ab",
            "AB",
            "x/aB",
            "c",
            "a/",
            "./a",
            "a/../b",
        ],
    )
    def test_a_name_finds_what_asking_every_repository_does(self, named: str) -> None:
        for turn in range(len(self.KINDS)):
            rows = tuple(
                Repository(Path(path), Path(path).name or "a", self.KINDS[(turn + number) % 3])
                for number, path in enumerate(self.PATHS)
            )
            for fleet in (Fleet(rows), Fleet(rows[::-1]), Fleet(rows[3:]), Fleet()):
                assert find_named(fleet, named) is looked_for(fleet, named)

    def test_every_repository_is_looked_at_once_not_once_an_item(self) -> None:
        fleet = Fleet(tuple(Repository(Path(f"/src/r{n}"), Counted(f"r{n}")) for n in range(50)))
        items = [replace(item(f"i{n}"), repo=f"r{n % 60}") for n in range(300)]
        for ask in (fits, best_fit):
            Counted.looks = 0
            assert ask(items, 60, fleet)
            assert Counted.looks == 50
        found = fits(items, 60, fleet)
        assert [fit.reasons[2] for fit in found] == [
            "repo clean" if n % 60 < 50 else "repo not found" for n in range(300)
        ]

    def test_the_best_is_the_first_that_fits(self) -> None:
        fleet = Fleet((BILLING,))
        items = [replace(item(f"i{n}", 5 + n % 7, n % 3 + 1, n % 5 + 1), repo="billing") for n in range(60)]
        for end in range(0, 60, 7):
            for minutes in (0, 5, 8, 60):
                found = fits(items[:end], minutes, fleet)
                assert best_fit(items[:end], minutes, fleet) == (found[0] if found else None)


class TestNowLine:
    PREP = meeting("11:00", "12:00")

    def test_in_a_gap(self) -> None:
        caps = item("caps", 38)
        said = line("10:12", meeting("09:00", "10:00", "Staff"), self.PREP, items=(item("long", 39), caps))
        assert said.situation == "in_gap"
        assert (said.current, said.next_meeting) == (None, self.PREP)
        assert (said.minutes_to_next, said.minutes_until, said.until) == (48, 48, at("11:00"))
        assert said.gap is not None
        assert (said.gap.end, said.usable_minutes) == (at("10:55"), 38)
        assert said.best is not None
        assert said.best.item == caps

    def test_it_changes_with_the_minute(self) -> None:
        assert line("10:12:00", self.PREP) == line("10:12:59.999999", self.PREP)
        assert line("10:12", self.PREP) != line("10:13", self.PREP)

    def test_a_gap_that_ends_with_work(self) -> None:
        said = line("17:00", self.PREP)
        assert (said.situation, said.until, said.minutes_until) == ("in_gap", at("18:00"), 60)
        assert (said.usable_minutes, said.next_meeting) == (55, None)

    def test_right_after_a_meeting_is_free_time_too(self) -> None:
        said = line("10:02", meeting("09:00", "10:00", "Staff"), self.PREP)
        assert (said.situation, said.minutes_until, said.usable_minutes) == ("in_gap", 58, 45)

    def test_in_a_meeting(self) -> None:
        said = line("11:20", self.PREP, meeting("12:00", "13:00", "Lunch talk"), items=(item("caps", 240),))
        assert (said.situation, said.current) == ("in_meeting", self.PREP)
        assert (said.until, said.minutes_until) == (at("12:00"), 40)
        assert said.gap is not None
        assert (said.gap.start, said.gap.minutes) == (at("13:05"), 295)
        assert said.best is not None

    def test_a_meeting_outside_work(self) -> None:
        said = line("20:00", meeting("19:30", "21:00", "Investors"))
        assert (said.situation, said.until) == ("in_meeting", at("21:00"))

    def test_a_meeting_that_does_not_block(self) -> None:
        maybe = meeting("10:00", "12:00", "Meet-up", "tentative")
        assert line("10:30", maybe).situation == "in_meeting"
        lenient = line("10:30", maybe, rules=PlanningRules(tentative_blocks=False))
        assert (lenient.situation, lenient.current, lenient.until) == ("in_gap", maybe, at("18:00"))

    def test_a_stretch_too_short(self) -> None:
        said = line("10:48", self.PREP)
        assert (said.situation, said.minutes_to_next, said.until) == ("short", 12, None)
        assert said.gap is not None
        assert said.gap.start == at("12:05")

    def test_before_work(self) -> None:
        said = line("08:30", self.PREP)
        assert (said.situation, said.minutes_to_next) == ("short", 150)
        assert said.gap is not None
        assert said.gap.start == at("09:00")
        assert line("08:58").situation == "short"
        assert line("09:00").situation == "in_gap"

    def test_day_over(self) -> None:
        standup = meeting("09:30", "10:00", "Stand-up", day=MONDAY + timedelta(days=1))
        said = line("18:30", self.PREP, standup)
        assert (said.situation, said.next_meeting, said.minutes_to_next) == ("day_over", standup, 900)
        assert said.gap is not None
        assert (said.gap.start, said.gap.end) == (
            at("09:00", MONDAY + timedelta(days=1)),
            at("09:25", MONDAY + timedelta(days=1)),
        )

    def test_over_the_weekend(self) -> None:
        friday = MONDAY + timedelta(days=4)
        said = now_line(agenda(), (), None, RULES, at("18:30", friday))
        assert said.situation == "day_over"
        assert said.gap is not None
        assert said.gap.start == at("09:00", MONDAY + timedelta(days=7))

    def test_a_day_off(self) -> None:
        assert now_line(agenda(), (), None, RULES, at("11:00", MONDAY + timedelta(days=5))).situation == "day_over"

    def test_away_all_day(self) -> None:
        off = Meeting(at("00:00"), at("00:00", date(2026, 11, 24)), "Leave", "Work", busy="away", all_day=True)
        said = line("11:00", off)
        assert (said.situation, said.current) == ("day_over", None)

    def test_no_gap_is_promised_beyond_what_the_agenda_covers(self) -> None:
        today_only = agenda(days=1)
        assert now_line(today_only, (), None, RULES, at("19:00")).gap is None
        assert now_line(today_only, (), None, RULES, at("17:00")).gap is not None

    def test_no_gap_within_seven_days(self) -> None:
        rules = PlanningRules(working_hours=WorkingHours((None,) * 7))
        assert line("11:00", rules=rules).gap is None

    def test_no_calendar(self) -> None:
        said = now_line(agenda(calendars=()), (item("caps"),), None, RULES, at("11:00"))
        assert said == NowLine("no_calendar")

    def test_calendars_that_never_could_be_read_promise_no_free_time(self) -> None:
        broken = CalendarState("Work", "file", error="`work.ics` is not a calendar")
        said = now_line(agenda(calendars=(broken,)), (), None, RULES, at("11:00"))
        assert said == NowLine("no_calendar", stale_note="calendar cannot be read")

    @pytest.mark.parametrize(
        ("calendars", "note"),
        [
            ((CalendarState("Work", "file", at("08:40")),), ""),
            ((CalendarState("Work", "file", at("08:40"), True, "gone"),), "calendar from 08:40"),
            ((CalendarState("Work", "url", at("08:40"), True, "it answered 500"),), "calendar from 08:40"),
            (
                (CalendarState("Work", "url", at("08:40"), True, "no answer", offline=True),),
                "calendar from 08:40, offline",
            ),
            (
                (
                    CalendarState("Work", "file", at("08:40"), True, "gone"),
                    CalendarState("Team", "file", at("17:05", date(2026, 11, 20)), True, "gone"),
                    CalendarState("Home", "file", at("08:00")),
                ),
                "calendar `Team` from 2026-11-20 17:05",
            ),
            (
                (CalendarState("Work", "file", at("08:40")), CalendarState("Team", "file", error="gone")),
                "calendar `Team` cannot be read",
            ),
        ],
    )
    def test_stale_note(self, calendars: tuple[CalendarState, ...], note: str) -> None:
        said = now_line(agenda(self.PREP, calendars=calendars), (), None, RULES, at("10:12"))
        assert (said.situation, said.stale_note) == ("in_gap", note)

    def test_across_a_clock_change(self) -> None:
        sunday = date(2026, 10, 25)
        rules = PlanningRules(working_hours=WorkingHours(((time(1), time(6)),) * 7))
        early = Meeting(at("05:00", sunday), at("05:30", sunday), "Cut-over", "Work")
        known = replace(agenda(early), start=at("00:00", sunday))
        said = now_line(known, (), None, rules, at("02:30", sunday).replace(fold=0))
        assert (said.situation, said.minutes_until, said.minutes_to_next) == ("in_gap", 210, 210)
        again = now_line(known, (), None, rules, at("02:30", sunday).replace(fold=1))
        assert (again.minutes_until, again.usable_minutes) == (150, 140)

    def test_now_in_utc(self) -> None:
        said = now_line(agenda(self.PREP), (), None, replace(RULES), at("10:12").astimezone(UTC))
        assert said.until == at("11:00")
