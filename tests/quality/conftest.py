"""What the tests of quality share."""

from tests.checking.conftest import official, served, steward  # noqa: F401  (fixtures)
from tests.feeds.conftest import make, organization  # noqa: F401  (fixtures)
from tests.profiles.conftest import portal  # noqa: F401  (a fixture)
