"""The sockets of the customer portal."""

from django.urls import URLPattern

websocket_urlpatterns: list[URLPattern] = []
