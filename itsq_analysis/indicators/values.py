"""The numbers of the catalogue for some periods, as the value frame, before any exemption."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from itsq_analysis.indicators.judge import judge
from itsq_analysis.indicators.query import Key, Query, layers_of
from itsq_analysis.indicators.value import NUMBERS

if TYPE_CHECKING:
    from itsq_analysis.indicators.measure import Measured

COLUMNS = (
    *("indicator", "period", "start", "end", "dimension", "member", "value", "numerator", "denominator", "n", "lower", "upper"),
    *("target", "target_kind", "status", "certainty", "provisional", "reason"),
)
Block = dict[str, NDArray[Any]]
_NUMBERS = ("value", "numerator", "denominator", "lower", "upper", "target")
_TEXTS = ("indicator", "period", "dimension", "member", "target_kind", "status", "certainty", "reason")


def evaluate(query: Query, keys: Sequence[Key]) -> pd.DataFrame:
    """The value frame of these indicators and dimensions, in one pass over each table where no periods overlap.

    Returns:
        COLUMNS, one row per indicator × period (× dimension × member), periods in the query's order. Shares are 0–1, durations
        hours; start and end are local days, end exclusive. A member that is not known is missing, its dimension is not; members
        come in ascending order, the unknown one last. What could not be measured has no value and a reason (of words.toml).
    """
    from itsq_analysis.indicators.evaluate import evaluated  # here: values that are kept load neither scipy nor functions

    order = {name: place for place, name in enumerate(dict.fromkeys(name for name, _ in keys))}
    blocks = []
    for layer in layers_of(query):
        for place, (key, answer) in enumerate(evaluated(query, layer, keys).items()):
            blocks.append(_block(query, layer, key, answer, (order[key[0]], place)))
    return _frame(blocks)


def _block(query: Query, layer: Sequence[int], key: Key, answer: Measured, place: tuple[int, int]) -> Block:
    """The rows of one indicator and dimension, with what puts them in order: `place` is that of the indicator and of the key."""
    periods = [query.periods[place] for place in layer]
    judged = judge(
        query.catalogue[key[0]],
        answer,
        key[1],
        periods,
        [query.bounds(place)[1] for place in layer],
        query.settings,
        query.as_of,
        query.baselines,
    )
    rows, members = answer.value.shape
    every = {"indicator": key[0], "dimension": key[1], "_indicator": place[0], "_key": place[1]}
    by_period = {
        "period": [period.label for period in periods],
        "start": [period.start for period in periods],
        "end": [period.end for period in periods],
        "_period": layer,
    }
    return {
        **{name: np.full(rows * members, value, dtype=object) for name, value in every.items()},
        **{name: np.repeat(np.array(told, dtype=object), members) for name, told in by_period.items()},
        "member": np.tile(np.array(answer.members, dtype=object), rows),
        **{name: getattr(answer, name).ravel() for name in NUMBERS},
        **{name: column.ravel() for name, column in judged.items()},
    }


def _frame(blocks: list[Block]) -> pd.DataFrame:
    """The blocks in order: indicator as asked, period as asked, dimension as asked, member; with the value frame's types."""
    names = [*COLUMNS, "_indicator", "_period", "_key"]
    nothing = np.empty(0, dtype=object)
    frame = pd.DataFrame({name: np.concatenate([block[name] for block in blocks]) if blocks else nothing for name in names})
    frame = frame.sort_values(["_indicator", "_period", "_key"], kind="stable", ignore_index=True)
    types = dict.fromkeys(_TEXTS, "str") | dict.fromkeys(_NUMBERS, "float64") | {"n": "Int64", "provisional": "bool"}
    return frame[[*COLUMNS]].astype(types)
