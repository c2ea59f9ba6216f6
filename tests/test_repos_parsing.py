"""The pure parts of reading repositories: status, log and configuration as text, web addresses, marks, schedule."""

import json
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fleet import git
from tui.domain.repos import Repository
from tui.sources.git import schedule
from tui.sources.git.commits import moved_of, parse_date, parse_log, short_branch
from tui.sources.git.configuration import (
    Configuration,
    format_configuration,
    parse_listing,
    parse_plain,
    web_address,
)
from tui.sources.git.discovery import Found
from tui.sources.git.read import Memory, explained
from tui.sources.git.run import GitError
from tui.sources.git.schedule import Entry
from tui.sources.git.seen import Mark, SeenMarks, format_marks, parse_marks
from tui.sources.git.shadow import Shadow
from tui.sources.git.status import MOST_NAMES, parse_status

NOW = datetime(2025, 6, 16, tzinfo=UTC)
OID = "1234567890" * 4


class TestStatus:
    def test_headers_and_every_kind_of_entry(self) -> None:
        answer = (
            f"# branch.oid {OID}\0# branch.head feat/x\0# branch.upstream origin/feat/x\0# branch.ab +3 -12\0"
            f"# stash 4\0# future.header yes\0"
            f"1 M. N... 100644 100644 100644 {OID} {OID} staged\0"
            f"1 .M N... 100644 100644 100644 {OID} {OID} a file with ? blanks\0"
            f"1 MM N... 100644 100644 100644 {OID} {OID} both\0"
            f"1 .M SC.. 160000 160000 160000 {OID} {OID} module\0"
            f"2 R. N... 100644 100644 100644 {OID} {OID} R100 new\n? name\0? old name\0"
            f"u UU N... 100644 100644 100644 100644 {OID} {OID} {OID} torn\0"
            "? loose\0? folder/\0! ignored\0"
        ).encode()
        found = parse_status(answer)
        assert (found.oid, found.branch, found.upstream) == (OID, "feat/x", "origin/feat/x")
        assert (found.ahead, found.behind, found.stashes) == (3, 12, 4)
        assert (found.staged, found.unstaged, found.untracked, found.conflicted) == (3, 3, 2, 1)
        assert found.names == [
            b"staged",
            b"a file with ? blanks",
            b"both",
            b"module",
            b"new\n? name",
            b"torn",
            b"loose",
            b"folder/",
        ]

    def test_unborn_detached_and_uncounted(self) -> None:
        found = parse_status(b"# branch.oid (initial)\0# branch.head (detached)\0# branch.ab +? -?\0")
        assert (found.oid, found.branch, found.ahead, found.behind) == (None, None, None, None)
        assert parse_status(b"") == parse_status(b"# \0")

    def test_names_kept_are_bounded(self) -> None:
        found = parse_status(b"? x\0" * 5000)
        assert (found.untracked, len(found.names)) == (5000, MOST_NAMES)

    @given(st.binary(max_size=300))
    def test_never_raises(self, answer: bytes) -> None:
        parse_status(answer)
        parse_log(answer)
        parse_listing(answer)
        parse_plain(answer)


class TestLog:
    def test_fields(self) -> None:
        answer = f"{OID}\0Ana\0Ana@X.org\x001750000000\0refs/heads/a\0one\0{OID}\0\xff\0\0nonsense\0{OID}\0\0"
        one, two = parse_log(answer.encode("latin-1"))
        assert (one.commit.sha, one.commit.author, one.commit.subject) == (OID, "Ana", "one")
        assert one.commit.when == datetime.fromtimestamp(1_750_000_000, UTC)
        assert (two.commit.author, two.commit.when.year, two.commit.subject) == ("\ufffd", 1970, "")
        (moved,) = moved_of([one], frozenset(("ana@x.org",)), NOW - timedelta(days=7))
        assert (moved.branch, moved.by_me) == ("a", True)
        assert moved_of([one], frozenset(), NOW) == ()

    @pytest.mark.parametrize("text", [b"", b"-5", b"x", b"1" * 30, b"0", "²".encode()])
    def test_any_date_is_held_within_reason(self, text: bytes) -> None:
        assert 1970 <= parse_date(text).year <= 2100

    def test_short_names(self) -> None:
        names = ["refs/heads/a/b", "refs/remotes/origin/a", OID]
        assert [short_branch(name) for name in names] == ["a/b", "origin/a", OID]


words = st.text(st.characters(exclude_characters="\0\n", codec="utf-8"), max_size=12)
plain_words = st.text("abcXYZ019/._-:@", max_size=12)


