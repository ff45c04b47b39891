"""DuckDB and a real Spark, reached by Spark Connect, with two executors: the same numbers."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import duckdb
import pytest

from itsq_analysis import IndicatorError, StoreError, open_workspace
from itsq_analysis.indicators.exemptions import without
from itsq_analysis.settings import EngineSettings
from itsq_analysis.store.spark import Spark, spark_engine
from itsq_analysis.store.spark_sql import spark_sql
from tools.engines import differences, measured, numbers

PATIENCE = 120  # seconds until Spark has started
# Each kind of indicator, with what is said otherwise in Spark: days, stocks, quotients, working time, outages, runs over a log.
SLICE = (
    *("incident_backlog", "resolve_time_median", "sla_resolution_met", "reopen_rate", "vulnerability_age_median"),
    *("availability", "repeat_incidents", "resolve_time_km_median"),
)
CLUSTER = "local-cluster[2,1,1024]"  # two executors of one core each, processes of their own


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Spark Connect server of our own on a free port."""
    pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed: pip install .[spark]")
    if which("java") is None:
        pytest.skip("Spark needs Java 17, which is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    home, folder = Path(pyspark.__file__).parent, tmp_path_factory.mktemp("spark")
    settings = {
        "spark.connect.grpc.binding.port": str(port),
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.codegen.wholeStage": "false",  # small tables: compiling Java takes longer than the rows
    }
    given = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    server = "org.apache.spark.sql.connect.service.SparkConnectServer"
    command = [
        str(home / "bin" / "spark-submit"),
        "--master",
        CLUSTER,
        "--driver-memory",
        "1g",
        *given,
        "--class",
        server,
        "spark-internal",
    ]
    environment = os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "LC_ALL": "C.UTF-8"}
    with (folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait_for(port, process, folder / "log")
            yield f"sc://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail(f"Spark did not start: {log.read_text(encoding='utf-8')[-1000:]}")


@pytest.fixture(scope="module")
def spark(address: str, demo: Path) -> Spark:
    workspace = open_workspace(demo)
    return spark_engine(workspace.store, workspace.snapshot, (), EngineSettings(spark=address))


@pytest.mark.spark
def test_values_of_every_kind_are_the_same_on_both(spark: Spark, demo: Path) -> None:
    """A slice; the whole catalogue, by every dimension, takes minutes: python -m tools.engines."""
    workspace = open_workspace(demo)
    ours, theirs = (measured(workspace, engine, 3, (None, "service"), SLICE) for engine in (workspace.connection, spark))
    assert list(differences(ours, theirs)) == []
    assert len(ours) == 2 * len(SLICE)
    assert numbers(ours) > 500


class Translated:
    """DuckDB, all of whose queries have a translation."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.translated: list[str] = []

    def sql(self, query: str, /) -> duckdb.DuckDBPyRelation:
        self.translated.append(spark_sql(query)[0])
        return self._connection.sql(query)


def test_every_query_of_the_catalogue_has_a_translation(demo: Path) -> None:
    workspace = open_workspace(demo)
    engine = Translated(workspace.connection)
    assert len(measured(workspace, engine, 2, (None,))) == len(workspace.definitions)
    assert len(engine.translated) > 50
    assert not [text for text in engine.translated if re.search("ASOF|TIMESTAMPTZ|INT128|HUGEINT|EPOCH_US", text, re.IGNORECASE)]


@pytest.mark.spark
def test_exempted_tickets_are_hidden_there_for_a_while(spark: Spark) -> None:
    query = 'SELECT count(*), min(number) FROM "incidents"'
    [(everything, first)] = spark.sql(query).fetchall()
    with without(spark, [first, "it's"]):
        [(left, other)] = spark.sql(query).fetchall()
    assert (left, other > first) == (everything - 1, True)
    assert spark.sql(query).fetchall() == [(everything, first)]


@pytest.mark.spark
def test_a_workspace_whose_itsq_toml_names_the_spark_tells_the_same_values_of_a_service(
    address: str, demo: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "ws"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("reports", "cache"))
    with (folder / "itsq.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[engine]\nspark = "{address}"\n')
    service = open_workspace(demo).known_services()[0]
    asked = (["incidents_opened", "resolve_time_median", "availability"], "2026-09")
    there, here = (open_workspace(place, services=[service]) for place in (folder, demo))
    assert isinstance(there.engine, Spark)
    assert there.values(*asked).equals(here.values(*asked))
    assert here.values(*asked)["n"].sum() > 0


@pytest.mark.spark
def test_a_spark_that_does_not_answer_is_told_in_a_line() -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed: pip install .[spark]")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = EngineSettings(spark=f"sc://127.0.0.1:{port}")
    with pytest.raises(StoreError, match="must answer; found nothing at"):
        spark_engine(_Nowhere(), None, (), settings)  # type: ignore[arg-type]


def test_without_pyspark_the_message_says_how_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql.connect.session", None)
    with pytest.raises(StoreError, match=r"itsq-analysis\[spark\]"):
        spark_engine(_Nowhere(), None, (), EngineSettings(spark="sc://localhost"))  # type: ignore[arg-type]


class _Nowhere:
    root = Path("/nowhere")


@pytest.mark.parametrize("address", ["http://host", "sc://", "sc://host:x", "sc://host:1/;token=secret", "host:15002"])
def test_an_address_must_be_one_and_hold_no_token(address: str) -> None:
    with pytest.raises(ValueError, match="must be an address"):
        EngineSettings(spark=address)


def test_a_function_whose_meaning_there_is_not_known_is_refused() -> None:
    with pytest.raises(IndicatorError, match="functions known there"):
        spark_sql("SELECT levenshtein_of_ours(a) FROM incidents")


def test_files_and_token_belong_to_a_spark() -> None:
    with pytest.raises(ValueError, match=r'such as spark = "sc://spark\.example\.com:15002"'):
        EngineSettings(files="/mnt/itsq/store")
    told = EngineSettings(files="/mnt/itsq/store", spark="sc://spark.example.com:15002", token="env:SPARK_TOKEN")
    assert told.token == "env:SPARK_TOKEN"  # noqa: S105
