"""Another address, another number, another password (AC5): confirmed by a code, told to the old one, logged."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from core.accounts.models import Code, User
from core.audit.models import Record
from core.notifications.models import Delivery
from e2e.cast import NOW
from portals.account.tests.entering import NEW, PASSWORD, errors, log_in, mailed_code, texted_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
EMAIL, EMAIL_CODE = reverse("account_email"), reverse("account_email_code")
MOBILE, MOBILE_CODE, MOBILE_REMOVAL = (
    reverse(f"account_{name}") for name in ("mobile", "mobile_code", "mobile_removal")
)
CHANGE = reverse("account_change_password")


@pytest.fixture
def inside(client: Client, known: User) -> Client:
    """Amina is logged in."""
    log_in(client, "amina")
    return client


def test_another_address_counts_once_its_code_was_typed_and_the_old_one_is_told_ac5(inside, known, run_outbox):
    assert inside.post(EMAIL, {"email": "Amina@new.example", "password": PASSWORD})["Location"] == EMAIL_CODE
    known.refresh_from_db()
    assert known.email == "amina@foyer.example"
    run_outbox()
    assert mail.outbox[-1].to == ["amina@new.example"]
    assert inside.post(EMAIL_CODE, {"code": mailed_code()})["Location"] == EMAIL
    known.refresh_from_db()
    assert (known.email, known.email_verified_at) == ("amina@new.example", NOW)
    record = Record.objects.get(action="account.email_changed")
    assert record.data == {"changes": {"email": ["amina@foyer.example", "amina@new.example"]}}
    run_outbox()
    assert (mail.outbox[-1].to, mail.outbox[-1].subject) == (
        ["amina@foyer.example"],
        "Your address or number was changed",
    )


def test_another_number_counts_once_its_code_was_typed_ac5(inside, known, run_outbox):
    assert inside.post(MOBILE, {"mobile": "0664 7654321", "password": PASSWORD})["Location"] == MOBILE_CODE
    known.refresh_from_db()
    assert str(known.mobile) == "+436641234567"
    run_outbox()
    assert Delivery.objects.get().to == "+436647654321"
    inside.post(MOBILE_CODE, {"code": texted_code()})
    known.refresh_from_db()
    assert (str(known.mobile), known.mobile_verified_at) == ("+436647654321", NOW)
    record = Record.objects.get(action="account.mobile_changed")
    assert record.data == {"changes": {"mobile": ["+436641234567", "+436647654321"]}}


def test_a_number_can_be_taken_off(inside, known, run_outbox):
    assert inside.post(MOBILE_REMOVAL, {"password": "guessing"}).status_code == 422
    known.refresh_from_db()
    assert known.mobile is not None
    assert inside.post(MOBILE_REMOVAL, {"password": PASSWORD})["Location"] == MOBILE
    known.refresh_from_db()
    assert (known.mobile, known.mobile_verified_at) == (None, None)
    assert inside.get(MOBILE_REMOVAL)["Location"] == MOBILE


@pytest.mark.parametrize(
    ("page", "typed"), [(EMAIL, {"email": "amina@new.example"}), (MOBILE, {"mobile": "0664 7654321"})]
)
def test_changing_is_refused_without_the_password_and_sends_nothing(inside, known, page, typed):
    response = inside.post(page, typed | {"password": "guessing"})
    assert (response.status_code, list(errors(response)), Code.objects.count()) == (422, ["password"], 0)


@pytest.mark.parametrize(
    ("page", "field", "value"),
    [(EMAIL, "email", "amina"), (EMAIL, "email", ""), (MOBILE, "mobile", "0664"), (MOBILE, "mobile", "")],
)
def test_what_is_no_address_or_number_is_refused(inside, page, field, value):
    response = inside.post(page, {field: value, "password": PASSWORD})
    assert (response.status_code, list(errors(response)), Code.objects.count()) == (422, [field], 0)


def test_an_address_that_is_anothers_sends_no_code_and_tells_its_owner_ac8(inside, known, bruno, run_outbox):
    assert inside.post(EMAIL, {"email": bruno.email, "password": PASSWORD})["Location"] == EMAIL_CODE
    run_outbox()
    assert [(one.to, one.subject) for one in mail.outbox] == [([bruno.email], "You have an account already")]
    known.refresh_from_db()
    assert known.email == "amina@foyer.example"


def test_an_own_address_that_was_never_confirmed_is_by_a_code(inside, known, run_outbox):
    User.objects.update(email_verified_at=None)
    assert inside.post(EMAIL, {"confirm": "1"})["Location"] == EMAIL_CODE
    run_outbox()
    inside.post(EMAIL_CODE, {"code": mailed_code()})
    known.refresh_from_db()
    assert known.email_verified_at == NOW
    assert len(mail.outbox) == 1


def test_a_code_for_one_thing_is_of_no_use_for_another(inside, known, run_outbox):
    inside.post(EMAIL, {"email": "amina@new.example", "password": PASSWORD})
    run_outbox()
    assert inside.post(MOBILE_CODE, {"code": mailed_code()})["Location"] == MOBILE
    known.refresh_from_db()
    assert str(known.mobile) == "+436641234567"


@pytest.mark.parametrize("page", [EMAIL, EMAIL_CODE, MOBILE, MOBILE_CODE, MOBILE_REMOVAL, CHANGE])
def test_these_pages_are_for_who_is_logged_in(client, page):
    assert client.get(page)["Location"] == f"/login/?next={page}"


def test_another_password_ends_the_other_sessions_and_keeps_this_one_ac5(inside, known, run_outbox):
    elsewhere = Client()
    log_in(elsewhere, "amina")
    assert inside.post(CHANGE, {"password": PASSWORD, "new_password": NEW})["Location"] == CHANGE
    assert (inside.get(CHANGE).status_code, elsewhere.get(CHANGE).status_code) == (200, 302)
    known.refresh_from_db()
    assert known.check_password(NEW)
    assert Record.objects.get(action="account.password_changed").object_id == str(known.pk)
    run_outbox()
    assert mail.outbox[-1].subject == "Your password was changed"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("guessing", NEW, "password"), (PASSWORD, "short", "new_password"), (PASSWORD, "", "new_password")],
)
def test_changing_the_password_is_refused_when_something_is_wrong(inside, known, old, new, field):
    response = inside.post(CHANGE, {"password": old, "new_password": new})
    assert (response.status_code, list(errors(response))) == (422, [field])
    known.refresh_from_db()
    assert known.check_password(PASSWORD)


def test_guessing_the_present_password_is_limited_as_at_the_log_in(inside, known):
    answers = [inside.post(CHANGE, {"password": "guessing", "new_password": NEW}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
