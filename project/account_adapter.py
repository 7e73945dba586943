"""How allauth's log-in rests on Foyer's own people, doors and limits (docs/decisions/0023)."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.http import HttpRequest
from django.utils import timezone

from core.accounts import actions as accounts
from core.flows import guests
from portals.account import known_browsers, sessions
from portals.account.reading import read_as
from portals.customer.mine import keep_open
from portals.doors import entrance_of
from portals.leading import is_ours
from portals.people import actor_of, address_of, forget_visitor


class AccountAdapter(DefaultAccountAdapter):
    """Held seats follow the person who logs in, by whichever door."""

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Hand what the visitor holds to the person; registration comes this way too."""
        visitor = forget_visitor(request)
        keep_open(request, visitor)
        actor, now = actor_of(request), timezone.now()
        is_first = known_browsers.first_login_ever(user)
        accounts.note_login(user, door=entrance_of(request).key, actor=actor, now=now)
        guests.follow(visitor=visitor, actor=actor, now=now)
        sessions.begin(request)
        response = super().post_login(request, user, **kwargs)
        known_browsers.remember(request, response, user, is_first=is_first)
        return read_as(response, user)

    def logout(self, request: HttpRequest) -> None:
        """Note that the person left."""
        accounts.note_logout(request.user, actor=actor_of(request), now=timezone.now())
        super().logout(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Tries are counted where the password is looked at (`core.flows.logins`), and not in the cache."""

    def get_login_stages(self) -> list[str]:
        """What stands between the password and being in."""
        return ["portals.account.second_step.SecondStepStage"]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody comes who did not say where to."""
        return entrance_of(request).home_url

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """The same for who has just registered."""
        return entrance_of(request).home_url

    def is_safe_url(self, url: str) -> bool:
        """Only this site."""
        return is_ours(context.request, url)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that everything else here counts by."""
        return address_of(request)
