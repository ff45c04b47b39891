"""Forecasts of the package against those of its peers, on the same windows in one run: `python -m bench forecasting`."""
