"""The settings for servers that a test starts: static files as they lie in the repository, without a manifest."""

from project.settings import *  # noqa: F403
from project.settings import STORAGES

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
