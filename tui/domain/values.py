"""Values some of whose fields are left out where two are compared, or where one is printed.

What makerhour knows and hands on are `msgspec.Struct`s, frozen: Python needs a third of a millisecond to make a
dataclass, and there are two hundred of them at each start.
"""

from typing import Any, ClassVar

from msgspec import Struct


class Value(Struct, frozen=True):
    """A struct that is equal to another, and printed, by a part of its fields."""

    UNCOMPARED: ClassVar[frozenset[str]] = frozenset()
    UNSHOWN: ClassVar[frozenset[str]] = frozenset()
    """Secrets above all: what is printed ends up in logs and reports."""

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return self._compared() == other._compared() if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._compared())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """What is printed, as Rich asks for it; a struct's own names every field."""
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name not in self.UNSHOWN]

    def _compared(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__struct_fields__ if name not in self.UNCOMPARED)


class Snapshot(Value, frozen=True):
    """What was read at a moment: equal to another that says the same, whenever that was read."""

    UNCOMPARED: ClassVar[frozenset[str]] = frozenset({"taken_at"})
