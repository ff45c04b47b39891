"""`[[slo]]`: a service-level objective on availability, on a ticket promise, or on a measurement."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, model_validator

from itsq_analysis.settings.fields import Amount, Name, Service, Text
from itsq_analysis.settings.toml_table import TomlTable

AVAILABILITY = "availability"


class SloSettings(TomlTable):
    """An objective and how it is counted.

    Attributes:
        id: its name.
        service: only this service; None is all.
        indicator: "availability" (agreed service time: time slices), or the id of a share such as sla_resolution_met (tickets:
            occurrences).
        resource, metric, at_most: instead: hours in which the mean of a measurement is at most so much (time slices).
        objective: share to be kept, such as "99.9%".
        days: of the rolling window.
        maintenance: whether announced maintenance counts as time lost.
        source: what it was agreed in.
    """

    id: Name
    service: Service | None = None
    indicator: Name | None = None
    resource: Name | None = None
    metric: Name | None = None
    at_most: Amount | None = None
    objective: Annotated[Amount, Field(gt=0, le=1)]
    days: StrictInt = Field(default=28, ge=1, le=366)
    maintenance: StrictBool = False
    source: Text = ""

    @model_validator(mode="after")
    def _counts_one_thing(self) -> SloSettings:
        given = {part is not None for part in (self.resource, self.metric, self.at_most)}
        if given != {self.indicator is None}:
            raise ValueError('must give indicator, such as indicator = "availability", or all of resource, metric and at_most')
        return self

    @property
    def counting(self) -> str:
        """ "time slices" or "occurrences"."""
        return "time slices" if self.indicator in (None, AVAILABILITY) else "occurrences"
