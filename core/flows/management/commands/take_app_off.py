from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.accounts.queries import find_person
from core.flows import security
from core.kernel.actor import Actor


class Command(BaseCommand):
    help = "Take the authenticator app off somebody who has lost it and the recovery codes. Be sure who asks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("who", help="Mail address, mobile number or user name.")

    def handle(self, *args: Any, who: str, **options: Any) -> None:
        person = find_person(who)
        if person is None:
            raise CommandError(f"There is nobody called {who}.")
        security.take_app_off(person, actor=Actor.system("take_app_off"), now=timezone.now())
        self.stdout.write(
            f"{person.email} logs in with a code by mail or text message now, and sets a new app up then."
        )
