"""The commands, run as a person or a script runs them: real processes, exit codes, one sentence for what is wrong."""

import contextlib
import gc
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import fleet
from tests.calendar_server import SECRET, Handler, body, serving, unused_port
from tui import __main__, bootstrap, plain
from tui.arguments import parse_arguments
from tui.cli import _of_dashboard
from tui.commands import COMMANDS
from tui.domain.backlog import Item, Section
from tui.domain.launch_table import TABLE
from tui.last_frame import asks_for_dashboard
from tui.launcher import clean_environment
from tui.sources.backlog import BacklogStore

ROOT = Path(__file__).resolve().parent.parent

MEETINGS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:a@test
DTSTART;TZID=Europe/Berlin:20260310T100000
DTEND;TZID=Europe/Berlin:20260310T110000
SUMMARY:Board prep
LOCATION:https://meet.google.com/abc-defg-hij
END:VEVENT
BEGIN:VEVENT
UID:b@test
DTSTART;TZID=Europe/Berlin:20260310T103000
DTEND;TZID=Europe/Berlin:20260310T113000
SUMMARY:Pricing \x1b[31mreview
STATUS:TENTATIVE
END:VEVENT
BEGIN:VEVENT
UID:c@test
DTSTART;VALUE=DATE:20260310
DTEND;VALUE=DATE:20260311
SUMMARY:Release
END:VEVENT
BEGIN:VEVENT
UID:d@test
DTSTART;TZID=Europe/Berlin:20260310T150000
DTEND;TZID=Europe/Berlin:20260310T160000
SUMMARY:Called off
STATUS:CANCELLED
END:VEVENT
END:VCALENDAR
"""


Done = subprocess.CompletedProcess[str]


def run(*arguments: str, cwd: Path | None = None, stdin: str | None = None, **environ: str) -> Done:
    """makerhour with `arguments`, in an environment of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments],
        cwd=cwd or os.environ["HOME"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TZ": "Europe/Berlin", **environ},
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def answer(*arguments: str, **more: Any) -> dict[str, Any]:
    done = run(*arguments, "--json", **more)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii(), "JSON escapes what a terminal could obey"
    content: dict[str, Any] = json.loads(done.stdout)
    assert content["schema"] == 1
    assert datetime.fromisoformat(content["generated"]).utcoffset() is not None
    return content


def refused(done: Done, code: int, *said: str) -> None:
    """One sentence on standard error, the right exit code, no traceback."""
    assert done.returncode == code, done.stderr
    for part in said:
        assert part in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert not any(ord(char) < 32 and char != "\n" for char in done.stderr)


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    path = tmp_path / "work.ics"
    path.write_text(MEETINGS.replace("\n", "\r\n"), newline="")
    return path


def test_help_names_every_command() -> None:
    done = run("--help")
    assert done.returncode == 0
    for name in COMMANDS:
        assert name in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: makerhour {command}")
    assert len(done.stdout.splitlines()) > 5


def test_version() -> None:
    assert run("--version").stdout.startswith("makerhour 0.")


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("--nonsense",), ("repos", "--jsn", "x"), ("agenda", "--date", "tomorrow"),
     ("agenda", "--days", "0"), ("agenda", "--days", "9999"), ("fits", "--minutes", "-3"),
     ("backlog", "--state", "nope"), ("add",),
     ("add", "x", "--estimate", "soon"), ("agenda", "--tz", "Mars/Base"), ("agenda", "--tz", "America"),
     ("--config", "/nowhere/config.toml", "repos"),
     ("agenda", "--date", "9999-12-31"), ("gaps", "--date", "0001-01-01", "--tz", "Asia/Tokyo"),
     ("repos", "--root", "~nosuchuser/x"), ("--config", "~nosuchuser/x", "next")],
)  # fmt: skip
def test_wrong_usage_is_exit_2_and_says_what_is_wrong(arguments: Sequence[str]) -> None:
    refused(run(*arguments), 2, "makerhour")


def test_a_misspelled_setting_names_file_place_and_nearest(home: Path) -> None:
    path = home / ".config" / "makerhour" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("[repositories]\nrots = ['~/src']\n")
    for command in (["repos"], ["agenda"], ["next"], []):
        refused(run(*command), 2, str(path), "`repositories.rots`", "did you mean `roots`?")
    done = run("check")
    assert done.returncode == 1
    assert "did you mean `roots`?" in done.stdout


