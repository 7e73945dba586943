"""The doors themselves: each with its look, its way back in for who forgot the password, and its first page."""

from allauth.account import views as allauth
from django.urls import URLPattern, path

from portals.access import open_to_all
from portals.account.entering import log_in
from portals.doors import CUSTOMER, STAFF


def door_patterns() -> list[URLPattern]:
    """Where each door is; which one somebody stands at is told by the address."""
    patterns = [path("login/", log_in, name=CUSTOMER.login)]
    for entrance in STAFF.values():
        patterns += [
            path(f"{entrance.key}/login/", log_in, name=entrance.login),
            path(f"{entrance.key}/password/reset/", open_to_all(allauth.password_reset), name=entrance.reset),
        ]
    return patterns
