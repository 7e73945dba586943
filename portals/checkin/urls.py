from django.urls import path

from core.accounts.roles import Door
from portals.account.houses import house_pattern
from portals.checkin.views import home

app_name = "checkin"
urlpatterns = [
    path("", home.home, name="home"),
    house_pattern(Door.CHECKIN),
]