def test_without_a_terminal_the_dashboard_says_what_there_is_instead() -> None:
    refused(run(), 2, "needs a terminal", "makerhour next", "`fits`, which take `--json`")
    refused(run("--demo"), 2, "needs a terminal")


def test_missing_git_is_a_sentence(tmp_path: Path) -> None:
    fleet.make(tmp_path / "one")
    empty = tmp_path / "bin"
    empty.mkdir()
    done = run("repos", "--root", str(tmp_path), PATH=str(empty))
    assert done.returncode in (0, 1)
    assert "git is not installed" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    refused(run("--demo", "repos", PATH=str(empty)), 1, "git")
    checked = run("check", PATH=str(empty))
    assert checked.returncode == 1
    assert "git is not installed" in checked.stdout


def test_a_root_that_is_not_there_is_said_and_the_others_are_read(tmp_path: Path) -> None:
    fleet.make(tmp_path / "src" / "one")
    done = run("repos", "--root", str(tmp_path / "nope"), "--root", str(tmp_path / "src"), "--json")
    refused(done, 1, "nope")
    assert [repo["name"] for repo in json.loads(done.stdout)["repos"]] == ["one"]


def test_repos_in_the_current_folder_need_no_configuration(tmp_path: Path) -> None:
    fleet.make(tmp_path / "one")
    fleet.untracked(tmp_path / "two")
    found = answer("repos", cwd=tmp_path)["repos"]
    assert [(repo["name"], repo["untracked"] > 0) for repo in found] == [("one", False), ("two", True)]
    assert set(found[0]) == {
        "path", "name", "kind", "parent", "branch", "detached", "unborn", "head", "upstream", "ahead", "behind",
        "staged", "unstaged", "untracked", "conflicted", "stashes", "operation", "last_commit", "moved", "attention",
        "error",
    }  # fmt: skip
    assert set(found[0]["last_commit"]) == {"sha", "author", "when", "subject"}
    plain = run("repos", cwd=tmp_path)
    assert plain.returncode == 0
    assert "one" in plain.stdout


def test_agenda_as_the_contract_says(calendar: Path) -> None:
    found = answer("agenda", "--date", "2026-03-10", "--tz", "Europe/Berlin", "--calendar", str(calendar))
    assert found["time_zone"] == "Europe/Berlin"
    assert (found["from"], found["to"]) == ("2026-03-10T00:00:00+01:00", "2026-03-11T00:00:00+01:00")
    meetings = found["meetings"]
    assert [meeting["summary"] for meeting in meetings] == [
        "Release",
        "Board prep",
        "Pricing \x1b[31mreview",
        "Called off",
    ]
    release, board, pricing, off = meetings
    assert (release["start"], release["end"], release["all_day"]) == ("2026-03-10", "2026-03-11", True)
    assert board == {
        "start": "2026-03-10T10:00:00+01:00",
        "end": "2026-03-10T11:00:00+01:00",
        "all_day": False,
        "summary": "Board prep",
        "location": "https://meet.google.com/abc-defg-hij",
        "calendar": "work",
        "uid": "a@test",
        "recurrence_id": None,
        "status": "confirmed",
        "response": None,
        "busy": True,
        "join_url": "https://meet.google.com/abc-defg-hij",
        "conflicts_with": ["b@test"],
    }
    assert (pricing["status"], pricing["conflicts_with"]) == ("tentative", ["a@test"])
    assert (off["status"], off["busy"], off["conflicts_with"]) == ("cancelled", False, [])
    (state,) = found["calendars"]
    assert (state["name"], state["kind"], state["stale"], state["error"]) == ("work", "file", False, None)
    plain = run("agenda", "--date", "2026-03-10", "--calendar", str(calendar))
    assert "10:00-11:00  Board prep" in plain.stdout
    assert "\x1b" not in plain.stdout


