"""Where somebody is led who wanted to go somewhere else before."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme, urlencode


def next_address(request: HttpRequest) -> str:
    """Where somebody wanted to go before they had to log in; "" if nowhere, or to another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if is_ours(request, wanted) else ""


def is_ours(request: HttpRequest, address: str) -> bool:
    """Whether an address is on this site."""
    return url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def leading_on(request: HttpRequest, address: str) -> str:
    """An address on the way, which keeps in mind where it leads on to."""
    wanted = next_address(request)
    return f"{address}?{urlencode({'next': wanted})}" if wanted else address
