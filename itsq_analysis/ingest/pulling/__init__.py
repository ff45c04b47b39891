"""Pulls: what a `[[pull]]` of itsq.toml names is fetched from a database or an API and kept as export files, which a load reads."""
