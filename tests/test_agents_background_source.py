"""Agents in the background, as real processes: they outlive who started them, and how they ended is known."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.waiting import until
from tui.domain.agents import AgentSession, Diffstat, HandOver
from tui.sources.agents_background import KEPT_DAYS, Background
from tui.sources.agents_record import RECORD, Record, late_lines, parse_record, read_records
from tui.sources.agents_run import AgentsError, Asker, runner_of, start_runner
from tui.sources.agents_runner import OUTPUT, STATUS

PATIENCE = 60.0
ROOT = Path(__file__).resolve().parent.parent
ENVIRON = {"PATH": os.environ.get("PATH", os.defpath)}


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


class Place:
    """A folder of agents, a lane for them, and the means to have one at work."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lane, self.bin = folder / "agents", folder / "la ne $(x)", folder / "bin"
        self.lane.mkdir()
        self.bin.mkdir()
        self.brief = folder / "brief.md"
        self.brief.write_text("# Voice inbox\n")
        self.stats: list[tuple[Path, str]] = []
        self.background = self.again()

    def again(self) -> Background:
        """As the next start has it."""

        def diff(path: Path, head: str) -> Diffstat:
            self.stats.append((path, head))
            return Diffstat(len(self.stats))

        return Background(self.folder, lambda: datetime.now(UTC), diff)

    @property
    def handover(self) -> HandOver:
        deadline = datetime.now(UTC) + timedelta(hours=1)
        return HandOver("b1", "Voice inbox", self.lane, "proto/voice", "a" * 40, self.brief, deadline)

    def start(self, text: str, **changes: object) -> None:
        program = script(self.bin / "agent", text)
        handover = replace(self.handover, **changes)
        self.background.start(handover, "agent", lambda brief: (str(program), "--brief", str(brief)), ENVIRON)

    def one(self, background: Background | None = None) -> AgentSession:
        (found,) = (background or self.background).read()
        assert isinstance(found, AgentSession), found
        return found

    def ended(self) -> AgentSession:
        until(lambda: self.one().state != "working")
        return self.one()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    for one in made.background.read():
        if isinstance(one, AgentSession):
            made.background.end(one.id)


def test_an_agent_gets_the_brief_in_its_lane_without_input_or_terminal_and_is_done(place: Place) -> None:
    place.start('pwd; cat "$2"; cat; tty; echo "err" >&2; echo "$@" > arguments')
    one = place.ended()
    assert (one.state, one.why, one.agent, one.item, one.title) == ("done", "", "agent", "b1", "Voice inbox")
    assert one.last_lines == (str(place.lane), "# Voice inbox", "not a tty", "err")
    assert (one.repository, one.branch, one.head, one.origin) == (place.lane, "proto/voice", "a" * 40, "background")
    assert one.since is not None
    assert one.deadline is not None
    told = (place.lane / "arguments").read_text().removeprefix("--brief ").strip()
    assert Path(told).is_relative_to(place.folder)


def test_what_is_kept_is_private_and_what_the_agent_writes_is_not_touched(place: Place) -> None:
    place.start("echo hello; touch mine")
    one = place.ended()
    folder = place.folder / one.id
    assert (place.folder.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o700, 0o700)
    assert {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()} == dict.fromkeys(
        ("alive", "brief.md", OUTPUT, RECORD, STATUS), 0o600
    )
    mask = os.umask(0)
    os.umask(mask)
    assert (place.lane / "mine").stat().st_mode & 0o777 == 0o666 & ~mask


@pytest.mark.parametrize(
    ("text", "state", "why"),
    [
        ("exit 3", "failed", "ended with status 3"),
        ("kill -9 $$", "failed", "was ended by SIGKILL"),
        ("echo 'QUESTION: which plan?'", "needs you", ""),
        ("echo 'QUESTION: which plan?'; exit 1", "failed", "ended with status 1"),
    ],
)
def test_how_it_ended_is_told(place: Place, text: str, state: str, why: str) -> None:
    place.start(text)
    one = place.ended()
    assert (one.state, one.why) == (state, why)
    assert one.question == ("which plan?" if "QUESTION" in text else "")


