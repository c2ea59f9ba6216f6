"""The worker layer: single flight, coalescing, writes before reads, deadlines, a quick end."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tui.refresh import Failure, Worker, describe


def wait_until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Poll until `true`; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        threading.Event().wait(0.002)


class Source:
    """A source whose reads wait for a gate, and count."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.reads = 0
        self.value = 0
        self.at_once = 0
        self.most_at_once = 0
        self.error: Exception | None = None

    def read(self) -> Iterator[int]:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.reads += 1
        try:
            self.gate.wait(60)
            if self.error:
                raise self.error
            yield self.value
        finally:
            self.at_once -= 1


@pytest.fixture
def source() -> Source:
    return Source()


class Heard:
    """What a worker said."""

    def __init__(self) -> None:
        self.snapshots: list[int] = []
        self.failures: list[Failure] = []


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def worker(source: Source, heard: Heard) -> Iterator[Worker]:
    made = Worker("probe", source.read, heard.snapshots.append, heard.failures.append, deadline=0.05)
    yield made
    source.gate.set()
    made.end()
    made.wait()


def test_the_first_read_follows_the_start(worker: Worker, heard: Heard) -> None:
    worker.start()
    wait_until(lambda: heard.snapshots == [0])


def test_requests_during_a_read_become_one_more(worker: Worker, source: Source, heard: Heard) -> None:
    source.gate.clear()
    worker.start()
    wait_until(lambda: source.reads == 1)
    for _ in range(50):
        worker.request()
    source.gate.set()
    wait_until(lambda: source.reads == 2 and worker.busy_since is None)
    assert source.most_at_once == 1


def test_an_equal_snapshot_is_not_told_again(worker: Worker, source: Source, heard: Heard) -> None:
    worker.start()
    wait_until(lambda: heard.snapshots == [0])
    worker.request()
    wait_until(lambda: source.reads == 2 and worker.busy_since is None)
    assert heard.snapshots == [0]
    source.value = 7
    worker.request()
    wait_until(lambda: heard.snapshots == [0, 7])


def test_a_failure_is_a_value_and_the_next_read_goes_on(worker: Worker, source: Source, heard: Heard) -> None:
    source.error = RuntimeError("no [/] luck")
    worker.start()
    wait_until(lambda: heard.failures == [Failure("probe", "no [/] luck")])
    source.error = None
    worker.request()
    wait_until(lambda: heard.snapshots == [0])


def test_what_was_shown_before_a_failure_is_told_again_after_it(worker: Worker, source: Source, heard: Heard) -> None:
    worker.start()
    wait_until(lambda: heard.snapshots == [0])
    source.error = OSError("gone")
    worker.request()
    wait_until(lambda: len(heard.failures) == 1)
    source.error = None
    worker.request()
    wait_until(lambda: heard.snapshots == [0, 0])


def test_writes_run_on_the_thread_of_the_source_before_the_next_read(worker: Worker, source: Source) -> None:
    order: list[str] = []
    threads: set[str] = set()

    def write() -> None:
        threads.add(threading.current_thread().name)
        order.append(f"write at {source.reads}")

    source.gate.clear()
    worker.start()
    wait_until(lambda: source.reads == 1)
    worker.submit(write)
    worker.submit(write)
    source.gate.set()
    wait_until(lambda: source.reads == 2)
    assert order == ["write at 1", "write at 1"]
    assert threads == {"source-probe"}


def test_a_failed_write_is_told_apart_and_a_read_follows(worker: Worker, source: Source, heard: Heard) -> None:
    def write() -> None:
        raise OSError(28, "No space left on device", "/x/backlog.toml")

    worker.start()
    wait_until(lambda: heard.snapshots == [0])
    worker.submit(write)
    wait_until(lambda: source.reads == 2)
    assert heard.failures == [Failure("probe", "No space left on device: `/x/backlog.toml`", write=True)]


def test_a_read_past_its_deadline_is_overdue_until_it_answers(worker: Worker, source: Source) -> None:
    source.gate.clear()
    worker.start()
    wait_until(lambda: worker.overdue() is not None)
    assert worker.overdue() == Failure("probe", "no answer for 0.05 s, still waiting")
    source.gate.set()
    wait_until(lambda: worker.overdue() is None)


