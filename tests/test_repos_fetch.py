"""One fetch: what arrives, that nothing else of the repository changes, and that nothing in it is obeyed."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import commit, git, make
from tests.remotes import WebServer, fetch_all, own_ssh, published, push, ssh_clone, web_server, write_ssh
from tui.sources.git import fetch as fetch_module
from tui.sources.git.complaints import explained_fetch
from tui.sources.git.configuration import Configuration
from tui.sources.git.environment import neutral_environment
from tui.sources.git.fetch import ARGUMENTS, SSH, fetch_place, remotes_of
from tui.sources.git.run import Children, GitError, GitTimeout, git_program
from tui.sources.git.shadow import Shadow, Shadows
from tui.sources.git.transports import Remote, followed_remotes, host_of

TIP = "refs/remotes/origin/main"


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet.isolate(monkeypatch, tmp_path / ".home")


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What others push to, reached by the person's own ssh."""
    own_ssh(monkeypatch, tmp_path)
    return published(tmp_path / "source")


def tip(path: Path, ref: str = TIP) -> str:
    return git(path, "rev-parse", "--verify", "--quiet", ref, ok=False).decode().strip()


def everything(*folders: Path) -> dict[str, bytes]:
    """Every file below `folders` but objects and what a fetch is for."""
    found = {}
    waiting = list(folders)
    while waiting:
        for entry in waiting.pop().iterdir():
            where = str(entry)
            if entry.is_symlink():
                found[where] = os.fsencode(entry.readlink())
            elif entry.is_dir():
                if entry.name != "objects" and not where.endswith("refs/remotes"):
                    waiting.append(entry)
            else:
                found[where] = entry.read_bytes()
    return found


def packed(path: Path) -> Path:
    git(path, "pack-refs", "--all")
    git(path, "gc", "-q")
    return path


def with_lane(path: Path) -> Path:
    lane = path.with_name("lane")
    git(path, "worktree", "add", "-q", "-b", "proto/lane", str(lane))
    return lane


def without_logs(path: Path) -> Path:
    git(path, "config", "core.logAllRefUpdates", "false")
    subprocess.run(["rm", "-r", str(path / ".git" / "logs")], check=True)
    return path


def dirty(path: Path) -> Path:
    commit(path, "mine")
    (path / "file").write_text("changed\n")
    git(path, "stash", "-q")
    (path / "file").write_text("changed again\n")
    (path / ".git" / "FETCH_HEAD").write_text("the person's own\n")
    return path


def own_settings_for_a_work_tree(path: Path) -> Path:
    git(path, "config", "extensions.worktreeConfig", "true")
    git(path, "config", "--worktree", "core.sparseCheckout", "false")
    return path


def as_it_is(path: Path) -> Path:
    return path


CLONES: dict[str, tuple[tuple[str, ...], Callable[[Path], Path]]] = {
    "plain": ((), as_it_is),
    "packed": ((), packed),
    "dirty": ((), dirty),
    "lane": ((), with_lane),
    "without-logs": ((), without_logs),
    "shallow": (("--depth=2", "--no-single-branch"), as_it_is),
    "partial": (("--filter=blob:none",), as_it_is),
    "partial-trees": (("--filter=tree:0", "--no-checkout"), as_it_is),
    "worktree-config": ((), own_settings_for_a_work_tree),
    "separate": (("--separate-git-dir=apart",), as_it_is),
}


@pytest.mark.parametrize("name", CLONES)
def test_what_is_new_arrives_and_nothing_else_changes(name: str, tmp_path: Path, source: Path) -> None:
    options, change = CLONES[name]
    path = change(ssh_clone(source, tmp_path / "work", *options))
    folders = [found for found in (tmp_path / "work", path, tmp_path / "apart") if found.exists()]
    git(source, "branch", "feature")
    git(source, "tag", "-a", "-m", "one", "v1")
    new = push(source)
    before = everything(*folders)
    fetch_all(path)
    after = everything(*folders)
    assert tip(path) == new
    assert tip(path, "refs/remotes/origin/feature")
    assert tip(path, "refs/tags/v1") == ""
    changed = {where for where in before.keys() | after.keys() if before.get(where) != after.get(where)}
    assert {where for where in changed if "/logs/refs/remotes/origin/" not in where} <= {
        where for where in changed if name == "shallow" and where.endswith("/.git/shallow")
    }
    if name != "without-logs":
        assert git(path, "reflog", "-1", "--format=%gs", TIP).decode().strip() == "fetch: fast-forward"
    git(path, "fsck", "--connectivity-only")
    assert fetch_all(path) <= 3


