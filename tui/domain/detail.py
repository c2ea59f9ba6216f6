"""All about one repository, read when the person opens it: what the row has no room for. Facts only."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RepositoryDetail:
    """One repository as it was when it was opened. Text is raw: show it through `safe_text`."""

    path: Path
    problems: tuple[str, ...] = ()
    """What could not be read, a sentence each; the rest is right all the same."""
