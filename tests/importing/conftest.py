"""An organization to bring datasets in for."""

from tests.schemas.conftest import organization  # noqa: F401  (a fixture)
