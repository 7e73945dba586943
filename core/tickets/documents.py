"""Tickets on paper."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from core.kernel.dates import clock, long_day
from core.kernel.money import format_money
from core.kernel.pdf import address_of_picture, render_pdf
from core.tickets.actions import qr_text
from core.tickets.images import qr_data_uri
from core.tickets.models import Ticket


def tickets_pdf(tickets: Sequence[Ticket], *, now: dt.datetime, language: str = "") -> bytes:
    """One page for each ticket, in the language of its booking unless told otherwise.

    Load the tickets `select_related(*queries.WITH_EVENING)`.
    """
    with translation.override(language or tickets[0].booking.language):
        return render_pdf(tickets_html(tickets, now=now), styles="css/documents/tickets.css")


def tickets_html(tickets: Sequence[Ticket], *, now: dt.datetime) -> str:
    """The page that is printed."""
    first = tickets[0]
    context = {
        "language": translation.get_language(),
        "title": _("Tickets for %(event)s") % {"event": first.showtime.event.title},
        "author": first.booking.organizer.name,
        "pages": [_page(ticket, now=now) for ticket in tickets],
        "count": len(tickets),
    }
    return render_to_string("documents/tickets.html", context)


def _page(ticket: Ticket, *, now: dt.datetime) -> dict[str, Any]:
    shown, line = ticket.showtime, ticket.line
    venue = shown.room.venue
    currency, language = ticket.booking.currency, translation.get_language() or "en"
    start = venue.local(shown.starts_at)
    return {
        "ticket": ticket,
        "booking": ticket.booking,
        "organizer": ticket.booking.organizer,
        "showtime": shown,
        "venue": venue,
        "day": long_day(start),
        "time": clock(start),
        "doors": clock(venue.local(shown.doors_at)) if shown.doors_at else "",
        "seat": ticket.place.seat,
        "zone": ticket.place.zone,
        "price": format_money(line.paid, currency, language),
        "fee": format_money(line.fee, currency, language) if line.fee else "",
        "poster": address_of_picture(shown.event.poster),
        "qr": qr_data_uri(qr_text(ticket, now=now)),
    }
