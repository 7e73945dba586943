"""The administrators' desk: who is let in, what is listed, what is done there and how it is recorded (AD1-AD4)."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from core.accounts.actions import make_code
from core.accounts.models import Membership, Organizer, User
from core.audit.models import Record
from core.bookings.models import Booking
from core.catalog.models import Showtime
from core.flows.tests.stage import begin, pay
from core.ledger.models import JournalEntry
from core.notifications.models import Delivery
from core.outbox.models import Message
from core.payments import actions as payments
from core.payments.models import MoneyIncident, Payment, PaymentAttempt, Refund
from core.tickets.models import Ticket
from e2e.cast import NOW, log_in, visitor
from project.desk import LISTS, SECTIONS

pytestmark = pytest.mark.django_db


def address(model: type, page: str = "changelist", **arguments: object) -> str:
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{page}", **arguments)


def change(row: object) -> str:
    return address(type(row), "change", args=[row.pk])


@pytest.fixture
def desk(client: Client, ada: User) -> Client:
    """Ada at her desk."""
    log_in(client, ada)
    return client


@pytest.fixture
def booking(house, stripe_desk, run_due) -> Booking:
    """A1 and A2, paid."""
    return pay(begin(house, "A1", "A2"), stripe_desk, run_due)


def save(desk: Client, row: object, **fields: object):
    """Open the row's form and send it with these fields changed; None for a box without its tick."""
    page = desk.get(change(row))
    sent = dict(page.context["adminform"].form.initial)
    for inline in page.context["inline_admin_formsets"]:
        sent |= {f"{inline.formset.prefix}-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL")}
    sent = {name: value for name, value in (sent | fields).items() if value is not None and value is not False}
    return desk.post(change(row), sent)


def choose(desk: Client, action: str, *rows: object, confirmed: bool = True):
    """Choose rows in their list and do something to them."""
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return desk.post(address(type(rows[0])), data | ({"confirmed": "yes"} if confirmed else {}), follow=True)


def test_the_desk_sends_visitors_to_the_door_and_is_not_there_for_others(client, bruno):
    for path in ("/desk/", address(Booking), "/desk/lapsed-holds/"):
        assert client.get(path)["Location"].startswith("/login/") or "login" in client.get(path)["Location"]
    log_in(client, bruno)
    assert [client.get(path).status_code for path in ("/desk/", address(Booking), "/desk/lapsed-holds/")] == [404] * 3


def test_the_desk_asks_an_administrator_for_the_second_step(client, ada):
    client.force_login(ada)
    for path in ("/desk/", address(Booking), "/desk/lapsed-holds/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"].startswith(reverse("account_second_step"))) == (302, True)


def test_only_pages_of_ours_are_on_the_desk():
    """Django's, allauth's and otp's own would write without the activity log, or show secrets."""
    assert {model.__module__.split(".")[0] for model in admin.site._registry} == {"core"}


def test_every_list_has_its_section_and_name_on_the_desk():
    """A new one belongs into both tables of project/desk.py."""
    assert {model._meta.app_label for model in admin.site._registry} == set(SECTIONS)
    assert {model.__name__ for model in admin.site._registry} == set(LISTS)


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=lambda model: model._meta.label), ids=str)
def test_every_list_is_shown_searched_and_ordered(model, desk, booking):
    """AD2 AD3: also with a search that finds nothing and every column to sort by."""
    assert desk.get(address(model)).status_code == 200
    admin_of = admin.site._registry[model]
    if admin_of.search_fields:
        assert desk.get(address(model), {"q": "no such thing"}).status_code == 200
    for column in range(1, len(admin_of.list_display) + 1):
        assert desk.get(address(model), {"o": f"-{column}"}).status_code == 200


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=lambda model: model._meta.label), ids=str)
def test_every_row_is_shown_without_what_is_secret(model, desk, booking, mailed_code):
    for row in model.objects.all()[:3]:
        page = desk.get(change(row))
        assert page.status_code == 200
        for secret in SECRETS.get(model._meta.label, ()):
            value = getattr(row, secret)
            assert value == "" or str(value) not in page.text
        assert desk.get(address(model, "history", args=[row.pk])).status_code == 302


SECRETS = {
    "accounts.User": ("password",),
    "accounts.Code": ("hash",),
    "accounts.Invitation": ("key_digest",),
    "bookings.Booking": ("access_key",),
    "tickets.SigningKey": ("sealed_private_key",),
}


@pytest.fixture
def mailed_code(db):
    """A code that was sent to somebody."""
    return make_code("proof", destination="amina@foyer.example", actor=visitor(), now=NOW)


