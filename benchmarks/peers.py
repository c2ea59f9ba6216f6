"""Programs of the field to compare start-up with, each installed from PyPI in an environment of its own, once."""

import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

PLACE = Path(__file__).resolve().parent.parent / ".peers"


@dataclass(frozen=True, slots=True)
class Peer:
    """One program, by what its first frame has."""

    name: str
    packages: tuple[str, ...]
    program: str
    frame: bytes

    @property
    def command(self) -> list[str]:
        """What starts it."""
        return [str(PLACE / self.name / "bin" / self.program)]


PEERS = (
    Peer("posting", ("posting", "tree-sitter<0.26"), "posting", b"Collection"),  # with 0.26 it ended by SIGSEGV
    Peer("harlequin", ("harlequin",), "harlequin", b"Query Editor"),
    Peer("kanban-tui", ("kanban-tui",), "ktui", b"kanban-tui"),
)


def installed() -> tuple[Peer, ...]:
    """Every peer that can be installed here; of the others it is said why not."""
    return tuple(peer for peer in PEERS if Path(peer.command[0]).exists() or _install(peer))


def _install(peer: Peer) -> bool:
    place = PLACE / peer.name
    print(f"installing {peer.name} in {place} (once) …", file=sys.stderr)
    venv.create(place, with_pip=True, clear=True)
    pip = (str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    done = subprocess.run((*pip, *peer.packages), capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        print(f"{peer.name} is left out: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
    return done.returncode == 0
