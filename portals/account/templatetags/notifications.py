"""What the bell in every header shows."""

from django import template

from core.accounts.models import User
from core.notifications import queries

register = template.Library()


@register.simple_tag
def unread_count(user: User) -> int:
    """How much somebody who is logged in has not read yet."""
    return queries.unread_count(user)
