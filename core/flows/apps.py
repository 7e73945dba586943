from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "core.flows"
    label = "flows"