def test_gaps_as_the_contract_says(calendar: Path) -> None:
    found = answer("gaps", "--date", "2026-03-10", "--tz", "Europe/Berlin", "--calendar", str(calendar))["gaps"]
    assert found == [
        {
            "start": "2026-03-10T09:00:00+01:00",
            "end": "2026-03-10T09:55:00+01:00",
            "minutes": 55,
            "usable_minutes": 50,
        },
        {
            "start": "2026-03-10T11:35:00+01:00",
            "end": "2026-03-10T18:00:00+01:00",
            "minutes": 385,
            "usable_minutes": 380,
        },
    ]
    two = answer("gaps", "--date", "2026-03-14", "--days", "3", "--calendar", str(calendar))["gaps"]
    assert [gap["start"][:10] for gap in two] == ["2026-03-16"], "no gaps on a weekend"


def test_a_calendar_that_cannot_be_read_is_said_and_the_other_is_shown(calendar: Path, tmp_path: Path) -> None:
    done = run(
        "agenda",
        "--date",
        "2026-03-10",
        "--calendar",
        str(tmp_path / "no.ics"),
        "--calendar",
        str(calendar),
        "--json",
    )
    refused(done, 1, "no.ics")
    assert len(json.loads(done.stdout)["meetings"]) == 4


def test_an_address_is_never_printed(tmp_path: Path) -> None:
    tail = "private-s3cret/basic.ics"
    port = unused_port()
    for place in (f"https://user:hunter2@127.0.0.1:{port}/{tail}", f"ftp://hunter2@h/{tail}", f"https:/h/{tail}"):
        done = run("agenda", "--calendar", place, "--json")
        refused(done, 1)
        (state,) = json.loads(done.stdout)["calendars"]
        assert (state["kind"], state["fetched"], state["stale"]) == ("url", None, False)
        assert state["error"] in done.stderr
        assert "hunter2" not in done.stdout + done.stderr
        assert "s3cret" not in done.stdout + done.stderr


def test_a_calendar_behind_an_address(home: Path) -> None:
    """As a person has it: fetched once, then from its copy, then offline; nothing on this machine tells the address."""
    arrived, answered = threading.Event(), threading.Event()

    def slow(to: Handler) -> None:
        arrived.set()
        answered.wait(240)
        body(MEETINGS.encode())(to)

    config = home / "config.toml"
    day = ("--config", str(config), "agenda", "--date", "2026-03-10")
    with serving() as server:
        server.answer = slow
        config.write_text(f"[[calendars]]\npath = '{server.url()}'\nname = 'Work'\n")
        config.chmod(0o600)
        done: list[Done] = []
        asking = threading.Thread(target=lambda: done.append(run(*day, "--json", no_proxy="127.0.0.1")))
        asking.start()
        assert arrived.wait(240)
        if (listed := process_list()) or sys.platform == "linux":
            assert " -m tui --config " in listed
        assert SECRET not in listed
        answered.set()
        asking.join(240)
        found = json.loads(done[0].stdout)
        assert [meeting["summary"] for meeting in found["meetings"]][1:] == [
            "Board prep",
            "Pricing \x1b[31mreview",
            "Called off",
        ]
        (state,) = found["calendars"]
        assert (state["name"], state["kind"], state["stale"], state["error"]) == ("Work", "url", False, None)
        assert run(*day, no_proxy="127.0.0.1").returncode == 0
        assert len(server.asked) == 1, "the copy is good for a quarter of an hour"
        checked = run("check", "--config", str(config), no_proxy="127.0.0.1")
        assert len(server.asked) == 2, "a check asks whatever the schedule"
        (line,) = (line for line in checked.stdout.splitlines() if "Work" in line)
        assert re.match(r"ok  calendar       Work \(an address\): .* as of \d{4}-\S+ \S+; asked again \d{4}-", line)
        server.answer = body(b"<html>", 200)
        checked = run("check", "--config", str(config), no_proxy="127.0.0.1")
        (line,) = (line for line in checked.stdout.splitlines() if "Work" in line)
        assert re.match(
            r" !  calendar       Work \(an address\): .*; as of \d\d:\d\d: a web page came .*; asked again ", line
        )
    # An older good copy that is shown is no failure, and says so.
    late = run(*day, "--json", no_proxy="127.0.0.1")
    assert late.returncode == 0
    assert "calendar `Work`: as of " in late.stderr
    (state,) = json.loads(late.stdout)["calendars"]
    assert state["stale"]
    config.chmod(0o644)
    loose = run("check", "--config", str(config), no_proxy="127.0.0.1")
    assert "others here may read the addresses of your calendars; `chmod 600 ~/config.toml`" in loose.stdout
    for text in (done[0], checked, late, loose):
        assert SECRET not in text.stdout + text.stderr
    kept = [path for path in home.rglob("*") if path.is_file() and path != config]
    assert len([path for path in kept if path.suffix == ".ics"]) == 1
    assert not any(SECRET in str(path) or SECRET.encode() in path.read_bytes() for path in kept)


