"""Exports of the calendars people have, in the shapes their servers write."""

from datetime import date
from zoneinfo import ZoneInfo

from tests.agenda_texts import ICS, row
from tui.config import CalendarSettings
from tui.domain.agenda import Meeting, day_bounds
from tui.sources.calendars.source import open_calendar


def exported(name: str, day: str, zone: str, me: str) -> dict[str, Meeting]:
    viewer = ZoneInfo(zone)
    opened = open_calendar(CalendarSettings(path=str(ICS / name)), [me], viewer)
    meetings, state = opened.meetings(*day_bounds(date.fromisoformat(day), viewer))
    assert state.error is None
    assert state.unread == ()
    return {meeting.summary: meeting for meeting in meetings}


def test_an_export_of_google() -> None:
    found = exported("google.ics", "2026-04-08", "Europe/Lisbon", "INES@example.org")
    late, away, off = found["Standup (tarde)"], found["Carla ausente"], found["Entrevista"]
    assert row(late) == "Standup (tarde) 04-08T14:00-14:15"
    assert (late.response, late.busy, late.recurrence_id) == ("tentative", "tentative", "2026-04-08T09:30:00+01:00")
    assert (away.all_day, away.busy) == (True, "free")
    assert (off.status, off.busy) == ("cancelled", "free")
    assert len(found) == 3
    assert set(exported("google.ics", "2026-04-07", "Europe/Lisbon", "ines@example.org")) == {"Carla ausente"}
    daily = exported("google.ics", "2026-03-03", "Europe/Lisbon", "ines@example.org")["Standup – plataforma"]
    assert (row(daily)[-11:], daily.response, daily.join_url) == (
        "09:30-09:45",
        "accepted",
        "https://meet.google.com/abc-defg-hij",
    )
    assert daily.organizer == "Rui Matos"


def test_an_export_of_outlook() -> None:
    found = exported("outlook.ics", "2026-04-01", "Europe/Berlin", "me@example.com")
    rounds, trip, budget = found["Architekturrunde"], found["Betriebsausflug"], found["Vorläufig: Budget"]
    assert row(rounds) == "Architekturrunde 04-01T12:00-13:00"
    assert (rounds.location, rounds.busy) == ("Raum 4; Nord", "busy")
    assert (rounds.join_url or "").startswith("https://teams.microsoft.com/l/meetup-join/19%3ameeting_x")
    assert (row(trip), trip.busy, budget.busy) == ("Betriebsausflug 04-01..04-02", "away", "tentative")
    assert "Architekturrunde" not in exported("outlook.ics", "2026-04-08", "Europe/Berlin", "me@example.com")
    assert "Architekturrunde" in exported("outlook.ics", "2026-12-09", "Europe/Berlin", "me@example.com")
    assert "Architekturrunde" not in exported("outlook.ics", "2026-12-23", "Europe/Berlin", "me@example.com")


def test_an_export_of_icloud() -> None:
    found = exported("icloud.ics", "2026-03-12", "America/Los_Angeles", "kim@example.net")
    coffee, birthday = found["Coffee"], found["Birthday without a year"]
    assert row(coffee) == "Coffee 03-12T17:00-17:30"
    assert (coffee.response, coffee.busy, coffee.join_url) == (
        "declined",
        "free",
        "https://us02web.zoom.us/j/8412345678?pwd=a1b2",
    )
    assert (coffee.location, coffee.organizer) == ("Pier 9\nThe Embarcadero", "Ana; Ruiz")
    assert (row(birthday), birthday.busy) == ("Birthday without a year 03-12..03-13", "free")
