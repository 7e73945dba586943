"""A person's own pages, the same behind every door."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
