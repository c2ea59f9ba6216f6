"""What the benchmarks run on: a demo, fleets of small repositories, a bare Textual app to compare with."""

import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

from tests.terminal import isolated_environment
from tui.demo.build import build_demo

ROOT = Path(__file__).resolve().parent.parent
BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("bare app on screen")
Bare().run()
"""
BARE_LIST = """
from textual.app import App
from widgets.row_list import RowList
from widgets.rows import Row, Span
class Bare(App):
    def compose(self):
        yield RowList()
    def on_mount(self):
        rows = self.query_one(RowList)
        rows.show([Row(str(n), (Span(f"row number {n:04}"),)) for n in range(200)])
        rows.focus()
Bare().run()
"""


def environment(home: Path) -> dict[str, str]:
    """The environment of a contestant."""
    return isolated_environment(home, PYTHONPATH=str(ROOT))


def demo(folder: Path) -> Path:
    """A demo in `folder`; its configuration."""
    return build_demo(folder, datetime.now().astimezone())


def fleet(folder: Path, number: int) -> list[Path]:
    """`number` small clones of one repository of 60 files and 40 commits in a year, with healed indexes."""
    folder.mkdir(parents=True)
    source = folder / "source"
    git(folder, "init", "-q", "-b", "main", "source")
    for commit in range(40):
        for file in range(commit % 3, 60, 6):
            path = source / f"part-{file % 6}" / f"file-{file}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"{commit} {file}\n" * 20)
        git(source, "add", "-A")
        day = f"{int(time.time()) - (40 - commit) * 9 * 86_400} +0000"
        git(source, "commit", "-q", "-m", f"commit {commit}", GIT_AUTHOR_DATE=day, GIT_COMMITTER_DATE=day)
    clones = folder / "clones"
    clones.mkdir()
    paths = [clones / f"repo-{place:04}" for place in range(number)]
    for path in paths:
        git(folder, "clone", "-q", "--local", str(source), str(path))
        git(path, "update-index", "-q", "--refresh")
    return paths


def big_fleet(folder: Path) -> list[Path]:
    """Three big repositories: 30,000 files in 3,000 folders, 50,000 files in 500, 30,000 commits over 2,000 files."""
    shapes = (("wide", 3000, 10, 5), ("flat", 500, 100, 5), ("long", 100, 20, 30_000))
    paths = []
    for name, folders, files, commits in shapes:
        path = folder / name
        path.mkdir(parents=True)
        git(path, "init", "-q", "-b", "main")
        subprocess.run(
            ["git", "fast-import", "--quiet"], cwd=path, input=_history(folders, files, commits), check=True, env=_own()
        )
        git(path, "reset", "-q", "--hard")
        git(path, "update-index", "-q", "--refresh")
        paths.append(path)
    return paths


def _history(folders: int, files: int, commits: int) -> bytes:
    """A stream for git-fast-import: a first commit with all files, and more that change one each."""
    who = b"committer Bench <bench@example.com> %d +0000\n"
    lines = [b"commit refs/heads/main\n" + who % 1_500_000_000 + b"data 3\nall\n"]
    for number in range(folders * files):
        content = b"file %d\n" % number
        name = b"part-%d/file-%d.txt" % (number % folders, number)
        lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (name, len(content), content))
    for number in range(1, commits):
        place = number % (folders * files)
        content = b"commit %d\n" % number
        lines.append(b"commit refs/heads/main\n" + who % (1_500_000_000 + number * 60) + b"data 3\none\n")
        name = b"part-%d/file-%d.txt" % (place % folders, place)
        lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (name, len(content), content))
    return b"".join(lines)


def git(folder: Path, *arguments: str, **variables: str) -> None:
    """Run git away from the developer's own configuration."""
    subprocess.run(["git", *arguments], cwd=folder, env=_own() | variables, check=True, capture_output=True)


def _own() -> dict[str, str]:
    environ = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for who in ("AUTHOR", "COMMITTER"):
        environ |= {f"GIT_{who}_NAME": "Bench", f"GIT_{who}_EMAIL": "bench@example.com"}
    return environ


def dashboard(config: Path) -> list[str]:
    """The command that starts the dashboard on `config`."""
    return [sys.executable, "-m", "tui", "--config", str(config)]
