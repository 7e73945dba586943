"""Pages."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
application = get_wsgi_application()

# A request makes some thousand objects and leaves hardly one behind. By Python's own measure the collector would go
# through all that Django has loaded several times a second: 8 % of the CPU of a hold (docs/performance.md).
gc.freeze()
gc.set_threshold(20_000, 20, 50)
