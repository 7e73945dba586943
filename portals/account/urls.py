"""A person's own pages, the same behind every door."""

from portals.account.urls_notifications import notification_patterns
from portals.account.urls_profile import profile_patterns
from portals.account.urls_security import security_patterns

urlpatterns = [
    *notification_patterns,
    *profile_patterns,
    *security_patterns,
]