class TestConfiguration:
    def test_a_plain_file(self) -> None:
        text = b'; note\n[core]\n\tbare = false\r\n\tFileMode\n[Remote "Or.igin"]\n\turl = a b  \n\n[x]\n# end\n'
        assert (
            parse_plain(text)
            == (
                ("core.bare", "false"),
                ("core.filemode", "true"),
                ("remote.Or.igin.url", "a b"),
                ("x.never", "x"),
            )[:3]
        )

    @pytest.mark.parametrize(
        "text",
        [
            '[a]\nb = "c"',
            "[a]\nb = c # d",
            "[a]\nb = c\\\nd",
            '[a "b\\"c"]\n',
            "[a] b = c",
            "b = c",
            "[a.b]\nc=d",
            "\ufeff[a]",
        ],
    )
    def test_whatever_is_not_plain_is_left_to_git(self, text: str) -> None:
        assert parse_plain(text.encode()) is None

    @given(st.lists(st.tuples(plain_words, plain_words, st.sampled_from(["url", "fetch", "Merge"])), max_size=5))
    @settings(max_examples=25, deadline=None)
    def test_a_plain_file_says_what_git_says(self, entries: list[tuple[str, str, str]]) -> None:
        text = "".join(f'[remote "{name}"]\n\t{key} = {value}\n' for name, value, key in entries)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "config"
            file.write_text(text)
            assert parse_plain(text.encode()) == parse_listing(git(Path(folder), "config", "-f", "config", "-lz"))

    @given(st.lists(st.tuples(words, words), min_size=1, max_size=4))
    @settings(max_examples=25, deadline=None)
    def test_what_is_written_says_only_what_was_meant(self, entries: list[tuple[str, str]]) -> None:
        meant = tuple((f"remote.{name}.fetch", value) for name, value in entries)
        evil = (("core.fsmonitor", "evil"), ("filter.x.clean", "evil"), ("include.path", "evil"))
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "config").write_bytes(format_configuration(Configuration(meant + evil), bare=False))
            listed = parse_listing(git(Path(folder), "config", "-f", "config", "-lz"))
        assert listed == (*meant, ("core.bare", "false"))

    @pytest.mark.parametrize(
        ("url", "page"),
        [
            ("git@github.example.com:owner/name.git", "https://github.example.com/owner/name"),
            ("ssh://git@git.example.org:2222/owner/name.git/", "https://git.example.org/owner/name"),
            ("https://user:token@git.example.org:8443/a/b.git?x=1#y", "https://git.example.org:8443/a/b"),
            ("http://intranet/a/b", "http://intranet/a/b"),
            ("git://git.example.org/a", "https://git.example.org/a"),
            ("git.example.org:a/b", "https://git.example.org/a/b"),
            ("https://git.example.org/a b/\u00e9\x1b[0m", "https://git.example.org/a%20b/%C3%A9%1B%5B0m"),
            ("https://user@evil@git.example.org/a", "https://git.example.org/a"),
            ("work:owner/name.git", None),
            ("/srv/git/name.git", None),
            ("../name", None),
            ("file:///srv/name", None),
            ("C:\\code\\name", None),
            ("ext::sh -c evil", None),
            ("javascript://x/%0aalert(1)", None),
            ("https://git.example.org", None),
            ("https://git.example.org/", None),
            ("https:///x", None),
            ("", None),
            (None, None),
            ("https://e.org/" + "x" * 5000, None),
        ],
    )
    def test_web_addresses(self, url: str | None, page: str | None) -> None:
        assert web_address(url) == page

    def test_the_remote_that_counts(self) -> None:
        found = Configuration(
            (
                ("remote.first.url", "1"),
                ("remote.origin.url", "o"),
                ("remote.origin.url", "push here too"),
                ("remote.fork.url", "f"),
                ("branch.a.remote", "fork"),
                ("branch.b.remote", "gone"),
            )
        )
        assert [found.remote_of(branch) for branch in ("a", "b", None)] == ["f", "o", "o"]
        assert Configuration((("remote.x.url", "1"), ("remote.y.url", "2"))).remote_of("a") == "1"
        assert Configuration(()).remote_of("a") is None


class TestExplained:
    @pytest.mark.parametrize(
        ("said", "code", "sentence"),
        [
            ("bad object HEAD", 128, "damaged: bad object HEAD; try `git fsck` there"),
            ("unknown repository extension found: reftable", 128, "it needs a newer git"),
            ("could not open 'x': Permission denied", 128, "check its permissions"),
            ("git was ended before it answered", -9, "press refresh"),
            ("its `.git` is a link", None, "its `.git` is a link"),
        ],
    )
    def test_sentences(self, said: str, code: int | None, sentence: str) -> None:
        assert sentence in explained(GitError(said, code))


