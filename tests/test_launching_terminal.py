"""Launching as a person does it: the real dashboard, started from a shell, in a terminal and inside a real tmux.

Editors are the real vim and nano; agents, git clients, shells and editors with windows of their own are fakes that
take everything of the terminal they can get, put nothing back, and record exactly what they were started with.

| what | suspended, in a terminal or in tmux | in a window of tmux | beside, in a terminal or in tmux |
|---|---|---|---|
| folder and arguments, odd names; screen, size and keys afterwards | `e` `a` `!` `L` | `e` `a` `!` `L` | `e` `a` `L` |
| the item's agent and its brief | `a` | `a` | `a` |
| vim and nano: folder, a file, an item | `e` `enter` `E` | `e` `enter` `E` | - |
| ended by a signal | vim, nano, agent | vim, nano, agent | soon, and long after |
| missing | `e` `a` `!` `L` | `e` `a` `!` `L` | `e` |
| ctrl+z, fg | vim, nano, agent | goes on: nobody could `fg` it | - |
"""

import contextlib
import json
import os
import shutil
import signal
import sys
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from tests import fleet
from tests.seat import PLACES, Place, Seat, sit_down
from tests.terminal import Terminal, isolated_environment
from tui.domain.backlog import Item
from tui.sources.backlog import BacklogStore

Manner = Literal["suspended", "window", "beside"]
FROM = [(place, manner) for place in PLACES for manner in ("suspended", "beside")] + [("tmux", "window")]
FROM_TERMINAL = [(place, manner) for place, manner in FROM if manner != "beside"]
EDITORS = ("vim", "nano")

pytestmark = pytest.mark.terminal

ODD = (
    "a b",
    'it\'s "q"',
    "$(touch owned) `touch owned`",
    "x; touch owned;",
    "two\nlines",
    "漢字 🎧 ü",
    "-rf",
    "+q!",
    "#(touch owned) #{pane_id} %H ~ *",
    "{item} back\\",
)
"""Folders' names."""
TITLE = '-x it\'s $(touch owned) "q" #(touch owned) {path} 漢字;'

TAKER = """#!/bin/sh
''':'
exec '{python}' -I -S "$0" "$@"
'''
# A program that takes the terminal where there is one, records how it was started, and puts nothing back.
import json, os, signal, sys, termios, time, tty
if sys.argv[1:] == ["agents", "--json"]:  # the dashboard asks by itself, all the time
    print("[]")
    sys.exit()
whole = {{"name": os.path.basename(sys.argv[0]), "argv": sys.argv[1:], "folder": os.getcwd(), "pid": os.getpid()}}
whole["streams"] = [os.isatty(number) for number in range(3)]
if all(whole["streams"]):
    cooked = termios.tcgetattr(0)
    whole["cooked"] = bool(cooked[3] & termios.ICANON)
    tty.setraw(0)
with open({record!r} + ".part", "w") as file:
    json.dump(whole, file)
os.replace({record!r} + ".part", {record!r})
if not all(whole["streams"]):
    for _ in range(15_000):  # a test that fails tells it nothing
        if os.path.exists({record!r} + ".over"):
            break
        time.sleep(0.02)
    os.close(os.open({record!r} + ".ended", os.O_CREAT | os.O_WRONLY))
    sys.exit()
os.write(1, b"\\x1b[?1049h\\x1b[?1000h\\x1b[?1006h\\x1b[?2004h\\x1b[?1h\\x1b[?25l\\x1b[?7l\\x1b[2J\\x1b[HAT WORK")
while True:
    match os.read(0, 1):
        case b"w":
            sys.exit()
        case b"k":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"\\x1a":  # as micro and Node programs do
            termios.tcsetattr(0, termios.TCSADRAIN, cooked)
            os.write(1, b"\\x1b[?1049lLAID DOWN\\r\\n")
            os.kill(os.getpid(), signal.SIGSTOP)
            tty.setraw(0)
            os.write(1, b"\\x1b[?1049h\\x1b[2J\\x1b[HAT WORK AGAIN")
"""


