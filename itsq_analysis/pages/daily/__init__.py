"""The daily report: what needs a hand today."""
