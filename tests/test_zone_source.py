"""The viewer's zone: the configured one, or this machine's wherever it is taken."""

from zoneinfo import ZoneInfo

import pytest

from tui.sources.zone import FollowedZone, ZoneError, zone_name


def test_the_zone_of_the_machine_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    followed = FollowedZone("", every=0.0)
    followed.look()
    assert zone_name(followed.zone) == "Europe/Berlin"
    monkeypatch.setenv("TZ", "America/New_York")
    assert zone_name(followed.zone) == "Europe/Berlin"
    followed.look()
    assert zone_name(followed.zone) == "America/New_York"
    before = followed.zone
    for odd in ("America/New_York", "No/Where"):
        monkeypatch.setenv("TZ", odd)
        followed.look()
        assert followed.zone is before


def test_it_is_not_asked_for_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    followed = FollowedZone("", every=3600.0)
    before = followed.zone
    monkeypatch.setenv("TZ", "America/New_York")
    followed.look()
    assert followed.zone is before


def test_a_configured_zone_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    followed = FollowedZone("Asia/Tokyo", every=0.0)
    monkeypatch.setenv("TZ", "America/New_York")
    followed.look()
    assert followed.zone == ZoneInfo("Asia/Tokyo")
    with pytest.raises(ZoneError, match="no time zone known here"):
        FollowedZone("No/Where")
