"""Service-level objectives: error budgets, how fast they burn, when they are gone."""

from __future__ import annotations

from itsq_analysis.indicators.slo.budget import Budget, gone_days
from itsq_analysis.indicators.slo.slos import SloCourse, slo_courses, slo_months, slos

__all__ = ["Budget", "SloCourse", "gone_days", "slo_courses", "slo_months", "slos"]
