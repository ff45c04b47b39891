"""`itsq check`: settings, catalogue and mappings of a workspace looked at together."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from itsq_analysis.errors import ItsqError
from itsq_analysis.indicators.catalogue import load_catalogue
from itsq_analysis.settings import Finding, check_settings


def workspace_findings(folder: Path) -> list[Finding]:
    """Every problem of a workspace; a catalogue of its own that cannot be read is one of them."""
    broken = []
    try:
        indicators = [*load_catalogue(folder / "catalogue")]
    except ItsqError as error:
        broken = [Finding("catalogue", "", "a definition that is wrong", str(error))]
        indicators = []
    return check_settings(folder, indicators, mapping_names(folder)) + broken


def mapping_names(folder: Path) -> list[str]:
    """The mappings that a workspace can name: the shipped ones and those of its own folder `mappings`."""
    places = (files("itsq_analysis.ingest") / "mappings", folder / "mappings")
    found = [entry.name for place in places if place.is_dir() for entry in place.iterdir()]
    return sorted({name.removesuffix(".toml") for name in found if name.endswith(".toml")})
