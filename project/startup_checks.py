"""What must be set before Foyer serves strangers."""

from django.core.exceptions import ImproperlyConfigured


def refuse_insecure(
    *,
    secret_key: str,
    allowed_hosts: list[str],
    webhook_secret: str,
    api_key: str,
    database_url: str,
    redis_url: str,
) -> None:
    """Raise ImproperlyConfigured naming every setting that is missing or only good enough for a first look."""
    missing = []
    if len(secret_key) < 40 or len(set(secret_key)) < 8 or secret_key.startswith("insecure"):
        missing.append("SECRET_KEY (at least 40 random characters)")
    if not allowed_hosts or "*" in allowed_hosts:
        missing.append("ALLOWED_HOSTS (the host names that Foyer answers to, not *)")
    if not webhook_secret:
        missing.append("STRIPE_WEBHOOK_SECRET (whsec_..., from Stripe's webhook page)")
    if not api_key:
        missing.append("STRIPE_API_KEY (sk_..., from Stripe's API keys page)")
    if not database_url:
        missing.append("DATABASE_URL (postgres://...)")
    if not redis_url:
        missing.append("REDIS_URL (redis://...)")
    if missing:
        raise ImproperlyConfigured(
            "DEBUG is off and Foyer does not start without: " + "; ".join(missing) + ". See .env.example."
        )
