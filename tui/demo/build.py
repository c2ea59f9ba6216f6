"""Builds the demo: real repositories, two calendars, a backlog and a configuration, all in one folder.

What it tells stands in `tui.demo.story`, `tui.demo.agenda` and `tui.demo.ideas`. This module writes files and runs
git, in a neutral environment of its own: nothing of the person's configuration is read, nothing outside the folder
is touched.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from tui.demo.agenda import team_calendar, work_calendar, working_hours
from tui.demo.ideas import IDEAS, Idea
from tui.demo.story import FLEET, ME, ME_ADDRESS, Git, Lane, Line, Made, Story, Write, address

_DEADLINE = 30.0
"""Seconds one git command may take."""
_WORKERS = 4
_LONG_AGO = 45 * 24
"""Hours since the person worked in a repository where they never committed."""
_BACKLOG_HEAD = "# The demo's ideas. makerhour rewrites this file; comments are not kept.\n"


class DemoError(Exception):
    """The demo cannot be built; the message is a sentence with the remedy."""


class _Place(Struct, frozen=True):
    """Where the demo is built, and when."""

    folder: Path
    now: datetime
    git: str
    environment: dict[str, str]

    @property
    def code(self) -> Path:
        return self.folder / "code"


def build_demo(folder: Path, now: datetime) -> Path:
    """Build the demo in `folder`, which is made where it is missing and must be empty; its `config.toml`.

    Every date is relative to `now`, which is in the viewer's zone. Raises DemoError without git, where a git
    command fails, or where `folder` cannot be written or holds something.
    """
    git = shutil.which("git")
    if git is None:
        raise DemoError("`git` was not found; install it to see the demo")
    folder = folder.absolute()
    place = _Place(folder, now, git, _environment(folder, now))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise DemoError(f"`{folder}` is not empty; give the demo a folder of its own")
        for name in ("code", "remotes", "calendars", "calendars/focus"):
            (folder / name).mkdir()
        with ThreadPoolExecutor(_WORKERS) as workers:
            built = [workers.submit(_build_repository, place, story) for story in FLEET]
            config = _write_files(place)
            for future in built:
                future.result()
    except OSError as error:
        raise DemoError(f"cannot build the demo in `{folder}`: {error.strerror or error}") from error
    return config


def _write_files(place: _Place) -> Path:
    """Calendars, backlog and configuration; the configuration's path."""
    import tomli_w

    now = place.now
    calendars = place.folder / "calendars"
    (calendars / "work.ics").write_text(work_calendar(now), encoding="utf-8", newline="")
    (calendars / "team.ics").write_text(team_calendar(now), encoding="utf-8", newline="")
    backlog = {"schema": 1, "items": [_item(idea, now) for idea in IDEAS]}
    (place.folder / "backlog.toml").write_text(_BACKLOG_HEAD + tomli_w.dumps(backlog), encoding="utf-8")
    settings = {
        # Their remotes are folders beside them, which makerhour fetches from only where the person trusts them.
        "repositories": {"roots": ["code"], "trusted": [f"code/{story.name}" for story in FLEET]},
        "agenda": {"me": [ME_ADDRESS], "hold_folder": "calendars/focus"},
        "calendars": [
            {"path": "calendars/work.ics", "name": "Work"},
            {"path": "calendars/team.ics", "name": "Team", "busy": False},
            {"path": "calendars/focus", "name": "Focus"},
        ],
        "planning": {"working_hours": working_hours(now)},
        "backlog": {"path": "backlog.toml"},
        "launch": {"radar": False},  # the person's own agents are none of the demo's
    }
    config = place.folder / "config.toml"
    config.write_text(tomli_w.dumps(settings), encoding="utf-8")
    return config


def _item(idea: Idea, now: datetime) -> dict[str, Any]:
    """One table of the backlog: what the idea does not say is left out."""
    told = {name: getattr(idea, name) for name in idea.__struct_fields__}
    values = {name: value for name, value in told.items() if value not in (None, "")}
    for name in ("created", "decided", "done"):
        if name in values:
            values[name] = (now + timedelta(days=values[name])).replace(microsecond=0)
    if "until" in values:
        values["until"] = now.date() + timedelta(days=values["until"])
    return values


def _build_repository(place: _Place, story: Story) -> None:
    repo = place.code / story.name
    _git(place, place.code, "init", "-q", "--template=", str(repo))
    with (repo / ".git" / "config").open("a", encoding="utf-8") as config:
        config.write(_config(place, story))
    if story.lines:
        stream = b"".join(_stream(story.lines, place.now))
        _git(place, repo, "-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", stdin=stream)
        if story.tracks:
            _make_remote(place, story)
        _git(place, repo, "checkout", "-q", "-f", story.checkout, at=_last_worked(story, place.now))
    else:
        _git(place, repo, "symbolic-ref", "HEAD", "refs/heads/main")
    _carry_out(place, repo, story.steps)
    for lane in story.lanes:
        _add_lane(place, story, lane)


def _add_lane(place: _Place, story: Story, lane: Lane) -> None:
    path = place.code / f"{story.name}-{lane.slug}"
    _git(place, place.code / story.name, "worktree", "add", "-q", str(path), f"proto/{lane.slug}")
    _carry_out(place, path, lane.steps)


