from django.apps import AppConfig


class OrganizerConfig(AppConfig):
    name = "portals.organizer"
    label = "organizer"
