"""A forgotten password (AC4): a code by mail or text message, then another password; behind every door."""

import datetime as dt
import re

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse

from core.accounts.addresses import placeholder
from core.accounts.models import AuthenticatorApp, Code, LoginTry, User
from core.audit.models import Record
from core.notifications.models import Delivery
from e2e.cast import NOW
from portals.account.tests.entering import (
    LOGIN,
    NEW,
    NEW_PASSWORD,
    NORA,
    RESET,
    RESET_CODE,
    SIGNUP,
    SIGNUP_CODE,
    errors,
    is_in,
    log_in,
    mailed_code,
    texted_code,
    wrong,
)

GROWS = "\u0130"  # one letter, and two when it is small
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def prove(client: Client, run_outbox, login: str) -> None:
    """Ask for a code by mail and type it."""
    assert client.post(RESET, {"login": login})["Location"] == RESET_CODE
    run_outbox()
    assert client.post(RESET_CODE, {"code": mailed_code()})["Location"] == NEW_PASSWORD


@pytest.mark.parametrize("login", ["amina@foyer.example", " AMINA@foyer.example", "amina"])
def test_a_code_by_mail_lets_choose_another_password_ac4(client, known, run_outbox, login):
    prove(client, run_outbox, login)
    response = client.post(NEW_PASSWORD, {"new_password": NEW})
    assert (response["Location"], is_in(client)) == (LOGIN, False)
    known.refresh_from_db()
    assert known.check_password(NEW)
    record = Record.objects.get(action="account.password_reset")
    assert (record.object_id, record.actor_user_id, record.data) == (str(known.pk), known.pk, {"by": "email"})
    run_outbox()
    assert [message.subject for message in mail.outbox][1:] == ["Your password was changed"]
    assert log_in(client, login, NEW).status_code == 302


def test_a_code_by_text_message_lets_choose_another_password_ac4(client, known, run_outbox):
    client.post(RESET, {"login": "0664 1234567"})
    run_outbox()
    assert mail.outbox == []
    client.post(RESET_CODE, {"code": texted_code()})
    client.post(NEW_PASSWORD, {"new_password": NEW})
    known.refresh_from_db()
    assert known.check_password(NEW)


@pytest.mark.parametrize("door", ["organizer", "merchant", "checkin"])
def test_every_door_has_its_way_back_in_and_its_look_ac4(client, known, run_outbox, door):
    page = client.post(reverse(f"{door}_reset"), {"login": "amina"}, follow=True)
    assert f'data-portal="{door}"' in page.text
    run_outbox()
    page = client.post(RESET_CODE, {"code": mailed_code()}, follow=True)
    assert f'data-portal="{door}"' in page.text
    assert client.post(NEW_PASSWORD, {"new_password": NEW})["Location"] == reverse(f"{door}_login")


def test_another_password_ends_every_session_ac5(client, known, run_outbox):
    elsewhere = Client()
    log_in(elsewhere, "amina")
    assert elsewhere.get(reverse("account_email")).status_code == 200
    prove(client, run_outbox, "amina")
    client.post(NEW_PASSWORD, {"new_password": NEW})
    assert elsewhere.get(reverse("account_email")).status_code == 302


def test_another_password_opens_a_login_that_was_locked(client, known, run_outbox):
    for _ in range(5):
        log_in(client, "amina", "guessing")
    assert log_in(client, "amina").status_code == 429
    prove(client, run_outbox, "amina")
    client.post(NEW_PASSWORD, {"new_password": NEW})
    assert (LoginTry.objects.count(), log_in(client, "amina", NEW).status_code) == (0, 302)


def test_a_weak_password_is_refused_and_the_code_stays_good(client, known, run_outbox):
    prove(client, run_outbox, "amina")
    response = client.post(NEW_PASSWORD, {"new_password": "1234567890"})
    assert (response.status_code, list(errors(response))) == (422, ["new_password"])
    assert client.post(NEW_PASSWORD, {"new_password": NEW})["Location"] == LOGIN


def test_a_new_password_cannot_be_chosen_without_a_code_nor_twice_nor_late(client, known, run_outbox, clock):
    assert client.post(NEW_PASSWORD, {"new_password": NEW})["Location"] == RESET
    prove(client, run_outbox, "amina")
    clock.shift(dt.timedelta(minutes=15))
    assert client.post(NEW_PASSWORD, {"new_password": NEW})["Location"] == RESET
    prove(client, run_outbox, "amina")
    client.post(NEW_PASSWORD, {"new_password": NEW})
    assert client.post(NEW_PASSWORD, {"new_password": "another evening"})["Location"] == RESET
    known.refresh_from_db()
    assert known.check_password(NEW)


def test_a_proof_is_of_no_use_at_another_screen(client, known, run_outbox):
    prove(client, run_outbox, "amina")
    other = Client()
    session = other.session
    session["reset_proof"] = client.session["reset_proof"]
    session.save()
    assert other.post(NEW_PASSWORD, {"new_password": NEW})["Location"] == RESET


@pytest.mark.parametrize("minutes", [0, 5])
def test_a_code_is_refused_when_it_is_wrong_or_old_ac8(client, known, run_outbox, clock, minutes):
    client.post(RESET, {"login": "amina"})
    run_outbox()
    code = mailed_code()
    clock.shift(dt.timedelta(minutes=minutes))
    response = client.post(RESET_CODE, {"code": code if minutes else wrong(code)})
    said = "This code is wrong or no longer good. Check it, or ask for a new one."
    assert (response.status_code, errors(response)) == (422, {"code": [said]})


def test_a_code_is_refused_after_five_wrong_ones_ac8(client, known, run_outbox):
    client.post(RESET, {"login": "amina"})
    run_outbox()
    code = mailed_code()
    for _ in range(5):
        client.post(RESET_CODE, {"code": wrong(code)})
    assert client.post(RESET_CODE, {"code": code}).status_code == 422
    assert Code.objects.get().used_at is None


def test_a_number_that_was_never_proved_opens_nothing(client, known, run_outbox):
    User.objects.update(mobile_verified_at=None)
    client.post(RESET, {"login": "0664 1234567"})
    run_outbox()
    assert Delivery.objects.count() == 0


def test_who_proves_an_address_for_the_first_time_so_gets_rid_of_a_number_that_might_be_anothers(
    client, run_outbox, known
):
    """Somebody registered with their own number and an address that was not theirs; its owner takes it over."""
    User.objects.update(email_verified_at=None)
    prove(client, run_outbox, "amina@foyer.example")
    client.post(NEW_PASSWORD, {"new_password": NEW})
    known.refresh_from_db()
    assert (known.email_verified_at, known.mobile, known.mobile_verified_at) == (NOW, None, None)


def test_who_proves_an_address_for_the_first_time_so_finds_nothing_of_who_had_it_before_ac1_ac8(
    client, run_outbox, known
):
    """Takeover in advance: no app to ask for, no device, wish, session, name or person of the other's is left."""
    User.objects.update(email_verified_at=None, emergency_name="Mallory", emergency_mobile=known.mobile, known_as="M")
    AuthenticatorApp.objects.create(user=known, name="app", sealed_key="", created_at=NOW)
    known.push_devices.create(endpoint="https://push.example/1", p256dh="p", auth="a", created_at=NOW)
    known.preferences.create(kind="new_login", channel="mail", wanted=False)
    known.notifications.create(kind="new_login", once_key="once", created_at=NOW)
    known.dependents.create(name="Mallory junior", relation="child", created_at=NOW)
    elsewhere = Client()
    elsewhere.force_login(known)
    prove(client, run_outbox, "amina@foyer.example")
    client.post(NEW_PASSWORD, {"new_password": NEW})
    known.refresh_from_db()
    assert (known.name, known.known_as, known.username, known.mobile) == ("", "", None, None)
    assert (known.emergency_name, str(known.emergency_mobile), known.picture.name) == ("", "", "")
    assert AuthenticatorApp.objects.count() == 0
    rows = (known.push_devices, known.preferences, known.dependents)
    assert [one.count() for one in rows] == [0, 0, 0]
    assert [one.kind for one in known.notifications.all()] == ["password_changed"]
    assert elsewhere.get(reverse("account_email")).status_code == 302
    assert log_in(client, "amina@foyer.example", NEW)["Location"] == reverse("customer:tickets")
    assert is_in(client)


def test_who_registered_with_a_number_and_anothers_address_has_no_part_in_its_account_ac1_ac8(client, run_outbox):
    """Takeover in advance: the owner of the address registers with it as if nobody had named it."""
    attacker = Client(REMOTE_ADDR="192.0.2.9")
    attacker.post(SIGNUP, NORA | {"mobile": "0664 7654321"})
    run_outbox()
    attacker.post(SIGNUP_CODE, {"code": texted_code()})
    client.post(SIGNUP, NORA | {"new_password": NEW})
    run_outbox()
    assert client.post(SIGNUP_CODE, {"code": mailed_code()}).status_code == 302
    hers, other = User.objects.get(email="nora@foyer.example"), User.objects.get(mobile="+436647654321")
    assert (hers.pk == other.pk, hers.email_verified_at, hers.mobile, is_in(client)) == (False, NOW, None, True)
    Code.objects.all().delete()
    attacker.post(reverse("account_email"), {"confirm": "1"})
    run_outbox()
    assert [one.subject for one in mail.outbox][-1] == "You have an account already"


