"""What every request goes through, besides Django's own."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from core.kernel.errors import Refusal, TooOften
from portals.refusal_status import status_of

Handler = Callable[[HttpRequest], HttpResponse]


def request_ids(get_response: Handler) -> Handler:
    """Every request has an id: the one that the proxy gave it, else a new one. Logs, records and answer carry it.

    It is put where the proxy would have put it, before anybody has read `request.headers`, which are read only once.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if re.fullmatch(r"[A-Za-z0-9_-]{8,64}", given) else str(uuid.uuid4())
        request.META["HTTP_X_REQUEST_ID"] = request_id
        response = get_response(request)
        response["X-Request-ID"] = request_id
        return response

    return middleware


def client_addresses(get_response: Handler) -> Handler:
    """Behind a proxy that is trusted, the client's address is the last one that X-Forwarded-For names.

    The ones before it were said by the client itself.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        if settings.TRUST_PROXY and forwarded:
            request.META["REMOTE_ADDR"] = forwarded.rpartition(",")[2].strip()
        structlog.contextvars.bind_contextvars(ip=request.META.get("REMOTE_ADDR", ""))
        return get_response(request)

    return middleware


def legible(get_response: Handler) -> Handler:
    """Only UTF-8 is read: else Python would decode a form by whatever codec it names, "hex" for one.

    A cookie with a NUL, written \\000 in it, is as good as none: PostgreSQL knows no text with that.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if (request.encoding or "utf-8").lower() != "utf-8":
            raise BadRequest(f"Not UTF-8: {request.encoding}")
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        return get_response(request)

    return middleware


def bounded(get_response: Handler) -> Handler:
    """A body larger than any form of ours is refused before anybody reads it; the check of the CSRF token would."""

    def middleware(request: HttpRequest) -> HttpResponse:
        told = request.META.get("CONTENT_LENGTH") or "0"
        if not told.isdecimal() or int(told) > settings.MOST_BODY_BYTES:
            return render(request, "413.html", status=413)
        return get_response(request)

    return middleware


def permissions_policy(get_response: Handler) -> Handler:
    """Features that no page of Foyer uses are switched off for it and for what it might embed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=()")
        return response

    return middleware


def kept_private(get_response: Handler) -> Handler:
    """What a page says to one person is kept by no cache; where somebody is logged in, not by their browser either.

    What the view said itself stands. It asks nothing: a page for which nobody looked who it is stays as it is.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.has_header("Cache-Control") or not request.session.accessed:
            return response
        user = getattr(request, "_cached_user", None)
        known = user is not None and user.is_authenticated
        response["Cache-Control"] = "private, no-store" if known else "private, no-cache"
        return response

    return middleware


class refusals:
    """A refusal that no view has answered becomes a page that a person understands, with the status of its kind.

    So does a method that a view does not take: after a refused form its address stands in the browser, and whoever
    opens it again would see nothing at all.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a Refusal; leave every other exception to Django, since it is a bug."""
        if not isinstance(exception, Refusal):
            return None
        status = status_of(exception)
        response = render(request, "refusal.html", {"message": exception.message, "status": status}, status=status)
        if isinstance(exception, TooOften):
            response["Retry-After"] = str(exception.retry_after)
        return response
