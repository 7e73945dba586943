from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's administration with our own site."""

    default_site = "project.desk.Desk"
