"""Holding through the page, with and without JavaScript: SE2, SE3, SE7, SE9, SE10."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.catalog.models import Showtime
from core.kernel.actor import Actor
from core.seating import actions
from core.seating.models import Hold, Place
from core.seating.queries import spots
from core.seating.tests.stage import AMINA, BRUNO, MINUTE, NOW, build_hall, places
from portals.people import VISITOR_KEY

pytestmark = pytest.mark.django_db
VISITOR = Actor(holder="anon:visitor", address="127.0.0.1")
JSON = {"Accept": "application/json"}
POSTS = ("holds", "hold_release", "hold_again", "hold_extension", "best", "standing")


@pytest.fixture
def hall(db):
    return build_hall()


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def visitor(client):
    session = client.session
    session[VISITOR_KEY] = VISITOR.holder
    session.save()
    return client


def url(hall, name):
    return reverse(f"customer:{name}", args=[hall.showtime.pk])


def hold(hall, *labels, actor=AMINA):
    return actions.hold(showtime=hall.showtime, seat_ids=hall.seats(*labels), actor=actor, now=NOW)


def ask(client, hall, name="holds", **fields):
    """As the page's script asks."""
    return client.post(url(hall, name), fields, headers=JSON)


def send(client, hall, name="holds", **fields):
    """As the form is sent without JavaScript."""
    return client.post(url(hall, name), fields)


def mine(hall, holder=VISITOR.holder):
    return sorted(label for label, row in places(hall).items() if row[0] == holder)


def test_holds_adds_seats_and_answers_with_what_is_mine_se2(visitor, hall):
    response = ask(visitor, hall, add=hall.seats("A1", "A2"))
    assert response.status_code == 200
    assert response.json()["mine"] == hall.seats("A1", "A2")
    assert "24.00 EUR" in response.json()["selection"]
    assert mine(hall) == ["A1", "A2"]


def test_holds_drops_a_seat_that_is_clicked_again_se2(visitor, hall):
    hold(hall, "A1", "A2", actor=VISITOR)
    assert ask(visitor, hall, drop=hall.seats("A1")).json()["mine"] == hall.seats("A2")
    assert mine(hall) == ["A2"]


def test_holds_of_a_new_visitor_makes_a_session_that_keeps_them(client, hall):
    assert send(client, hall, seat=hall.seats("A1")).status_code == 302
    holder = client.session[VISITOR_KEY]
    assert holder.startswith("anon:")
    assert mine(hall, holder) == ["A1"]
    assert "Row A, seat 1" in client.get(url(hall, "showtime")).text


def test_holds_of_somebody_logged_in_belong_to_them(client, hall, amina):
    client.force_login(amina)
    ask(client, hall, add=hall.seats("A1"))
    assert mine(hall, amina.holder) == ["A1"]
    assert Hold.objects.get().user_id == amina.pk


def test_holds_takes_the_whole_choice_of_the_form_without_javascript_se2(visitor, hall):
    hold(hall, "A1", "A2", actor=VISITOR)
    response = send(visitor, hall, seat=hall.seats("A2", "B1"))
    assert (response.status_code, response["Location"]) == (302, url(hall, "showtime"))
    assert mine(hall) == ["A2", "B1"]


def test_holds_of_one_zone_leaves_the_other_zones_alone(visitor, hall):
    hold(hall, "A1", actor=VISITOR)
    send(visitor, hall, zone=hall.floor, seat=hall.seats("B1"))
    assert mine(hall) == ["A1", "B1"]


def test_holds_of_taken_seats_is_a_conflict_that_names_them_apart_and_offers_others_se7(visitor, hall):
    hold(hall, "A1")
    Place.objects.filter(seat_id=hall.ids["A2"]).update(sold=True, holder="booking:1")
    before = places(hall)
    response = ask(visitor, hall, add=hall.seats("A1", "A2"))
    told = response.json()
    assert response.status_code == 409
    assert told["taken"] == {"held": hall.seats("A1"), "sold": hall.seats("A2")}
    assert (told["slot"], told["mine"]) == ("seats", [])
    assert "Seat A1 was just taken by someone else. Seat A2 is already booked." in told["refusal"]
    assert "Hold B1, B2 instead" in told["refusal"]
    assert places(hall) == before


