"""The public addresses that mails name. Core knows no URLs; a test of the portal proves that these lead somewhere."""

from django.conf import settings

from core.bookings.models import Booking


def booking_link(booking: Booking) -> str:
    """The booking's own, unguessable link: it opens the booking in any browser."""
    return f"{settings.SITE_URL}/b/{booking.access_key}/"


def showtime_link(showtime_id: int) -> str:
    """The page on which seats of the showtime are picked."""
    return f"{settings.SITE_URL}/showtimes/{showtime_id}/"


def home_link() -> str:
    """What's on."""
    return f"{settings.SITE_URL}/"
