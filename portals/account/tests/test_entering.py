"""Logging in (AC2): by what, how often, and where it leads."""

import datetime as dt

import pytest
from django.urls import reverse

from core.audit.models import Record
from core.notifications.models import Notification
from portals.account.tests.entering import LOGIN, errors, is_in, log_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize(
    "login", ["amina@foyer.example", "AMINA@foyer.example ", "0664 1234567", "+43 664 1234567", "amina"]
)
def test_logging_in_takes_address_number_and_user_name(client, known, login):
    response = log_in(client, login)
    assert (response.status_code, response["Location"], is_in(client)) == (302, reverse("customer:tickets"), True)
    record = Record.objects.get(action="account.logged_in")
    assert (record.object_id, record.actor_user_id, record.data) == (str(known.pk), known.pk, {"door": "customer"})


@pytest.mark.parametrize(
    ("login", "password", "said"),
    [
        ("", "x", {"login": ["Type your email address, mobile number or user name."]}),
        ("amina", "", {"password": ["Type your password."]}),
        ("amina", "guessing", {"__all__": ["These do not belong together. Check both, or choose a new password."]}),
        ("nobody", "guessing", {"__all__": ["These do not belong together. Check both, or choose a new password."]}),
    ],
)
def test_logging_in_is_refused_when_something_is_wrong(client, known, login, password, said):
    response = log_in(client, login, password)
    assert (response.status_code, errors(response), is_in(client)) == (422, said, False)


def test_logging_in_is_refused_for_a_while_after_five_failures_ac2(client, known, clock):
    for _ in range(5):
        assert log_in(client, "amina", "guessing").status_code == 422
    clock.shift(dt.timedelta(minutes=1))
    response = log_in(client, "amina")
    assert (response.status_code, response["Retry-After"], is_in(client)) == (429, "241", False)
    said = "Too many tries. You can try again in 5 minutes, or choose a new password."
    assert errors(response) == {"__all__": [said]}
    clock.shift(dt.timedelta(minutes=4))
    assert log_in(client, "amina").status_code == 302
    assert Record.objects.filter(action="account.locked_out").count() == 1
    assert Notification.objects.filter(user=known, kind="locked_out").count() == 0


def test_a_lock_out_stands_in_the_list_of_the_person(client, known, run_outbox):
    for _ in range(5):
        log_in(client, "amina", "guessing")
    run_outbox()
    assert Notification.objects.filter(user=known, kind="locked_out").count() == 1


def test_logging_in_counts_by_the_address_that_the_trusted_proxy_names(client, known, settings):
    settings.TRUST_PROXY = True
    for number in range(5):
        # What a client says of itself stands before what the proxy adds.
        log = {"X-Forwarded-For": f"203.0.113.{number}, 192.0.2.7"}
        assert client.post(LOGIN, {"login": "amina", "password": "guessing"}, headers=log).status_code == 422
    refused = log_in(client, "amina", headers={"X-Forwarded-For": "1.1.1.1, 192.0.2.7"})
    let_in = log_in(client, "amina", headers={"X-Forwarded-For": "192.0.2.8"})
    assert (refused.status_code, let_in.status_code) == (429, 302)


def test_the_administrators_way_in_counts_the_same_tries(client, ada):
    for _ in range(5):
        log_in(client, ada.email, "guessing")
    assert client.login(username=ada.email, password="guessing") is False
    assert log_in(client, ada.email).status_code == 429


def test_logging_in_gives_the_session_a_new_key_and_keeps_what_is_in_it(client, known):
    """Session fixation."""
    session = client.session
    session["visitor"], session["opened_bookings"] = "anon:amina", [7]
    session.save()
    before = session.session_key
    log_in(client, "amina")
    assert client.session.session_key != before
    assert (client.session["opened_bookings"], "visitor" in client.session) == ([7], False)


def test_logging_out_is_noted_and_ends_the_session(client, known):
    log_in(client, "amina")
    before = client.session.session_key
    client.post(reverse("account_logout"))
    assert (is_in(client), client.session.session_key == before) == (False, False)
    assert Record.objects.get(action="account.logged_out").object_id == str(known.pk)


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_logging_in_never_leads_to_another_site(client, known, wanted):
    assert log_in(client, "amina", next=wanted)["Location"] == reverse("customer:tickets")
    assert client.get(f"{LOGIN}?next={wanted}")["Location"] == reverse("customer:tickets")


def test_logging_in_leads_on_and_keeps_where_to_when_it_fails(client, known):
    assert 'name="next" value="/bookings/"' in log_in(client, "amina", "guessing", next="/bookings/").text
    assert log_in(client, "amina", next="/bookings/")["Location"] == "/bookings/"
    assert client.get(f"{LOGIN}?next=/venues/")["Location"] == "/venues/"
