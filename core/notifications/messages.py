"""What goes out by each channel: mails with template, words and attachments by kind; short texts; push messages."""

import datetime as dt
import json
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
from core.notifications.kinds import KINDS
from core.notifications.models import Delivery
from core.notifications.unsubscribing import stop_link
from core.notifications.wording import worded
from core.tickets.calendar import calendar_file
from core.tickets.documents import tickets_pdf
from core.tickets.models import Ticket
from core.tickets.queries import WITH_EVENING

TICKETS = "booking_confirmed"
SEALED_PURPOSE = "notifications.sealed"


def seal_words(**words: str) -> str:
    """Words that must not lie open in a table (a code, a link that lets somebody in): the `sealed` of a call."""
    return sealing.encrypt(json.dumps(words).encode(), purpose=SEALED_PURPOSE)


def write(delivery: Delivery, *, now: dt.datetime) -> Mail:
    """The finished mail of a delivery, in the language of the person."""
    with translation.override(delivery.language):
        words = _words(delivery)
        stop = stop_link(delivery)
        return Mail(
            to=delivery.to,
            **_written(delivery, words, stop),
            files=_files(delivery, now=now),
            reply_to=_reply_to(delivery),
            message_id=f"<delivery-{delivery.pk}@{urlsplit(settings.SITE_URL).hostname}>",
            stop=stop,
        )


def write_text(delivery: Delivery) -> str:
    """A text message: one line that stands alone, and where to look."""
    with translation.override(delivery.language):
        said = worded(delivery.kind, _words(delivery))
        link = links.site_link(said.path) if said.path else ""
        return " ".join(part for part in (f"{said.title}.", said.text, link) if part)


def write_push(delivery: Delivery) -> dict[str, str]:
    """What a device shows; `tag` lets the same thing replace itself."""
    with translation.override(delivery.language):
        said = worded(delivery.kind, _words(delivery))
        path = said.path or links.NOTIFICATIONS_PATH
        return {"title": said.title, "body": said.text, "path": path, "tag": f"{delivery.kind}:{delivery.about}"}


def _words(delivery: Delivery) -> dict[str, Any]:
    words = dict(delivery.words)
    if "sealed" in words:
        words |= json.loads(sealing.decrypt(words.pop("sealed"), purpose=SEALED_PURPOSE))
    return words


def _written(delivery: Delivery, words: dict[str, Any], stop: str) -> dict[str, str]:
    name = KINDS[delivery.kind].template
    context = {"language": delivery.language, "home": links.home_link(), "stop": stop} | _context(delivery, words)
    subject = render_to_string(f"emails/{name}.subject.txt", context)
    context["subject"] = " ".join(subject.split())
    text = render_to_string(f"emails/{name}.txt", context).strip()
    return {
        "subject": context["subject"],
        "text": f"{text}\n\n{render_to_string('emails/_foot.txt', context).strip()}".strip() + "\n",
        "html": render_to_string(f"emails/{name}.html", context),
    }


def _context(delivery: Delivery, words: dict[str, Any]) -> dict[str, Any]:
    if _is_of_booking(delivery):
        return _booking_context(_booking(delivery), words)
    zone = delivery.user.time_zone if delivery.user else ""
    said = worded(delivery.kind, words, time_zone=zone)
    link = words.get("link") or (links.site_link(said.path) if said.path else "")
    return words | {"said": said, "link": link}


def _is_of_booking(delivery: Delivery) -> bool:
    return delivery.about.startswith("booking:")


def _booking(delivery: Delivery) -> Booking:
    pk = int(delivery.about.removeprefix("booking:"))
    return Booking.objects.select_related("showtime__event", "showtime__room__venue", "organizer").get(pk=pk)


def _booking_context(booking: Booking, words: dict[str, Any]) -> dict[str, Any]:
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


def _reply_to(delivery: Delivery) -> str:
    return _booking(delivery).organizer.email if _is_of_booking(delivery) else ""


def _files(delivery: Delivery, *, now: dt.datetime) -> list[tuple[str, bytes, str]]:
    if KINDS[delivery.kind].template != TICKETS:
        return []
    booking = _booking(delivery)
    valid = list(booking.tickets.filter(status=Ticket.Status.VALID).select_related(*WITH_EVENING))
    if not valid:
        return []
    name = _("tickets") + f"-{booking.code}"
    return [
        (f"{name}.pdf", tickets_pdf(valid, now=now, language=delivery.language), "application/pdf"),
        (f"{name}.ics", calendar_file(booking, now=now, url=links.booking_link(booking)), "text/calendar"),
    ]
