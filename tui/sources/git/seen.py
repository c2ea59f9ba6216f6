"""What was marked seen: which branches and tags a repository had, and where, when the person last said so.

One JSON file, written whole and atomically by one thread at a time. A file that cannot be understood is kept aside
under another name before anything is written over it.
"""

import contextlib
import json
import os
import tempfile
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from tui.domain.repos import SEEN_STEPS
from tui.sources.git.gitdir import read_small
from tui.sources.git.run import GitError
from tui.sources.git.tips import format_names, parse_names

_LIMIT = 64 * 1024 * 1024
_SCHEMA = 2
_SCHEMAS = (1, 2)
"""The first one knew only where branches were, not their names; its marks hold until they are made anew."""


_BRANCHES = ("refs/heads/", "refs/remotes/")
_KINDS = (*_BRANCHES, "refs/tags/")


class Mark(Struct, frozen=True):
    """One repository as it was when it was marked."""

    when: datetime
    tips: tuple[str, ...]
    """Object ids of its local and remote branches."""
    names: str | None = None
    """Its branches and tags with their object ids (`tips.parse_names`); None where they were not remembered."""


class SeenMarks:
    """The marks in one file. Keys are the folders that hold a repository's refs, so its lanes share a mark."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: str | None = None
        """Why the file could not be read, as a sentence; None where it could."""
        self._marks: dict[str, Mark] | None = None
        self._made: deque[dict[str, tuple[Mark, Mark | None]]] = deque(maxlen=SEEN_STEPS)
        """What was added here, also where that was nothing: each mark with the one it took the place of. The last at
        the end."""

    def of(self, folder: Path) -> Mark | None:
        """The mark of the repository whose refs are in `folder`; None where it was never marked."""
        return self._read().get(str(folder))

    def add(
        self,
        tips: Mapping[Path, tuple[str, ...]],
        when: datetime,
        names: Mapping[Path, str | None] | None = None,
    ) -> None:
        """Mark the repositories as having `tips` (and branches and tags called `names`), and write the file (0600).

        The file is read again first: another makerhour may have written marks of its own. Raises OSError where it
        cannot be written.
        """
        self._made.append({})
        if not tips:
            return
        self._marks = None
        called = names or {}
        new = {str(folder): Mark(when, found, called.get(folder)) for folder, found in tips.items()}
        before = self._read()
        self._replace({**before, **new})
        self._made[-1] = {folder: (mark, before.get(folder)) for folder, mark in new.items()}

    def take_back(self) -> bool:
        """Undo what was added last, as far as nobody has marked the same since; False where nothing was. The file is
        written as by `add`."""
        if not self._made:
            return False
        self._marks = None
        marks = dict(self._read())
        for folder, (made, before) in self._made[-1].items():
            if marks.get(folder) != made:
                continue
            if before is None:
                del marks[folder]
            else:
                marks[folder] = before
        self._replace(marks)
        self._made.pop()
        return True

    def _replace(self, marks: dict[str, Mark]) -> None:
        if self.problem is not None:
            self._keep_aside()
        self._write(marks)
        self._marks = marks

    def _read(self) -> dict[str, Mark]:
        if self._marks is None:
            try:
                self._marks = parse_marks(read_small(self.path, _LIMIT).decode())
            except FileNotFoundError:
                self._marks = {}
            except (OSError, GitError, ValueError, RecursionError) as error:
                reason = getattr(error, "strerror", None) or "it is no list of marks"
                self.problem = f"`{self.path}` cannot be read ({reason}); it is kept aside at the next mark"
                self._marks = {}
        return self._marks

    def _keep_aside(self) -> None:
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.broken-{number}")).exists():
            number += 1
        with contextlib.suppress(FileNotFoundError):
            self.path.rename(aside)
        self.problem = None

    def _write(self, marks: Mapping[str, Mark]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = format_marks(marks)
        handle, name = tempfile.mkstemp(prefix=f".{self.path.name}.", suffix=".tmp", dir=self.path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:  # 0600, as mkstemp makes it
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def parse_marks(text: str) -> dict[str, Mark]:
    """The marks in `text`. Raises ValueError where it is not what `format_marks` writes."""
    table = json.loads(text)
    if not isinstance(table, dict) or table.get("schema") not in _SCHEMAS:
        raise ValueError("not a list of marks of this version")
    repositories = table.get("repositories")
    if not isinstance(repositories, dict):
        raise ValueError("no repositories in it")
    return {folder: _mark(entry) for folder, entry in repositories.items()}


def format_marks(marks: Mapping[str, Mark]) -> str:
    """`marks` as the file's text (JSON, ASCII: folder names may hold any bytes)."""
    repositories = {folder: _entry(mark) for folder, mark in sorted(marks.items())}
    return json.dumps({"schema": _SCHEMA, "repositories": repositories}, indent=1) + "\n"


def _entry(mark: Mark) -> dict[str, Any]:
    entry: dict[str, Any] = {"when": mark.when.isoformat(), "tips": list(mark.tips)}
    if mark.names is not None:
        refs = parse_names(mark.names)
        named = {oid for name, oid in refs.items() if name.startswith(_BRANCHES)}
        entry = {**entry, "tips": [tip for tip in mark.tips if tip not in named], "refs": refs}
    return entry


def _mark(entry: Any) -> Mark:
    if not isinstance(entry, dict):
        raise ValueError("a mark is no object")
    when, tips = entry.get("when"), entry.get("tips")
    if not isinstance(when, str) or not isinstance(tips, list):
        raise ValueError("a mark lacks `when` or `tips`")
    moment = datetime.fromisoformat(when)
    if moment.tzinfo is None:
        raise ValueError("a mark has no time zone")
    found = {tip for tip in tips if isinstance(tip, str) and _is_oid(tip)}
    refs = _refs(entry.get("refs"))
    if refs is None:
        return Mark(moment, tuple(sorted(found)))
    found.update(oid for name, oid in refs.items() if name.startswith(_BRANCHES))
    return Mark(moment, tuple(sorted(found)), format_names(refs))


def _refs(table: Any) -> dict[str, str] | None:
    """Full names and object ids; what is none is dropped: these ids become arguments of git."""
    if table is None:
        return None
    if not isinstance(table, dict):
        raise ValueError("the refs of a mark are no object")
    return {
        name: oid
        for name, oid in table.items()
        if name.startswith(_KINDS) and "\n" not in name and " " not in name and isinstance(oid, str) and _is_oid(oid)
    }


def _is_oid(text: str) -> bool:
    return len(text) in (40, 64) and all(char in "0123456789abcdef" for char in text)