@pytest.mark.parametrize("model", [Booking, Payment, JournalEntry, Ticket, Record, Refund, Delivery, Message])
def test_what_the_books_demand_can_be_read_and_not_changed(model, desk, booking):
    row = model.objects.first()
    before = list(model.objects.order_by("pk").values())
    if row is not None:
        page = desk.get(change(row))
        assert page.text.count('name="_save"') == 0
        assert (model != Payment) or (str(PaymentAttempt.objects.get().key) in page.text)
        assert desk.post(change(row), {"status": "expired"}).status_code == 403
        assert desk.post(address(model, "delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert desk.post(address(model, "add"), {}).status_code == 403
    assert list(model.objects.order_by("pk").values()) == before


def test_a_changed_user_is_in_the_log_with_before_and_after(desk, amina, ada):
    """AC10: in our log, and not in Django's."""
    assert save(desk, amina, name="Amina Haddad", is_active=None).status_code == 302
    amina.refresh_from_db()
    assert (amina.name, amina.is_active) == ("Amina Haddad", False)
    row = Record.objects.get(action="account.changed")
    assert (row.object_id, row.actor_user_id, row.actor_label) == (str(amina.pk), ada.pk, "Ada Brandt")
    assert row.data == {"changes": {"name": ["Amina Yilmaz", "Amina Haddad"], "is_active": [True, False]}}
    assert LogEntry.objects.count() == 0


def test_a_form_sent_unchanged_or_wrong_records_nothing(desk, amina):
    assert save(desk, amina).status_code == 302
    assert save(desk, amina, name="x" * 200, is_active=None).status_code == 200
    assert Record.objects.filter(action="account.changed").count() == 0
    amina.refresh_from_db()
    assert amina.is_active


def test_a_change_that_cannot_be_recorded_is_not_made(desk, amina, monkeypatch):
    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no log")

    monkeypatch.setattr("core.audit.actions.record", fails)
    with pytest.raises(RuntimeError, match="no log"):
        save(desk, amina, name="Somebody")
    amina.refresh_from_db()
    assert amina.name == "Amina Yilmaz"


def test_what_belongs_to_a_row_is_shown_beside_its_form_and_left_alone(desk, olga, house):
    before = list(Membership.objects.values())
    assert ">Lichtspiele</a></td>" in desk.get(change(olga)).text
    assert save(desk, olga, name="Olga P.").status_code == 302
    assert (list(Membership.objects.values()), User.objects.get(pk=olga.pk).name) == (before, "Olga P.")


def test_a_closed_login_is_out_at_once(desk, amina, client):
    theirs = Client()
    theirs.force_login(amina)
    assert theirs.get("/account/email/").status_code == 200
    save(desk, amina, is_active=None)
    assert theirs.get("/account/email/").status_code == 302


def test_all_sessions_of_somebody_are_ended_by_an_administrator(desk, amina, ada):
    theirs = Client()
    theirs.force_login(amina)
    choose(desk, "end_sessions", amina)
    assert theirs.get("/account/email/").status_code == 302
    assert Record.objects.get(action="account.sessions_ended").actor_user_id == ada.pk


def test_an_administrator_cannot_shut_herself_out(desk, ada):
    save(desk, ada, name="Ada B.", is_active=None, is_staff=None)
    ada.refresh_from_db()
    assert (ada.name, ada.is_active, ada.is_staff) == ("Ada B.", True, True)


def test_an_organizers_terms_are_changed_and_recorded(desk, house):
    organizer = house.organizer
    assert save(desk, organizer, fee_fixed=75).status_code == 302
    row = Record.objects.get(action="organizer.changed")
    assert (row.organizer_id, row.data) == (organizer.pk, {"changes": {"fee_fixed": [0, 75]}})
    assert Organizer.objects.get().fee_fixed == 75


def test_cancelling_a_booking_is_asked_first_and_gives_all_the_money_back(desk, booking, ada, run_due):
    """AD3: by the same flow as everybody's, with its mail and its history."""
    asked = choose(desk, "cancel_with_refund", booking, confirmed=False)
    assert booking.code in asked.text
    booking.refresh_from_db()
    assert booking.status == Booking.Status.CONFIRMED
    choose(desk, "cancel_with_refund", booking)
    booking.refresh_from_db()
    assert (booking.status, booking.reason) == (Booking.Status.REFUNDED, "Cancelled by the house.")
    assert (Refund.objects.get().amount, Refund.objects.get().reason) == (booking.total, Refund.Reason.BY_HOUSE)
    assert set(booking.tickets.values_list("status", flat=True)) == {Ticket.Status.CANCELLED}
    assert Record.objects.get(action="booking.refunded").actor_user_id == ada.pk
    again = choose(desk, "cancel_with_refund", booking)
    assert Refund.objects.count() == 1
    assert booking.code in again.text


def test_tickets_are_mailed_again_and_a_refusal_is_told(desk, booking):
    """AD3."""
    choose(desk, "resend_tickets", booking)
    assert Record.objects.filter(action="tickets.resent").count() == 1
    told = choose(desk, "resend_tickets", booking)
    assert Record.objects.filter(action="tickets.resent").count() == 1
    assert re.search(r"again in \d+ seconds", told.text)


def test_a_cancelled_showtime_is_the_flow_of_everybody(desk, booking):
    choose(desk, "cancel", booking.showtime)
    assert Showtime.objects.get().status == Showtime.Status.CANCELLED
    assert Message.objects.filter(task="flows.refund_holders").count() == 1


def test_a_delivery_that_was_given_up_is_tried_again(desk, booking, ada):
    """Failed deliveries are seen with their error and can be sent again."""
    Delivery.objects.update(status=Delivery.Status.DROPPED, error="550 no such mailbox", attempts=64)
    delivery = Delivery.objects.first()
    assert "550 no such mailbox" in desk.get(address(Delivery), {"status__exact": "dropped"}).text
    choose(desk, "send_again", delivery)
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.WAITING
    assert Record.objects.get(action="delivery.tried_again").object_id == str(delivery.pk)


def test_work_that_waits_is_handed_over_at_once(desk, booking):
    message = Message.objects.filter(done_at=None).first()
    Message.objects.filter(pk=message.pk).update(last_error="ConnectionError()", handed_at=NOW)
    assert "ConnectionError()" in desk.get(address(Message), {"state": "failed"}).text
    choose(desk, "do_now", message)
    message.refresh_from_db()
    assert message.handed_at is None
    assert Record.objects.get(action="message.hurried").data == {"task": message.task}


def test_an_incident_is_resolved_once_and_says_by_whom(desk, booking, ada):
    incident = payments.note_incident(MoneyIncident.Kind.LATE, reference="x", payment=booking.payment, now=NOW)
    choose(desk, "resolve", incident)
    choose(desk, "resolve", incident)
    incident.refresh_from_db()
    assert incident.resolved_at is not None
    assert Record.objects.get(action="incident.resolved").actor_user_id == ada.pk


def test_too_many_rows_at_once_are_refused(desk, booking, monkeypatch):
    monkeypatch.setattr("core.kernel.admin.MOST_AT_ONCE", 0)
    told = choose(desk, "cancel_with_refund", booking)
    booking.refresh_from_db()
    assert booking.status == Booking.Status.CONFIRMED
    assert "Choose fewer" in told.text


def test_an_empty_name_of_a_field_is_a_bad_request(desk, amina):
    assert desk.get(f"{change(amina)}?_to_field=").status_code == 400
    assert desk.post(change(amina), {"_to_field": "", "name": "x"}).status_code == 400


def test_the_clean_up_of_lapsed_holds_is_recorded(desk):
    """SE11."""
    assert "Cleaned up 0 lapsed holds" in desk.post("/desk/lapsed-holds/").text
    assert Record.objects.get(action="holds.tidied").data == {"count": 0}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_bookings_costs_the_same_for_one_and_three(count, desk, house, django_assert_num_queries):
    for seat in range(count):
        begin(house, f"A{seat + 1}")
    with django_assert_num_queries(6):
        assert desk.get(address(Booking)).status_code == 200


def test_a_form_that_is_to_be_saved_as_another_and_is_wrong_is_shown_again(desk):
    """It was an error: a page of a row that is none yet has no history."""
    page = desk.post(address(Organizer, "add"), {"_saveasnew": "1", "name": ""})
    assert (page.status_code, Organizer.objects.count()) == (200, 0)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("field", ["since", "until"])
def test_a_list_is_shown_for_a_period_that_touches_the_end_of_all_days(desk, booking, day, field):
    everything = (field, day) in {("since", "0001-01-01"), ("until", "9999-12-31")}
    for model in (User, Booking):
        page = desk.get(address(model), {field: day})
        assert (page.status_code, page.context["cl"].result_count > 0) == (200, everything)


@pytest.mark.parametrize("action", ["cancel_with_refund", "resend_tickets"])
def test_what_is_no_id_is_not_chosen(desk, booking, action):
    sent = {"action": action, "index": "0", "confirmed": "1"}
    for chosen in (["999999", "abc"], ["abc"], ["9" * 40], ["-1", "\0", "1.5", "é"]):
        answer = desk.post(address(Booking), sent | {"_selected_action": chosen})
        assert answer.status_code == 302
    booking.refresh_from_db()
    assert booking.status == Booking.Status.CONFIRMED
