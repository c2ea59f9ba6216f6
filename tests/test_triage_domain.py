"""What triage proposes, with its rule, and the days it offers."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.backlog_items import NOW, items
from tui.domain.backlog import VERDICTS, Item, give_verdict
from tui.domain.triage import format_answers, later_choices, suggest


def idea(title: str = "Usage caps", **known: object) -> Item:
    return Item("a", title, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("item", "verdict", "rule"),
    [
        (idea(impact=4, edge=5), "build", "impact 4, edge 5: needs what only you know"),
        (idea(impact=3, edge=4, person="Ana"), "build", "impact 3, edge 4: needs what only you know"),
        (idea(impact=1, edge=5), "drop", "impact 1: little changes if it exists"),
        (idea(impact=5, edge=2), "delegate", "edge 2: does not need what only you know"),
        (idea(person="Ana"), "delegate", "names Ana"),
        (idea(impact=3, edge=3, estimate=60), "build", "impact 3 × edge 3 in 60 min: leverage 9"),
        (idea(impact=3, edge=3, estimate=90), "later", "leverage 6, not worth the next gap"),
        (idea(impact=2, edge=5, estimate=30), "later", "leverage 20, not worth the next gap"),
        (idea(impact=3, estimate=30), "build", "impact 3 in 30 min"),
        (idea("Ask: could replies be drafted?"), "delegate", "begins with `ask`"),
        (idea(created=NOW - timedelta(days=60)), "drop", "60 days old and never rated"),
        (idea(impact=1, owned=True), "drop", "impact 1"),
        (idea(impact=4, edge=5, owned=True), "delegate", "somebody owns it already"),
        (idea(owned=True, person="Ana"), "delegate", "Ana owns it already"),
        (idea(ambiguous=True, cheap=False, impact=4, edge=5), "later", "settle the question first"),
        (idea(ambiguous=False, cheap=False), "delegate", "a wrong answer is dear"),
        (idea(ambiguous=True, cheap=True, edge=1), "build", "a prototype answers it"),
        (idea(crossing=True, cheap=True), "build", "crosses teams"),
        (idea(ambiguous=False, crossing=False, cheap=True), "delegate", "clear, and within one team"),
    ],
)
def test_a_verdict_comes_with_the_rule_that_gives_it(item: Item, verdict: str, rule: str) -> None:
    found = suggest(item, NOW)
    assert found is not None
    assert found[0] == verdict
    assert rule in found[1]


@pytest.mark.parametrize(
    "item",
    [
        idea(),
        idea("Asking prices"),
        idea(created=NOW - timedelta(days=59)),
        idea(impact=3, created=NOW - timedelta(days=600)),
        idea(edge=3),
        idea(edge=5),
        idea(impact=3, edge=3),
        idea(impact=5, estimate=45),
        idea(ambiguous=True),
        idea(cheap=True),
        idea(crossing=True, owned=False),
        idea(ambiguous=False, cheap=True),
    ],
)
def test_where_too_little_is_known_nothing_is_proposed(item: Item) -> None:
    assert suggest(item, NOW) is None


@settings(max_examples=200, deadline=None)
@given(items())
def test_any_item_gets_an_honest_answer(item: Item) -> None:
    found = suggest(item, NOW)
    if found:
        assert found[0] in VERDICTS
        assert found[1]


def test_the_days_of_later() -> None:
    assert later_choices(date(2026, 1, 31)) == (
        ("tomorrow", date(2026, 2, 1)),
        ("next Monday", date(2026, 2, 2)),
        ("in 2 weeks", date(2026, 2, 14)),
        ("in a month", date(2026, 2, 28)),
    )
    monday = later_choices(date(2026, 12, 7))
    assert monday[1] == ("next Monday", date(2026, 12, 14))
    assert monday[3] == ("in a month", date(2027, 1, 7))


@given(st.dates(date(1970, 1, 1), date(2200, 1, 1)))
def test_every_day_of_later_is_one_that_later_takes(today: date) -> None:
    now = NOW.replace(year=today.year, month=today.month, day=today.day)
    for _, until in later_choices(today):
        assert give_verdict(idea(), "later", now, until=until).until == until
        assert timedelta(0) < until - today <= timedelta(days=31)
    assert later_choices(today)[1][1].weekday() == 0


def test_answers_are_told_in_the_order_they_are_asked() -> None:
    assert format_answers(idea()) == ""
    assert format_answers(idea(owned=False, ambiguous=True)) == "still ambiguous: yes · owned by someone: no"
