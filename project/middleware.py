"""What every request goes through, besides Django's own."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.kernel.errors import Refusal, TooOften

STATUS = {"invalid": 400, "conflict": 409, "missing": 404, "too_often": 429}

Handler = Callable[[HttpRequest], HttpResponse]


def permissions_policy(get_response: Handler) -> Handler:
    """Features that no page of Foyer uses are switched off for it and for what it might embed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=()")
        return response

    return middleware


class refusals:
    """A refusal that no view has answered becomes a page that a person understands, with the status of its kind."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a Refusal; leave every other exception to Django, since it is a bug."""
        if not isinstance(exception, Refusal):
            return None
        status = STATUS[exception.kind]
        response = render(request, "refusal.html", {"message": exception.message, "status": status}, status=status)
        if isinstance(exception, TooOften):
            response["Retry-After"] = str(exception.retry_after)
        return response
