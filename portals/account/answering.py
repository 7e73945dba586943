"""Answering a form about a login: what was wrong stands beside it, and a limit says when it is over."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.kernel.errors import Refusal, TooOften
from portals.refusal_status import status_of

UNPROCESSABLE = 422


def draw_form(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    *,
    refusal: Refusal | None = None,
    field: str | None = None,
    **context: Any,
) -> HttpResponse:
    """The page with its form. A refusal stands beside `field`, or above the form, and gives the status of its kind."""
    status = UNPROCESSABLE if form.is_bound else 200
    if refusal is not None:
        status = UNPROCESSABLE if refusal.kind == "invalid" else status_of(refusal)
        if form.is_bound:
            form.add_error(field, str(refusal))
        else:
            context["refusal"] = str(refusal)
    response = render(request, template, context | {"form": form}, status=status)
    if isinstance(refusal, TooOften):
        response["Retry-After"] = str(refusal.retry_after)
    return response
