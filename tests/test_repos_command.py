"""`makerhour repos --json` on a fleet that holds every state, field by field against what plain git answers."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from tests import fleet
from tests.fleet import git
from tests.test_repos_read import assert_as_git_says
from tui.domain.repos import Commit, Repository

ROOT = Path(__file__).resolve().parent.parent
OPERATIONS = {
    "merging": "merge", "conflict": "merge", "rebasing": "rebase", "rebasing-by-apply": "rebase", "reverting": "revert",
    "cherry-picking": "cherry-pick", "between-picks": "cherry-pick", "bisecting": "bisect", "applying": "am",
}  # fmt: skip


def as_repository(row: dict[str, Any]) -> Repository:
    """A row of the answer as the fact it was made from."""
    last = row["last_commit"]
    commit = last and Commit(last["sha"], last["author"], datetime.fromisoformat(last["when"]), last["subject"])
    gone = row["upstream"] is not None and row["ahead"] is None and row["head"] is not None
    fields = "name kind branch detached unborn head upstream ahead behind staged unstaged untracked conflicted stashes"
    values = {name: row[name] for name in (*fields.split(), "operation", "error")}
    return Repository(path=Path(row["path"]), last_commit=commit, upstream_gone=gone, **values)


def test_every_field_of_every_state_is_what_git_says(tmp_path: Path) -> None:
    code = tmp_path / "code"
    for name, build in fleet.WORK_TREES.items():
        build(code / name)
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(code / "clean"), str(bare))
    lane = tmp_path / "elsewhere" / "lane"
    git(code / "clean", "worktree", "add", "-q", "-b", "proto/lane", str(lane))
    (lane / "new.txt").write_text("x")
    parent, submodule = fleet.with_submodule(code / "with-submodule")
    damaged = fleet.make(code / "damaged")
    (damaged / ".git" / "HEAD").write_text("no ref at all\n")

    command = [sys.executable, "-m", "tui", "repos", "--json", "--root", str(code), "--root", str(bare)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    rows = {Path(row["path"]): row for row in json.loads(done.stdout)["repos"]}

    for name in fleet.WORK_TREES:
        row = rows[code / name]
        assert_as_git_says(as_repository(row), code / name)
        assert (row["kind"], row["parent"]) == ("worktree", None)
        assert row["operation"] == OPERATIONS.get(name), name
        if row["conflicted"]:
            assert any("in conflict" in sentence for sentence in row["attention"])
    assert_as_git_says(as_repository(rows[lane]), lane)
    assert (rows[lane]["kind"], rows[lane]["parent"], rows[lane]["untracked"]) == ("linked", str(code / "clean"), 1)
    assert_as_git_says(as_repository(rows[submodule]), submodule)
    assert (rows[submodule]["kind"], rows[submodule]["parent"]) == ("submodule", str(parent))
    assert_as_git_says(as_repository(rows[parent]), parent)
    assert (rows[bare]["kind"], rows[bare]["branch"], rows[bare]["error"]) == ("bare", "main", None)
    assert rows[bare]["head"] == git(bare, "rev-parse", "HEAD").decode().strip()
    assert rows[damaged]["error"]
    assert rows[damaged]["attention"]