def test_holds_refused_without_javascript_is_the_page_with_the_reason_and_the_choice_kept_se7(visitor, hall):
    hold(hall, "A1")
    response = send(visitor, hall, seat=hall.seats("A1", "A2"))
    assert response.status_code == 409
    assert "Seat A1 was just taken by someone else." in response.text
    assert 'aria-label="row A, seat 2, standard, 12.00 EUR, available" data-s=a checked>' in response.text
    assert mine(hall) == []


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"add": ["999999"]}, 404, "does not exist"),
        ({"add": ["A1"]}, 400, "has to be a whole number"),
        ({"seat": ["1' OR 1=1"]}, 400, "has to be a whole number"),
        ({"drop": ["-1"]}, 400, "has to be a whole number"),
        ({}, 400, "Choose at least one seat."),
        ({"zone": "x"}, 400, "has to be a whole number"),
    ],
)
def test_holds_of_nonsense_is_refused_in_words_and_changes_nothing(visitor, hall, fields, status, words):
    for response in (ask(visitor, hall, **fields), send(visitor, hall, **fields)):
        assert response.status_code == status
        assert words in response.text
    assert places(hall) == {}


def test_holds_of_too_many_seats_is_refused(visitor, hall):
    hall.set(max_places=2)
    response = ask(visitor, hall, add=hall.seats("A1", "A2", "A3"))
    assert response.status_code == 400
    assert "at most 2 places" in response.json()["refusal"]
    assert places(hall) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": NOW - MINUTE},
        {"status": Showtime.Status.CANCELLED},
        {"sale_opens_at": NOW + MINUTE},
        {"sale_closes_at": NOW - MINUTE},
    ],
)
def test_holds_of_a_showtime_that_is_not_on_sale_is_refused_se7(visitor, hall, change):
    Showtime.objects.filter(pk=hall.showtime.pk).update(**change)
    assert ask(visitor, hall, add=hall.seats("A1")).status_code == 400
    assert send(visitor, hall, seat=hall.seats("A1")).status_code == 400
    assert places(hall) == {}


@pytest.mark.parametrize("name", POSTS)
def test_posts_to_an_unknown_or_hidden_showtime_are_not_found_and_nothing_is_read_from_them(client, hall, name):
    assert client.post(reverse(f"customer:{name}", args=[999_999]), {}).status_code == 404
    Showtime.objects.update(status=Showtime.Status.DRAFT)
    assert client.post(url(hall, name), {}).status_code == 404
    assert client.get(url(hall, name)).status_code == 405


def test_holds_of_many_nameless_visitors_ask_for_a_proof_r23(visitor, hall):
    hall.set(places_per_address=1)
    hold(hall, "B1", actor=Actor(holder="anon:other", address="127.0.0.1"))
    response = ask(visitor, hall, add=hall.seats("A1"))
    assert response.status_code == 403
    here = url(hall, "showtime")
    assert f'href="{reverse("customer:proof")}?next={here}"' in response.json()["refusal"]
    assert mine(hall) == []


def test_holds_offers_to_take_the_single_seat_along_where_none_may_be_left_se10(visitor, hall):
    hall.set(refuse_orphans=True)
    response = ask(visitor, hall, add=hall.seats("A2"))
    assert response.status_code == 400
    assert "Hold A1, A2" in response.json()["refusal"]


