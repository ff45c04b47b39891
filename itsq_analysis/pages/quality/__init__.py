"""The sections of the quality report; `report.py` puts them in order."""
