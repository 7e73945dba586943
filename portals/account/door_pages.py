"""The doors themselves: each with its look, its way back in for who forgot the password, and its first page."""

from django.urls import URLPattern, path

from portals.account.entering import log_in
from portals.account.resetting import forgotten
from portals.doors import CUSTOMER, STAFF


def door_patterns() -> list[URLPattern]:
    """Where each door is; which one somebody stands at is told by the address."""
    patterns = [path("login/", log_in, name=CUSTOMER.login)]
    for entrance in STAFF.values():
        patterns += [
            path(f"{entrance.key}/login/", log_in, name=entrance.login),
            path(f"{entrance.key}/password/reset/", forgotten, name=entrance.reset),
        ]
    return patterns
