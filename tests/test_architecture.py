"""The fence around the house: who may import whom, what start-up may load, and where doors to the outside are."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("tui", "widgets")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
OURS = ("tui", "widgets")

DESKS: tuple[str, ...] = (
    "desk",
    "agenda_desk",
    "agents_desk",
    "build_desk",
    "evidence_desk",
    "frame_desk",
    "ground_desk",
    "launch_desk",
)
DESKS += ("ending_desk", "keys_desk", "landing_desk", "lane_desk", "ledger_desk")
DESKS += ("look_desk", "palette_desk", "seen_desk", "session_desk")
DESKS += ("settings_desk", "share_desk", "sync_desk", "typing_desk")
"""The parts the app is made of, each for one thing."""
DESK: tuple[str, ...] = (
    "tui.domain",
    "tui.messages",
    "tui.engine",
    "tui.launcher",
    "tui.journal",
    "tui.part",
    "tui.settings",
    "tui.screens",
)
DESK += (*(f"tui.{desk}" for desk in DESKS), "widgets", "textual")
CONFIGURATION = ("tui.config", "tui.calendar_settings", "tui.launch_settings")
SERVING = ("aiohttp", "textual_serve")
COMPLETING = ("shtab",)
# Layer → what its modules may import at all (first matching prefix of the module's dotted name decides).
LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("tui.domain", ("tui.domain",)),
    (
        "tui.sources",
        (
            "tui.domain",
            "tui.sources",
            *CONFIGURATION,
            "tui.checking",
            "tui.paths",
            "tui.__version__",
            "git",
            "icalendar",
            "dateutil",
        ),
    ),
    ("tui.refresh", ()),
    ("tui.config", ("tui.domain", "tui.checking", "tui.calendar_settings", "tui.launch_settings")),
    ("tui.launch_settings", ("tui.checking", "tui.domain")),
    ("tui.calendar_settings", ("tui.checking", "tui.domain")),
    ("tui.checking", ()),
    ("tui.paths", ("platformdirs",)),
    ("tui.meanings", ()),
    ("tui.messages", ("tui.domain", "tui.settings", "widgets.posted", "textual.message")),
    ("tui.engine", ("tui.domain", "tui.refresh", "tui.launcher", "textual.message")),
    ("tui.launcher", ("tui.domain", "tui.lent_terminal")),
    ("tui.lent_terminal", ()),
    ("tui.themes", ("textual",)),
    ("tui.background", ("textual",)),
    ("tui.terminal", ("tui.title", "tui.background", "tui.terminal_driver", "textual")),
    ("tui.terminal_driver", ("tui.terminal", "tui.last_frame", "textual")),
    ("tui.last_frame", ("tui.__version__", "tui.paths", "tui.sources.whole_file")),
    ("tui.toasts", ()),
    ("tui.title", ("tui.domain", "rich")),
    ("tui.settings", ("tui.domain",)),
    ("tui.journal", ("tui.domain", "tui.engine")),
    ("tui.asked", ("tui.domain",)),
    ("tui.answers", ("tui.domain",)),
    ("tui.reminders", ("tui.domain", "tui.launcher", "tui.refresh")),
    ("tui.tending", ("tui.domain", "tui.launcher", "tui.sources.ledger")),
    ("tui.launch_desk", (*DESK, "tui.lent_terminal")),
    ("tui.look_desk", (*DESK, "tui.background", "tui.themes")),
    ("tui.palette_desk", (*DESK, "tui.late")),
    *((f"tui.{desk}", DESK) for desk in DESKS),
    ("tui.part", ("textual",)),
    ("tui.late", ("textual",)),
    ("tui.plain", ("tui.domain",)),
    ("tui.serve", ("tui.serve", "textual", *SERVING)),
    ("tui.completions", ("tui.arguments", *COMPLETING)),
    ("tui.printing", ("tui.domain",)),
    (
        "tui.screens",
        ("tui.domain", "tui.messages", "tui.screens", "tui.settings", "widgets", "textual", "rich"),
    ),
    (
        "tui.app",
        (
            "tui.domain",
            "tui.messages",
            "tui.engine",
            "tui.screens",
            "tui.background",
            "tui.themes",
            "tui.title",
            "tui.toasts",
            "tui.refresh",
            "tui.settings",
            "tui.journal",
            "tui.asked",
            *(f"tui.{desk}" for desk in DESKS),
            "widgets",
            "textual",
        ),
    ),
    ("tui.demo", ("tui.demo", "tui.domain", "tui.config", "tomli_w")),
    ("widgets", ("widgets", "tui.domain", "textual", "rich")),
)
LIBRARIES: tuple[str, ...] = ("textual", "rich", "git", "icalendar", "recurring_ical_events", "dateutil", "tomli_w")
LIBRARIES += ("platformdirs", "tzlocal", "filelock", "watchfiles", "httpx")
VALUES = "msgspec"
"""What every layer's values are made of; see `tui.domain.values`."""
SOURCE_LIBRARIES = (*LIBRARIES[2:],)
LIBRARIES += (*SERVING, *COMPLETING)
PROCESS_DOORS: tuple[str, ...] = ("tui/sources/git/run.py", "tui/sources/aside.py", "tui/launcher.py")
PROCESS_DOORS += ("tui/demo/build.py", "tui/sources/calendars/web_address.py")
PROCESS_DOORS += ("tui/sources/agents_run.py", "tui/sources/agents_runner.py", "tui/serve/tabs.py")
CLOCK_DOORS = ("tui/__main__.py", "tui/gitworker.py", "tui/agendaworker.py")


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "absolute imports only"
            yield node.module or "", node
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node


