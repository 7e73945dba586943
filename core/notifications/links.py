"""The public addresses that mails name. Core knows no URLs; a test of the portal proves that these lead somewhere."""

from django.conf import settings

from core.bookings.models import Booking

NOTIFICATIONS_PATH = "/account/notifications/"


def site_link(path: str) -> str:
    """A page of ours, as it is written outside of it."""
    return f"{settings.SITE_URL}{path}"


def booking_link(booking: Booking) -> str:
    """The booking's own, unguessable link: it opens the booking in any browser."""
    return site_link(f"/b/{booking.access_key}/")


def showtime_link(showtime_id: int) -> str:
    """The page on which seats of the showtime are picked."""
    return site_link(f"/showtimes/{showtime_id}/")


def home_link() -> str:
    """What's on."""
    return site_link("/")


def invitation_link(key: str) -> str:
    """Where somebody joins a team who was asked to."""
    return site_link(f"/account/invitations/{key}/")
