"""A workspace: settings, store, catalogue and all that is computed from them; the one object that notebooks and commands use."""

from itsq_analysis.workspace.measuring import LAST_MONTH
from itsq_analysis.workspace.workspace import Workspace, given_workspace, open_workspace

__all__ = ["LAST_MONTH", "Workspace", "given_workspace", "open_workspace"]
