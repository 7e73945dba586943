"""The addresses of profile, picture, dependents and of what becomes of one's data."""

from django.urls import URLPattern

profile_patterns: list[URLPattern] = []
