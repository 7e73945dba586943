"""A person's own pages, the same behind every door."""

from portals.account.urls_entering import entering_patterns
from portals.account.urls_notifications import notification_patterns
from portals.account.urls_profile import profile_patterns
from portals.account.urls_security import security_patterns

urlpatterns = [
    *entering_patterns,
    *notification_patterns,
    *profile_patterns,
    *security_patterns,
]
