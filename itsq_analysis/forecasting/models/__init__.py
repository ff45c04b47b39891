"""The models, one per file. Each has a function `predict(panel, horizon, offsets, seed)`, or `predict_each(tasks, seed)`.

Given a panel and offsets (how many of the last columns are withheld, 0 = none), it returns medians as an array offsets × series ×
horizon, finite wherever the series has a known value before the offset. What it says for an offset depends on nothing that was
withheld, and the same input gives the same output.
"""

from itsq_analysis.forecasting.models.contract import MODELS, Model, Task, model_names

__all__ = ["MODELS", "Model", "Task", "model_names"]
