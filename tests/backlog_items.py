"""Items for the backlog's tests, made up by hypothesis: every character, odd dates, keys nobody knows."""

from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from tui.domain.backlog import QUESTIONS, STATES, Item

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=timezone(timedelta(hours=1)))
TODAY = NOW.date()

TEXT = st.text(
    st.one_of(st.characters(codec="utf-8", exclude_characters="\0"), st.sampled_from("\r\n\t\"'\\\x1b\x7f#=[]")),
    max_size=30,
)
"""What TOML can hold but for NUL, which is cleaned away."""
ANY_TEXT = st.text(st.one_of(st.characters(), st.integers(0xD800, 0xDFFF).map(chr), st.just("\0")), max_size=20)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(timezones=ZONES)
LOOSE_TIMES = st.one_of(TIMES, st.datetimes())
RATINGS = st.none() | st.integers(1, 5)
ANSWERS = st.sampled_from((None, True, False))

_plain = st.one_of(
    TEXT, st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.dates(), LOOSE_TIMES, st.times()
)
VALUES = st.recursive(
    _plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)
UNKNOWN_KEYS = TEXT.filter(lambda key: key not in Item.__struct_fields__)


@st.composite
def items(draw: st.DrawFn, ids: st.SearchStrategy[str] | None = None) -> Item:
    """An item as any reading may give it."""
    extra = draw(st.dictionaries(UNKNOWN_KEYS | st.just("extra"), VALUES, max_size=3))
    return Item(
        id=draw(ids or st.text("abcdefgh234567", min_size=8, max_size=8)),
        title=draw(TEXT),
        state=draw(st.sampled_from(STATES)),
        why=draw(TEXT),
        estimate=draw(st.none() | st.integers(1, 10080)),
        impact=draw(RATINGS),
        edge=draw(RATINGS),
        **{question: draw(ANSWERS) for question in QUESTIONS},
        theme=draw(TEXT),
        repo=draw(TEXT),
        person=draw(TEXT),
        until=draw(st.none() | st.dates()),
        reason=draw(TEXT),
        created=draw(st.none() | TIMES),
        decided=draw(st.none() | TIMES),
        done=draw(st.none() | TIMES),
        extra=tuple(extra.items()),
    )


def backlogs(most: int = 6) -> st.SearchStrategy[tuple[Item, ...]]:
    """Several items, no id twice."""
    return st.lists(items(), max_size=most, unique_by=lambda item: item.id).map(tuple)
