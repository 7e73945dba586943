import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from core.catalog.actions import import_seat_map
from core.catalog.models import Room
from core.catalog.seatmap.refusal import SeatMapRefused
from core.kernel.actor import Actor


def find_room(text: str) -> Room:
    """The room named "venue-slug/room-slug"."""
    venue, _slash, room = text.partition("/")
    try:
        return Room.objects.select_related("venue").get(venue__slug=venue, slug=room)
    except Room.DoesNotExist:
        known = [f"{v}/{r}" for v, r in Room.objects.order_by("venue__slug", "slug").values_list("venue__slug", "slug")]
        raise CommandError(
            _("There is no room %(room)s. Known are: %(known)s.") % {"room": text, "known": ", ".join(known) or "-"}
        ) from None


class Command(BaseCommand):
    help = "Make a seat-map file (docs/seat-map.md) the newest version of a room's plan."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", help="path of the JSON file, or - for standard input")
        parser.add_argument("--room", required=True, help="venue-slug/room-slug")
        parser.add_argument("--format", choices=["foyer", "pretix"], default="foyer")

    def handle(self, *args: Any, **options: Any) -> None:
        room = find_room(options["room"])
        try:
            document = sys.stdin.buffer.read() if options["file"] == "-" else Path(options["file"]).read_bytes()
        except OSError as error:
            raise CommandError(str(error)) from None
        try:
            seat_map = import_seat_map(
                room=room,
                document=document,
                source=options["format"],
                actor=Actor.system("import_seat_map"),
                now=timezone.now(),
            )
        except SeatMapRefused as refusal:
            for problem in refusal.problems:
                self.stderr.write(f"{problem.place}: {problem.reason}")
            raise CommandError(_("Nothing was stored.")) from None
        standing = sum(seat_map.zones.values_list("capacity", flat=True))
        self.stdout.write(
            _("%(map)s: %(seats)d seats, %(standing)d standing places.")
            % {"map": seat_map, "seats": seat_map.seat_count, "standing": standing}
        )
