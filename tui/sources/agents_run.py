"""Processes of agents: asking a program something, and starting an agent that outlives the dashboard.

What is asked and what is started is for whoever uses this; so is finding the programs.
"""

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

MOST_ANSWER = 512 * 1024
"""Bytes of an answer that are read."""

LOG_MOST = 50 * 1024 * 1024
"""Bytes an agent's output may take on the disk."""

ALIVE = "alive"
"""The file that is locked for as long as the runner of an agent lives; the number of its process is in it."""

RUNNER = Path(__file__).with_name("agents_runner.py")


class AgentsError(Exception):
    """A program that could not be asked or started; the message is a sentence."""


class Asker:
    """Asks programs something; what it asked ends with `stop`, which may be called from any thread."""

    def __init__(self, environ: Mapping[str, str], find: Callable[[str], str | None]) -> None:
        self.environ = environ
        self._find = find
        self._asked: set[subprocess.Popen[bytes]] = set()
        self._changes = threading.Lock()
        self._stopped = False

    def has(self, program: str) -> bool:
        """True where `program` is installed."""
        return self._find(program) is not None

    def ask(self, program: str, *argv: str, seconds: float) -> bytes:
        """What `program` prints. No input, a session of its own, ended with its group after `seconds` or MOST_ANSWER
        bytes. Raises AgentsError."""
        found = self._find(program)
        if found is None:
            raise AgentsError(f"`{program}` is not installed or not on the PATH")
        child = self._start(program, (found, *argv))
        try:
            answer = _read(child, child.stdout, time.monotonic() + seconds) if child.stdout else b""
            if answer is None or child.poll() is None:
                raise AgentsError(f"`{program}` gave no answer within {seconds:g} s")
        finally:
            with self._changes:
                self._asked.discard(child)
                _kill(child)
                child.wait()
            if child.stdout:
                child.stdout.close()
        if child.returncode:
            raise AgentsError(f"`{program}` ended with status {child.returncode}")
        return answer

    def stop(self) -> None:
        """End what is being asked; from now on nothing is."""
        with self._changes:
            self._stopped = True
            for child in self._asked:
                _kill(child)

    def _start(self, name: str, argv: Sequence[str]) -> "subprocess.Popen[bytes]":
        with self._changes:
            if self._stopped:
                raise AgentsError(f"`{name}` is not asked any more")
            try:
                child = subprocess.Popen(
                    argv,
                    cwd="/",
                    env=dict(self.environ),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            except (OSError, ValueError) as error:
                raise AgentsError(f"`{name}` could not be started: {_reason(error)}") from error
            self._asked.add(child)
            return child


def _kill(child: "subprocess.Popen[bytes]") -> None:
    """End all that `child`, not waited for yet, has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def start_runner(
    argv: Sequence[str], folder: Path, environ: Mapping[str, str], place: Path, *, most: int = LOG_MOST
) -> None:
    """Start `argv` in `folder` under a runner that outlives this process and keeps in `place` what it prints and how
    it ends. Raises AgentsError.

    The lock on ALIVE is taken here and handed down, so that there is no moment in which the agent seems dead. A lock
    goes with its process, whatever becomes of process numbers.
    """
    try:
        lock = os.open(place / ALIVE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            child = subprocess.Popen(
                (sys.executable, "-I", "-S", str(RUNNER), str(lock), str(place), str(most), *argv),
                cwd=folder,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=(lock,),
            )
        finally:
            os.close(lock)
    except (OSError, ValueError) as error:
        raise AgentsError(f"`{Path(argv[0]).name}` could not be started in `{folder}`: {_reason(error)}") from error
    _CHILDREN.append(child)


def runner_of(place: Path) -> int | None:
    """The process group of the agent kept in `place`, while its runner lives; 0 where it has not said it yet."""
    _CHILDREN[:] = [child for child in _CHILDREN if child.poll() is None]  # or they stay behind as zombies
    try:
        lock = os.open(place / ALIVE, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:  # held: it lives
        said = os.read(lock, 20).strip()
        return int(said) if said.isdigit() else 0
    else:
        return None
    finally:
        os.close(lock)


def end_group(place: Path, patience: float = 5.0) -> None:
    """End the agent kept in `place` with all it started: asked first, then made to."""
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, patience)):
        until = time.monotonic() + seconds
        group = runner_of(place)
        while group == 0 and time.monotonic() < until:
            time.sleep(0.01)
            group = runner_of(place)
        if not group:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)
        while runner_of(place) is not None and time.monotonic() < until:
            time.sleep(0.02)


_CHILDREN: list["subprocess.Popen[bytes]"] = []
"""Runners this process started, to be waited for once they have ended."""


def _read(child: "subprocess.Popen[bytes]", output: IO[bytes], deadline: float) -> bytes | None:
    """All it prints, MOST_ANSWER bytes at most; None where the deadline came first."""
    answer = b""
    while len(answer) < MOST_ANSWER:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([output], [], [], left)[0]:
            return None
        part = os.read(output.fileno(), 65536)
        if not part:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(deadline - time.monotonic(), 0.01))
            return answer
        answer += part
    raise AgentsError("it said more than is read")


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
