"""Starting programs: in a real terminal from a real Textual app, and beside it.

The app is the test's own and as small as can be; what is under test is the hand-over and the return.
"""

import json
import os
import shutil
import signal
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest
from textual.app import App, SuspendNotSupported

from tests.terminal import FRESH, PATIENCE, Terminal, isolated_environment
from tests.waiting import until
from tui.domain.launch_table import TABLE
from tui.domain.launching import LaunchError, LaunchKind, LaunchPlan, parse_launcher, plan
from tui.launcher import clean_environment, detect, find_program, launch

ROOT = Path(__file__).parents[1]

APP = """
import json, os, sys
from pathlib import Path
from textual import events
from textual.app import App, SuspendNotSupported
from textual.widgets import Static
from tui.domain.launching import LaunchError, LaunchPlan
from tui.launcher import launch

class Launching(App):
    BINDINGS = [("e", "edit"), ("x", "mark"), ("q", "quit")]
    ENABLE_COMMAND_PALETTE = False
    marks, said, resumed_at, extent = 0, "ready", 0.0, None

    def compose(self):
        yield Static(markup=False)

    def on_resize(self, event):
        self.extent = event.size
        self.show()

    def show(self):
        width, height = self.extent
        self.query_one(Static).update(f"{self.said} / {width}x{height} / marks {self.marks}.")

    def action_mark(self):
        self.marks += 1
        self.show()

    def action_edit(self):
        asked = json.loads(sys.argv[1])
        plan = LaunchPlan("ed", tuple(asked["argv"]), Path.cwd(), asked["terminal"])
        try:
            result = launch(plan, self.suspend, os.environ, unsupported=(SuspendNotSupported,))
            self.resumed_at = result.resumed_at
            left = [number for number in range(3) if not os.get_blocking(number)]
            self.said = f"back {result.status} {result.message}" + f" NOT BLOCKING {left}" * bool(left)
        except LaunchError as problem:
            self.said = f"refused: {problem}"
        self.show()

    async def on_event(self, event):
        if isinstance(event, (events.Key, events.Paste, events.MouseEvent)) and event.time < self.resumed_at:
            return
        await super().on_event(event)

Launching().run()
"""

