"""The quality report (服务质量报告): one file per section, each a function `ReportContext -> Section`; `report.py` puts them in order."""