def process_list() -> str:
    """What every process of this machine was started with."""
    told = ""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended
            told += path.read_text(errors="replace").replace("\0", " ") + "\n"
    return told


def test_ideas_are_added_listed_and_fitted(home: Path) -> None:
    assert (
        run("add", "Usage caps", "limiter", "--estimate", "45m", "--repo", "billing", "--theme", "pricing").returncode
        == 0
    )
    assert run("add", stdin="first from a pipe\n\n  second \x1b[31mone\n").returncode == 0
    items = answer("backlog")["items"]
    assert len(items) == 3
    caps = next(item for item in items if item["title"] == "Usage caps limiter")
    assert (caps["estimate"], caps["repo"], caps["theme"], caps["state"]) == (
        45,
        "billing",
        "pricing",
        "inbox",
    )
    assert len({item["id"] for item in items}) == 3
    path = home / ".local" / "share" / "makerhour" / "backlog.toml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    few = answer("fits", "--minutes", "9")["instead"]
    assert few[0].startswith("decide on three ideas: ")
    assert "five minutes are enough to\n  decide on three ideas: second" in run("fits", "--minutes", "9").stdout
    path.write_text(path.read_text().replace('state = "inbox"', 'state = "build"'))
    fits = answer("fits", "--minutes", "60")
    assert fits["instead"] == []
    assert fits["usable_minutes"] == 60
    assert [fit["item"]["title"] for fit in fits["fits"]] == ["Usage caps limiter"]
    assert fits["fits"][0]["reasons"][0] == "45 of 60 usable min"
    assert answer("backlog", "--state", "inbox")["items"] == []
    plain = run("backlog")
    assert "\x1b" not in plain.stdout
    assert "Usage caps limiter" in plain.stdout


def test_fits_takes_the_re_entry_off_and_prints_its_rule(tmp_path: Path, home: Path) -> None:
    repo = fleet.make(tmp_path / "src" / "billing")  # last worked in long ago
    config = home / "config.toml"
    config.write_text(f"[repositories]\nroots = ['{tmp_path / 'src'}']\n")
    store = BacklogStore(home / ".local" / "share" / "makerhour" / "backlog.toml", lambda: datetime.now(UTC))
    store.add([Item("", "Usage caps limiter", "build", estimate=45, impact=4, edge=4, repo="billing")])
    options = ("--config", str(config))
    assert answer("fits", "--minutes", "59", *options)["fits"] == []
    (found,) = answer("fits", "--minutes", "60", *options)["fits"]
    assert found["reasons"][0] == "45 of 45 usable min"
    assert found["reasons"][2].startswith("re-entry 15 min: last here ")
    assert "re-entry min: 0 within a day of your last work there" in run("fits", "--minutes", "60", *options).stdout
    fleet.git(repo, "commit", "-q", "--allow-empty", "-m", "just now", when=int(datetime.now(UTC).timestamp()))
    (found,) = answer("fits", "--minutes", "59", *options)["fits"]
    assert found["reasons"][0] == "45 of 59 usable min"
    config.write_text(config.read_text() + "[planning]\nreentry_minutes = [7, 7, 7, 7]\n")
    (found,) = answer("fits", "--minutes", "59", *options)["fits"]
    assert found["reasons"][2] == "re-entry 7 min: last here today"


def test_a_corrupt_backlog_is_said_and_never_written_over(home: Path) -> None:
    path = home / ".local" / "share" / "makerhour" / "backlog.toml"
    path.parent.mkdir(parents=True)
    path.write_text("[[items]\ntitle = 'half\n")
    before = path.read_bytes()
    refused(run("backlog"), 1, "line 1")
    refused(run("add", "one more"), 1, "backlog.toml")
    assert path.read_bytes() == before


