"""The demo, built for real: what git says of its repositories, what its calendars and backlog hold."""

import os
import subprocess
import sys
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tui.config import Config, parse_config, read_config
from tui.demo.agenda import DAYS_AFTER, team_calendar, work_calendar, working_hours
from tui.demo.build import DemoError, build_demo
from tui.demo.ideas import IDEAS
from tui.demo.story import FLEET, ME_ADDRESS
from tui.domain.agenda import Agenda, Busy, CalendarState, Meeting
from tui.domain.backlog import STATES, Item
from tui.domain.fitting import now_line
from tui.domain.planning import blocks

ROOT = Path(__file__).parent.parent
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 10, 12, 30, tzinfo=BERLIN)

HOSTILE_GITCONFIG = """\
[commit]
    gpgsign = true
[gpg]
    program = /nonexistent
[core]
    hooksPath = {hooks}
    excludesFile = {exclude}
[init]
    defaultBranch = trunk
[rebase]
    autoStash = true
[merge]
    ff = only
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    build_demo(folder, NOW)
    return folder


def git(folder: Path, *args: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOME": str(folder),
        "LC_ALL": "C",
    }
    done = subprocess.run(
        ["git", "-C", str(folder), *args],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def states(repo: Path) -> Counter[str]:
    """How many paths `git status` shows with each pair of letters."""
    return Counter(line[:2] for line in git(repo, "status", "--porcelain").splitlines())


def ahead_and_behind(repo: Path) -> tuple[int, int]:
    ahead, behind = git(repo, "rev-list", "--left-right", "--count", "HEAD...@{upstream}").split()
    return int(ahead), int(behind)


class TestRepositories:
    def test_what_there_is(self, demo: Path) -> None:
        found = sorted(path.name for path in (demo / "code").iterdir())
        lanes = {f"{story.name}-{lane.slug}" for story in FLEET for lane in story.lanes}
        assert set(found) == {story.name for story in FLEET} | lanes
        assert len(FLEET) == 10
        assert len(lanes) == 2

    @pytest.mark.parametrize(
        ("name", "wanted"),
        [
            ("billing", (0, 2)),
            ("voicebox", (2, 0)),
            ("intake", (0, 0)),
            ("pricing-model", (3, 0)),
            ("mobile-app", (1, 2)),
            ("data-exports", (0, 0)),
        ],
    )
    def test_ahead_and_behind(self, demo: Path, name: str, wanted: tuple[int, int]) -> None:
        assert ahead_and_behind(demo / "code" / name) == wanted

    @pytest.mark.parametrize(
        ("name", "wanted"),
        [
            ("billing", {}),
            ("billing-invoice-preview", {" M": 1}),
            ("ledger-api", {"UU": 1, "A ": 1}),
            ("voicebox", {" M": 2, "??": 2}),
            ("voicebox-voice-inbox", {}),
            ("intake", {}),
            ("pricing-model", {}),
            ("edge-router", {}),
            ("mobile-app", {}),
            ("data-exports", {}),
            ("infra", {" M": 1}),
            ("agent-evals", {"??": 2}),
        ],
    )
    def test_uncommitted(self, demo: Path, name: str, wanted: dict[str, int]) -> None:
        assert states(demo / "code" / name) == wanted

    def test_merge_with_a_conflict(self, demo: Path) -> None:
        repo = demo / "code" / "ledger-api"
        assert git(repo, "rev-parse", "MERGE_HEAD") == git(repo, "rev-parse", "origin/main")
        assert "<<<<<<<" in (repo / "ledger" / "posting.py").read_text()

    def test_rebase_under_way_can_go_on(self, tmp_path: Path) -> None:
        build_demo(tmp_path / "demo", NOW)
        repo = tmp_path / "demo" / "code" / "edge-router"
        assert (repo / ".git" / "rebase-merge" / "msgnum").read_text().strip() == "2"
        assert git(repo, "branch", "--show-current") == ""
        git(repo, "rebase", "--continue")
        assert git(repo, "branch", "--show-current").strip() == "feat/retry-budget"
        assert git(repo, "rev-list", "--count", "origin/main..HEAD").strip() == "3"

    def test_stash_detached_unborn_stale(self, demo: Path) -> None:
        code = demo / "code"
        assert "try 24 kHz" in git(code / "voicebox", "stash", "list")
        assert git(code / "infra", "describe", "--tags", "--exact-match").strip() == "v2.3"
        assert git(code / "infra", "branch", "--show-current") == ""
        assert git(code / "agent-evals", "symbolic-ref", "HEAD").strip() == "refs/heads/main"
        assert git(code / "agent-evals", "for-each-ref") == ""
        when = int(git(code / "data-exports", "log", "-1", "--format=%ct"))
        assert (NOW - datetime.fromtimestamp(when, UTC)).days == 265

    def test_lanes(self, demo: Path) -> None:
        for story in FLEET:
            for lane in story.lanes:
                path = demo / "code" / f"{story.name}-{lane.slug}"
                assert (path / ".git").is_file()
                assert git(path, "branch", "--show-current").strip() == f"proto/{lane.slug}"
                assert (path / "PROTOTYPE.md").read_text().startswith("# ")

    def test_remotes_are_real(self, tmp_path: Path) -> None:
        build_demo(tmp_path / "demo", NOW)
        for story in FLEET:
            if not story.tracks:
                continue
            repo = tmp_path / "demo" / "code" / story.name
            git(tmp_path / "demo" / "remotes" / f"{story.name}.git", "fsck", "--strict")
            git(repo, "fsck", "--strict")
            known = git(repo, "for-each-ref", "refs/remotes")
            git(repo, "fetch", "--prune")
            assert git(repo, "for-each-ref", "refs/remotes") == known
        repo = tmp_path / "demo" / "code" / "voicebox"
        git(repo, "push")
        assert ahead_and_behind(repo) == (0, 0)

    def test_many_hands_and_nothing_in_the_future(self, demo: Path) -> None:
        told = [
            line.split("\t")
            for story in FLEET
            if story.lines
            for line in git(demo / "code" / story.name, "log", "--all", "--format=%an%x09%ct%x09%s").splitlines()
        ]
        assert len({author for author, _, _ in told}) == 9
        assert all(int(when) <= NOW.timestamp() for _, when, _ in told)
        assert all(subject.strip() for _, _, subject in told)

    def test_the_person_can_commit_without_an_identity_of_their_own(self, tmp_path: Path) -> None:
        build_demo(tmp_path / "demo", NOW)
        repo = tmp_path / "demo" / "code" / "billing-invoice-preview"
        git(repo, "commit", "-q", "-a", "-m", "Word it as the customer does")
        assert git(repo, "log", "-1", "--format=%ae").strip() == ME_ADDRESS


class TestFiles:
    def test_configuration(self, demo: Path) -> None:
        config = read_config(demo / "config.toml", required=True)
        assert config.repositories.roots == (str(demo / "code"),)
        assert config.agenda.me == (ME_ADDRESS,)
        assert [(one.name, one.busy) for one in config.calendars] == [
            ("Work", True),
            ("Team", False),
            ("Focus", True),
        ]
        assert [Path(one.path).is_file() for one in config.calendars] == [True, True, False]
        assert config.agenda.hold_folder == config.calendars[2].path
        assert list(Path(config.agenda.hold_folder).iterdir()) == []
        assert Path(config.backlog.path) == demo / "backlog.toml"

    def test_backlog(self, demo: Path) -> None:
        text = (demo / "backlog.toml").read_text(encoding="utf-8")
        assert text.startswith("# ")
        table = tomllib.loads(text)
        assert table["schema"] == 1
        items = table["items"]
        assert len(items) == len(IDEAS) == len({item["id"] for item in items})
        assert {item["state"] for item in items} == set(STATES)
        names = {story.name for story in FLEET}
        for item in items:
            Item(**item)  # only known fields
            assert item["created"].utcoffset() is not None
            assert item["created"] < NOW
            assert item.get("repo", "billing") in names
            assert ("person" in item) == (item["state"] == "delegated")
            assert ("until" in item) == (item["state"] == "later")
            assert ("done" in item) == (item["state"] == "done")
            assert "" not in item.values()
            if "until" in item:
                assert type(item["until"]) is date
                assert item["until"] > NOW.date()

    def test_calendars(self, demo: Path) -> None:
        raw = (demo / "calendars" / "work.ics").read_bytes()
        assert raw == work_calendar(NOW).encode()
        assert (demo / "calendars" / "team.ics").read_bytes() == team_calendar(NOW).encode()
        assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
        today = [one for one in meetings_of(raw.decode(), NOW) if one.start.date() == NOW.date()]
        firm = [one for one in today if one.busy == "busy"]
        assert any(one.end <= NOW for one in firm)
        assert any(one.busy == "tentative" for one in today)
        assert any(one.busy == "free" for one in today)  # declined
        assert any(a.start < b.start < a.end for a in firm for b in firm)  # a conflict
        assert any(a.end == b.start for a in today for b in today if a.busy != "free" != b.busy)  # back to back
        assert b"TZID=America/New_York" in raw
        assert b"DESCRIPTION:" in raw
        assert any(one.join_url for one in firm if one.start > NOW)
        assert "DTSTART;VALUE=DATE:20261124" in team_calendar(NOW)


def meetings_of(text: str, now: datetime) -> tuple[Meeting, ...]:
    """The timed meetings of `text`, as far as the demo's own simple form needs."""
    found = []
    for block in text.replace("\r\n ", "").split("BEGIN:VEVENT\r\n")[1:]:
        lines = [line.partition(":") for line in block.splitlines()]
        values = {name: value for name, _, value in lines}
        answer = next(name for name, _, value in lines if value == f"mailto:{ME_ADDRESS}" and "PARTSTAT" in name)
        kinds: dict[str, Busy] = {"ACCEPTED": "busy", "NEEDS-ACTION": "tentative", "DECLINED": "free"}
        start, end = (moment_of(values, name).astimezone(now.tzinfo) for name in ("DTSTART", "DTEND"))
        link = values.get("CONFERENCE;VALUE=URI;FEATURE=VIDEO")
        kind = kinds[answer.rpartition("PARTSTAT=")[2]]
        found.append(Meeting(start, end, values["SUMMARY"], "Work", busy=kind, join_url=link))
    return tuple(found)


