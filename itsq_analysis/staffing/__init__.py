"""People needed for a forecast."""
