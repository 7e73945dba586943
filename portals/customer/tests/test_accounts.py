"""Who logs in or registers keeps what they held (AC1, AC2); a proved address brings its bookings (BO13)."""

import re
from collections.abc import Callable, Iterator

import pytest
import redis
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from core.accounts.models import User
from core.bookings.models import Booking
from core.seating import actions as seating
from core.seating.models import Hold
from core.seating.queries import held_by
from e2e.cast import NOW, House, visitor
from portals.account.tests.entering import texted_code

pytestmark = pytest.mark.django_db
PASSWORD = "opening-night"
LOGIN, SIGNUP, CODE = reverse("account_login"), reverse("account_signup"), reverse("account_signup_code")


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def visiting(client: Client, house: House) -> str:
    """This browser holds A1 and A2 without a login; the visitor's id."""
    session = client.session
    session["visitor"] = "anon:amina"
    session.save()
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1", "A2"), actor=visitor(), now=NOW)
    return "anon:amina"


def log_in(client: Client, email: str = "amina@foyer.example", **more: str):
    return client.post(LOGIN, {"login": email, "password": PASSWORD} | more)


def sent_code() -> str:
    return re.search(r"\b\d{6}\b", str(mail.outbox[-1].subject))[0]


def register(client: Client, run_outbox: Callable[..., object], email: str = "new@foyer.example", **more: str):
    """Fill in the form, and type the code that comes."""
    answers = {"name": "Nora New", "email": email, "new_password": "an evening out", **more}
    assert client.post(SIGNUP, answers)["Location"] == CODE
    run_outbox()
    return client.post(CODE, {"code": sent_code()})


def labels(holder: str, house: House) -> list[str]:
    return [place.label for place in held_by(holder, showtime=house.showtime, now=NOW).places]


# --- what is held follows


def test_logging_in_brings_the_held_seats_along(client, house, amina, visiting):
    response = log_in(client, next="/showtimes/1/checkout/")
    assert (response.status_code, response["Location"]) == (302, "/showtimes/1/checkout/")
    assert labels(amina.holder, house) == ["A1", "A2"]
    assert labels(visiting, house) == []
    assert "visitor" not in client.session


def test_registering_brings_the_held_seats_along(client, house, visiting, run_outbox):
    assert register(client, run_outbox)["Location"] == reverse("customer:tickets")
    user = User.objects.get(email="new@foyer.example")
    assert labels(user.holder, house) == ["A1", "A2"]
    assert (user.name, user.language, user.joined_at) == ("Nora New", "en", NOW)


def test_logging_in_gives_the_session_a_new_key(client, amina, visiting):
    before = client.session.session_key
    log_in(client)
    assert client.session.session_key != before


def test_logging_out_leaves_a_fresh_visitor(client, house, amina, visiting):
    log_in(client)
    assert client.post(reverse("account_logout")).status_code == 302
    assert dict(client.session) in ({}, {"_messages": client.session.get("_messages")})
    client.post(reverse("customer:holds", args=[house.showtime.pk]), {"add": house.seats("B1")})
    assert client.session["visitor"] not in {"anon:amina", amina.holder}
    assert labels(amina.holder, house) == ["A1", "A2"]


def test_bookings_of_this_browser_stay_open_after_logging_in(client, house, amina, visiting):
    booked = Booking.objects.create(
        organizer=house.organizer, showtime=house.showtime, holder=visiting, name="A", email="other@foyer.example",
        currency="EUR", subtotal=0, total=0, status="confirmed", created_at=NOW, lease_until=NOW,
    )  # fmt: skip
    page = reverse("customer:booking", args=[booked.code])
    log_in(client)
    assert client.get(page).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(page).status_code == 404


def test_logging_in_with_a_wrong_password_changes_nothing(client, house, amina, visiting):
    response = client.post(LOGIN, {"login": amina.email, "password": "guessing"})
    assert response.status_code == 422
    assert "_auth_user_id" not in client.session
    assert labels(visiting, house) == ["A1", "A2"]
    assert Hold.objects.filter(holder=amina.holder).count() == 0


# --- where it leads


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)"])
def test_logging_in_never_leads_away(client, amina, wanted):
    assert log_in(client, next=wanted)["Location"] == reverse("customer:tickets")


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/x"])
def test_registering_never_leads_away(client, wanted, run_outbox):
    assert register(client, run_outbox, next=wanted)["Location"] == reverse("customer:tickets")