def test_the_end_waits_for_a_write_and_not_for_a_hanging_read(source: Source, heard: Heard) -> None:
    source.gate.clear()
    hanging = Worker("hanging", source.read, heard.snapshots.append, heard.failures.append)
    hanging.start()
    wait_until(lambda: source.reads == 1)
    began = time.monotonic()
    hanging.end()
    assert hanging.wait(patience=60) == ""
    assert time.monotonic() - began < 20
    source.gate.set()

    written = threading.Event()
    writing = Worker("writing", Source().read, heard.snapshots.append, heard.failures.append)
    writing.start()

    def write() -> None:
        threading.Event().wait(0.1)
        written.set()

    writing.submit(write)
    writing.end()
    assert writing.wait(patience=60) == ""
    assert written.is_set()


def test_a_write_that_cannot_be_made_in_time_is_reported(source: Source, heard: Heard) -> None:
    source.gate.clear()
    hanging = Worker("hanging", source.read, heard.snapshots.append, heard.failures.append)
    hanging.start()
    wait_until(lambda: source.reads == 1)
    hanging.submit(lambda: None)
    hanging.end()
    assert hanging.wait(patience=0.05) == "the write is still waiting"
    source.gate.set()


def test_nothing_is_read_while_paused_and_one_read_follows(worker: Worker, source: Source) -> None:
    worker.start()
    wait_until(lambda: source.reads == 1 and worker.busy_since is None)
    worker.pause(True)
    worker.request()
    worker.request()
    threading.Event().wait(0.05)
    assert source.reads == 1
    worker.pause(False)
    wait_until(lambda: source.reads == 2 and worker.busy_since is None)


def test_long_work_is_told_when_it_is_to_make_way(worker: Worker, source: Source) -> None:
    source.gate.clear()
    worker.start()
    wait_until(lambda: source.reads == 1)
    assert not worker.asked()
    worker.request()
    assert worker.asked()
    source.gate.set()
    wait_until(lambda: source.reads == 2 and worker.busy_since is None)
    assert not worker.asked()
    source.gate.clear()
    worker.request()
    wait_until(lambda: source.reads == 3)
    worker.submit(lambda: None)
    assert worker.asked()
    source.gate.set()
    wait_until(lambda: source.reads == 4 and worker.busy_since is None)
    worker.pause(True)
    assert worker.asked()


def test_writes_go_on_while_paused(worker: Worker, source: Source) -> None:
    written = threading.Event()
    worker.start()
    wait_until(lambda: source.reads == 1)
    worker.pause(True)
    worker.submit(written.set)
    assert written.wait(60)


def test_a_source_is_read_again_when_its_time_has_come(source: Source, heard: Heard) -> None:
    periodic = Worker("periodic", source.read, heard.snapshots.append, heard.failures.append, every=0.01)
    periodic.start()
    wait_until(lambda: source.reads >= 3)
    periodic.end()
    periodic.wait()


def test_errors_are_described_without_their_class_where_they_say_something() -> None:
    assert describe(ValueError("a\nb")) == "a b"
    assert describe(ValueError()) == "ValueError"
    assert describe(PermissionError(13, "Permission denied", "/x")) == "Permission denied: `/x`"


def test_a_write_that_fails_at_the_end_is_said_to_whoever_waits(source: Source, heard: Heard) -> None:
    source.gate.clear()
    late = Worker("late", source.read, heard.snapshots.append, heard.failures.append)
    late.start()
    wait_until(lambda: source.reads == 1)

    def write() -> None:
        raise OSError(28, "No space left on device")

    late.submit(write)
    late.end()
    source.gate.set()
    assert late.wait(patience=60) == "No space left on device"


def test_the_age_counts_from_the_last_complete_read(worker: Worker, source: Source, heard: Heard) -> None:
    worker.start()
    wait_until(lambda: heard.snapshots == [0] and worker.busy_since is None)
    before = worker.age()
    source.gate.clear()
    worker.request()
    wait_until(lambda: worker.age() > before + 0.05)
    reached = worker.age()
    source.gate.set()
    wait_until(lambda: worker.age() < reached)