def top_level_imports(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield from (name for name, _ in imports(ast.Module(body=[statement], type_ignores=[])))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_imports_only_what_its_layer_may(path: Path) -> None:
    name = name_of(path)
    allowed = next((allowed for prefix, allowed in LAYERS if f"{name}.".startswith(f"{prefix}.")), None)
    if allowed is None:
        assert name in {
            "tui",
            "tui.__main__",
            "tui.arguments",
            "tui.cli",
            "tui.commands",
            "tui.bootstrap",
            "tui.gitworker",
            "tui.agendaworker",
            "tui.voice",
            "tui.live",
            "tui.live_agents",
            "tui.live_lanes",
            "tui.live_ledger",
            "tui.live_settings",
            "tui.live_sources",
            "tui.in_force",
            "tui.settings_known",
            "tui.programs",
            "tui.editing",
            "tui.shell",
            "tui.checkup",
            "tui.first_config",
            "tui.backlog_commands",
        }, f"{name} has no layer"
        return
    if name.startswith("tui.sources"):
        allowed += SOURCE_LIBRARIES
    for imported, node in imports(ast.parse(path.read_text())):
        first = imported.split(".")[0]
        if first in OURS or first in LIBRARIES:
            fits = any(f"{imported}.".startswith(f"{prefix}.") for prefix in allowed)
            known_parent = any(prefix.startswith(f"{imported}.") for prefix in allowed)
            assert fits or known_parent, f"{path}:{node.lineno} imports {imported}"
        elif name.startswith("tui.domain") or name == "tui.refresh":
            assert first in {*sys.stdlib_module_names, VALUES}, f"{path}:{node.lineno} imports {imported}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_heavy_libraries_are_imported_where_they_are_needed(path: Path) -> None:
    for imported in top_level_imports(ast.parse(path.read_text())):
        assert imported.split(".")[0] not in SOURCE_LIBRARIES, f"{path} imports {imported} at module level"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_doors_to_the_outside_are_where_they_belong(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    tree = ast.parse(path.read_text())
    for call, node in calls(tree):
        where = f"{place}:{node.lineno}: {call}"
        assert call not in {"os.system", "os.popen", "os.walk", "eval", "exec", "Repo", "git.Repo"}, where
        assert not call.endswith(".rglob"), where
        assert not any(keyword.arg == "shell" for keyword in node.keywords), where
        if call.startswith(("subprocess.", "asyncio.create_subprocess", "os.spawn", "os.exec")):
            assert place in PROCESS_DOORS, where
        if call in {"datetime.now", "datetime.today", "date.today", "time.time"}:
            assert place in CLOCK_DOORS, where
        if place.startswith("widgets/"):
            assert call not in {"open", "print"}, where
            assert not call.startswith(("os.", "socket.")), where
    if place.startswith(("widgets/", "tui/domain/")):
        stems = {imported.split(".")[0] for imported, _ in imports(tree)}
        assert not stems & {"os", "subprocess", "socket", "shutil", "threading", "tempfile", "urllib"}, place


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), path


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[-2] in ("widgets", "screens")], ids=name_of)
def test_foreign_text_never_becomes_markup(path: Path) -> None:
    """Textual reads markup in a plain `str`: what is shown is Content, or markup is off."""
    text_widgets = {"Static", "Label", "Button"}
    for call, node in calls(ast.parse(path.read_text())):
        where = f"{path}:{node.lineno}: {call}"
        if call in text_widgets or call.endswith(".update"):
            for argument in node.args[:1]:
                assert "Content" in ast.unparse(argument), where
        if call.endswith("notify"):
            assert any(keyword.arg == "markup" for keyword in node.keywords) or call == "super().notify", where
    for statement in ast.walk(ast.parse(path.read_text())):
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Attribute) and target.attr in {
                    "border_title",
                    "border_subtitle",
                    "tooltip",
                }:
                    assert ast.unparse(statement.value).startswith("Content("), f"{path}:{statement.lineno}"