def test_next_is_one_line(calendar: Path, home: Path) -> None:
    done = run("next")
    assert done.returncode == 0
    assert done.stdout == "no calendar\n"
    config = home / "config.toml"
    config.write_text(f"[[calendars]]\npath = '{calendar}'\n")
    done = run("next", "--config", str(config))
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1


def test_the_demo_answers_commands_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    before = sorted(home.iterdir())
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    done = run("--demo", "repos", "--json", TMPDIR=str(temporary))
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["repos"]) >= 10
    assert run("--demo", "fits", TMPDIR=str(temporary)).returncode == 0
    assert list(temporary.iterdir()) == []
    assert sorted(home.iterdir()) == before


def test_init_writes_once_what_it_finds_and_the_result_works(home: Path) -> None:
    (home / "src").mkdir()
    fleet.make(home / "src" / "one")
    (home / "calendar.ics").write_text(MEETINGS)
    done = run("init", "--yes")
    assert done.returncode == 0, done.stderr
    path = home / ".config" / "makerhour" / "config.toml"
    assert '"~/src"' in path.read_text()
    assert '"~/calendar.ics"' in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [repo["name"] for repo in answer("repos")["repos"]] == ["one"]
    assert answer("agenda", "--date", "2026-03-10")["meetings"]
    written = path.read_text()
    again = run("init", "--yes")
    assert again.returncode == 1
    assert "nothing was changed" in again.stdout
    assert path.read_text() == written


def test_init_asks_at_most_three_questions_and_quotes_what_it_is_told(home: Path) -> None:
    odd = home / 'a "quoted" \\ folder'
    fleet.make(odd / "one")
    done = run("init", stdin=f"{odd}\n\nme@example.com\n")
    assert done.returncode == 0, done.stderr
    assert [repo["name"] for repo in answer("repos")["repos"]] == ["one"]


def test_check_says_what_works_and_fails_where_something_is_broken(home: Path, calendar: Path) -> None:
    config = home / "config.toml"
    config.write_text(f"[[calendars]]\npath = '{calendar}'\n[launch]\neditor = 'vi'\n")
    bin = home / "bin"
    bin.mkdir()
    (bin / "vi").write_text("#!/bin/sh\n")
    (bin / "vi").chmod(0o755)
    path = f"{bin}{os.pathsep}{os.environ['PATH']}"
    done = run("check", "--config", str(config), PATH=path)
    assert done.returncode == 0, done.stdout
    for said in ("configuration", "git", "work (a file): ", "backlog", "editor         vi"):
        assert said in done.stdout
    config.write_text(config.read_text().replace("work.ics", "gone.ics").replace("'vi'", "'hx'"))
    done = run("check", "--config", str(config), PATH=str(bin))
    assert done.returncode == 1
    assert "gone" in done.stdout


def test_check_lists_programs_and_the_manner_they_start_in(home: Path) -> None:
    config, bin = home / "config.toml", home / "bin"
    bin.mkdir()
    for name in ("hx", "codex", "claude", "lazygit", "kitty", "git"):
        (bin / name).write_text("#!/bin/sh\n")
        (bin / name).chmod(0o755)
    kitty = {"KITTY_WINDOW_ID": "1", "KITTY_LISTEN_ON": "unix:/x"}
    alone = {"PATH": str(bin), "TMUX": "", "ZELLIJ": "", "WEZTERM_PANE": "", "VISUAL": "", "EDITOR": ""}

    def said(text: str, **environ: str) -> list[str]:
        config.write_text(text)
        lines = run("check", "--config", str(config), cwd=None, stdin=None, **(alone | environ)).stdout.splitlines()
        return [" ".join(line.split()) for line in lines]

    lines = said("", **kitty)
    for expected in ("editor hx", "agent claude (also here: codex)", "git-client lazygit"):
        assert any(line.endswith(expected) for line in lines), lines
    offered = 'suspended: the dashboard steps aside for programs of the terminal; `[launch] manner = "window"` would'
    assert any(f"{offered} open windows of kitty" in line for line in lines), lines
    window = "[launch]\nmanner = 'window'\n[launchers.hx]\ncommand = 'hx'\nmanner = 'suspended'"
    lines = said(window, **kitty)
    assert any("window: programs of the terminal get a new one of kitty, hx: suspended" in line for line in lines)
    lines = said(window, KITTY_WINDOW_ID="1")
    assert any("suspended: window, hx: suspended is set, but there is no tmux" in line for line in lines), lines


