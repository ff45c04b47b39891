"""What papermill finds under the name "itsq" among its engines.

papermill loads its engines while `papermill.engines` is imported, which `engine.py` itself does; this module breaks that circle by
importing the engine when it is first used.
"""

from __future__ import annotations

from typing import Any


class ItsqEngine:
    """Hands everything over to `itsq_analysis.reports.engine.ItsqEngine`."""

    @classmethod
    def execute_notebook(cls, *args: Any, **kwargs: Any) -> Any:
        """Execute a parameterised notebook; see the engine."""
        return _engine().execute_notebook(*args, **kwargs)

    @classmethod
    def nb_kernel_name(cls, *args: Any, **kwargs: Any) -> str:
        """The kernel's name; see the engine."""
        return str(_engine().nb_kernel_name(*args, **kwargs))

    @classmethod
    def nb_language(cls, *args: Any, **kwargs: Any) -> str:
        """The kernel's language; see the engine."""
        return str(_engine().nb_language(*args, **kwargs))


def _engine() -> Any:
    from itsq_analysis.reports.engine import ItsqEngine as Engine

    return Engine
