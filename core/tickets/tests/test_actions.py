"""Issuing, cancelling, keys."""

import base64
import threading
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from core.accounts.models import Dependent
from core.audit.models import Record
from core.kernel import sealing
from core.tickets import actions, qr, queries
from core.tickets.models import SigningKey, Ticket
from core.tickets.tests import stage
from core.tickets.tests.stage import AMINA, NOW

pytestmark = pytest.mark.django_db


def test_issue_gives_one_ticket_for_each_living_line() -> None:
    booking = stage.booking(places=3)
    gone = booking.lines.last()
    gone.cancelled_at = NOW
    gone.save()
    tickets = actions.issue(booking=booking, actor=AMINA, now=NOW)
    told = list(Ticket.objects.values_list("line", "place", "showtime", "label", "ticket_type", "status", "generation"))
    assert told == [
        (line.pk, line.place_id, booking.showtime_id, line.label, "adult", "valid", 1)
        for line in booking.lines.filter(cancelled_at=None)
    ]
    assert [ticket.pk for ticket in tickets] == list(Ticket.objects.values_list("pk", flat=True))
    assert len({ticket.code for ticket in tickets}) == 2
    assert list(Record.objects.values_list("action", "data")) == [
        ("tickets.issued", {"tickets": [ticket.code for ticket in tickets]})
    ]


def test_issue_is_refused_by_the_database_when_the_booking_has_tickets_r1() -> None:
    booking, tickets = stage.ticketed()
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.issue(booking=booking, actor=AMINA, now=NOW)
    assert list(Ticket.objects.values_list("pk", flat=True)) == [ticket.pk for ticket in tickets]


def test_cancel_makes_the_tickets_worthless_and_leaves_the_others() -> None:
    _, (first, second) = stage.ticketed()
    actions.cancel(tickets=[first], actor=AMINA, now=NOW)
    assert list(Ticket.objects.values_list("pk", "status", "cancelled_at")) == [
        (first.pk, "cancelled", NOW),
        (second.pk, "valid", None),
    ]
    assert list(Ticket.objects.valid()) == [second]
    assert Record.objects.filter(action="ticket.cancelled", object_id=str(first.pk)).count() == 1


def test_cancel_changes_nothing_when_one_of_the_tickets_is_cancelled_already() -> None:
    _, (first, second) = stage.ticketed()
    actions.cancel(tickets=[first], actor=AMINA, now=NOW)
    before = list(Ticket.objects.values())
    with pytest.raises(actions.TicketAlreadyCancelled):
        actions.cancel(tickets=[first, second], actor=AMINA, now=NOW)
    assert list(Ticket.objects.values()) == before


def test_qr_text_is_verified_by_the_public_keys() -> None:
    _, (ticket, _other) = stage.ticketed()
    assert qr.verify(actions.qr_text(ticket, now=NOW), queries.public_keys()) == qr.QrTicket(
        key_id=1, ticket_id=ticket.pk, showtime_id=ticket.showtime_id, generation=1, issued_at=NOW
    )


def test_current_key_is_made_once_and_kept() -> None:
    assert [actions.current_key(NOW).pk for _ in range(2)] == [1, 1]


def test_current_key_keeps_the_private_key_sealed() -> None:
    key = actions.current_key(NOW)
    private = sealing.decrypt(key.sealed_private_key, purpose=actions.KEY_PURPOSE)
    assert len(private) == 32
    assert base64.b64encode(private).decode() not in key.sealed_private_key
    with pytest.raises(sealing.SealBroken):
        sealing.decrypt(key.sealed_private_key, purpose="something else")


def test_qr_text_works_when_the_secret_key_changed_and_the_old_one_is_a_fallback(settings) -> None:
    _, (ticket, _other) = stage.ticketed()
    text = actions.qr_text(ticket, now=NOW)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-key-another-secret-key-another"
    assert actions.qr_text(ticket, now=NOW) == text
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(sealing.SealBroken):
        actions.qr_text(ticket, now=NOW)
    actions.rotate_key(actor=AMINA, now=NOW)
    assert qr.verify(actions.qr_text(ticket, now=NOW), queries.public_keys()).ticket_id == ticket.pk


