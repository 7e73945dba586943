import argparse
import datetime as dt
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from core.accounts.models import Organizer
from core.flows.demo import content
from core.flows.demo.seed import ZONE, runs_out, seed
from core.kernel.actor import Actor


def moment(text: str) -> dt.datetime:
    """An ISO date and time; without an offset it is meant on the clock of the demo's city."""
    found = parse_datetime(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is not a time such as 2026-11-21T18:00")
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


class Command(BaseCommand):
    help = (
        "Fill Foyer with a city's worth of demo data around today: three organizers, five rooms, twenty events, two "
        "weeks of showtimes and their crowds. Run it again whenever you like: it adds what is missing."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--now", type=moment, help="seed as of then instead of now, e.g. 2026-11-21T18:00")
        parser.add_argument("--anyway", action="store_true", help="even if there are organizers besides the demo's")

        parser.add_argument(
            "--top-up", action="store_true", help="only where this is the demo and its showtimes are nearly over"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = options["now"] or timezone.now()
        if options["top_up"]:
            if not runs_out(now=now):
                return
            self.stdout.write("Adding showtimes to the demo")
        started = time.monotonic()
        ours = [organizer["slug"] for organizer in content.houses()["organizer"]]
        if not options["anyway"] and Organizer.objects.exclude(slug__in=ours).exists():
            raise CommandError(
                "This Foyer has organizers of its own, and the demo brings an administrator whose password is public. "
                "Nothing was added. If you mean it, say --anyway."
            )
        with transaction.atomic():
            seeded = seed(actor=Actor.system("seed_demo"), now=now)
        with connection.cursor() as cursor:
            # The planner knows nothing yet of so many new rows, and the first pages would be slow.
            cursor.execute("ANALYZE")
        self.stdout.write(
            f"{seeded.showtimes} showtimes and {seeded.tickets} tickets added in {time.monotonic() - started:.1f} s. "
            "Logins: manage.py demo_logins"
        )