RECORD = """#!/bin/sh
printf '%s\\0' "$@" > "$RECORD/arguments"
pwd > "$RECORD/folder"
env > "$RECORD/environment"
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """What the launched programs are found and started in: the test's own `bin` before the system's."""
    record, programs = tmp_path / "record", tmp_path / "bin"
    record.mkdir()
    programs.mkdir()
    path = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return isolated_environment(tmp_path, PATH=path, RECORD=str(record))


def script(environment: dict[str, str], name: str, text: str) -> Path:
    """A program `name` on the PATH of `environment`."""
    path = Path(environment["PATH"].split(os.pathsep)[0], name)
    path.write_text(text)
    path.chmod(0o755)
    return path


def python(text: str) -> str:
    """A script in Python, started without site packages: quick, and not ours to configure."""
    return f"#!/bin/sh\n''':'\nexec '{sys.executable}' -I -S \"$0\" \"$@\"\n'''\n{text}"


def recorded(tmp_path: Path) -> list[str]:
    """The arguments RECORD was started with."""
    raw = (tmp_path / "record" / "arguments").read_bytes()
    return [os.fsdecode(part) for part in raw.split(b"\0")[:-1]]


def planned(folder: Path, *argv: str, kind: LaunchKind = "editor", terminal: bool = True) -> LaunchPlan:
    return LaunchPlan("ed", argv, folder, terminal, kind)


@contextmanager
def app(
    environment: dict[str, str], tmp_path: Path, *argv: str, beside: bool = False, **size: int
) -> Iterator[Terminal]:
    """The app in a terminal; its `e` starts `argv`."""
    asked = json.dumps({"argv": argv, "terminal": not beside})
    own = {**environment, "PYTHONPATH": str(ROOT)}
    with Terminal.start([sys.executable, "-c", APP, asked], own, tmp_path, **size) as terminal:
        terminal.wait_for("ready /")
        terminal.wait_for(lambda _: not terminal.modes().synchronized)  # the frame is whole
        yield terminal


def quit_clean(terminal: Terminal) -> None:
    """Quit, and see the terminal as it was before the app."""
    terminal.type("q")
    assert terminal.wait_exit() == 0
    assert terminal.modes() == FRESH
    assert terminal.attributes() == terminal.initial_attributes


# In a terminal


@pytest.mark.terminal
def test_program_has_the_terminal_and_gives_it_back(environment: dict[str, str], tmp_path: Path) -> None:
    script(environment, "ed", "#!/bin/sh\nstty -a > \"$RECORD/stty\"\nprintf 'EDITING'\nread -r line\nexit 3\n")
    with app(environment, tmp_path, "ed") as terminal:
        running, attributes = terminal.modes(), terminal.attributes()
        assert running.alternate
        assert running.mouse
        terminal.type("e")
        terminal.wait_for("EDITING")
        assert terminal.modes() == FRESH
        assert terminal.attributes() == terminal.initial_attributes
        terminal.type("typed in the editor\r")
        terminal.wait_for("back 3 `ed` ended with status 3 / 120x40 / marks 0.")
        terminal.wait_for(lambda _: terminal.modes() == running)
        assert terminal.attributes() == attributes
        assert "typed in the editor" not in "\n".join(terminal.screen())
        terminal.type("x")
        terminal.wait_for("marks 1.")
        quit_clean(terminal)
        assert terminal.screen()[:2] == ["EDITINGtyped in the editor", ""]
        assert terminal.cursor() == (0, 1)  # what comes next is written below what the program left


DIRTY = """
import fcntl, os, signal, sys, termios, tty
tty.setraw(0)
sys.stdout.write(
    "\\x1b[>3u\\x1b[?1049h\\x1b[?1000h\\x1b[?1003h\\x1b[?1006h\\x1b[?2004h\\x1b[?1004h\\x1b[?25l\\x1b[?7l\\x1b[?1h\\x1b[>1u"
    "\\x1b[?2026h\\x1b[5;9r\\x1b[4h\\x1b[31;7mDRAWN\\x1b]2;cut short"
)
sys.stdout.flush()
for number in range(3):
    os.set_blocking(number, False)
if sys.argv[1] == "group":
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
os.kill(os.getpid(), getattr(signal, sys.argv[2]))
"""


@pytest.mark.terminal
@pytest.mark.parametrize(("group", "name"), [("same", "SIGKILL"), ("group", "SIGSEGV")])
def test_program_that_dies_with_everything_switched_on_leaves_nothing(
    environment: dict[str, str], tmp_path: Path, group: str, name: str
) -> None:
    script(environment, "ed", python(DIRTY))
    with app(environment, tmp_path, "ed", group, name) as terminal:
        running, attributes = terminal.modes(), terminal.attributes()
        terminal.type("e")
        terminal.wait_for(f"`ed` was ended by {name} / 120x40 / marks 0.")
        assert b"DRAWN" in terminal.raw
        terminal.wait_for(lambda _: terminal.modes() == running)
        assert terminal.attributes() == attributes
        terminal.type("x")
        terminal.wait_for("marks 1.")
        quit_clean(terminal)
        terminal.type("\n")  # nobody reads any more: the echo shows that the line discipline is back
        until(lambda: terminal.raw.endswith(b"\r\n"))


# Both signals are held back until they are waited for: a handler before a call that waits may come too early for it.
WAITING = """
import signal
both = {signal.SIGINT, signal.SIGQUIT}
signal.pthread_sigmask(signal.SIG_BLOCK, both)
print("RUNNING", flush=True)
for _ in both:
    print({signal.SIGINT: "INTERRUPTED", signal.SIGQUIT: "QUITTED"}[signal.sigwait(both)], flush=True)
