"""What every page knows."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portals.doors import entrance_of


def site(request: HttpRequest) -> dict[str, Any]:
    """The colour scheme that the person chose, if any; and the door they came by, asked for by few pages."""
    scheme = request.COOKIES.get("scheme", "")
    door = SimpleLazyObject(lambda: entrance_of(request))
    return {"scheme": scheme if scheme in {"light", "dark"} else "", "door": door}
