"""The one door to git: its exact environment, its deadline, its caps, and that nothing hostile runs through it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import commit, git
from tui.domain.repos import Repository
from tui.sources.git.discovery import Found
from tui.sources.git.environment import Place
from tui.sources.git.read import Memory, Terms, read_repository
from tui.sources.git.run import MAX_OUTPUT, Children, GitError, GitTimeout, git_program, run_git
from tui.sources.git.shadow import Shadow, Shadows

from datetime import UTC, datetime  # isort: skip

NOW = datetime(2025, 6, 16, tzinfo=UTC)
ALWAYS = {
    "EDITOR": "false",
    "GCM_INTERACTIVE": "never",
    "GIT_ALLOC_LIMIT": "256m",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_ASKPASS": "true",
    "GIT_CEILING_DIRECTORIES": "/somewhere",
    "GIT_CONFIG_COUNT": "18",
    "GIT_EDITOR": "false",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LANGUAGE": "C",
    "LC_ALL": "C",
    "PAGER": "cat",
    "SSH_ASKPASS": "true",
    "SSH_ASKPASS_REQUIRE": "never",
    "VISUAL": "false",
}
SETTINGS = {
    "color.ui": "false",
    "column.ui": "never",
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.pager": "cat",
    "diff.external": "",
    "gc.auto": "0",
    "gpg.program": "false",
    "gpg.ssh.program": "false",
    "gpg.x509.program": "false",
    "hook.post-index-change.enabled": "false",
    "i18n.logOutputEncoding": "UTF-8",
    "log.showSignature": "false",
    "maintenance.auto": "false",
    "safe.bareRepository": "explicit",
    "status.aheadBehind": "true",
    "status.submoduleSummary": "false",
    "submodule.recurse": "false",
}


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """A program called `git`, first on the PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "git"
    program.write_text(script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return program


def seen_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Place) -> dict[str, str]:
    code = f"#!{sys.executable} -IS\nimport json, os, sys\nprint(json.dumps([sys.argv[1:], dict(os.environ)]))\n"
    stand_in(tmp_path / "bin", monkeypatch, code)
    arguments, environment = json.loads(run_git(["status", "-z"], place))
    assert arguments == ["--no-pager", "-C", str(place.folder), "status", "-z"]
    assert isinstance(environment, dict)
    return environment


def test_the_exact_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name not in ("PATH", "HOME"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_DIR", "/elsewhere/.git")
    monkeypatch.setenv("GIT_INDEX_FILE", "/elsewhere/index")
    monkeypatch.setenv("GIT_EXEC_PATH", "/elsewhere")
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.fsmonitor=evil'")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "30")
    monkeypatch.setenv("GIT_CONFIG_KEY_29", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_29", "evil")
    monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -4")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/mine")
    monkeypatch.setenv("GIT_SSL_CAINFO", "/authorities")
    monkeypatch.setenv("EDITOR", "vim")
    monkeypatch.setenv("MINE", "kept")
    place = Place(Path("/somewhere/repo"), git_dir=Path("/shadow"), work_tree=Path("/somewhere/repo"))
    found = seen_environment(tmp_path, monkeypatch, place)
    count = len(SETTINGS)
    settings = {found.pop(f"GIT_CONFIG_KEY_{n}"): found.pop(f"GIT_CONFIG_VALUE_{n}") for n in range(count)}
    assert settings == SETTINGS
    assert found.pop("PATH").startswith(str(tmp_path))
    found.pop("LC_CTYPE", None)  # the stand-in's own interpreter sets it
    assert found == {
        **ALWAYS,
        "GIT_CONFIG_GLOBAL": "/mine",
        "GIT_DIR": "/shadow",
        "GIT_SSH_COMMAND": "ssh -4",
        "GIT_SSL_CAINFO": "/authorities",
        "GIT_WORK_TREE": "/somewhere/repo",
        "HOME": os.environ["HOME"],
        "MINE": "kept",
    }


def test_a_shadow_holds_the_neutral_settings_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "evil")
    path = fleet.make(tmp_path / "repo")
    git(path, "config", "core.fsmonitor", "evil")
    shadows = Shadows()
    place = Shadow(path, shadows.folder_for(path)).prepare(10).place
    for key, value in SETTINGS.items():
        assert run_git(["config", "--get", key], place).decode() == f"{value}\n"
        assert run_git(["config", "--show-scope", "--get", key], place).startswith(b"local\t")
    listed = run_git(["config", "--list", "--show-scope"], place)
    assert b"command\t" not in listed
    assert b"evil" not in listed
    shadows.close()


