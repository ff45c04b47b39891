"""Sections of reports: facts from the workspace become a sentence, a picture and a table.

What all reports share lies here; each report is a folder of its own with one file per section and a `report.py` that puts them in
order. Notebooks call the reports through the façade.
"""
