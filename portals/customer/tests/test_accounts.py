"""AC1 as far as buying needs it, and BO13: who logs in keeps what they held; a proved address brings its bookings."""

import re
from collections.abc import Callable, Iterator

import pytest
import redis
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from core.accounts.models import User
from core.bookings.models import Booking
from core.notifications.models import Delivery
from core.outbox.models import Message
from core.seating import actions as seating
from core.seating.models import Hold
from core.seating.queries import held_by
from e2e.cast import NOW, House, visitor

pytestmark = pytest.mark.django_db
PASSWORD = "opening-night"
LOGIN, SIGNUP = reverse("account_login"), reverse("account_signup")


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
    return client.post(LOGIN, {"login": email, "password": PASSWORD, **more})


def register(client: Client, email: str = "new@foyer.example", **more: str):
    return client.post(SIGNUP, {"name": "Nora New", "email": email, "password1": "an evening out", **more})


def labels(holder: str, house: House) -> list[str]:
    return [place.label for place in held_by(holder, showtime=house.showtime, now=NOW).places]


def link_in(message: mail.EmailMessage) -> str:
    return re.search(r"http://testserver(\S+)", str(message.body))[1]


# --- what is held follows


def test_logging_in_brings_the_held_seats_along(client, house, amina, visiting):
    response = log_in(client, next="/showtimes/1/checkout/")
    assert (response.status_code, response["Location"]) == (302, "/showtimes/1/checkout/")
    assert labels(amina.holder, house) == ["A1", "A2"]
    assert labels(visiting, house) == []
    assert "visitor" not in client.session


def test_registering_brings_the_held_seats_along(client, house, visiting):
    assert register(client)["Location"] == reverse("customer:tickets")
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
def test_registering_never_leads_away(client, wanted):
    assert register(client, next=wanted)["Location"] == reverse("customer:tickets")


def test_a_page_that_needs_a_login_is_come_back_to(client, amina):
    response = client.get(reverse("account_email"))
    assert response["Location"] == "/login/?next=/account/email/"


# --- who may register


def test_registering_is_refused_with_an_address_that_is_taken(client, amina):
    response = register(client, email="Amina@Foyer.example")
    assert response.status_code == 200
    assert response.context["form"].errors["email"] == ["A user is already registered with this email address."]
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Say what we may call you."),
        ("email", "amina", "This is not a complete email address, such as name@example.org."),
        ("email", "", "Type your email address."),
        ("password1", "", "Choose a password."),
        ("password1", "short", "This password is too short. It must contain at least 10 characters."),
    ],
)
def test_registering_is_refused_when_a_field_is_wrong(client, field, value, said):
    response = register(client, **{field: value})
    assert response.context["form"].errors[field] == [said]
    assert User.objects.count() == 0


# --- the proved address


def guest_booking(house: House, email: str) -> Booking:
    return Booking.objects.create(
        organizer=house.organizer, showtime=house.showtime, holder="anon:elsewhere", name="Nora", email=email,
        currency="EUR", subtotal=0, total=0, status="confirmed", created_at=NOW, lease_until=NOW,
    )  # fmt: skip


def test_somebody_elses_address_brings_nothing_until_it_is_confirmed_bo13(client, house, bruno):
    booked = guest_booking(house, "amina@foyer.example")
    register(client, email="amina@foyer.example")
    assert client.get(reverse("customer:booking", args=[booked.code])).status_code == 404
    booked.refresh_from_db()
    assert booked.user is None


def test_another_address_is_used_once_it_is_confirmed_and_brings_its_bookings(client, house, amina, run_outbox):
    booked = guest_booking(house, "amina@elsewhere.example")
    EmailAddress.objects.create(user=amina, email=amina.email, verified=True, primary=True)
    log_in(client)
    asked = client.post(reverse("account_email"), {"action_add": "", "email": "amina@elsewhere.example"})
    assert asked["Location"] == "/account/reauthenticate/?next=%2Faccount%2Femail%2F"
    client.post(asked["Location"], {"password": PASSWORD, "next": "/account/email/"})
    client.post(reverse("account_email"), {"action_primary": "", "email": "amina@elsewhere.example"})
    amina.refresh_from_db()
    booked.refresh_from_db()
    assert (amina.email, booked.user) == ("amina@foyer.example", None)
    run_outbox()
    client.post(link_in(mail.outbox[-1]))
    booked.refresh_from_db()
    assert booked.user == amina
    amina.refresh_from_db()
    assert amina.email_verified_at is None
    client.post(reverse("account_email"), {"action_primary": "", "email": "amina@elsewhere.example"})
    amina.refresh_from_db()
    assert (amina.email, amina.email_verified_at) == ("amina@elsewhere.example", NOW)