class Desk:
    """A home with repositories in folders called `names`, a backlog, and fakes of every kind of program."""

    def __init__(self, folder: Path, names: tuple[str, ...] = ("billing",)) -> None:
        self.home = folder
        self.record = folder / "record"
        self.folders = [fleet.make(folder / "code" / name) for name in names]
        for name in ("fake-editor", "claude", "fake-shell", "lazygit"):
            self.program(name)
        self.store = BacklogStore(folder / "backlog.toml", lambda: datetime.now(UTC))
        self.environ = isolated_environment(
            folder,
            PATH=f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            SHELL=str(folder / "bin" / "fake-shell"),
            VIMINIT="set nocompatible noswapfile",
        )
        self.launch = {"editor": "fake-editor {path}", "agent": "claude"}  # whatever else is installed here
        self.beside: tuple[str, ...] = ()

    def program(self, name: str) -> Path:
        """A fake called `name` on the PATH."""
        path = self.home / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(TAKER.format(python=sys.executable, record=str(self.record)))
        path.chmod(0o755)
        return path

    def real(self, name: str) -> Path:
        """The real program `name`, which writes down its process first; where, once it runs."""
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is not installed")
        path, told = self.home / "bin" / name, self.home / f"{name}-runs"
        path.write_text(f'#!/bin/sh\necho $$ > "{told}.part"\nmv "{told}.part" "{told}"\nexec {found} "$@"\n')
        path.chmod(0o755)
        return told

    def sit(self, place: Place, manner: Manner, *, columns: int = 120, lines: int = 40) -> AbstractContextManager[Seat]:
        """A shell with this home, in `place`; the dashboard will start programs in `manner`."""
        config = self.home / "config.toml"
        launch = {**self.launch, **({"manner": "window"} if manner == "window" else {})}
        text = f"[repositories]\nroots = ['{self.home / 'code'}']\ndeadline_seconds = 60\n"
        text += f"[backlog]\npath = '{self.store.path}'\n[launch]\n"
        text += "".join(f"{name} = {json.dumps(value)}\n" for name, value in launch.items())
        if manner == "beside":
            commands = {"editor": "fake-editor {path}", "agent": "claude {brief}", "git-client": "lazygit"}
            for kind, command in commands.items():
                name = command.split()[0]
                text += f"[launchers.{name}]\nkind = '{kind}'\ncommand = '{command}'\nterminal = false\n"
        config.write_text(text)
        return sit_down(place, self.home / "seat", config, self.environ, columns, lines)

    def started(self, terminal: Terminal) -> dict[str, object]:
        """How the fake was started, once it was; the next one records anew."""
        terminal.wait_for(lambda _: self.record.exists())
        told: dict[str, object] = json.loads(self.record.read_text())
        self.record.unlink()
        return told


@pytest.fixture(autouse=True)
def person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fleet.isolate(monkeypatch, tmp_path / "person")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "a home")


def in_front_again(seat: Seat, running: tuple[object, ...]) -> None:
    """The dashboard has the screen and the terminal as it had it."""
    seat.terminal.wait_for("? Help")
    seat.wait_for_state(running)


def keys_work(seat: Seat) -> None:
    seat.terminal.type("?")
    seat.terminal.wait_for("Everywhere")
    seat.terminal.type("q")
    seat.terminal.wait_for(lambda terminal: "Everywhere" not in "\n".join(terminal.screen()))


@pytest.mark.parametrize(("place", "manner"), FROM)
def test_every_key_starts_its_program_in_every_odd_folder(tmp_path: Path, place: Place, manner: Manner) -> None:
    desk = Desk(tmp_path / "a home", ODD)
    keys = {"e": "fake-editor", "a": "claude", "L": "lazygit", "!": "fake-shell"}
    if manner == "beside":
        del keys["!"]
    sizes = [(120, 40), (100, 30)]
    with desk.sit(place, manner) as seat:
        seat.start()
        seat.terminal.wait_for(f"{len(ODD)} repos · 0 need you")
        seat.terminal.type("1")
        running = seat.state()
        for key, name in keys.items():
            reached = []
            seat.terminal.type("g")
            for _ in ODD:
                seat.terminal.type(key)
                told = desk.started(seat.terminal)
                folder = str(told["folder"])
                assert told["name"] == name
                assert told["argv"] == ([folder] if key == "e" else [])
                reached.append(folder)
                if manner == "beside":
                    assert told["streams"] == [False, False, False]
                else:
                    assert (told["streams"], told["cooked"]) == ([True, True, True], True)
                    seat.terminal.wait_for("AT WORK")
                if folder.endswith("a b"):  # meanwhile, once for every key
                    sizes.append(sizes.pop(0))
                    seat.terminal.resize(*sizes[0])
                if manner != "beside":
                    seat.terminal.type("w")
                in_front_again(seat, running)
                seat.wait_for_size(*sizes[0])
                seat.terminal.type("j")
            assert sorted(reached) == sorted(str(folder) for folder in desk.folders)
        (desk.home / "record.over").touch()
        keys_work(seat)
        seat.leave()
    assert not list(desk.home.glob("**/owned*"))


