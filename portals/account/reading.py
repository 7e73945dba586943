"""In which language and on whose clock a browser shows pages: by cookies, so that no page reads a row for it."""

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import check_for_language

from core.accounts.models import User
from portals.account.zones import COOKIE, known_zones

A_YEAR = 60 * 60 * 24 * 365


def read_as(response: HttpResponse, user: User) -> HttpResponse:
    """From this answer on the browser reads as the person has chosen: called at the login and when they choose."""
    if check_for_language(user.language) and user.language in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, user.language)
    if user.time_zone in known_zones():
        _keep(response, COOKIE, user.time_zone)
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=A_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )
