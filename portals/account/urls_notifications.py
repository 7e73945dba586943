from django.urls import path

from portals.account import notifications, preferences

notification_patterns = [
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/bell/", notifications.bell, name="bell"),
    path("notifications/reading/", notifications.reading, name="notifications_reading"),
    path("notifications/preferences/", preferences.preferences, name="notification_preferences"),
    path("notifications/devices/", preferences.devices, name="push_devices"),
    path("notifications/devices/<int:device_id>/removal/", preferences.device_removal, name="push_device_removal"),
    path("notifications/stop/<str:token>/", notifications.stop, name="notifications_stop"),
    path("notifications/<int:notification_id>/", notifications.notification, name="notification"),
]