@pytest.mark.parametrize(("place", "manner"), FROM)
def test_agent_of_an_item_gets_its_brief_and_title_whole(tmp_path: Path, place: Place, manner: Manner) -> None:
    desk = Desk(tmp_path / "a home", ("it's $(touch owned) 漢字",))
    (folder,) = desk.folders
    desk.store.add(
        [Item("", TITLE, "build", estimate=30, impact=4, edge=4, repo=folder.name, why="Because `it` $HOME")]
    )
    if manner != "beside":  # there the table's own line takes the brief
        desk.launch["agent"] = "claude --brief {brief} --about={item} -- {item} {branch}"
    with desk.sit(place, manner) as seat:
        seat.start()
        seat.terminal.type("3")
        running = seat.state()
        seat.terminal.type("a")
        seat.terminal.wait_for("The agent is told")
        seat.terminal.type("\r")
        told = desk.started(seat.terminal)
        argv, briefs = told["argv"], list((desk.home / ".local" / "state" / "makerhour" / "briefs").iterdir())
        (brief,) = briefs
        if manner == "beside":
            assert argv == [str(brief)]
        else:
            assert argv == ["--brief", str(brief), f"--about={TITLE}", "--", TITLE, "main"]
            seat.terminal.wait_for("AT WORK")
            seat.terminal.type("w")
        assert (told["name"], told["folder"]) == ("claude", str(folder))
        text = brief.read_text()
        assert folder.name in text.replace("\\", "")
        assert "Because" in text
        in_front_again(seat, running)
        (desk.home / "record.over").touch()
        keys_work(seat)
        seat.leave()
    assert not list(desk.home.glob("**/owned*"))


Steps = tuple[tuple[str, str], ...]
"""Keys, and what they bring to the screen: the next ones are typed once that is seen, as a person would."""

TYPED: dict[str, dict[str, Steps]] = {
    "vim": {
        "new file": ((":enew\r:call setline(1, 'kept')\r:w ./+kept\r:q!\r", ""),),
        "first line": ((":call setline(1, 'changed')\r:wq\r", ""),),
        "title": ((":%s/An idea/Another idea/\r:wq\r", ""),),
    },
    "nano": {
        # a resize, and tmux may pass one on in two, takes nano a key: one that only paints anew
        "new file": (
            ("\x0ckept", "kept"),
            ("\x0c\x0f", "Name to Write:"),
            ("+kept", "Write: +kept"),
            ("\r", "[ Wrote"),
            ("\x18", ""),
        ),
        "first line": (("\x0bchanged", "changed"), ("\x13", "[ Wrote"), ("\x18", "")),
        "title": (
            ("\x1c", "Search (to replace)"),
            ("An idea\r", "Replace with:"),
            ("Another idea\r", "Replace this instance?"),
            ("A", "Another idea"),
            ("\x13", "[ Wrote"),
            ("\x18", ""),
        ),
    },
}
EDIT: dict[str, dict[str, str]] = {
    "vim": {
        "folder seen": "Netrw",
        "ask": ":echo 'lines are' &lines\r",
        "bottom": "lines are {lines}",
        "leave": ":qa!\r",
        "stop": "\x1a",
    },
    "nano": {
        "folder seen": "New Buffer",
        "ask": "\x0c",
        "bottom": "^X Exit",
        "leave": "\x18",
        "stop": "\x14\x1a",
    },
}
"""What a person sees and types in each. nano loses the key that comes before it has drawn a new size."""


def type_in(terminal: Terminal, steps: Steps) -> None:
    for keys, seen in steps:
        terminal.type(keys)
        terminal.wait_for(seen)


