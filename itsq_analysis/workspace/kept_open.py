"""The last workspace of a process that makes reports one after another: the next report finds its facts there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from itsq_analysis.resources import KEEP_OPEN

if TYPE_CHECKING:
    from itsq_analysis.workspace.workspace import Workspace

MOST = 20  # scopes, after which their memory is given back: a backfill asks of one month after another

_last: list[Workspace] = []


def kept_open(opened: Workspace) -> Workspace:
    """A workspace that was opened at a stated snapshot, or the last one, where it is the same and this process keeps it."""
    if not os.environ.get(KEEP_OPEN):
        return opened
    if not (_last and _about(_last[0]) == _about(opened) and len(_last[0].scopes) <= MOST):
        _last[:] = [opened]
    return _last[0]


def _about(workspace: Workspace) -> tuple[Any, ...]:
    """All that a workspace's facts are made of: settings, catalogue and calendars are those of its snapshot."""
    snapshot = workspace.snapshot
    return workspace.path, workspace.store.root, workspace.limits, workspace.services, snapshot.id, snapshot.hash
