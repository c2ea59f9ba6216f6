"""Showing how a file changed: the command, what it runs and does not run, and pagers that stay."""

import os
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import commit
from tests.test_repos_run import add_config, clean_filter, evil, stale
from tui.domain.launch_table import TABLE
from tui.domain.launching import LaunchPlan, choose, plan
from tui.launcher import LaunchResult, launch, with_waiting_pagers

ROW = next(launcher for launcher in TABLE if launcher.kind == "diff")


@pytest.fixture(autouse=True)
def person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fleet.isolate(monkeypatch, tmp_path / "person")


def show(path: Path, file: str) -> LaunchResult:
    return launch(plan(ROW, path, {"file": file}), nullcontext, os.environ)


@pytest.mark.parametrize(
    "name", ["plain", "--output=x", "*", ":(top)plain", "a b'\"", "[ab]", "-", "new\nline", "\udcff"]
)
def test_exactly_that_file_is_compared(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = fleet.make(tmp_path / "repo")
    for other in ("plain", "a", "other"):
        commit(path, other, name=other)
    commit(path, "odd", name=name)
    (path / name).write_text("this one\n")
    (path / "other").write_text("another one\n")
    before = sorted(path.iterdir())
    capfd.readouterr()
    assert show(path, name).message == ""
    said = capfd.readouterr().out
    assert "+this one" in said
    assert "another one" not in said
    assert sorted(path.iterdir()) == before


def test_nothing_of_the_repository_converts_or_draws_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = fleet.make(tmp_path / "repo")
    program, mark = evil(tmp_path)
    (path / ".gitattributes").write_text("* diff=d\n")
    add_config(
        path,
        f"[core]\n\tfsmonitor = {program}\n\thooksPath = {program.parent}\n[diff]\n\texternal = {program}\n"
        f'[diff "d"]\n\ttextconv = {program}\n\tcommand = {program}\n',
    )
    stale(path)
    (path / "file").write_text("this one\n")
    assert show(path, "file").message == ""
    assert "+this one" in capfd.readouterr().out
    assert not mark.exists()
    clean_filter(path, program)
    stale(path)
    show(path, "file")
    assert mark.exists(), "filters do run: it is the person's own git, started by the person"


def test_a_staged_and_a_deleted_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = fleet.staged_and_edited(tmp_path / "repo")
    assert show(path, "file").message == ""
    assert "+changed again" in capfd.readouterr().out
    (path / "file").unlink()
    assert show(path, "file").message == ""
    assert "deleted file" in capfd.readouterr().out


@pytest.mark.parametrize("ending", ["exit 0", "exit 1", "kill -PIPE $$", "exit 141"])
def test_a_pager_that_is_left_early_is_no_failure(ending: str, tmp_path: Path) -> None:
    program = tmp_path / "differ"
    program.write_text(f"#!/bin/sh\n{ending}\n")
    program.chmod(0o755)
    done = launch(LaunchPlan("differ", (str(program),), tmp_path, True, "diff"), nullcontext, os.environ)
    assert done.message == ""
    program.write_text("#!/bin/sh\nexit 128\n")
    done = launch(LaunchPlan("differ", (str(program),), tmp_path, True, "diff"), nullcontext, os.environ)
    assert done.message == "`differ` ended with status 128"


@pytest.mark.parametrize(
    ("own", "made"),
    [
        ({}, {"LESS": "R", "DELTA_PAGER": "less -R"}),
        ({"LESS": "FRX"}, {"LESS": "FRX -+F", "DELTA_PAGER": "less -R"}),
        ({"DELTA_PAGER": "most"}, {"LESS": "R", "DELTA_PAGER": "most"}),
    ],
)
def test_pagers_stay_until_they_are_left(own: dict[str, str], made: dict[str, str]) -> None:
    assert with_waiting_pagers(own) == made


@pytest.mark.parametrize(
    ("setting", "argv"),
    [
        ("", ROW.command[0]),
        ("difft", "difft"),
        ("my-diff --side {file}", "my-diff"),
    ],
)
def test_a_tool_of_ones_own(setting: str, argv: str) -> None:
    chosen = choose("diff", setting, {}, TABLE, lambda name: True)
    made = plan(chosen, Path("/src/repo"), {"file": "a/b"})
    assert made.argv[0] == argv
    assert made.argv[-1] == "/src/repo/a/b"
    assert made.terminal
