"""The index of calendars: it never hides a meeting, reads events where they lie, and comes back from disk as it was."""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.agenda_texts import calendar, event, rows, utc
from tests.fleet import tick
from tui.calendar_settings import CalendarSettings
from tui.domain.agenda import Meeting
from tui.sources.calendars import files, index, kept
from tui.sources.calendars.files import Blocks, CalendarError, Shelf, read_file, read_folder
from tui.sources.calendars.kept import KeptShelves
from tui.sources.calendars.rows import Rows
from tui.sources.calendars.source import open_calendar

ZONE = ZoneInfo("Europe/Berlin")
DAY = (utc("2026-03-10"), utc("2026-03-11"))
KEY = b"k" * index.KEY_BYTES

pytestmark = pytest.mark.timeout(180)

zones = st.sampled_from(["", ";TZID=Europe/Berlin", ";TZID=America/New_York", ";TZID=Pacific/Kiritimati"])
rules = st.sampled_from(
    [
        "",
        "RRULE:FREQ=DAILY;COUNT=9",
        "RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=MO,TU",
        "RRULE:FREQ=WEEKLY;INTERVAL=2",
        "RRULE:FREQ=DAILY;UNTIL=20260310T100000Z",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=10",
        "RDATE:20260310T120000Z,20260312T120000Z",
    ]
)


@st.composite
def events(draw: st.DrawFn, uid: str) -> str:
    """One event near the day that is asked for, with what may stand in it; sometimes a changed instance."""
    start = datetime(2026, 3, 10, 12) + timedelta(hours=draw(st.integers(-24 * 20, 24 * 4)))  # noqa: DTZ001
    zone = draw(zones)
    lines = [f"DTSTART{zone}:{start:%Y%m%dT%H%M%S}{'Z' if not zone and draw(st.booleans()) else ''}"]
    if draw(st.booleans()):
        lines.append(f"DURATION:PT{draw(st.integers(0, 80))}H")
    if rule := draw(rules):
        lines.append(rule)
    if draw(st.integers(0, 4)) == 0:
        lines = [f"DTSTART;VALUE=DATE:{start:%Y%m%d}", f"DTEND;VALUE=DATE:{start + timedelta(days=3):%Y%m%d}"]
    if draw(st.integers(0, 3)) == 0:
        shifted = start + timedelta(days=draw(st.integers(-3, 3)))
        lines.append(f"RECURRENCE-ID{zone}:{shifted:%Y%m%dT%H%M%S}")
    if draw(st.booleans()):
        lines += ["BEGIN:VALARM", "TRIGGER:-PT5M", "DURATION:PT1M", "UID:alarm", "END:VALARM"]
    lines += [f"SEQUENCE:{draw(st.integers(0, 3))}", f"DESCRIPTION:{'talk ' * draw(st.integers(0, 40))}"]
    order = draw(st.permutations(lines)) if "BEGIN:VALARM" not in lines else lines
    return event(*order, uid=uid, summary=f"{uid} é {draw(st.integers(0, 9))}")


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """A calendar as some exporter writes it: line ends, folding and letters of all kinds."""
    uids = draw(st.lists(st.sampled_from(["a", "b", "c\\, d", ""]), min_size=1, max_size=6))
    whole = calendar(*(draw(events(uid)).replace("UID:\n", "") for uid in uids))
    end = draw(st.sampled_from(["\r\n", "\n", "\r", "\r\r\n"]))
    width = draw(st.sampled_from([7, 20, 75, 1000]))
    fold = draw(st.sampled_from([" ", "\t"]))
    lines = [
        (end + fold).join(line[at : at + width] for at in range(0, len(line), width)) or ""
        for line in whole.split("\n")
    ]
    text = end.join(lines)
    if draw(st.integers(0, 5)) == 0:
        text = "\n".join(line if line.startswith("SUMMARY") else line.lower() for line in text.split("\n"))
    raw = text.encode()
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + (
        raw[: -draw(st.integers(1, 60))] if draw(st.integers(0, 9)) == 0 else raw
    )


