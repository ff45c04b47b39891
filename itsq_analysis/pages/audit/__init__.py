"""The audit report: one section a file, joined in `report`."""
