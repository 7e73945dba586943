"""How Django and allauth find out who somebody is."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.utils import timezone

from core.accounts.models import User
from core.flows import logins
from core.kernel.actor import Actor
from portals.account.known_browsers import known_to
from portals.people import actor_of


class LoginBackend(ModelBackend):
    """One way in for every door, the administrators' too: what counts tries and tells nobody who exists."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, username: str = "", password: str = "", *, login: str = "", **_other: Any
    ) -> User | None:
        """The person, or None. Raises LockedOut."""
        typed = login or username
        if not typed or not password:
            return None
        actor = actor_of(request) if request is not None else Actor.system("login")
        known = known_to(request) if request is not None else set()
        return logins.prove_password(typed, password, actor=actor, now=timezone.now(), known_to_browser=known)