def test_one_that_cannot_be_run_failed_and_says_why(place: Place) -> None:
    place.bin.joinpath("odd").write_text("#!/nowhere/at/all\n")
    place.bin.joinpath("odd").chmod(0o755)
    place.background.start(place.handover, "odd", lambda _brief: (str(place.bin / "odd"),), ENVIRON)
    one = place.ended()
    assert (one.state, one.why) == ("failed", "ended with status 127")
    assert "could not be started" in one.last_lines[0]


@pytest.mark.parametrize("gone", ["brief", "lane"])
def test_nothing_stays_of_one_that_could_not_be_started(place: Place, gone: str) -> None:
    if gone == "brief":
        place.brief.unlink()
    else:
        place.lane.rmdir()
    with pytest.raises(AgentsError):
        place.start("true")
    assert list(place.background.read()) == []


def test_it_is_found_again_by_the_next_start_while_it_works_and_after(place: Place) -> None:
    place.start("echo begun; while [ ! -e stop ]; do sleep 0.02; done; echo finished")
    until(lambda: place.one().last_lines)
    later = place.again()
    one = place.one(later)
    assert (one.state, one.last_lines, one.item) == ("working", ("begun",), "b1")
    (place.lane / "stop").touch()
    until(lambda: place.one(later).state == "done")
    assert place.one(place.again()).last_lines == ("begun", "finished")


def test_it_outlives_the_process_that_started_it(place: Place, tmp_path: Path) -> None:
    program = script(place.bin / "agent", "while [ ! -e stop ]; do sleep 0.02; done; echo finished; exit 7")
    place.folder.mkdir()
    (place.folder / ("c" * 12)).mkdir()
    code = (
        "import os, sys; from pathlib import Path; from tui.sources.agents_run import start_runner;"
        "start_runner((sys.argv[1],), Path(sys.argv[2]), dict(os.environ), Path(sys.argv[3]));"
        "os.kill(os.getpid(), 9)"
    )
    kept = place.folder / ("c" * 12)
    argv = (sys.executable, "-c", code, str(program), str(place.lane), str(kept))
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert runner_of(kept) is not None
    (place.lane / "stop").touch()
    until((kept / STATUS).exists)
    until(lambda: runner_of(kept) is None)
    assert ((kept / STATUS).read_text(), (kept / OUTPUT).read_text()) == ("7\n", "finished\n")


def test_one_whose_runner_died_is_not_taken_for_working_and_not_for_done(place: Place) -> None:
    place.start("while [ ! -e stop ]; do sleep 0.02; done")
    one = place.one()
    kept = place.folder / one.id
    until(lambda: runner_of(kept))
    os.kill(runner_of(kept) or -1, signal.SIGKILL)
    (place.lane / "stop").touch()
    until(lambda: place.one().state != "working")
    assert (place.one().state, place.one().why) == ("unknown", "how it ended is not known; look into its lane")


