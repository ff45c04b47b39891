"""Anomaly detection: what was unusual in a series, where it lies, what happened before; judgements of alarms.

detect, events      a long frame -> expected values, bands, scores and alarms by a budget; events
base_detectors, ensemble, hour_of_week, flatline, drift, extreme_quantile, rate    monitoring metrics
daily, cycles       days and slower steps
regular             jittered measurements -> a regular grid
explain/            why: contributions, precedents, impact, changes of level; as pure functions on frames
alarms, unusual, levels, impacts, findings, days    facts of a scope
labels, review      judgements of alarms, and the alarms of one table for judging them
onset               since when a share differs

Its facts import no models until they are worked out.
"""
