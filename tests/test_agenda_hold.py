"""A held gap as a real file: written once, whole, beside everything else, and read back as time to make."""

import os
import stat
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from msgspec.structs import replace

from tui.config import CalendarSettings
from tui.domain.agenda import day_bounds
from tui.domain.holding import Hold, HoldDraft, HoldError
from tui.domain.planning import Gap, PlanningRules, blocks, current_and_next, gaps, is_focus
from tui.sources.calendars.hold import HoldPlace, draft_hold, format_hold, write_hold
from tui.sources.calendars.source import AgendaSource
from tui.sources.whole_file import WholeFileError, write_new

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 10, 9, 30, 12, 345, tzinfo=BERLIN)
START, END = NOW.replace(hour=10, minute=15, second=0, microsecond=0), NOW.replace(hour=10, minute=55, second=0)
UID = "5f3c1f8e-0000-4000-8000-000000000001"
HOSTILE = "Focus time; a,b\\ ⇒ " + "ü" * 100


def hold(title: str = "Focus time") -> Hold:
    return Hold(title, START, END.replace(microsecond=0), Gap(START, END, 40, 35), UID)


def written(folder: Path, block: Hold, *, synced: bool = True) -> HoldDraft:
    place = HoldPlace(folder, synced)
    draft = draft_hold(block, place, NOW)
    assert draft.problem == ""
    write_hold(draft, place)
    return draft


def test_what_is_shown_is_what_is_written_and_only_this_person_reads_it(tmp_path: Path) -> None:
    other = tmp_path / "other.ics"
    other.write_text("theirs")
    draft = draft_hold(hold(), HoldPlace(tmp_path, synced=True), NOW)
    assert [entry.name for entry in tmp_path.iterdir()] == ["other.ics"]  # a draft writes nothing
    write_hold(draft, HoldPlace(tmp_path, synced=True))
    assert draft.path == tmp_path / f"{UID}.ics"
    assert draft.path.read_bytes() == draft.text.encode()
    assert stat.S_IMODE(draft.path.stat().st_mode) == 0o600
    assert draft.path.stat().st_nlink == 1
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted([draft.path.name, "other.ics"])
    assert other.read_text() == "theirs"


def test_the_text_is_a_private_busy_block_in_utc() -> None:
    text = format_hold(hold(), NOW)
    assert text.splitlines() == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//makerhour//hold//EN",
        "BEGIN:VEVENT",
        "SUMMARY:Focus time",
        "DTSTART:20260310T091500Z",
        "DTEND:20260310T095500Z",
        "DTSTAMP:20260310T083012Z",
        f"UID:{UID}",
        "CLASS:PRIVATE",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    assert text.endswith("\r\n")
    assert text.count("\r\n") == text.count("\n") == 13


def test_a_title_cannot_break_out_of_its_line() -> None:
    text = format_hold(hold(HOSTILE), NOW)
    assert max(len(line.encode()) for line in text.splitlines()) <= 75
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert str(event["SUMMARY"]) == HOSTILE
    injected = format_hold(hold("x\r\nEND:VEVENT\r\nBEGIN:VEVENT"), NOW)
    assert len(Calendar.from_ical(injected).walk("VEVENT")) == 1


@pytest.mark.parametrize("title", ["Focus time", HOSTILE])
def test_it_is_read_back_as_time_to_make_that_keeps_the_gap(tmp_path: Path, title: str) -> None:
    written(tmp_path, hold(title))
    source = AgendaSource((CalendarSettings(path=str(tmp_path)),), (), BERLIN, lambda: NOW)
    agenda = source.read_agenda(*day_bounds(NOW.date(), BERLIN))
    (meeting,) = agenda.meetings
    rules = PlanningRules()
    assert (meeting.start, meeting.end, meeting.summary, meeting.uid) == (START, hold().end, title, UID)
    assert meeting.busy == "busy"
    assert is_focus(meeting, rules)
    assert not blocks(meeting, rules)
    assert current_and_next(agenda.meetings, NOW, rules) == (None, None)
    assert [gap.minutes for gap in gaps(agenda.meetings, NOW.date(), BERLIN, rules, None)] == [9 * 60]


def test_without_a_folder_it_goes_to_one_of_makerhours_own_to_be_imported(tmp_path: Path) -> None:
    draft = written(tmp_path / "data" / "holds", hold(), synced=False)
    assert draft.path.name == f"2026-03-10-1015-{UID}.ics"
    assert draft.path.read_bytes() == draft.text.encode()
    assert stat.S_IMODE(draft.path.parent.stat().st_mode) == 0o700
    again = written(tmp_path / "data" / "holds", replace(hold(), uid="other"), synced=False)
    assert again.path.exists()


def test_a_folder_that_cannot_take_it_is_said_before_and_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    wanted = {tmp_path / "gone": "is not there; make it", file: "is no folder; name the folder"}
    if os.geteuid() != 0:
        wanted[closed] = "may not be written to"
    for folder, said in wanted.items():
        place = HoldPlace(folder, synced=True)
        draft = draft_hold(hold(), place, NOW)
        assert said in draft.problem
        assert "`[agenda] hold_folder`" in draft.problem or "chmod" in draft.problem
        with pytest.raises(HoldError, match="hold_folder"):
            write_hold(draft, place)
    assert file.read_text() == "x"
    assert not (tmp_path / "gone").exists()


def test_what_is_there_is_never_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = written(tmp_path, hold())
    with pytest.raises(HoldError, match="is there already; nothing was written"):
        write_hold(replace(draft, text="other"), HoldPlace(tmp_path, synced=True))
    dangling = tmp_path / "link"
    dangling.symlink_to(tmp_path / "nowhere")

    def no_links(_source: object, _target: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    for linking in (True, False):
        if not linking:
            monkeypatch.setattr(os, "link", no_links)
        for taken in (draft.path, dangling):
            with pytest.raises(WholeFileError, match="is there already"):
                write_new(taken, b"other")
    assert draft.path.read_bytes() == draft.text.encode()
    assert dangling.is_symlink()
    assert not (tmp_path / "nowhere").exists()
    write_new(tmp_path / "plain", b"content")  # where the file system has no links
    assert (tmp_path / "plain").read_bytes() == b"content"
    assert not list(tmp_path.glob(".*"))


def test_nothing_is_left_of_a_write_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    draft = draft_hold(hold(), HoldPlace(tmp_path, synced=True), NOW)
    with pytest.raises(HoldError, match="No space left on device"):
        write_hold(draft, HoldPlace(tmp_path, synced=True))
    assert list(tmp_path.iterdir()) == []


def test_a_reader_never_finds_half_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    link = os.link

    def watched(source: Path, target: Path) -> None:
        seen.append([entry.name for entry in tmp_path.glob("*.ics")])
        link(source, target)
        seen.append([Path(target).read_bytes().decode()])

    monkeypatch.setattr(os, "link", watched)
    draft = written(tmp_path, hold())
    assert seen == [[], [draft.text]]