def test_a_trusted_place_is_vouched_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = seen_environment(tmp_path, monkeypatch, Place(Path("/somewhere/repo"), own=True))
    assert found["GIT_CONFIG_COUNT"] == "19"
    assert (found["GIT_CONFIG_KEY_18"], found["GIT_CONFIG_VALUE_18"]) == ("safe.directory", "/somewhere/repo")
    assert "GIT_DIR" not in found


def test_no_git_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="git is not installed or not on the PATH; install it"):
        run_git(["status"], Place(tmp_path))


def test_a_relative_folder_on_the_path_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "#!/bin/sh\necho evil\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".{os.pathsep}/usr/bin{os.pathsep}/bin")
    assert Path(git_program()).parent != tmp_path


def test_a_git_that_cannot_run_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "#!/no/such/interpreter\n")
    with pytest.raises(GitError, match="could not be started"):
        run_git(["status"], Place(tmp_path))


def test_the_persons_git_variables_have_no_effect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, other = fleet.modified(tmp_path / "path"), fleet.staged(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    found = look(path)
    assert (found.staged, found.unstaged, found.error) == (0, 1, None)


def test_a_missing_folder_is_never_another_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(fleet.make(tmp_path / "here"))
    with pytest.raises(GitError, match="No such file"):
        run_git(["rev-parse", "HEAD"], Place(tmp_path / "here" / "gone"))
    (tmp_path / "here" / "plain").mkdir()
    with pytest.raises(GitError, match="not a git repository"):
        run_git(["rev-parse", "HEAD"], Place(tmp_path / "here" / "plain"))


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{pid}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def until(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return true()


HANGING = "#!/bin/sh\nsleep 300 &\necho $! > {pids}\necho $$ >> {pids}\nwait\n"


def overdue(place: Path, pids: Path, count: int) -> list[str]:
    """The numbers the stand-in wrote before its deadline ended it; a busy machine gets there only with a longer one."""
    for seconds in (0.5, 2.5, 10.0, 40.0):
        pids.write_text("")
        with pytest.raises(GitTimeout, match=rf"no answer within {re.escape(f'{seconds:g}')} s"):
            run_git(["status"], Place(place), seconds=seconds)
        if len(pids.read_text().split()) == count:
            break
    return pids.read_text().split()


def test_the_deadline_ends_the_whole_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pids = tmp_path / "pids"
    stand_in(tmp_path / "bin", monkeypatch, HANGING.replace("{pids}", str(pids)))
    for pid in overdue(tmp_path, pids, 2):
        assert until(lambda pid=pid: gone(int(pid)))  # type: ignore[misc]


def test_a_grandchild_that_keeps_the_pipe_ends_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pids = tmp_path / "pids"
    stand_in(tmp_path / "bin", monkeypatch, f"#!/bin/sh\nsleep 300 &\necho $! > {pids}\nexit 0\n")
    (pid,) = overdue(tmp_path, pids, 1)
    assert until(lambda: gone(int(pid)))


def test_one_that_closes_its_streams_and_stays_ends_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path / "bin", monkeypatch, "#!/bin/sh\nexec >&- 2>&-\nsleep 300\n")
    with pytest.raises(GitTimeout):
        run_git(["status"], Place(tmp_path), seconds=0.5)


def test_quitting_ends_what_runs_and_what_starts_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pids = tmp_path / "pids"
    stand_in(tmp_path / "bin", monkeypatch, HANGING.replace("{pids}", str(pids)))
    children = Children()
    failed: list[GitError] = []

    def run() -> None:
        try:
            run_git(["status"], Place(tmp_path), seconds=60, children=children)
        except GitError as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    children.end_all()
    thread.join(60)
    assert not thread.is_alive()
    assert failed[0].code == -signal.SIGKILL
    with pytest.raises(GitError):
        run_git(["status"], Place(tmp_path), seconds=60, children=children)
    assert children.started == 2


def test_output_is_capped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path / "bin", monkeypatch, "#!/bin/sh\nexec yes\n")
    with pytest.raises(GitError, match="longer than 8 MB"):
        run_git(["status"], Place(tmp_path))
    stand_in(tmp_path / "bin", monkeypatch, "#!/bin/sh\nhead -c 1000000 /dev/zero >&2; echo fine\n")
    assert run_git(["status"], Place(tmp_path)) == b"fine\n"
    assert MAX_OUTPUT == 8 * 1024 * 1024


