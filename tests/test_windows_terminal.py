"""Programs started in new windows: a real tmux with odd folders and arguments, the others as programs that record."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.terminal import PATIENCE, Terminal, isolated_environment
from tests.test_dashboard_terminal import Desk
from tests.waiting import until
from tui.domain.launching import Host, LaunchError, LaunchKind, LaunchPlan, parse_launcher, plan
from tui.launcher import launch

ROOT = Path(__file__).resolve().parent.parent
ODD = (
    "a b",
    "it's",
    'say "hi"',
    "$(touch owned)",
    "`touch owned`",
    "x; touch owned",
    "end;",
    "end\\;",
    "two\nlines",
    "漢字 🎧",
    "-rf",
    "--",
    "#(touch owned)",
    "#{pane_id} #[fg=red] ##",
    "%H ~ *",
    "back\\",
    "\udce9",
)
RECORD = """#!/bin/sh
printf '%s\\0' "$@" > "$0.part"
pwd > "$0.folder"
env > "$0.environment"
mv "$0.part" "$0.arguments"
"""
FAKE = """#!/bin/sh
printf '%s\\0' "$@" > "$RECORD/$(basename "$0").arguments"
pwd > "$RECORD/folder"
echo 42
"""


def never() -> AbstractContextManager[None]:
    raise AssertionError("the dashboard stepped aside")


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def words(path: Path) -> list[str]:
    return [os.fsdecode(part) for part in path.read_bytes().split(b"\0")[:-1]]


class Tmux:
    """A real server with one session, of nobody's configuration, on a socket of its own."""

    def __init__(self, folder: Path, socket: Path) -> None:
        self.environ = isolated_environment(folder)
        self._command = ("tmux", "-S", str(socket), "-f", os.devnull)
        self.say("new-session", "-d", "-x", "80", "-y", "24", "cat")
        self.environ["TMUX"], self.environ["TMUX_PANE"] = self.say(
            "display-message", "-p", "#{socket_path},#{pid},0 #{pane_id}"
        ).split()

    def say(self, *argv: str) -> str:
        done = subprocess.run(
            (*self._command, *argv), env=self.environ, capture_output=True, text=True, timeout=PATIENCE, check=True
        )
        return done.stdout


