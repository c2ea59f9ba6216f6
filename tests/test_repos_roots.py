"""The search for repositories over time: what is known at once, what follows, what comes and what goes."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests import fleet
from tests.fleet import git
from tui.config import RepositoriesSettings
from tui.sources.git import discovery, places, root_search
from tui.sources.git.discovery import Found, Rules, list_folder, search_folders, search_roots
from tui.sources.git.places import Places
from tui.sources.git.roots import RootWatch

SETTINGS = RepositoriesSettings()


def until(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


class Finder:
    """The roots and what they said last."""

    def __init__(self, *roots: Path, saved: tuple[Found, ...] = (), settings: RepositoriesSettings = SETTINGS) -> None:
        self.told = threading.Event()
        self.roots = RootWatch(roots, settings, lambda _: False, saved=saved, ready=self.told.set)
        self.top = roots[0]
        self.found: tuple[Found, ...] = ()

    def names(self) -> list[str]:
        """What is known now, by path below the first root."""
        self.told.clear()
        found = self.roots.find()
        if found is not None:
            self.found = found
        return [os.path.relpath(one.path, self.top) for one in self.found]

    def searching(self) -> bool:
        self.names()
        return self.roots.searching

    def comes_to(self, *names: str) -> bool:
        return until(lambda: self.names() == list(names))


@pytest.fixture
def find(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Finder]]:
    monkeypatch.setattr(root_search, "LOOK_SECONDS", 0.05)
    opened: list[Finder] = []

    def open_one(*roots: Path, **options: object) -> Finder:
        opened.append(Finder(*roots, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for one in opened:
        one.roots.close()
    assert until(lambda: "repository-search" not in {thread.name for thread in threading.enumerate()})


def repositories(root: Path, *names: str) -> list[Path]:
    """Folders with a `.git` in them; the search needs no more."""
    for name in names:
        (root / name / ".git").mkdir(parents=True)
    return [root / name for name in names]


def held(monkeypatch: pytest.MonkeyPatch, which: Callable[[str], bool]) -> threading.Event:
    """Folders for which `which` is true do not answer, as on a dead drive, until the event is set."""
    answers = threading.Event()
    really = os.scandir

    def scandir(folder: str) -> object:
        if which(os.fspath(folder)):
            answers.wait(60)
        return really(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    return answers


def test_what_was_saved_is_there_before_anything_is_searched(
    tmp_path: Path, find: Callable[..., Finder], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    kept, _, gone = repositories(root, "kept", "new", "gone")
    saved = (Found(kept), Found(gone), Found(root / "plain"), Found(tmp_path / "elsewhere"))
    (gone / ".git").rmdir()
    (root / "plain").mkdir()
    repositories(tmp_path, "elsewhere")
    answers = held(monkeypatch, lambda folder: folder == str(root))
    finder = find(root, saved=saved)
    began = time.monotonic()
    assert finder.comes_to("kept")
    assert finder.searching()
    assert finder.roots.find() is None
    answers.set()
    assert finder.comes_to("kept", "new")
    assert not finder.searching()
    assert time.monotonic() - began < 30


def test_the_first_list_is_waited_for_a_moment_and_later_ones_not_at_all(
    tmp_path: Path, find: Callable[..., Finder], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    answers = held(monkeypatch, lambda _: True)
    finder = find(root)
    began = time.monotonic()
    assert finder.roots.find() == ()
    assert 0.09 < time.monotonic() - began < 2
    began = time.monotonic()
    for _ in range(100):
        assert finder.roots.find(wanted=True) is None
    assert time.monotonic() - began < 1
    answers.set()


def test_a_root_on_a_dead_drive_is_a_sentence_and_the_others_go_on(
    tmp_path: Path, find: Callable[..., Finder], monkeypatch: pytest.MonkeyPatch
) -> None:
    good, dead = tmp_path / "good", tmp_path / "dead"
    repositories(good, "a")
    repositories(dead, "b")
    answers = held(monkeypatch, lambda folder: folder.startswith(str(dead)))
    finder = find(good, dead, settings=replace(SETTINGS, deadline_seconds=1))
    assert finder.comes_to("a")
    assert finder.searching()
    assert until(lambda: finder.roots.problems != ())
    said: tuple[str, ...] = finder.roots.problems
    assert said == (f"root `{dead}`: no answer within 1 s; is its drive there?",)
    assert not finder.searching()
    repositories(good, "c")
    assert finder.comes_to("a", "c")
    answers.set()
    assert finder.comes_to("../dead/b", "a", "c")
    assert until(lambda: not finder.roots.problems)


def test_a_long_search_tells_what_it_has_found_so_far(
    tmp_path: Path, find: Callable[..., Finder], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    repositories(root, "a", "b/c", "z/deep/d")
    answers = held(monkeypatch, lambda folder: folder.endswith("deep"))
    monkeypatch.setattr(discovery, "PROGRESS_SECONDS", 0.0)
    finder = find(root)
    assert finder.comes_to("a", "b/c")
    assert finder.searching()
    answers.set()
    assert finder.comes_to("a", "b/c", "z/deep/d")


def test_a_whole_pass_waits_for_the_whole_search(tmp_path: Path, find: Callable[..., Finder]) -> None:
    root = tmp_path / "root"
    repositories(root, "a", "b/c/d")
    finder = find(root)
    assert [one.path.name for one in finder.roots.wait(wanted=True) or ()] == ["a", "d"]
    assert finder.roots.wait() is None
    repositories(root, "b/e/f")
    assert [one.path.name for one in finder.roots.wait(wanted=True) or ()] == ["a", "d", "f"]


class TestComingAndGoing:
    def test_clones_beside_others_and_in_the_root(self, tmp_path: Path, find: Callable[..., Finder]) -> None:
        source = fleet.make(tmp_path / "source")
        root = tmp_path / "root"
        repositories(root, "team/a")
        finder = find(root)
        assert finder.comes_to("team/a")
        git(tmp_path, "clone", "-q", str(source), str(root / "team" / "b"))
        assert finder.told.wait(30)
        assert finder.comes_to("team/a", "team/b")
        git(tmp_path, "clone", "-q", str(source), str(root / "c"))
        assert finder.comes_to("c", "team/a", "team/b")

    def test_a_clone_in_a_folder_made_for_it(self, tmp_path: Path, find: Callable[..., Finder]) -> None:
        root = tmp_path / "root"
        root.mkdir()
        finder = find(root)
        assert finder.comes_to()
        (root / "team").mkdir()
        assert finder.roots.wait() is None
        repositories(root, "team/new")
        assert finder.comes_to("team/new")
        repositories(root, "later/with/all")
        assert finder.comes_to("later/with/all", "team/new")

    def test_no_deeper_than_the_setting(self, tmp_path: Path, find: Callable[..., Finder]) -> None:
        root = tmp_path / "root"
        repositories(root, "a")
        finder = find(root, settings=replace(SETTINGS, depth=2))
        assert finder.comes_to("a")
        repositories(root, "x/y/z")
        repositories(root, "x/b")
        assert finder.comes_to("a", "x/b")
        assert finder.roots.wait(wanted=True) is None

    def test_what_is_excluded_stays_out(self, tmp_path: Path, find: Callable[..., Finder]) -> None:
        root = tmp_path / "root"
        repositories(root, "a")
        finder = find(root, settings=replace(SETTINGS, exclude=("old", "*/tmp-*")))
        assert finder.comes_to("a")
        repositories(root, "old", "tmp-x", "node_modules/y", "b")
        (root / "link").symlink_to(root / "a")
        assert finder.comes_to("a", "b")

    def test_removed_renamed_and_moved_ones(self, tmp_path: Path, find: Callable[..., Finder]) -> None:
        root = tmp_path / "root"
        repositories(root, "a", "b", "team/c", "team/d")
        finder = find(root)
        assert finder.comes_to("a", "b", "team/c", "team/d")
        (root / "a").rename(root / "e")
        assert finder.comes_to("b", "e", "team/c", "team/d")
        (root / "team").rename(tmp_path / "away")
        assert finder.comes_to("b", "e")
        (tmp_path / "away").rename(root / "team")
        assert finder.comes_to("b", "e", "team/c", "team/d")

    def test_a_git_folder_that_comes_or_goes_by_itself(self, tmp_path: Path, find: Callable[..., Finder]) -> None:
        root = tmp_path / "root"
        repositories(root, "a")
        (root / "plain").mkdir()
        finder = find(root)
        assert finder.comes_to("a")
        (root / "a" / ".git").rmdir()
        (root / "plain" / ".git").mkdir()
        assert finder.comes_to("plain")

    def test_lanes(self, tmp_path: Path, find: Callable[..., Finder]) -> None:
        root = tmp_path / "root"
        main = fleet.make(root / "main")
        finder = find(root)
        assert finder.comes_to("main")
        git(main, "worktree", "add", "-q", "-b", "proto/x", str(root / "main-x"))
        assert finder.comes_to("main", "main-x")
        assert [(one.kind, one.parent) for one in finder.found] == [("worktree", None), ("linked", main)]
        git(main, "worktree", "remove", str(root / "main-x"))
        assert finder.comes_to("main")

    def test_a_root_that_comes_and_goes(self, tmp_path: Path, find: Callable[..., Finder]) -> None:
        root = tmp_path / "root"
        finder = find(root)
        assert finder.comes_to()
        assert until(lambda: "no such file" in "".join(finder.roots.problems))
        repositories(root, "a")
        assert finder.comes_to("a")
        assert until(lambda: finder.roots.problems == ())
        root.rename(tmp_path / "away")
        assert finder.comes_to()
        assert until(lambda: "no such file" in "".join(finder.roots.problems))

    def test_deeper_ones_come_with_the_search(self, tmp_path: Path, find: Callable[..., Finder]) -> None:
        root = tmp_path / "root"
        repositories(root, "a")
        (root / "x" / "y").mkdir(parents=True)
        finder = find(root)
        assert finder.comes_to("a")
        repositories(root, "x/y/deep")
        finder.roots.find(wanted=True)
        assert finder.comes_to("a", "x/y/deep")


class TestPlaces:
    def begun(self, root: Path) -> tuple[Places, set[str]]:
        answer = search_roots([root], Rules())
        places_of_root = Places(Rules())
        places_of_root.begin(answer.places, [])
        return places_of_root, {str(one.path) for one in answer.repositories}

    def test_only_folders_that_changed_are_listed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        repositories(tmp_path, *(f"{number}/repo" for number in range(20)))
        places_of_root, known = self.begun(tmp_path)
        places_of_root.look(known)  # once more each: they changed in this tick of the clock
        listed: list[str] = []

        def listing(folder: str, rules: Rules) -> discovery.Listing:
            listed.append(folder)
            return list_folder(folder, rules)

        monkeypatch.setattr(places, "list_folder", listing)
        assert places_of_root.look(known) == places.News()
        assert listed == []
        repositories(tmp_path, "7/new")
        news = places_of_root.look(known)
        assert (news.came, news.went) == ((str(tmp_path / "7" / "new"),), frozenset())
        assert listed == [str(tmp_path / "7")]

    def test_many_folders_take_turns(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        repositories(tmp_path, *(f"{number}/repo" for number in range(20)))
        places_of_root, known = self.begun(tmp_path)
        monkeypatch.setattr(places, "MOST_STATS", 7)
        monkeypatch.setattr(places, "MOST_PEEKS", 0)
        repositories(tmp_path, *(f"{number}/new" for number in range(20)))
        came = [places_of_root.look(known).came for _ in range(3)]
        assert [len(some) for some in came] == [6, 7, 7]  # the root is one of them
        assert len(set().union(*came)) == 20


def test_folders_are_searched_as_deep_as_each_is_allowed(tmp_path: Path) -> None:
    repositories(tmp_path, "a", "b/c", "d/e/f")
    folders = [(str(tmp_path / name), levels) for name, levels in (("a", 0), ("b", 0), ("d", 2), ("none", 3))]
    found = search_folders(folders, Rules()).repositories
    assert [os.path.relpath(one.path, tmp_path) for one in found] == ["a", "d/e/f"]


def test_all_is_found_when_the_search_is_said_to_be_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search ends while its list is being asked for: an empty list must not count as all there is."""
    repositories(tmp_path, "one")
    roots = RootWatch((tmp_path,), SETTINGS, lambda _: False)
    really = RootWatch._overdue
    monkeypatch.setattr("tui.sources.git.roots.FIRST_SECONDS", 0.0)
    answers = held(monkeypatch, lambda folder: folder == str(tmp_path))

    def end_now(self: RootWatch, root: root_search.RootSearch) -> bool:
        overdue = really(self, root)
        answers.set()
        assert until(lambda: root.searched)
        return overdue

    monkeypatch.setattr(RootWatch, "_overdue", end_now)
    found = roots.find()
    seen_all = not roots.searching
    assert [one.path.name for one in found or ()] == ["one"] or not seen_all
    assert [one.path.name for one in found or roots.find() or ()] == ["one"]
    roots.find()
    assert not roots.searching
    roots.close()


