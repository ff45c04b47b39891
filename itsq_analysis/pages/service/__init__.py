"""The service review: one section a file, joined in `report`."""