def test_another_address_is_refused_without_the_password(client, amina, run_outbox):
    log_in(client)
    asked = client.post(reverse("account_email"), {"action_add": "", "email": "amina@elsewhere.example"})
    response = client.post(asked["Location"], {"password": "guessing", "next": "/account/email/"})
    assert response.context["form"].errors["password"] == ["Incorrect password."]
    assert run_outbox() == []


def test_a_forgotten_password_is_set_anew_by_the_mailed_link(client, amina, run_outbox):
    client.post(reverse("account_reset_password"), {"email": amina.email})
    run_outbox()
    page = client.get(link_in(mail.outbox[0]), follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": "velvet curtain", "password2": "velvet curtain"})
    amina.refresh_from_db()
    assert amina.check_password("velvet curtain")
    run_outbox()
    assert [message.subject for message in mail.outbox] == ["Choose a new password", "Your password was changed"]
    assert "This link has ended" in client.get(link_in(mail.outbox[0]), follow=True).text


def test_the_answer_is_the_same_whether_or_not_the_account_exists(client, amina, run_outbox):
    pages = []
    for email in (amina.email, "nobody@foyer.example"):
        response = client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        pages.append((response.redirect_chain, re.sub(r"\b[A-Za-z0-9]{64}\b", "token", response.text)))
    assert pages[0] == pages[1]


# --- mails


def test_account_mails_wait_sealed(client, amina):
    client.post(reverse("account_reset_password"), {"email": amina.email})
    delivery = Delivery.objects.get(kind="account")
    assert (delivery.to, list(delivery.words)) == (amina.email, ["sealed"])
    assert "password/reset" not in str(delivery.words) + str(list(Message.objects.values()))


def test_links_in_account_mails_lead_to_the_sites_own_address(client, amina, run_outbox):
    with override_settings(ALLOWED_HOSTS=["*"], SITE_URL="https://foyer.example"):
        client.post(reverse("account_reset_password"), {"email": amina.email}, headers={"Host": "evil.example"})
        register(client)
        run_outbox()
    text = "".join(f"{message.body}{message.alternatives[0].content}" for message in mail.outbox)
    assert set(re.findall(r"https?://[^/\s\"]+", text)) == {"https://foyer.example"}


def test_registering_works_while_no_mail_can_be_sent(client, monkeypatch):
    def broken(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", broken)
    assert register(client).status_code == 302
    assert User.objects.count() == 1


# --- every page


PAGES = {
    "account_login": "Log in",
    "account_signup": "Register",
    "account_reset_password": "A new password",
    "account_reset_password_done": "Look into your mail",
    "account_reset_password_from_key_done": "Your password is changed",
    "account_email_verification_sent": "Look into your mail",
    "account_inactive": "This account is closed",
    "account_email": "Account",
    "account_change_password": "Account",
    "account_logout": "Log out?",
    "account_reauthenticate": "Is it you?",
}


@pytest.mark.parametrize("name", PAGES)
def test_every_account_page_looks_like_foyer(client, amina, name):
    if name in {"account_email", "account_change_password", "account_logout", "account_reauthenticate"}:
        log_in(client)
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert page.text.count('class="wordmark"') == 2
    assert re.search(r"<h1[^>]*>([^<]*)", page.text)[1] == PAGES[name]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("confirm-email/nothing/", "This link has ended"),
        ("password/reset/key/1-nothing/", "This link has ended"),
    ],
)
def test_a_link_that_has_ended_says_so(client, path, said):
    assert re.search(r"<h1[^>]*>([^<]*)", client.get(f"/account/{path}").text)[1] == said


# --- limits, and Valkey away


def test_registering_many_times_from_one_address_is_refused_with_a_page(client):
    answers = [client.post(SIGNUP, {}) for _ in range(21)]
    assert [answer.status_code for answer in answers[-2:]] == [200, 429]
    assert 'class="wordmark"' in answers[-1].text


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


def test_logging_in_and_registering_work_without_valkey(client, house, amina, visiting, valkey_away):
    assert log_in(client).status_code == 302
    assert labels(amina.holder, house) == ["A1", "A2"]
    client.post(reverse("account_logout"))
    assert register(client).status_code == 302


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
