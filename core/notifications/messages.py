"""What a mail says: template, words and attachments by kind."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from core.bookings.models import Booking
from core.kernel import sealing
from core.kernel.dates import day_and_time, long_day
from core.kernel.money import format_money
from core.notifications import links
from core.notifications.gateway import Mail
from core.notifications.models import Delivery
from core.tickets.calendar import calendar_file
from core.tickets.documents import tickets_pdf
from core.tickets.models import Ticket
from core.tickets.queries import WITH_EVENING

TICKETS = "booking_confirmed"
TICKETS_AGAIN = "tickets_again"
PROOF_CODE = "proof_code"
CODE_PURPOSE = "notifications.code"
# Kinds that share the words of another.
TEMPLATE_OF = {TICKETS_AGAIN: TICKETS}


def write(delivery: Delivery, *, now: dt.datetime) -> Mail:
    """The finished mail of a delivery, in the language of the person."""
    with translation.override(delivery.language):
        name = TEMPLATE_OF.get(delivery.kind, delivery.kind)
        context = _context(delivery) | {"language": delivery.language, "home": links.home_link()}
        subject = render_to_string(f"emails/{name}.subject.txt", context)
        context["subject"] = " ".join(subject.split())
        return Mail(
            to=delivery.to,
            subject=context["subject"],
            text=render_to_string(f"emails/{name}.txt", context).strip() + "\n",
            html=render_to_string(f"emails/{name}.html", context),
            files=_files(delivery, context, now=now),
            reply_to=context["booking"].organizer.email if "booking" in context else "",
            message_id=f"<delivery-{delivery.pk}@{urlsplit(settings.SITE_URL).hostname}>",
        )


def _context(delivery: Delivery) -> dict[str, Any]:
    words = dict(delivery.words)
    if delivery.kind == PROOF_CODE:
        return {"code": sealing.decrypt(words["sealed"], purpose=CODE_PURPOSE).decode()}
    pk = int(delivery.about.removeprefix("booking:"))
    booking = Booking.objects.select_related("showtime__event", "showtime__room__venue", "organizer").get(pk=pk)
    venue = booking.showtime.room.venue
    local = venue.local(booking.showtime.starts_at)
    return {
        "booking": booking,
        "showtime": booking.showtime,
        "venue": venue,
        "when": day_and_time(local),
        "day": long_day(local),
        "time": local.strftime("%H:%M"),
        "lines": [
            {
                "label": line.label,
                "type": line.get_ticket_type_display(),
                "price": _money(line.paid, booking),
                "cancelled": line.cancelled_at is not None,
            }
            for line in booking.lines.all()
        ],
        "total": _money(booking.total, booking),
        "amount": _money(int(words.get("amount", 0)), booking),
        "refunded": int(words.get("amount", 0)) > 0,
        "cancelled": _cancelled(booking, str(words.get("tickets", ""))),
        "link": links.booking_link(booking),
        "again": links.showtime_link(booking.showtime_id),
    }


def _cancelled(booking: Booking, codes: str) -> list[str]:
    return list(booking.tickets.filter(code__in=codes.split(",")).values_list("label", flat=True))


def _money(amount: int, booking: Booking) -> str:
    return format_money(amount, booking.currency, translation.get_language() or "en")


def _files(delivery: Delivery, context: dict[str, Any], *, now: dt.datetime) -> list[tuple[str, bytes, str]]:
    if TEMPLATE_OF.get(delivery.kind, delivery.kind) != TICKETS:
        return []
    booking: Booking = context["booking"]
    valid = list(booking.tickets.filter(status=Ticket.Status.VALID).select_related(*WITH_EVENING))
    if not valid:
        return []
    name = _("tickets") + f"-{booking.code}"
    return [
        (f"{name}.pdf", tickets_pdf(valid, now=now, language=delivery.language), "application/pdf"),
        (f"{name}.ics", calendar_file(booking, now=now, url=links.booking_link(booking)), "text/calendar"),
    ]
