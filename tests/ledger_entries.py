"""Entries of ledgers for tests, made by hand or made up by hypothesis. No tests in here."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st

from tests.backlog_items import ANY_TEXT, TEXT, ZONES
from tui.domain.sessions import KINDS, NOTE_KINDS, OUTCOMES, Entry, Kind

START = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """So many minutes after START."""
    return START + timedelta(minutes=minutes)


def entry(kind: Kind, minutes: float, session: str = "s", **values: object) -> Entry:
    """An entry of `session` at so many minutes after START."""
    return Entry(kind, session, at(minutes), **values)  # type: ignore[arg-type]


PATHS = st.binary(min_size=1, max_size=20).map(
    lambda raw: Path("/") / raw.replace(b"\0", b"x").decode(errors="surrogateescape")
)
_moments = st.integers(-600, 3000).map(at)
"""Minutes, so that many coincide, and more than the longest silence."""


@st.composite
def courses(draw: st.DrawFn) -> list[Entry]:
    """Entries of a few sessions in any order, by clocks that are set as anybody likes and show any zone."""
    count = draw(st.integers(0, 25))
    entries: list[Entry] = []
    clock = 0
    for _ in range(count):
        clock += draw(st.one_of(st.integers(0, 30), st.integers(-400, 400)))
        kind = draw(st.sampled_from(KINDS))
        entries.append(
            Entry(
                kind,
                draw(st.sampled_from("abc")),
                at(clock).astimezone(draw(ZONES)),
                since=draw(st.none() | _moments),
                id=draw(st.just("") | st.sampled_from([f"e{number}" for number in range(40)])),
                item=draw(st.sampled_from(("", "x", "y"))),
                head=draw(st.sampled_from(("", "1", "2"))),
                note=draw(st.sampled_from(NOTE_KINDS)) if kind == "noted" else None,
                text=draw(TEXT),
            )
        )
    return entries


@st.composite
def any_entries(draw: st.DrawFn) -> Entry:
    """An entry with anything in its fields, as people, other programs and newer versions have it."""
    kind = draw(st.sampled_from(KINDS))
    times = st.datetimes(datetime.fromisoformat("1971-01-01"), datetime.fromisoformat("8999-01-01"), timezones=ZONES)
    keys = ANY_TEXT.filter(lambda key: key not in Entry.__struct_fields__ and key != "schema")
    plain = st.recursive(
        st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=5,
    )
    return Entry(
        kind,
        draw(TEXT.filter(bool)),
        draw(times),
        draw(st.none() | times),
        draw(TEXT),
        draw(ANY_TEXT),
        draw(ANY_TEXT),
        draw(st.none() | PATHS),
        draw(ANY_TEXT),
        draw(TEXT),
        draw(st.sampled_from(NOTE_KINDS)) if kind == "noted" else None,
        draw(ANY_TEXT),
        draw(st.none() | st.sampled_from(OUTCOMES)) if kind == "ended" else None,
        tuple(draw(st.dictionaries(keys, plain, max_size=2)).items()),
    )
