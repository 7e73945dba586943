import pytest

from core.accounts.models import Organizer
from core.catalog.models import Room, Venue


@pytest.fixture
def room() -> Room:
    organizer = Organizer.objects.create(name="Kronlicht", slug="kronlicht")
    venue = Venue.objects.create(organizer=organizer, name="Kino", slug="kino", kind="cinema", street="-", city="Graz")
    return Room.objects.create(venue=venue, name="Studio", slug="studio")
