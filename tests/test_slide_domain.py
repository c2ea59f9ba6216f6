"""Slide debt: which meetings an item was explained in, against labelled titles, and what counts as such a meeting."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.slide_titles import COMPOUND, HELD, TUNED, all_titles
from tui.domain.agenda import Meeting
from tui.domain.backlog import Item
from tui.domain.shelves import ordered
from tui.domain.slide import (
    MOST_MEETINGS,
    Past,
    PastMeeting,
    SlideDebt,
    SlideDebts,
    debt_line,
    explained,
    format_debt,
    most_explained_first,
    on_clock,
    past_meetings,
)
from tui.domain.telling import plain_title, stem, telling_words

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
CAPS = Item("i", "Usage caps simulator for sales calls", "build", estimate=90)


def told(*titles: str, invited: bool = True) -> Past:
    """A past with a meeting of 50 minutes for each title, an hour apart, the first one last."""
    met = [
        PastMeeting(title, NOW - timedelta(hours=number), 50, "Work", invited) for number, title in enumerate(titles)
    ]
    return Past(tuple(met))


def meeting(hours: float, title: str = "Usage caps", *, minutes: int = 60, **facts: object) -> Meeting:
    start = NOW - timedelta(hours=hours)
    facts = {"calendar": "Work", "uid": f"{hours}", **facts}
    return Meeting(start, start + timedelta(minutes=minutes), title, **facts)  # type: ignore[arg-type]


def score(labelled: Mapping[str, tuple[str, ...]]) -> tuple[set[tuple[str, str]], set[tuple[str, str]], int]:
    """The pairs found wrongly and those missed, and how many there are to be found."""
    debts = SlideDebts(told(*all_titles()), ("focus time",))
    found = {(title, met.title) for title in labelled for met in debts.about(Item("i", title))}
    wanted = {(title, met) for title, mets in labelled.items() for met in mets}
    return found - wanted, wanted - found, len(wanted)


@pytest.mark.parametrize(("labelled", "recall"), [(TUNED, 0.95), (HELD, 0.9), (COMPOUND, 0.9)])
def test_of_labelled_titles_none_is_found_wrongly_and_most_are_found(
    labelled: Mapping[str, tuple[str, ...]], recall: float
) -> None:
    wrong, missed, there = score(labelled)
    assert wrong == set()
    assert 1 - len(missed) / there >= recall, missed


def test_there_are_labels_enough_to_say_so() -> None:
    pairs = sum(len(mets) for labelled in (TUNED, HELD, COMPOUND) for mets in labelled.values())
    assert pairs >= 60
    assert len(all_titles()) >= 250


def test_meetings_are_counted_with_their_minutes_and_the_newest_are_named() -> None:
    debts = SlideDebts(told("Usage caps: pricing", "Staff meeting", "Usage caps", "Usage caps", "usage-cap review"))
    debt = debts.of(CAPS)
    assert debt is not None
    assert (debt.times, debt.minutes) == (4, 200)
    assert [met.title for met in debt.meetings] == ["Usage caps: pricing", "Usage caps", "Usage caps"]
    assert debts.of(CAPS) is debt
    assert debts.of(Item("j", "Evals for the refund agent")) is None


def test_a_block_for_making_named_after_the_item_is_no_meeting_about_it() -> None:
    assert SlideDebts(told(CAPS.title, invited=False)).of(CAPS) is None
    assert SlideDebts(told(CAPS.title.upper() + "!", invited=False)).of(CAPS) is None
    assert SlideDebts(told(CAPS.title)).of(CAPS) is not None
    assert SlideDebts(told("Usage caps", invited=False)).of(CAPS) is not None
    assert SlideDebts(told("Focus time: usage caps simulator"), ("focus time", " ")).of(CAPS) is None


def test_whom_one_meets_alone_is_no_idea() -> None:
    debts = SlideDebts(
        told("1:1 Ana", "Ana <> Noor 1:1", "1:1 with Tomasz Nowak", "Ana", "1-on-1 José", "1:1 usage caps")
    )
    for title in ("Ana", "Ana's dashboard", "Tomasz Nowak", "José onboarding"):
        assert debts.of(Item("i", title)) is None
    assert debts.of(CAPS) is not None


def test_the_name_of_an_area_tells_nothing() -> None:
    many = [f"Billing {chr(97 + number)}{chr(98 + number)}c" for number in range(20)]
    debts = SlideDebts(told("Billing", *many, *(f"Alpha{number} beta{number}" for number in range(20))))
    assert debts.of(Item("i", "Billing")) is None


def test_what_is_explained_all_the_time_still_counts() -> None:
    often = [f"Usage caps: {subject}" for subject in ("sales", "legal", "pricing", "support", "partners", "finance")]
    debt = SlideDebts(told("Usage caps", *often, "Board prep")).of(CAPS)
    assert debt is not None
    assert debt.times == 7


def test_what_did_not_take_this_persons_time_for_certain_is_left_out() -> None:
    whole_day = Meeting(
        NOW.replace(hour=0) - timedelta(days=3), NOW.replace(hour=0) - timedelta(days=2), "Usage caps", "Work", "w",
        all_day=True,
    )  # fmt: skip
    left_out = (
        whole_day,
        meeting(5, busy="free", status="cancelled"),
        meeting(6, busy="free", response="declined"),
        meeting(7, busy="tentative", response="needs-action"),
        meeting(8, busy="away"),
        meeting(9, minutes=0),
        meeting(40, minutes=8 * 60 + 1),
        meeting(0.5),
        meeting(-4),
    )
    assert past_meetings(left_out, NOW) == ()
    (kept,) = past_meetings((*left_out, meeting(1, organizer="Ana")), NOW)
    assert (kept.title, kept.minutes, kept.calendar, kept.invited) == ("Usage caps", 60, "Work", True)


def test_a_meeting_that_two_calendars_have_counts_once() -> None:
    series = (meeting(3, uid="s"), meeting(27, uid="s"))
    copies = (meeting(3, uid="s", calendar="Team", title="[copy]"), meeting(27, uid="other", title="USAGE  caps"))
    found = past_meetings((*series, *copies), NOW)
    assert [met.start for met in found] == [NOW - timedelta(hours=3), NOW - timedelta(hours=27)]
    without = (meeting(3, uid=""), meeting(3, uid="", title="Pricing"), meeting(3, uid="", calendar="Team"))
    assert sorted(met.title for met in past_meetings(without, NOW)) == ["Pricing", "Usage caps"]


def test_the_newest_are_looked_at_where_they_are_too_many() -> None:
    found = past_meetings([meeting(1 + number / 60, f"{number}") for number in range(MOST_MEETINGS + 5)], NOW)
    assert len(found) == MOST_MEETINGS
    assert found[0].title == "0"


def test_times_are_told_on_the_clock_of_whoever_looks() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    (met,) = on_clock(told("Usage caps"), tokyo).meetings
    assert (met.start, met.start.tzinfo) == (NOW, tokyo)


@pytest.mark.parametrize(
    ("minutes", "times", "said"),
    [
        (200, 4, "explained in 4 meetings, 3 h 20"),
        (45, 1, "explained in 1 meeting, 45 min"),
        (120, 2, "explained in 2 meetings, 2 h"),
    ],
)
def test_it_is_said_as_people_say_it(minutes: int, times: int, said: str) -> None:
    debt = SlideDebt(times, minutes)
    assert format_debt(debt) == said
    assert said.startswith(explained(debt))
    assert debt_line(CAPS, debt) == f"{said} · estimate 90 min"
    assert debt_line(replace(CAPS, estimate=None), debt) == said
    assert debt_line(CAPS, None) == ""


def test_most_explained_comes_first_and_what_is_anothers_stays() -> None:
    items = (Item("a", "Retry budget", "build", impact=5), CAPS, Item("b", "Audit log viewer", "build"))
    others = (Item("c", "Retry budget", "delegated"), replace(CAPS, id="d", state="delegated"))
    debts = SlideDebts(told("Usage caps", "Audit log viewer", "Audit logs viewer", "Audit log"))
    build, delegated = (
        most_explained_first(section, debts) for section in ordered((*items, *others), date(2026, 3, 10))
    )
    assert [item.id for item in build.items] == ["b", "i", "a"]
    assert [item.id for item in delegated.items] == ["c", "d"]


@pytest.mark.parametrize(
    "forms",
    [
        ("cap", "caps", "capped", "capping"),
        ("price", "prices", "priced", "pricing"),
        ("policy", "policies"),
        ("limit", "limits", "limiter", "limiting", "limite", "limites", "limitation"),
        ("simulate", "simulator", "simulation", "simulations"),
        ("export", "exports", "exporter", "exporting"),
        ("process", "processes", "processing"),
        ("rechnung", "rechnungen"),
        ("preis", "preise"),
        ("limitacao", "limitacoes"),
        ("precio", "precios"),
    ],
)
def test_forms_of_a_word_are_one(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("server", "service"), ("token", "toke"), ("meter", "met"), ("status", "stat")]
)
def test_other_words_stay_others(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Weekly sync: Usage caps (Q3 2026, week 12)", ("usag", "cap")),
        ("E-mail what-if for the board's roll-out", ("email", "whatif", "rollout")),
        ("SOC-2 / ISO 27001", ("soc2", "iso", "27001")),
        ("Besprechung: l'équipe à Köln", ("equip", "koln")),
        ("ＵＳＡＧＥ　ＣＡＰＳ", ("usag", "cap")),
        ("料金上限シミュレーターの定例", ("料金", "金上", "上限", "シミュレーター")),
        ("요금을 논의", ("요금",)),
        ("1:1", ()),
        ("", ()),
    ],
)  # fmt: skip
def test_what_tells_is_left(title: str, words: tuple[str, ...]) -> None:
    assert telling_words(title).words == words


def test_titles_that_read_the_same_are_equal() -> None:
    assert plain_title("  USAGE caps – Überblick!") == plain_title("usage  Caps, uberblick")


@given(st.lists(st.text(max_size=60), max_size=6), st.text(max_size=400))
def test_no_text_makes_it_fail(titles: list[str], title: str) -> None:
    debts = SlideDebts(told(*titles), ("focus",))
    debt = debts.of(Item("i", title))
    assert debt is None or 0 < debt.times <= len(titles)
    found = past_meetings([meeting(2 + number, one) for number, one in enumerate(titles)], NOW)
    assert len(found) == len(titles)


@given(st.lists(st.sampled_from([*all_titles(), *TUNED]), min_size=1, max_size=30), st.randoms())
def test_the_order_of_the_past_changes_no_count(titles: list[str], random: object) -> None:
    past = told(*titles)
    mixed = list(past.meetings)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = SlideDebts(past), SlideDebts(replace(past, meetings=tuple(mixed)))
    for title in TUNED:
        debt, again = one.of(Item("i", title)), other.of(Item("i", title))
        assert (debt and (debt.times, debt.minutes)) == (again and (again.times, again.minutes))
