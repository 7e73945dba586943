import pytest

from core.seating.tests.stage import Hall, build_hall


@pytest.fixture
def hall(db: None) -> Hall:
    """Every kind of place, all free."""
    return build_hall()
