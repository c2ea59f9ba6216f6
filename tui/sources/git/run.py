"""The one door to git: every git command of the program goes through `run_git` and nothing else starts git.

A repository is hostile until its owner says otherwise, so the invocation is neutral: the person's environment
without what steers git, settings that keep git from starting other programs, a process group of its own, no
standard input, capped output and a deadline. GitPython is the runner only (`git.cmd.Git.execute`); its object
model obeys the repository's configuration and is not used. What a command means is not known here.
"""

import functools
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tui.sources.git.environment import Place, neutral_environment, steers_git

MAX_OUTPUT = 8 * 1024 * 1024
"""Bytes of an answer that are read before the command is ended."""

MAX_COMPLAINT = 64 * 1024
"""Bytes of standard error that are kept."""

_IMPORTING = threading.Lock()


class GitError(Exception):
    """Git could not answer; the message is a sentence. `code` is git's exit code where git gave one."""

    def __init__(self, message: str, code: int | None = None, complaint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.complaint = complaint
        """All it said on standard error; what a remote says may be in it, and secrets."""


class GitTimeout(GitError):  # noqa: N818 - the ending would say nothing more
    """Git gave no answer before the deadline; its whole process group has been ended."""


class Children:
    """The git commands under way, so that quitting can end them all at once. Any thread may call it."""

    def __init__(self, gently: float = 0.0) -> None:
        self.started = 0
        """git commands started so far."""
        self.gently = gently
        """Seconds a command has to put its locks away before it is ended for good; commands that write need some."""
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def add(self, child: "subprocess.Popen[bytes]") -> None:
        """Take `child` in; ended at once where everything has been ended already."""
        with self._lock:
            self.started += 1
            self._running.add(child)
            if self._closed:
                _end_group(child)

    def remove(self, child: "subprocess.Popen[bytes]") -> None:
        """Forget `child`; called before it is reaped, because only until then its number is surely its own."""
        with self._lock:
            self._running.discard(child)

    def end_all(self) -> None:
        """End every command under way with its whole group, and each that is still started afterwards."""
        with self._lock:
            self._closed = True
            for child in self._running if self.gently else ():
                _end_group(child, signal.SIGTERM)
        end = time.monotonic() + self.gently
        while self._running and time.monotonic() < end:
            time.sleep(0.01)
        with self._lock:
            for child in self._running:
                _end_group(child)


def run_git(
    arguments: Sequence[str],
    place: Place,
    *,
    seconds: float = 10.0,
    children: Children | None = None,
    accept: Sequence[int] = (0,),
    most: int = MAX_OUTPUT,
) -> bytes:
    """What `git <arguments>` prints, run neutrally in `place`, as bytes (names are in no known encoding).

    Raises GitTimeout after `seconds`, GitError for an exit code not in `accept`, for more than `most` bytes
    and where git is missing. Names from a repository must be full refs or object ids in `arguments`.
    """
    program = git_program()
    environment = neutral_environment(place)
    command = [program, "--no-pager", "-C", str(place.folder), *arguments]
    foreign = sorted(name for name in os.environ if steers_git(name) and name not in environment)
    if foreign:  # the runner starts from our own environment and can add to it, but not take away
        command = [_env_program(), *(part for name in foreign for part in ("-u", name)), *command]
    child = _start(command, environment)
    children = children or Children()
    children.add(child)
    end = time.monotonic() + seconds
    try:
        out, complaint = _read_answer(child, end, seconds, children.gently, most)
    finally:
        children.remove(child)
        code = _reap(child, end)
    if code is None:
        raise GitTimeout(f"no answer within {seconds:g} s")
    if code in (126, 127):  # what `env` and shells say for a program that does not run
        raise GitError(f"git could not be started; check that `{program}` runs")
    if code not in accept:
        raise GitError(_sentence(complaint, code), code, complaint.decode("utf-8", "replace"))
    return out


def git_program() -> str:
    """The absolute path of git. Raises GitError where there is none."""
    return _program_on(os.environ.get("PATH", os.defpath))


@functools.lru_cache(maxsize=4)
def _program_on(path: str) -> str:
    places = [place for place in path.split(os.pathsep) if Path(place).is_absolute()]
    found = shutil.which("git", path=os.pathsep.join(places))
    if not found:
        raise GitError("git is not installed or not on the PATH; install it")
    return found


def _env_program() -> str:
    found = shutil.which("env", path=os.defpath)
    if not found:
        raise GitError("variables named GIT_… are set and `env` is missing to drop them; unset them")
    return found


def _start(command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """The command under way, in a session of its own. Its folder is `/`: a dead drive holds up git, not us."""
    runner, not_found = _runner()
    try:
        started = runner(os.sep).execute(command, as_process=True, env=environment, start_new_session=True)
    except (not_found, OSError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise GitError(f"git could not be started ({reason}); check that `{command[0]}` runs") from error
    child: subprocess.Popen[bytes] = started.proc
    started.proc = None  # its wrapper would end the child as soon as this function is left
    return child


@functools.cache
def _runner() -> tuple[Any, type[Exception]]:
    """GitPython's command class and its exception for a missing program.

    Importing GitPython runs `git version` without a deadline and fails without git. For the moment of the
    import it is told of a program that cannot run and to keep quiet about it, so that it runs nothing.
    """
    with _IMPORTING:
        told = {"GIT_PYTHON_GIT_EXECUTABLE": os.devnull, "GIT_PYTHON_REFRESH": "quiet"}
        before = {name: os.environ.get(name) for name in told}
        try:
            if "git.cmd" not in sys.modules:
                os.environ.update(told)
            import git.cmd
            import git.exc
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
    return git.cmd.Git, git.exc.GitCommandNotFound


def _read_answer(
    child: "subprocess.Popen[bytes]", end: float, seconds: float, gently: float, most: int
) -> tuple[bytes, bytes]:
    """Both streams to their end. Raises GitTimeout at `end` (monotonic), GitError past the cap; both end the group."""
    if child.stdout is None or child.stderr is None:
        raise GitError("git was started without its streams; this is a mistake in makerhour")
    out, complaint = child.stdout.fileno(), child.stderr.fileno()
    parts: dict[int, list[bytes]] = {out: [], complaint: []}
    sizes = dict.fromkeys(parts, 0)
    waiting = select.poll()
    for descriptor in parts:
        waiting.register(descriptor, select.POLLIN)
    open_ones, late = len(parts), False
    while open_ones:
        ready = waiting.poll(max(end - time.monotonic(), 0) * 1000)
        if not ready and time.monotonic() >= end:
            if late or not gently:
                _end_group(child)
                raise GitTimeout(f"no answer within {seconds:g} s")
            late, end = True, time.monotonic() + gently
            _end_group(child, signal.SIGTERM)
        for descriptor, _ in ready:
            got = os.read(descriptor, 65536)
            if not got:
                waiting.unregister(descriptor)
                open_ones -= 1
            elif descriptor == complaint and sizes[complaint] > MAX_COMPLAINT:
                continue
            else:
                sizes[descriptor] += len(got)
                parts[descriptor].append(got)
                if sizes[descriptor] > most:
                    _end_group(child)
                    raise GitError(f"git's answer is longer than {most // 1024 // 1024} MB")
    if late:
        _end_group(child)
        raise GitTimeout(f"no answer within {seconds:g} s")
    return b"".join(parts[out]), b"".join(parts[complaint])


def _end_group(child: "subprocess.Popen[bytes]", by: signal.Signals = signal.SIGKILL) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, by)


def _reap(child: "subprocess.Popen[bytes]", end: float) -> int | None:
    """The exit code of a child whose streams have ended; None where it had to be ended at `end` (monotonic)."""
    for stream in (child.stdout, child.stderr):
        if stream is not None:
            stream.close()
    try:
        return _waited_for(child, max(end - time.monotonic(), 0.05))
    except subprocess.TimeoutExpired:
        _end_group(child)
    with suppress(subprocess.TimeoutExpired):  # one that waits for a dead drive cannot be ended: leave it
        child.wait(timeout=1.0)
    return None


def _waited_for(child: "subprocess.Popen[bytes]", seconds: float) -> int:
    """The exit code of `child`, which is about to end: woken when it does, where the system can, not looking for it
    again and again. Raises subprocess.TimeoutExpired."""
    code = child.poll()
    if code is not None:
        return code
    if hasattr(os, "pidfd_open"):
        with suppress(OSError):  # an old kernel, or no descriptor left
            descriptor = os.pidfd_open(child.pid)
            try:
                ended = select.poll()
                ended.register(descriptor, select.POLLIN)
                if ended.poll(seconds * 1000):
                    return child.wait()
            finally:
                os.close(descriptor)
    return child.wait(timeout=seconds)


def _sentence(complaint: bytes, code: int) -> str:
    """Git's own words for what went wrong, on one line; the last `fatal:` or `error:` line of what it printed."""
    if code < 0:
        return "git was ended before it answered"
    lines = [line.strip() for line in complaint.decode("utf-8", "replace").splitlines() if line.strip()]
    grave = [line for line in lines if line.startswith(("fatal:", "error:"))]
    said = (grave or lines or [f"git ended with code {code}"])[-1 if not grave else 0]
    for prefix in ("fatal: ", "error: "):
        said = said.removeprefix(prefix)
    return said[:400]
