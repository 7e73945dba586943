"""The addresses of the showtime page, where places are won."""

from django.urls import path

from portals.customer.views import holds, showtimes

seat_patterns = [
    path("showtimes/<int:id>/", showtimes.showtime, name="showtime"),
    path("showtimes/<int:id>/places/", showtimes.places, name="places"),
    path("showtimes/<int:id>/holds/", holds.holds, name="holds"),
    path("showtimes/<int:id>/holds/release/", holds.hold_release, name="hold_release"),
    path("showtimes/<int:id>/holds/again/", holds.hold_again, name="hold_again"),
    path("showtimes/<int:id>/holds/extension/", holds.hold_extension, name="hold_extension"),
    path("showtimes/<int:id>/best/", holds.best, name="best"),
    path("showtimes/<int:id>/standing/", holds.standing, name="standing"),
    path("maps/<int:seat_map_id>.css", showtimes.map_styles, name="map_styles"),
    path("ws/stats", showtimes.watchers, name="watchers"),
]
