"""Share-safe in a real terminal: from the key on, no byte the dashboard writes holds a word of anybody's."""

import base64
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import fleet
from tests.private_data import canary, found_in
from tests.terminal import Terminal
from tests.test_dashboard_terminal import Desk
from tui.domain.backlog import Item
from tui.sources.backlog import BacklogStore

pytestmark = pytest.mark.terminal

CLIPBOARD = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
OPENERS = ("1g\r", "2\r", "2h", "3g\r", "i", "f", "W", "?", "3gd", "3gl", "3gjjP", ":")
"""Keys that open something that escape closes."""


def quiet_desk(folder: Path, share_safe: str, minutes: int = 120) -> Desk:
    """A desk on which every name is a canary, with a meeting in so many minutes."""
    desk = Desk(folder)
    repo = fleet.make(desk.code / canary("repository"))
    fleet.commit_of(repo, canary("person"), f"{canary('subject')} of it", name=f"{canary('file')}.py")
    (repo / f"{canary('file')}.py").write_text("x = 2\n")
    now = datetime.now(UTC)
    begin, end = now + timedelta(minutes=minutes), now + timedelta(minutes=minutes + 60)
    (folder / "work.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        f"SUMMARY:{canary('meeting')} with {canary('who')}\r\nLOCATION:{canary('where')}\r\n"
        f"ORGANIZER;CN={canary('who')}:mailto:{canary('who')}@example.com\r\nDESCRIPTION:{canary('why')} it is\r\n"
        f"DTSTART:{begin:%Y%m%dT%H%M%SZ}\r\nDTEND:{end:%Y%m%dT%H%M%SZ}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    BacklogStore(desk.backlog, lambda: now).add([
        Item("", f"Try {canary('idea')}", "build", estimate=30, impact=4, edge=4, repo=canary("repository"),
             theme=canary("theme"), why=f"{canary('why')} it is"),
        Item("", f"Look at {canary('idea')}", created=now),
    ])  # fmt: skip
    config = (folder / "config.toml").read_text()
    named = f"[[calendars]]\nname = '{canary('work')}'\n"
    (folder / "config.toml").write_text(
        config.replace("[[calendars]]\n", named) + f"[look]\nshare_safe = {share_safe}\n"
    )
    return desk


def told_by(raw: bytes) -> set[str]:
    """The canaries in what was written, and in what was copied with it (OSC 52)."""
    copied = [base64.b64decode(found) for found in CLIPBOARD.findall(raw)]
    return found_in(b"\n".join((CLIPBOARD.sub(b"", raw), *copied)).decode(errors="replace"))


def is_open(terminal: Terminal) -> bool:
    return any(said in line for line in terminal.screen() for said in ("esc ", "Delegate to", "Search for"))


def go_through(terminal: Terminal, begin: int) -> None:
    """Everything that opens, opened and closed; nothing that was written from byte `begin` on may tell."""
    for keys in OPENERS:
        terminal.type(keys)
        terminal.wait_for(is_open)
        terminal.type("\x1b[27u")  # escape by itself, never the begin of something
        terminal.wait_for(lambda terminal: not is_open(terminal))
        assert told_by(terminal.raw[begin:]) == set(), (keys, terminal.screen())
    terminal.type("1y2y3yzzSsn")
    terminal.wait_for("New idea")
    terminal.type("Walrus")
    terminal.wait_for("Walrus")
    terminal.type("\r")
    terminal.wait_for(lambda terminal: "Walrus" not in "".join(terminal.screen()))
    assert told_by(terminal.raw[begin:]) == set()


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 40)])
def test_from_the_key_on_nothing_is_written_that_tells(tmp_path: Path, columns: int, lines: int) -> None:
    desk = quiet_desk(tmp_path / "home", "false")
    with desk.start(columns, lines) as terminal:
        terminal.wait_for("3 repos")
        terminal.wait_for(canary("meeting")[:8])
        terminal.wait_for(canary("idea")[:8])
        assert told_by(terminal.raw)
        terminal.type("*")
        terminal.wait_for("share-safe is on")
        terminal.wait_for(lambda terminal: not found_in("\n".join(terminal.screen())))
        go_through(terminal, terminal.raw.index(b"share-safe is on"))
        assert found_in(terminal.title) == set()
        terminal.type("*")
        terminal.wait_for("share-safe is off")
        terminal.wait_for(canary("idea")[:8])
        terminal.type("q")
        assert terminal.wait_exit() == 0


def test_it_can_be_on_before_the_first_frame(tmp_path: Path) -> None:
    """The second start shows what the first one kept, at once."""
    desk = quiet_desk(tmp_path / "home", "true")
    for _ in range(2):
        with desk.start(120, 40) as terminal:
            terminal.wait_for("3 repos")
            terminal.wait_for("meeting 1")
            terminal.wait_for("idea 1")
            terminal.type("q")
            assert terminal.wait_exit() == 0
            assert told_by(terminal.raw) == set()


@pytest.mark.parametrize(("minutes", "on"), [(-10, True), (120, False)])
def test_a_meeting_under_way_turns_it_on(tmp_path: Path, minutes: int, *, on: bool) -> None:
    desk = quiet_desk(tmp_path / "home", '"meeting"', minutes)
    with desk.start(120, 40) as terminal:
        terminal.wait_for("3 repos")
        terminal.wait_for("meeting 1" if on else canary("meeting")[:8])
        terminal.wait_for("idea 1" if on else canary("idea")[:8])
        terminal.type("q")
        assert terminal.wait_exit() == 0
        assert bool(told_by(terminal.raw)) is not on
