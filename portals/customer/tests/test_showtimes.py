"""The showtime page: SE1, SE5, SE7, SE8."""

import datetime as dt
import json
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from core.accounts.models import User
from core.bookings.models import Booking
from core.catalog.models import Event, Seat, Showtime
from core.kernel import broadcast, watchers
from core.kernel.actor import Actor
from core.seating import actions
from core.seating.models import Place
from core.seating.queries import State
from core.seating.tests.stage import AMINA, MINUTE, NOW, build_hall
from e2e.cast import log_in
from portals.customer import showtime_page
from portals.people import VISITOR_KEY

pytestmark = pytest.mark.django_db
VISITOR = Actor(holder="anon:visitor", address="127.0.0.1")


@pytest.fixture
def hall(db):
    return build_hall()


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def visitor(client):
    """A browser whose session holds seats as VISITOR."""
    session = client.session
    session[VISITOR_KEY] = VISITOR.holder
    session.save()
    return client


def url(hall, name="showtime"):
    return reverse(f"customer:{name}", args=[hall.showtime.pk])


def hold(hall, *labels, actor=AMINA):
    return actions.hold(showtime=hall.showtime, seat_ids=hall.seats(*labels), actor=actor, now=NOW)


def seat(response, hall, label):
    """The attributes of a seat's control as the page has them."""
    tag = re.search(rf"<input [^>]*\bid=s{hall.ids[label]}\b[^>]*>", response.text)[0]
    name = re.search(r'aria-label="([^"]*)"', tag)[1]
    rest = re.sub(r'aria-label="[^"]*"', "", tag)
    return name, re.search(r"data-s=(\w)", rest)[1], "checked" in rest, "disabled" in rest


def test_showtime_draws_every_seat_with_its_state_in_words_and_attributes_se1(visitor, hall):
    hold(hall, "A1", actor=VISITOR)
    hold(hall, "A2")
    Place.objects.filter(seat_id=hall.ids["A3"]).update(sold=True)
    Place.objects.filter(seat_id=hall.ids["A4"]).update(blocked=True)
    response = visitor.get(url(hall))
    assert response.status_code == 200
    assert [seat(response, hall, label) for label in ("A1", "A2", "A3", "A4", "A5", "C1", "D1")] == [
        ("row A, seat 1, standard, 12.00 EUR, yours", "m", True, False),
        ("row A, seat 2, standard, 12.00 EUR, held by others", "h", False, True),
        ("row A, seat 3, standard, 12.00 EUR, sold", "s", False, True),
        ("row A, seat 4, standard, 12.00 EUR, not for sale", "b", False, True),
        ("row A, seat 5, standard, 12.00 EUR, available", "a", False, False),
        ("row C, seat 1, wheelchair space, step-free, 12.00 EUR, available", "a", False, False),
        ("row D, seat 1, sofa for two, 12.00 EUR, available", "a", False, False),
    ]
    assert len(re.findall("<input type=checkbox class=seat ", response.text)) == 20


def test_showtime_says_until_when_others_hold_a_seat_so_that_the_page_frees_it_itself_se4(client, hall):
    hold(hall, "A2")
    until = int((NOW + 5 * MINUTE).timestamp() * 1000)
    assert f"data-s=h disabled data-x={until}>" in client.get(url(hall)).text


def test_showtime_takes_as_many_queries_with_one_seat_taken_as_with_many(visitor, hall, django_assert_num_queries):
    hold(hall, "A1", actor=VISITOR)
    visitor.get(url(hall))
    with django_assert_num_queries(6):
        visitor.get(url(hall))
    hold(hall, "A2", "A3", "B1", actor=VISITOR)
    hold(hall, "B3", "B4", "B5")
    with django_assert_num_queries(6):
        visitor.get(url(hall))


def test_showtime_makes_no_session_for_somebody_who_only_looks(client, hall):
    client.get(url(hall))
    assert "sessionid" not in client.cookies


