"""A setting as the person sees it: its value, what it means, and where it comes from. Values only."""

from typing import Literal

from msgspec import Struct

Origin = Literal["default", "file", "option", "environment", "found"]
"""Who said so: nobody, the configuration, the command line, a variable; or it was found on this machine."""


class Setting(Struct, frozen=True):
    """One setting, as it is in force."""

    name: str
    """Its table and its name, `repositories.depth`; of the second calendar `calendars.2.path`."""
    value: str
    """As it would be written in TOML, shortened; never a secret."""
    meaning: str
    """A sentence or two."""
    default: str = ""
    """What holds where nothing is said; empty for what has no default."""
    origin: Origin = "default"
    told: str = ""
    """The variable, the option or the place it comes from, where that is not the configuration."""
    line: int | None = None
    """The line (from 1) of the configuration it stands on; None where it does not stand there."""
    near: int = 1
    """The line of the configuration to look at: its own, or that of the table it would stand in."""
    in_effect: str = ""
    """What an empty value comes to here; empty where the value says it all."""

    @property
    def source(self) -> str:
        """Where it comes from, in a word or two."""
        match self.origin:
            case "file":
                return f"line {self.line}" if self.line else "configuration"
            case "option" | "environment":
                return self.told
            case "found":
                return "found here"
            case "default":
                return "default"


class KnownSettings(Struct, frozen=True):
    """All of them, in the order of the example, and the file they are in."""

    settings: tuple[Setting, ...] = ()
    path: str = ""
    """The configuration's file, with the home folder as `~`."""
    there: bool = False
    """True where that file exists."""
    problem: str = ""
    """Why what stands in it now is not in force; empty where it is."""


def matching(settings: tuple[Setting, ...], words: str) -> tuple[Setting, ...]:
    """Those in which every word of `words` occurs: in name, value, meaning or where it comes from."""
    wanted = words.casefold().split()
    return tuple(
        setting
        for setting in settings
        if all(
            word in f"{setting.name} {setting.value} {setting.meaning} {setting.source}".casefold() for word in wanted
        )
    )
