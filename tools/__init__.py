"""Tools of the project's makers, run from a checkout; no part of the package."""