def test_showtime_carries_the_number_that_was_current_before_the_state_was_read_se5(client, hall, monkeypatch):
    order = []
    monkeypatch.setattr(broadcast, "position", lambda topic: order.append("number") or ("abc", 41))
    state = showtime_page.state
    monkeypatch.setattr(showtime_page, "state", lambda *a, **k: order.append("state") or state(*a, **k))
    text = client.get(url(hall)).text
    assert order == ["number", "state"]
    assert 'data-epoch="abc" data-sequence="41"' in text


def test_showtime_is_told_on_the_venues_clock(client, hall):
    Showtime.objects.update(starts_at=dt.datetime(2026, 11, 24, 18, 15, tzinfo=dt.UTC))
    assert "Tuesday 24 November, 19:15" in client.get(url(hall)).text


def test_the_plan_that_is_kept_is_kept_for_each_language(hall):
    for language, price in (("en", "12.00 EUR"), ("de", "12,00 EUR"), ("en", "12.00 EUR")):
        with translation.override(language):
            drawn = showtime_page.skeleton_of(hall.fresh()).fill(State([], [], {}, {}))
        assert drawn.count(price) == 20


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"starts_at": NOW - MINUTE}, "This showtime has begun"),
        ({"starts_at": NOW - 300 * MINUTE, "ends_at": NOW - MINUTE}, "This showtime is over"),
        ({"status": Showtime.Status.CANCELLED}, "Cancelled"),
        ({"sale_opens_at": NOW + 60 * MINUTE}, "Tickets go on sale on Saturday, 21 November 2026, 19:00."),
        ({"sale_closes_at": NOW - MINUTE}, "The sale has closed"),
    ],
)
def test_showtime_that_is_not_on_sale_says_so_and_offers_no_seat(client, hall, change, words):
    Showtime.objects.filter(pk=hall.showtime.pk).update(**change)
    response = client.get(url(hall))
    assert response.status_code == 200
    assert words in response.text
    assert "data-hall " not in response.text
    assert "Hold the chosen seats" not in response.text


def test_showtime_of_a_draft_or_of_nothing_is_not_found_se7(client, hall):
    assert client.get(reverse("customer:showtime", args=[999_999])).status_code == 404
    Event.objects.update(status=Event.Status.DRAFT)
    assert client.get(url(hall)).status_code == 404
    assert client.get(url(hall, "places")).status_code == 404


def test_showtime_of_a_stranger_shows_no_seat_as_theirs(client, visitor, hall):
    hold(hall, "A1")
    assert seat(visitor.get(url(hall)), hall, "A1")[1] == "h"


def test_showtime_tells_of_a_payment_under_way_and_leads_on(visitor, hall):
    made = hold(hall, "A1", actor=VISITOR)
    booking = Booking.objects.create(
        organizer=hall.showtime.event.organizer,
        showtime=hall.showtime,
        holder=VISITOR.holder,
        name="Amina",
        email="amina@foyer.example",
        currency="EUR",
        subtotal=0,
        total=0,
        created_at=NOW,
        lease_until=NOW + 10 * MINUTE,
    )
    booking.lines.create(place=made[0].place, ticket_type="adult", label="A1", price=0)
    actions.lease(
        showtime_id=hall.showtime.pk,
        place_ids=[made[0].place_id],
        lessee=f"booking:{booking.pk}",
        until=booking.lease_until,
        actor=VISITOR,
        now=NOW,
    )
    response = visitor.get(url(hall))
    assert seat(response, hall, "A1")[:2] == ("row A, seat 1, standard, 12.00 EUR, in your payment", "h")
    assert f'href="{reverse("customer:booking", args=[booking.code])}"' in response.text


def test_showtime_offers_the_same_seats_again_after_the_hold_has_lapsed_se4(visitor, hall):
    hold(hall, "A1", "A2", actor=VISITOR)
    with time_machine.travel(NOW + 6 * MINUTE, tick=False):
        text = visitor.get(url(hall)).text
    assert "Your hold has ended" in text
    assert "Hold A1, A2 again" in text


