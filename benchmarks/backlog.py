"""The backlog of 10,000 and 100,000 items: keys to the changed screen against a bare Textual app's list, and opening,
saving and commands against a plain tomllib.loads and tomli_w.dumps of the same file."""

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks import places, report
from benchmarks.pty_run import PtyRun
from benchmarks.spending import Spent, spent_on
from tui.domain.backlog import Item, State
from tui.sources.backlog_file import Contents, format_contents

SIZES = (10_000, 100_000)
MOVES = 20
VERDICTS = 3
MOVES_WHILE_SAVING = 6
CARDS = 8
PAUSE_SECONDS = 0.12
"""Between keys: a person who types fast."""
WORDS = ("usage", "caps", "limiter", "billing", "cache", "index", "agent", "review", "lane", "slide", "debt", "merge")
FILTERS = ("usage", "cache lane", "debt 77", "zzz")
STORE = """
import json, sys, time
from msgspec.structs import replace
from datetime import datetime, timezone
from pathlib import Path
from tui.domain.changes import Change
from tui.sources.backlog import BacklogStore
import filelock, tomli_w, tomllib
def timed(act):
    before = time.process_time()
    result = act()
    return (time.process_time() - before) * 1000, result
path = Path(sys.argv[1])
text = path.read_text()
figures = {}
figures["tomllib.loads"], table = timed(lambda: tomllib.loads(text))
figures["tomli_w.dumps"], _ = timed(lambda: tomli_w.dumps(table))
del table
store = BacklogStore(path, lambda: datetime.now(timezone.utc))
figures["opening"], backlog = timed(store.read)
item = backlog.items[len(backlog.items) // 2]
changed = replace(item, impact=1 if item.impact == 5 else 5)
figures["saving a change, the first"], _ = timed(lambda: store.change([Change(item, changed)]))
figures["saving a change"], _ = timed(lambda: store.change([Change(changed, item)]))
path.write_text(text.replace("caps", "Caps", 1))
figures["reading an edit from outside"], _ = timed(store.read)
path.write_text(text)
print(json.dumps(figures))
"""
FLOORS = {"saving a change, the first": "tomli_w.dumps", "saving a change": "tomli_w.dumps"}
"""What a figure of the store is held against; without one against `tomllib.loads`."""


