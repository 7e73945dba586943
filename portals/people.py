"""Who is at the screen."""

import secrets

from django.http import HttpRequest

from core.kernel.actor import Actor

VISITOR_KEY = "visitor"


def address_of(request: HttpRequest) -> str:
    """The client's IP address, as the web server or the trusted proxy in front of it says."""
    address: str = request.META.get("REMOTE_ADDR", "")
    return address


def actor_of(request: HttpRequest) -> Actor:
    """The actor of this request. A visitor gets a random id, kept inside the session."""
    return Actor(
        holder=_holder_of(request),
        user_id=request.user.pk if request.user.is_authenticated else None,
        label=str(request.user) if request.user.is_authenticated else "",
        address=address_of(request),
        request_id=request.META.get("HTTP_X_REQUEST_ID", "")[:64],
        is_staff=request.user.is_authenticated and request.user.is_staff,
    )


def holder_of(request: HttpRequest) -> str:
    """Whom held seats belong to at this screen; "" for a visitor who did nothing yet, so that no session is made."""
    if request.user.is_authenticated:
        return request.user.holder
    holder: str = request.session.get(VISITOR_KEY, "")
    return holder


def _holder_of(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return request.user.holder
    if VISITOR_KEY not in request.session:
        request.session[VISITOR_KEY] = f"anon:{secrets.token_urlsafe(15)}"
    holder: str = request.session[VISITOR_KEY]
    return holder


def forget_visitor(request: HttpRequest) -> str:
    """The visitor id of this session, taken out of it because the person is known now; "" if there was none."""
    holder: str = request.session.pop(VISITOR_KEY, "")
    return holder


def become(request: HttpRequest, holder: str) -> None:
    """The visitor of this session has proved who they are: what they hold belongs to `holder` from now on."""
    request.session[VISITOR_KEY] = holder
