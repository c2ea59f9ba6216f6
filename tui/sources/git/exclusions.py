"""Which folders are never entered, in a search or by a watch: by name, or by the person's own patterns. No I/O."""

import os
import re
from collections.abc import Callable, Iterable
from fnmatch import translate
from pathlib import Path

SKIPPED = frozenset(
    (
        ".git",
        ".hg",
        ".svn",
        ".cache",
        ".cargo",
        ".claude",
        ".codex",
        ".cursor",
        ".gradle",
        ".local",
        ".m2",
        ".mypy_cache",
        ".nox",
        ".npm",
        ".pytest_cache",
        ".ruff_cache",
        ".rustup",
        ".terraform",
        ".tox",
        ".Trash",
        ".venv",
        "__pycache__",
        "bower_components",
        "node_modules",
        "site-packages",
        "venv",
    )
)
"""Folders never entered: caches, installed packages, and where agents keep work trees of their own."""

Excluded = Callable[[str, str], bool]
"""Whether a folder is left out, by its name and its whole path."""


def exclusions(written: Iterable[str]) -> Excluded:
    """The rule for `[repositories] exclude` beside `SKIPPED`: folder names, or path patterns (`fnmatch`).

    A plain name costs one look into a set; only real patterns cost a match for each folder.
    """
    plain = set(SKIPPED)
    names: list[str] = []
    paths: list[str] = []
    for one in written:
        pattern = os.path.expanduser(one).rstrip("/")  # noqa: PTH111 - patterns are no paths
        if "/" in pattern:
            paths.append(pattern if pattern.startswith(("/", "*")) else f"*/{pattern}")
        elif any(mark in pattern for mark in "*?["):
            names.append(pattern)
        else:
            plain.add(pattern)
    skipped = frozenset(plain)
    name_rule = re.compile("|".join(map(translate, names))) if names else None
    path_rule = re.compile("|".join(map(translate, paths))) if paths else None

    def excluded(name: str, path: str) -> bool:
        return (
            name in skipped
            or (name_rule is not None and name_rule.match(name) is not None)
            or (path_rule is not None and path_rule.match(path) is not None)
        )

    return excluded


def excluded_below(excluded: Excluded, main: Path, tree: Path) -> bool:
    """Whether `tree` lies in a folder that is left out, counted from what it shares with `main`."""
    shared = Path(os.path.commonpath((main, tree)))
    parts = [tree, *tree.parents]
    return any(excluded(part.name, str(part)) for part in parts if part != shared and part.is_relative_to(shared))