def test_importing_the_runner_starts_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitPython asks for git's version when imported, without a deadline."""
    log = tmp_path / "log"
    real = git_program()
    stand_in(tmp_path / "bin", monkeypatch, f'#!/bin/sh\necho "$@" >> {log}\nexec {real} "$@"\n')
    path = fleet.make(tmp_path / "repo")
    log.write_text("")
    code = (
        "from pathlib import Path; from tui.sources.git.run import *; import os; before = dict(os.environ); "
        f"run_git(['rev-parse', 'HEAD'], Place(Path({str(path)!r}))); assert dict(os.environ) == before"
    )
    root = Path(__file__).resolve().parent.parent
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)
    assert len(log.read_text().splitlines()) == 1


def look(path: Path, *, trusted: bool = False, seconds: float = 10.0) -> Repository:
    """Read the repository twice, with and without what was kept, as the dashboard does."""
    shadows = Shadows()
    try:
        memory = Memory(Shadow(path, shadows.folder_for(path), trusted=trusted))
        terms = Terms(seconds=seconds)
        read_repository(Found(path), memory, terms, NOW)
        return read_repository(Found(path), memory, terms, NOW)
    finally:
        shadows.close()


def evil(folder: Path) -> tuple[Path, Path]:
    """A program that leaves a mark when it is run, and the mark."""
    mark = folder / "it-ran"
    program = folder / "evil"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    program.chmod(0o755)
    return program, mark


def stale(path: Path) -> None:
    """Make every index entry look changed, as a copied repository does: that is what calls filters and hooks."""
    for file in path.iterdir():
        if file.is_file():
            os.utime(file, (1, 1))


def add_config(path: Path, text: str) -> None:
    with (path / ".git" / "config").open("a") as file:
        file.write(text)


def hooks(path: Path, program: Path) -> None:
    for name in ("post-index-change", "fsmonitor-watchman", "post-checkout", "reference-transaction"):
        hook = path / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(program.read_text())
        hook.chmod(0o755)


def clean_filter(path: Path, program: Path) -> None:
    (path / ".gitattributes").write_text("* filter=x.y=z diff=d\n")
    add_config(path, f'[filter "x.y=z"]\n\tclean = {program}\n\tsmudge = {program}\n\trequired = true\n')
    add_config(path, f'[diff "d"]\n\ttextconv = {program}\n')


def process_filter(path: Path, program: Path) -> None:
    (path / ".git" / "info").mkdir(exist_ok=True)
    (path / ".git" / "info" / "attributes").write_text("* filter=p\n")
    add_config(path, f'[filter "p"]\n\tprocess = {program}\n\trequired = true\n')


def signatures(path: Path, program: Path) -> None:
    add_config(path, f"[log]\n\tshowSignature = true\n[gpg]\n\tprogram = {program}\n")
    tree = git(path, "rev-parse", "HEAD^{tree}").decode().strip()
    raw = (
        f"tree {tree}\nauthor A <a@b.c> 1749999999 +0000\ncommitter A <a@b.c> 1749999999 +0000\n"
        "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\nsigned\n"
    )
    (path.parent / "raw").write_text(raw)
    oid = git(path, "hash-object", "-t", "commit", "-w", str(path.parent / "raw")).decode().strip()
    git(path, "update-ref", "refs/heads/main", oid)


def included(path: Path, program: Path) -> None:
    (path / "payload").write_text(f"[core]\n\tfsmonitor = {program}\n")
    add_config(path, '[include]\n\tpath = ../payload\n[includeIf "gitdir:**"]\n\tpath = ../payload\n')


