"""The sockets of the customer portal."""

from django.urls import path

from portals.customer.consumers import ShowtimeConsumer

websocket_urlpatterns = [
    path("ws/screenings/<int:id>", ShowtimeConsumer.as_asgi()),
]
