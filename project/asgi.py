"""Pages and sockets in one process for a first look; in production only `/ws` comes here."""

import os
from collections.abc import Callable
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from channels.sessions import SessionMiddlewareStack
from django.core.asgi import get_asgi_application
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
pages = get_asgi_application()

from portals.account import routing as account  # noqa: E402  (needs the apps to be loaded)
from portals.customer import routing as customer  # noqa: E402


async def nowhere(scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
    """A socket at an address where there is none is refused; without this it would be an error in the log."""
    await receive()
    await send({"type": "websocket.close"})


routes = URLRouter([*account.websocket_urlpatterns, *customer.websocket_urlpatterns, re_path("", nowhere)])
application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": AllowedHostsOriginValidator(SessionMiddlewareStack(routes)),
    }
)
