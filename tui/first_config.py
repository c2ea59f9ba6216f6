"""`makerhour init`: a first configuration from what is found, at most three questions, never over an existing one.

What is found and what is written is the same as in the dashboard's guided start; here it is asked line by line.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from tui import paths
from tui.checking import ConfigError
from tui.domain.beginning import Beginning, FoundCalendar
from tui.plain import counted
from tui.sources.calendar_places import find_calendars
from tui.sources.examining import examine_place
from tui.sources.first_file import already_there, write_first_file
from tui.sources.surroundings import candidates
from tui.sources.whole_file import WholeFileError

Ask = Callable[[str], str]
Say = Callable[[str], object]


def write_first_config(path: Path, ask: Ask | None, say: Say) -> int:
    """Write the configuration to `path` and say so. Without `ask` nothing is asked. The exit code."""
    if os.path.lexists(path):
        say(already_there(path))
        return 1
    usual = paths.usual_roots()
    roots = [paths.display(root) for root in candidates(usual) if root in usual or paths.has_clones(root)]
    roots = roots or [paths.display(Path.cwd())]
    found, remarks = find_calendars(Path.home())
    calendars = [calendar for calendar in found if calendar.wanted]
    me = ""
    if ask is not None:
        for remark in remarks:
            say(remark)
        try:
            roots = _listed(ask(f"folders with repositories [{', '.join(roots)}]: ")) or roots
            shown = ", ".join(calendar.shown for calendar in calendars) or "none"
            calendars = _named(_listed(ask(f"calendar files, folders or addresses [{shown}]: "))) or calendars
            me = ask("your e-mail address in invitations [none]: ").strip()
        except EOFError:
            say("")
    try:
        write_first_file(path, Beginning(tuple(roots), tuple(calendars), (me,) if me else ()))
    except (WholeFileError, ConfigError) as problem:
        say(str(problem))
        return 1
    say(f"wrote `{path}`")
    say(f"repositories under {', '.join(roots)}; {counted(len(calendars), 'calendar')}")
    say("`makerhour check` says what works; `makerhour` shows it")
    return 0


def _named(texts: Iterable[str]) -> list[FoundCalendar]:
    """Calendars as the person named them; one that is not there yet is taken as it is written."""
    named = []
    for text in texts:
        calendar = examine_place("calendar", text).calendar
        named.append(calendar or FoundCalendar(text, text))
    return named


def _listed(answer: str) -> list[str]:
    return [part.strip() for part in answer.split(",") if part.strip()]
