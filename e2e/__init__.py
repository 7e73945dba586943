"""Stories in a real browser over all portals, and the stand-in for Stripe that they pay at."""
