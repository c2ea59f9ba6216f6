"""Sync of the backlog's file with real git: clones of one bare repository, changed on all sides at once."""

import contextlib
import os
import random
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.fleet import clone, commit, git
from tests.remotes import own_ssh, web_server
from tests.shared_backlog import Desk, shared
from tui.domain.backlog import Item
from tui.domain.changes import Change
from tui.domain.syncing import Synced, Unsent
from tui.sources import backlog_sync
from tui.sources.backlog import BacklogStore
from tui.sources.git.tracked import TrackedFile


def quiet(*desks: Desk) -> None:
    """Sync in turn until nothing moves any more: then all have the same file, and git nothing to say."""
    for _ in range(2 * len(desks) + 2):
        done = [desk.sync() for desk in desks]
        if all(not (each.sent or each.received) for each in done):
            break
    assert len({desk.path.read_bytes() for desk in desks}) == 1
    assert len({git(desk.folder, "rev-parse", "HEAD") for desk in desks}) == 1
    assert [desk.status() for desk in desks] == [""] * len(desks)
    assert [desk.syncing.unsent() for desk in desks] == [None] * len(desks)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Desk, Desk]:
    """Two clones that have the same three items."""
    one, two = shared(tmp_path, "one", "two")
    one.add("Usage caps", "Refund simulator", "Voice inbox")
    assert one.syncing.unsent() == Unsent(3)
    assert one.sync() == Synced(sent=3)
    two.path.parent.rmdir()  # nothing of it is there yet
    assert two.sync() == Synced(received=3)
    assert one.path.read_bytes() == two.path.read_bytes()
    return one, two


def test_a_first_sync_adds_the_file_and_nothing_else(tmp_path: Path) -> None:
    (one,) = shared(tmp_path, "one")
    (one.folder / "README").write_text("edited\n")
    (one.folder / "staged").write_text("staged\n")
    (one.folder / "new").write_text("new\n")
    git(one.folder, "add", "staged")
    one.add("Usage caps")
    assert one.sync() == Synced(sent=1)
    assert one.status() == " M README\nA  staged\n?? new"
    listed = git(one.folder, "show", "--name-only", "--format=%s|%an|%ae", "origin/main").decode()
    assert listed.split("\n") == ["backlog: 1 item changed|Test Person|test@example.com", "", "ideas/backlog.toml", ""]
    assert one.sync() == Synced()
    assert one.log() == ["backlog: 1 item changed", "Begin"]


def test_nothing_is_sent_twice_and_a_line_of_commits_stays_one(pair: tuple[Desk, Desk]) -> None:
    one, two = pair
    for desk in (one, two, one):
        desk.add(f"By {desk.folder.name}")
        desk.sync()
    quiet(one, two)
    assert len(one.log()) == 5
    assert git(one.folder, "rev-list", "--merges", "HEAD") == b""


def test_both_sides_changes_are_kept_field_by_field(pair: tuple[Desk, Desk]) -> None:
    one, two = pair
    one.change("Usage caps", estimate=45)
    one.add("From one")
    two.change("Usage caps", impact=4)
    two.change("Voice inbox", state="build")
    two.add("From two")
    assert one.sync() == Synced(sent=2)
    assert two.sync() == Synced(sent=3, received=2)
    assert one.sync() == Synced(received=3)
    quiet(one, two)
    caps = one.item("Usage caps")
    assert (caps.estimate, caps.impact, one.item("Voice inbox").state) == (45, 4, "build")
    assert sorted(one.titles()) == ["From one", "From two", "Refund simulator", "Usage caps", "Voice inbox"]


def test_a_true_clash_keeps_both_and_says_so(pair: tuple[Desk, Desk]) -> None:
    one, two = pair
    one.change("Usage caps", estimate=45)
    two.change("Usage caps", estimate=90)
    one.sync()
    done = two.sync()
    (note,) = done.clashes
    assert note.startswith("`estimate` of `Usage caps` was changed here and outside; yours stands")
    assert note.endswith("the other is kept as `conflict_estimate`")
    assert one.sync().clashes == (
        "`estimate` of `Usage caps` was changed on two sides; the other value is `conflict_estimate`",
    )
    quiet(one, two)
    caps = one.item("Usage caps")
    assert (caps.estimate, dict(caps.extra)["conflict_estimate"]) == (90, 45)


