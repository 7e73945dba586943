"""What every page knows."""

from typing import Any

from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """The colour scheme that the person chose, if any."""
    scheme = request.COOKIES.get("scheme", "")
    return {"scheme": scheme if scheme in {"light", "dark"} else ""}