# What becomes a value of the backlog again, or is typed: it is made safe, and keeps its names.
REAL_TEXT = ("widgets/seen.py", "widgets/text_line.py", "widgets/agenda.py", "tui/screens/asking.py")


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[-2] in ("widgets", "screens")], ids=name_of)
def test_text_reaches_the_screen_through_the_gate_that_hides_names(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    if place not in REAL_TEXT:
        assert "safe_text" not in {imported.split(".")[-1] for imported, _ in imports(ast.parse(path.read_text()))}, (
            place
        )


def test_rooms_stay_small() -> None:
    long = {name_of(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: lines for name, lines in long.items() if lines > 360} == {}


def modules_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print('\\n'.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=99, check=True)
    return {name.split(".")[0] for name in run.stdout.split()}


def test_the_domain_loads_nothing_but_the_standard_library_and_what_values_are_made_of() -> None:
    modules = "; ".join(f"import {name_of(path)}" for path in MODULES if "domain" in path.parts)
    assert not modules_after(modules) & set(LIBRARIES)


def test_commands_do_not_load_the_screen() -> None:
    assert not modules_after("import tui.__main__, tui.cli, tui.bootstrap") & {
        "textual",
        "rich",
        "git",
        "icalendar",
        "aiohttp",
        "textual_serve",
        "shtab",
    }


def test_nothing_listens_but_the_server() -> None:
    """Whoever looks for what can be reached from outside finds it in one place."""
    for path in MODULES:
        calls_here = {call for call, _ in calls(ast.parse(path.read_text()))}
        listens = {
            call for call in calls_here if call.endswith((".listen", "create_server", ".bind", ".serve_forever"))
        }
        assert not listens or path.relative_to(ROOT).as_posix() == "tui/serve/server.py", (path, listens)


def test_the_app_loads_no_source_library() -> None:
    assert not modules_after("import tui.app") & {
        "git",
        "icalendar",
        "recurring_ical_events",
        "tomli_w",
        "watchfiles",
    }


def test_sources_load_their_libraries_when_they_read() -> None:
    modules = "; ".join(f"import {name_of(path)}" for path in MODULES if "sources" in path.parts)
    assert not modules_after(modules) & {*SOURCE_LIBRARIES, "textual"}


def test_nothing_shadows_the_packages() -> None:
    assert not any((ROOT / "tests" / name).exists() for name in PACKAGES)