def run(rounds: int) -> None:
    """Alternate the contestants; the first round is discarded."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        (home / "none").mkdir()
        for size in SIZES:
            path = home / f"{size}.toml"
            path.write_bytes(format_contents(Contents(tuple(made_items(size)))))
            print(f"\na backlog of {size} items in {path.stat().st_size / 1e6:.1f} MB, {rounds} rounds")
            stores(home, path, rounds)
            commands(home, path, rounds)
            keys(home, path, rounds)


def made_items(number: int) -> Iterator[Item]:
    """Items as they might be after years: a third in the inbox, a third to build."""
    chance, now = random.Random(number), datetime.now(UTC).replace(microsecond=0)
    states: tuple[State, ...] = (
        "inbox",
        "inbox",
        "inbox",
        "build",
        "build",
        "build",
        "delegated",
        "later",
        "dropped",
        "done",
    )
    for place in range(number):
        state = chance.choice(states)
        yield Item(
            f"i{place:07}",
            f"{' '.join(chance.choices(WORDS, k=5))} {place}",
            state,
            why=" ".join(chance.choices(WORDS, k=8)) if place % 3 == 0 else "",
            estimate=chance.choice((None, 15, 45, 90, 240)),
            impact=chance.choice((None, 1, 3, 5)),
            edge=chance.choice((None, 2, 4)),
            theme=chance.choice(("", "growth", "trust")),
            repo=chance.choice(("", "billing", "pricing", "core")),
            person="Ana" if state == "delegated" else "",
            until=date(2099, 5, 1) + timedelta(place % 50) if state == "later" else None,
            created=now - timedelta(minutes=number - place),
            decided=None if state == "inbox" else now - timedelta(minutes=(number - place) // 2),
        )


def stores(home: Path, path: Path, rounds: int) -> None:
    """What the store spends of the processor, against the plain libraries in the same process."""
    found: dict[str, list[float]] = {}
    for number in range(rounds + 1):
        with tempfile.TemporaryFile("w+") as out:
            spent_on([sys.executable, "-c", STORE, str(path)], places.environment(home), out=out)
            out.seek(0)
            for name, value in json.load(out).items() if number else ():
                found.setdefault(name, []).append(value)
    for name, figures in found.items():
        floor = None if name.startswith("tomli") else found[FLOORS.get(name, "tomllib.loads")]
        report.line(f"{name}, cpu", figures, floor=floor)


def commands(home: Path, path: Path, rounds: int) -> None:
    """What the commands spend of the processor, start of the program included."""
    command = [*places.dashboard(_config(home, path))]
    content = path.read_bytes()
    found: dict[str, list[Spent]] = {}
    for number in range(rounds + 1):
        for what in (["backlog", "--json"], ["add", "an idea from the benchmark"]):
            spent = spent_on([*command, *what], places.environment(home))
            if number:
                found.setdefault(f"makerhour {' '.join(what[:2])[:14]}", []).append(spent)
        path.write_bytes(content)
    for name, figures in found.items():
        report.line(f"{name}, cpu", [spent.cpu * 1000 for spent in figures])


def keys(home: Path, path: Path, rounds: int) -> None:
    """Milliseconds from keys to the screen. A new kind of key gets a function of its own here."""
    command, environ = [*places.dashboard(_config(home, path))], places.environment(home)
    found: dict[str, list[float]] = {}
    with PtyRun([sys.executable, "-c", places.BARE_LIST], environ) as bare, PtyRun(command, environ) as ours:
        bare.wait_for(b"row number 0010")
        ours.wait_for(b"to triage")
        ours.rest()
        ours.send(b"3")
        ours.rest()
        kinds: dict[str, Callable[[], Iterator[tuple[str, float]]]] = {
            "bare": lambda: moves(bare, "j, a bare app's list"),
            "moves": lambda: moves(ours, "j, k"),
            "filter": lambda: filters(ours),
            "verdicts": lambda: verdicts(ours),
            "deck": lambda: deck(ours),
        }
        for number in range(rounds + 1):
            for kind in kinds.values():
                for name, value in kind():
                    if number:
                        found.setdefault(name, []).append(value)
    for name, figures in found.items():
        report.line(name, figures)
        print(f"{'':<44} p99    {report.percentile(figures, 0.99):8.1f} ms  of {len(figures)}")


def moves(program: PtyRun, name: str) -> Iterator[tuple[str, float]]:
    """From `j` and `k` to the first byte of what they change."""
    for number in range(MOVES):
        yield name, pressed(program, b"j" if number % MOVES < MOVES // 2 else b"k", b"\x1b")


def filters(program: PtyRun) -> Iterator[tuple[str, float]]:
    """From each letter typed into the filter to the frame that says how many items are left."""
    for words in FILTERS:
        program.send(b"/")
        program.rest(PAUSE_SECONDS)
        for number in range(len(words)):
            typed = words[: number + 1]
            waited = pressed(program, typed[-1:].encode(), f"/{typed}".encode())
            yield "a letter of the filter", waited
        program.send(b"\x1b")
        program.rest(2 * PAUSE_SECONDS)


def verdicts(program: PtyRun) -> Iterator[tuple[str, float]]:
    """From `b` on an item of the inbox to the frame that says it left, keys while that is saved, and all undone."""
    for _ in range(VERDICTS):
        program.send(b"g")
        program.rest(PAUSE_SECONDS)
        yield "b, a verdict", pressed(program, b"b", b"to triage")
        for _ in range(MOVES_WHILE_SAVING):
            yield "j while it is saved", pressed(program, b"j", b"\x1b")
    for _ in range(VERDICTS):
        yield "u, a verdict undone", pressed(program, b"u", b"to triage")
        program.rest(PAUSE_SECONDS)


def deck(program: PtyRun) -> Iterator[tuple[str, float]]:
    """From keys of the triage deck to the frame that shows the next card, the rating, or the card before."""
    before = program.mark()
    program.send(b"i")
    program.wait_for(b"TRIAGE", before)
    program.rest()
    for place in range(1, CARDS + 1):
        yield "a digit in the deck", pressed(program, b"4", "●●●●".encode())
        yield "b, a verdict in the deck", pressed(program, b"b", f" {place + 1} of ".encode())
    for place in range(CARDS, 0, -1):
        yield "u, the card before", pressed(program, b"u", f" {place} of ".encode())
        yield "u, a rating undone", pressed(program, b"u", "·····".encode())
    before = program.mark()
    program.send(b"\x1b")
    program.wait_for(b"to triage", before)
    program.rest()


def pressed(program: PtyRun, key: bytes, shown: bytes) -> float:
    """Milliseconds from `key` to `shown`, and a pause after it."""
    before, began = program.mark(), time.perf_counter()
    program.send(key)
    took = (program.wait_for(shown, before) - began) * 1000
    time.sleep(PAUSE_SECONDS)
    return took


def _config(home: Path, path: Path) -> Path:
    config = home / "config.toml"
    config.write_text(f"[repositories]\nroots = ['{home / 'none'}']\n[backlog]\npath = '{path}'\n")
    return config