def test_what_was_made_or_removed_a_moment_ago_is_known_without_a_search(
    tmp_path: Path, find: Callable[..., Finder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(root_search, "LOOK_SECONDS", 600.0)
    shop = fleet.make(tmp_path / "code" / "shop")
    finder = find(tmp_path / "code", settings=replace(SETTINGS, exclude=("left-out",), refresh_seconds=86_400))
    assert until(lambda: not finder.searching())
    lanes = [tmp_path / "lanes" / "a", tmp_path / "code" / "deep" / "er" / "b", tmp_path / "code" / "left-out" / "c"]
    for lane in lanes:
        git(shop, "worktree", "add", "-q", "-b", lane.name, str(lane))
    fresh = fleet.make(tmp_path / "code" / "fresh")
    outside = fleet.make(tmp_path / "outside")
    finder.roots.look_for((*lanes, fresh, outside, tmp_path / "code" / "nothing"))
    assert finder.comes_to("deep/er/b", "fresh", "shop", "../lanes/a")
    kinds = {one.path: (one.kind, one.parent) for one in finder.found}
    assert kinds[lanes[0]] == kinds[lanes[1]] == ("linked", shop)
    for lane in lanes[:2]:
        git(shop, "worktree", "remove", str(lane))
    finder.roots.look_for(lanes)
    assert finder.comes_to("fresh", "shop")