def moment_of(values: dict[str, str], name: str) -> datetime:
    if name in values:
        return datetime.strptime(values[name], "%Y%m%dT%H%M%S%z")
    zoned = next(key for key in values if key.startswith(f"{name};TZID="))
    return datetime.strptime(values[zoned], "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(zoned.partition("=")[2]))


def planned(now: datetime) -> tuple[Agenda, Config, tuple[Item, ...]]:
    hours = "".join(f'{day} = "{text}"\n' for day, text in working_hours(now).items())
    midnight = datetime.combine(now.date(), time(0), now.tzinfo)
    agenda = Agenda(
        midnight,
        midnight + timedelta(days=9),
        str(now.tzinfo),
        meetings_of(work_calendar(now), now),
        (CalendarState("Work", "file", now),),
    )
    items = tuple(
        Item(idea.id, idea.title, idea.state, estimate=idea.estimate, impact=idea.impact, edge=idea.edge)
        for idea in IDEAS
    )
    return agenda, parse_config(f"[planning.working_hours]\n{hours}"), items


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        *(datetime(2026, 11, 24, hour, minute, tzinfo=BERLIN) for hour in (0, 5, 9, 13, 18, 21) for minute in (0, 7)),
        datetime(2026, 11, 24, 22, 50, tzinfo=BERLIN),
        datetime(2026, 11, 22, 15, 31, tzinfo=BERLIN),  # a Sunday
        datetime(2026, 10, 25, 1, 59, tzinfo=BERLIN),
        datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN),
        datetime(2026, 11, 24, 11, 33, tzinfo=ZoneInfo("Asia/Kathmandu")),
        datetime(2026, 2, 28, 11, 33, tzinfo=UTC),
    ],
    ids=str,
)
def test_there_is_always_a_gap_worth_making_in(now: datetime) -> None:
    agenda, config, items = planned(now)
    said = now_line(agenda, items, None, config.planning, now)
    assert said.situation == "in_gap"
    assert 50 <= said.usable_minutes <= 54
    assert said.next_meeting is not None
    assert said.next_meeting.start == said.until
    assert said.best is not None
    assert said.best.item.title.startswith("Voice inbox")


