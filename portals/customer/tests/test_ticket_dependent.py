"""AC11: for whom a ticket is, said by who bought it and seen by nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import Dependent
from core.audit.models import Record
from core.bookings.models import Booking
from core.tickets.models import Ticket
from e2e.cast import NOW
from portals.customer.tests.shop import arrive_known, buy, pay, pay_button, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


@pytest.fixture
def booking(client, house, amina, stripe_desk) -> Booking:
    """Amina, logged in, has bought A1 and A2."""
    arrive_known(client, house, amina, "A1", "A2")
    pay_button(client, house)
    return pay(client, stripe_desk, Booking.objects.get(status="awaiting_payment"))


@pytest.fixture
def nora(amina) -> Dependent:
    return Dependent.objects.create(user=amina, name="Nora", relation="child", created_at=NOW)


def where(ticket: Ticket) -> str:
    return reverse("customer:ticket_dependent", args=[ticket.code])


def page_of(ticket: Ticket) -> str:
    return reverse("customer:ticket", args=[ticket.code])


def assigned() -> list[int | None]:
    return list(Ticket.objects.order_by("id").values_list("dependent", flat=True))


def test_ticket_is_assigned_shown_and_taken_back(client, booking, nora):
    first = booking.tickets.first()
    assert "For whom is it?" in client.get(page_of(first)).text
    answer = client.post(where(first), {"dependent": nora.pk})
    assert answer["Location"] == page_of(first)
    assert assigned() == [nora.pk, None]
    assert told(client.get(page_of(first))) == ["This ticket is for Nora."]
    assert "<dt>For</dt><dd>Nora</dd>" in client.get(page_of(first)).text
    assert "Nora" in client.get(reverse("customer:tickets")).text
    client.post(where(first), {"dependent": ""})
    assert assigned() == [None, None]


def test_ticket_page_leads_to_the_account_when_there_is_nobody_yet(client, booking):
    assert reverse("account_dependents") in client.get(page_of(booking.tickets.first())).text


@pytest.mark.parametrize("wanted", ["0", "999999999999999999", "9" * 40, "-1", "nora", "1 OR 1=1", "²"])
def test_ticket_is_not_assigned_to_what_is_nobody(client, booking, nora, wanted):
    assert client.post(where(booking.tickets.first()), {"dependent": wanted}).status_code == 404
    assert assigned() == [None, None]


def test_ticket_is_not_assigned_to_somebody_elses_dependent(client, booking, bruno):
    his = Dependent.objects.create(user=bruno, name="Ben", relation="child", created_at=NOW)
    assert client.post(where(booking.tickets.first()), {"dependent": his.pk}).status_code == 404
    assert assigned() == [None, None]


def test_ticket_of_somebody_else_is_not_found_even_by_who_has_opened_its_link(client, booking, nora, bruno):
    """Bruno may see a ticket whose link he was sent, but not for whom it is, and change nothing."""
    first = booking.tickets.first()
    client.post(where(first), {"dependent": nora.pk})
    stranger = Client()
    stranger.force_login(bruno)
    his = Dependent.objects.create(user=bruno, name="Ben", relation="child", created_at=NOW)
    for _turn in range(2):
        assert stranger.post(where(first), {"dependent": his.pk}).status_code == 404
        assert stranger.post(where(first), {"dependent": ""}).status_code == 404
        stranger.get(reverse("customer:by_key", args=[booking.access_key]))
    seen = stranger.get(page_of(first))
    assert seen.status_code == 200
    assert "Nora" not in seen.text and "For whom is it?" not in seen.text
    assert "Nora" not in stranger.get(reverse("customer:tickets")).text
    assert assigned() == [nora.pk, None]
    assert Record.objects.filter(action="ticket.assigned").count() == 1


def test_ticket_that_was_given_back_keeps_for_whom_it_was(client, booking, nora):
    first = booking.tickets.first()
    client.post(where(first), {"dependent": nora.pk})
    client.post(reverse("customer:cancellation", args=[booking.code]), {"ticket": [first.code]})
    assert "For whom is it?" not in client.get(page_of(first)).text
    client.post(where(first), {"dependent": ""})
    assert assigned() == [nora.pk, None]


def test_ticket_of_a_guest_is_for_nobody(client, house, stripe_desk, amina, nora):
    first = buy(client, stripe_desk, house, "A1").tickets.get()
    assert "For whom is it?" not in client.get(page_of(first)).text
    assert client.post(where(first), {"dependent": nora.pk}).status_code == 404
    client.force_login(amina)
    assert client.post(where(first), {"dependent": nora.pk}).status_code == 404
    assert assigned() == [None]


def test_ticket_cannot_be_assigned_from_another_site(booking, nora, amina):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(amina)
    assert strict.post(where(booking.tickets.first()), {"dependent": nora.pk}).status_code == 403
    assert assigned() == [None, None]
