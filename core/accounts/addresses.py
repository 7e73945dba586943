"""Mail addresses as Foyer keeps them."""


def normalise_email(email: str) -> str:
    """Lower-cased and trimmed: nobody runs two mailboxes that differ by case, and people type both."""
    return email.strip().lower()
