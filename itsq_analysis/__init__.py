"""IT service quality analysis, reporting and AIOps forecasting.

Everything that a notebook needs is here; each name is imported when it is first used.

>>> import itsq_analysis
>>> "open_workspace" in itsq_analysis.__all__
True
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from itsq_analysis.anomaly.detect import detect
    from itsq_analysis.anomaly.events import to_events
    from itsq_analysis.charts import Chart
    from itsq_analysis.errors import ForecastError, IndicatorError, IngestError, ItsqError, ReportError, SettingsError, StoreError
    from itsq_analysis.forecasting import backtest, evaluate, explain, forecast
    from itsq_analysis.page.section import Section
    from itsq_analysis.pages.audit.report import audit_report
    from itsq_analysis.pages.capacity.report import capacity_report
    from itsq_analysis.pages.daily.report import daily_report
    from itsq_analysis.pages.forecast.report import forecast_report
    from itsq_analysis.pages.quality.report import quality_report
    from itsq_analysis.pages.service.report import service_review
    from itsq_analysis.pages.unusual.review import anomaly_review
    from itsq_analysis.workspace import Workspace, open_workspace

__all__ = [
    "Chart",
    "ForecastError",
    "IndicatorError",
    "IngestError",
    "ItsqError",
    "ReportError",
    "Section",
    "SettingsError",
    "StoreError",
    "Workspace",
    "anomaly_review",
    "audit_report",
    "backtest",
    "capacity_report",
    "daily_report",
    "detect",
    "evaluate",
    "explain",
    "forecast",
    "forecast_report",
    "open_workspace",
    "quality_report",
    "service_review",
    "to_events",
]

_HOMES = {name: "errors" for name in __all__ if name.endswith("Error")} | {
    "Chart": "charts",
    "Section": "page.section",
    "Workspace": "workspace",
    "anomaly_review": "pages.unusual.review",
    "audit_report": "pages.audit.report",
    "backtest": "forecasting",
    "capacity_report": "pages.capacity.report",
    "daily_report": "pages.daily.report",
    "detect": "anomaly.detect",
    "evaluate": "forecasting",
    "explain": "forecasting",
    "forecast": "forecasting",
    "forecast_report": "pages.forecast.report",
    "open_workspace": "workspace",
    "quality_report": "pages.quality.report",
    "service_review": "pages.service.report",
    "to_events": "anomaly.events",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