def test_check_finds_every_program_of_the_table(home: Path) -> None:
    bin = home / "bin"
    bin.mkdir()
    for name in {launcher.command[0] for launcher in TABLE}:
        (bin / name).write_text("#!/bin/sh\n")
        (bin / name).chmod(0o755)

    def told(kind: str) -> list[str]:
        """What is said of `kind`: the program taken, then the others."""
        done = run("check", PATH=str(bin), VISUAL="", EDITOR="", SHELL="", BROWSER="")
        (line,) = (line for line in done.stdout.splitlines() if f" {kind} " in line)
        taken, _, others = line.partition(f" {kind} ")[2].strip().partition(" (also here: ")
        return [taken, *filter(None, others.rstrip(")").split(", "))]

    for kind in {launcher.kind for launcher in TABLE}:
        assert told(kind) == [launcher.name for launcher in TABLE if launcher.kind == kind]
    for name in ("nvim", "claude"):
        (bin / name).unlink()
    assert told("editor")[0] == "hx"
    assert told("agent")[0] == "codex"
    (bin / "hx").chmod(0o644)  # not a program any more
    assert "hx" not in told("editor")


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    fleet.make(tmp_path / "one")
    command = f"'{sys.executable}' -m tui repos --json | true"
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.stderr == ""


def test_a_stray_git_dir_does_not_decide_what_is_seen(tmp_path: Path) -> None:
    fleet.make(tmp_path / "src" / "one")
    other = fleet.untracked(tmp_path / "other")
    found = answer("repos", "--root", str(tmp_path / "src"), GIT_DIR=str(other / ".git"))["repos"]
    assert [(repo["name"], repo["untracked"]) for repo in found] == [("one", 0)]


@pytest.mark.parametrize("command", ["repos", "check", "fits"])
def test_roots_count_before_and_behind_the_command(command: str) -> None:
    found = parse_arguments(["--root", "a", "--root", "b", command, "--root", "c"])
    assert found.root == [Path("a"), Path("b"), Path("c")]
    assert not hasattr(found, "root_behind")
    assert parse_arguments([command]).root == parse_arguments([command]).root == []


@pytest.mark.parametrize(
    "given",
    [
        [],
        ["--debug"],
        ["--config", "a.toml"],
        ["--root", "a", "--config", "b", "--root", "c"],
        ["--config", "a", "--config", "b"],
    ],
)
def test_the_dashboards_own_options_are_read_as_all_others(given: list[str]) -> None:
    assert asks_for_dashboard(given)
    assert vars(_of_dashboard(given)) == vars(parse_arguments(given))


@pytest.mark.parametrize(
    "given", [["repos"], ["--demo"], ["--config"], ["--root", "--debug"], ["--config=a"], ["-h"], ["--debug", "next"]]
)
def test_what_else_is_asked_is_read_as_it_ever_was(given: list[str]) -> None:
    assert not asks_for_dashboard(given)


def test_a_root_before_the_command_is_looked_in(tmp_path: Path) -> None:
    fleet.make(tmp_path / "src" / "one")
    (tmp_path / "none").mkdir()
    root = str(tmp_path / "src")
    found = answer("--root", root, "repos", cwd=tmp_path / "none")["repos"]
    assert [repo["name"] for repo in found] == ["one"]
    for arguments in (("--root", root, "check"), ("check", "--root", root)):
        assert f"1 under {root}" in run(*arguments, cwd=tmp_path / "none").stdout


