"""What the dashboard and the process git is run from say to each other, a line of JSON each (`wire`).

Orders go down: what to do. Tidings come up: what was read, and that the process is alive. Values only.
"""

from datetime import datetime
from pathlib import Path

from msgspec import Struct, field

from tui.config import LanesSettings, RepositoriesSettings
from tui.domain.detail import RepositoryDetail
from tui.domain.evidence import Trace
from tui.domain.repos import Repository
from tui.sources.git.lane_orders import LaneAnswer, LaneOrder


class Wanted(Struct, frozen=True):
    """The first order: what is to be read, and where things are kept."""

    settings: RepositoriesSettings
    roots: tuple[Path, ...]
    me: tuple[str, ...] = ()
    """The person's e-mail addresses."""
    seen: Path | None = None
    """The file of what was marked seen."""
    saved: Path | None = None
    """The file that keeps the last good fleet."""
    moved: Path | None = None
    """The file that keeps what moved in it."""
    shadows: Path | None = None
    """The folder shadows are kept in from one run to the next."""
    lanes: LanesSettings = field(default_factory=LanesSettings)
    keep: Path | None = None
    """The folder ended lanes are kept in."""
    void: int = 0
    """Wishes for lanes up to this number were answered already: they are not carried out."""


class Order(Struct, frozen=True):
    """One thing to do. Which fields count depends on `do`."""

    do: str
    """`request`, `select`, `pause`, `seen`, `unseen`, `open`, `trace`, `fetch` or `lane`."""
    paths: tuple[Path, ...] | None = None
    """The repositories it is about; None for all."""
    versions: tuple[int, ...] = ()
    """For `seen`: which reading of each of `paths` was on screen."""
    number: int = 0
    """For `seen` and `unseen`: the number its answer carries."""
    paused: bool = False
    heal: bool = False
    """For `request`: mend an index that makes git slow."""
    since: tuple[datetime, ...] = ()
    """For `trace`: from when on the commits of each of `paths` are wanted."""
    areas: bool = False
    """For `trace`: also the folders they touched."""
    lane: LaneOrder | None = None
    """For `lane`: what is wanted."""


class Row(Struct, frozen=True):
    """A repository as it was read."""

    repository: Repository
    version: int
    """Counts up with every reading that is handed on."""


class News(Struct, frozen=True):
    """What differs from the fleet told before, and all that is told anew each time."""

    rows: tuple[Row, ...]
    gone: tuple[Path, ...] = ()
    problems: tuple[str, ...] = ()
    complete: bool = True
    watched: bool = False
    fetching: tuple[int, int] | None = None


class Tiding(Struct, frozen=True):
    """One line upwards; the first field that is not None says what it is about."""

    news: News | None = None
    detail: RepositoryDetail | None = None
    trace: Trace | None = None
    """What was committed since, as it was asked for."""
    lane: LaneAnswer | None = None
    """What came of what was wanted of lanes."""
    answered: int | None = None
    """The number of the order `seen` that was carried out, or was not: see `error`."""
    age: float | None = None
    """A sign of life: seconds since the last whole pass over the fleet was completed."""
    error: str | None = None
    """Why the order, or where nothing else is set the pass, failed: a sentence."""