def test_ending_it_ends_all_it_started_and_a_second_time_forgets_it(place: Place) -> None:
    place.start("sh -c 'trap \"\" TERM; echo $$ > inner; while :; do sleep 0.02; done' & echo begun; wait")
    until((place.lane / "inner").exists)
    until(lambda: (place.lane / "inner").read_text().strip())
    inner = int((place.lane / "inner").read_text())
    place.background.end(place.one().id)

    def gone() -> bool:
        try:
            os.kill(inner, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{inner}/stat")
        return state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z"

    until(gone)
    assert (place.one().state, place.one().why) == ("failed", "you ended it")
    place.background.end(place.one().id)
    assert list(place.background.read()) == []
    assert list(place.folder.iterdir()) == []


def test_one_that_is_ended_before_it_has_begun_is_ended(place: Place) -> None:
    for _ in range(8):
        place.start("exec sleep 600")
        place.background.end(place.one().id)
        until(lambda: place.one().state != "working")
        assert (place.one().state, place.one().why) == ("failed", "you ended it")
        until(lambda: runner_of(place.folder / place.one().id) is None)
        place.background.end(place.one().id)


def test_ending_what_is_not_known_ends_nothing(place: Place) -> None:
    place.start("while [ ! -e stop ]; do sleep 0.02; done")
    for id in ("../x", "0" * 12, ""):
        place.background.end(id)
    assert place.one().state == "working"


def test_output_without_end_does_not_fill_the_disk_and_its_end_is_kept(tmp_path: Path) -> None:
    program = script(tmp_path / "agent", 'i=0; while [ $i -lt 3000 ]; do echo "line $i"; i=$((i+1)); done')
    start_runner((str(program),), tmp_path, ENVIRON, tmp_path, most=10_000)
    until((tmp_path / STATUS).exists)
    output = (tmp_path / OUTPUT).read_text()
    assert len(output) < 80_000
    assert output.startswith("(what it printed before is dropped")
    assert output.endswith("line 2999\n")


def test_a_second_hand_over_of_an_item_forgets_the_one_that_ended(place: Place) -> None:
    place.start("echo first")
    until(lambda: place.ended().state == "done" and runner_of(place.folder / place.one().id) is None)
    place.start("echo second")
    assert place.ended().last_lines == ("second",)


def test_one_that_ended_long_ago_is_forgotten(place: Place) -> None:
    place.start("true")
    one = place.ended()
    until(lambda: runner_of(place.folder / one.id) is None)
    long_ago = time.time() - (KEPT_DAYS + 1) * 86400
    os.utime(place.folder / one.id / STATUS, (long_ago, long_ago))
    assert list(place.background.read()) == []


def test_what_it_changed_is_looked_at_again_once_it_has_ended_and_not_at_every_look(place: Place) -> None:
    place.start("while [ ! -e stop ]; do sleep 0.02; done")
    assert [place.one().diffstat for _ in range(3)] == [Diffstat(1)] * 3
    (place.lane / "stop").touch()
    place.ended()
    assert place.one().diffstat == Diffstat(2)
    assert place.stats == [(place.lane, "a" * 40)] * 2


def test_a_damaged_record_is_a_sentence_and_hides_no_other(place: Place) -> None:
    place.start("true")
    place.ended()
    for name, content in (("e" * 12, b"{"), ("f" * 12, b"\xff\x00"), ("d" * 12, b'{"id": 1}')):
        (place.folder / name).mkdir()
        (place.folder / name / RECORD).write_bytes(content)
    (place.folder / "not an agent").mkdir()
    (place.folder / ("9" * 12)).mkdir()
    os.mkfifo(place.folder / ("9" * 12) / RECORD)
    found = list(read_records(place.folder))
    assert sum(isinstance(one, Record) for one in found) == 1
    assert sum("is damaged" in one for one in found if isinstance(one, str)) == 3
    assert sum("not a regular file" in one for one in found if isinstance(one, str)) == 1


@pytest.mark.parametrize("text", ["", "[]", "null", '{"id": "' + "a" * 12 + '"}', "[" * 99_999])
def test_what_is_no_record_is_none(text: str) -> None:
    assert parse_record(text) is None


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\n\n b \r\nc", ("a", " b", "c")),
        ("\x1b[31mred\x1b[0m\x1b]0;title\x07 x\x1b[?25l", ("red x",)),
        ("one\rtwo\rthree", ("one", "two", "three")),
        ("\n".join("abcdefgh"), ("c", "d", "e", "f", "g", "h")),
        ("x" * 9000, ("x" * 400,)),
        ("", ()),
    ],
)
def test_the_last_lines_are_those_that_say_something(text: str, lines: tuple[str, ...]) -> None:
    assert late_lines(text) == lines


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exec sleep 600", "gave no answer within"),
        ("exit 4", "ended with status 4"),
        ("exec yes", "said more than is read"),
    ],
)
def test_a_program_that_is_asked_answers_soon_or_is_ended(tmp_path: Path, text: str, said: str) -> None:
    program = script(tmp_path / "asked", text)
    with pytest.raises(AgentsError, match=said):
        Asker(ENVIRON, lambda _name: str(program)).ask("asked", seconds=0.5 if "sleep" in text else PATIENCE)


def test_a_program_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AgentsError, match="could not be started"):
        Asker(ENVIRON, lambda _name: str(tmp_path / "none")).ask("none", seconds=5.0)
    with pytest.raises(AgentsError, match="not installed"):
        Asker(ENVIRON, lambda _name: None).ask("none", seconds=5.0)
