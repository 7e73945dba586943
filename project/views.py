"""Pages that belong to no portal."""

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import defaults
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from portals.access import open_to_all


@open_to_all
@require_POST
def scheme(request: HttpRequest) -> HttpResponse:
    """Keep the colour scheme that the person chose, and go back."""
    chosen = request.POST.get("scheme", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response: HttpResponse = HttpResponseRedirect(back)  # `redirect` would take a bare word for the name of a view
    if chosen in {"light", "dark"}:
        response.set_cookie(
            "scheme", chosen, max_age=60 * 60 * 24 * 365, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    else:
        response.delete_cookie("scheme")
    return response


@open_to_all
@require_safe
@cache_control(max_age=60 * 60 * 24, public=True)
def favicon(request: HttpRequest) -> HttpResponse:
    """Where a browser looks for the icon when no page has told it."""
    return redirect(static("img/favicon.svg"))


@open_to_all
def components(request: HttpRequest) -> HttpResponse:
    """The components of the theme on one page, for developers."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "components/index.html")


@open_to_all
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was not sent from one of our pages, or the page was too old."""
    return render(request, "403_csrf.html", status=403)


@open_to_all
def broken(request: HttpRequest) -> HttpResponse:
    """An error that nobody has answered. With the database away it is no fault: come back in a moment."""
    return _closed() if database_is_away(sys.exception()) else defaults.server_error(request)


@open_to_all
def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be read. Django calls it so, too, when a session cannot be saved; why stands underneath."""
    why: BaseException | None = exception
    while why is not None:
        if database_is_away(why):
            return _closed()
        why = why.__context__
    return defaults.bad_request(request, exception)


def _closed() -> HttpResponse:
    return HttpResponse(get_template("503.html").render(), status=503, headers={"Retry-After": "5"})


def database_is_away(error: BaseException | None) -> bool:
    """Whether PostgreSQL does not answer, refuses, or has cut the line: unlike a deadlock, say, it sends no reason."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(("08", "57P")) or state == "53300"