def test_a_user_name_without_a_confirmed_address_is_reached_by_its_number(client, run_outbox, known):
    User.objects.update(email=placeholder(), unproved_email="amina@foyer.example", email_verified_at=None)
    client.post(RESET, {"login": "amina"})
    run_outbox()
    client.post(RESET_CODE, {"code": texted_code()})
    client.post(NEW_PASSWORD, {"new_password": NEW})
    known.refresh_from_db()
    assert (known.check_password(NEW), known.email_verified_at, str(known.mobile)) == (True, None, "+436641234567")
    assert mail.outbox == []


def test_a_proved_number_stays_when_the_address_was_proved_before(client, run_outbox, known):
    prove(client, run_outbox, "amina@foyer.example")
    client.post(NEW_PASSWORD, {"new_password": NEW})
    known.refresh_from_db()
    assert str(known.mobile) == "+436641234567"


@pytest.mark.parametrize("typed", [GROWS * 254, "a@" + ".".join([GROWS * 60] * 4) + ".com"])
def test_letters_that_grow_when_they_are_small_break_nothing(client, typed, run_outbox):
    assert client.post(RESET, {"login": typed}).status_code in {302, 422}
    assert client.post(SIGNUP, NORA | {"email": typed}, REMOTE_ADDR="192.0.2.9").status_code == 422
    run_outbox()


@pytest.mark.parametrize("login", ["nobody@foyer.example", "+436649999999", "nobody"])
def test_the_answer_is_the_same_whether_or_not_there_is_an_account_ac8(client, known, login, run_outbox):
    """Enumeration: status, address, page, and what is wrong with a code."""
    known = {"nobody@foyer.example": known.email, "+436649999999": "+436641234567", "nobody": "amina"}[login]
    told = []
    for number, named in enumerate((known, login)):
        visitor = Client(REMOTE_ADDR=f"192.0.2.{number}")
        answers = [visitor.post(RESET, {"login": named}), visitor.get(RESET_CODE)]
        answers += [visitor.post(RESET, {"login": named}), visitor.post(RESET_CODE, {"code": "000000"})]
        pages = [re.sub("[A-Za-z0-9]{64}", "token", one.text).replace(named, "it") for one in answers]
        told.append([(one.status_code, one.get("Location"), one.get("Retry-After")) for one in answers] + pages)
    assert told[0] == told[1]
    assert Code.objects.count() == 2


def test_who_has_no_account_is_told_so_by_mail(client, run_outbox):
    client.post(RESET, {"login": "nobody@foyer.example"})
    run_outbox()
    [message] = mail.outbox
    assert message.subject == "There is no account with this address"
    assert re.search(r"\b\d{6}\b", str(message.body)) is None


def test_asking_keeps_no_code_in_the_session(client, known, run_outbox):
    client.post(RESET, {"login": "amina"})
    run_outbox()
    assert mailed_code() not in str(Session.objects.get().get_decoded())


def test_links_in_mails_lead_to_the_sites_own_address_whatever_host_was_named(client, known, run_outbox):
    """Host header poisoning."""
    with override_settings(ALLOWED_HOSTS=["*"], SITE_URL="https://foyer.example"):
        client.post(RESET, {"login": "nobody@foyer.example"}, headers={"Host": "evil.example"})
        client.post(SIGNUP, NORA | {"email": known.email}, headers={"Host": "evil.example"}, REMOTE_ADDR="192.0.2.9")
        run_outbox()
    text = "".join(f"{message.body}{message.alternatives[0].content}" for message in mail.outbox)
    assert len(mail.outbox) == 2
    assert {found for found in re.findall(r"https?://([^/\s\"]+)", text) if "w3.org" not in found} == {"foyer.example"}


def test_somebody_who_is_logged_in_may_have_forgotten_it_too(client, known, run_outbox):
    log_in(client, "amina")
    prove(client, run_outbox, "amina")
    client.post(NEW_PASSWORD, {"new_password": NEW})
    assert client.get(reverse("account_email")).status_code == 302
