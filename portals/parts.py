"""One view draws the page and its parts."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

TYPED = {"q"}


def part_asked_for(request: HttpRequest, parts: Collection[str]) -> str:
    """Which of `parts` htmx wants to replace; "" when the whole page is wanted, as after going back in history."""
    htmx = request.htmx  # type: ignore[attr-defined]
    if not htmx or htmx.history_restore_request or htmx.target not in parts:
        return ""
    return str(htmx.target)


def draw(request: HttpRequest, template: str, context: dict[str, Any], *, parts: Collection[str] = ()) -> HttpResponse:
    """The page, or the part of it that htmx asks for: the element's id is the name of its `partialdef`."""
    part = part_asked_for(request, parts)
    response = render(request, f"{template}#{part}" if part else template, context | {"part": part})
    if parts:
        patch_vary_headers(response, ["HX-Request", "HX-Target", "HX-History-Restore-Request"])
    return response


def keep_address(request: HttpRequest, response: HttpResponse, *, query: dict[str, str]) -> HttpResponse:
    """After a part was asked for by a form: the address without what is empty, as it would be shared.

    While somebody types the address is replaced, so that going back leaves the page and not a letter.
    """
    htmx = request.htmx  # type: ignore[attr-defined]
    if htmx and not htmx.boosted and not htmx.history_restore_request:
        address = f"{request.path}?{urlencode(query)}" if query else request.path
        response["HX-Replace-Url" if htmx.trigger_name in TYPED else "HX-Push-Url"] = address
    return response
