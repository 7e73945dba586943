from django.apps import AppConfig


class SeatingConfig(AppConfig):
    name = "core.seating"
    label = "seating"