def worktree_config(path: Path, program: Path) -> None:
    add_config(path, "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tworktreeConfig = true\n")
    (path / ".git" / "config.worktree").write_text(f"[core]\n\tfsmonitor = {program}\n")


def lazy_fetch(path: Path, program: Path) -> None:
    add_config(
        path,
        "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n"
        f'[remote "origin"]\n\turl = ext::{program}\n\tpromisor = true\n\tuploadpack = {program}\n'
        '[protocol "ext"]\n\tallow = always\n',
    )
    tree = git(path, "rev-parse", "HEAD^{tree}").decode().strip()
    (path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()


def submodule_config(path: Path, program: Path) -> None:
    inner = fleet.make(path / "inner")
    add_config(inner, f"[core]\n\tfsmonitor = {program}\n")
    (path / ".gitmodules").write_text('[submodule "inner"]\n\tpath = inner\n\turl = ./inner\n\tignore = none\n')
    git(path, "add", "-A")
    git(path, "-c", "core.fsmonitor=false", "commit", "-q", "-m", "inner")


def attributes_file(path: Path, program: Path) -> None:
    (path / "chosen").write_text("* filter=f\n")
    add_config(path, f'[core]\n\tattributesFile = {path}/chosen\n[filter "f"]\n\tclean = {program}\n')


def shadowed_lfs(path: Path, program: Path) -> None:
    """Its own `lfs` filter in place of the one the person has for all their repositories."""
    (path / ".gitattributes").write_text("* filter=lfs\n")
    add_config(path, f'[filter "lfs"]\n\tclean = {program}\n\tprocess = {program}\n\trequired = true\n')


def lfs_extension(path: Path, program: Path) -> None:
    (path / ".gitattributes").write_text("* filter=lfs\n")
    add_config(path, f'[lfs "extension.e"]\n\tclean = {program} %f\n\tsmudge = {program} %f\n\tpriority = 0\n')


def embedded_bare(path: Path, program: Path) -> None:
    inner = path / "docs"
    git(path, "init", "-q", "--bare", str(inner))
    with (inner / "config").open("a") as file:
        file.write(f"[core]\n\tfsmonitor = {program}\n\tbare = false\n\tworktree = ..\n")
    git(path, "add", "-f", "docs")
    git(path, "commit", "-q", "-m", "docs")


def git_file(path: Path, program: Path) -> None:
    """Its git folder lies in its own work tree, named by a file, as a commit could bring it."""
    (path / ".git").rename(path / "data")
    (path / ".git").write_text("gitdir: data\n")
    with (path / "data" / "config").open("a") as file:
        file.write(f"[core]\n\tfsmonitor = {program}\n")


def git_link(path: Path, program: Path) -> None:
    (path / ".git").rename(path / "data")
    (path / ".git").symlink_to("data")
    with (path / "data" / "config").open("a") as file:
        file.write(f"[core]\n\tfsmonitor = {program}\n")


def common_dir(path: Path, program: Path) -> None:
    (path / ".git").rename(path / "shared")
    (path / ".git").mkdir()
    for name in ("HEAD", "index"):
        (path / "shared" / name).rename(path / ".git" / name)
    (path / ".git" / "commondir").write_text("../shared\n")
    with (path / "shared" / "config").open("a") as file:
        file.write(f"[core]\n\tfsmonitor = {program}\n")


HOSTILE: dict[str, Callable[[Path, Path], None]] = {
    "fsmonitor": lambda path, program: add_config(path, f"[core]\n\tfsmonitor = {program}\n"),
    "hooks": hooks,
    "hooks-path": lambda path, program: add_config(path, f"[core]\n\thooksPath = {program.parent}\n"),
    "clean-filter": clean_filter,
    "process-filter": process_filter,
    "signatures": signatures,
    "diff-external": lambda path, program: add_config(path, f"[diff]\n\texternal = {program}\n"),
    "pager": lambda path, program: add_config(path, f"[core]\n\tpager = {program}\n[pager]\n\tlog = {program}\n"),
    "include": included,
    "worktree-config": worktree_config,
    "lazy-fetch": lazy_fetch,
    "submodule": submodule_config,
    "ssh-command": lambda path, program: add_config(path, f"[core]\n\tsshCommand = {program}\n"),
    "askpass": lambda path, program: add_config(path, f"[core]\n\taskPass = {program}\n"),
    "alternate-refs": lambda path, program: add_config(path, f"[core]\n\talternateRefsCommand = {program}\n"),
    "attributes-file": attributes_file,
    "shadowed-lfs": shadowed_lfs,
    "lfs-extension": lfs_extension,
    "embedded-bare": embedded_bare,
    "git-file": git_file,
    "git-link": git_link,
    "common-dir": common_dir,
    "signature-ssh": lambda path, program: add_config(
        path, f'[log]\n\tshowSignature = true\n[gpg]\n\tformat = ssh\n[gpg "ssh"]\n\tprogram = {program}\n'
    ),
    "aliases": lambda path, program: add_config(path, f"[alias]\n\tstatus = !{program}\n\tlog = !{program}\n"),
    "editor": lambda path, program: add_config(
        path, f"[core]\n\teditor = {program}\n[sequence]\n\teditor = {program}\n"
    ),
    "hook-config": lambda path, program: add_config(
        path, f'[hook "x"]\n\tcommand = {program}\n\tevent = post-index-change\n'
    ),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_looking_runs_nothing(name: str, tmp_path: Path) -> None:
    path = fleet.make(tmp_path / "repo")
    program, mark = evil(tmp_path)
    HOSTILE[name](path, program)
    mark.unlink(missing_ok=True)
    stale(path)
    look(path)
    assert not mark.exists()


SINGING: tuple[str, ...] = (
    "fsmonitor",
    "clean-filter",
    "process-filter",
    "hooks",
    "include",
    "worktree-config",
    "submodule",
)
SINGING += ("attributes-file", "shadowed-lfs", "git-file", "git-link", "common-dir")


@pytest.mark.parametrize("name", SINGING)
def test_the_canaries_do_sing(name: str, tmp_path: Path) -> None:
    """The same repositories under plain git: what the test above guards against does happen."""
    path = fleet.make(tmp_path / "repo")
    program, mark = evil(tmp_path)
    HOSTILE[name](path, program)
    mark.unlink(missing_ok=True)
    stale(path)
    git(path, "status", ok=False)  # what was run speaks no filter's language
    assert mark.exists()


def test_a_trusted_repository_runs_its_filters_but_no_hooks(tmp_path: Path) -> None:
    path = fleet.make(tmp_path / "repo")
    program, mark = evil(tmp_path)
    hooks(path, program)
    add_config(path, f"[core]\n\tfsmonitor = {program}\n")
    stale(path)
    assert look(path, trusted=True).error is None
    assert not mark.exists()
    clean_filter(path, program)
    stale(path)
    assert look(path, trusted=True).error is None
    assert mark.exists()


def test_the_persons_own_filters_still_hold(tmp_path: Path, home: Path) -> None:
    with (home / ".gitconfig").open("a") as file:
        file.write('[filter "rot"]\n\tclean = tr a-z n-za-m\n\tsmudge = tr a-z n-za-m\n')
    path = fleet.make(tmp_path / "repo")
    (path / ".gitattributes").write_text("*.rot filter=rot\n")
    commit(path, "filtered", name="x.rot", text="secret\n")
    assert git(path, "cat-file", "blob", "HEAD:x.rot") == b"frperg\n"
    add_config(path, '[filter "rot"]\n\tclean = false\n')
    stale(path)
    assert look(path).changed == 0


def test_a_work_tree_elsewhere_is_not_listed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "payroll").write_text("x")
    path = fleet.make(tmp_path / "repo")
    add_config(path, f"[core]\n\tworktree = {secret}\n")
    found = look(path)
    assert (found.untracked, found.changed, found.error) == (0, 0, None)


def test_settings_that_would_spoof_the_answer(tmp_path: Path) -> None:
    path = fleet.make(tmp_path / "repo", commits=2)
    head, parent = (git(path, "rev-parse", name).decode().strip() for name in ("HEAD", "HEAD~1"))
    git(path, "replace", head, parent)
    add_config(
        path,
        "[status]\n\tshowUntrackedFiles = no\n\trelativePaths = true\n[i18n]\n\tlogOutputEncoding = UTF-16\n"
        "[color]\n\tui = always\n[log]\n\tdecorate = full\n[core]\n\texcludesFile = /dev/zero\n",
    )
    (path / "loose").write_text("x")
    found = look(path)
    assert found.last_commit is not None
    assert (found.last_commit.subject, found.untracked, found.error) == ("commit 1", 1, None)


@pytest.mark.parametrize(
    "name",
    ["config", "HEAD", "index", "packed-refs", "info/exclude", "info/attributes", "commondir", "shallow"],
)
def test_a_pipe_in_place_of_a_file_never_hangs(name: str, tmp_path: Path) -> None:
    path = fleet.make(tmp_path / "repo")
    (path / ".git" / name).unlink(missing_ok=True)
    (path / ".git" / "info").mkdir(exist_ok=True)
    os.mkfifo(path / ".git" / name)
    began = time.monotonic()
    assert "regular file" in (look(path).error or "")
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes", ".mailmap"])
def test_a_pipe_in_the_work_tree_never_hangs(name: str, tmp_path: Path) -> None:
    path = fleet.make(tmp_path / "repo")
    os.mkfifo(path / name)
    assert "regular file" in (look(path).error or "")


def test_a_pipe_no_check_sees_meets_the_deadline(tmp_path: Path) -> None:
    path = fleet.make(tmp_path / "repo")
    (path / "below").mkdir()
    commit(path, "below", name="below/file")
    os.mkfifo(path / "below" / ".gitignore")
    (path / "below" / "loose").write_text("x")
    assert look(path, seconds=0.5).error == "no answer within 0.5 s"


def test_devices_and_giants_are_refused(tmp_path: Path) -> None:
    path = fleet.make(tmp_path / "repo")
    (path / ".git" / "config").unlink()
    (path / ".git" / "config").symlink_to("/dev/zero")
    assert "regular file" in (look(path).error or "")
    (path / ".git" / "config").unlink()
    with (path / ".git" / "config").open("wb") as file:
        file.truncate(20_000_000)
    assert "larger than" in (look(path).error or "")


def test_a_branch_that_looks_like_an_option(tmp_path: Path) -> None:
    path = fleet.make(tmp_path / "repo")
    (path / ".git" / "HEAD").write_text(f"ref: refs/heads/--output={tmp_path}/written\n")
    (path / ".git" / "refs" / "heads" / "--output=x").write_bytes(git(path, "rev-parse", "main"))
    found = look(path)
    assert not (tmp_path / "written").exists()
    assert found.branch == f"--output={tmp_path}/written"


def test_the_shadow_is_private_and_goes(tmp_path: Path) -> None:
    path = fleet.ahead(tmp_path / "repo")
    git(path, "remote", "set-url", "origin", "https://me:secret@git.example.org/x.git")
    shadows = Shadows()
    shadow = Shadow(path, shadows.folder_for(path))
    prepared = shadow.prepare(10)
    made = prepared.place.git_dir
    assert made is not None
    assert made.parent.stat().st_mode & 0o777 == 0o700
    assert "secret" not in (made / "config").read_text()
    shadows.close()
    assert not made.parent.exists()
    assert (path / ".git" / "objects").is_dir()
    assert look(path).ahead == 2


def test_the_persons_own_git_never_meets_our_lock(tmp_path: Path) -> None:
    path = fleet.make(tmp_path / "repo")
    stop = threading.Event()
    readings: list[str | None] = []

    def refresh() -> None:
        while not stop.is_set():
            readings.append(look(path).error)

    threads = [threading.Thread(target=refresh) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        number = 0
        while number < 25 or (len(readings) <= 4 and number < 1000):
            number += 1
            (path / "file").write_text(str(number))
            git(path, "add", "file")
            git(path, "commit", "-q", "-m", str(number))
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    assert len(readings) > 4
    assert set(readings) == {None}


def test_a_shadow_is_made_anew_when_it_is_gone_or_failed(tmp_path: Path) -> None:
    path = fleet.ahead(tmp_path / "repo")
    shadows = Shadows()
    shadow = Shadow(path, shadows.folder_for(path))
    made = shadow.prepare(10).place.git_dir
    assert made is not None
    shutil.rmtree(made)  # as a system does that clears old temporary files away
    assert shadow.prepare(10).place.git_dir == made
    assert (made / "index").is_symlink()
    (made / "objects").unlink()
    memory = Memory(shadow)
    assert read_repository(Found(path), memory, Terms(), NOW).error is not None
    assert read_repository(Found(path), memory, Terms(), NOW).error is None
    shadows.close()


def test_a_kept_shadow_serves_the_next_process_until_what_it_was_made_from_changes(tmp_path: Path) -> None:
    path = fleet.ahead(tmp_path / "repo")
    kept = tmp_path / "cache" / "git"
    first = Shadow(path, Shadows(kept).folder_for(path))
    made = first.prepare(10).place.git_dir
    assert made is not None
    before = {entry.name: entry.lstat().st_ino for entry in made.iterdir()}
    second = Shadow(path, Shadows(kept).folder_for(path))
    assert second.prepare(10).place.git_dir == made
    assert {entry.name: entry.lstat().st_ino for entry in made.iterdir()} == before
    git(path, "checkout", "-q", "-b", "other")
    second.prepare(10)
    assert (made / "HEAD").read_text() == "ref: refs/heads/other\n"
    assert not list(made.glob("*.new"))
    first.prepare(10)  # the one that was there first finds it made anew, and right
    assert read_repository(Found(path), Memory(first), Terms(), NOW).branch == "other"


def test_two_processes_with_one_kept_shadow_never_show_an_older_head(tmp_path: Path) -> None:
    path = fleet.ahead(tmp_path / "repo")
    kept = Shadows(tmp_path / "cache")
    first, second = (Shadow(path, kept.folder_for(path)) for _ in range(2))
    for number in range(6):
        git(path, "checkout", "-q", "-b", f"branch-{number}")
        for shadow in (first, second, first):
            prepared = shadow.prepare(10)
            assert run_git(["symbolic-ref", "HEAD"], prepared.place) == f"refs/heads/branch-{number}\n".encode()


def test_threads_that_make_one_shadow_at_once_stand_in_nobodys_way(tmp_path: Path) -> None:
    """As where a repository is asked for alone while the fleet is read for the first time."""
    path = fleet.ahead(tmp_path / "repo")
    failed: list[GitError] = []
    for number in range(40):
        folder = Shadows(tmp_path / f"cache-{number}").folder_for(path)
        at_once = threading.Barrier(4)

        def make(folder: Path = folder, at_once: threading.Barrier = at_once) -> None:
            at_once.wait(60)
            try:
                Shadow(path, folder).prepare(10)
            except GitError as error:
                failed.append(error)

        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert run_git(["symbolic-ref", "HEAD"], Shadow(path, folder).prepare(10).place) == b"refs/heads/main\n"
    assert failed == []


def test_kept_shadows_are_this_persons_alone_and_tidied(tmp_path: Path) -> None:
    paths = [fleet.make(tmp_path / name) for name in ("one", "two", "gone")]
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    elsewhere = Shadows(open_to_all)
    assert elsewhere.folder_for(paths[0]).parent != open_to_all
    elsewhere.close()
    kept = Shadows(tmp_path / "cache" / "git")
    folders = [kept.folder_for(path) for path in paths]
    for path, folder in zip(paths, folders, strict=True):
        Shadow(path, folder).prepare(10)
        os.utime(folder, (1, 1))
    kept.tidy(paths[:2])
    kept.close()
    assert [folder.is_dir() for folder in folders] == [True, True, False]


def test_what_a_killed_one_left_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, text=True, check=True).stdout.strip()
    names = (f"{dead}-old", f"{dead}-young", f"{os.getpid()}-mine", "x-odd")
    for name in names:
        folder = tmp_path / f"makerhour-git-{name}"
        folder.mkdir()
        if "young" not in name:
            os.utime(folder, (1, 1))
    shadows = Shadows()
    shadows.folder_for(tmp_path / "repo")
    shadows.close()
    left = {folder.name.removeprefix("makerhour-git-") for folder in tmp_path.iterdir()}
    assert left == {*names[1:]}
