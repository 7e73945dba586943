"""The addresses of what can be seen, and where."""

from django.urls import path

from portals.customer.views import crawlers, events, home, venues

discovery_patterns = [
    path("", home.home, name="home"),
    path("events/<slug:slug>/", events.event, name="event"),
    path("venues/", venues.venues, name="venues"),
    path("venues/<slug:slug>/", venues.venue, name="venue"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
]
