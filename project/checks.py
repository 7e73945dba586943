"""Checks at every start of Foyer: no view without a word on who may enter."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver


def _guards_itself(included: URLResolver) -> bool:
    """The one application of others whose views guard themselves: the administration."""
    return included.app_name == "admin"


def views(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every view of ours with its address, down all includes."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield address, entry.callback
        elif not _guards_itself(entry):
            yield from views(entry, address)


@register
def every_view_declares_who_may_enter(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """An error for each view without a decorator of portals/access.py."""
    return [
        Error(
            f"The view {view.__module__}.{view.__qualname__} at /{address} does not say who may enter.",
            hint="Put a decorator of portals/access.py on top of it.",
            id="foyer.E001",
        )
        for address, view in views()
        if not hasattr(view, "entry")
    ]