def test_rotate_key_signs_anew_and_old_codes_stay_good() -> None:
    _, (ticket, _other) = stage.ticketed()
    printed = actions.qr_text(ticket, now=NOW)
    assert actions.rotate_key(actor=AMINA, now=NOW).pk == 2
    assert list(SigningKey.objects.order_by("pk").values_list("pk", "retired_at")) == [(1, NOW), (2, None)]
    assert SigningKey.objects.get(pk=1).sealed_private_key == ""
    keys = queries.public_keys()
    assert [qr.verify(text, keys).key_id for text in (printed, actions.qr_text(ticket, now=NOW))] == [1, 2]


def test_rotate_key_by_command_refuses_old_codes_when_the_key_leaked() -> None:
    _, (ticket, _other) = stage.ticketed()
    printed = actions.qr_text(ticket, now=NOW)
    out = StringIO()
    call_command("rotate_signing_key", "--leaked", stdout=out)
    assert out.getvalue().startswith("Tickets are signed with key 2 from now on.\n")
    with pytest.raises(qr.QrRefused) as refusal:
        qr.verify(printed, queries.public_keys())
    assert refusal.value.reason == qr.Reason.OTHER_KEY
    assert qr.verify(actions.qr_text(ticket, now=NOW), queries.public_keys()).key_id == 2
    call_command("rotate_signing_key", stdout=StringIO())
    assert list(SigningKey.objects.order_by("pk").values_list("pk", flat=True)) == [2, 3]


@pytest.mark.django_db(transaction=True)
def test_current_key_is_made_once_when_eight_ask_at_the_same_moment() -> None:
    together = threading.Barrier(8)
    seen: list[int] = []

    def ask() -> None:
        together.wait()
        try:
            seen.append(actions.current_key(NOW).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 8
    assert SigningKey.objects.count() == 1


@pytest.fixture
def nora(django_user_model):
    amina = django_user_model.objects.create_user("amina@foyer.example")
    return Dependent.objects.create(user=amina, name="Nora", relation="child", created_at=NOW)


def test_assign_says_for_whom_the_ticket_is_and_takes_it_back(nora: Dependent) -> None:
    """AC11: recorded once each, by ids only."""
    _, (first, second) = stage.ticketed(user=nora.user)
    actions.assign(ticket=first, dependent=nora, actor=AMINA, now=NOW)
    actions.assign(ticket=first, dependent=nora, actor=AMINA, now=NOW)
    assert list(Ticket.objects.values_list("pk", "dependent")) == [(first.pk, nora.pk), (second.pk, None)]
    actions.assign(ticket=first, dependent=None, actor=AMINA, now=NOW)
    assert list(nora.tickets.all()) == []
    told = Record.objects.filter(action="ticket.assigned").order_by("id").values_list("data", flat=True)
    assert list(told) == [{"changes": {"dependent": [None, nora.pk]}}, {"changes": {"dependent": [nora.pk, None]}}]


def test_assign_stays_with_a_ticket_that_is_given_back_and_is_refused_from_then(nora: Dependent) -> None:
    _, (first, _second) = stage.ticketed(user=nora.user)
    actions.assign(ticket=first, dependent=nora, actor=AMINA, now=NOW)
    actions.cancel(tickets=[first], actor=AMINA, now=NOW)
    with pytest.raises(actions.TicketNotUsable):
        actions.assign(ticket=first, dependent=None, actor=AMINA, now=NOW)
    assert Ticket.objects.get(pk=first.pk).dependent == nora


def test_assign_is_refused_when_the_show_is_over(nora: Dependent) -> None:
    _, (first, _second) = stage.ticketed(user=nora.user)
    with pytest.raises(actions.TicketNotUsable):
        actions.assign(ticket=first, dependent=nora, actor=AMINA, now=first.showtime.ends_at)
    assert Ticket.objects.get(pk=first.pk).dependent is None


def test_assign_is_refused_for_the_dependent_of_somebody_else(nora: Dependent, django_user_model) -> None:
    bruno = django_user_model.objects.create_user("bruno@foyer.example")
    booking, (first, _second) = stage.ticketed()
    for owner in (bruno, None):
        booking.user = owner
        booking.save()
        with pytest.raises(actions.NotYourDependent):
            actions.assign(ticket=first, dependent=nora, actor=AMINA, now=NOW)
        assert Ticket.objects.get(pk=first.pk).dependent is None


def test_removing_a_dependent_leaves_the_ticket_as_it_is(nora: Dependent) -> None:
    _, (first, _second) = stage.ticketed(user=nora.user)
    actions.assign(ticket=first, dependent=nora, actor=AMINA, now=NOW)
    nora.delete()
    first.refresh_from_db()
    assert (first.status, first.dependent) == (Ticket.Status.VALID, None)
