"""Runs one agent to its end, as a program of its own: keeps what it prints, bounded, and how it ended.

    agents_runner.py LOCK PLACE MOST PROGRAM [ARGUMENT …]

Started by `tui.sources.agents_run`, and there after the dashboard is gone; standard library only, and nothing of
ours: it may run longer than the version that started it is installed. LOCK is an open file, locked; PLACE the folder
`output.log` and `status` go into; MOST the bytes of output that are kept.
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

OUTPUT, STATUS = "output.log", "status"
DRAIN_SECONDS = 2.0
"""How long after its end what it printed last is waited for; what it left running may hold its output open."""


def run(lock: int, place: Path, most: int, argv: list[str]) -> None:
    """Run `argv`; its status, negative for a signal, is in the file STATUS afterwards."""
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.set_inheritable(lock, False)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _stay)  # functions, not SIG_IGN: the agent would inherit that
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)  # from now on it may be told to end
    log = os.open(place / OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        child = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, restore_signals=True
        )
    except (OSError, ValueError) as error:
        os.write(log, f"it could not be started: {error}\n".encode(errors="replace"))
        _write_status(place, 127)
        return
    reader = threading.Thread(target=_keep, args=(child.stdout, log, most))
    reader.start()
    status = child.wait()
    reader.join(DRAIN_SECONDS)
    _write_status(place, status)
    reader.join()


def _keep(output: IO[bytes], log: int, most: int) -> None:
    """Write what arrives into `log`; where that would be more than `most` bytes, begin anew: the end is what counts."""
    kept = 0
    while part := os.read(output.fileno(), 65536):
        if kept + len(part) > most:
            kept = 0
            part = b"(what it printed before is dropped: it was too much)\n" + part
            try:
                os.ftruncate(log, 0)
                os.lseek(log, 0, os.SEEK_SET)
            except OSError:
                continue
        try:
            kept += os.write(log, part)
        except OSError:  # the disk is full: the agent is not to stand still, or die, for that
            continue


def _write_status(place: Path, status: int) -> None:
    new = place / f".{STATUS}.new"
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(file, f"{status}\n".encode())
    finally:
        os.close(file)
    new.replace(place / STATUS)


def _stay(_number: int, _frame: object) -> None:
    """The agent is told to end; its runner has yet to write down how it did."""


if __name__ == "__main__":
    run(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