input()
"""


@pytest.mark.terminal
def test_ctrl_c_is_the_programs_alone(environment: dict[str, str], tmp_path: Path) -> None:
    script(environment, "ed", python(WAITING))
    with app(environment, tmp_path, "ed") as terminal:
        terminal.type("e")
        terminal.wait_for("RUNNING")
        terminal.type("\x03")
        terminal.wait_for("INTERRUPTED")
        terminal.type("\x1c")
        terminal.wait_for("QUITTED")
        terminal.type("done\r")
        terminal.wait_for("back 0")
        terminal.type("x")
        terminal.wait_for("marks 1.")
        quit_clean(terminal)


@pytest.mark.terminal
def test_program_without_a_handler_is_ended_by_ctrl_c_and_the_app_is_not(
    environment: dict[str, str], tmp_path: Path
) -> None:
    script(environment, "ed", "#!/bin/sh\necho RUNNING\nexec cat\n")
    with app(environment, tmp_path, "ed") as terminal:
        terminal.type("e")
        terminal.wait_for("RUNNING")
        terminal.type("\x03")
        terminal.wait_for("`ed` was ended by SIGINT")
        quit_clean(terminal)


@pytest.mark.terminal
def test_size_changed_meanwhile_is_right_afterwards(environment: dict[str, str], tmp_path: Path) -> None:
    script(environment, "ed", '#!/bin/sh\necho RUNNING\nread -r line\nstty size > "$RECORD/size"\n')
    with app(environment, tmp_path, "ed", columns=100, lines=30) as terminal:
        terminal.wait_for("100x30")
        terminal.type("e")
        terminal.wait_for("RUNNING")
        terminal.resize(90, 20)
        terminal.type("\r")
        terminal.wait_for("back 0  / 90x20 / marks 0.")
        assert (tmp_path / "record" / "size").read_text().split() == ["20", "90"]
        quit_clean(terminal)


@pytest.mark.terminal
def test_keys_typed_during_the_hand_over_do_not_act_afterwards(environment: dict[str, str], tmp_path: Path) -> None:
    script(environment, "ed", '#!/bin/sh\necho RUNNING\nwhile [ ! -e "$RECORD/go" ]; do sleep 0.02; done\n')
    with app(environment, tmp_path, "ed") as terminal:
        terminal.type("exq")  # in one go: these are with the app already when it steps aside
        terminal.wait_for("RUNNING")
        terminal.type("xq\x1b[M !!")
        terminal.wait_for("xq^[[M !!")  # the echo: all of it lies where the app would read it
        (tmp_path / "record" / "go").touch()
        terminal.wait_for("back 0  / 120x40 / marks 0.")
        terminal.type("x")
        terminal.wait_for("marks 1.")
        quit_clean(terminal)


@pytest.mark.terminal
def test_missing_program_is_said_without_leaving_the_screen(environment: dict[str, str], tmp_path: Path) -> None:
    with app(environment, tmp_path, "no-such-editor") as terminal:
        terminal.type("e")
        terminal.wait_for("refused: `no-such-editor` is not installed or not on the PATH; set `[launch] editor`")
        assert b"\x1b[?1049l" not in terminal.raw
        quit_clean(terminal)


@pytest.mark.terminal
def test_program_the_system_cannot_run_is_said_after_the_return(environment: dict[str, str], tmp_path: Path) -> None:
    script(environment, "ed", "\x7fELF but not really")
    with app(environment, tmp_path, "ed") as terminal:
        terminal.type("e")
        terminal.wait_for("back None `ed` could not be started: Exec format error; set `[launch] editor`")
        terminal.type("x")
        terminal.wait_for("marks 1.")
        quit_clean(terminal)


@pytest.mark.terminal
def test_program_beside_leaves_the_screen_alone(environment: dict[str, str], tmp_path: Path) -> None:
    script(environment, "ed", RECORD + "echo NOISE; echo NOISE >&2; cat; touch $RECORD/ended\n")
    with app(environment, tmp_path, "ed", "a b", beside=True) as terminal:
        terminal.type("e")
        terminal.wait_for("back None  / 120x40")
        terminal.type("x")
        terminal.wait_for("marks 1.")
        until((tmp_path / "record" / "ended").exists)  # `cat` had nothing to read, and did not take our keys
        assert recorded(tmp_path) == ["a b"]
        assert b"\x1b[?1049l" not in terminal.raw
        assert b"NOISE" not in terminal.raw
        quit_clean(terminal)


@pytest.mark.terminal
def test_vim_goes_there_and_back(environment: dict[str, str], tmp_path: Path) -> None:
    if shutil.which("vim") is None:
        pytest.skip("vim is not installed")
    notes = tmp_path / "-odd $(name) ü.txt"
    notes.write_text("one\ntwo\nthree lines\n")
    row = next(launcher for launcher in TABLE if launcher.name == "vim")
    argv = plan(row, tmp_path, {"file": notes.name, "line": "3"}).argv
    with app({**environment, "VIMINIT": "set nocompatible ruler"}, tmp_path, *argv) as terminal:
        running = terminal.modes()
        terminal.type("e")
        terminal.wait_for("three lines")
        terminal.wait_for(lambda _: terminal.cursor() == (0, 2))
        terminal.type("Achanged\x1b:q!\r")
        terminal.wait_for("back 0")
        terminal.wait_for(lambda _: terminal.modes() == running)
        assert notes.read_text() == "one\ntwo\nthree lines\n"
        quit_clean(terminal)


STOPPED: dict[str, str] = {
    "ctrl+z": "print('RUNNING', flush=True)\nsys.stdin.readline()\n",
    "itself": "print('RUNNING', flush=True)\nos.kill(os.getpid(), signal.SIGSTOP)\nsys.stdin.readline()\n",
    "its own group": "signal.signal(signal.SIGTTOU, signal.SIG_IGN)\nos.setpgid(0, 0)\nos.tcsetpgrp(0, os.getpid())\n"
    "print('RUNNING', flush=True)\nos.kill(os.getpid(), signal.SIGSTOP)\nsys.stdin.readline()\n",
}
"""How programs stop: with everything in front of the terminal, or, as micro and Node programs do, alone."""


def go_on_from_the_shell(terminal: Terminal) -> None:
    """The shell has the terminal once what it runs has stopped, and `fg` lets that go on."""
    terminal.wait_for("Stopped")
    terminal.type("printf '\\033[H\\033[2J'; echo st''ill here\r")
    terminal.wait_for("still here")
    terminal.wait_for(lambda _: "Stopped" not in "\n".join(terminal.screen()))
    before = len(terminal.raw)
    terminal.type("fg\r")
    terminal.wait_for(lambda _: b"app.py" in terminal.raw[before:])


@pytest.mark.terminal
@pytest.mark.parametrize("how", STOPPED)
def test_program_that_stops_gives_the_terminal_to_the_shell_and_fg_goes_on(
    environment: dict[str, str], tmp_path: Path, how: str
) -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    script(environment, "ed", python(f"import os, signal, sys\n{STOPPED[how]}"))
    own = {**environment, "PYTHONPATH": str(ROOT), "PS1": "PROMPT> "}
    asked = json.dumps({"argv": ["ed"], "terminal": True})
    (tmp_path / "app.py").write_text(APP)
    with Terminal.start(["bash", "--norc", "--noprofile", "-i"], own, tmp_path) as terminal:
        terminal.wait_for("PROMPT>")
        terminal.type(f"{sys.executable} app.py '{asked}'\r")
        terminal.wait_for("ready /")
        terminal.type("e")
        terminal.wait_for("RUNNING")
        for _ in range(2 if how == "ctrl+z" else 1):
            if how == "ctrl+z":
                terminal.type("\x1a")
            go_on_from_the_shell(terminal)
        terminal.type("\r")
        terminal.wait_for("back 0")
        terminal.type("q")
        terminal.wait_for(lambda _: terminal.screen()[terminal.cursor()[1]] == "PROMPT>")
        assert not terminal.modes().alternate
        terminal.type("exit\r")
        assert terminal.wait_exit() == 0


@pytest.mark.terminal
@pytest.mark.parametrize("how", ["ctrl+z", "itself"])
def test_without_a_shell_to_go_back_to_nothing_stops(environment: dict[str, str], tmp_path: Path, how: str) -> None:
    script(environment, "ed", python(f"import os, signal, sys\n{STOPPED[how]}"))
    with app(environment, tmp_path, "ed") as terminal:
        terminal.type("e")
        terminal.wait_for("RUNNING")
        if how == "ctrl+z":
            terminal.type("\x1a")
            terminal.wait_for("^Z")
        terminal.type("\r")
        terminal.wait_for("back 0")
        terminal.type("x")
        terminal.wait_for("marks 1.")
        quit_clean(terminal)


# Without a terminal: exactly what is started, and what is said


ODD = (
    "a b",
    "it's",
    'say "hi"',
    "$(touch owned)",
    "x; touch owned",
    "two\nlines",
    "漢字 🎧",
    "-rf",
    "\udce9",
    "*",
    "'",
)


@pytest.mark.parametrize("odd", ODD)
def test_arguments_and_folder_arrive_exactly(environment: dict[str, str], tmp_path: Path, odd: str) -> None:
    script(environment, "ed", RECORD)
    folder = tmp_path / odd
    folder.mkdir()
    launcher = parse_launcher("ed", "editor", "ed --wait -- {path} {item} 'x {item}' {file} {branch}")
    result = launch(plan(launcher, folder, {"item": odd, "file": odd}), nullcontext, environment)
    assert (result.status, result.message) == (0, "")
    assert recorded(tmp_path) == ["--wait", "--", str(folder), odd, f"x {odd}", str(folder / odd)]
    assert os.fsdecode((tmp_path / "record" / "folder").read_bytes()) == f"{folder}\n"
    assert sorted(path.name for path in folder.iterdir()) == []


def test_environment_is_cleaned(environment: dict[str, str], tmp_path: Path) -> None:
    script(environment, "ed", RECORD)
    dirty = {
        **environment,
        **dict.fromkeys(("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_ASKPASS"), "x"),
        **dict.fromkeys(("PYTHONPATH", "PYTHONHOME", "TEXTUAL_DEBUG", "TEXTUAL"), "x"),
        **dict.fromkeys(("MAKERHOUR_TOKEN", "COLUMNS", "LINES", "VIRTUAL_ENV_PROMPT"), "x"),
        "VIRTUAL_ENV": "/opt/own venv",
        "PATH": f"/opt/own venv/bin{os.pathsep}{environment['PATH']}{os.pathsep}/opt/own venv/bin/",
        "MAKERHOUR_CONFIG": "/etc/makerhour.toml",
        "DIGITS": "1",
    }
    launch(planned(tmp_path, "ed"), nullcontext, dirty)
    lines = (tmp_path / "record" / "environment").read_text().splitlines()
    seen = dict(line.split("=", 1) for line in lines)
    for name in ("PWD", "OLDPWD", "SHLVL", "_"):  # the shell of the script adds these
        seen.pop(name, None)
    expected = {name: value for name, value in environment.items() if not name.startswith("GIT_")}
    assert seen == {**expected, "MAKERHOUR_CONFIG": "/etc/makerhour.toml", "DIGITS": "1"}


def test_cleaning_leaves_an_environment_without_path_alone() -> None:
    assert clean_environment({"VIRTUAL_ENV": "/v", "TERM": "xterm"}) == {"TERM": "xterm"}


def never() -> AbstractContextManager[None]:
    raise AssertionError("the app was suspended")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("no-such-editor",), "`no-such-editor` is not installed or not on the PATH; set `[launch] editor`"),
        (
            ("/no/such/editor",),
            "`/no/such/editor` is no program here (give its whole path); set `[launch] editor`",
        ),
        (("bin/ed",), "`bin/ed` is no program here (give its whole path)"),
        (("~/nothing",), "`~/nothing` is no program here"),
        (("plain",), "`plain` is not installed or not on the PATH"),
    ],
)
@pytest.mark.parametrize("terminal", [True, False])
def test_program_that_is_not_there_is_said_before_suspending(
    environment: dict[str, str], tmp_path: Path, argv: tuple[str, ...], said: str, terminal: bool
) -> None:
    script(environment, "plain", "#!/bin/sh\n").chmod(0o644)
    script(environment, "ed", "#!/bin/sh\n")
    with pytest.raises(LaunchError) as caught:
        launch(planned(tmp_path, *argv, terminal=terminal), never, environment)
    assert str(caught.value).startswith(said)


def test_program_may_lie_in_the_home_folder(environment: dict[str, str], tmp_path: Path) -> None:
    script(environment, "ed", RECORD)
    launch(planned(tmp_path, "~/bin/ed", "one"), nullcontext, environment)
    assert recorded(tmp_path) == ["one"]


def test_program_is_never_taken_from_the_repository(environment: dict[str, str], tmp_path: Path) -> None:
    script(environment, "trap", "#!/bin/sh\n")
    for path in (".", "", "bin", f"{os.pathsep}bin{os.pathsep}."):
        assert find_program("trap", {**environment, "PATH": path}) is None
    with pytest.raises(LaunchError):
        launch(planned(tmp_path / "bin", "trap"), never, {**environment, "PATH": "."})


@pytest.mark.parametrize("terminal", [True, False])
def test_missing_folder_is_said_before_suspending(environment: dict[str, str], tmp_path: Path, terminal: bool) -> None:
    script(environment, "ed", "#!/bin/sh\n")
    with pytest.raises(LaunchError, match=r"the folder `.*gone` is not there; refresh"):
        launch(planned(tmp_path / "gone", "ed", terminal=terminal), never, environment)


@pytest.mark.parametrize(
    ("line", "kind", "status", "message"),
    [
        ("exit 0", "editor", 0, ""),
        ("exit 3", "editor", 3, "`ed` ended with status 3"),
        ("exit 130", "shell", 130, ""),
        ("kill -SEGV $$", "agent", -signal.SIGSEGV, "`ed` was ended by SIGSEGV"),
        ("kill -KILL $$", "shell", -signal.SIGKILL, "`ed` was ended by SIGKILL"),
        ("kill -40 $$", "editor", -40, "`ed` was ended by signal 40"),
    ],
)
def test_ending_is_told(
    environment: dict[str, str], tmp_path: Path, line: str, kind: LaunchKind, status: int, message: str
) -> None:
    script(environment, "ed", f"#!/bin/sh\n{line}\n")
    result = launch(planned(tmp_path, "ed", kind=kind), nullcontext, environment)
    assert (result.status, result.message) == (status, message)


def test_result_says_how_long_and_when(environment: dict[str, str], tmp_path: Path) -> None:
    script(environment, "ed", "#!/bin/sh\n")
    before = time.monotonic()
    result = launch(planned(tmp_path, "ed"), nullcontext, environment)
    assert before < result.resumed_at <= time.monotonic()
    assert 0 < result.seconds <= result.resumed_at - before


@pytest.mark.parametrize("argument", ["a\0b", "\ud83d"])
def test_argument_no_system_takes_is_a_message_not_a_dead_screen(
    environment: dict[str, str], tmp_path: Path, argument: str
) -> None:
    script(environment, "ed", "#!/bin/sh\n")
    result = launch(planned(tmp_path, "ed", argument), nullcontext, environment)
    assert result.status is None
    assert result.message.startswith("`ed` could not be started: ")
    with pytest.raises(LaunchError, match="`ed` could not be started: "):
        launch(planned(tmp_path, "ed", argument, terminal=False), never, environment)


def test_signal_handlers_are_as_before(environment: dict[str, str], tmp_path: Path) -> None:
    numbers = (signal.SIGINT, signal.SIGQUIT, signal.SIGTTOU, signal.SIGPIPE)
    before = [signal.getsignal(number) for number in numbers]
    script(
        environment,
        "ed",
        python("import signal, sys\nsys.exit(signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN)"),
    )
    assert launch(planned(tmp_path, "ed"), nullcontext, environment).status == 0
    launch(planned(tmp_path, "ed", "\0"), nullcontext, environment)
    assert [signal.getsignal(number) for number in numbers] == before


async def test_where_nothing_can_be_suspended_there_is_a_sentence(environment: dict[str, str], tmp_path: Path) -> None:
    script(environment, "ed", "#!/bin/sh\n")
    headless: App[None] = App()
    async with headless.run_test():
        with pytest.raises(LaunchError, match="`ed` needs a terminal, and a browser has none to give"):
            launch(planned(tmp_path, "ed"), headless.suspend, environment, unsupported=(SuspendNotSupported,))
        with pytest.raises(SuspendNotSupported):
            launch(planned(tmp_path, "ed"), headless.suspend, environment)


# Beside


BESIDE = """
import os, pathlib, time
null = os.stat(os.devnull)
streams = [os.path.samestat(os.fstat(number), null) for number in range(3)]
place = pathlib.Path(os.environ["RECORD"], "beside")
place.with_suffix(".part").write_text(f"{os.getsid(0) == os.getpid()} {streams} {os.getpid()}")
place.with_suffix(".part").rename(place)
gate = pathlib.Path(os.environ["RECORD"], "go")
while not gate.exists(): time.sleep(0.01)
"""


def test_program_beside_has_its_own_session_no_streams_and_leaves_no_zombie(
    environment: dict[str, str], tmp_path: Path
) -> None:
    script(environment, "ed", python(BESIDE))
    result = launch(planned(tmp_path, "ed", terminal=False), never, environment)
    assert (result.status, result.message, result.seconds) == (None, "", 0.0)
    told = tmp_path / "record" / "beside"
    until(told.exists)
    session, streams = told.read_text().rsplit(" ", 1)[0].split(" ", 1)
    assert (session, streams) == ("True", "[True, True, True]")
    pid = int(told.read_text().rsplit(" ", 1)[1])
    (tmp_path / "record" / "go").touch()

    def gone() -> bool:
        try:
            os.kill(pid, 0)  # a zombie would still be there
        except ProcessLookupError:
            return True
        return False

    until(gone)


def test_program_beside_that_fails_at_once_is_told(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.launcher.WATCH_SECONDS", PATIENCE)
    script(environment, "ed", "#!/bin/sh\nexit 4\n")
    script(environment, "fine", "#!/bin/sh\n")
    told: list[str] = []
    launch(planned(tmp_path, "fine", terminal=False), never, environment, failed=told.append)
    launch(planned(tmp_path, "ed", terminal=False), never, environment, failed=told.append)
    until(lambda: told)
    assert told == ["`ed` ended with status 4"]


def test_program_beside_that_cannot_be_started_is_refused(environment: dict[str, str], tmp_path: Path) -> None:
    script(environment, "ed", "\x7fELF but not really")
    with pytest.raises(LaunchError, match="`ed` could not be started: Exec format error"):
        launch(planned(tmp_path, "ed", terminal=False), never, environment)


@pytest.mark.parametrize("terminal", [True, False])
def test_folder_that_cannot_be_entered_is_named(environment: dict[str, str], tmp_path: Path, terminal: bool) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser enters every folder")
    script(environment, "ed", "#!/bin/sh\n")
    closed = tmp_path / "closed"
    closed.mkdir(mode=stat.S_IRUSR)

    def told() -> str:
        try:
            return launch(planned(closed, "ed", terminal=terminal), nullcontext, environment).message
        except LaunchError as problem:
            return str(problem)

    assert f"could not be started in `{closed}`: Permission denied" in told()


def test_detect_finds_what_is_installed_and_where(environment: dict[str, str]) -> None:
    paths = {name: script(environment, name, "#!/bin/sh\n") for name in ("hx", "claude", "xdg-open")}
    script(environment, "kak", "not executable").chmod(0o644)
    own = {**environment, "PATH": str(paths["hx"].parent)}
    assert {launcher.name: path for launcher, path in detect(TABLE, own)} == paths
    assert detect(TABLE, {**own, "PATH": ""}) == ()


@pytest.mark.parametrize("program", sorted({launcher.command[0] for launcher in TABLE}))
def test_each_program_of_the_table_is_detected_by_itself(tmp_path: Path, program: str) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / program).write_text("#!/bin/sh\n")
        (folder / program).chmod(0o755)
    (first / program).chmod(0o644)
    rows = [launcher for launcher in TABLE if launcher.command[0] == program]
    found = detect(TABLE, {"PATH": f"{first}{os.pathsep}{second}", "HOME": str(tmp_path)})
    assert found == tuple((row, second / program) for row in rows)


# The test kit itself


@pytest.mark.terminal
def test_terminal_answers_as_a_terminal_does(tmp_path: Path) -> None:
    asks = """
