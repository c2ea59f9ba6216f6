"""The commands of agents that work by themselves: what each is started with, and which one is taken."""

from pathlib import Path

import pytest

from tui.domain.launch_table import BACKGROUND, TABLE, table_for
from tui.domain.launching import LaunchError, choose, parse_launcher, plan

FOLDER = Path("/home/kim/src/voice box-$(x)")
BRIEF = "/home/kim/.local/state/makerhour/agents/0a/brief.md"
TOLD = f"Read {BRIEF} first, then build what it asks for."
STARTED = {
    "claude": (
        *("claude", "-p", TOLD, "--add-dir", str(Path(BRIEF).parent), "--permission-mode", "acceptEdits"),
        *("--allowedTools", "Bash(git add:*),Bash(git commit:*)"),
    ),
    "codex": ("codex", "exec", "--sandbox", "workspace-write", TOLD),
    "gemini": (
        *("gemini", "--approval-mode", "auto_edit", "--include-directories", str(Path(BRIEF).parent)),
        *("--prompt", TOLD),
    ),
    "aider": ("aider", "--yes-always", "--no-check-update", "--message-file", BRIEF),
    "opencode": ("opencode", "run", TOLD),
    "goose": ("goose", "run", "--no-session", "--instructions", BRIEF),
    "cursor-agent": ("cursor-agent", "-p", TOLD),
    "copilot": (
        *("copilot", "-p", TOLD, "--add-dir", str(Path(BRIEF).parent), "--allow-tool", "write"),
        *("--allow-tool", "shell(git add)", "--allow-tool", "shell(git commit)", "--deny-tool", "shell(git push)"),
    ),
}


@pytest.mark.parametrize("launcher", BACKGROUND, ids=lambda launcher: launcher.name)
def test_each_is_told_of_its_brief_and_is_given_no_more_than_that_takes(launcher: object) -> None:
    row = next(row for row in BACKGROUND if row is launcher)
    made = plan(row, FOLDER, {"brief": BRIEF, "item": "--evil", "branch": "proto/x"})
    assert made.argv == STARTED[row.name]
    assert (made.terminal, made.kind, made.folder) == (False, "background", FOLDER)
    assert not [part for part in made.argv if "dangerous" in part or "yolo" in part or "full-access" in part]


def test_every_agent_of_the_table_has_one() -> None:
    assert {row.name for row in BACKGROUND} == {row.name for row in TABLE if row.kind == "agent"} == set(STARTED)


def test_an_own_one_stands_for_the_one_in_the_background_only() -> None:
    mine = parse_launcher("claude", "background", "claude --print {brief}", terminal=False)
    assert choose("background", "claude", {}, table_for("background", (mine,)), lambda _name: True) == mine
    assert choose("agent", "claude", {}, table_for("agent", (mine,)), lambda _name: True).command == ("claude",)
    other = parse_launcher("claude", "agent", "claude --model best")
    assert choose("background", "claude", {}, table_for("background", (other,)), lambda _name: True) == BACKGROUND[0]


def test_the_first_that_is_installed_is_taken_and_none_is_a_sentence() -> None:
    found = choose("background", "", {}, table_for("background", ()), lambda name: name in ("aider", "goose"))
    assert found.name == "aider"
    with pytest.raises(
        LaunchError, match=r"no agent for the background is installed; .* or set `\[launch\] background`"
    ):
        choose("background", "", {}, table_for("background", ()), lambda _name: False)


def test_options_of_its_own_are_kept_before_those_it_needs() -> None:
    found = choose("background", "claude --model best", {}, table_for("background", ()), lambda _name: True)
    argv = plan(found, FOLDER, {"brief": BRIEF}).argv
    assert argv[:4] == ("claude", "--model", "best", "-p")
    assert TOLD in argv
