"""Forecasting: a long frame `unique_id, ds, y` -> means, medians and calibrated intervals; rolling-origin backtests."""

from itsq_analysis.forecasting.backtest import backtest
from itsq_analysis.forecasting.explain import Explanation, explain
from itsq_analysis.forecasting.forecast import forecast
from itsq_analysis.forecasting.scores import evaluate

__all__ = ["Explanation", "backtest", "evaluate", "explain", "forecast"]