def wait_until_it_listens(terminal: Terminal, editor: str) -> None:
    """vim asks the terminal this and that when it begins: keys that come among the answers may be taken for one, and
    answers that come once it was stopped are the shell's."""
    if editor == "vim":
        terminal.type(":echo 'liste'.'ning'\r")
        terminal.wait_for("listening")


def wait_until_it_fits(terminal: Terminal, editor: str) -> None:
    """Wait until an editor fits a terminal that has just got another size: vim says so, and was seen to stand still for
    good where it was told of that at its end. nano, told of it between two keys, draws anew only with the next one: it
    gets one that does nothing else."""
    ask, bottom = EDIT[editor]["ask"], EDIT[editor]["bottom"].format(lines=len(terminal.screen()))

    def fits(terminal: Terminal) -> bool:
        return bottom in terminal.screen()[-1]

    if editor == "vim":
        terminal.type(ask)
    for _ in range(20):
        with contextlib.suppress(AssertionError):
            terminal.wait_for(fits, timeout=3.0)
            return
        terminal.type(ask)
    terminal.wait_for(fits)


@pytest.mark.parametrize("editor", EDITORS)
@pytest.mark.parametrize(("place", "manner"), FROM_TERMINAL)
def test_real_editor_opens_folder_file_and_item(tmp_path: Path, place: Place, manner: Manner, editor: str) -> None:
    desk = Desk(tmp_path / "a home", ("-it's $(touch owned) ü",))
    desk.real(editor)
    desk.launch["editor"] = editor
    (folder,) = desk.folders
    odd = folder / '-odd $(touch owned) "two" 漢字.txt'
    odd.write_text("as it was\n")
    desk.store.add([Item("", "An idea", "build", estimate=30, impact=4, edge=4)])
    keys = EDIT[editor]
    with desk.sit(place, manner) as seat:
        seat.start()
        seat.terminal.type("1")
        running = seat.state()
        seat.terminal.type("e")
        seat.terminal.wait_for(keys["folder seen"])
        wait_until_it_listens(seat.terminal, editor)
        seat.terminal.resize(100, 30)
        wait_until_it_fits(seat.terminal, editor)
        type_in(seat.terminal, TYPED[editor]["new file"])
        in_front_again(seat, running)
        seat.wait_for_size(100, 30)
        assert (folder / "+kept").read_text() == "kept\n"
        seat.terminal.wait_for("2 new")
        seat.terminal.type("\r")
        seat.terminal.wait_for("changed files 2")
        seat.terminal.type("G\r")
        seat.terminal.wait_for("as it was")
        wait_until_it_listens(seat.terminal, editor)
        seat.terminal.resize(120, 40)
        wait_until_it_fits(seat.terminal, editor)
        type_in(seat.terminal, TYPED[editor]["first line"])
        seat.terminal.wait_for("changed files 2")
        seat.wait_for_state(running)
        assert odd.read_text() == "changed\n"
        seat.terminal.type("q")
        seat.terminal.wait_for(lambda terminal: "changed files" not in "\n".join(terminal.screen()))
        seat.wait_for_size(120, 40)
        seat.terminal.type("3E")
        seat.terminal.wait_for('title = "An idea"')
        wait_until_it_listens(seat.terminal, editor)
        if place == "tmux":
            assert len(seat.panes()) == 1  # what is written there is read at its end: never in a window
        type_in(seat.terminal, TYPED[editor]["title"])
        in_front_again(seat, running)
        seat.terminal.wait_for(lambda _: [item.title for item in desk.store.read().items] == ["Another idea"])
        keys_work(seat)
        seat.leave()
    assert not list(desk.home.glob("**/owned*"))


