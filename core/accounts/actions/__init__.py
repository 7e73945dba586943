"""What changes people and what proves who they are, one file for each noun."""

from core.accounts.actions.codes import forget_codes, make_code, use_code

__all__ = ["forget_codes", "make_code", "use_code"]
