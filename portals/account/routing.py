"""The sockets of a person's own pages."""

from django.urls import path

from portals.account.consumers import PersonConsumer

websocket_urlpatterns = [
    path("ws/me/", PersonConsumer.as_asgi()),
]
