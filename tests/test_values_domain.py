"""Values some of whose fields are not compared, or not printed."""

from datetime import UTC, datetime
from typing import ClassVar

from msgspec.structs import replace
from rich.pretty import pretty_repr

from tests.fakes import sample_fleet
from tui.domain.values import Value


class Door(Value, frozen=True):
    """A value with a secret and a mark."""

    UNCOMPARED: ClassVar[frozenset[str]] = frozenset({"mark"})
    UNSHOWN: ClassVar[frozenset[str]] = frozenset({"secret"})

    name: str
    secret: str = "s3cret"
    mark: int = 0


def test_what_is_not_compared_decides_nothing() -> None:
    assert Door("a", mark=1) == Door("a", mark=2)
    assert hash(Door("a", mark=1)) == hash(Door("a", mark=2))
    assert Door("a", secret="other") != Door("a")
    assert Door("a") != "a"


def test_a_secret_is_printed_by_nothing() -> None:
    door = Door("a", mark=3)
    assert repr(door) == "Door(name='a', mark=3)"
    for printed in (repr([door]), f"{door}", str(door), pretty_repr(door), pretty_repr({"door": door})):
        assert "s3cret" not in printed
        assert "mark=3" in printed


def test_a_snapshot_is_what_it_says_whenever_it_was_read() -> None:
    fleet = sample_fleet()
    later = replace(fleet, taken_at=datetime.now(UTC))
    assert later == fleet
    assert replace(later, repositories=later.repositories[1:]) != fleet