def test_deleting_and_changing(pair: tuple[Desk, Desk]) -> None:
    one, two = pair
    one.delete("Usage caps")
    one.delete("Voice inbox")
    two.change("Usage caps", estimate=90)
    one.sync()
    done = two.sync()
    assert done.clashes == ("`Usage caps` was deleted outside and changed on the other side; it is kept",)
    quiet(one, two)
    assert sorted(one.titles()) == ["Refund simulator", "Usage caps"]


def test_the_files_own_keys_and_unknown_ones_are_merged_too(pair: tuple[Desk, Desk]) -> None:
    one, two = pair
    text = one.path.read_text()
    one.path.write_text(text.replace("[[items]]", 'team = "platform"\nplace = "one"\n\n[[items]]\ncolor = "red"', 1))
    two.path.write_text(text.replace("[[items]]", 'place = "two"\n\n[[items]]\nsize = 3', 1))
    assert one.sync().sent == 1
    done = two.sync()
    assert [note.partition(" was")[0] for note in done.clashes] == ["`place` of `the file itself`"]
    quiet(one, two)
    text = one.path.read_text()
    for line in ('team = "platform"', 'place = "two"', 'conflict_place = "one"', 'color = "red"', "size = 3"):
        assert line in text


def test_other_files_come_along_with_a_real_merge(pair: tuple[Desk, Desk]) -> None:
    one, two = pair
    commit(two.folder, "local", name="notes", text="two\n")
    commit(one.folder, "theirs", name="README", text="changed\n")
    one.add("From one")
    two.add("From two")
    assert one.sync() == Synced(sent=1, others=1)
    (two.folder / "draft").write_text("untouched\n")
    assert two.sync() == Synced(sent=1, received=1, others=1)
    assert two.status() == "?? draft"
    assert (two.folder / "README").read_text() == "changed\n"
    assert two.log()[0] == "backlog: 1 item changed, merged with origin/main"
    (two.folder / "draft").unlink()
    quiet(one, two)
    assert (one.folder / "notes").read_text() == "two\n"


def test_files_that_are_new_gone_and_moved_upstream(pair: tuple[Desk, Desk]) -> None:
    one, two = pair
    (one.folder / "deep").mkdir()
    git(one.folder, "mv", "README", "deep/README")
    (one.folder / "run").write_text("#!/bin/sh\n")
    (one.folder / "run").chmod(0o755)
    git(one.folder, "add", "-A", "deep", "run")
    git(one.folder, "commit", "-q", "-m", "Move")
    one.sync()
    two.add("From two")
    two.sync()
    assert two.status() == ""
    assert not (two.folder / "README").exists()
    assert (two.folder / "run").stat().st_mode & 0o111
    quiet(one, two)


def test_the_line_ends_of_each_side_stay_its_own(pair: tuple[Desk, Desk]) -> None:
    one, two = pair
    git(two.folder, "config", "core.autocrlf", "true")
    two.path.unlink()
    git(two.folder, "checkout", "-q", "--", ".")
    assert b"\r\n" in two.path.read_bytes()
    for number in range(2):
        one.change("Usage caps", estimate=45 + number)
        two.change("Usage caps", impact=4 - number)
        one.sync()
        two.sync()
        one.sync()
    assert one.path.read_bytes() == two.path.read_bytes().replace(b"\r\n", b"\n")
    assert b"\r\n" not in git(one.folder, "show", "HEAD:ideas/backlog.toml")
    assert one.item("Usage caps") == two.item("Usage caps")
    assert two.status() == ""


