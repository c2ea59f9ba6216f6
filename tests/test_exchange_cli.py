"""`add`, `import` and `export` as a person or a script runs them: real processes on a real backlog."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.test_cli import ROOT, answer, refused, run
from tui import answers
from tui.domain.exchange.text import FORMATS

TOML = """\
[[items]]
id = "k3j5x7aq"
title = "Usage caps limiter"
state = "build"
why = "Customers ask"
estimate = 45
impact = 4
created = 2026-03-04T09:30:00+01:00
jira = 2026-03-31

[items."$own"]
nested = [1, { deep = nan }]

[[items]]
id = "b"
title = "Call \\u001b[31m Ana"
state = "delegated"
person = "Ana"
"""


@pytest.fixture
def backlog(home: Path) -> Path:
    path = home / ".local" / "share" / "makerhour" / "backlog.toml"
    path.parent.mkdir(parents=True)
    path.write_text(TOML)
    return path


def titles() -> list[str]:
    return sorted(item["title"] for item in answer("backlog")["items"])


def test_add_takes_the_shorthand_of_n(home: Path) -> None:
    assert run("add", "Usage caps limiter 45m !4/5 @billing #pricing", "--why", "Customers ask").returncode == 0
    assert run("add", "Rates 45m @billing", "--estimate", "2h", "--repo", "rates").returncode == 0
    assert run("add", "--plain", "Keep 45m @billing").returncode == 0
    assert run("add", "--no-shorthand", "Keep #too").returncode == 0
    items = {item["title"]: item for item in answer("backlog")["items"]}
    caps, rates, keep = items["Usage caps limiter"], items["Rates"], items["Keep 45m @billing"]
    assert [caps[name] for name in ("estimate", "impact", "edge", "repo", "theme", "why")] == [
        45, 4, 5, "billing", "pricing", "Customers ask",
    ]  # fmt: skip
    assert (rates["estimate"], rates["repo"]) == (120, "rates")
    assert (keep["estimate"], keep["repo"]) == (None, "")
    assert "Keep #too" in items


def test_a_pipe_is_an_idea_a_line_whatever_the_list_looks_like(home: Path) -> None:
    lines = "\ufeff- [ ] from a task 30m\r\n* bullet\n 2. third #x\n\n-\n- [x]\n+1 is no bullet\nplain\n-5 degrees\n"
    assert run("add", stdin=lines, PYTHONIOENCODING="utf-8").returncode == 0
    assert titles() == ["+1 is no bullet", "-5 degrees", "bullet", "from a task", "plain", "third"]


def test_one_bad_line_adds_none(home: Path) -> None:
    refused(run("add", stdin="good\n45m @x\n"), 2, "line 2: an item needs a title", "nothing was added")
    refused(run("add", stdin=f"good\n{'x' * 501}\n"), 2, "line 2: `title` is 501 characters long")
    assert titles() == []


def test_eight_processes_adding_at_once_lose_nothing(home: Path) -> None:
    arguments = [sys.executable, "-m", "tui", "add"]
    running = [
        subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
        for _ in range(8)
    ]
    for number, process in enumerate(running):
        assert process.stdin is not None
        process.stdin.write("".join(f"idea {number}-{line}\n" for line in range(10)).encode())
        process.stdin.close()
    for process in running:
        assert process.wait(timeout=240) == 0
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()
    items = answer("backlog")["items"]
    assert sorted(item["title"] for item in items) == sorted(f"idea {n}-{line}" for n in range(8) for line in range(10))
    assert len({item["id"] for item in items}) == 80


def test_the_export_has_the_shape_of_every_answer(backlog: Path) -> None:
    content = answer_of(run("export"))
    assert content["schema"] == answers.SCHEMA
    assert list(content) == ["schema", "generated", "items"]
    first, second = content["items"]
    assert (first["created"], first["extra"]["jira"]) == ("2026-03-04T09:30:00+01:00", {"$date": "2026-03-31"})
    assert first["extra"]["$$own"] == {"nested": [1, {"deep": {"$float": "nan"}}]}
    assert second["title"] == "Call \x1b[31m Ana"
    assert [item["id"] for item in answer_of(run("export", "--state", "delegated"))["items"]] == ["b"]
    assert answer_of(run("export", "--state", "done"))["items"] == []


def answer_of(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert (done.returncode, done.stderr) == (0, "")
    content: dict[str, Any] = json.loads(done.stdout)
    return content


@pytest.mark.parametrize("format", FORMATS)
def test_a_whole_backlog_goes_out_and_comes_back(backlog: Path, tmp_path: Path, format: str) -> None:
    before = backlog.read_bytes()
    whole = answer_of(run("export"))["items"]
    done = run("export", "--format", format)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    again = run("import", "-", "--format", format, stdin=done.stdout)
    if format == "markdown":
        refused(again, 1, "differs in `title`")
        assert "a key of your own is left out (2 times, such as `jira of Usage caps limiter`)" in done.stderr
    else:
        assert (again.returncode, again.stdout) == (0, "0 items added, 2 there already\n")
        assert done.stderr == ""
        assert backlog.read_bytes() == before, "nothing to write"
        backlog.unlink()
        (backlog.parent / "backlog.toml.bak").unlink(missing_ok=True)
        told = run("import", stdin=done.stdout)
        assert told.returncode == 0
        assert told.stdout.endswith("2 items added\n")
        assert answer_of(run("export"))["items"] == whole
        restored = backlog.read_text()
        assert "jira = 2026-03-31" in restored
        assert "deep = nan" in restored
        assert 'id = "k3j5x7aq"' in restored


def test_an_export_to_a_file_is_whole_and_private_and_never_the_backlog(backlog: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.md"
    done = run("export", "-o", str(file))
    assert (done.returncode, done.stdout) == (0, f"2 items in {file} as markdown\n")
    assert file.read_text().startswith("## Build\n\n- [ ] Usage caps limiter 45m !4 [id:: k3j5x7aq]")
    assert file.stat().st_mode & 0o777 == 0o600
    before = backlog.read_bytes()
    refused(run("export", "-o", str(backlog)), 1, "is the backlog's own file")
    (tmp_path / "link.json").symlink_to(backlog)
    refused(run("export", "-o", str(tmp_path / "link.json")), 1, "is the backlog's own file")
    refused(run("export", "-o", str(tmp_path)), 1, "is not a regular file")
    refused(run("export", "-o", str(tmp_path / "none" / "x.json")), 1, "cannot write", "none/x.json")
    assert backlog.read_bytes() == before
    backlog.write_text("[[items]\n")
    refused(run("export", "-o", str(file)), 1, "line 1", "nothing was exported")
    assert file.read_text().startswith("## Build")


def test_what_differs_is_never_overwritten_unless_asked(backlog: Path) -> None:
    copy = run("export").stdout
    backlog.write_text(TOML.replace("estimate = 45", "estimate = 60").replace('"Ana"\n', '"Bo"\n'))
    changed = backlog.read_bytes()
    done = run("import", "-", stdin=copy)
    refused(
        done, 1, "`Usage caps limiter` differs in `estimate` (60 here, 45 there)", "(Bo here, Ana there)", "--overwrite"
    )
    assert done.stdout == "0 items added, 2 different here\n"
    assert backlog.read_bytes() == changed
    tried = run("import", "-", "--overwrite", "--dry-run", stdin=copy)
    assert (tried.returncode, tried.stdout) == (0, "0 items would be added, 2 would be overwritten\n")
    assert backlog.read_bytes() == changed
    assert run("import", "-", "--overwrite", stdin=copy).returncode == 0
    assert answer_of(run("export"))["items"] == json.loads(copy)["items"]


def test_a_list_of_another_program_is_taken_over_once(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "todo.txt"
    path.write_text("(A) Thank Mom @phone\nx 2011-03-02 2011-03-01 Review +Touch\nSee http://example.com/x\n")
    tried = run("import", str(path), "--dry-run")
    assert tried.stdout.endswith("3 items would be added\n")
    assert titles() == []
    done = run("import", str(path))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "3 items added")
    assert run("import", str(path)).stdout == "0 items added, 3 there already\n"
    items = {item["title"]: item for item in answer("backlog")["items"]}
    assert set(items) == {"Thank Mom", "Review", "See http://example.com/x"}
    assert items["Thank Mom"]["created"] is not None


def test_what_could_not_be_carried_over_is_said(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "ideas.md"
    path.write_text("# Ideas\n\nSome words \x1b[2J.\n\n## Pricing\n- [ ] Caps 2h\n  - detail\n")
    done = run("import", str(path))
    assert done.returncode == 0
    assert "text that is no task is not taken over" in done.stderr
    assert "\x1b" not in done.stderr
    (caps,) = answer("backlog")["items"]
    assert (caps["title"], caps["why"], caps["theme"], caps["estimate"]) == ("Caps", "- detail", "Pricing", 120)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"description": "a"},\n {"description": }]', "line 2, column 18"),
        ("[[items]]\ntitle = 'x'\n", "`--format`"),
        ("[{" + '"a":[{' * 50_000, "nested too deep"),
        ('[{"description": "a", "x": ' + "[" * 300 + "]" * 300 + "}]", "too deep"),
    ],
)
def test_a_broken_file_adds_nothing(backlog: Path, tmp_path: Path, text: str, said: str) -> None:
    before = backlog.read_bytes()
    path = tmp_path / "x.toml"
    path.write_text(text)
    refused(run("import", str(path)), 1, said, "nothing was")
    assert backlog.read_bytes() == before


def test_wrong_usage_of_an_import_is_a_sentence(backlog: Path, tmp_path: Path) -> None:
    refused(run("import", str(tmp_path / "none.json")), 1, "cannot read", "none.json")
    refused(run("import", str(tmp_path)), 1, "cannot read")
    refused(run("import", "x", "--format", "yaml"), 2, "invalid choice")
    refused(run("export", "--format", "yaml"), 2, "invalid choice")
    refused(run("import", "-", stdin=""), 1, "holds no ideas")
    (tmp_path / "notes.md").write_text("- just bullets\n")
    refused(run("import", str(tmp_path / "notes.md")), 1, "holds no ideas", "makerhour add < FILE")
    backlog.write_text("[[items]\n")
    refused(run("import", "-", stdin="an idea\n"), 1, "line 1", "nothing was taken over")
    assert backlog.read_text() == "[[items]\n"


def test_a_named_pipe_is_read_like_a_file(home: Path) -> None:
    script = f"{sys.executable} -m tui import <(printf 'one\\ntwo\\n')"
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "2 items added"), done.stderr
    assert titles() == ["one", "two"]
