"""Repositories whose status is slow: what is left out or counted apart, what is said, and mending a stale index."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import commit, git
from tests.test_repos_read import NOW
from tui.domain.repos import Repository
from tui.sources.git import pace as paces
from tui.sources.git.discovery import Found
from tui.sources.git.read import Look, Memory, Terms, read_repository
from tui.sources.git.shadow import Shadow, Shadows


class Reader:
    """One repository, read again and again."""

    def __init__(self, path: Path, shadows: Shadows) -> None:
        self.path = path
        self.terms = Terms()
        self.memory = Memory(Shadow(path, shadows.folder_for(path)))

    def __call__(self, look: Look = "full") -> Repository:
        return read_repository(Found(self.path), self.memory, self.terms, NOW, look)

    def cost(self) -> int:
        """git commands of one more reading."""
        before = self.terms.children.started
        self()
        return self.terms.children.started - before


@pytest.fixture
def shadows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shadows]:
    fleet.isolate(monkeypatch, tmp_path / "home")
    found = Shadows()
    yield found
    found.close()


@pytest.fixture
def everything_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paces, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(paces, "CRAWLING_SECONDS", 1e9)
    monkeypatch.setattr(paces, "MANY_COMMITS", 1)
    monkeypatch.setattr(paces, "MANY_STAGED", 0)


@pytest.mark.usefixtures("everything_is_slow")
def test_commits_are_counted_apart_and_only_when_branches_moved(tmp_path: Path, shadows: Shadows) -> None:
    read = Reader(fleet.diverged(tmp_path / "repo"), shadows)
    first = read()
    read()
    assert read.memory.pace.counts_apart
    third = read()
    assert (third.ahead, third.behind, third.uncounted) == (first.ahead, first.behind, False)
    assert read.cost() == 1
    commit(read.path, "one more")
    assert read().ahead == (first.ahead or 0) + 1
    assert read.cost() == 1


@pytest.mark.usefixtures("everything_is_slow")
def test_what_cannot_be_counted_in_time_is_said_so(
    tmp_path: Path, shadows: Shadows, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Reader(fleet.diverged(tmp_path / "repo"), shadows)
    read(), read()
    monkeypatch.setattr(paces, "_COUNT", ("rev-list", "--no-such-option"))
    found = read()
    assert (found.ahead, found.behind, found.uncounted) == (None, None, True)
    assert not found.upstream_gone
    assert found.error is None
    assert read.cost() == 1  # and is not tried again while nothing moved


def test_new_files_of_a_crawling_one_are_looked_for_now_and_then(
    tmp_path: Path, shadows: Shadows, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Reader(fleet.untracked(tmp_path / "repo"), shadows)
    number = read().untracked
    monkeypatch.setattr(paces, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(paces, "CRAWLING_SECONDS", 0.0)
    read(), read()
    (read.path / "one-more").write_text("")
    (read.path / "file").write_text("edited\n")
    found = read()
    assert (found.untracked, found.unstaged) == (number, 1)
    assert "looked for every 5 minutes" in found.notes[0]
    monkeypatch.setattr(paces, "UNTRACKED_SECONDS", 0.0)
    assert read().untracked == number + 1
    monkeypatch.undo()
    fleet.isolate(monkeypatch, tmp_path / "home")
    assert read("heal").notes == ()  # the person asked: it begins anew


@pytest.mark.usefixtures("everything_is_slow")
def test_many_staged_files_are_not_compared_with_each_other(tmp_path: Path, shadows: Shadows) -> None:
    path = fleet.make(tmp_path / "repo")
    commit(path, "long", name="long", text="line\n" * 50)
    (path / "long").rename(path / "moved")
    (path / "moved").write_text("line\n" * 49 + "other\n")
    git(path, "add", "-A")
    read = Reader(path, shadows)
    assert read().staged == 1
    read()
    found = read()
    assert found.staged == 2
    assert "renamed files" in found.notes[0]


def test_after_no_answer_in_time_less_is_asked(
    tmp_path: Path, shadows: Shadows, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fleet.diverged(tmp_path / "repo")
    real = shutil.which("git")
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(
        "#!/bin/sh\n"
        f'case "$*" in *--no-ahead-behind*) exec {real} "$@";; *" status "*) exec sleep 60;; esac\n'
        f'exec {real} "$@"\n'
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:/usr/bin:/bin")
    read = Reader(path, shadows)
    read.terms = Terms(seconds=0.5)
    assert "no answer within" in (read().error or "")
    read.terms = Terms(seconds=30)
    found = read()
    assert (found.error, found.uncounted) == (None, False)
    assert found.ahead
    assert found.behind
    assert found.notes == ()  # once is no rule
    read.terms = Terms(seconds=0.5)
    assert "no answer within" in (read().error or "")
    read.terms = Terms(seconds=30)
    for _ in range(3):
        assert read().error is None
    assert "git status is slow here" in read().notes[0]


def test_a_stale_index_is_mended_when_the_person_asks_and_never_otherwise(
    tmp_path: Path, shadows: Shadows, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = fleet.make(tmp_path / "source")
    path = tmp_path / "copy"
    shutil.copytree(source, path)
    index = path / ".git" / "index"
    before = index.read_bytes()
    read = Reader(path, shadows)
    read(), read("quiet"), read()
    assert index.read_bytes() == before
    read.memory.pace.took = 0.0
    read("heal")
    assert index.read_bytes() == before  # it is quick as it is
    monkeypatch.setattr(paces, "HEAL_SECONDS", 0.0)
    monkeypatch.setattr("tui.sources.git.read.HEAL_SECONDS", 0.0)
    (path / ".git" / "index.lock").touch()
    assert read("heal").error is None
    assert index.read_bytes() == before
    (path / ".git" / "index.lock").unlink()
    assert read("heal").changed == 0
    assert index.read_bytes() != before
    assert git(path, "diff-files", "--name-only") == b""


def test_the_index_of_an_operation_under_way_is_left_alone(
    tmp_path: Path, shadows: Shadows, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fleet.conflict(tmp_path / "repo")
    monkeypatch.setattr("tui.sources.git.read.HEAL_SECONDS", 0.0)
    read = Reader(path, shadows)
    read()
    before = (path / ".git" / "index").read_bytes()
    assert read("heal").conflicted == 1
    assert (path / ".git" / "index").read_bytes() == before
