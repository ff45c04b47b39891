"""Settings: itsq.toml read into typed, frozen models. Every default is written once, in `model`."""

from itsq_analysis.settings.check import check_settings, source_files
from itsq_analysis.settings.findings import Finding
from itsq_analysis.settings.init import write_workspace
from itsq_analysis.settings.model import (
    CalendarSettings,
    EngineSettings,
    LoadSettings,
    OrganisationSettings,
    PeriodSettings,
    ReportSettings,
    ServiceSettings,
    Settings,
    SlaRule,
    SourceSettings,
    SqlSettings,
    StoreSettings,
)
from itsq_analysis.settings.pulls import PullSettings
from itsq_analysis.settings.reading import find_workspace, load_settings, parse_settings
from itsq_analysis.settings.staffing import StaffingSettings, TeamStaffing
from itsq_analysis.settings.target import Target

__all__ = [
    "CalendarSettings",
    "EngineSettings",
    "Finding",
    "LoadSettings",
    "OrganisationSettings",
    "PeriodSettings",
    "PullSettings",
    "ReportSettings",
    "ServiceSettings",
    "Settings",
    "SlaRule",
    "SourceSettings",
    "SqlSettings",
    "StaffingSettings",
    "StoreSettings",
    "Target",
    "TeamStaffing",
    "check_settings",
    "find_workspace",
    "load_settings",
    "parse_settings",
    "source_files",
    "write_workspace",
]