class TestMarks:
    def test_round_trip_with_any_folder_name(self) -> None:
        marks = {os.fsdecode(b"/caf\xe9/\n"): Mark(NOW, (OID, "a" * 64))}
        assert parse_marks(format_marks(marks)) == marks

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            '{"schema": 3, "repositories": {}}',
            '{"schema": 1}',
            '{"schema": 1, "repositories": {"/x": 1}}',
            '{"schema": 1, "repositories": {"/x": {"when": "2025-01-01", "tips": []}}}',
            '{"schema": 1, "repositories": {"/x": {"when": "soon", "tips": []}}}',
            "[" * 100_000,
        ],
        ids=range(8),
    )
    def test_a_file_that_is_no_list_is_kept_aside(self, text: str, tmp_path: Path) -> None:
        path = tmp_path / "seen.json"
        path.write_text(text)
        marks = SeenMarks(path)
        assert marks.of(Path("/x")) is None
        assert str(path) in (marks.problem or "")
        assert path.read_text() == text
        marks.add({Path("/x"): (OID,)}, NOW)
        assert (tmp_path / "seen.json.broken-1").read_text() == text
        assert marks.problem is None
        assert SeenMarks(path).of(Path("/x")) == Mark(NOW, (OID,))

    def test_private_atomic_and_merged(self, tmp_path: Path) -> None:
        path = tmp_path / "state" / "seen.json"
        one, two = SeenMarks(path), SeenMarks(path)
        assert [marks.of(Path("/a")) for marks in (one, two)] == [None, None]
        one.add({Path("/a"): (OID,)}, NOW)
        two.add({Path("/b"): ()}, NOW)
        assert set(json.loads(path.read_text())["repositories"]) == {"/a", "/b"}
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert list(path.parent.iterdir()) == [path]

    def test_ids_that_are_none_are_dropped(self) -> None:
        entry = {"when": NOW.isoformat(), "tips": ["--output=x", 7, OID]}
        text = json.dumps({"schema": 1, "repositories": {"/x": entry}})
        assert parse_marks(text)["/x"].tips == (OID,)

    def test_a_place_that_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(OSError, match="file"):
            SeenMarks(tmp_path / "file" / "seen.json").add({Path("/a"): ()}, NOW)


class TestSchedule:
    def entry(self, read_at: float | None = 100.0, cost: float = 0.01) -> Entry:
        path = Path("/x")
        memory = Memory(Shadow(path, Path("/shadow")))
        return Entry(Found(path), memory, Repository(path, "x"), read_at=read_at, cost=cost)

    def due(self, entry: Entry, at: float, *, watched: bool = False, hot: bool = True) -> str | None:
        return schedule.due(entry, at, every=300, watched=watched, hot=hot)

    def test_watched_ones_rest_until_noticed_or_old(self) -> None:
        entry = self.entry()
        assert self.due(entry, 399, watched=True) is None
        assert self.due(entry, 400, watched=True) == "full"
        entry.noticed = True
        assert self.due(entry, 100.1, watched=True) is None
        assert self.due(entry, 100.5, watched=True) == "full"
        assert self.due(self.entry(None), 0, watched=True) == "full"

    def test_unwatched_ones_are_polled_by_how_active_they_are(self) -> None:
        assert [self.due(self.entry(), at) for at in (104, 105)] == ["quiet", "full"]
        assert [self.due(self.entry(), at, hot=False) for at in (105, 130)] == ["quiet", "full"]
        assert [self.due(self.entry(cost=1), at) for at in (130, 150)] == ["quiet", "full"]

    def test_control_files_of_quiet_ones_are_looked_at_more_seldom(self) -> None:
        entry = self.entry()
        entry.looked_at = 110.0
        assert [self.due(entry, at, hot=False) for at in (112, 117, 118)] == [None, None, "quiet"]
        assert self.due(entry, 104, hot=True) == "quiet"

    def test_one_that_hung_is_left_alone_for_longer_each_time(self) -> None:
        entry = self.entry()
        waits = []
        for _ in range(8):
            schedule.back_off(entry, 1000)
            waits.append(entry.retry_at - 1000)
        assert waits == [20, 40, 80, 160, 320, 600, 600, 600]
        entry.noticed = True
        assert self.due(entry, 1500) is None
        entry.asked = "full"
        assert self.due(entry, 1500) == "full"
        entry.busy = True
        assert self.due(entry, 1500) is None