def test_nobody_releases_what_a_stranger_holds(visitor, hall):
    hold(hall, "A1", actor=BRUNO)
    before = places(hall)
    for response in (ask(visitor, hall, drop=hall.seats("A1")), ask(visitor, hall, "hold_release")):
        assert (response.status_code, response.json()["mine"]) == (200, [])
    assert ask(visitor, hall, "hold_extension").status_code == 409
    assert places(hall) == before


def test_hold_release_gives_everything_back_se3(visitor, hall):
    hold(hall, "A1", "A2", actor=VISITOR)
    assert send(visitor, hall, "hold_release").status_code == 302
    assert places(hall) == {}


def test_hold_extension_gives_more_time_twice_and_then_says_why_not_se3_r8(visitor, hall):
    hold(hall, "A1", actor=VISITOR)
    for _ in range(2):
        assert ask(visitor, hall, "hold_extension").status_code == 200
    before = places(hall)
    response = ask(visitor, hall, "hold_extension")
    assert (response.status_code, response.json()["slot"]) == (400, "selection")
    assert "cannot be extended any further" in response.json()["refusal"]
    assert places(hall) == before


def test_hold_again_takes_back_what_lapsed_before_the_eyes_se4(visitor, hall):
    hold(hall, "A1", actor=VISITOR)
    with time_machine.travel(NOW + 6 * MINUTE, tick=False):
        assert ask(visitor, hall, "hold_again").json()["mine"] == hall.seats("A1")
        assert mine(hall) == ["A1"]


def test_hold_again_is_refused_where_there_is_nothing_to_take_back(visitor, hall):
    response = send(visitor, hall, "hold_again")
    assert response.status_code == 409
    assert "There is no such place free any more." in response.text


def test_best_holds_seats_together_in_one_click_se10(visitor, hall):
    response = ask(visitor, hall, "best", quantity="2", together="on", zone="")
    assert response.status_code == 200
    assert len(mine(hall)) == 2


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"quantity": "9", "together": "on"}, 409), ({"quantity": ""}, 400), ({"quantity": "x"}, 400), ({}, 400)],
)
def test_best_is_refused_beside_its_own_form(visitor, hall, fields, status):
    response = ask(visitor, hall, "best", **fields)
    assert (response.status_code, response.json()["slot"]) == (status, "best")
    assert send(visitor, hall, "best", **fields).status_code == status
    assert places(hall) == {}


def test_standing_holds_as_many_as_are_wanted_no_more_and_no_less_se9(visitor, hall):
    for quantity, count in (("4", 4), ("1", 1), ("0", 0)):
        assert ask(visitor, hall, "standing", zone=hall.floor, quantity=quantity).status_code == 200
        assert len(mine(hall)) == count


def test_standing_is_refused_when_fewer_are_left_se9(visitor, hall):
    response = ask(visitor, hall, "standing", zone=hall.floor, quantity="7")
    assert (response.status_code, response.json()["slot"]) == (409, f"standing-{hall.floor}")
    assert ask(visitor, hall, "standing", zone="999999", quantity="1").status_code == 404
    assert ask(visitor, hall, "standing", zone="x", quantity="1").status_code == 400
    assert send(visitor, hall, "standing", zone=hall.floor, quantity="7").status_code == 409
    assert places(hall) == {}


def queries_of(client, hall, label):
    """How many statements a hold takes, session and answer included."""
    with CaptureQueriesContext(connection) as captured:
        assert ask(client, hall, add=hall.seats(label)).status_code == 200
    return len([query for query in captured if query["sql"] not in ("BEGIN", "COMMIT")])


@pytest.mark.django_db(transaction=True)
def test_a_hold_takes_at_most_twelve_queries(client, hall, amina):
    spots(hall.showtime)  # read once in the life of a process
    assert queries_of(client, hall, "A1") == 12  # a new visitor: the session is made
    assert queries_of(client, hall, "A2") == 11
    hall.set(refuse_orphans=True)
    assert queries_of(client, hall, "A3") == 12
    client.force_login(amina)
    assert queries_of(client, hall, "B1") == 11