def test_sha256_and_submodules(tmp_path: Path, source: Path) -> None:
    other = published(tmp_path / "other", "--object-format=sha256")
    path = ssh_clone(other, tmp_path / "long")
    new = push(other)
    fetch_all(path)
    assert tip(path) == new
    path = ssh_clone(source, tmp_path / "outer")
    git(path, "submodule", "--quiet", "add", f"ssh://git.example.org{published(tmp_path / 'third')}", "inner")
    new = push(tmp_path / "third")
    push(source)
    fetch_all(path)
    assert tip(path / "inner") != new
    fetch_all(path / "inner")
    assert tip(path / "inner") == new


def test_a_bare_one_with_remote_branches(tmp_path: Path, source: Path) -> None:
    path = ssh_clone(source, tmp_path / "bare.git", "--bare")
    with pytest.raises(GitError, match="no branches to fetch into `refs/remotes`"):
        fetch_all(path)
    git(path, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
    new = push(source)
    before = tip(path, "refs/heads/main")
    fetch_all(path)
    assert (tip(path), tip(path, "refs/heads/main")) == (new, before)


def test_only_branches_that_are_followed(tmp_path: Path, source: Path) -> None:
    path = ssh_clone(source, tmp_path / "one", "--single-branch")
    git(source, "branch", "feature")
    new = push(source)
    fetch_all(path)
    assert (tip(path), tip(path, "refs/remotes/origin/feature")) == (new, "")


def test_a_remote_of_each_branch_and_none_twice(tmp_path: Path, source: Path) -> None:
    path = ssh_clone(source, tmp_path / "work")
    fork, unused = published(tmp_path / "fork"), published(tmp_path / "unused")
    git(path, "remote", "add", "fork", f"fork.example.org:{fork}")
    git(path, "remote", "add", "unused", f"unused.example.org:{unused}")
    git(path, "fetch", "-q", "fork")
    git(path, "branch", "-q", "topic", "--track", "fork/main")
    git(path, "branch", "-q", "other", "--track", "fork/main")
    found = remotes_of(path, trusted=False, children=Children())
    assert [(remote.name, remote.host) for remote in found] == [
        ("origin", "git.example.org"),
        ("fork", "fork.example.org"),
    ]
    new = push(fork)
    fetch_all(path)
    assert tip(path, "refs/remotes/fork/main") == new


def test_none_without_a_remote(tmp_path: Path) -> None:
    assert remotes_of(make(tmp_path / "alone"), trusted=False, children=Children()) == ()


def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `git` first on the PATH that writes down what a fetch is given and does it."""
    record = tmp_path / "given"
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    real = git_program()
    program.write_text(
        f'#!/bin/sh\ncase " $* " in *" fetch "*) {{ printf "%s\\0" "$@"; echo; env -0; }} >{record};; esac\n'
        f'exec {real} "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return record


def test_the_exact_command_and_environment(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ssh_clone(source, tmp_path / "work")
    record = recorded(tmp_path, monkeypatch)
    monkeypatch.setenv("GIT_TRACE", "1")
    monkeypatch.setenv("GIT_PROXY_COMMAND", "false")
    fetch_all(path)
    given, _, environment = record.read_bytes().partition(b"\n")
    arguments = [part.decode() for part in given.split(b"\x00")[:-1]]
    assert arguments[:2] == ["--no-pager", "-C"]
    assert arguments[3:] == [*ARGUMENTS, "--", "origin", "+refs/heads/*:refs/remotes/origin/*"]
    assert ARGUMENTS == (
        "fetch",
        "--quiet",
        "--no-recurse-submodules",
        "--no-auto-maintenance",
        "--no-write-fetch-head",
        "--no-tags",
        "--no-prune",
        "--no-write-commit-graph",
        "--upload-pack=git-upload-pack",
        "--refmap=",
    )
    found = dict(entry.partition("=")[::2] for entry in environment.decode().split("\x00") if entry.startswith("GIT_"))
    shadow = Path(found.pop("GIT_DIR"))
    assert not shadow.exists()
    settings = {
        found.pop(f"GIT_CONFIG_KEY_{number}"): found.pop(f"GIT_CONFIG_VALUE_{number}")
        for number in range(int(found.pop("GIT_CONFIG_COUNT")))
    }
    assert found == {
        "GIT_ALLOC_LIMIT": "1g",
        "GIT_ALLOW_PROTOCOL": "https:ssh",
        "GIT_ASKPASS": "false",
        "GIT_CEILING_DIRECTORIES": str(tmp_path),
        "GIT_CONFIG_GLOBAL": os.environ["GIT_CONFIG_GLOBAL"],
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_EDITOR": "false",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_PAGER": "cat",
        "GIT_REFLOG_ACTION": "fetch",
        "GIT_SSH_COMMAND": str(tmp_path / "own-ssh"),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_WORK_TREE": str(path),
    }
    assert settings["core.hooksPath"] == os.devnull
    assert {key: value for key, value in settings.items() if key.startswith(("http", "cred", "fetch"))} == {
        "credential.interactive": "false",
        "fetch.pruneTags": "false",
        "http.lowSpeedLimit": "1000",
        "http.lowSpeedTime": "15",
    }


def environment_of(path: Path, *, trusted: bool = False) -> dict[str, str]:
    """What a fetch of `path` is given over the person's environment."""
    shadows, children = Shadows(), Children()
    try:
        shadow = Shadow(path, shadows.folder_for(path), trusted=trusted)
        prepared = shadow.prepare(10.0)
        (remote,) = remotes_of(path, trusted=trusted, children=children)
        return neutral_environment(fetch_place(prepared, remote, trusted=trusted, children=children))
    finally:
        shadows.close()


def test_the_persons_own_ssh_is_kept(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ssh_clone(source, tmp_path / "work")
    script = os.environ["GIT_SSH_COMMAND"]
    assert "GIT_SSH_COMMAND" not in environment_of(path)
    monkeypatch.delenv("GIT_SSH_COMMAND")
    assert environment_of(path)["GIT_SSH_COMMAND"] == SSH
    monkeypatch.setenv("GIT_SSH", script)
    assert "GIT_SSH_COMMAND" not in environment_of(path)
    monkeypatch.delenv("GIT_SSH")
    git(tmp_path, "config", "--global", "core.sshCommand", script)
    assert "GIT_SSH_COMMAND" not in environment_of(path)
    new = push(source)
    fetch_all(path)
    assert tip(path) == new


def test_what_the_person_set_for_where_it_lies_holds(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ssh_clone(source, tmp_path / "employer" / "work")
    other = ssh_clone(source, tmp_path / "elsewhere" / "work")
    monkeypatch.delenv("GIT_SSH_COMMAND")
    script = write_ssh(tmp_path, name="employers-ssh")
    (tmp_path / ".home" / "employer").write_text(f"[core]\n\tsshCommand = {script}\n[alias]\n\tx = status\n")
    git(
        tmp_path,
        "config",
        "--global",
        f"includeIf.gitdir:{tmp_path}/employer/.path",
        str(tmp_path / ".home/employer"),
    )
    given = environment_of(path)
    assert "GIT_SSH_COMMAND" not in given
    assert ("core.sshcommand", str(script)) in [
        (value, given[key.replace("KEY", "VALUE")]) for key, value in given.items() if "_KEY_" in key
    ]
    assert "alias.x" not in given.values()
    assert environment_of(other)["GIT_SSH_COMMAND"] == SSH
    new = push(source)
    fetch_all(path)
    assert tip(path) == new


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://git.example.org/a/b", "git.example.org"),
        ("https://name:token@Git.Example.org:8443/a/b.git?x=1", "git.example.org:8443"),
        ("ssh://git@git.example.org:2222/a", "git.example.org:2222"),
        ("ssh://git@git.example.org:/a", "git.example.org"),
        ("git+ssh://git.example.org/a", "git.example.org"),
        ("ssh://[::1]/a", "[::1]"),
        ("git@git.example.org:a/b.git", "git.example.org"),
        ("work:a/b", "work"),
        ("[::1]:a", "[::1]"),
        ("http://git.example.org/a", None),
        ("git://git.example.org/a", None),
        ("file:///a", None),
        ("ext::sh -c x", None),
        ("fd::3", None),
        ("/a/b", None),
        ("../b", None),
        ("./a:b", None),
        ("c/d:e", None),
        ("https://", None),
        ("ssh://-oProxyCommand=x/a", None),
    ],
)
def test_the_host_of_an_address(url: str, host: str | None) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://name:secret@git.example.org/a", "reached by `http`"),
        ("git://git.example.org/a", "reached by `git`"),
        ("ext::sh -c secret", "reached by `ext`"),
        ("/srv/secret", "a folder"),
        ("-oProxyCommand=secret:a", "a folder"),
        ("-oProxyCommand:secret", "looks like an option"),
        ("ssh://-oProxyCommand/secret", "looks like an option"),
        ("ssh://-oProxyCommand=secret/a", "only https and ssh"),
    ],
)
def test_other_transports_are_a_sentence_without_the_address(url: str, said: str) -> None:
    entries = (("remote.origin.url", url), ("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"))
    with pytest.raises(GitError) as refused:
        followed_remotes(Configuration(entries))
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "refspec",
    [
        "+refs/heads/*:refs/heads/*",
        "+refs/*:refs/*",
        "refs/heads/main:refs/tags/x",
        "+refs/heads/*:refs/remotes/../heads/*",
        "+refs/heads/*:refs/remotes/origin/main",
        "main",
        "--upload-pack=x",
        "refs/heads/main",
    ],
)
def test_refspecs_that_write_elsewhere_are_left_out(refspec: str) -> None:
    entries = (("remote.origin.url", "a:b"), ("remote.origin.fetch", refspec))
    with pytest.raises(GitError, match="no branches to fetch"):
        followed_remotes(Configuration(entries))
    kept = ("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
    (found,) = followed_remotes(Configuration((*entries, kept, ("remote.origin.fetch", "^refs/heads/wip/*"))))
    assert found.refspecs == ("+refs/heads/*:refs/remotes/origin/*", "^refs/heads/wip/*")


# Hostile repositories: each vector gets a clone and a program that leaves a mark when it is run.

Vector = Callable[[Path, Path], None]


def config(*entries: str) -> Vector:
    """Settings as `key=value`; `EVIL` is the program."""

    def apply(path: Path, program: Path) -> None:
        for entry in entries:
            key, _, value = entry.replace("EVIL", str(program)).rpartition("=")
            git(path, "config", "--add", key, value)

    return apply


def url(address: str) -> Vector:
    def apply(path: Path, program: Path) -> None:
        git(path, "config", "remote.origin.url", address.replace("EVIL", str(program)))

    return apply


def following(remote: str) -> Vector:
    def apply(path: Path, program: Path) -> None:
        git(path, "config", "branch.main.remote", remote)

    return apply


def both(*vectors: Vector) -> Vector:
    def apply(path: Path, program: Path) -> None:
        for vector in vectors:
            vector(path, program)

    return apply


def hooks(path: Path, program: Path) -> None:
    for name in ("reference-transaction", "post-index-change", "post-merge", "pre-auto-gc", "post-checkout"):
        (path / ".git" / "hooks" / name).unlink(missing_ok=True)
        (path / ".git" / "hooks" / name).symlink_to(program)


def hooks_elsewhere(path: Path, program: Path) -> None:
    (path / "hooks").mkdir()
    (path / "hooks" / "reference-transaction").symlink_to(program)
    git(path, "config", "core.hooksPath", str(path / "hooks"))


def included(path: Path, program: Path) -> None:
    (path / "settings").write_text(f"[core]\n\tsshCommand = {program}\n")
    git(path, "config", "include.path", "../settings")


def included_where_it_lies(path: Path, program: Path) -> None:
    (path / "settings").write_text(f"[core]\n\tsshCommand = {program}\n")
    git(path, "config", f"includeIf.gitdir:{path}/.path", str(path / "settings"))


def of_the_work_tree(path: Path, program: Path) -> None:
    git(path, "config", "extensions.worktreeConfig", "true")
    (path / ".git" / "config.worktree").write_text(f"[core]\n\tsshCommand = {program}\n")


def alternates(path: Path, program: Path) -> None:
    other = make(path.parent / "alternate")
    (path / ".git" / "objects" / "info" / "alternates").write_text(f"{other / '.git' / 'objects'}\n")
    git(path, "config", "core.alternateRefsCommand", str(program))


def alternates_with_a_will(path: Path, program: Path) -> None:
    other = make(path.parent / "alternate")
    (path / ".git" / "objects" / "info" / "alternates").write_text(f"{other / '.git' / 'objects'}\n")
    for entry in ("core.fsmonitor", "core.sshCommand", "core.pager", "core.alternateRefsCommand"):
        git(other, "config", entry, str(program))


def submodule(path: Path, program: Path) -> None:
    git(path, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(path.parent / "source"), "inner")
    git(path, "commit", "-q", "-m", "with a submodule")
    git(path / "inner", "config", "core.sshCommand", str(program))
    git(path / "inner", "config", "remote.origin.url", f"ssh://git.example.org{path.parent / 'source'}")
    git(path, "config", "fetch.recurseSubmodules", "true")


def collecting(path: Path, program: Path) -> None:
    hooks(path, program)
    config("gc.auto=1", "maintenance.auto=true", "fetch.writeCommitGraph=true", "core.fsmonitor=EVIL")(path, program)


def common_dir_elsewhere(path: Path, program: Path) -> None:
    other = path.parent / "apart"
    (path / ".git").rename(other)
    (path / ".git").mkdir()
    for name in ("HEAD", "index"):
        (path / ".git" / name).write_bytes((other / name).read_bytes())
    (path / ".git" / "commondir").write_text(f"{other}\n")
    git(other, "config", "core.bare", "false")
    git(other, "config", "core.sshCommand", str(program))


VECTORS: dict[str, tuple[Vector, bool]] = {
    "ssh-command": (config("core.sshCommand=EVIL"), True),
    "ssh-variant": (config("core.sshCommand=EVIL", "ssh.variant=simple"), True),
    "git-proxy": (both(config("core.gitProxy=EVIL"), url("git://127.0.0.1:1/x")), True),
    "ext": (both(config("protocol.ext.allow=always"), url("ext::EVIL")), True),
    "instead-of": (config("protocol.ext.allow=always", "url.ext::EVIL .insteadOf=ssh://git.example.org/"), True),
    "vcs": (config("protocol.ext.allow=always", "remote.origin.vcs=ext", "remote.origin.url=EVIL"), False),
    "upload-pack": (config("remote.origin.uploadpack=EVIL;"), True),
    "alternate-refs": (alternates, True),
    "alternate-itself": (alternates_with_a_will, False),
    "hooks": (hooks, True),
    "hooks-path": (hooks_elsewhere, True),
    "configured-hook": (config("hook.x.command=EVIL", "hook.x.event=reference-transaction"), False),
    "credential-helper": (config("credential.helper=!EVIL"), False),
    "credential-of-host": (config("credential.https://127.0.0.1.helper=!EVIL"), False),
    "ask-pass": (config("core.askPass=EVIL"), False),
    "include": (included, True),
    "include-if": (included_where_it_lies, True),
    "work-tree-config": (of_the_work_tree, True),
    "submodule": (submodule, True),
    "collecting": (collecting, True),
    "common-dir": (common_dir_elsewhere, True),
    "pack-objects-hook": (config("uploadpack.packObjectsHook=EVIL"), False),
    "option-remote": (config("remote.--upload-pack=EVIL.url=a:x", "remote.--upload-pack=EVIL.fetch=x"), False),
    "option-followed": (both(config("remote.--exec.url=EVIL"), following("--exec")), False),
    "option-host": (url("ssh://-oProxyCommand=EVIL/x"), False),
    "option-url": (url("--upload-pack=EVIL"), False),
    "alias": (config("alias.fetch=!EVIL", "alias.config=!EVIL", "alias.upload-pack=!EVIL"), False),
    "pager": (config("core.pager=EVIL", "pager.fetch=EVIL", "core.editor=EVIL"), False),
    "filters": (config("filter.x.clean=EVIL", "filter.x.process=EVIL", "gpg.program=EVIL"), False),
}
"""Each with whether plain git is known to run the program on this transport and git."""


def hostile(name: str, tmp_path: Path, source: Path) -> tuple[Path, Path]:
    """A clone with the vector `name` in it, something to fetch, and the mark that must not appear."""
    mark, program = tmp_path / "it-ran", tmp_path / "evil"
    program.write_text(f"#!/bin/sh\ntouch {mark}\nexit 1\n")
    program.chmod(0o755)
    path = ssh_clone(source, tmp_path / "work")
    VECTORS[name][0](path, program)
    push(source)
    mark.unlink(missing_ok=True)
    return path, mark


@pytest.mark.parametrize("name", VECTORS)
def test_nothing_in_a_repository_runs(name: str, tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, mark = hostile(name, tmp_path, source)
    before = everything(path)
    error = ""
    try:
        fetch_all(path)
    except GitError as problem:
        error = str(problem)
    assert not mark.exists()
    if error.startswith("needs trust"):
        assert re.fullmatch(r"needs trust: [a-z.…, -]+; add it to `\[repositories\] trusted` if you wrote that", error)
    after = everything(path)
    assert {
        where for where in after if after[where] != before.get(where) and "/logs/refs/remotes/" not in where
    } == set()


@pytest.mark.parametrize("name", [name for name, (_, sings) in VECTORS.items() if sings])
def test_the_canaries_do_sing(name: str, tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, mark = hostile(name, tmp_path, source)
    if "config" in name or name in ("ssh-command", "ssh-variant", "include", "include-if", "submodule", "common-dir"):
        script = os.environ["GIT_SSH_COMMAND"]
        git(tmp_path, "config", "--global", "core.sshCommand", script)
        monkeypatch.delenv("GIT_SSH_COMMAND")
    git(path, "fetch", "-q", ok=False)
    assert mark.exists()


@pytest.mark.parametrize(
    "place", ["objects", "objects/pack", "refs/remotes", "refs/remotes/origin", "logs/refs/remotes", "logs/refs"]
)
def test_a_link_is_not_written_through(place: str, tmp_path: Path, source: Path) -> None:
    path = ssh_clone(source, tmp_path / "work")
    commit(path, "so that a pack folder stands")
    target = tmp_path / "elsewhere"
    inside = path / ".git" / place
    inside.rename(target)
    inside.symlink_to(target)
    push(source)
    before = everything(tmp_path / "elsewhere")
    with pytest.raises(GitError, match="is a link"):
        fetch_all(path)
    assert everything(tmp_path / "elsewhere") == before
    assert fetch_all(path, trusted=True)


def test_a_trusted_one_is_fetched_as_it_says(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ssh_clone(source, tmp_path / "work")
    monkeypatch.delenv("GIT_SSH_COMMAND")
    git(path, "config", "core.sshCommand", str(write_ssh(tmp_path, f"touch {tmp_path}/used", "deploy-ssh")))
    hooks(path, write_ssh(tmp_path, f"touch {tmp_path}/hooked", "hook"))
    new = push(source)
    with pytest.raises(GitError, match=re.escape("needs trust: core.sshcommand; add it to `[repositories] trusted`")):
        fetch_all(path)
    fetch_all(path, trusted=True)
    assert tip(path) == new
    assert (tmp_path / "used").exists()
    assert not (tmp_path / "hooked").exists()
    near = fleet.clone(source, tmp_path / "near")
    new = push(source)
    with pytest.raises(GitError, match="a folder, and only https and ssh"):
        fetch_all(near)
    fetch_all(near, trusted=True)
    assert tip(near) == new


def test_an_unanswered_fetch_is_ended_with_all_it_started(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ssh_clone(source, tmp_path / "work")
    push(source)
    own_ssh(monkeypatch, tmp_path, f"echo $$ >{tmp_path}/pid\nsleep 600 & echo $! >>{tmp_path}/pid\nwait")
    before = everything(path)
    with pytest.raises(GitTimeout, match=r"^no answer from `git.example.org` within 1 s$"):
        fetch_all(path, seconds=1.0)
    for number in (tmp_path / "pid").read_text().split():
        assert not _lives(int(number))
    assert everything(path) == before


def test_locks_are_put_away_when_a_fetch_is_ended(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ssh_clone(source, tmp_path / "work")
    new = push(source)
    # A git that stands still while it holds a ref's lock, and takes it away when it is asked to end.
    record = tmp_path / "bin" / "git"
    record.parent.mkdir()
    record.write_text(
        f'#!/bin/sh\ncase " $* " in *" fetch "*) trap \'rm {path}/.git/refs/remotes/origin/main.lock; exit 1\' TERM\n'
        f'touch {path}/.git/refs/remotes/origin/main.lock; sleep 600 & wait;; esac\nexec {git_program()} "$@"\n'
    )
    record.chmod(0o755)
    with monkeypatch.context() as patched:
        patched.setenv("PATH", f"{record.parent}{os.pathsep}{os.environ['PATH']}")
        with pytest.raises(GitTimeout):
            fetch_all(path, seconds=1.0, gently=10.0)
    fetch_all(path)
    assert tip(path) == new


def test_what_was_received_by_half_does_not_stay(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ssh_clone(source, tmp_path / "work")
    git(tmp_path, "config", "--global", "fetch.unpackLimit", "1")
    (source / "large").write_bytes(os.urandom(3_000_000))
    commit(source, "large")
    temporary = tmp_path / "seen"
    pack = path / ".git" / "objects" / "pack"
    pack.mkdir(exist_ok=True)
    (pack / "tmp_pack_of_theirs").write_text("another git's")
    own_ssh(
        monkeypatch,
        tmp_path,
        f'sh -c "$command" | {{ dd bs=64k count=25 2>/dev/null; until ls {pack}/tmp_pack_?????? >{temporary}; '
        "do sleep 0.05; done; "
        "exec sleep 600; }; exit",
    )
    with pytest.raises(GitTimeout):
        fetch_all(path, seconds=3.0)
    assert temporary.read_text()
    assert [file.name for file in pack.glob("tmp_*")] == ["tmp_pack_of_theirs"]


def _lives(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_nothing_is_asked_at_the_terminal(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the program itself has a terminal: ssh, askpass and git find none."""
    path = ssh_clone(source, tmp_path / "work")
    new = push(source)
    mark = tmp_path / "asked"
    before = f'(: </dev/tty) 2>/dev/null && echo tty >>{mark}\n[ -t 0 ] && echo 0 >>{mark}\n"$SSH_ASKPASS" x >>{mark}\n'
    own_ssh(monkeypatch, tmp_path, before + '[ "$SSH_ASKPASS_REQUIRE" = never ] || echo ask')
    code = "from pathlib import Path; from tests.remotes import fetch_all; open('/dev/tty').close(); "
    code += f"fetch_all(Path({str(path)!r}))"
    inner = f"import pty, sys; sys.exit(pty.spawn([sys.executable, '-c', {code!r}]) >> 8)"
    root = Path(__file__).resolve().parent.parent
    subprocess.run(
        [sys.executable, "-c", inner], cwd=root, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    assert mark.read_text() == ""
    assert tip(path) == new


def test_a_lock_of_the_persons_own_git_is_waited_out(tmp_path: Path, source: Path) -> None:
    path = ssh_clone(source, tmp_path / "work")
    new = push(source)
    lock = path / ".git" / "refs" / "remotes" / "origin" / "main.lock"
    lock.write_text("")
    with pytest.raises(GitError, match="another git command writes there just now"):
        fetch_all(path)
    assert lock.exists()
    lock.unlink()
    fetch_all(path)
    assert tip(path) == new


def test_a_branch_in_the_way_is_a_sentence_and_the_others_arrive(tmp_path: Path, source: Path) -> None:
    git(source, "branch", "a")
    path = ssh_clone(source, tmp_path / "work")
    git(source, "branch", "-m", "a", "a/b")
    new = push(source)
    with pytest.raises(GitError, match="git fetch --prune"):
        fetch_all(path)
    assert tip(path) == new
    packed(path)
    with pytest.raises(GitError, match="git fetch --prune"):
        fetch_all(path)
    assert tip(path, "refs/remotes/origin/a")


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (
            "echo 'ssh: connect to host x port 22: Connection refused' >&2; exit 255",
            "`git.example.org` cannot be reached",
        ),
        ("echo 'ssh: Could not resolve hostname x: Name or service not known' >&2; exit 255", "is not known here"),
        ("echo 'git@x: Permission denied (publickey).' >&2; exit 255", "asks who you are"),
        ("echo 'Host key verification failed.' >&2; exit 255", "connect to it once with ssh"),
        ("command=\"git-upload-pack '/nowhere/secret'\"", "has no such repository"),
        ("echo 'closed by remote host' >&2; exit 255", "cannot be reached"),
        ("echo 'not yours' >&2; exit 1", "does not hand it out"),
        ("echo 'see https://name:secret@x/secret' >&2; exit 3", "does not hand it out"),
    ],
)
def test_what_ssh_says_is_a_sentence(
    before: str, said: str, tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ssh_clone(source, tmp_path / "work")
    own_ssh(monkeypatch, tmp_path, before)
    with pytest.raises(GitError) as failed:
        fetch_all(path)
    assert said in str(failed.value)
    assert "secret" not in str(failed.value)
    assert str(source) not in str(failed.value)


def test_what_nobody_knows_is_said_without_the_address() -> None:
    remote = Remote("origin", "me@git.example.org:team/secret", "git.example.org", ())
    odd = GitError("odd me@git.example.org:team/secret and https://me:secret@git.example.org/secret?secret.", 128)
    said = str(explained_fetch(odd, remote))
    assert said == "odd … and https://git.example.org/…; try `git fetch` there"


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """An https server the person trusts, serving `served`."""
    published(tmp_path / "served")
    with web_server(tmp_path, tmp_path) as server:
        monkeypatch.setenv("GIT_SSL_CAINFO", str(server.certificate))
        monkeypatch.setenv("no_proxy", "*")
        yield server


def web_clone(server: WebServer, tmp_path: Path, user: str = "") -> Path:
    git(tmp_path, "clone", "-q", str(tmp_path / "served"), "work")
    git(tmp_path / "work", "remote", "set-url", "origin", server.url("served", user))
    return tmp_path / "work"


def test_https(tmp_path: Path, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    path = web_clone(web, tmp_path)
    new = push(tmp_path / "served")
    fetch_all(path)
    assert tip(path) == new
    git(path, "remote", "set-url", "origin", web.url("gone"))
    with pytest.raises(GitError, match="has no such repository"):
        fetch_all(path)
    monkeypatch.delenv("GIT_SSL_CAINFO")
    with pytest.raises(GitError, match=r"the certificate of `127\.0\.0\.1:"):
        fetch_all(path)


def test_a_login_is_the_persons_own_or_a_sentence(
    tmp_path: Path, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = web_clone(web, tmp_path, "name@")
    web.login = "name:secret"
    with pytest.raises(GitError, match="asks who you are") as refused:
        fetch_all(path)
    assert "name" not in str(refused.value)
    asked = tmp_path / "asked"
    helper = tmp_path / "helper"
    helper.write_text(f"#!/bin/sh\necho $1 >>{asked}\n[ $1 = get ] && echo username=name && echo password=secret\n:\n")
    helper.chmod(0o755)
    git(tmp_path, "config", "--global", "credential.helper", f"!{helper}")
    new = push(tmp_path / "served")
    fetch_all(path)
    assert tip(path) == new
    assert asked.read_text().splitlines() == ["get", "store"]
    thief = tmp_path / "thief"
    git(path, "config", "credential.helper", f"!touch {thief};")
    git(path, "config", f"http.https://127.0.0.1:{web.port}/.proxy", "http://127.0.0.1:9")
    with pytest.raises(GitError, match=re.escape("needs trust: credential.helper, http.….proxy;")):
        fetch_all(path)
    assert not thief.exists()


def test_an_address_that_leads_elsewhere_is_not_followed(tmp_path: Path, web: WebServer) -> None:
    """The person's own rewriting holds, but not to another transport."""
    path = web_clone(web, tmp_path)
    git(tmp_path, "config", "--global", f"url.{tmp_path}/.insteadOf", web.url(""))
    with pytest.raises(GitError, match="a transport other than https and ssh"):
        fetch_all(path)
    git(tmp_path, "config", "--global", "--unset-all", f"url.{tmp_path}/.insteadOf")
    git(path, "remote", "set-url", "origin", "gh:served")
    git(tmp_path, "config", "--global", f"url.{web.url('')}.insteadOf", "gh:")
    new = push(tmp_path / "served")
    fetch_all(path)
    assert tip(path) == new


def test_deadlines_are_those_that_were_measured() -> None:
    assert fetch_module.FETCH_SECONDS == 60.0
