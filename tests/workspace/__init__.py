"""The façade of an analyst."""