def closed(number: int, *arguments: str) -> Done:
    """makerhour with one of its standard streams closed."""
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {number}>&-', "sh", sys.executable, "-m", "tui", *arguments],
        cwd=os.environ["HOME"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TZ": "Europe/Berlin"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_a_closed_input_or_output_is_no_surprise(home: Path) -> None:
    refused(closed(0, "add"), 2, "give a title")
    refused(closed(0), 2, "needs a terminal")
    done = closed(0, "init")
    assert (done.returncode, done.stderr) == (0, "")
    assert (home / ".config" / "makerhour" / "config.toml").is_file()
    done = closed(1, "next")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_zone_that_is_none_names_the_remedy(home: Path) -> None:
    for zone in ("Mars/Base", "America", "../x", "CET-1CEST,M3.5.0,M10.5.0/3"):
        refused(run("next", TZ=zone), 2, f"TZ is `{zone}`", "`[agenda] time_zone`")
    config = home / "config.toml"
    config.write_text("[agenda]\ntime_zone = 'Europe/Berlin'\n")
    assert run("next", "--config", str(config), TZ="Mars/Base").returncode == 0


def test_an_empty_variable_is_no_configuration(home: Path) -> None:
    assert run("next", MAKERHOUR_CONFIG="").returncode == 0
    refused(run("next", MAKERHOUR_CONFIG=str(home / "none.toml")), 2, "none.toml", "makerhour init")
    refused(run("next", MAKERHOUR_CONFIG="~nosuchuser/x"), 2, "`~nosuchuser/x`")


def test_what_is_wrong_with_a_configuration_cannot_steer_the_terminal(home: Path) -> None:
    path = home / "config.toml"
    path.write_text('[look]\ntheme = 1\n"\\u001b[31mred" = 1\n')
    refused(run("next", "--config", str(path)), 2, "config.toml")
    config = home / "\x1b[31mconfig.toml"
    refused(run("next", "--config", str(config)), 2, "config.toml")


def test_an_id_cannot_steer_the_terminal() -> None:
    item = Item("a\x1b[31mb", "an idea", "inbox")
    assert "\x1b" not in "".join(plain.backlog_lines([Section("inbox", (item,), False)]))


def test_check_prints_to_any_terminal(tmp_path: Path) -> None:
    root = tmp_path / "übung"
    fleet.make(root / "one")
    done = run("check", "--root", str(root), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert "Traceback" not in done.stderr
    assert "?bung" in done.stdout


@pytest.mark.usefixtures("home")
def test_days_off_are_said(calendar: Path) -> None:
    with_it = ("gaps", "--calendar", str(calendar), "--date")
    assert run(*with_it, "2026-03-14").stdout == "no gap: Saturday is a day off\n"
    assert run(*with_it, "2026-03-14", "--days", "2").stdout == "no gap: Saturday and Sunday are days off\n"
    assert run(*with_it, "2026-03-13", "--days", "2").stdout.startswith("Fri 09:00-18:00")
    assert list(plain.gaps_lines(())) == ["no gap left"]
    week = [date(2026, 3, day) for day in (14, 15, 16, 21)]
    assert list(plain.gaps_lines((), week)) == ["no gap: Saturday, Sunday and Monday are days off"]


@pytest.mark.usefixtures("home")
def test_without_a_calendar_no_time_is_known_to_be_free() -> None:
    told = [run(*asked).stdout.splitlines()[0] for asked in (("agenda",), ("gaps",), ("fits",))]
    assert told == [plain.NO_CALENDAR] * 3
    assert answer("gaps")["gaps"] == answer("fits")["fits"] == []
    assert "no calendar" in run("next").stdout
    assert plain.NO_CALENDAR not in run("fits", "--minutes", "30").stdout


def test_one_is_singular(home: Path, calendar: Path) -> None:
    (home / "calendar.ics").write_text(MEETINGS)
    assert "; 1 calendar\n" in run("init", "--yes").stdout
    run("add", "one idea")
    assert "1 item in" in run("check").stdout
    assert [plain.counted(number, "meeting") for number in (0, 1, 2)] == ["0 meetings", "1 meeting", "2 meetings"]


def test_a_locked_folder_does_not_stop_init(home: Path) -> None:
    (home / "Calendars" / "open").mkdir(parents=True)
    (home / "Calendars" / "open" / "a.ics").write_text(MEETINGS)
    (home / "Calendars" / "locked").mkdir(mode=0)
    try:
        done = run("init", "--yes")
    finally:
        (home / "Calendars" / "locked").chmod(0o700)
    assert done.returncode == 0, done.stderr
    assert "; 1 calendar\n" in done.stdout


def test_init_that_cannot_write_a_name_leaves_nothing_in_the_way(tmp_path: Path, home: Path) -> None:
    odd = os.fsdecode(bytes(tmp_path) + b"/\xff")
    Path(odd).mkdir()
    done = run("init", "--yes", cwd=Path(odd))
    assert done.returncode == 1
    assert "UTF-8" in done.stdout
    assert "Traceback" not in done.stderr
    assert not (home / ".config" / "makerhour" / "config.toml").exists()
    assert run("init", "--yes").returncode == 0


def test_a_pipe_that_holds_no_text_is_refused(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "add"],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8:strict"},
        input=b"\xff\xfe\n",
        capture_output=True,
        timeout=240,
        check=False,
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)
    assert b"no utf-8 text" in done.stderr


def test_what_nobody_expected_is_a_sentence_and_a_traceback_where_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_arguments: object, _clock: object) -> int:
        raise ZeroDivisionError("an \x1b[31modd thing")

    monkeypatch.setitem(COMMANDS, "next", fail)
    assert __main__.main(["next"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("makerhour: unexpected ZeroDivisionError: an ␛[31modd thing; ")
    assert len(said.splitlines()) == 1
    with pytest.raises(ZeroDivisionError):
        __main__.main(["next", "--debug"])


def test_programs_started_from_the_demo_do_not_see_its_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/the/persons/own")
    before = dict(os.environ)
    with bootstrap.demo(__main__.clock) as config:
        folder = str(config.source.parent) if config.source else ""
        launched = clean_environment(os.environ)
        assert {name for name, value in launched.items() if folder in value} == {"MAKERHOUR_CONFIG"}
        assert launched["XDG_STATE_HOME"] == "/the/persons/own"
        assert folder in os.environ["MAKERHOUR_HOME"]
    assert dict(os.environ) == before


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make")
@pytest.mark.parametrize("was_there", [True, False])
def test_a_half_made_environment_is_taken_away_again(tmp_path: Path, was_there: bool) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    python = tmp_path / "python-without-pip"
    python.write_text('#!/bin/sh\ntest "$1" = -c && exit 0\nmkdir -p "$3/bin" && touch "$3/bin/python"\nexit 1\n')
    python.chmod(0o755)
    place = tmp_path / "venv"
    if was_there:
        place.mkdir()
        (place / "mine").touch()
    done = subprocess.run(
        ["make", "run", f"PYTHON={python}", f"VENV={place}"],
        cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "python3-venv" in done.stdout
    assert place.exists() is was_there
    assert not was_there or (place / "mine").exists(), "what somebody else put there is left alone"


@pytest.fixture
def shell_left_as_found() -> Iterator[None]:
    """Puts back what a run of the dashboard sets for the whole process."""
    root, interval = logging.getLogger(), sys.getswitchinterval()
    handlers, level = list(root.handlers), root.level
    yield
    gc.enable()
    sys.setswitchinterval(interval)
    for handler in set(root.handlers).difference(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.mark.usefixtures("shell_left_as_found")
def test_a_dashboard_that_breaks_still_waits_for_what_is_being_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.fakes import FakeEngine, sample_agenda, sample_backlog, sample_fleet
    from tui.app import MakerhourApp
    from tui.settings import Settings
    from tui.shell import run as show

    stopped: list[str] = []

    class Writing(FakeEngine):
        def stop(self) -> str:
            stopped.append("stopped")
            return "the last change of backlog was not written in time"

    class Breaking(MakerhourApp):
        async def run_async(self, *_: Any, **__: Any) -> None:
            raise ZeroDivisionError

    app = Breaking(Writing(sample_fleet(), sample_agenda(), sample_backlog()), lambda: datetime.now(UTC), Settings())
    with pytest.raises(ZeroDivisionError):
        show(app, tmp_path / "log", debug=False)
    assert stopped == ["stopped"]
    assert "was not written in time" in capsys.readouterr().err


@pytest.mark.usefixtures("shell_left_as_found")
def test_the_log_holds_no_secret_and_takes_any_line(tmp_path: Path) -> None:
    from tui.shell import log_to

    log_to(tmp_path / "log", debug=False)
    logging.getLogger("test").warning("at https://me:s3cret@calendar.example/private/basic.ics?token=s3cret")
    logging.getLogger("test").warning("%s", "a" * 300_000)  # a pattern that looks from each letter takes an hour
    logging.getLogger("test").warning("%s://s3cret@calendar.example/", "a" * 100)
    text = (tmp_path / "log").read_text()
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600
    assert "https://calendar.example/…" in text
    assert "s3cret" not in text
    assert len(text) > 300_000
