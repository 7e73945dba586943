"""Mails: written with what they announce, sent once, tried again."""

import datetime as dt
import io

import pytest
from django.core import mail
from django.urls import resolve
from pypdf import PdfReader

from core.audit.models import Record
from core.bookings.models import Booking
from core.flows import announcing
from core.kernel.errors import TooOften
from core.notifications import actions, gateway, links
from core.notifications.models import Delivery
from core.outbox.models import Message
from core.tickets.models import Ticket
from core.tickets.tests import stage
from e2e.cast import visitor

WHEN = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def booking(db) -> Booking:
    booking, _ = stage.ticketed(places=2)
    return booking


def sent(run_outbox) -> mail.EmailMultiAlternatives:
    run_outbox()
    return mail.outbox[-1]


def html_of(message: mail.EmailMultiAlternatives) -> str:
    return str(message.alternatives[0][0])


def test_booking_confirmed_carries_tickets_link_and_calendar_bo5(booking, run_outbox):
    announcing.booking_confirmed(booking, now=WHEN)
    message = sent(run_outbox)
    assert message.subject == "Your tickets for The Lighthouse Keeper, Sat 21 Nov 20:15"
    assert message.to == [booking.email]
    assert message.reply_to == ["kassa@filmhaus.example"]
    assert message.extra_headers == {
        "Auto-Submitted": "auto-generated",
        "Message-ID": f"<delivery-{Delivery.objects.get().pk}@testserver>",
    }
    for body in (message.body, html_of(message)):
        assert body.count(links.booking_link(booking)) == 1
        assert body.count("Saturday 21 November 2026") >= 1
        assert body.count(booking.code) >= 1
    (pdf_name, pdf, pdf_type), (ics_name, ics, ics_type) = message.attachments
    assert (pdf_name, pdf_type) == (f"tickets-{booking.code}.pdf", "application/pdf")
    assert (ics_name, ics_type) == (f"tickets-{booking.code}.ics", "text/calendar")
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2
    assert "BEGIN:VEVENT" in str(ics)


def test_announce_says_the_same_thing_once_r1(booking, run_outbox):
    announcing.booking_confirmed(booking, now=WHEN)
    announcing.booking_confirmed(booking, now=WHEN + dt.timedelta(days=2))
    run_outbox()
    assert len(mail.outbox) == 1
    assert Delivery.objects.count() == 1


def test_deliver_sends_nothing_the_second_time(booking, run_outbox):
    announcing.booking_confirmed(booking, now=WHEN)
    run_outbox()
    delivery = Delivery.objects.get()
    actions.deliver(delivery.pk, now=WHEN)
    assert len(mail.outbox) == 1
    assert (delivery.status, delivery.attempts) == ("sent", 1)


def test_deliver_keeps_the_error_and_tries_again_when_the_server_is_away(booking, run_outbox, monkeypatch):
    announcing.booking_confirmed(booking, now=WHEN)

    def away(_: gateway.Mail) -> None:
        raise ConnectionRefusedError("the server is away")

    with monkeypatch.context() as broken:
        broken.setattr(gateway, "send", away)
        run_outbox()
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts) == ("waiting", 1)
    assert delivery.error == "ConnectionRefusedError('the server is away')"
    [message] = Message.objects.filter(task="notifications.deliver", done_at=None)
    assert message.not_before == delivery.next_try_at
    run_outbox(now=delivery.next_try_at)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, delivery.error, delivery.next_try_at) == ("sent", 2, "", None)
    assert len(mail.outbox) == 1


def test_deliver_gives_up_and_keeps_the_error_after_the_last_try(booking, run_outbox, monkeypatch):
    def refuse(_: gateway.Mail) -> None:
        raise ConnectionRefusedError("no such mailbox")

    monkeypatch.setattr(gateway, "send", refuse)
    announcing.booking_confirmed(booking, now=WHEN)
    Delivery.objects.update(attempts=actions.MOST_ATTEMPTS - 1)
    run_outbox()
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts) == ("dropped", actions.MOST_ATTEMPTS)
    assert "no such mailbox" in delivery.error
    assert list(Message.objects.filter(done_at=None)) == []
    actions.deliver(delivery.pk, now=WHEN)
    assert Delivery.objects.get().attempts == actions.MOST_ATTEMPTS


def test_tickets_cancelled_names_tickets_and_amount(booking, run_outbox):
    ticket = Ticket.objects.filter(booking=booking).first()
    announcing.tickets_cancelled(booking, [ticket], amount=1450, now=WHEN)
    message = sent(run_outbox)
    assert message.subject == "Your ticket for The Lighthouse Keeper is cancelled"
    assert message.body.count("14.50 EUR") == 1
    assert message.body.count(ticket.label) == 1
    assert message.attachments == []


def test_payment_refunded_says_the_amount_in_the_subject(booking, run_outbox):
    announcing.payment_refunded(booking, amount=2900, now=WHEN)
    message = sent(run_outbox)
    assert message.subject == "Your 29.00 EUR for The Lighthouse Keeper go back to you"
    assert message.body.count(links.showtime_link(booking.showtime_id)) == 1


def test_a_title_with_markup_is_text_in_every_part(booking, run_outbox):
    event = booking.showtime.event
    event.title = "Tom & <b>Ida</b>"
    event.save()
    announcing.booking_confirmed(booking, now=WHEN)
    message = sent(run_outbox)
    assert message.subject == "Your tickets for Tom & <b>Ida</b>, Sat 21 Nov 20:15"
    assert "<b>Ida" not in html_of(message)


def test_resend_mails_the_tickets_again_and_is_logged(booking, run_outbox):
    actions.resend(booking=booking, actor=visitor(), now=WHEN)
    message = sent(run_outbox)
    assert message.attachments[0][0] == f"tickets-{booking.code}.pdf"
    assert Record.objects.filter(action="tickets.resent").count() == 1


def test_resend_refuses_when_no_ticket_is_left(booking):
    Ticket.objects.update(status=Ticket.Status.CANCELLED)
    with pytest.raises(actions.NothingToMail):
        actions.resend(booking=booking, actor=visitor(), now=WHEN)
    assert Delivery.objects.count() == 0
    assert Message.objects.count() == 0


def test_resend_refuses_twice_a_minute_and_six_times_an_hour(booking):
    for minute in range(0, 50, 10):
        actions.resend(booking=booking, actor=visitor(), now=WHEN + dt.timedelta(minutes=minute))
        with pytest.raises(TooOften):
            actions.resend(booking=booking, actor=visitor(), now=WHEN + dt.timedelta(minutes=minute, seconds=30))
    with pytest.raises(TooOften) as refusal:
        actions.resend(booking=booking, actor=visitor(), now=WHEN + dt.timedelta(minutes=50))
    assert refusal.value.retry_after == 601
    assert Delivery.objects.count() == 5


def test_links_in_mails_lead_to_pages(booking):
    site = "http://testserver"
    assert resolve(links.booking_link(booking).removeprefix(site)).view_name == "customer:by_key"
    assert resolve(links.showtime_link(7).removeprefix(site)).view_name == "customer:showtime"
    assert resolve(links.home_link().removeprefix(site)).view_name == "customer:home"
