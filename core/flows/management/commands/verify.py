"""`manage.py verify`: prove that the books balance and that no seat is sold twice."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.flows import verification


class Command(BaseCommand):
    help = "Prove the invariants over the whole database; exits non-zero and names every violation."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each violation; raise CommandError if there is one."""
        count = 0
        for violation in verification.violations():
            self.stdout.write(str(violation))
            count += 1
        if count:
            raise CommandError(f"{count} violations")
        self.stdout.write("Everything adds up.")