def test_a_push_that_is_outrun_merges_again(pair: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = pair
    pushed = TrackedFile.push
    races = ["Race 1", "Race 2"]

    def outrun(tracked: TrackedFile, made: str, seen: str | None) -> None:
        if races and tracked.root == one.folder:
            two.add(races.pop(0))
            two.sync()
        pushed(tracked, made, seen)

    monkeypatch.setattr(TrackedFile, "push", outrun)
    one.add("From one")
    assert one.sync() == Synced(sent=1, received=2)
    quiet(one, two)
    races += [f"Race {number}" for number in range(3, 6)]
    one.add("Again")
    with pytest.raises(backlog_sync.SyncError, match="merged but not sent: others pushed all the time"):
        one.sync()
    races.clear()
    quiet(one, two)
    assert sorted(one.titles())[:2] == ["Again", "From one"]
    assert {"Race 1", "Race 5"} < set(two.titles())


def test_what_is_written_while_it_is_merged_is_not_lost(
    pair: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = pair
    one.change("Usage caps", estimate=45)
    one.sync()
    two.add("From two")
    replaced = BacklogStore.replace_all
    late = ["Late 1", "Late 2"]

    def overtaken(store: BacklogStore, content: bytes, expected: str) -> bool:
        if late:
            two.add(late.pop())
        return replaced(store, content, expected)

    monkeypatch.setattr(BacklogStore, "replace_all", overtaken)
    assert two.sync() == Synced(sent=3, received=1)
    quiet(one, two)
    assert {"Late 1", "Late 2", "From two"} < set(one.titles())


@pytest.mark.parametrize("step", range(1, 30))
def test_a_sync_that_breaks_off_anywhere_is_made_good_by_the_next(
    pair: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    one, two = pair
    one.change("Usage caps", estimate=45)
    commit(one.folder, "theirs", name="README", text="changed\n")
    one.sync()
    two.change("Usage caps", estimate=90)
    two.add("From two")
    commit(two.folder, "local", name="notes", text="two\n")
    run, calls = TrackedFile._git, 0

    def breaking(tracked: TrackedFile, *arguments: str, **options: object) -> bytes:
        nonlocal calls
        calls += 1
        if calls == step:
            raise KeyboardInterrupt
        return run(tracked, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(TrackedFile, "_git", breaking)
    with contextlib.suppress(KeyboardInterrupt):
        two.sync()
    assert calls >= min(step, 20)
    monkeypatch.setattr(TrackedFile, "_git", run)
    quiet(one, two)
    caps = one.item("Usage caps")
    assert (caps.estimate, dict(caps.extra)) == (90, {"conflict_estimate": 45})
    assert (one.folder / "notes").read_text() + (two.folder / "README").read_text() == "two\nchanged\n"
    assert "From two" in one.titles()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_three_people_do_all_end_equal_and_nothing_is_lost(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    desks = shared(tmp_path, "one", "two", "three")
    added: set[str] = set()
    deleted: set[str] = set()
    for number in range(24):
        desk = chance.choice(desks)
        items = desk.store.read().items
        match chance.choice(("add", "add", "change", "change", "delete", "sync", "other")):
            case "change" if items:
                item = chance.choice(items)
                values = {"estimate": chance.choice((15, 30, 45)), "theme": f"t{number}", "why": f"w{number}"}
                changed = chance.sample(sorted(values), 2)
                step = replace(item, **{name: values[name] for name in changed})
                desk.store.change([Change(item, step)])
            case "delete" if items:
                item = chance.choice(items)
                deleted.add(item.title)
                desk.store.change([Change(item, None)])
            case "sync" if items:
                desk.sync()
            case "other":
                commit_other(desk, number)
            case _:
                desk.add(f"Idea {number}")
                added.add(f"Idea {number}")
    desks[0].add("Last")
    quiet(*desks)
    assert added - deleted <= set(desks[1].titles()) <= added | {"Last"}
    files = {path.name for path in desks[2].folder.iterdir() if path.name.startswith("note")}
    assert files == {path.name for path in desks[0].folder.iterdir() if path.name.startswith("note")}


def commit_other(desk: Desk, number: int) -> None:
    """A commit about another file alone."""
    (desk.folder / f"note{number}").write_text("note\n")
    git(desk.folder, "add", f"note{number}")
    git(desk.folder, "commit", "-q", "-m", f"Note {number}")


def test_two_people_add_the_same_and_it_stands_twice(pair: tuple[Desk, Desk]) -> None:
    one, two = pair
    one.add("Same idea")
    two.add("Same idea")
    quiet(one, two)
    assert one.titles().count("Same idea") == 2


def test_equal_changes_on_both_sides_make_no_noise(pair: tuple[Desk, Desk]) -> None:
    one, two = pair
    for desk in (one, two):
        desk.change("Usage caps", estimate=45)
    assert one.sync() == Synced(sent=1)
    assert two.sync() == Synced()
    assert two.log() == one.log()
    quiet(one, two)


def test_an_empty_repository_takes_the_first_backlog(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "hub.git")
    one, two = (Desk(clone(tmp_path / "hub.git", tmp_path / name)) for name in ("one", "two"))
    one.add("From one")
    two.add("From two")
    assert one.sync() == Synced(sent=1)
    assert two.sync() == Synced(sent=1, received=1)
    quiet(one, two)
    assert one.titles() == ["From one", "From two"]


def test_the_identity_is_the_repositorys_own_where_it_has_one(tmp_path: Path, home: Path) -> None:
    (one,) = shared(tmp_path, "one")
    (home / ".gitconfig").write_text("")
    one.add("Usage caps")
    assert "git does not know who you are" in one.refusal()
    git(one.folder, "config", "user.name", "Kim Lee")
    git(one.folder, "config", "user.email", "kim@example.com")
    one.sync()
    assert (
        git(one.folder, "log", "-1", "--format=%an %ae %cn %ce") == b"Kim Lee kim@example.com Kim Lee kim@example.com\n"
    )


def test_nothing_of_the_repository_runs(pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    one, two = pair
    ran = tmp_path / "ran"
    for name in (
        "pre-commit", "post-commit", "pre-push", "post-merge", "post-checkout", "reference-transaction",
        "post-index-change", "commit-msg", "prepare-commit-msg", "post-rewrite", "pre-merge-commit",
    ):  # fmt: skip
        hook = two.folder / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\necho {name} >> '{ran}'\n")
        hook.chmod(0o755)
    git(two.folder, "config", "commit.gpgSign", "true")
    git(two.folder, "config", "core.fsmonitor", f"echo fsmonitor >> '{ran}'; false")
    one.add("From one")
    one.sync()
    commit(one.folder, "theirs", name="README", text="changed\n")
    one.sync()
    ran.unlink(missing_ok=True)
    two.add("From two")
    assert two.sync() == Synced(sent=1, received=1)
    assert not ran.exists()


def test_over_ssh_it_reaches_out_by_the_persons_own_ssh_alone(
    pair: tuple[Desk, Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = pair
    own_ssh(monkeypatch, tmp_path)
    git(two.folder, "remote", "set-url", "origin", f"ssh://git.example.org{tmp_path}/hub.git")
    assert two.syncing.standing() == "through `origin/main` at git.example.org"
    two.add("From two")
    one.add("From one")
    one.sync()
    assert two.sync() == Synced(sent=1, received=1)
    assert git(two.folder, "rev-parse", "origin/main") == git(two.folder, "rev-parse", "HEAD")
    own_ssh(monkeypatch, tmp_path, 'echo "git@$host: Permission denied (publickey)." >&2; exit 255')
    assert "`git.example.org` asks who you are" in two.refusal()


def test_a_host_that_lets_nobody_write(
    pair: tuple[Desk, Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = pair
    refuse = 'case "$command" in *receive-pack*) echo "ERROR: Permission to x denied to y." >&2; exit 1;; esac'
    own_ssh(monkeypatch, tmp_path, refuse)
    git(one.folder, "remote", "set-url", "origin", f"ssh://git.example.org{tmp_path}/hub.git")
    one.add("From one")
    with pytest.raises(backlog_sync.SyncError, match=r"nothing sent.*lets you read and not write"):
        one.sync()


def test_a_host_that_wants_a_password_is_not_given_one(
    pair: tuple[Desk, Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = pair
    (tmp_path / "keys").mkdir()
    with web_server(tmp_path, tmp_path / "keys") as server:
        monkeypatch.setenv("GIT_SSL_CAINFO", str(server.certificate))
        monkeypatch.setenv("no_proxy", "*")
        git(one.folder, "remote", "set-url", "origin", server.url("hub.git"))
        git(tmp_path / "hub.git", "config", "http.receivepack", "true")
        one.add("From one")
        assert one.sync() == Synced(sent=1)
        server.login = "kim:secret"
        one.add("Again")
        assert "asks who you are" in one.refusal()


def test_a_git_that_cannot_merge_trees(
    pair: tuple[Desk, Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = pair
    commit_other(two, 1)
    one.add("From one")
    one.sync()
    older = tmp_path / "older" / "git"
    older.parent.mkdir()
    older.write_text(f'#!/bin/sh\ncase " $* " in *" merge-tree "*) exit 129;; esac\nexec {shutil.which("git")} "$@"\n')
    older.chmod(0o755)
    monkeypatch.setenv("PATH", f"{older.parent}{os.pathsep}{os.environ['PATH']}")
    assert "takes git 2.38 or newer" in two.refusal()


def test_a_link_leads_to_the_file_that_is_synced(pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    one, two = pair
    linked = tmp_path / "home.toml"
    linked.symlink_to(one.path)
    through = backlog_sync.BacklogSync(BacklogStore(linked, one.store._now), one.store._now, lambda _: False)
    one.add("From one")
    assert through.sync() == Synced(sent=1)
    assert linked.is_symlink()
    two.sync()
    assert "From one" in two.titles()


def test_a_lane_syncs_its_own_branch(pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    one, _ = pair
    git(one.folder, "worktree", "add", "-q", "-b", "lane", str(tmp_path / "lane"))
    git(tmp_path / "lane", "push", "-q", "-u", "origin", "lane")
    lane = Desk(tmp_path / "lane")
    lane.add("In the lane")
    assert lane.sync() == Synced(sent=1)
    assert git(lane.folder, "rev-parse", "HEAD") == git(lane.folder, "rev-parse", "origin/lane")
    assert lane.status() == one.status() == ""
    assert one.sync() == Synced()


def test_a_partial_or_trusted_repository_syncs(pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    one, two = pair
    git(two.folder, "config", "filter.upper.clean", "cat")
    git(two.folder, "config", "filter.upper.smudge", "cat")
    two.add("From two")
    assert "needs trust: filter.upper.clean" in two.refusal()
    vouched = Desk(two.folder, trusted=(two.folder,))
    assert vouched.sync() == Synced(sent=1)
    one.sync()
    assert "From two" in one.titles()


# What stands in the way: a sentence, and nothing has changed.


def test_where_it_cannot_be_synced_at_all(tmp_path: Path, pair: tuple[Desk, Desk]) -> None:
    one, _ = pair
    loose = Desk(tmp_path / "loose")
    loose.add("Usage caps")
    with pytest.raises(backlog_sync.SyncError, match="lies in no git repository"):
        loose.sync()
    git(tmp_path, "init", "-q", "loose")
    assert "`git push -u origin main` once" in loose.refusal()
    git(one.folder, "switch", "-q", "--detach")
    assert "is on no branch" in one.refusal()
    git(one.folder, "switch", "-q", "-c", "local", "--track", "main")
    assert "follows a branch of its own repository" in one.refusal()
    git(one.folder, "switch", "-q", "main")
    git(one.folder, "config", "--remove-section", "remote.origin")
    assert "there is no remote `origin`" in one.refusal()


def test_an_operation_under_way_is_left_alone(pair: tuple[Desk, Desk]) -> None:
    one, _ = pair
    commit(one.folder, "here", name="README", text="here\n")
    git(one.folder, "switch", "-q", "-c", "side", "HEAD~")
    commit(one.folder, "there", name="README", text="there\n")
    git(one.folder, "switch", "-q", "main")
    git(one.folder, "merge", "side", ok=False)
    one.add("From one")
    assert "a merge is under way" in one.refusal()


def test_a_file_that_git_ignores(tmp_path: Path) -> None:
    (one,) = shared(tmp_path, "one")
    (one.folder / ".gitignore").write_text("*.toml\n")
    one.add("Usage caps")
    assert "take it out of `.gitignore`" in one.refusal()


def test_changes_in_the_way_and_files_that_clash(pair: tuple[Desk, Desk]) -> None:
    one, two = pair
    commit(one.folder, "theirs", name="README", text="theirs\n")
    one.add("From one")
    one.sync()
    two.add("From two")
    (two.folder / "README").write_text("edited\n")
    assert "brings changes to `README`, which you have changed too" in two.refusal()
    git(two.folder, "commit", "-q", "-m", "Mine", "README")
    assert "clash in `README`" in two.refusal()
    git(two.folder, "reset", "-q", "--soft", "HEAD~")
    git(two.folder, "restore", "--staged", "--worktree", "README")
    assert two.sync() == Synced(sent=1, received=1)
    commit_other(one, 1)
    one.sync()
    (two.folder / "note1").write_text("in the way\n")
    assert "`note1`" in two.refusal()


def test_a_lock_another_git_holds(pair: tuple[Desk, Desk]) -> None:
    one, _ = pair
    one.add("From one")
    (one.folder / ".git" / "index.lock").touch()
    assert "another git command is at work" in one.refusal()


def broken(text: str) -> str:
    return f"<<<<<<< HEAD\n{text}"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (broken, "`ideas/backlog.toml` in `origin/main` holds git's conflict markers (line 1)"),
        (lambda text: text + "= no toml", "in `origin/main` is not valid TOML"),
        (lambda _: "", "is empty in `origin/main`"),
    ],
)
def test_a_broken_file_upstream_is_not_taken(pair: tuple[Desk, Desk], make: object, sentence: str) -> None:
    one, two = pair
    commit(one.folder, "break", name="ideas/backlog.toml", text=make(one.path.read_text()))  # type: ignore[operator]
    git(one.folder, "push", "-q")
    assert sentence in two.refusal()
    two.add("From two")
    assert sentence in two.refusal()


def test_a_broken_missing_or_misplaced_file(pair: tuple[Desk, Desk]) -> None:
    one, two = pair
    text = one.path.read_text()
    one.path.write_text(broken(text))
    assert "conflict markers" in one.refusal()
    one.path.write_text("")
    assert "is empty, though it held" in one.refusal()
    one.path.unlink()
    assert "is gone; `git restore` brings it back" in one.refusal()
    git(one.folder, "rm", "-q", "--cached", "ideas/backlog.toml")
    git(one.folder, "commit", "-q", "-m", "Drop")
    git(one.folder, "push", "-q")
    two.add("From two")
    assert "has no `ideas/backlog.toml` any more" in two.refusal()
    (one.path).mkdir()
    (one.path / "part").write_text("x")
    git(one.folder, "add", "-A", "ideas")
    git(one.folder, "commit", "-q", "-m", "Folder")
    git(one.folder, "push", "-q")
    assert "is no plain file in `origin/main`" in two.refusal()


def test_there_is_nothing_yet(tmp_path: Path) -> None:
    (one,) = shared(tmp_path, "one")
    assert "write an idea down first" in one.refusal()


def test_histories_with_nothing_in_common(pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    one, _ = pair
    git(one.folder, "checkout", "-q", "--orphan", "other")
    git(one.folder, "commit", "-q", "-m", "Anew")
    git(one.folder, "branch", "-q", "-D", "main")
    git(one.folder, "branch", "-q", "-m", "main")
    git(one.folder, "branch", "-q", "-u", "origin/main")
    assert "has nothing in common with `origin/main`" in one.refusal()


def test_a_remote_that_is_gone_refuses_or_may_not_be_used(pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    one, two = pair
    hub = tmp_path / "hub.git"
    one.add("From one")
    hook = hub / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(backlog_sync.SyncError, match="`origin` refuses it: pre-receive hook declined"):
        one.sync()
    assert one.syncing.unsent() == Unsent(1)
    hook.unlink()
    one.add("Later")
    assert one.sync() == Synced(sent=2)
    git(two.folder, "remote", "set-url", "origin", "ext::sh -c true")
    assert "only https and ssh" in two.refusal()
    git(two.folder, "remote", "set-url", "origin", str(hub))
    git(two.folder, "config", "core.sshCommand", "true")
    assert "needs trust: core.sshcommand" in two.refusal()
    git(two.folder, "config", "--unset", "core.sshCommand")
    hub.rename(tmp_path / "moved.git")
    assert "no such repository" in two.refusal()


def test_what_is_unsent_is_known_without_the_remote(pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    one, _ = pair
    (tmp_path / "hub.git").rename(tmp_path / "away.git")
    assert one.syncing.unsent() is None
    one.change("Usage caps", estimate=45)
    one.add("From one")
    assert one.syncing.unsent() == Unsent(2)
    commit_other(one, 1)
    assert one.syncing.unsent() == Unsent(2, others=1)
    assert one.syncing.standing() == "through `origin/main` at a folder"


def test_a_large_backlog_is_not_counted_for_the_question(
    pair: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = pair
    monkeypatch.setattr(backlog_sync, "_COUNTED", 100)
    assert one.syncing.unsent() is None
    one.add("From one")
    assert one.syncing.unsent() == Unsent()


def test_cancelled_it_asks_nobody(pair: tuple[Desk, Desk]) -> None:
    one, _ = pair
    one.add("From one")
    one.syncing.cancel()
    assert "makerhour is being left" in one.refusal()
    assert one.syncing.unsent() == Unsent(1)


def test_items_without_an_id_are_the_same_on_both_sides(pair: tuple[Desk, Desk]) -> None:
    one, two = pair
    one.path.write_text(one.path.read_text() + '\n[[items]]\ntitle = "By hand"\n')
    one.sync()
    two.sync()
    one.change("By hand", estimate=45)
    two.change("By hand", impact=4)
    quiet(one, two)
    item = one.item("By hand")
    assert (item.estimate, item.impact, one.titles().count("By hand")) == (45, 4, 1)
    assert isinstance(item, Item)
