"""What an invitation says beside its times: text, answers and the time they take, links that join."""

from pathlib import Path
from urllib.parse import quote

import pytest

from tests.agenda_texts import GOOD, calendar, event, read_day


def test_text_is_read_as_it_was_meant(tmp_path: Path) -> None:
    lines = (
        "DTSTART:20260310T080000Z",
        "LOCATION:Room 4\\; North\\, 2nd\\nfloor",
        'ORGANIZER;CN="Ruiz; Ana":mailto:Ana@example.net',
    )
    ((one, _), _) = read_day(tmp_path, calendar(event(*lines, summary="A \\\\ B\\, C\u2028D"), GOOD))
    assert one.summary == "A \\ B, C D"
    assert one.location == "Room 4; North, 2nd\nfloor"
    assert one.organizer == "Ruiz; Ana"


@pytest.mark.parametrize(
    ("attendee", "response", "busy"),
    [
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:me@example.com", "accepted", "busy"),
        ("ATTENDEE;PARTSTAT=DECLINED:MAILTO:ME@Example.com", "declined", "free"),
        ('ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:x@y":mailto:me@example.com', "declined", "free"),
        ("ATTENDEE;PARTSTAT=TENTATIVE:mailto:me@example.com", "tentative", "tentative"),
        ("ATTENDEE;PARTSTAT=needs-action:mailto:me@example.com", "needs-action", "tentative"),
        ("ATTENDEE:mailto:me@example.com", "needs-action", "tentative"),
        ("ATTENDEE;PARTSTAT=X-ODD:mailto:me@example.com", "needs-action", "tentative"),
        ('ATTENDEE;EMAIL="me@example.com";PARTSTAT=DECLINED:/principal/', "declined", "free"),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:you@example.com", None, "busy"),
        ("ORGANIZER:mailto:me@example.com", None, "busy"),
        ("ORGANIZER:mailto:me@example.com\nATTENDEE;PARTSTAT=DECLINED:mailto:me@example.com", "declined", "busy"),
        ("ATTENDEE:mailto:me@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:me@example.com", "accepted", "busy"),
        ("TRANSP:TRANSPARENT\nATTENDEE;PARTSTAT=ACCEPTED:mailto:me@example.com", "accepted", "free"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", None, "away"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE\nTRANSP:OPAQUE", None, "free"),
        ("STATUS:TENTATIVE", None, "tentative"),
        ("STATUS:CANCELLED", None, "free"),
        ("CLASS:PUBLIC", None, "busy"),
        ("TRANSP:OPAQUE", None, "busy"),
        ("TRANSP:TRANSPARENT", None, "free"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", None, "tentative"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY\nTRANSP:TRANSPARENT", None, "busy"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", None, "free"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF\nSTATUS:CANCELLED", None, "free"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF\nATTENDEE;PARTSTAT=DECLINED:mailto:me@example.com", "declined", "free"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY\nATTENDEE:mailto:me@example.com", "needs-action", "tentative"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE\nSTATUS:TENTATIVE", None, "free"),
        (
            "ATTENDEE;PARTSTAT=ACCEPTED:mailto:you@example.com\nATTENDEE;PARTSTAT=TENTATIVE:mailto:me@example.com",
            "tentative",
            "tentative",
        ),
    ],
)
def test_answers_and_what_they_make_of_time(tmp_path: Path, attendee: str, response: str | None, busy: str) -> None:
    text = calendar(event("DTSTART:20260310T080000Z", "DURATION:PT1H", attendee))
    ((one,), _) = read_day(tmp_path, text)
    assert (one.response, one.busy) == (response, busy)
    ((one,), _) = read_day(tmp_path, text, busy=False)
    assert (one.response, one.busy) == (response, "free")


@pytest.mark.parametrize(
    ("line", "busy"),
    [
        ("CLASS:PUBLIC", "free"),
        ("TRANSP:OPAQUE", "busy"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "busy"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY\nTRANSP:TRANSPARENT", "busy"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", "away"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE\nTRANSP:OPAQUE", "free"),
        ("TRANSP:OPAQUE\nSTATUS:TENTATIVE", "tentative"),
    ],
)
def test_whole_days_take_time_only_where_they_say_so(tmp_path: Path, line: str, busy: str) -> None:
    ((one,), _) = read_day(tmp_path, calendar(event("DTSTART;VALUE=DATE:20260310", line)))
    assert (one.all_day, one.busy) == (True, busy)


def test_what_has_no_length_takes_no_time(tmp_path: Path) -> None:
    text = calendar(event("DTSTART:20260310T080000Z", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"))
    ((one,), _) = read_day(tmp_path, text)
    assert one.busy == "free"


def test_me_is_any_of_my_addresses_and_nobody_without_one(tmp_path: Path) -> None:
    text = calendar(
        event("DTSTART:20260310T080000Z", "DURATION:PT1H", "ATTENDEE;PARTSTAT=DECLINED:mailto:Kim@Home.example")
    )
    for me, busy in ((("me@example.com", " KIM@home.example "), "free"), (("me@example.com",), "busy"), ((), "busy")):
        ((one,), _) = read_day(tmp_path, text, me=me)
        assert one.busy == busy


MEET = "https://meet.google.com/abc-defg-hij"
ZOOM = "https://us02web.zoom.us/j/8412345678?pwd=a1b2"
TEAMS = "https://teams.microsoft.com/l/meetup-join/19%3ax%40thread.v2/0?context=%7b%7d"
WEBEX = "https://acme.webex.com/acme/j.php?MTID=m1"


@pytest.mark.parametrize(
    ("line", "link"),
    [
        (f"X-GOOGLE-CONFERENCE:{MEET}", MEET),
        (f"CONFERENCE;VALUE=URI;FEATURE=VIDEO:{ZOOM}", ZOOM),
        (f"X-MICROSOFT-SKYPETEAMSMEETINGURL:{TEAMS}", TEAMS),
        (f"URL:{WEBEX}", WEBEX),
        (f"LOCATION:Zoom: {ZOOM}\\; room 3", ZOOM),
        (f"DESCRIPTION:Hello\\n\\nJoin <{TEAMS}>\\nbye", TEAMS),
        (f'DESCRIPTION:<a href="{WEBEX}&amp;x=1">', f"{WEBEX}&x=1"),
        (f"URL:https://example.org/wiki\nDESCRIPTION:see {MEET}.", MEET),
        (f"DESCRIPTION:{ZOOM}\nX-GOOGLE-CONFERENCE:{MEET}", MEET),
        (f"X-MICROSOFT-ONLINEMEETINGEXTERNALLINK:{TEAMS}", TEAMS),
        (f"CONFERENCE;VALUE=URI;FEATURE=PHONE:tel:+1-555\nCONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:{ZOOM}", ZOOM),
        ("CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://video.acme.example/rooms/7", "https://video.acme.example/rooms/7"),
        ("CONFERENCE;VALUE=URI;FEATURE=CHAT:https://chat.acme.example/c/7", None),
        ("CONFERENCE;VALUE=URI:http://video.acme.example/rooms/7", None),
        ("CONFERENCE;VALUE=URI:https://user@video.acme.example/rooms/7", None),
        (f"CONFERENCE:https://video.acme.example/rooms/7\nDESCRIPTION:or {MEET}", MEET),
        ("LOCATION:https://meet.jit.si/OurRoom", "https://meet.jit.si/OurRoom"),
        ("URL:https://video.acme.example/rooms/7", None),
        (f"DESCRIPTION:https://eur01.safelinks.protection.outlook.com/?url={quote(ZOOM, safe='')}&data=05", ZOOM),
        (f'DESCRIPTION:<a href="https://www.google.com/url?q={quote(MEET, safe="")}&amp\\;sa=D">', MEET),
        ("DESCRIPTION:https://eur01.safelinks.protection.outlook.com/?url=http%3A%2F%2Fzoom.us%2Fj%2F1", None),
        ("URL:http://meet.google.com/abc-defg-hij", None),
        ("URL:https://meet.google.com.evil.example/abc", None),
        ("URL:https://evil.example/?https:/meet.google.com/x", None),
        ("URL:https://user@meet.google.com/abc", None),
        ("URL:https://notzoom.us.evil.example/j/1", None),
        ("URL:https://zoom.us/pricing", None),
        ("URL:javascript:alert(1)", None),
        ("DESCRIPTION:" + "https://" * 20_000, None),
        ("DESCRIPTION:" + "https://a.safelinks.protection.outlook.com/?" * 2_000, None),
    ],
)
def test_the_link_that_joins(tmp_path: Path, line: str, link: str | None) -> None:
    ((one,), _) = read_day(tmp_path, calendar(event("DTSTART:20260310T080000Z", line)))
    assert one.join_url == link