def _carry_out(place: _Place, tree: Path, steps: tuple[Write | Git, ...]) -> None:
    for step in steps:
        match step:
            case Git(args, stops):
                _git(place, tree, *args, allowed=(1,) if stops else (0,))
            case Write(name, text, days):
                path = tree / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="")
                then = (place.now - timedelta(days=days)).timestamp()
                os.utime(path, (then, then))


def _config(place: _Place, story: Story) -> str:
    """What the repository's own configuration adds: who the person is here, its remote, what follows what."""
    lines = ["[user]", f"\tname = {ME}", f"\temail = {ME_ADDRESS}"]
    if story.tracks:
        remote = _remote(place, story).as_posix().replace("\\", "\\\\").replace('"', '\\"')
        lines += ['[remote "origin"]', f'\turl = "{remote}"', "\tfetch = +refs/heads/*:refs/remotes/origin/*"]
    for branch, followed in story.tracks:
        lines += [f'[branch "{branch}"]', "\tremote = origin", f"\tmerge = refs/heads/{followed}"]
    return "\n".join([*lines, ""])


def _remote(place: _Place, story: Story) -> Path:
    return place.folder / "remotes" / f"{story.name}.git"


def _make_remote(place: _Place, story: Story) -> None:
    """The bare repository a clone came from: the same objects, and the branches that `origin` is known to have.

    Laid out as gitrepository-layout(5) says; a real `git clone --bare` would take several processes.
    """
    remote = _remote(place, story)
    (remote / "refs").mkdir(parents=True)
    (remote / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    (remote / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n", encoding="utf-8")
    repo = place.code / story.name
    shutil.copytree(repo / ".git" / "objects", remote / "objects")
    kept = "--format=%(objectname) refs/heads/%(refname:lstrip=3)"
    refs = _git(place, repo, "for-each-ref", "--sort=refname", kept, "refs/remotes/origin")
    (remote / "packed-refs").write_bytes(refs)


def _stream(lines: tuple[Line, ...], now: datetime) -> Iterator[bytes]:
    """The refs and commits as git-fast-import(1) reads them; each commit has its number as its mark."""
    marks: dict[str, list[int]] = {}
    made = 0
    for line in lines:
        history = list(marks.get(line.base, ()))
        history = history[: len(history) - line.back]
        if history:
            yield f"reset {line.ref}\nfrom :{history[-1]}\n\n".encode()
        for commit in line.commits:
            made += 1
            yield _commit(line.ref, made, commit, now)
            history.append(made)
        marks[line.ref] = history


def _commit(ref: str, mark: int, commit: Made, now: datetime) -> bytes:
    stamp = f"{commit.who} <{address(commit.who)}> {_stamp(now - timedelta(hours=commit.hours))}"
    parts = [
        f"commit {ref}\nmark :{mark}\nauthor {stamp}\ncommitter {stamp}\n".encode(),
        _counted(commit.subject),
    ]
    for path, text in commit.files:
        parts += [f"M 100644 inline {path}\n".encode(), _counted(text)]
    return b"".join([*parts, b"\n"])


def _counted(text: str) -> bytes:
    """`text` as fast-import's counted data."""
    raw = text.encode()
    return b"data %d\n%s\n" % (len(raw), raw)


def _stamp(moment: datetime) -> str:
    """A moment in git's own form: seconds since 1970 and the offset of the zone."""
    return f"{int(moment.timestamp())} {f'{moment:%z}'[:5]}"  # git knows no seconds in an offset


def _environment(folder: Path, now: datetime) -> dict[str, str]:
    """The person's environment without anything that steers git; home is `folder`, dates are relative to `now`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    stamp = _stamp(now - timedelta(minutes=40))
    return kept | {
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_EDITOR": ":",
        "GIT_AUTHOR_NAME": ME,
        "GIT_AUTHOR_EMAIL": ME_ADDRESS,
        "GIT_AUTHOR_DATE": stamp,
        "GIT_COMMITTER_NAME": ME,
        "GIT_COMMITTER_EMAIL": ME_ADDRESS,
        "GIT_COMMITTER_DATE": stamp,
        "LC_ALL": "C",
    }


def _last_worked(story: Story, now: datetime) -> datetime:
    """When the person last worked in this repository: with their newest commit, or long ago."""
    hours = [commit.hours for line in story.lines for commit in line.commits if commit.who == ME]
    return now - timedelta(hours=min(hours, default=_LONG_AGO))


def _git(
    place: _Place,
    tree: Path,
    *args: str,
    stdin: bytes = b"",
    allowed: tuple[int, ...] = (0,),
    at: datetime | None = None,
) -> bytes:
    """What git prints in `tree`, run as if at `at`. Raises DemoError where it ends with another status than the
    `allowed`."""
    command = [place.git, "-c", "gc.auto=0", "-c", "core.fsync=none", *args]
    try:
        done = subprocess.run(
            command,
            cwd=tree,
            env=place.environment | ({"GIT_COMMITTER_DATE": _stamp(at)} if at else {}),
            input=stdin,
            capture_output=True,
            timeout=_DEADLINE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DemoError(f"`git {args[0]}` gave no answer within {_DEADLINE:g} s; try the demo again") from None
    if done.returncode not in allowed:
        said = done.stderr.decode(errors="replace").strip()
        raise DemoError(f"`git {' '.join(args)}` failed in the demo: {said}; check the git installation")
    return done.stdout
