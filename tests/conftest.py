"""What tests of several rooms share."""

import json
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

# Before numpy is imported, and as `itsq run` has it: a second thread adds in another order, and facts that both keep on the disk
# differ in their last digit.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

from itsq_analysis import open_workspace
from tests.jobs.servers import MailServer

PROJECT = Path(__file__).parent.parent
REAL = PROJECT.parent / "shared" / "data"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI, where browser, npm and the real data are promised, a test that is skipped has failed."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"in CI no test may be skipped; found: {reason}"
    return report


@pytest.fixture(scope="session", autouse=True)
def children_import_this_checkout() -> Iterator[None]:
    """Kernels and commands that a test starts import the package under test, not another one that is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(PROJECT))
        yield


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data beside the project; in CI it must be there."""
    if not REAL.is_dir() and not os.environ.get("CI"):
        pytest.skip("the real data (../shared/data) are not beside this checkout")
    return REAL


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    """What was planted in the demo, and how many rows its files have."""
    found: dict[str, Any] = json.loads((PROJECT / "data" / "sample" / "truth.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def event_log(real_data) -> Path:
    """A real ServiceNow incident log, one row per update."""
    return real_data / "uci_incident_event_log.csv.gz"


@pytest.fixture(scope="session")
def real_log(event_log, tmp_path_factory) -> Path:
    """A workspace of that log alone, loaded; tests add nothing to it."""
    folder = tmp_path_factory.mktemp("log")
    (folder / "itsq.toml").write_text('[organisation]\ntimezone = "America/Sao_Paulo"\nholidays = "BR"\n', encoding="utf-8")
    open_workspace(folder).load(event_log, mapping="servicenow_event_log")
    return folder


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Path:
    """The demo workspace, loaded, in a folder with a space and Chinese characters; tests add nothing to it but reports.

    It is loaded once, by whichever worker of pytest-xdist comes first; each worker has a copy of its own.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "loaded demo"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            unfinished = shared.with_name("unfinished demo")
            shutil.copytree(
                PROJECT / "data" / "sample",
                unfinished,
                ignore=shutil.ignore_patterns("store", "forecasts", "reports", "truth.json"),
            )
            open_workspace(unfinished).load()
            unfinished.rename(shared)
    folder = tmp_path_factory.mktemp("demo") / "运维 数据"
    shutil.copytree(shared, folder)
    return folder


@pytest.fixture
def mail_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that asks for STARTTLS and a password."""
    server = MailServer(tmp_path / "tls")
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    monkeypatch.setenv("SMTP_PASSWORD", server.password)
    with server:
        yield server
