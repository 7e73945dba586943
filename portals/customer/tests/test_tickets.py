"""BO5: the tickets of a person, their codes, and the paper."""

import datetime as dt
import re
from io import BytesIO

import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from core.bookings.models import Booking
from core.tickets import qr
from core.tickets.models import SigningKey, Ticket
from core.tickets.queries import public_keys
from e2e.cast import House
from portals.customer.tests.shop import arrive_known, buy, heading, pay, pay_button

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
LIST = reverse("customer:tickets")


@pytest.fixture
def booking(clock, client: Client, house: House, stripe_desk) -> Booking:
    """Amina has bought A1 and A2 as a guest."""
    return buy(client, stripe_desk, house, "A1", "A2")


def url(name: str, ticket: Ticket) -> str:
    return reverse(f"customer:{name}", args=[ticket.code])


def shown(response) -> list[str]:
    return [ticket.place.label for ticket in response.context["page"]]


# --- the list


def test_the_list_shows_upcoming_tickets_soonest_first(client, house, booking, stripe_desk):
    sooner = house.another_showtime(starts_at=house.showtime.starts_at - dt.timedelta(days=1))
    here, house.showtime = house.showtime, sooner
    buy(client, stripe_desk, house, "C3")
    house.showtime = here
    page = client.get(LIST)
    assert shown(page) == ["C3", "A1", "A2"]
    assert page.text.count('<article class="ticket') == 2
    assert shown(client.get(LIST, {"when": "past"})) == []


def test_the_list_moves_tickets_to_the_past_when_the_show_is_over(client, booking, clock):
    clock.move_to(booking.showtime.ends_at - dt.timedelta(seconds=1))
    assert shown(client.get(LIST)) == ["A1", "A2"]
    clock.move_to(booking.showtime.ends_at)
    assert shown(client.get(LIST)) == []
    past = client.get(LIST, {"when": "past"})
    assert shown(past) == ["A1", "A2"]
    assert "Show code" not in past.text


def test_the_list_takes_the_same_number_of_queries_for_one_and_for_three(
    house, amina, stripe_desk, django_assert_num_queries
):
    client = Client()
    for labels, count in ((("A1",), 1), (("B1", "B2"), 3)):
        arrive_known(client, house, amina, *labels)
        pay_button(client, house)
        pay(client, stripe_desk, Booking.objects.get(status="awaiting_payment"))
        with django_assert_num_queries(6):
            assert len(client.get(LIST).context["page"]) == count


def test_the_list_of_somebody_new_says_what_will_be_there(client):
    page = client.get(LIST)
    assert "No tickets yet" in page.text
    assert "No past tickets" in client.get(LIST, {"when": "past"}).text
    assert dict(client.session) == {}


def test_the_list_of_a_stranger_shows_nothing_of_aminas(booking, bruno):
    stranger = Client()
    stranger.force_login(bruno)
    assert shown(stranger.get(LIST)) == []


@pytest.mark.parametrize("page", ["0", "9", "x", ""])
def test_a_page_of_the_list_that_does_not_exist_shows_the_nearest(client, booking, page):
    assert shown(client.get(LIST, {"page": page})) == ["A1", "A2"]


# --- the ticket


def test_the_ticket_shows_its_place_and_its_neighbours(client, booking):
    first, second = booking.tickets.all()
    page = client.get(url("ticket", first))
    assert (page.status_code, heading(page)) == (200, "The Lantern Room")
    assert (page.context["previous"], page.context["next"], page.context["count"]) == ("", second.code, 2)
    for words in ("Tuesday 24 November, 18:00", "Annenstrasse 1, Graz", first.code, "QR code of this ticket"):
        assert words in page.text
    assert client.get(url("ticket", second)).context["previous"] == first.code


def test_the_ticket_takes_the_same_number_of_queries_for_one_of_one_and_one_of_three(
    client, house, stripe_desk, django_assert_num_queries
):
    one = buy(client, stripe_desk, house, "A1").tickets.first()
    client.get(url("ticket", one))
    with django_assert_num_queries(5):
        client.get(url("ticket", one))
    other = Client()
    three = buy(other, stripe_desk, house, "B1", "B2", "B3", who="three").tickets.first()
    with django_assert_num_queries(5):
        other.get(url("ticket", three))


def test_the_code_as_a_picture_says_which_ticket_it_is(client, booking):
    ticket = booking.tickets.last()
    response = client.get(url("ticket_image", ticket))
    assert (response["Content-Type"], response["Cache-Control"]) == ("image/png", "private, no-store")
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(response.content)))
    claim = qr.verify(code.text, public_keys())
    assert (claim.ticket_id, claim.showtime_id) == (ticket.pk, booking.showtime_id)
    assert len(code.text) < 200
    for personal in ("AMINA", "YILMAZ", "FOYER.EXAMPLE"):
        assert personal not in code.text.upper()


def test_the_ticket_comes_as_a_file(client, booking):
    ticket = booking.tickets.first()
    response = client.get(url("ticket_file", ticket))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'inline; filename="ticket-{ticket.code}.pdf"'
    assert len(PdfReader(BytesIO(response.content)).pages) == 1


def test_a_cancelled_ticket_shows_no_code(client, booking):
    gone, kept = booking.tickets.all()
    client.post(reverse("customer:cancellation", args=[booking.code]), {"ticket": [gone.code]})
    page = client.get(url("ticket", gone))
    assert "This ticket opens no door any more." in page.text
    assert page.context["qr"] == ""
    assert client.get(url("ticket_image", gone)).status_code == 404
    assert client.get(url("ticket_file", gone))["Location"] == url("ticket", gone)
    assert client.get(url("ticket_image", kept)).status_code == 200


def test_looking_at_a_ticket_changes_nothing(client, booking):
    ticket = booking.tickets.first()
    client.get(url("ticket", ticket))
    before = (ticket.generation, ticket.status, SigningKey.objects.count())
    for name in ("ticket", "ticket_image", "ticket_file"):
        client.get(url(name, ticket))
        assert client.post(url(name, ticket)).status_code == 405
    ticket.refresh_from_db()
    assert (ticket.generation, ticket.status, SigningKey.objects.count()) == before


# --- whose it is


@pytest.mark.parametrize("name", ["ticket", "ticket_image", "ticket_file"])
@pytest.mark.parametrize("knows", ["nothing", "a login", "a purchase"])
def test_a_stranger_finds_no_ticket(house, booking, bruno, stripe_desk, name, knows):
    stranger = Client()
    if knows == "a login":
        stranger.force_login(bruno)
    elif knows == "a purchase":
        buy(stranger, stripe_desk, house, "D1", who="bruno")
    response = stranger.get(url(name, booking.tickets.first()))
    assert response.status_code == 404
    assert not re.search(r"Lantern|amina", response.text)


def test_the_bookings_link_opens_its_tickets_in_another_browser_bo13(booking):
    other = Client()
    other.get(reverse("customer:by_key", args=[booking.access_key]))
    assert shown(other.get(LIST)) == ["A1", "A2"]
    assert other.get(url("ticket", booking.tickets.first())).status_code == 200
