"""How likely an open ticket ends in each coming stretch of its clock: a discrete-time hazard, learnt by gradient boosting.

From each snapshot the time ahead is cut into steps: a few until the promise is missed, then longer ones. A row of the model is a
snapshot and a step that the ticket reached; it is 1 where the ticket ended within the step (Singer and Willett 1993; landmarking:
van Houwelingen 2007). Whether it was resolved or canceled is a second, smaller model of those that ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from itsq_analysis.late_risk.snapshots import Snapshots
from itsq_analysis.late_risk.tickets import Floats

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

BEFORE = np.array([0.0, 0.125, 0.25, 0.5, 1.0])  # of the hours that are left
AFTER = np.array([2.0, 4.0, 8.0, 16.0, 40.0, 80.0, 160.0, 320.0])  # hours after the promise is missed
STEPS = BEFORE.size - 1 + AFTER.size
LATER = 0.3  # of the snapshots, the newest: they calibrate what was learnt from the others
FEWEST = 50  # cancellations for a model of their own, and of either outcome for a calibration
TINY = 1e-6
AT_PROMISE = BEFORE.size - 1  # the column of `edges` at which the promise is missed


def edges(left: Floats) -> Floats:
    """Ends of the steps in hours from now, one row per ticket; the first column is 0."""
    before = left[:, None] * BEFORE
    return np.concatenate([before, left[:, None] + AFTER], axis=1)


@dataclass(frozen=True)
class Hazard:
    """A model that was learnt.

    Attributes:
        model: of the chance to end in a step that is reached.
        slope, level: of the calibration of the chance to miss the promise, on the scale of log odds.
        canceled: model of those that ended; the share of cancellations where there are too few for one.
    """

    model: Any
    slope: float = 1.0
    level: float = 0.0
    canceled: Any = 0.0

    def open_after(self, features: pd.DataFrame, left: Floats) -> Floats:
        """The chance to be open still at each of the `edges`, the promise's calibrated and the others in proportion."""
        lasting = self._lasting(features, left, STEPS)
        missed = np.clip(lasting[:, AT_PROMISE], TINY, 1 - TINY)
        power = np.where(left > 0, np.log(self.calibrated(missed)) / np.log(missed), 1.0)
        return np.asarray(lasting ** power[:, None])

    def missed(self, features: pd.DataFrame, left: Floats) -> Floats:
        """The chance to miss the promise, of tickets that have not missed it yet."""
        return self.calibrated(np.clip(self._lasting(features, left, AT_PROMISE)[:, -1], TINY, 1 - TINY))

    def _lasting(self, features: pd.DataFrame, left: Floats, steps: int) -> Floats:
        """What the model says of the chance to be open still, before any calibration, at the first ends of steps."""
        ticket, step = np.divmod(np.arange(left.size * steps), steps)
        chance = np.zeros((0, steps))
        if left.size:
            chance = self.model.predict_proba(_rows(features, left, ticket, step))[:, 1].reshape(left.size, steps)
        chance[:, :AT_PROMISE][left <= 0] = 0.0
        return np.concatenate([np.ones((left.size, 1)), np.cumprod(1 - chance, axis=1)], axis=1)

    def calibrated(self, missed: Floats) -> Floats:
        """The chance to miss the promise, as often as it happens."""
        return np.clip(1 / (1 + np.exp(-(self.level + self.slope * log_odds(missed)))), TINY, 1 - TINY)

    def canceled_share(self, features: pd.DataFrame) -> Floats:
        """How likely each is canceled, if it ends."""
        if isinstance(self.canceled, float):
            return np.full(len(features), self.canceled)
        return np.asarray(self.canceled.predict_proba(features)[:, 1])


def log_odds(chance: Floats) -> Floats:
    """Of chances, those of 0 and 1 as very small and large ones."""
    inside = np.clip(chance, TINY, 1 - TINY)
    return np.asarray(np.log(inside / (1 - inside)))


def learn(features: pd.DataFrame, snapshots: Snapshots, categorical: AbstractSet[str], canceled: NDArray[np.bool_]) -> Hazard:
    """Learn from snapshots.

    Args:
        features: of the snapshots.
        snapshots: ascending by moment.
        categorical: columns of the features whose numbers have no order.
        canceled: which snapshots are of tickets that were canceled in the end.
    """
    ticket, step, ended = person_periods(snapshots)
    rows = _rows(features, snapshots.left, ticket, step)
    turn = np.quantile(snapshots.at, 1 - LATER)
    early = snapshots.at[ticket] <= turn
    calibration = (1.0, 0.0)
    known = (snapshots.at > turn) & snapshots.known
    missed = snapshots.ahead[known] > snapshots.left[known]
    if min(missed.sum(), (~missed).sum()) >= FEWEST and 0 < ended[early].sum() < early.sum():
        trial = Hazard(_boosting(rows, categorical).fit(rows[early], ended[early]))
        calibration = platt(trial.missed(features[known], snapshots.left[known]), missed)
    model = _boosting(rows, categorical).fit(rows, ended)
    return Hazard(model, *calibration, _canceled(features[snapshots.ended], canceled[snapshots.ended], categorical))


def _canceled(features: pd.DataFrame, canceled: NDArray[np.bool_], categorical: AbstractSet[str]) -> Any:
    if min(canceled.sum(), (~canceled).sum()) < FEWEST:
        return float(canceled.mean()) if canceled.size else 0.0
    return _boosting(features, categorical, max_iter=15).fit(features, canceled)


def person_periods(snapshots: Snapshots) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Snapshot, step and whether the ticket ended in it, for every step that was reached and could be seen to its end."""
    ends = edges(snapshots.left)
    reached = (snapshots.ahead[:, None] > ends[:, :-1]) | (np.arange(STEPS) == _first(snapshots.left)[:, None])
    seen = snapshots.seen[:, None] >= ends[:, 1:]
    real = ends[:, 1:] > ends[:, :-1]
    ticket, step = np.nonzero(reached & seen & real)
    return ticket, step, snapshots.ended[ticket] & (snapshots.ahead[ticket] <= ends[ticket, step + 1])


def _first(left: Floats) -> NDArray[np.int64]:
    """The first step of each: those before the promise have no length once it is missed."""
    return np.where(left > 0, 0, BEFORE.size - 1)


def platt(chance: Floats, happened: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and level that make chances honest (Platt 1999)."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=np.inf).fit(log_odds(chance)[:, None], happened)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _rows(features: pd.DataFrame, left: Floats, ticket: NDArray[np.int64], step: NDArray[np.int64]) -> pd.DataFrame:
    ends = edges(left)
    start, end = ends[ticket, step], ends[ticket, step + 1]
    length = end - start
    steps = {"step": step, "start": start, "length": np.log(np.maximum(length, TINY))}
    return features.iloc[ticket].reset_index(drop=True).assign(**steps)


def _boosting(rows: pd.DataFrame, categorical: AbstractSet[str], **options: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    chosen = {"learning_rate": 0.1, "max_iter": 80, "max_leaf_nodes": 12, "min_samples_leaf": 40, "l2_regularization": 5.0}
    return HistGradientBoostingClassifier(
        random_state=0,
        early_stopping=False,
        categorical_features=[name in categorical for name in rows.columns],
        **chosen | options,
    )