def test_large_hall_is_offered_zone_by_zone_and_fetched_by_the_script(client, hall, monkeypatch):
    monkeypatch.setattr(showtime_page, "WHOLE_HALL", 5)
    zone = hall.showtime.seat_map.zones.get(kind="seated")
    whole, part = client.get(url(hall)), client.get(url(hall), {"zone": zone.pk})
    assert whole.text.count("<input type=checkbox class=seat ") == 0
    assert f'href="?zone={zone.pk}#plan"' in whole.text
    assert part.text.count("<input type=checkbox class=seat ") == 20
    assert f'<input type="hidden" name="zone" value="{zone.pk}">' in part.text
    fetched = client.get(url(hall), {"part": "hall"})
    assert fetched.text.startswith("<svg")
    assert fetched.text.count("<input type=checkbox class=seat ") == 20


def test_places_tells_everything_that_is_not_free_and_what_is_mine_se5(visitor, hall):
    hold(hall, "A1", actor=VISITOR)
    hold(hall, "A2")
    Place.objects.filter(seat_id=hall.ids["A3"]).update(sold=True)
    Place.objects.filter(seat_id=hall.ids["A4"]).update(blocked=True)
    until = int((NOW + 5 * MINUTE).timestamp() * 1000)
    told = visitor.get(url(hall, "places")).json()
    panel = told.pop("selection")
    epoch, sequence = broadcast.position(f"showtime.{hall.showtime.pk}")
    assert told == {
        "epoch": epoch,
        "sequence": sequence,
        "now": int(NOW.timestamp() * 1000),
        "sold": [hall.ids["A3"]],
        "blocked": [hall.ids["A4"]],
        "held": {str(hall.ids["A1"]): until, str(hall.ids["A2"]): until},
        "paying": [],
        "standing": {str(hall.floor): 6},
        "mine": [hall.ids["A1"]],
    }
    assert "Row A, seat 1" in panel


def test_places_is_answered_without_a_number_when_valkey_is_away(client, hall, monkeypatch):
    monkeypatch.setattr(broadcast, "position", lambda topic: ("", 0))
    told = client.get(url(hall, "places")).json()
    assert (told["epoch"], told["sequence"], told["mine"]) == ("", 0, [])


def test_map_styles_puts_each_seat_in_its_place_and_is_kept_for_ever(client, hall):
    response = client.get(reverse("customer:map_styles", args=[hall.showtime.seat_map_id]))
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    for seat_id in hall.ids.values():
        assert re.search(rf"#s{seat_id}\{{left:[\d.]+%;top:[\d.]+%(;rotate:[-\d.]+deg)?\}}", response.text)
    assert response.text.count("#seats{--w:") == 1


def test_map_styles_of_a_plan_that_no_public_showtime_uses_is_not_found(client, hall):
    Showtime.objects.update(status=Showtime.Status.DRAFT)
    assert client.get(reverse("customer:map_styles", args=[hall.showtime.seat_map_id])).status_code == 404


def test_watchers_sums_up_all_processes_for_administrators_se8(client, hall, ada):
    watchers.tell("first", {123: 10, 124: 8})
    watchers.tell("second", {123: 5, 125: 19})
    log_in(client, ada)
    response = client.get("/ws/stats")
    assert json.loads(response.content) == {
        "total_connections": 42,
        "active_screenings": [123, 124, 125],
        "screening_details": {"123": 15, "124": 8, "125": 19},
    }


def test_watchers_are_no_strangers_business_se8(client, amina: User):
    assert client.get("/ws/stats").status_code == 404
    client.force_login(amina)
    assert client.get("/ws/stats").status_code == 404


def test_labels_of_the_plan_are_escaped(client, hall):
    Seat.objects.filter(pk=hall.ids["A1"]).update(row_label='"><b>')
    assert 'aria-label="row &quot;&gt;&lt;b&gt;, seat 1' in client.get(url(hall)).text
