"""The last frame in a real terminal: it stands at once, gives way to the live one, and is kept only where it may be."""

import contextlib
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal import FRESH, Terminal
from tests.test_dashboard_terminal import DASHBOARD, Desk, assert_restored, leave
from tests.waiting import until

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(300)]

# Textual, the first time it is looked for, is there once it is written so in the file, a pipe; else it is broken. It is
# looked at again and again: a signal that comes just before a call that waits for ever would never be seen to.
GATE = """
import os, select, sys
class Gate:
    def find_spec(self, name, path=None, target=None):
        if name == "textual":
            sys.meta_path.remove(self)
            gate, said = os.open({fifo!r}, os.O_RDONLY | os.O_NONBLOCK), b""
            while said not in (b"there", b"broken"):
                if select.select([gate], [], [], 0.02)[0]:
                    said += os.read(gate, 64)
            os.close(gate)
            if said == b"broken":
                raise ImportError("no textual today")
sys.meta_path.insert(0, Gate())
"""
SEEN = ("Board prep", "32 Usage caps", "2 repos", "clean")


class Gate:
    """Holds up the next dashboards of `desk` before they load Textual: what stands there then is no live frame."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        folder.mkdir()
        self._fifo = folder / "gate"
        os.mkfifo(self._fifo)
        self._open: list[int] = []
        (folder / "sitecustomize.py").write_text(GATE.format(fifo=str(self._fifo)))
        desk.environ["PYTHONPATH"] = f"{folder}:{desk.environ['PYTHONPATH']}"

    def open(self, textual: str = "there") -> None:
        """Let the one that waits, or will, go on."""
        until(self.waits)
        number = self._open.pop()
        os.write(number, textual.encode())
        os.close(number)

    def waits(self) -> bool:
        """True once one waits."""
        if self._open:
            return True
        with contextlib.suppress(OSError):  # nobody reads yet
            self._open.append(os.open(self._fifo, os.O_WRONLY | os.O_NONBLOCK))
        return bool(self._open)


def frames(desk: Desk) -> dict[str, bytes]:
    """What is kept, by size."""
    return {file.name: file.read_bytes() for file in (desk.home / ".cache/makerhour/frames").iterdir()}


def frame_file(desk: Desk, size: str = "120x40") -> Path:
    return desk.home / ".cache/makerhour/frames" / size


def stands(terminal: Terminal) -> bool:
    """True where a last frame is on the terminal, which says of when it is."""
    return bool(re.search(r"as of \d+ \w+ 11:\d\d$", terminal.screen()[-1]))


def is_live(terminal: Terminal) -> bool:
    return "Quit" in terminal.screen()[-1] and "as of" not in terminal.screen()[-1]


def see_all(terminal: Terminal) -> None:
    """Wait for the live dashboard and all it reads."""
    terminal.wait_for(is_live)
    for text in SEEN:
        terminal.wait_for(text)


def leave_over(terminal: Terminal, key: str, over: str) -> None:
    """Leave while what `key` opens, and says `over`, stands over the panes."""
    see_all(terminal)
    terminal.type(key)
    terminal.wait_for(over)
    terminal.type("\x11")
    assert terminal.wait_exit() == 0
    assert terminal.modes() == FRESH


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk where the dashboard was looked at and left."""
    desk = Desk(tmp_path / "home")
    with desk.start() as terminal:
        see_all(terminal)
        leave(terminal)
    return desk


@pytest.fixture
def gate(desk: Desk, tmp_path: Path) -> Gate:
    return Gate(desk, tmp_path / "gate")


def test_what_was_seen_last_stands_there_before_textual_is_loaded(desk: Desk, gate: Gate) -> None:
    with desk.start() as terminal:
        terminal.wait_for(stands)
        screen = terminal.screen()
        for text in SEEN:
            assert any(text in line for line in screen), text
        assert not terminal.modes().cursor_visible
        assert terminal.raw.count(b"\x1b[?1049h") == 1
        stood = len(terminal.raw)
        gate.open()
        see_all(terminal)
        live = terminal.raw[stood:]
        assert b"\x1b[?1049" not in live  # the screen it stands on is not cleared
        assert b"reading" not in live
        leave(terminal)


def test_what_is_typed_at_it_is_done_by_the_live_dashboard(desk: Desk, gate: Gate) -> None:
    with desk.start() as terminal:
        terminal.wait_for(stands)
        terminal.type("3x\x1a\x03\r")
        gate.open()
        terminal.wait_for("nothing in the backlog")
        terminal.wait_for(lambda _: [item.state for item in desk.store.read().items] == ["dropped"])
        assert "^" not in "".join(terminal.screen())  # nothing was echoed
        terminal.type("u")
        see_all(terminal)
        leave(terminal)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ended_from_outside_it_leaves_the_terminal_as_it_was(desk: Desk, gate: Gate, number: int) -> None:
    with desk.start() as terminal:
        terminal.wait_for(stands)
        terminal.signal(number)
        assert terminal.wait_exit() in (-number, 130)
        assert_restored(terminal)


def test_what_goes_wrong_behind_it_is_said_on_the_screen_that_stays(desk: Desk, gate: Gate) -> None:
    with desk.start() as terminal:
        terminal.wait_for(stands)
        gate.open("broken")
        assert terminal.wait_exit() == 1
        assert_restored(terminal)
        assert "makerhour: unexpected ImportError: no textual today" in "".join(terminal.main_screen())


