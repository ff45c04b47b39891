"""What tests of several rooms share."""

import os
from pathlib import Path

import pytest

REAL = Path(__file__).parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data beside the project; in CI it must be there."""
    if not REAL.is_dir() and not os.environ.get("CI"):
        pytest.skip("the real data (../shared/data) are not beside this checkout")
    return REAL


@pytest.fixture(scope="session")
def event_log(real_data) -> Path:
    """A real ServiceNow incident log, one row per update."""
    return real_data / "uci_incident_event_log.csv.gz"
