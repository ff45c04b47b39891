"""The capacity report: one section a file, joined in `report`."""
