"""The jobs of a workspace with what they rest on: timetables, notebooks, services, how far the data reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from itsq_analysis.errors import StoreError
from itsq_analysis.jobs.asked import runs_of
from itsq_analysis.jobs.occurrences import Timetable
from itsq_analysis.reports.notebooks import find_notebook, read_json
from itsq_analysis.reports.parameters import parameter_model, resolve
from itsq_analysis.settings import Settings, load_settings
from itsq_analysis.settings.jobs import JobSettings
from itsq_analysis.store import Store


@dataclass(frozen=True)
class WorkspaceJobs:
    """The jobs of one workspace as its itsq.toml has them now."""

    folder: Path
    settings: Settings

    @classmethod
    def read(cls, folder: Path) -> WorkspaceJobs:
        """The jobs of a workspace's folder; errors as for `load_settings`."""
        return cls(folder, load_settings(folder))

    def job(self, name: str) -> JobSettings | None:
        """The job of that id; None where itsq.toml has none, or no longer."""
        return next((job for job in self.settings.jobs if job.id == name), None)

    def timetable(self, job: JobSettings) -> Timetable:
        """When a job is due."""
        return Timetable(job, self.settings, self.folder)

    def names(self, job: JobSettings) -> frozenset[str]:
        """The parameters of a job's notebook.

        Raises:
            ReportError: there is no such notebook, or its parameter cell is wrong.
        """
        if job.report is None:
            return frozenset()
        file = find_notebook(job.report, self.folder)
        return frozenset(parameter_model(read_json(file), file.name).model_fields)

    def asked(self, job: JobSettings) -> Callable[[datetime], Sequence[dict[str, Any]]]:
        """A moment → the parameters of the job's runs at it, checked against its notebook.

        Raises:
            ReportError: the notebook, or a parameter, is wrong.
        """
        names = self.names(job)
        services = self.services if "service" in job.for_each else []

        def _asked(due: datetime) -> list[dict[str, Any]]:
            found = runs_of(job, due, self.settings, names, services)
            if job.report is not None:
                file = find_notebook(job.report, self.folder)
                for parameters in found:
                    resolve(read_json(file), parameters, file.name)
            return found

        return _asked

    def check_parameters(self, job: JobSettings) -> None:
        """Check a job's own parameters, and that the services among them are known.

        Raises:
            ReportError: a parameter that the notebook does not have, or a wrong value.
            IndicatorError: a service that nothing names.
        """
        if job.report is None:
            return
        file = find_notebook(job.report, self.folder)
        given = {name: list(value) if isinstance(value, tuple) else value for name, value in job.parameters.items()}
        resolve(read_json(file), given, file.name)
        asked = given.get("services")
        if asked and self.known_until is not None:
            from itsq_analysis.workspace import open_workspace

            open_workspace(self.folder, services=[asked] if isinstance(asked, str) else asked).check_services()

    @cached_property
    def services(self) -> list[str]:
        """The services that a sweep goes over: those of itsq.toml and of the register, else all that the data name."""
        declared = [service.service for service in self.settings.services]
        from itsq_analysis.workspace import open_workspace

        try:
            opened = open_workspace(self.folder)
            registered = opened.sql('SELECT DISTINCT service FROM "services" WHERE service IS NOT NULL')["service"].tolist()
            return sorted({*declared, *registered}) or opened.known_services()
        except StoreError:  # nothing is loaded yet
            return sorted(declared)

    @property
    def known_until(self) -> datetime | None:
        """Up to when the newest snapshot knows the data; None where nothing is loaded."""
        try:
            return Store(self.folder / self.settings.store.path).snapshot().horizon
        except StoreError:
            return None
