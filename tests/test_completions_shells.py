"""Completions in the real shells, installed as the README says, with the tab key of a real terminal."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import PATIENCE, Terminal, isolated_environment
from tui.arguments import COMMANDS, SHELLS, make_parser
from tui.completions import format_completions
from tui.domain.backlog import STATES
from tui.domain.exchange.text import FORMATS

ROOT = Path(__file__).resolve().parent.parent
PLACES = {
    "bash": ".local/share/bash-completion/completions/makerhour",
    "zsh": ".zfunc/_makerhour",
    "fish": ".config/fish/completions/makerhour.fish",
}
"""Where each shell's file goes in the home folder."""
STARTS = {
    "bash": ("--norc", "--noprofile", "-i"),
    "zsh": ("-f", "-i"),
    "fish": ("-i",),
}
LOADS = {
    "bash": "PS1='PROMPT> '; . ~/.local/share/bash-completion/completions/makerhour",
    "zsh": "PS1='PROMPT> '; fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit -u -D",
    "fish": "function fish_prompt; echo 'PROMPT> '; end",
}
pytestmark = pytest.mark.parametrize("shell", SHELLS)


def program(shell: str) -> str:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    return found


def test_every_command_option_and_value_is_in_the_script(shell: str) -> None:
    script = format_completions(shell)
    parser = make_parser()
    commands = next(action.choices for action in parser._actions if action.dest == "command")
    assert isinstance(commands, dict)
    assert set(commands) == set(COMMANDS)
    for name, command in commands.items():
        assert name in script
        for action in command._actions:
            for option in action.option_strings:
                shown = (
                    f"-{'l' if option.startswith('--') else 's'} {option.lstrip('-')}" if shell == "fish" else option
                )
                assert shown in script, (name, option)
    for values in (STATES, FORMATS, SHELLS):
        assert " ".join(values) in script


def test_the_shell_understands_the_script(shell: str, tmp_path: Path) -> None:
    (tmp_path / "script").write_text(format_completions(shell))
    checked = subprocess.run(
        [program(shell), "-n", str(tmp_path / "script")], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_command_prints_the_script_for_a_file_to_hold(shell: str, tmp_path: Path) -> None:
    environ = isolated_environment(tmp_path, PYTHONPATH=str(ROOT), LC_ALL="C", PYTHONUTF8="0")
    printed = subprocess.run(
        [sys.executable, "-m", "tui", "completions", shell],
        env=environ,
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    )
    assert printed.stdout.decode() == format_completions(shell)
    assert printed.stderr == b""


@pytest.mark.terminal
def test_tab_completes_commands_options_values_and_files(shell: str, tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "here"
    place = home / PLACES[shell]
    place.parent.mkdir(parents=True)
    place.write_text(format_completions(shell))
    folder.mkdir()
    (folder / "ideas.md").touch()
    (folder / "prototypes").mkdir()
    command = home / "bin" / "makerhour"  # fish completes only what it could run
    command.parent.mkdir()
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    environ = isolated_environment(home, PATH=f"{command.parent}:{os.environ['PATH']}")
    with Terminal.start((program(shell), *STARTS[shell]), environ, folder, columns=100, lines=30) as terminal:
        terminal.type(LOADS[shell] + "\r")
        terminal.wait_for(lambda seen: seen.screen()[seen.cursor()[1]].startswith("PROMPT>"))

        def complete(typed: str, wanted: str) -> None:
            terminal.type(f"{typed}\t")
            terminal.wait_for(lambda seen: seen.screen()[seen.cursor()[1]].startswith(f"PROMPT> {wanted}"))

        complete("makerhour bac", "makerhour backlog")
        complete("--sta", "makerhour backlog --state")
        complete("inb", "makerhour backlog --state inbox")
        terminal.type("\x15")
        complete("makerhour --demo export --format tod", "makerhour --demo export --format todo.txt")
        complete("--stat", "makerhour --demo export --format todo.txt --state")
        terminal.type("\x15")
        complete("makerhour import ide", "makerhour import ideas.md")
        terminal.type("\x15")
        complete("makerhour serve --root pro", "makerhour serve --root prototypes")
        terminal.type("\x15")
        complete("makerhour completions fi", "makerhour completions fish")
