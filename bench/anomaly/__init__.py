"""Anomaly detection against peers: the Numenta benchmark, planted anomalies in daily series, budgets, speed."""
