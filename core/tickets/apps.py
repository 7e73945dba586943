from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "core.tickets"
    label = "tickets"
