"""The real program in a real terminal, on real repositories, calendars and files, from start to the shell prompt."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests import fleet
from tests.calendar_server import SECRET, Handler, body, serving
from tests.terminal import FRESH, PATIENCE, Terminal, isolated_environment
from tests.waiting import until
from tui.domain.backlog import Item
from tui.sources.backlog import BacklogStore

ROOT = Path(__file__).resolve().parent.parent
DASHBOARD = (sys.executable, "-m", "tui")

pytestmark = pytest.mark.terminal

EDITOR = """\
#!{python}
# A terminal editor: takes the whole screen, the mouse and raw keys, and puts nothing back.
import os, pathlib, sys, termios, tty
tty.setraw(0)
# Whoever sees the screen may read the record: whole, and before a byte of the screen.
pathlib.Path({record!r} + ".part").write_text("\\n".join([os.getcwd(), *sys.argv[1:]]))
os.replace({record!r} + ".part", {record!r})
os.write(1, b"\\x1b[?1049h\\x1b[?1000h\\x1b[?1006h\\x1b[?2004h\\x1b[?25l\\x1b[2J\\x1b[HEDITING " + os.getcwd().encode())
columns, lines = os.get_terminal_size(0)
key = b""
while key != b"w":
    key = os.read(0, 1)
pathlib.Path("written-in-the-editor").touch()
"""


class Desk:
    """A home with two repositories, a calendar, a backlog and an editor, and the configuration that names them."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.code = folder / "code"
        self.billing = fleet.make(self.code / "billing", commits=2)
        self.intake = fleet.make(self.code / "intake")
        self.backlog = folder / "backlog.toml"
        self.record = folder / "record"
        editor = folder / "fake-editor"
        editor.write_text(EDITOR.format(python=sys.executable, record=str(self.record)))
        editor.chmod(0o755)
        now = datetime.now(UTC)  # late in the morning where the dashboard runs: all of this is today
        soon, later = now + timedelta(hours=2), now + timedelta(hours=3)
        (folder / "work.ics").write_text(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Board prep\r\n"
            f"DTSTART:{soon:%Y%m%dT%H%M%SZ}\r\nDTEND:{later:%Y%m%dT%H%M%SZ}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        self.store = BacklogStore(self.backlog, lambda: datetime.now(UTC))
        self.store.add([Item("", "Usage caps limiter", "build", estimate=30, impact=4, edge=4, repo="billing")])
        (folder / "config.toml").write_text(
            f"[repositories]\nroots = ['{self.code}']\ndeadline_seconds = 60\n"
            f"[[calendars]]\npath = '{folder / 'work.ics'}'\n"
            f"[backlog]\npath = '{self.backlog}'\n"
            f"[launch]\neditor = '\"{editor}\" {{path}}'\ngit_client = 'no-such-client'\n"
            "[planning.working_hours]\n"
            + "".join(f"{day} = '00:00-23:59'\n" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
        )
        self.environ = isolated_environment(folder, PYTHONPATH=str(ROOT))

    def start(self, columns: int = 120, lines: int = 40, **environ: str) -> Terminal:
        command = (*DASHBOARD, "--config", self.home / "config.toml")
        return Terminal.start(command, {**self.environ, **environ}, columns=columns, lines=lines)

    def titles(self) -> list[str]:
        """What the backlog's file holds."""
        return [item.title for item in self.store.read().items]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "a home")


@pytest.fixture
def terminal(desk: Desk) -> Iterator[Terminal]:
    with desk.start() as started:
        yield started


def row(terminal: Terminal, name: str) -> str:
    """The repositories pane's row of `name`."""
    return next((line.split("││")[0] for line in terminal.screen() if f" {name} " in line), "")


def leave(terminal: Terminal) -> float:
    """Press q; seconds until the program has ended, well and with the terminal as it was."""
    began = time.monotonic()
    terminal.type("q")
    assert terminal.wait_exit() == 0
    seconds = time.monotonic() - began
    assert_restored(terminal)
    return seconds


def best_of_several(attempt: Callable[[], float], limit: float) -> list[float]:
    """The seconds `attempt` tells, of as many attempts as it takes to stay below `limit`, up to eight.

    A busy machine makes some of them slow. Ever longer rests lie between them: a repository that was costly to read
    is read again no sooner than a while later.
    """
    told = [attempt()]
    while min(told) >= limit and len(told) < 8:
        threading.Event().wait(len(told))
        told.append(attempt())
    return told


def assert_restored(terminal: Terminal) -> None:
    assert terminal.modes() == FRESH
    assert terminal.attributes() == terminal.initial_attributes


def test_a_morning(desk: Desk, terminal: Terminal) -> None:
    terminal.wait_for("2 repos · 0 need you")
    terminal.wait_for("Board prep")
    terminal.wait_for("best fit Usage caps limiter")
    terminal.wait_for(lambda terminal: "clean" in row(terminal, "billing"))

    made = 0

    def edit_outside() -> float:
        nonlocal made
        made += 1
        began = time.monotonic()
        (desk.billing / f"new-{made}.txt").write_text("an outside edit\n")
        terminal.wait_for(lambda terminal: f"{made} new" in row(terminal, "billing"))
        return time.monotonic() - began

    terminal.wait_for(lambda terminal: "read " in terminal.screen()[-1])
    waits = best_of_several(edit_outside, 1.0)
    assert min(waits) < 1.0, f"an outside edit took {waits} s to reach the screen"

    terminal.wait_for(lambda terminal: not terminal.modes().synchronized)
    running = replace(terminal.modes(), synchronized=False)
    assert running.alternate
    assert running.mouse
    terminal.type("e")
    terminal.wait_for("EDITING")
    assert desk.record.read_text().splitlines() == [str(desk.billing), str(desk.billing)]
    terminal.resize(100, 30)
    terminal.type("jjqqw")  # the last one ends the editor; the others are its own
    terminal.wait_for("2 repos")
    terminal.wait_for(lambda terminal: terminal.modes() == running)
    terminal.wait_for(lambda terminal: f"{made + 1} new" in row(terminal, "billing"))
    terminal.wait_for(lambda terminal: max(map(len, terminal.screen())) == 100 and "Quit" in terminal.screen()[-1])
    assert len(terminal.screen()) == 30

    terminal.type("L")
    terminal.wait_for("`no-such-client`")
    terminal.wait_for(lambda terminal: terminal.modes() == running)

    terminal.type("n")
    terminal.wait_for("New idea")
    terminal.type("Refund simulator 45m\r")
    terminal.wait_for("Inbox 1")
    terminal.wait_for(lambda _: desk.titles() == ["Usage caps limiter", "Refund simulator"])
    desk.store.add([Item("", "Written by another program")])
    terminal.wait_for("Written by another")
    terminal.type("u")
    terminal.wait_for(lambda terminal: "Refund simulator" not in "".join(terminal.screen()[4:]))
    terminal.wait_for(lambda _: desk.titles() == ["Usage caps limiter", "Written by another program"])
    leave(terminal)


def test_a_source_that_hangs_holds_up_neither_the_others_nor_the_end(desk: Desk) -> None:
    real = next(Path(folder, "git") for folder in os.environ["PATH"].split(os.pathsep) if Path(folder, "git").is_file())
    folder = desk.home / "bin"
    folder.mkdir()
    wrapper = folder / "git"
    # Hangs for one repository, as one on a dead network drive does; it and its child outlive any patience.
    wrapper.write_text(f'#!/bin/sh\ncase "$*" in */intake*) sleep 600 ;; esac\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    path = f"{folder}{os.pathsep}{desk.environ['PATH']}"

    def look_and_leave() -> float:
        with desk.start(PATH=path) as terminal:
            terminal.wait_for("Board prep")
            terminal.wait_for("Usage caps limiter")
            terminal.wait_for(lambda terminal: "clean" in row(terminal, "billing"))
            terminal.wait_for(
                lambda terminal: "waiting for git" in row(terminal, "intake") or "…" in row(terminal, "intake")
            )
            return leave(terminal)

    waits = best_of_several(look_and_leave, 0.5)
    assert min(waits) < 0.5, f"q took {waits} s"
    config = desk.home / "config.toml"
    config.write_text(config.read_text().replace("deadline_seconds = 60", "deadline_seconds = 3"))
    with desk.start(PATH=path) as terminal:
        terminal.wait_for(lambda terminal: "no answer within 3 s" in row(terminal, "intake"))
        (desk.billing / "new.txt").write_text("x")
        terminal.wait_for(lambda terminal: "1 new" in row(terminal, "billing"))
        leave(terminal)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(terminal: Terminal, number: int) -> None:
    terminal.wait_for("2 repos")
    terminal.signal(number)
    assert terminal.wait_exit() == 0
    assert_restored(terminal)


@pytest.mark.parametrize("numbers", [(signal.SIGSTOP, signal.SIGCONT), (signal.SIGCONT,)], ids=str)
def test_stopped_and_continued_from_outside_it_goes_on_and_leaves_as_ever(
    terminal: Terminal, numbers: tuple[int, ...]
) -> None:
    terminal.wait_for("2 repos")
    taken = terminal.raw.count(b"\x1b[?1049h")
    for number in numbers:
        terminal.signal(number)
    until(lambda: terminal.raw.count(b"\x1b[?1049h") == taken + 1)
    terminal.type("?")
    terminal.wait_for("The keys that work here")
    terminal.type("\x1b")
    terminal.wait_for("2 repos")
    leave(terminal)
    assert_restored(terminal)


def test_a_terminal_that_cannot_be_drawn_on_is_told(desk: Desk) -> None:
    with desk.start(TERM="dumb") as terminal:
        assert terminal.wait_exit() == 2
        assert_restored(terminal)
        assert "a terminal that can be drawn on" in "".join(terminal.main_screen())


@contextmanager
def tmux_at(desk: Desk, **more: str) -> Iterator[Callable[..., str]]:
    """Runs tmux's commands on a server of its own."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    with tempfile.TemporaryDirectory(prefix="mh-") as short:  # for a socket

        def tmux(*argv: str, check: bool = True) -> str:
            command = ("tmux", "-S", f"{short}/s", "-f", os.devnull, *argv)
            done = subprocess.run(command, env={**desk.environ, **more}, cwd=desk.home, capture_output=True, text=True,
                                  timeout=PATIENCE, check=check)  # fmt: skip
            return done.stdout.strip()

        try:
            yield tmux
        finally:
            tmux("kill-server", check=False)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_dashboard_ends_with_its_terminal(desk: Desk, unbuffered: str) -> None:
    """As when the window is closed: what it writes from then on fails, sooner where it is unbuffered."""
    command = shlex.join((*DASHBOARD, "--config", str(desk.home / "config.toml")))
    with tmux_at(desk, PYTHONUNBUFFERED=unbuffered) as tmux:
        tmux("new-session", "-d", "-x", "120", "-y", "40", f"exec {command}")
        pid = int(tmux("display-message", "-p", "#{pane_pid}"))
        until(lambda: "2 repos" in tmux("capture-pane", "-p"))
        for _ in range(20):
            tmux("send-keys", "z", "z", "j", "k")
    try:
        until(lambda: not lives(pid))
    finally:
        if lives(pid):
            os.kill(pid, signal.SIGKILL)


def is_drawn(screen: str, columns: int, lines: int) -> bool:
    """True where the dashboard on `screen` fills it, with its keys in the last line."""
    rows = screen.splitlines()
    return len(rows) == lines and max(map(len, rows)) == columns and "Quit" in rows[-1]


def test_nothing_of_it_stays_where_it_was_larger_for_a_while(desk: Desk) -> None:
    command = shlex.join((*DASHBOARD, "--config", str(desk.home / "config.toml")))
    with tmux_at(desk) as tmux:
        tmux("new-session", "-d", "-x", "80", "-y", "24", "exec sh")
        tmux("set-option", "-g", "window-size", "manual")
        tmux("send-keys", f"PS1='ready> '; {command}", "Enter")
        for columns, lines in (80, 24), (200, 60), (50, 16):
            tmux("resize-window", "-x", str(columns), "-y", str(lines))
            still: list[str] = []  # it draws more than once, and all of it counts

            def drawn(size: tuple[int, int] = (columns, lines), still: list[str] = still) -> bool:
                still.append(tmux("capture-pane", "-p"))
                return is_drawn(still[-1], *size) and len(still) >= 30 and len(set(still[-30:])) == 1

            until(drawn)
        tmux("send-keys", "q")
        until(lambda: tmux("capture-pane", "-p").endswith("ready>"))
        assert "─" not in tmux("capture-pane", "-p", "-S", "-")


def test_ctrl_z_goes_to_the_shell_and_fg_comes_back(desk: Desk) -> None:
    """Started through another program of its group, as make does: the shell has the terminal once all have stopped."""
    command = shlex.join((*DASHBOARD, "--config", str(desk.home / "config.toml")))
    with tmux_at(desk) as tmux:
        tmux("new-session", "-d", "-x", "120", "-y", "40", "exec sh")
        tmux("send-keys", f"PS1='ready> '; sh -c {shlex.quote(f'{command}; echo ended')}", "Enter")
        until(lambda: "2 repos" in tmux("capture-pane", "-p"))
        for key, seen in ("3", "Usage caps"), ("?", "The keys that work here"):  # also from a dialog
            tmux("send-keys", key, "C-z")
            until(lambda: tmux("capture-pane", "-p").endswith("ready>"))
            assert "─" not in tmux("capture-pane", "-p", "-S", "-")
            tmux("send-keys", "fg", "Enter")
            until(partial(contains, tmux, seen))
        tmux("send-keys", "Escape")
        until(lambda: "The keys that work here" not in tmux("capture-pane", "-p"))
        tmux("send-keys", ":suspend", "Enter")  # by name as well
        until(lambda: tmux("capture-pane", "-p").endswith("ready>"))
        tmux("send-keys", "fg", "Enter")
        until(partial(contains, tmux, "Usage caps"))
        tmux("send-keys", "q")
        until(lambda: tmux("capture-pane", "-p").endswith("ended\nready>"))


def contains(tmux: Callable[..., str], text: str) -> bool:
    return text in tmux("capture-pane", "-p")


def test_ctrl_z_says_where_there_is_no_shell(terminal: Terminal) -> None:
    terminal.wait_for("2 repos")
    terminal.type("\x1a")
    terminal.wait_for("no shell to go back to")
    leave(terminal)
    assert_restored(terminal)


def lives(pid: int) -> bool:
    """True where a process has that number and has not ended."""
    told = subprocess.run(("ps", "-o", "stat=", "-p", str(pid)), capture_output=True, text=True, check=False).stdout
    return bool(told.strip()) and "Z" not in told


def test_a_calendar_edited_outside_is_picked_up_on_refresh(desk: Desk, terminal: Terminal) -> None:
    terminal.wait_for("Board prep")
    path = desk.home / "work.ics"
    path.write_text(path.read_text().replace("Board prep", "Board call"))
    terminal.type("R")
    terminal.wait_for("Board call")
    leave(terminal)


def test_a_calendar_behind_an_address_stays_when_its_server_fails(desk: Desk) -> None:
    config = desk.home / "config.toml"
    meetings = (desk.home / "work.ics").read_bytes()
    opened = threading.Event()

    def slow(to: Handler) -> None:
        opened.wait(240)
        body(meetings)(to)

    def hang(_: Handler) -> None:
        server.ending.wait(240)

    with serving() as server:
        server.answer = slow
        config.write_text(config.read_text().replace(f"'{desk.home / 'work.ics'}'", f"'{server.url()}'"))
        with desk.start(no_proxy="127.0.0.1") as terminal:
            terminal.wait_for("not read")
            terminal.type("2z")
            terminal.wait_for("being fetched for the first time")
            opened.set()
            terminal.wait_for("Board prep")
            server.answer = body(b"<html>sign in</html>")
            terminal.type("R")
            terminal.wait_for("as of ")
            terminal.wait_for("a web page came")
            screen = "\n".join(terminal.screen())
            assert "Board prep" in screen
            assert SECRET not in screen
            server.answer = hang  #: leaving does not wait for it
            terminal.type("R")
            leave(terminal)
        with desk.start(no_proxy="127.0.0.1") as terminal:
            terminal.wait_for("Board prep")  # from the copy
            leave(terminal)
    for path in (desk.home / ".local").rglob("*"):
        assert SECRET not in path.name
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()


def test_a_repository_cloned_or_deleted_outside_comes_and_goes(desk: Desk, terminal: Terminal) -> None:
    terminal.wait_for("2 repos")
    fleet.make(desk.code / "metrics")
    terminal.type("R")
    terminal.wait_for("3 repos")
    desk.intake.rename(desk.home / "elsewhere")
    terminal.type("R")
    terminal.wait_for(lambda terminal: "2 repos" in "\n".join(terminal.screen()))
    leave(terminal)


def test_the_demo_is_usable_and_gone_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    environ = isolated_environment(tmp_path, PYTHONPATH=str(ROOT), TMPDIR=str(tmp_path / "tmp"))
    with Terminal.start((*DASHBOARD, "--demo"), environ) as terminal:
        terminal.wait_for("12 repos")
        terminal.wait_for("best fit")
        terminal.type("3")
        terminal.type("x")
        terminal.wait_for("3 to triage")
        terminal.type("?")
        terminal.wait_for("Everywhere")
        terminal.type("\x1b")
        terminal.wait_for(lambda terminal: "Everywhere" not in "\n".join(terminal.screen()))
        leave(terminal)
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not (tmp_path / ".local").exists()


def test_an_empty_home_shows_what_to_do(tmp_path: Path) -> None:
    environ = isolated_environment(tmp_path, PYTHONPATH=str(ROOT))
    (tmp_path / "nothing here").mkdir()
    with Terminal.start(DASHBOARD, environ, cwd=tmp_path / "nothing here", columns=80, lines=24) as terminal:
        terminal.wait_for("no repositories found")
        terminal.wait_for("no calendar yet")
        terminal.wait_for("nothing in the backlog")
        leave(terminal)


def test_a_crash_is_a_sentence_and_a_log_without_titles(desk: Desk) -> None:
    (desk.home / "sitecustomize.py").write_text(
        "import widgets.now_bar as bar\ndef render(self):\n    secret = 'Board prep'\n    raise RuntimeError('boom')\n"
        "bar.NowBar.render = render\n"
    )
    with desk.start(PYTHONPATH=f"{desk.home}{os.pathsep}{ROOT}") as terminal:
        assert terminal.wait_exit() == 1
        assert_restored(terminal)
        screen = "\n".join(terminal.screen())
        assert "makerhour: the dashboard failed: boom" in screen
        assert "Traceback" not in screen
    log = desk.home / ".local" / "state" / "makerhour" / "makerhour.log"
    assert "boom" in log.read_text()
    assert "Board prep" not in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_exported_sizes_do_not_win_over_the_real_one(desk: Desk) -> None:
    with desk.start(columns=90, lines=28, COLUMNS="40", LINES="10") as terminal:
        terminal.wait_for("2 repos")
        terminal.wait_for(lambda terminal: max(map(len, terminal.screen())) == 90)


def test_flow_control_and_special_keys_reach_the_dashboard(terminal: Terminal) -> None:
    terminal.wait_for("2 repos")
    assert not terminal.attributes()[3] & termios.ICANON
    terminal.type("\x11")  # ctrl+q
    assert terminal.wait_exit() == 0
    assert_restored(terminal)


def states(desk: Desk) -> list[tuple[str, int | None, tuple[str, ...]]]:
    """State, estimate and unknown keys of each item in the file."""
    return [(item.state, item.estimate, tuple(dict(item.extra))) for item in desk.store.read().items]


def test_keys_that_come_together_work_one_after_the_other(desk: Desk) -> None:
    with desk.start() as terminal:
        terminal.type("2]")  # before there is anything to show
        terminal.wait_for("Tomorrow")
        terminal.type("t3")
        terminal.wait_for("Usage caps limiter")
        for key in "++++":
            terminal.type(key)
        terminal.wait_for(" 2h billing")
        terminal.type("x")
        terminal.type("u")
        terminal.wait_for("undone: Usage caps limiter")
        terminal.wait_for("Build 1")
        terminal.type("n")
        terminal.wait_for("New idea")
        terminal.type("helo\x7flo\x1b[H!\x7f\r\r")  # put right as it is typed; the second enter opens what was written
        terminal.wait_for("─ hello ─")
        terminal.type("\x1b")
        terminal.wait_for("Inbox 1")
        leave(terminal)
    assert states(desk) == [("build", 120, ()), ("inbox", None, ())]


def test_the_last_change_is_written_before_the_end(desk: Desk, terminal: Terminal) -> None:
    terminal.wait_for("Usage caps limiter")
    terminal.type("3")
    terminal.type("x")
    terminal.type("q")
    assert terminal.wait_exit() == 0
    assert states(desk) == [("dropped", 30, ())]


def test_a_change_that_cannot_be_written_is_taken_back_and_said(desk: Desk, terminal: Terminal) -> None:
    terminal.wait_for("Usage caps limiter")
    whole = desk.backlog.read_bytes()
    desk.backlog.write_bytes(whole + b"\n[[items]\n")
    terminal.wait_for("is not valid TOML")
    terminal.type("3+")
    terminal.wait_for("nothing was changed")
    terminal.wait_for(" 30m billing")
    terminal.resize(5, 10)
    terminal.resize(120, 40)
    terminal.wait_for("is not valid TOML")
    terminal.type("n")
    terminal.wait_for("New idea")
    terminal.type("kept while it is broken\r")
    terminal.wait_for("kept while it is broken")
    desk.backlog.write_bytes(whole)
    terminal.wait_for(lambda terminal: "│ × `" not in "\n".join(terminal.screen()))
    terminal.type("\r")
    terminal.wait_for("Inbox 1")
    terminal.type("\x12")  # ctrl+r: what could not be written
    leave(terminal)
    assert desk.titles() == ["Usage caps limiter", "kept while it is broken"]


def test_a_window_that_was_tiny_for_a_moment_is_painted_again(terminal: Terminal) -> None:
    terminal.wait_for("Usage caps limiter")
    terminal.wait_for("Board prep")
    for _ in range(5):
        terminal.resize(5, 10)
        terminal.resize(120, 40)
        terminal.wait_for(
            lambda terminal: all(text in "\n".join(terminal.screen()) for text in ("Usage caps", "Board prep")),
            timeout=20,
        )
    leave(terminal)


def test_a_change_that_fails_on_the_way_out_is_said(desk: Desk, terminal: Terminal) -> None:
    terminal.wait_for("Usage caps limiter")
    terminal.type("3")
    desk.backlog.write_bytes(b"[[items]\n")
    terminal.type("+")
    terminal.type("q")
    status = terminal.wait_exit()
    if status:  # where the toast did not come first
        assert "not written" in "\n".join(terminal.screen())
    assert desk.backlog.read_bytes() == b"[[items]\n"


def test_a_title_cannot_steer_the_terminal_from_a_form(desk: Desk) -> None:
    desk.backlog.write_text(
        '[[items]]\nid = "aaaa"\ntitle = "x \\u001b]0;PWNED\\u001b\\\\ \\u009b31m y"\nstate = "inbox"\n'
    )
    with desk.start() as terminal:
        terminal.wait_for("Inbox 1")
        terminal.type("3e")
        terminal.wait_for("enter saves")
        terminal.type("\x1b[200~paste \x1b]0;PWNED\x07 \xc2\x9b end\x1b[201~")
        terminal.wait_for("paste")
        assert b"\x1b]0;PWNED" not in terminal.raw
        assert terminal.title != "PWNED"
        terminal.type("\x1b")
        terminal.wait_for(lambda terminal: "enter saves" not in "\n".join(terminal.screen()))
        leave(terminal)


def drafted(screen: list[str]) -> str | None:
    """When the block that is shown would end; None where none is."""
    return next((line.split("DTEND:")[1][:16] for line in screen if "DTEND:" in line), None)


def held(screen: list[str]) -> bool:
    """True where the dialog is there."""
    return any(part in line for line in screen for part in ("Hold this gap", "enter writes", "CLASS:PRIVATE"))


def test_a_gap_is_held_by_enter_alone_and_stands_in_the_day(desk: Desk) -> None:
    folder = desk.home / "focus"
    folder.mkdir()
    config = desk.home / "config.toml"
    config.write_text(
        f"[agenda]\nhold_folder = '{folder}'\nrefresh_seconds = 5\n{config.read_text()}"
        f"[[calendars]]\npath = '{folder}'\n"
    )
    with desk.start(80, 24) as terminal:
        terminal.wait_for("Board prep")
        terminal.type("2h")
        terminal.wait_for("Hold this gap")
        before = terminal.wait_for("CLASS:PRIVATE")
        terminal.type("-")  # drawn anew before esc: a dialog being drawn looks as if it had gone
        terminal.wait_for(lambda terminal: drafted(terminal.screen()) not in (None, drafted(before)))
        terminal.type("\x1b")
        terminal.wait_for(lambda terminal: not held(terminal.screen()))
        assert list(folder.iterdir()) == []
        terminal.type("h")
        before = terminal.wait_for("CLASS:PRIVATE")
        terminal.type("--")
        terminal.wait_for(lambda terminal: drafted(terminal.screen()) not in (None, drafted(before)))
        terminal.type("\r")
        terminal.wait_for(lambda terminal: not held(terminal.screen()))
        terminal.wait_for(lambda _: list(folder.glob("*.ics")))
        terminal.wait_for(lambda terminal: any(" Focus time" in line for line in terminal.screen()[2:]))
        (file,) = folder.iterdir()
        text = file.read_text()
        assert "SUMMARY:Focus time" in text
        assert f"UID:{file.stem}" in text
        assert file.stat().st_mode & 0o777 == 0o600
        leave(terminal)
