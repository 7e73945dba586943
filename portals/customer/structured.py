"""What search engines are told about an event, in the words of schema.org."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from core.catalog.models import Event, Venue
from core.kernel.money import to_major
from portals.customer.showings import Showing
from portals.customer.templatetags.addresses import absolute, picture

MOST = 20


def event_for_machines(event: Event, showings: Iterable[Showing]) -> str:
    """JSON-LD of the showings ahead, safe inside a script element; "" where there is none."""
    told = [_showing(event, showing) for showing in list(showings)[:MOST]]
    if not told:
        return ""
    text = json.dumps({"@context": "https://schema.org", "@graph": told}, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _showing(event: Event, showing: Showing) -> dict[str, Any]:
    told: dict[str, Any] = {
        "@type": "ScreeningEvent" if event.is_movie else "Event",
        "name": event.title,
        "description": event.tagline or event.description[:200],
        "url": absolute(reverse("customer:event", args=[event.slug])),
        "startDate": showing.iso,
        "endDate": showing.venue.local(showing.showtime.ends_at).isoformat(timespec="minutes"),
        "eventStatus": "https://schema.org/" + ("EventCancelled" if showing.is_cancelled else "EventScheduled"),
        "location": _place(showing.venue),
        "organizer": {"@type": "Organization", "name": event.organizer.name},
    }
    if event.poster:
        told["image"] = absolute(picture(event.poster))
    if showing.url and showing.least is not None:
        currency = event.organizer.currency
        told["offers"] = {
            "@type": "Offer",
            "url": f"{settings.SITE_URL}{showing.url}",
            "price": str(to_major(showing.least, currency)),
            "priceCurrency": currency,
            "availability": "https://schema.org/" + ("InStock" if showing.can_be_had else "PreOrder"),
        }
    return told


def _place(venue: Venue) -> dict[str, Any]:
    return {
        "@type": "Place",
        "name": venue.name,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": venue.street,
            "postalCode": venue.postcode,
            "addressLocality": venue.city,
            "addressCountry": venue.country,
        },
    }