def test_just_before_midnight_the_next_gap_is_near() -> None:
    now = datetime(2026, 11, 24, 23, 50, tzinfo=BERLIN)
    agenda, config, items = planned(now)
    said = now_line(agenda, items, None, config.planning, now)
    assert said.situation == "day_over"
    assert said.gap is not None
    assert said.gap.start.date() == date(2026, 11, 25)


def test_working_days_beside_today_are_never_empty() -> None:
    meetings = meetings_of(work_calendar(NOW), NOW)
    config = parse_config("")
    for ahead in range(1, DAYS_AFTER + 1):
        day = NOW.date() + timedelta(days=ahead)
        found = [one for one in meetings if one.start.date() == day and blocks(one, config.planning)]
        assert bool(found) is (day.weekday() < 5)


class TestBuilding:
    @pytest.mark.parametrize("name", ["with spaces", "quo\"te's", "Ünïcode", "$HOME", "-dash", "a#b;c"])
    def test_any_folder(self, tmp_path: Path, name: str) -> None:
        config = read_config(build_demo(tmp_path / name, NOW), required=True)
        assert Path(config.repositories.roots[0]).is_dir()
        repo = tmp_path / name / "code" / "mobile-app"
        git(repo, "fetch")
        assert ahead_and_behind(repo) == (1, 2)
        assert states(tmp_path / name / "code" / "billing-invoice-preview") == {" M": 1}

    def test_two_at_once(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(2) as workers:
            first, second = workers.map(lambda name: build_demo(tmp_path / name, NOW), ("one", "two"))
        assert first.read_text() == second.read_text()
        heads = [git(tmp_path / name / "code" / "voicebox", "rev-parse", "HEAD") for name in ("one", "two")]
        assert heads[0] == heads[1]

    def test_nothing_of_the_persons_is_read_or_touched(self, tmp_path: Path) -> None:
        home, elsewhere, scratch = (tmp_path / name for name in ("home", "elsewhere", "scratch"))
        hooks = home / "hooks"
        for folder in (hooks, elsewhere, scratch):
            folder.mkdir(parents=True)
        canary = home / "canary"
        for name in ("post-checkout", "post-index-change", "post-commit", "post-rewrite", "pre-rebase"):
            (hooks / name).write_text(f"#!/bin/sh\ntouch '{canary}'\n")
            (hooks / name).chmod(0o755)
        (home / "exclude").write_text("*.md\n")
        (home / ".gitconfig").write_text(HOSTILE_GITCONFIG.format(hooks=hooks, exclude=home / "exclude"))
        before = sorted(path for path in tmp_path.rglob("*"))
        script = (
            "import sys; from datetime import datetime, UTC; from pathlib import Path;"
            "from tui.demo.build import build_demo;"
            "build_demo(Path(sys.argv[1]), datetime.now(UTC))"
        )
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(home),
            "TMPDIR": str(scratch),
            "GIT_DIR": str(elsewhere),
            "GIT_INDEX_FILE": str(elsewhere / "index"),
            "GIT_CONFIG_PARAMETERS": "'core.bare'='true'",
            "GIT_AUTHOR_DATE": "never",
        }
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "demo")],
            env=environment,
            cwd=elsewhere,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        after = sorted(path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "demo"))
        assert after == before
        assert not canary.exists()
        assert states(tmp_path / "demo" / "code" / "agent-evals") == {"??": 2}
        assert not [path for path in (tmp_path / "demo").iterdir() if path.name.startswith(".")]

    def test_an_import_starts_nothing_heavy(self) -> None:
        heavy = ("tomli_w", "git", "icalendar", "textual")
        script = f"import sys, tui.demo; print([name for name in {heavy} if name in sys.modules])"
        done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"

    def test_a_folder_that_holds_something(self, tmp_path: Path) -> None:
        (tmp_path / "mine.txt").write_text("mine")
        with pytest.raises(DemoError, match="is not empty"):
            build_demo(tmp_path, NOW)
        assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]

    def test_a_folder_that_cannot_be(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(DemoError, match="cannot build the demo"):
            build_demo(tmp_path / "file", NOW)

    def test_without_git(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(DemoError, match="install it"):
            build_demo(tmp_path / "demo", NOW)
        assert not (tmp_path / "demo").exists()

    def test_a_git_that_fails(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        program = tmp_path / "bin" / "git"
        program.parent.mkdir()
        program.write_text("#!/bin/sh\necho 'no space left' >&2\nexit 128\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
        with pytest.raises(DemoError, match=r"`git init .* failed in the demo: no space left"):
            build_demo(tmp_path / "demo", NOW)
