"""R23: who holds many seats shows that somebody is there, by a code that is mailed."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from core.accounts.models import Code
from core.seating.queries import held_by
from e2e.cast import NOW, House
from portals.customer.tests.shop import arrive, heading

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
ASK, TYPE = reverse("customer:proof"), reverse("customer:proof_code")
EMAIL = {"email": "amina@foyer.example"}


def mailed(run_outbox) -> str:
    run_outbox()
    return re.search(r"\b\d{6}\b", str(mail.outbox[-1].body))[0]


def labels(holder: str, house: House) -> list[str]:
    return [place.label for place in held_by(holder, showtime=house.showtime, now=NOW).places]


def test_asking_mails_a_code_and_asks_for_it(client, house, run_outbox):
    arrive(client, house, "A1")
    page = client.post(ASK, EMAIL)
    assert (page.status_code, heading(page)) == (200, "Type the code")
    code = mailed(run_outbox)
    assert mail.outbox[-1].to == ["amina@foyer.example"]
    assert code not in Code.objects.get().hash


def test_the_right_code_makes_the_visitor_known_and_the_seats_follow(client, house, run_outbox):
    arrive(client, house, "A1", "A2")
    there = reverse("customer:showtime", args=[house.showtime.pk])
    client.post(ASK, EMAIL | {"next": there})
    response = client.post(TYPE, EMAIL | {"code": f" {mailed(run_outbox)} ", "next": there})
    assert response["Location"] == there
    holder = client.session["visitor"]
    assert holder.startswith("mail:")
    assert (labels(holder, house), labels("anon:amina", house)) == (["A1", "A2"], [])


def test_a_wrong_code_is_refused_and_changes_nothing(client, house, run_outbox):
    arrive(client, house, "A1")
    client.post(ASK, EMAIL)
    right = mailed(run_outbox)
    wrong = "000000" if right != "000000" else "111111"
    page = client.post(TYPE, EMAIL | {"code": wrong})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["code"]
    assert client.session["visitor"] == "anon:amina"
    assert labels("anon:amina", house) == ["A1"]


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "1234567"])
def test_a_code_that_is_none_is_said_by_its_field(client, code):
    page = client.post(TYPE, EMAIL | {"code": code})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["code"])


def test_a_code_is_good_in_the_browser_that_asked_for_it_only(client, house, run_outbox):
    arrive(client, house, "A1")
    client.post(ASK, EMAIL)
    stranger = Client()
    arrive(stranger, house, "B1", who="bruno")
    assert stranger.post(TYPE, EMAIL | {"code": mailed(run_outbox)}).status_code == 422
    assert stranger.session["visitor"] == "anon:bruno"


def test_an_address_that_is_none_is_said_and_nothing_is_mailed(client):
    page = client.post(ASK, {"email": "amina"})
    assert page.status_code == 422
    assert page.context["form"].errors == {"email": ["This is not a complete email address, such as name@example.org."]}
    assert Code.objects.count() == 0


def test_asking_too_often_is_refused_with_the_reason(client, house):
    arrive(client, house, "A1")
    answers = [client.post(ASK, EMAIL).status_code for _ in range(12)]
    assert (answers[0], answers[-1]) == (200, 429)
    page = client.post(ASK, EMAIL)
    assert list(page.context["form"].errors) == ["email"]


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example"])
def test_proving_never_leads_away(client, house, run_outbox, wanted):
    arrive(client, house, "A1")
    client.post(ASK, EMAIL)
    assert client.post(TYPE, EMAIL | {"code": mailed(run_outbox), "next": wanted})["Location"] == "/"


def test_proving_leads_on_when_the_way_back_is_a_bare_word(client, house, run_outbox):
    """It was an error: a bare word was looked up as the name of a view."""
    arrive(client, house, "A1")
    client.post(ASK, EMAIL)
    assert client.post(TYPE, EMAIL | {"code": mailed(run_outbox), "next": "home"})["Location"] == "home"


def test_looking_at_the_page_changes_nothing(client):
    assert client.get(ASK).status_code == 200
    assert client.get(TYPE).status_code == 405
    assert dict(client.session) == {}


def test_somebody_with_a_login_needs_no_proof(client, amina):
    client.force_login(amina)
    page = client.get(ASK, {"next": "/venues/"})
    assert (page.status_code, page["Location"]) == (302, "/venues/")