@pytest.fixture
def socket() -> Iterator[Path]:
    """Where a server may listen: a path short enough for a socket."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    folder = Path(tempfile.mkdtemp(prefix="mh-"))
    yield folder / "s"
    subprocess.run(("tmux", "-S", folder / "s", "kill-server"), capture_output=True, timeout=PATIENCE, check=False)
    shutil.rmtree(folder)


@pytest.fixture
def tmux(tmp_path: Path, socket: Path) -> Tmux:
    return Tmux(tmp_path, socket)


@pytest.mark.parametrize("odd", ODD)
def test_tmux_opens_a_window_with_exactly_these_arguments_there(tmux: Tmux, tmp_path: Path, odd: str) -> None:
    folder = tmp_path / odd
    folder.mkdir()
    program = script(tmp_path / "bin" / "ed", RECORD)
    launcher = parse_launcher("ed", "editor", [str(program), "--wait", "--", "{path}", "{item}", "x {item}", "{file}"])
    made = replace(plan(launcher, folder, {"item": odd, "file": odd}), host="tmux")
    result = launch(made, never, tmux.environ)
    assert (result.status, result.message, result.seconds, result.window[:1]) == (None, "", 0.0, "%")
    until(program.with_name("ed.arguments").exists)
    assert words(program.with_name("ed.arguments")) == ["--wait", "--", str(folder), odd, f"x {odd}", str(folder / odd)]
    assert os.fsdecode(program.with_name("ed.folder").read_bytes()) == f"{folder}\n"
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "owned").exists()


def test_tmux_names_the_window_after_program_and_folder(tmux: Tmux, tmp_path: Path) -> None:
    folder = tmp_path / "odd #(touch owned) #W;"
    folder.mkdir()
    made = LaunchPlan("ed", (str(shutil.which("cat")),), folder, True, "editor", "tmux")
    window = launch(made, never, tmux.environ).window
    shown = tmux.say("list-windows", "-F", "#{pane_id} #{window_active} #{window_name}").splitlines()
    assert f"{window} 1 ed odd (touch owned) W;" in shown
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["my sh", "it's", "$(touch owned)", "a;"])
def test_tmux_starts_a_program_without_arguments_without_a_shell(tmux: Tmux, tmp_path: Path, name: str) -> None:
    program = script(tmp_path / "bin" / name, RECORD)
    launch(LaunchPlan("sh", (str(program),), tmp_path, True, "shell", "tmux"), never, tmux.environ)
    until(program.with_name(f"{name}.arguments").exists)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin"]


def test_window_has_the_environment_of_tmux_and_what_is_added_for_it(tmux: Tmux, tmp_path: Path) -> None:
    program = script(tmp_path / "bin" / "differ", RECORD)
    made = LaunchPlan("differ", (str(program), "x"), tmp_path, True, "diff", "tmux")
    ours = {"GIT_DIR": "/x", "PYTHONPATH": "/x", "MAKERHOUR_CONFIG": "/my config.toml", "LESS": "S"}
    launch(made, never, {**tmux.environ, **ours})
    until(program.with_name("differ.arguments").exists)
    lines = program.with_name("differ.environment").read_text().splitlines()
    seen = dict(line.split("=", 1) for line in lines)
    assert not {"GIT_DIR", "PYTHONPATH"} & set(seen)
    assert (seen["MAKERHOUR_CONFIG"], seen["LESS"]) == ("/my config.toml", "S -+F")


def test_tmux_that_is_gone_is_a_sentence(tmux: Tmux, tmp_path: Path) -> None:
    tmux.say("kill-server")
    made = LaunchPlan("ed", (str(shutil.which("cat")),), tmp_path, True, "editor", "tmux")
    with pytest.raises(LaunchError, match=r"`ed` got no window of tmux: .*; see whether `tmux new-window` works here"):
        launch(made, never, tmux.environ)


@pytest.mark.terminal
def test_dashboard_in_tmux_opens_the_editor_in_a_new_window(tmp_path: Path, socket: Path) -> None:
    desk = Desk(tmp_path / "a home")
    config = desk.home / "config.toml"
    config.write_text(config.read_text().replace("[launch]\n", "[launch]\nmanner = 'window'\n"))
    command = ("tmux", "-S", str(socket), "-f", os.devnull, "new-session", "--")
    dashboard = (sys.executable, "-m", "tui", "--config", str(config))
    with Terminal.start((*command, *dashboard), desk.environ, columns=120, lines=40) as terminal:
        terminal.wait_for("2 repos · 0 need you")
        terminal.type("1e")
        terminal.wait_for("EDITING")
        folder, *arguments = desk.record.read_text().splitlines()
        assert Path(folder) in (desk.billing, desk.intake)
        assert arguments == [folder]
        terminal.type("w")
        terminal.wait_for("2 repos · 0 need you")  # its window ended, and the dashboard is in front again
        assert Path(folder, "written-in-the-editor").exists()
        terminal.type("3E")  # what is written there is read at its end: never in a window
        terminal.wait_for("EDITING")
        windows = (*command[:3], "list-windows", "-F", "#{window_id}")
        listed = subprocess.run(windows, env=desk.environ, capture_output=True, timeout=PATIENCE, check=True)
        assert len(listed.stdout.split()) == 1
        terminal.type("w")
        terminal.wait_for("2 repos · 0 need you")
        terminal.type("q")
        assert terminal.wait_exit() == 0


# The others: what their programs are started with


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "record").mkdir()
    for name in ("zellij", "wezterm", "kitty", "ed"):
        script(tmp_path / "bin" / name, FAKE)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return isolated_environment(tmp_path, PATH=path, RECORD=str(tmp_path / "record"))


def planned(folder: Path, host: Host, *arguments: str, kind: LaunchKind = "editor") -> LaunchPlan:
    return LaunchPlan("ed", ("ed", *arguments), folder, True, kind, host)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    ("host", "before"),
    [
        ("zellij", ["run", "--cwd={folder}", "--name={name}", "--close-on-exit", "--"]),
        ("wezterm", ["cli", "spawn", "--cwd={folder}", "--"]),
        ("kitty", ["@", "launch", "--type=tab", "--cwd={folder}", "--tab-title={name}", "--"]),
    ],
)
def test_other_hosts_get_exactly_these_arguments(
    environment: dict[str, str], tmp_path: Path, host: Host, before: list[str], odd: str
) -> None:
    folder = tmp_path / odd
    folder.mkdir()
    result = launch(planned(folder, host, odd, f"x {odd}"), never, environment)
    assert (result.status, result.message, result.window) == (None, "", "42")
    got = words(tmp_path / "record" / f"{host}.arguments")
    named = [part for part in got[: len(before)] if part.startswith(("--name=ed ", "--tab-title=ed "))]
    assert len(named) == sum("{name}" in part for part in before)
    expected = [named[0] if "{name}" in part else part.replace("{folder}", str(folder)) for part in before]
    assert got == [*expected, str(tmp_path / "bin" / "ed"), odd, f"x {odd}"]
    assert os.fsdecode((tmp_path / "record" / "folder").read_bytes()) == f"{folder}\n"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("host", "remedy"),
    [
        ("zellij", "see whether `zellij run -- ls` works here"),
        ("wezterm", "see whether `wezterm cli list` works here"),
        ("kitty", "set `allow_remote_control socket-only` and `listen_on` in kitty.conf"),
    ],
)
def test_host_that_refuses_says_why_and_what_to_do(
    environment: dict[str, str], tmp_path: Path, host: Host, remedy: str
) -> None:
    script(tmp_path / "bin" / host, "#!/bin/sh\nprintf 'Remote control\\033[2J is disabled\\n' >&2\nexit 1\n")
    with pytest.raises(LaunchError) as caught:
        launch(planned(tmp_path, host), never, environment)
    said = str(caught.value)
    assert said.startswith(f"`ed` got no window of {host}: Remote control")
    assert said.endswith(f'is disabled; {remedy}, or set `[launch] manner = "suspended"`')
    assert "\x1b" not in said


def test_host_that_says_nothing_or_nothing_at_all_in_time(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "bin" / "kitty", "#!/bin/sh\nexit 3\n")
    with pytest.raises(LaunchError, match="got no window of kitty: ended with status 3; "):
        launch(planned(tmp_path, "kitty"), never, environment)
    monkeypatch.setattr("tui.launcher.WINDOW_SECONDS", 0.05)
    script(tmp_path / "bin" / "kitty", "#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(LaunchError, match=r"got no window of kitty: no answer within 0\.05 s; "):
        launch(planned(tmp_path, "kitty"), never, environment)


def test_missing_program_or_host_is_said_before_anything_is_opened(environment: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="`gone` is not installed or not on the PATH"):
        launch(LaunchPlan("gone", ("gone",), tmp_path, True, "editor", "kitty"), never, environment)
    (tmp_path / "bin" / "kitty").unlink()
    environment["PATH"] = str(tmp_path / "bin")
    with pytest.raises(LaunchError, match="`kitty` is not installed or not on the PATH; set `allow_remote_control"):
        launch(planned(tmp_path, "kitty"), never, environment)
    assert list((tmp_path / "record").iterdir()) == []
