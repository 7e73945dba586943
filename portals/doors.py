"""By which door somebody comes: each portal has its own login with its own look, and one way of logging in."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.accounts.roles import Door

DOOR_KEY = "door"
_PAGES = ("houses", "team", "member", "member_removal", "invitation_resending", "invitation_withdrawal")


@dataclass(frozen=True, slots=True)
class Entrance:
    """A door: the names of its pages, and its layout. `staff` is None for customers."""

    key: str
    label: str | Promise
    login: str
    reset: str
    home: str
    base: str
    staff: Door | None = None

    @property
    def login_url(self) -> str:
        """Where one logs in."""
        return reverse(self.login)

    @property
    def pages(self) -> dict[str, str]:
        """The names of the addresses that there are behind every staff door: `door.pages.team`."""
        return {page: f"{self.key}:{page}" for page in _PAGES}

    @property
    def reset_url(self) -> str:
        """Where one says that the password is forgotten."""
        return reverse(self.reset)

    @property
    def home_url(self) -> str:
        """The first page behind it."""
        return reverse(self.home)


def _staff(door: Door, label: str | Promise) -> Entrance:
    key = str(door)
    return Entrance(key, label, f"{key}_login", f"{key}_reset", f"{key}:home", f"{key}/base.html", door)


CUSTOMER = Entrance(
    "customer", _("Customers"), "account_login", "account_reset_password", "customer:tickets", "customer/base.html"
)
STAFF = {
    Door.ORGANIZER: _staff(Door.ORGANIZER, _("Organizers")),
    Door.MERCHANT: _staff(Door.MERCHANT, _("Merchants")),
    Door.CHECKIN: _staff(Door.CHECKIN, _("Check-in")),
}


def entrance_at(path: str) -> Entrance:
    """Behind which door an address lies."""
    first = path.lstrip("/").partition("/")[0]
    return next((entrance for entrance in STAFF.values() if entrance.key == first), CUSTOMER)


def entrance_of(request: HttpRequest) -> Entrance:
    """The door by which this person came: that of the address, else the one they came by last."""
    here = entrance_at(request.path)
    if here.staff is not None:
        return here
    came = request.session.get(DOOR_KEY, "")
    return next((entrance for entrance in STAFF.values() if entrance.key == came), CUSTOMER)


def come_by(request: HttpRequest, entrance: Entrance) -> None:
    """Remember by which door the person came."""
    if request.session.get(DOOR_KEY, CUSTOMER.key) != entrance.key:
        request.session[DOOR_KEY] = entrance.key
