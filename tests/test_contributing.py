"""CONTRIBUTING.md names only what is there: files, make targets, tests, and what stands in the modules it points to."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.test_architecture import MODULES

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
PROSE = re.sub(r"^```.*?^```", "", TEXT, flags=re.DOTALL | re.MULTILINE)
SPANS = sorted({" ".join(span.split()) for span in re.findall(r"`([^`]+)`", PROSE)})
ENDS = (".py", ".md", ".toml", ".tcss")
PLACES = [span for span in SPANS if "/" in span or span.endswith(ENDS)]
TARGETS = sorted(set(re.findall(r"\bmake ([a-z]+)(?=[`\s])", TEXT)))
NAMES = [span for span in SPANS if span not in PLACES and re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?", span)]
OF_OTHERS = {"Binding", "Content", "git.Repo", "os.walk", "packages", "repr"}
"""Names of Python, of libraries, and of pyproject.toml."""
OPEN = {"_app", "_domain", "_live", "_source", "_terminal"}
"""What names of test files end with."""


@cache
def known() -> frozenset[str]:
    """What modules, tests included, define: functions, classes, fields, values; with `Owner.` where they have one."""
    return frozenset(
        name for path in (*MODULES, *(ROOT / "tests").glob("*.py")) for name in defined(ast.parse(path.read_text()), "")
    )


def defined(owner: ast.Module | ast.ClassDef, before: str) -> Iterator[str]:
    for node in owner.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield from (name, before + name)
            case ast.ClassDef(name=name):
                yield from (name, before + name)
                yield from defined(node, f"{name}.")
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield from (name, before + name)
            case ast.If(body=body):
                yield from defined(ast.Module(body, []), before)


def test_it_names_enough_to_be_tested() -> None:
    assert len(PLACES) > 40
    assert len(NAMES) > 40
    assert len(TARGETS) > 5


@pytest.mark.parametrize("place", PLACES)
def test_every_file_it_names_is_there(place: str) -> None:
    assert list(ROOT.glob(place.rstrip("/"))), place
    assert not place.endswith("/") or (ROOT / place).is_dir(), place


@pytest.mark.parametrize("target", TARGETS)
def test_every_make_target_it_names_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), target


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OF_OTHERS | OPEN])
def test_every_name_it_tells_is_defined(name: str) -> None:
    assert name in known(), name