def test_each_of_the_last_sizes_has_its_own(desk: Desk, gate: Gate) -> None:
    for number, size in enumerate(("90x30", "91x30", "92x30", "93x30")):
        frame_file(desk, size).write_bytes(b"")
        os.utime(frame_file(desk, size), (number, number))
    with desk.start(80, 24) as terminal:
        gate.open()
        terminal.wait_for("2 repos")
        terminal.type("2")
        terminal.wait_for("Board prep")
        terminal.type("3")
        terminal.wait_for("Usage caps")
        leave(terminal)
    assert sorted(frames(desk)) == ["120x40", "80x24", "92x30", "93x30"]
    for columns, lines in (120, 40), (80, 24):
        with desk.start(columns, lines) as terminal:
            terminal.wait_for(stands)
            gate.open()
            terminal.wait_for(is_live)
            leave(terminal)


def other_size(desk: Desk) -> Terminal:
    return desk.start(100, 40)


def other_colors(desk: Desk) -> Terminal:
    return desk.start(NO_COLOR="1")


def other_settings(desk: Desk) -> Terminal:
    with (desk.home / "config.toml").open("a") as config:
        config.write("[look]\nshare_safe = true\n")
    return desk.start()


def other_roots(desk: Desk) -> Terminal:
    command = (*DASHBOARD, "--config", desk.home / "config.toml", "--root", desk.code)
    return Terminal.start(command, desk.environ)


@pytest.mark.parametrize("start", [other_size, other_colors, other_settings, other_roots])
def test_it_does_not_stand_where_something_else_is_to_be_seen(
    desk: Desk, gate: Gate, start: Callable[[Desk], Terminal]
) -> None:
    with start(desk) as terminal:
        gate.open()  # returns once the dashboard is at the gate
        terminal.wait_for(is_live)
        assert b"as of " not in terminal.raw.split(b"\x1b[?1049h")[0]
        assert terminal.raw.count(b"\x1b[?1049h") == 1
        assert not re.search(rb"as of \d+ \w+ 11:", terminal.raw)
        leave(terminal)


def test_where_none_stands_keys_wait_as_well_and_are_not_echoed(desk: Desk, gate: Gate) -> None:
    with desk.start(100, 40) as terminal:
        until(gate.waits)
        terminal.type("n" + "Ahead 30m\r")
        gate.open()
        terminal.wait_for("written down: Ahead")
        assert b"Ahead 30m" not in terminal.raw.split(b"\x1b[?1049h")[0]
        terminal.type("u")
        terminal.wait_for("undone: Ahead")
        leave(terminal)
        assert_restored(terminal)


def test_where_none_stands_ctrl_c_ends_the_start(desk: Desk, gate: Gate) -> None:
    with desk.start(100, 40) as terminal:
        until(gate.waits)
        terminal.type("\x03")
        assert terminal.wait_exit() == 130
        assert "Traceback" not in "".join(terminal.main_screen())
        assert_restored(terminal)


def test_a_frame_that_is_none_is_not_shown(desk: Desk, gate: Gate) -> None:
    for content in (b"", b"\0\0\0", b"\xff" * 100, frame_file(desk).read_bytes()[:50]):
        frame_file(desk).write_bytes(content)
        with desk.start() as terminal:
            gate.open()
            see_all(terminal)
            leave(terminal)


def test_only_this_person_can_read_it(desk: Desk) -> None:
    assert frame_file(desk).stat().st_mode & 0o777 == 0o600
    assert frame_file(desk).parent.stat().st_mode & 0o777 == 0o700


def test_none_is_kept_where_names_are_hidden(desk: Desk) -> None:
    frame_file(desk, "80x24").write_bytes(frame_file(desk).read_bytes())
    with desk.start() as terminal:
        see_all(terminal)
        terminal.type("*")
        terminal.wait_for("share-safe is on")
        leave(terminal)
    assert not frames(desk)


def test_none_is_kept_where_names_are_hidden_in_meetings(desk: Desk) -> None:
    with (desk.home / "config.toml").open("a") as config:
        config.write("[look]\nshare_safe = 'meeting'\n")
    with desk.start() as terminal:
        see_all(terminal)
        leave(terminal)
    assert not frames(desk)


def test_what_stands_over_the_panes_is_not_kept(desk: Desk) -> None:
    before = frames(desk)
    with desk.start() as terminal:
        leave_over(terminal, "?", "The keys that work here")
    assert frames(desk) == before


def test_a_toast_goes_before_the_frame_is_kept(desk: Desk, gate: Gate) -> None:
    frame_file(desk).unlink()
    with desk.start() as terminal:
        gate.open()
        leave_over(terminal, "\x03", "press q to leave")
    with desk.start() as terminal:
        terminal.wait_for(stands)
        assert "press q" not in "".join(terminal.screen())
        assert {line[-1] for line in terminal.screen()[:-1]} == set("╮│╯")  # nothing lacks where it stood
        gate.open()
        see_all(terminal)
        leave(terminal)


@pytest.mark.parametrize(("columns", "lines"), [(54, 20), (80, 24), (200, 60)])
def test_it_says_of_when_it_is_at_every_size(desk: Desk, gate: Gate, columns: int, lines: int) -> None:
    with desk.start(columns, lines) as terminal:
        gate.open()
        terminal.wait_for(is_live)
        for pane, text in ("2", "Board prep"), ("3", "Usage caps"), ("1", "2 repos"):
            terminal.type(pane)
            terminal.wait_for(text)
        leave(terminal)
    with desk.start(columns, lines) as terminal:
        terminal.wait_for(stands)
        gate.open()
        terminal.wait_for(is_live)
        leave(terminal)
