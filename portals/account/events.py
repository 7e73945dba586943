"""What happened to an account, in words."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.audit.models import Record

WORDS: dict[str, "str | Promise"] = {
    "account.registered": _("Registered"),
    "account.logged_in": _("Logged in"),
    "account.logged_out": _("Logged out"),
    "account.login_failed": _("A wrong password"),
    "account.locked_out": _("Too many wrong passwords: locked for a while"),
    "account.password_changed": _("Password changed"),
    "account.password_reset": _("New password chosen by a code"),
    "account.second_factor_on": _("Authenticator app set up"),
    "account.second_factor_off": _("Authenticator app taken away"),
    "account.second_factor_taken_off": _("Authenticator app taken away by an administrator"),
    "account.second_step_failed": _("A wrong code at the second step"),
    "account.recovery_codes_made": _("New recovery codes"),
    "account.recovery_code_used": _("A recovery code was used"),
    "account.session_ended": _("Other sessions ended"),
    "account.email_changed": _("Email address changed"),
    "account.mobile_changed": _("Mobile number changed"),
    "account.changed": _("Profile changed"),
    "account.profile_changed": _("Profile changed"),
    "account.picture_changed": _("Picture changed"),
    "account.picture_removed": _("Picture removed"),
    "account.picture_asked_for": _("Picture fetched from an address"),
    "account.data_downloaded": _("Your data downloaded"),
    "account.device_added": _("Messages to a device switched on"),
    "account.device_removed": _("Messages to a device switched off"),
}
WARNINGS = {
    "account.second_factor_taken_off",
    "account.login_failed",
    "account.locked_out",
    "account.second_step_failed",
    "account.recovery_code_used",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened."""

    what: "str | Promise"
    at: dt.datetime
    address: str
    warns: bool


def told(record: Record) -> Told:
    """A record of the activity log as the person reads it."""
    words = WORDS.get(record.action) or record.action.removeprefix("account.").replace("_", " ").capitalize()
    return Told(words, record.at, record.address, record.action in WARNINGS)
