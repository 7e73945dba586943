"""Registering (AC1): by address or number, confirmed by a code; nobody learns who has an account (AC8)."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse

from core.accounts.addresses import is_placeholder
from core.accounts.models import Code, User
from core.audit.models import Record
from core.notifications.models import Delivery
from core.outbox.models import Message
from e2e.cast import NOW
from portals.account.tests.entering import (
    NEW,
    NORA,
    RESET,
    SIGNUP,
    SIGNUP_CODE,
    errors,
    is_in,
    log_in,
    mailed_code,
    texted_code,
    wrong,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
MOBILE = {"mobile": "0664 7654321"}
MINUTE = dt.timedelta(minutes=1)


def test_registering_by_address_sends_a_code_there_and_lets_in_with_it_ac1(client, run_outbox):
    assert client.post(SIGNUP, NORA)["Location"] == SIGNUP_CODE
    assert (User.objects.count(), is_in(client)) == (0, False)
    run_outbox()
    assert mail.outbox[-1].to == ["nora@foyer.example"]
    assert client.post(SIGNUP_CODE, {"code": mailed_code()})["Location"] == reverse("customer:tickets")
    user = User.objects.get()
    assert (user.name, user.email, user.mobile, user.language) == ("Nora New", "nora@foyer.example", None, "en")
    assert (user.email_verified_at, user.mobile_verified_at, user.joined_at) == (NOW, None, NOW)
    assert (is_in(client), user.check_password("an evening out")) == (True, True)
    actions = [(one.action, one.object_id, one.actor_user_id) for one in Record.objects.order_by("id")]
    assert actions == [(f"account.{what}", str(user.pk), user.pk) for what in ("registered", "logged_in")]


def test_registering_by_number_texts_a_code_there_ac1(client, run_outbox):
    client.post(SIGNUP, NORA | MOBILE)
    run_outbox()
    assert mail.outbox == []
    assert Delivery.objects.get().to == "+436647654321"
    client.post(SIGNUP_CODE, {"code": texted_code()})
    user = User.objects.get()
    assert (str(user.mobile), user.mobile_verified_at, user.email_verified_at) == ("+436647654321", NOW, None)
    assert (user.unproved_email, is_placeholder(user.email)) == ("nora@foyer.example", True)
    assert is_in(client)


def test_an_address_beside_a_number_is_the_persons_once_its_code_was_typed_ac1(client, run_outbox, clock):
    join_by_mobile(client, run_outbox)
    assert [(one.to, one.subject) for one in mail.outbox] == [(["nora@foyer.example"], "Confirm your address")]
    for page in ("account_profile", "account_email"):
        text = client.get(reverse(page)).text
        assert ("nora@foyer.example" in text, "Confirm it" in text, "pending.invalid" in text) == (True, True, False)
    clock.shift(dt.timedelta(minutes=1))
    client.post(reverse("account_email"), {"confirm": "1"})
    run_outbox()
    client.post(reverse("account_email_code"), {"code": mailed_code()})
    user = User.objects.get()
    assert (user.email, user.unproved_email, user.email_verified_at) == ("nora@foyer.example", "", NOW + MINUTE)
    run_outbox()
    assert len(mail.outbox) == 2
    assert "Confirm it" not in client.get(reverse("account_profile")).text


def test_an_address_beside_a_number_opens_nothing_before_it_is_confirmed_ac8(client, run_outbox):
    join_by_mobile(client, run_outbox)
    fresh = Client(REMOTE_ADDR="192.0.2.7")
    assert log_in(fresh, "nora@foyer.example", NORA["new_password"]).status_code == 422
    fresh.post(RESET, {"login": "nora@foyer.example"})
    run_outbox()
    assert [one.subject for one in mail.outbox] == ["Confirm your address", "There is no account with this address"]
    assert log_in(fresh, "0664 7654321", NORA["new_password"]).status_code == 302


def test_the_number_stays_as_long_as_no_address_is_confirmed(client, run_outbox):
    join_by_mobile(client, run_outbox)
    response = client.post(reverse("account_mobile_removal"), {"password": NORA["new_password"]})
    assert (response.status_code, str(User.objects.get().mobile)) == (409, "+436647654321")


def test_no_mail_goes_to_what_stands_for_an_address(client, run_outbox):
    join_by_mobile(client, run_outbox)
    client.post(reverse("account_change_password"), {"password": NORA["new_password"], "new_password": NEW})
    run_outbox()
    assert [one.to for one in mail.outbox] == [["nora@foyer.example"]]
    user = User.objects.get()
    assert user.check_password(NEW)
    assert [one.kind for one in user.notifications.all()] == ["password_changed"]
    assert Delivery.objects.filter(to=user.email).count() == 0


def test_registering_keeps_neither_code_nor_password_in_plain_text_ac8(client, run_outbox):
    client.post(SIGNUP, NORA | {"new_password": "an evening out of town"})
    rows = [*Message.objects.values(), *Code.objects.values()]
    kept = f"{Session.objects.get().get_decoded()} {rows}"
    run_outbox()
    kept += str(list(Delivery.objects.values())) + str(list(Message.objects.values()))
    assert mailed_code() not in kept
    assert "an evening out of town" not in kept


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Say what we may call you."),
        ("email", "amina", "This is not a complete email address, such as name@example.org."),
        ("email", "", "Type your email address."),
        ("mobile", "0664", "This is not a complete number, such as +43 664 1234567."),
        ("new_password", "", "Choose a password."),
        ("new_password", "short", "Use at least 10 characters."),
        ("new_password", "nora@foyer.example", "This password is too easy to guess."),
    ],
)
def test_registering_is_refused_when_a_field_is_wrong(client, field, value, said):
    response = client.post(SIGNUP, NORA | {field: value})
    assert (response.status_code, errors(response)[field][0].startswith(said)) == (422, True)
    assert (User.objects.count(), Code.objects.count()) == (0, 0)


def test_a_wrong_code_is_refused_and_the_right_one_after_five_of_them_too_ac8(client, run_outbox):
    client.post(SIGNUP, NORA)
    run_outbox()
    code = mailed_code()
    for _ in range(5):
        response = client.post(SIGNUP_CODE, {"code": wrong(code)})
        assert (response.status_code, list(errors(response))) == (422, ["code"])
    assert client.post(SIGNUP_CODE, {"code": code}).status_code == 422
    assert (User.objects.count(), is_in(client)) == (0, False)


@pytest.mark.parametrize("typed", ["123-456", " 123 456 ", "123.456"])
def test_a_code_may_be_typed_as_it_was_copied(client, run_outbox, typed, monkeypatch):
    monkeypatch.setattr("core.accounts.actions.codes.digits", lambda: "123456")
    client.post(SIGNUP, NORA)
    assert client.post(SIGNUP_CODE, {"code": typed}).status_code == 302


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "\x00"])
def test_what_is_no_code_is_refused_and_counts_as_no_try(client, typed):
    client.post(SIGNUP, NORA)
    assert client.post(SIGNUP_CODE, {"code": typed}).status_code == 422
    assert Code.objects.get().attempts == 0


def test_the_code_of_one_screen_is_of_no_use_at_another_ac8(client, run_outbox):
    client.post(SIGNUP, NORA)
    run_outbox()
    code = mailed_code()
    session = client.session
    session["visitor"] = "anon:somebody else"
    session.save()
    assert client.post(SIGNUP_CODE, {"code": code}).status_code == 422
    assert User.objects.count() == 0


def test_a_code_can_be_sent_again_after_a_minute_and_not_before_ac8(client, run_outbox, clock):
    client.post(SIGNUP, NORA)
    response = client.post(SIGNUP_CODE, {"again": "1"})
    assert (response.status_code, response["Retry-After"]) == (429, "61")
    assert "A code was sent a moment ago." in response.text
    clock.shift(dt.timedelta(minutes=1))
    assert client.post(SIGNUP_CODE, {"again": "1"})["Location"] == SIGNUP_CODE
    run_outbox()
    assert client.post(SIGNUP_CODE, {"code": mailed_code()}).status_code == 302
    assert Code.objects.count() == 2


def test_without_having_asked_there_is_no_code_to_type(client, known):
    assert client.get(SIGNUP_CODE)["Location"] == SIGNUP
    client.force_login(known)
    assert client.get(SIGNUP)["Location"] == reverse("customer:tickets")


def test_who_has_an_account_is_told_by_mail_and_the_page_says_nothing_ac8(client, known, run_outbox):
    """Enumeration: the same answer."""
    asked = client.post(SIGNUP, NORA | {"email": known.email})
    assert (asked.status_code, asked["Location"]) == (302, SIGNUP_CODE)
    page = client.get(SIGNUP_CODE)
    run_outbox()
    [message] = mail.outbox
    assert (message.to, message.subject) == ([known.email], "You have an account already")
    assert "/login/" in message.body
    assert client.post(SIGNUP_CODE, {"code": "123456"}).status_code == 422
    client.logout()
    other = client.post(SIGNUP, NORA | {"email": "nora@foyer.example"}, REMOTE_ADDR="192.0.2.9")
    assert (other.status_code, other["Location"]) == (302, SIGNUP_CODE)
    assert normal(client.get(SIGNUP_CODE).text, "nora@foyer.example") == normal(page.text, known.email)
    assert User.objects.count() == 1


def test_who_has_the_number_is_told_by_text_message_ac8(client, known, run_outbox):
    client.post(SIGNUP, NORA | {"mobile": "0664 1234567"})
    run_outbox()
    delivery = Delivery.objects.get()
    assert (delivery.to, delivery.kind, mail.outbox) == ("+436641234567", "account_exists", [])
    [file] = Path(settings.OUTBOX_DIR).glob("*.eml")
    assert "You have an account already." in file.read_text()


def test_registering_with_a_number_tells_its_owner_nothing_of_who_has_the_address_ac1_ac8(client, known, run_outbox):
    """Enumeration: page, text message, account and what is kept for its person are the same; a mail says more."""
    told = []
    for number, email in enumerate((known.email, "nobody@foyer.example")):
        Code.objects.all().delete()
        Delivery.objects.all().delete()
        visitor = Client(REMOTE_ADDR=f"192.0.2.{number}")
        answers = [visitor.post(SIGNUP, NORA | MOBILE | {"email": email}), visitor.get(SIGNUP_CODE)]
        run_outbox()
        texts = list(Delivery.objects.values_list("to", "kind", "status"))
        answers += [visitor.post(SIGNUP_CODE, {"code": texted_code()}), visitor.get(reverse("account_profile"))]
        run_outbox()
        Code.objects.all().delete()
        answers += [visitor.post(reverse("account_email"), {"confirm": "1"}), visitor.get(reverse("account_email"))]
        run_outbox()
        user = User.objects.get(mobile="+436647654321")
        kept = [texts, list(user.deliveries.values_list("kind")), list(user.notifications.values_list("kind"))]
        pages = [(one.status_code, one.get("Location"), normal(one.text, email)) for one in answers]
        told.append([*kept, user.email_verified_at, user.unproved_email.replace(email, "it"), *pages])
        user.delete()
    assert told[0] == told[1]
    assert told[0][0] == [("+436647654321", "code", "sent")]
    sent = [(one.to, str(one.subject)[:7] if "code" in str(one.subject) else one.subject) for one in mail.outbox]
    assert sent[:3] == [
        ([known.email], "You have an account already"),
        ([known.email], "You have an account already"),
        (["nobody@foyer.example"], "Confirm your address"),
    ]
    assert sent[3][0] == ["nobody@foyer.example"]


def test_somebody_who_was_faster_with_the_address_has_it(client, run_outbox):
    client.post(SIGNUP, NORA)
    run_outbox()
    User.objects.create_user("nora@foyer.example", "opening-night")
    response = client.post(SIGNUP_CODE, {"code": mailed_code()})
    assert (response.status_code, User.objects.count(), is_in(client)) == (409, 1, False)


def test_two_hundred_requests_from_one_address_send_five_codes_an_hour_and_say_when_ac8(client, clock):
    """The limit holds, whatever addresses are named."""
    answers = []
    for number in range(200):
        clock.shift(dt.timedelta(seconds=15))
        answers.append(client.post(SIGNUP, NORA | {"email": f"nora{number}@foyer.example"}))
    sent = [number for number, answer in enumerate(answers) if answer.status_code == 302]
    assert sent == [0, 4, 8, 12, 16]
    assert {answer.status_code for answer in answers} == {302, 429}
    assert [answers[number]["Retry-After"] for number in (1, 2, 3, 199)] == ["46", "31", "16", "616"]
    assert Code.objects.count() == 5
    assert "Too many codes were sent. You can ask for another one in 11 minutes." in errors(answers[-1])["__all__"]


def join_by_mobile(client: Client, run_outbox) -> None:
    """Nora registers with her number."""
    client.post(SIGNUP, NORA | MOBILE)
    run_outbox()
    assert client.post(SIGNUP_CODE, {"code": texted_code()}).status_code == 302
    run_outbox()


def normal(text: str, address: str) -> str:
    """A page without what differs each time, and without the address that was typed."""
    return re.sub(r"[A-Za-z0-9]{64}", "token", text).replace(address, "address")