import os, sys, tty
tty.setraw(0)
def ask(question, end):
    os.write(1, question)
    answer = b""
    while not answer.endswith(end):
        answer += os.read(0, 1)
    return answer
os.write(1, b"\\x1b[3;4H")
answers = [
    ask(b"\\x1b[6n", b"R"), ask(b"\\x1b[c", b"c"), ask(b"\\x1b[?2026$p", b"y"), ask(b"\\x1b[?25$p", b"y"),
    ask(b"\\x1b]11;?\\x07", b"\\x07"), ask(b"\\x1b[18t", b"t"),
]
os.write(1, b"\\x1b[2J\\x1b[H" + repr(answers[0] + answers[2] + answers[3] + answers[5]).encode() + b"\\r\\nEND")
"""
    with Terminal.start([sys.executable, "-I", "-c", asks], isolated_environment(tmp_path)) as terminal:
        terminal.wait_for("END")
        assert terminal.wait_exit() == 0
        assert terminal.screen()[0] == r"b'\x1b[3;4R\x1b[?2026;0$y\x1b[?25;1$y\x1b[8;40;120t'"


@pytest.mark.terminal
def test_terminal_keeps_two_screens_and_tells_when_something_does_not_come(tmp_path: Path) -> None:
    draws = (
        r"printf 'main\033[?1049h\033[H\033[<1;2mALT\033[38:2::1:2:3m\033P+q\033\\\033]0;titl\007';"
        r"read -r x; printf '\033[?1049l+'"
    )
    with Terminal.start(["sh", "-c", draws], isolated_environment(tmp_path), columns=20, lines=3) as terminal:
        terminal.wait_for("ALT")
        terminal.wait_for(lambda _: terminal.title == "titl")
        assert (terminal.screen()[0], terminal.main_screen()[0]) == ("ALT", "main")
        terminal.type("\r")
        with pytest.raises(AssertionError, match=r"'never' did not come\nstatus 0"):
            terminal.wait_for("never")
        assert terminal.screen()[0] == "main+"
        assert terminal.modes() == FRESH
