from typing import Any

from django.core.management.base import BaseCommand

from core.flows.demo import content


class Command(BaseCommand):
    help = "Say who can log in to the demo, and how."

    def handle(self, *args: Any, **options: Any) -> None:
        for person in content.people():
            self.stdout.write(f"{person.email:24}{person.name:16}{person.door:12}{person.does}")
        self.stdout.write(f"Password of all: {content.PASSWORD}")
        self.stdout.write(
            "Who works for somebody is asked for a code then: it is sent as a text message, which lies at /_outbox/. "
            "Owners and administrators set an authenticator app up after it."
        )