def asked(path: Path, *, kept_in: Path | None = None) -> tuple[Sequence[Meeting], tuple[str, ...], str | None]:
    shelves = KeptShelves(kept_in) if kept_in else None
    meetings, state = open_calendar(CalendarSettings(path=str(path)), (), ZONE, kept=shelves).meetings(*DAY)
    return meetings, state.unread, state.error


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(text=texts())
def test_the_answer_is_that_of_the_whole_text_however_it_is_read(
    text: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("calendar")
    file = folder / "work.ics"
    file.write_bytes(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "WORTH_BYTES", 0)
        usual = asked(file, kept_in=folder / "kept")
        patch.setattr(files, "KEPT_BYTES", 0)
        assert asked(file) == usual  # each event from where it lies in the file
        again = asked(file, kept_in=folder / "kept")
        assert again == usual
        patch.setattr(files, "readable_in_parts", lambda _raw: False)
        assert asked(file) == usual  # from the text as a whole
        patch.setattr(Rows, "touching", lambda self, _first, _last: list(range(len(self))))
        everything, _, error = asked(file)
        assert (list(everything), error) == (list(usual[0]), usual[2])  # with every event looked at


@given(
    st.dates(date(1990, 1, 1), date(2030, 12, 31)),
    st.sampled_from(["DAILY", "WEEKLY"]),
    st.integers(1, 60),
    st.integers(1, 9),
    st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), max_size=3),
)
def test_a_counted_series_is_never_thought_to_end_too_soon(
    start: date, frequency: str, count: int, interval: int, weekdays: set[str]
) -> None:
    rule = f"FREQ={frequency};COUNT={count};INTERVAL={interval}"
    if weekdays and frequency == "WEEKLY":
        rule += f";BYDAY={','.join(sorted(weekdays))}"
    found = Rows()
    text = calendar(event(f"DTSTART:{start:%Y%m%d}T120000", f"RRULE:{rule}")).encode()
    index.index_text(text, found, 0, KEY)
    last = list(rrulestr(rule, dtstart=datetime(start.year, start.month, start.day, 12)))[-1]  # noqa: DTZ001
    assert found[0].last >= last.toordinal()
    assert found[0].last <= last.toordinal() + 15 * interval * 7 + count * interval * 7


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every calendar were a large one: nothing of its text is held, and its index is kept."""
    monkeypatch.setattr(files, "KEPT_BYTES", 0)
    monkeypatch.setattr(kept, "WORTH_BYTES", 0)


DAILY = event("DTSTART:20260301T090000Z", "RRULE:FREQ=DAILY", uid="d", summary="Daily")
OVER = event("DTSTART:20250301T090000Z", uid="o", summary="Over")


@pytest.mark.usefixtures("small")
def test_a_large_file_is_read_once_and_then_only_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "work.ics"
    file.write_text(calendar(OVER, DAILY, OVER.replace("UID:o", "UID:p")))
    first = asked(file, kept_in=tmp_path / "kept")
    assert rows(first[0]) == ["Daily 03-10T09:00-09:00"]
    whole: list[Path] = []
    read = files.read_regular

    def read_whole(path: Path, limit: int) -> tuple[bytes, files.Signature]:
        whole.append(path)
        return read(path, limit)

    pieces: list[int] = []
    pread = os.pread

    def read_piece(handle: int, size: int, at: int) -> bytes:
        pieces.append(size)
        return pread(handle, size, at)

    monkeypatch.setattr(files, "read_regular", read_whole)
    monkeypatch.setattr(os, "pread", read_piece)
    assert asked(file, kept_in=tmp_path / "kept") == first
    assert whole == []
    assert sum(pieces) < len(DAILY) + 10
    tick(tmp_path)
    file.write_text(calendar(DAILY.replace("Daily", "Else")))
    assert rows(asked(file, kept_in=tmp_path / "kept")[0]) == ["Else 03-10T09:00-09:00"]
    assert whole == [file]


@pytest.mark.usefixtures("small")
def test_what_was_kept_is_private_and_has_no_text(tmp_path: Path) -> None:
    file = tmp_path / "work.ics"
    file.write_text(calendar(DAILY.replace("Daily", "Secret talks")))
    asked(file, kept_in=tmp_path / "kept")
    (place,) = (tmp_path / "kept").iterdir()
    assert (place.stat().st_mode & 0o777, place.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert b"Secret" not in place.read_bytes()


@pytest.mark.usefixtures("small")
def test_what_was_kept_and_is_damaged_or_of_another_is_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "work.ics"
    file.write_text(calendar(DAILY))
    good = asked(file, kept_in=tmp_path / "kept")
    (place,) = (tmp_path / "kept").iterdir()
    content = place.read_bytes()
    shelves = KeptShelves(tmp_path / "kept")
    assert shelves.read(file) is not None
    for broken in (b"", b"x", content[:-1], content[:20], content[:40] + b"\xff" + content[41:], content + b"x"):
        place.write_bytes(broken)
        assert shelves.read(file) is None
        assert asked(file, kept_in=tmp_path / "kept") == good
    place.write_bytes(content)
    other = tmp_path / "other.ics"
    (place.parent / kept.KeptShelves(place.parent)._place(other).name).write_bytes(content)
    assert shelves.read(other) is None
    monkeypatch.setattr(kept, "_FORM", "another version")
    assert shelves.read(file) is None


def test_columns_that_do_not_fit_together_are_refused() -> None:
    found = Rows()
    index.index_text(calendar(DAILY, OVER).encode(), found, 0, KEY)
    parts = found.to_bytes()
    again = Rows.from_bytes(parts)
    assert [again[number] for number in range(2)] == [found[number] for number in range(2)]
    for name in parts:
        for broken in (b"", parts[name][:-1], parts[name] * 2):
            with pytest.raises(ValueError, match=r"the columns|the orders|multiple of"):
                Rows.from_bytes({**parts, name: broken})
    with pytest.raises(ValueError, match="not there"):
        Rows.from_bytes({**parts, "by_uid": b"\xff" * len(parts["by_uid"])})


@pytest.mark.usefixtures("small")
def test_a_file_that_changes_between_two_looks_is_never_read_by_an_old_index(tmp_path: Path) -> None:
    file = tmp_path / "work.ics"
    file.write_text(calendar(DAILY))
    shelf = read_file(file, Shelf())
    other = tmp_path / "new"
    other.write_text(calendar(OVER, DAILY))
    other.replace(file)
    with Blocks(shelf) as blocks, pytest.raises(CalendarError, match="is being written"):
        blocks.block(shelf.rows[0])
    shelf = read_file(file, Shelf())
    with Blocks(shelf) as blocks:
        blocks.block(shelf.rows[0])
        tick(tmp_path)
        file.write_text(calendar(DAILY))
        with pytest.raises(CalendarError, match="is being written"):
            blocks.check()
    file.unlink()
    with Blocks(shelf) as blocks, pytest.raises(CalendarError, match="is gone"):
        blocks.block(shelf.rows[0])


@pytest.mark.usefixtures("small")
def test_of_a_folder_only_what_changed_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "vdir"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.ics").write_text(calendar(DAILY.replace("UID:d", f"UID:{name}").replace("Daily", name)))
    change = event("DTSTART:20260310T150000Z", "RECURRENCE-ID:20260310T090000Z", uid="a", summary="a moved")
    (folder / "z.ics").write_text(calendar(change))
    first = asked(folder, kept_in=tmp_path / "kept")
    assert [meeting.summary for meeting in first[0]] == ["b", "c", "a moved"]
    read = files.read_regular
    whole: list[str] = []

    def seen(path: Path, limit: int) -> object:
        whole.append(path.name)
        return read(path, limit)

    monkeypatch.setattr(files, "read_regular", seen)
    assert asked(folder, kept_in=tmp_path / "kept") == first
    assert [name for name in whole if name.endswith(".ics")] == []
    tick(folder)
    (folder / "b.ics").write_text(calendar(DAILY.replace("UID:d", "UID:b").replace("Daily", "b2")))
    (folder / "aa.ics").write_text(calendar(DAILY.replace("UID:d", "UID:aa").replace("Daily", "aa")))
    (folder / "c.ics").unlink()
    found = asked(folder, kept_in=tmp_path / "kept")
    assert [meeting.summary for meeting in found[0]] == ["aa", "b2", "a moved"]
    assert [name for name in whole if name.endswith(".ics")] == ["aa.ics", "b.ics"]
    shelf = read_folder(folder, Shelf())
    assert read_folder(folder, shelf) is shelf
    assert {document.path.name for document in shelf.documents} == {"a.ics", "aa.ics", "b.ics", "z.ics"}


def test_more_files_than_may_be_open_are_read_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "KEPT_BYTES", 0)
    monkeypatch.setattr(files, "MAX_OPEN", 3)
    for number in range(10):
        (tmp_path / f"{number}.ics").write_text(calendar(DAILY.replace("UID:d", f"UID:{number}")))
    meetings, unread, error = asked(tmp_path)
    assert (len(meetings), unread, error) == (10, (), None)
    assert {meeting.start for meeting in meetings} == {datetime(2026, 3, 10, 9, tzinfo=UTC)}
