"""Every address of Foyer, read from the URLconf itself: a new portal is walked by being there."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

# What may stand between < and > in a path, besides the groups of a regular expression.
CONVERTERS = {"IntConverter", "SlugConverter", "PathConverter", "StringConverter"}


@dataclass(frozen=True)
class Address:
    """One entry of the URLconf: "bookings/%(code)s/" with the names of what is to be filled in."""

    name: str
    template: str
    arguments: tuple[str, ...]
    converters: tuple[str, ...]
    view: Callable[..., Any]

    def __str__(self) -> str:
        return self.name

    def path(self, **values: str) -> str:
        """The path with the values filled in as they are: they are percent-encoded already."""
        return "/" + quote(self.template, safe="/%()-.") % {name: values[name] for name in self.arguments}


def addresses(
    resolver: URLResolver | None = None, prefix: str = "", namespace: str = "", above: tuple[str, ...] = ()
) -> Iterator[Address]:
    """Every address, down all includes. One without a name goes by its place and its view's."""
    for entry in (resolver or get_resolver()).url_patterns:
        converters = above + tuple(type(one).__name__ for one in getattr(entry.pattern, "converters", {}).values())
        for template, arguments in normalize(re.sub(r"^\^", "", entry.pattern.regex.pattern)):
            if isinstance(entry, URLResolver):
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                yield from addresses(entry, prefix + template, inner, converters)
            elif isinstance(entry, URLPattern):
                known = tuple(re.findall(r"%\((\w+)\)s", prefix + template))
                name = entry.name or f"{prefix}{template} {entry.callback.__name__}"
                assert not any(argument.startswith("_") for argument in arguments), f"{name} has a nameless argument"
                yield Address(namespace + name, prefix + template, known, converters, entry.callback)


ADDRESSES = list(addresses())


def by_view(match: ResolverMatch) -> Address:
    """The address that a path was resolved to."""
    named = [address for address in ADDRESSES if address.name == match.view_name]
    return named[0] if named else next(address for address in ADDRESSES if address.view == match.func)
