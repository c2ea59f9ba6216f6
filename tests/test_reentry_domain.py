"""What getting back into a repository costs: by days, for lanes, for what is not known."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tui.domain.backlog import Item
from tui.domain.fitting import Fit, best_fit, fits
from tui.domain.planning import PlanningRules
from tui.domain.reentry import Reentry, WorkedAt, format_rule, reentry_minutes, worked_at
from tui.domain.repos import Commit, Fleet, Moved, Repository

NOW = datetime(2026, 3, 10, 10, 12, tzinfo=UTC)
RULE = PlanningRules().reentry_minutes
RISING = st.lists(st.integers(0, 240), min_size=4, max_size=4).map(lambda minutes: tuple(sorted(minutes)))
BILLING = Repository(Path("/src/billing"), "billing", head="1" * 40)


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def fit(repo: Repository, *others: Repository, estimate: int = 30, usable: int = 60) -> Fit | None:
    """Whether an item of `repo` fits, and why."""
    item = Item("i", "Caps", "build", estimate=estimate, impact=3, edge=3, repo=repo.name)
    found = fits([item], usable, Fleet((repo, *others)), Reentry(RULE, NOW))
    assert best_fit([item], usable, Fleet((repo, *others)), Reentry(RULE, NOW)) == (found[0] if found else None)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("days", "minutes"),
    [(-1, 0), (0, 0), (1, 5), (6, 5), (7, 10), (29, 10), (30, 15), (4000, 15), (None, 15)],
)
def test_the_rule_by_days(days: int | None, minutes: int) -> None:
    assert reentry_minutes(days, RULE) == minutes
    assert reentry_minutes(days, ()) == reentry_minutes(days, (0, 0, 0, 0)) == 0


@given(RISING, st.integers(0, 400), st.integers(0, 400))
def test_a_rising_rule_never_costs_less_for_longer_ago(rule: tuple[int, ...], one: int, other: int) -> None:
    assert reentry_minutes(min(one, other), rule) <= reentry_minutes(max(one, other), rule)
    assert reentry_minutes(max(one, other), rule) <= reentry_minutes(None, rule)


def test_the_rule_in_words() -> None:
    assert format_rule(RULE) == (
        "re-entry min: 0 within a day of your last work there, 5 within a week, 10 within a month, else 15"
    )
    assert format_rule((0, 0, 0, 0)) == format_rule(()) == ""


@pytest.mark.parametrize(
    ("worked", "usable", "words"),
    [
        (ago(hours=23), 60, None),
        (ago(days=-3), 60, None),
        (ago(days=1), 55, "re-entry 5 min: last here yesterday"),
        (ago(days=12), 50, "re-entry 10 min: last here 12 days ago"),
        (ago(days=45), 45, "re-entry 15 min: last here 45 days ago"),
        (None, 45, "re-entry 15 min: no work of yours known here"),
    ],
)
def test_the_minutes_come_off_and_the_reasons_say_why(worked: datetime | None, usable: int, words: str | None) -> None:
    repo = replace(BILLING, worked_at=worked)
    found = fit(repo)
    assert found is not None
    assert found.reasons[0] == f"30 of {usable} usable min"
    assert [reason for reason in found.reasons if "re-entry" in reason] == ([words] if words else [])
    assert found.reasons[-1] == "repo clean"
    assert fit(repo, estimate=usable) is not None
    assert fit(repo, estimate=usable + 1) is None


@pytest.mark.parametrize(
    "repo",
    [
        replace(BILLING, unborn=True, head=None),
        replace(BILLING, pending=True),
        replace(BILLING, error="no answer within 10 s"),
    ],
)
def test_an_empty_repository_and_one_not_read_yet_cost_nothing(repo: Repository) -> None:
    found = fit(repo, estimate=60)
    assert found is not None
    assert not any("re-entry" in reason for reason in found.reasons)


def test_what_was_known_of_a_repository_holds_while_it_is_read_again() -> None:
    found = fit(replace(BILLING, pending=True, worked_at=ago(days=8)))
    assert found is not None
    assert "re-entry 10 min: last here 8 days ago" in found.reasons


def test_an_item_without_a_known_repository_costs_nothing() -> None:
    fleet, rule = Fleet((BILLING,)), Reentry(RULE, NOW)
    for named in ("", "nowhere"):
        (found,) = fits([Item("i", "Caps", "build", estimate=60, repo=named)], 60, fleet, rule)
        assert found.reasons[0] == "60 of 60 usable min"
    item = Item("i", "Caps", "build", estimate=60, repo="billing")
    assert fits([item], 60, None, rule)
    assert fits([item], 60, fleet)
    assert not fits([item], 60, fleet, rule)


def test_the_latest_of_all_signs_of_work_counts() -> None:
    theirs = Moved(Commit("a" * 40, "Ana", ago(minutes=5), "Cap"), "origin/main", by_me=False)
    mine = Moved(Commit("b" * 40, "Kim", ago(hours=3), "Cap"), "origin/main", by_me=True)
    assert worked_at(replace(BILLING, moved=(theirs,))) is None
    assert worked_at(replace(BILLING, moved=(theirs, mine), worked_at=ago(days=3))) == ago(hours=3)
    assert worked_at(replace(BILLING, moved=(mine,), changed_at=ago(hours=1))) == ago(hours=1)


def test_work_in_a_lane_counts_for_its_repository_and_not_the_other_way_round() -> None:
    lane = Repository(Path("/src/billing-caps"), "billing-caps", "linked", BILLING.path, worked_at=ago(hours=2))
    module = Repository(Path("/src/billing/lib"), "lib", "submodule", BILLING.path, worked_at=ago(hours=1))
    repo = replace(BILLING, worked_at=ago(days=20))
    worked = WorkedAt((repo, lane, module))
    assert worked.of(repo) == ago(hours=2)
    assert worked.of(replace(lane, worked_at=None)) is None
    found = fit(repo, lane, module)
    assert found is not None
    assert found.reasons[0] == "30 of 60 usable min"


def test_days_are_spans_of_time_across_a_clock_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before, after = datetime(2026, 3, 28, 12, tzinfo=berlin), datetime(2026, 3, 29, 12, tzinfo=berlin)
    assert Reentry(RULE, after).cost(BILLING, before).minutes == 0  # 23 hours
    assert Reentry(RULE, after + timedelta(hours=1)).cost(BILLING, before).minutes == 5
