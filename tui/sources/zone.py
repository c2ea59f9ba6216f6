"""The viewer's time zone."""

import os
from datetime import tzinfo
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


def _local_zone() -> tzinfo:
    import tzlocal

    try:
        return tzlocal.get_localzone()
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
