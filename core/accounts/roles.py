"""Who may do what: the one table of roles."""

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """As what somebody works for an organizer or a merchant."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    CLERK = "clerk", _("Clerk")
    ACCOUNTANT = "accountant", _("Accountant")
    COUNTER = "counter", _("Counter")
    USHER = "usher", _("Usher")
    SUPERVISOR = "supervisor", _("Supervisor")


class Door(StrEnum):
    """The portals that staff enter by."""

    ORGANIZER = "organizer"
    MERCHANT = "merchant"
    CHECKIN = "checkin"


class May(StrEnum):
    """What a role allows."""

    MANAGE_TEAM = "manage_team"
    EDIT_HOUSE = "edit_house"
    EDIT_PROGRAMME = "edit_programme"
    SEE_SALES = "see_sales"
    HANDLE_BOOKINGS = "handle_bookings"
    REFUND = "refund"
    SEE_BOOKS = "see_books"
    SELL = "sell"
    ASSIGN_CARDS = "assign_cards"
    MANAGE_STOCK = "manage_stock"
    SCAN = "scan"
    OVERRULE_SCANS = "overrule_scans"


@dataclass(frozen=True, slots=True)
class Powers:
    """What a role opens: these doors, what may be done behind them, and whether an app (TOTP) must prove the login."""

    doors: Set[Door]
    may: Set[May]
    needs_totp: bool = False


_DOORS = {Door.ORGANIZER, Door.CHECKIN}
_SELLS = {May.SELL, May.HANDLE_BOOKINGS}
_MANAGES = {May.EDIT_HOUSE, May.EDIT_PROGRAMME, May.SEE_SALES, May.REFUND, May.SCAN, May.OVERRULE_SCANS} | _SELLS

OF_ORGANIZER: dict[str, Powers] = {
    Role.OWNER: Powers(_DOORS, _MANAGES | {May.MANAGE_TEAM, May.SEE_BOOKS}, needs_totp=True),
    Role.MANAGER: Powers(_DOORS, _MANAGES | {May.MANAGE_TEAM}),
    Role.CLERK: Powers({Door.ORGANIZER}, _SELLS),
    Role.ACCOUNTANT: Powers({Door.ORGANIZER}, {May.SEE_SALES, May.SEE_BOOKS}, needs_totp=True),
    Role.SUPERVISOR: Powers({Door.CHECKIN}, {May.SCAN, May.OVERRULE_SCANS}),
    Role.USHER: Powers({Door.CHECKIN}, {May.SCAN}),
}
OF_MERCHANT: dict[str, Powers] = {
    Role.OWNER: Powers(
        {Door.MERCHANT},
        {May.MANAGE_TEAM, May.EDIT_HOUSE, May.ASSIGN_CARDS, May.MANAGE_STOCK, May.SEE_BOOKS},
        needs_totp=True,
    ),
    Role.MANAGER: Powers({Door.MERCHANT}, {May.MANAGE_TEAM, May.EDIT_HOUSE, May.ASSIGN_CARDS, May.MANAGE_STOCK}),
    Role.COUNTER: Powers({Door.MERCHANT}, {May.ASSIGN_CARDS}),
    Role.ACCOUNTANT: Powers({Door.MERCHANT}, {May.SEE_BOOKS}, needs_totp=True),
}
NOTHING = Powers(frozenset(), frozenset())


def roles_for(*, merchant: bool) -> dict[str, Powers]:
    """The roles that there are at a merchant, or at an organizer, with what each opens."""
    return OF_MERCHANT if merchant else OF_ORGANIZER
