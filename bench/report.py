"""One quality report: itsq, against the papermill command followed by the nbconvert command on the same notebook."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.measure import Cost, run

ROOT = Path(__file__).parent.parent


def measure(scratch: Path) -> dict[str, Cost]:
    """CPU of one report of the demo workspace (which must be loaded)."""
    demo, bin_ = ROOT / "data" / "sample", Path(sys.executable).parent
    notebook, executed = ROOT / "notebooks" / "quality_report.ipynb", scratch / "executed.ipynb"
    parameters = ["-p", "period", "2026-10", "-p", "workspace", str(demo)]
    papermill = run(str(bin_ / "papermill"), str(notebook), str(executed), *parameters, times=2)
    nbconvert = run(str(bin_ / "jupyter-nbconvert"), "--to", "html", "--no-input", str(executed), times=2)
    chain = Cost(papermill.wall + nbconvert.wall, papermill.cpu + nbconvert.cpu, max(papermill.peak, nbconvert.peak))
    itsq = run(
        str(bin_ / "itsq"), "run", "quality", "-w", str(demo), "--period", "2026-10", "--lang", "en", "--out", str(scratch), times=2
    )
    return {"papermill CLI + nbconvert CLI": chain, "itsq run quality": itsq}