def test_registering_leads_on_to_where_one_was(client, run_outbox):
    assert register(client, run_outbox, next="/showtimes/1/checkout/")["Location"] == "/showtimes/1/checkout/"


def test_a_page_that_needs_a_login_is_come_back_to(client, amina):
    response = client.get(reverse("account_email"))
    assert response["Location"] == "/login/?next=/account/email/"


# --- the proved address


def guest_booking(house: House, email: str) -> Booking:
    return Booking.objects.create(
        organizer=house.organizer, showtime=house.showtime, holder="anon:elsewhere", name="Nora", email=email,
        currency="EUR", subtotal=0, total=0, status="confirmed", created_at=NOW, lease_until=NOW,
    )  # fmt: skip


def test_a_confirmed_address_brings_the_bookings_made_as_a_guest_bo13(client, house, run_outbox):
    booked = guest_booking(house, "new@foyer.example")
    page = reverse("customer:booking", args=[booked.code])
    assert client.get(page).status_code == 404
    register(client, run_outbox)
    booked.refresh_from_db()
    user = User.objects.get()
    assert (booked.user, user.email_verified_at) == (user, NOW)
    assert client.get(page).status_code == 200


def test_an_address_that_was_not_confirmed_brings_nothing_bo13(client, house, run_outbox):
    """Registered by number, with somebody else's address."""
    booked = guest_booking(house, "amina@foyer.example")
    answers = {
        "name": "Bruno",
        "email": "amina@foyer.example",
        "mobile": "0664 1234567",
        "new_password": "an evening out",
    }
    client.post(SIGNUP, answers)
    run_outbox()
    client.post(CODE, {"code": texted_code()})
    assert client.get(reverse("customer:booking", args=[booked.code])).status_code == 404
    booked.refresh_from_db()
    assert (booked.user, User.objects.get().email_verified_at) == (None, None)


def test_another_address_brings_its_bookings_once_it_is_confirmed_bo13(client, house, amina, run_outbox):
    booked = guest_booking(house, "amina@elsewhere.example")
    log_in(client)
    client.post(reverse("account_email"), {"email": "amina@elsewhere.example", "password": PASSWORD})
    booked.refresh_from_db()
    assert booked.user is None
    run_outbox()
    client.post(reverse("account_email_code"), {"code": sent_code()})
    booked.refresh_from_db()
    assert booked.user == amina


# --- limits, and Valkey away


@pytest.fixture
def valkey_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """Every command to the cache's server fails; how often it was asked."""
    asked = []

    def refuse(*args: object, **_: object) -> None:
        asked.append(args)
        raise redis.ConnectionError("nobody there")

    with monkeypatch.context() as away:
        away.setattr(redis.Redis, "execute_command", refuse)
        away.setattr("project.patient_cache.PatientRedisCache._rests_until", 0.0)
        yield lambda: len(asked)


def test_logging_in_works_without_valkey_and_its_limit_holds(client, house, amina, visiting, valkey_away):
    for _ in range(4):
        assert log_in(client, password="guessing").status_code == 422
    assert log_in(client).status_code == 302
    assert labels(amina.holder, house) == ["A1", "A2"]
    client.post(reverse("account_logout"))
    answers = [log_in(client, password="guessing").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_registering_works_without_valkey(client, run_outbox, valkey_away):
    answers = {"name": "Nora New", "email": "new@foyer.example", "new_password": "an evening out"}
    assert client.post(SIGNUP, answers)["Location"] == CODE


def test_the_cache_is_not_asked_again_at_once_when_it_is_away(valkey_away):
    assert [cache.get("key", "nothing") for _ in range(3)] == ["nothing"] * 3
    assert valkey_away() == 1


def test_the_cache_answers_as_an_empty_one_when_it_is_away(valkey_away):
    assert cache.add("key", 1) is True
    assert cache.set("key", 1) is None
    assert cache.get_many(["key"]) == {}
    assert ("key" in cache, cache.touch("key"), cache.delete("key")) == (False, False, False)
    assert cache.set_many({"key": 1}) == ["key"]
    with pytest.raises(ValueError, match="not found"):
        cache.incr("key")


def test_the_cache_remembers_when_it_is_there(db):
    cache.set("key", 1)
    assert (cache.get("key"), cache.incr("key"), cache.delete("key"), cache.get("key")) == (1, 2, True, None)
