"""The viewer's time zone."""

import os
import time
from contextlib import suppress
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class ZoneError(ValueError):
    """No such zone; the message is a sentence."""


def read_zone(name: str) -> tzinfo:
    """The zone called `name`, or this machine's where it is empty. Raises ZoneError."""
    if not name:
        return _local_zone()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones such as `America` is an OSError
        raise ZoneError(f"`{name}` is no time zone known here; write one such as `Europe/Berlin`") from None


class FollowedZone:
    """The zone called `name`; without one this machine's, also after the person took it elsewhere. For any thread."""

    def __init__(self, name: str, every: float = 30.0) -> None:
        """Raises ZoneError. `every`: seconds after which the machine is asked again."""
        self.zone = read_zone(name)
        """The zone as it was known last; reading this asks nobody."""
        self._follows = not name
        self._every = every
        self._looked = time.monotonic()

    def look(self) -> None:
        """Ask the machine again, where it is time to. A zone that is not known here changes nothing."""
        if not self._follows or time.monotonic() - self._looked < self._every:
            return
        self._looked = time.monotonic()
        with suppress(ZoneError):
            zone = _local_zone()
            if zone_name(zone) != zone_name(self.zone):
                self.zone = zone


def _local_zone() -> tzinfo:
    """This machine's zone as it is now. Most machines name it in one place; tzlocal knows the others, and takes 3 ms
    to be loaded. Raises ZoneError."""
    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(os.environ.get("TZ") or str(Path("/etc/localtime").readlink()).partition("zoneinfo/")[2])
    import tzlocal

    try:
        return tzlocal.reload_localzone()
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        named = os.environ.get("TZ")
        fact = (
            f"the variable TZ is `{named}`, which is no time zone known here"
            if named
            else f"no local time zone: {error}"
        )
        raise ZoneError(f"{fact}; set `[agenda] time_zone`, such as `Europe/Berlin`") from None


def zone_name(zone: tzinfo) -> str:
    """What `zone` is called, such as `Europe/Berlin`."""
    return str(getattr(zone, "key", zone))
