"""Whether somebody has logged in with this browser before. The browser itself remembers, in a signed cookie."""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.accounts.models import User
from core.audit.queries import has_logged_in
from core.notifications.actions import notify
from portals.account.devices import device_of

COOKIE, SALT = "known", "foyer.known-browser"
YEAR_SECONDS = 365 * 24 * 60 * 60
MOST_PEOPLE = 5


def first_login_ever(user: User) -> bool:
    """Whether this person is to log in for the first time: asked before the login is noted."""
    return not has_logged_in(user.pk)


def known_to(request: HttpRequest) -> set[int]:
    """The ids of those who have logged in with this browser before."""
    known = request.get_signed_cookie(COOKIE, "", salt=SALT, max_age=YEAR_SECONDS).split(".")
    return {int(one) for one in known if one.isdecimal()}


def remember(request: HttpRequest, response: HttpResponse, user: User, *, is_first: bool) -> None:
    """Somebody has logged in: the browser knows them from now on, and if it did not they are told.

    The first login of all is no news.
    """
    known = request.get_signed_cookie(COOKIE, "", salt=SALT, max_age=YEAR_SECONDS).split(".")
    if str(user.pk) not in known and not is_first:
        _tell(request, user)
    people = [str(user.pk), *(one for one in known if one not in {"", str(user.pk)})][:MOST_PEOPLE]
    response.set_signed_cookie(
        COOKIE,
        ".".join(people),
        salt=SALT,
        max_age=YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


@transaction.atomic
def _tell(request: HttpRequest, user: User) -> None:
    now = timezone.now()
    notify(
        "new_login",
        user=user,
        once_key=f"new_login:{user.pk}:{now.timestamp():.0f}",
        now=now,
        device=device_of(request.headers.get("User-Agent", "")),
        at=now.isoformat(),
    )
