"""Do DuckDB and Spark compute the same? Every value of the catalogue, by every dimension, of the last periods of a workspace.

python -m tools.engines data/sample sc://127.0.0.1:15002 13 [service tier …]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from pathlib import Path

import numpy as np

from itsq_analysis import open_workspace
from itsq_analysis.indicators.dimensions import DIMENSIONS
from itsq_analysis.indicators.evaluate import evaluated
from itsq_analysis.indicators.measure import Measured
from itsq_analysis.indicators.query import Key, Query, asked_keys, layers_of
from itsq_analysis.indicators.value import NUMBERS
from itsq_analysis.periods import Period, parse_period
from itsq_analysis.settings import EngineSettings
from itsq_analysis.store.engine import Engine
from itsq_analysis.store.spark import spark_engine
from itsq_analysis.workspace.workspace import Workspace

Blocks = dict[tuple[Key, int], Measured]  # by the first period of a layer
TOLERANCE = 1e-9


def measured(
    workspace: Workspace, engine: Engine, periods: int, dimensions: Sequence[str | None], ids: Sequence[str] | None = None
) -> Blocks:
    """Indicators, all of them where none are named, as the engine computes them: of the last months, with the one begun."""
    moment = workspace.horizon.astimezone(UTC)
    last = (workspace.horizon - timedelta(microseconds=1)).date()
    months: list[Period] = [parse_period(f"{last:%Y-%m}", workspace.settings.period.month_starts_on)]
    while len(months) < periods:
        months.insert(0, months[0].previous())
    query = Query(engine, workspace.definitions, workspace.settings, tuple(months), moment, workspace.calendar)
    keys = asked_keys(workspace.definitions, ids, dimensions)
    layers = layers_of(query)
    return {(key, layer[0]): block for layer in layers for key, block in evaluated(query, layer, keys).items()}


def differences(first: Blocks, second: Blocks) -> Iterator[str]:
    """What is not the same: members, reasons, and numbers that differ by more than 1e-9 of their size."""
    assert first.keys() == second.keys()  # noqa: S101 - the same question
    for key, block in first.items():
        other = second[key]
        if block.members != other.members:
            yield f"{key}: members {block.members} and {other.members}"
            continue
        for name in NUMBERS:
            one_engine, other_engine = getattr(block, name), getattr(other, name)
            if not np.allclose(one_engine, other_engine, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True):
                yield f"{key}: {name} {one_engine.tolist()} and {other_engine.tolist()}"
        if block.blocked != other.blocked or (block.reason != other.reason).any():
            yield f"{key}: reasons {block.reason.tolist()} and {other.reason.tolist()}"


def numbers(blocks: Blocks) -> int:
    """How many of them are known."""
    return sum(int(np.isfinite(getattr(block, name)).sum()) for block in blocks.values() for name in NUMBERS)


def main(folder: str, address: str, periods: str, *dimensions: str) -> int:
    """Compare the whole and the dimensions named, all where none are, and tell; 1 where they differ."""
    workspace = open_workspace(Path(folder))
    spark = spark_engine(workspace.store, workspace.snapshot, (), EngineSettings(spark=address))
    answers = []
    for name, engine in (("DuckDB", workspace.connection), ("Spark", spark)):
        started = time.perf_counter()
        answers.append(measured(workspace, engine, int(periods), (None, *(dimensions or DIMENSIONS))))
        sys.stdout.write(
            f"{name}: {len(answers[-1])} blocks, {numbers(answers[-1])} numbers, {time.perf_counter() - started:.0f} s\n"
        )
    problems = list(differences(*answers))
    sys.stdout.write("\n".join([*problems, f"{len(problems)} differences\n"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
