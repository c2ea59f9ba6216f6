"""Values as text: exact widths whatever the text, and the words for times and durations."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from widgets.formats import (
    count,
    cut,
    facts,
    fit,
    format_age,
    format_day,
    format_minutes,
    format_path,
    wrap,
)

NOW = datetime(2026, 3, 10, 10, 12, tzinfo=UTC)
TEXTS = st.text(max_size=80) | st.text(alphabet="日本語🙂e\u0301\u202e\x1b[]ab ", max_size=80)


@given(TEXTS, st.integers(0, 60))
def test_fitted_text_takes_exactly_its_cells(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit(text, width, right=True)) == width


@given(TEXTS, st.integers(0, 60))
def test_cut_text_takes_no_more_than_its_cells(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width


@given(TEXTS, st.integers(1, 60))
def test_wrapped_lines_fit_and_lose_no_word(text: str, width: int) -> None:
    lines = wrap(text, max(width, 2), lines=1000)
    assert all(cell_len(line) <= max(width, 2) for line in lines)


@given(TEXTS, TEXTS, st.integers(12, 80))
def test_facts_are_rows_for_any_text(label: str, value: str, width: int) -> None:
    assert facts([(label[:10], value)], width)


def test_what_is_cut_says_so() -> None:
    assert cut("repository", 6) == "repos…"
    assert fit("abc", 5, right=True) == "  abc"


@pytest.mark.parametrize(
    ("ago", "said"),
    [(timedelta(seconds=30), "now"), (timedelta(minutes=5), "5m"), (timedelta(hours=3), "3h"),
     (timedelta(days=2), "2d"),
     (timedelta(days=13), "13d"), (timedelta(days=14), "2w"), (timedelta(days=69), "9w"), (timedelta(days=70), "2mo"),
     (timedelta(days=729), "24mo"), (timedelta(days=730), "2y"), (timedelta(days=-9), "now")],
)  # fmt: skip
def test_ages(ago: timedelta, said: str) -> None:
    assert format_age(NOW - ago, NOW) == said
    assert len(said) <= 4


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0m"), (45, "45m"), (90, "90m"), (120, "2h"), (168, "2h48"), (725, "12h05")]
)
def test_durations(minutes: int, said: str) -> None:
    assert format_minutes(minutes) == said


def test_days_and_counts_and_paths() -> None:
    today = date(2026, 3, 10)
    days = [format_day(today + timedelta(days=days), today) for days in (0, 1, 2, 6, 7, -1)]
    assert days == ["today", "tomorrow", "Thu", "Mon", "Tue 17 Mar", "Mon 9 Mar"]
    assert (count(1, "repo"), count(0, "repo"), count(2, "entry", "entries")) == ("1 repo", "0 repos", "2 entries")
    assert format_path(Path("/home/kim/src/a"), Path("/home/kim")) == "~/src/a"
    assert format_path(Path("/srv/a"), Path("/home/kim")) == "/srv/a"
