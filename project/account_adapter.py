"""How allauth's log-in and registration rest on Foyer's own people."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone

from core.flows import guests
from portals.customer.people import actor_of, forget_visitor


class AccountAdapter(DefaultAccountAdapter):
    """Held seats follow the person who logs in; bookings made as a guest follow a verified address."""

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Hand what the visitor holds to the person."""
        guests.follow(visitor=forget_visitor(request), actor=actor_of(request), now=timezone.now())
        return super().post_login(request, user, **kwargs)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """A verified address brings the bookings that were made with it as a guest."""
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            guests.claim(
                user=email_address.user,
                email=email_address.email,
                actor=actor_of(request),
                now=timezone.now(),
            )
        return confirmed
