"""The viewer's time zone."""

from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class ZoneError(ValueError):
    """No such zone; the message is a sentence."""


def read_zone(name: str) -> tzinfo:
    """The zone called `name`, or this machine's where it is empty. Raises ZoneError."""
    if not name:
        import tzlocal

        return tzlocal.get_localzone()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones such as `America` is an OSError
        raise ZoneError(f"`{name}` is no time zone known here; write one such as `Europe/Berlin`") from None


def zone_name(zone: tzinfo) -> str:
    """What `zone` is called, such as `Europe/Berlin`."""
    return str(getattr(zone, "key", zone))
