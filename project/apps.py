from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "project"
    label = "project"

    def ready(self) -> None:
        from project import checks  # noqa: F401, PLC0415  (registers the checks, once the apps are loaded)
