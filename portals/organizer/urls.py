from django.urls import path

from core.accounts.roles import Door
from portals.account.houses import house_pattern
from portals.account.teams import team_patterns
from portals.organizer.views import home

app_name = "organizer"
urlpatterns = [
    path("", home.home, name="home"),
    house_pattern(Door.ORGANIZER),
    *team_patterns(Door.ORGANIZER),
]