@pytest.mark.parametrize("program", [*EDITORS, "claude"])
@pytest.mark.parametrize(("place", "manner"), FROM_TERMINAL)
def test_program_ended_by_a_signal_leaves_the_dashboard_whole(
    desk: Desk, place: Place, manner: Manner, program: str
) -> None:
    runs = None if program == "claude" else desk.real(program)
    desk.launch["editor"] = program if runs else "fake-editor {path}"
    with desk.sit(place, manner) as seat:
        seat.start()
        seat.terminal.type("1")
        running = seat.state()
        seat.terminal.type("e" if runs else "a")
        seat.terminal.wait_for(EDIT[program]["folder seen"] if runs else "AT WORK")
        wait_until_it_listens(seat.terminal, program)
        seat.terminal.resize(100, 30)
        if runs:
            os.kill(int(runs.read_text()), signal.SIGKILL)
        else:
            seat.terminal.type("k")
        if manner == "suspended":
            seat.terminal.wait_for(f"`{program}` was ended by SIGKILL")
        in_front_again(seat, running)
        seat.wait_for_size(100, 30)
        keys_work(seat)
        seat.leave()


@pytest.mark.parametrize(("place", "manner"), FROM)
def test_missing_program_is_said_and_nothing_else_happens(desk: Desk, place: Place, manner: Manner) -> None:
    keys = {"e": "editor", "a": "agent", "L": "git_client", "!": "shell"}
    desk.launch = {name: f"gone-{name}" for name in keys.values()}
    if manner == "beside":
        (desk.home / "bin" / "fake-editor").unlink()
        desk.launch, keys = {"editor": "fake-editor"}, {"e": "editor"}
    with desk.sit(place, manner) as seat:
        seat.start()
        seat.terminal.type("1")
        running, written = seat.state(), len(seat.terminal.raw)
        for key, name in keys.items():
            seat.terminal.type(key)
            seat.terminal.wait_for(f"`{desk.launch[name]}`, which is not")
        in_front_again(seat, running)
        assert b"\x1b[?1049l" not in seat.terminal.raw[written:]
        assert place == "terminal" or len(seat.panes()) == 1
        keys_work(seat)
        seat.leave()


@pytest.mark.parametrize("program", [*EDITORS, "claude"])
@pytest.mark.parametrize(("place", "manner"), FROM_TERMINAL)
def test_ctrl_z_gives_the_terminal_to_the_shell_and_fg_goes_on(
    desk: Desk, place: Place, manner: Manner, program: str
) -> None:
    real = program != "claude"
    if real:
        desk.real(program)
        desk.launch["editor"] = program
    shown = EDIT[program]["folder seen"] if real else "AT WORK"
    with desk.sit(place, manner) as seat:
        seat.start()
        seat.terminal.type("1")
        running = seat.state()
        seat.terminal.type("e" if real else "a")
        seat.terminal.wait_for(shown)
        wait_until_it_listens(seat.terminal, program)
        seat.terminal.type(EDIT[program]["stop"] if real else "\x1a")
        if manner == "suspended":
            seat.terminal.wait_for("Stopped")
            seat.terminal.resize(100, 30)
            seat.terminal.type("echo st''ill here\r")
            seat.terminal.wait_for("still here")
            seat.terminal.type("fg\r")
        else:  # no shell is under a window: tmux lets it go on
            seat.terminal.resize(100, 30)
        seat.terminal.wait_for(shown if real else "AT WORK AGAIN")
        if real:
            wait_until_it_fits(seat.terminal, program)
        seat.terminal.type(EDIT[program]["leave"] if real else "w")
        in_front_again(seat, running)
        seat.wait_for_size(100, 30)
        keys_work(seat)
        seat.leave()


@pytest.mark.parametrize("place", PLACES)
def test_program_beside_fails_soon_or_outlives_the_dashboard(desk: Desk, place: Place) -> None:
    desk.store.add([Item("", "An idea", "build", estimate=30, impact=4, edge=4)])
    claude = desk.home / "bin" / "claude"
    claude.write_text("#!/bin/sh\nkill -KILL $$\n")
    with desk.sit(place, "beside") as seat:
        seat.start()
        running = seat.state()
        seat.terminal.type("1a")
        seat.terminal.wait_for("`claude` was ended by SIGKILL")
        seat.terminal.type("3E")  # in a window of its own: the file all items are in
        told = desk.started(seat.terminal)
        assert (told["name"], told["argv"]) == ("fake-editor", [str(desk.store.path)])
        in_front_again(seat, running)
        keys_work(seat)
        seat.leave()
        assert not (desk.home / "record.ended").exists()
        (desk.home / "record.over").touch()
        seat.terminal.wait_for(lambda _: (desk.home / "record.ended").exists())
