"""Makes the theme known to django-tailwind, in development only."""

from django.apps import AppConfig


class ThemeConfig(AppConfig):
    """The Tailwind sources; what it builds lies in static/css and is committed."""

    name = "project.theme"
    label = "theme"
