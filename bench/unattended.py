"""What unattended runs cost: a backfill of 24 reports against papermill's command and nbconvert's on the same notebook, a sweep over
services, and two runs at a time. Environment and trivial chain as in `bench.reports`.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from statistics import mean, median

from bench.measure import Cost
from bench.reports import CHAINS, DEMO, ROOT, _chain, _run, _trivial, environment
from bench.results import aim
from itsq_analysis.jobs.clock import present
from itsq_analysis.jobs.ledger import Ledger

JOBS = """
[[job]]
id = "months"
report = "quality"
cron = "30 7 2 * *"
for_each = "language"
catch_up = "none"

[[job]]
id = "sweep"
report = "quality"
cron = "30 7 2 * *"
for_each = ["service", "language"]
catch_up = "none"
"""
FIRST, LAST = "2025-12-01", "2026-11-03"  # the months from November 2025 to October 2026
PEERS = ("2026-01", "2026-04", "2026-08")  # months that the peer makes, in both languages
LESS, SWEEP, FASTER = 2.0, 40.0, 1.4


def measure() -> str:
    """A table of costs and their ratios."""
    with tempfile.TemporaryDirectory(prefix="itsq-bench-") as scratch:
        return _measured(environment(), Path(scratch))


def _measured(bin_: Path, scratch: Path) -> str:
    workspace, itsq = scratch / "demo", str(bin_ / "itsq")
    shutil.copytree(DEMO, workspace, ignore=shutil.ignore_patterns("store", "cache", "forecasts", "reports", "jobs"))
    settings = (DEMO / "itsq.toml").read_text(encoding="utf-8").partition("[[job]]")[0]
    (workspace / "itsq.toml").write_text(settings + JOBS, encoding="utf-8")
    place = ("-w", str(workspace))
    _run(itsq, "load", *place)
    notebook = _trivial(scratch)
    _chain(bin_, notebook)
    chains = [_chain(bin_, notebook) for _ in range(CHAINS)]
    _run(itsq, "backfill", "sweep", "--from", "2026-11-01", "--to", LAST, *place)
    sweep = _run(itsq, "run-due", *place)
    pages = len([*(workspace / "reports").glob("*.html")])
    chains += [_chain(bin_, notebook) for _ in range(CHAINS)]
    _run(itsq, "backfill", "months", "--from", FIRST, "--to", LAST, *place)
    cold = _run(itsq, "run-due", *place)
    one = _again(itsq, workspace, 1)
    two = _again(itsq, workspace, 2)
    peers = [_peer(bin_, workspace, month, language, scratch) for month in PEERS for language in ("en", "zh")]
    chains += [_chain(bin_, notebook) for _ in range(CHAINS)]
    return _told(pages, sweep, cold, one, two, peers, chains)


def _again(itsq: str, workspace: Path, at_once: int) -> Cost:
    """All runs of the job `months` once more, with all facts kept."""
    ledger = Ledger(workspace)
    rows = ledger.rows("job = 'months'")
    assert len(rows) == 24
    assert all(ledger.again(row.id, present()) for row in rows)
    ledger.close()
    return _run(itsq, "run-due", "--at-once", str(at_once), "-w", str(workspace))


def _peer(bin_: Path, workspace: Path, month: str, language: str, scratch: Path) -> float:
    """Processor seconds of one report by papermill's command and nbconvert's."""
    source, executed = ROOT / "notebooks" / "quality_report.ipynb", scratch / "peer.ipynb"
    parameters = [part for name, value in (("period", month), ("language", language)) for part in ("-p", name, value)]
    papermill = _run(
        *(str(bin_ / "papermill"), "--no-progress-bar", "--cwd", str(workspace), *parameters, "-p", "workspace", str(workspace)),
        *(str(source), str(executed)),
    )
    return papermill.cpu + _run(str(bin_ / "jupyter-nbconvert"), "--to", "itsq", str(executed)).cpu


def _told(pages: int, sweep: Cost, cold: Cost, one: Cost, two: Cost, peers: list[float], chains: list[float]) -> str:
    chain, ours, peer = median(chains), one.cpu / 24, mean(peers)
    rows = [
        f"| a report of a backfill of 24, facts kept | {ours:.1f} | {ours / chain:.1f} |",
        f"| the same by papermill's command and nbconvert's (`--to itsq`; {len(peers)} of the 24) | {peer:.1f} | {peer / chain:.1f} |",
        f"| a report of a backfill of 24, facts of each month new | {cold.cpu / 24:.1f} | {cold.cpu / 24 / chain:.1f} |",
        f"| a sweep of {pages} pages (services and languages), empty cache | {sweep.cpu:.1f} | {sweep.cpu / chain:.1f} |",
    ]
    aims = [
        (f"a report of the backfill at least {LESS:g} times less than the peer, found {peer / ours:.2f}", peer / ours >= LESS),
        (f"the sweep at most {SWEEP:g} chains, found {sweep.cpu / chain:.1f}", sweep.cpu / chain <= SWEEP),
        (f"two at a time at least {FASTER:g} times as many, found {one.wall / two.wall:.2f}", one.wall / two.wall >= FASTER),
    ]
    return "\n".join(
        [
            "## Unattended runs of the demo workspace, in processor time",
            "",
            f"Chain as for the pages: {chain:.2f} s (median of {len(chains)}; {min(chains):.2f} to {max(chains):.2f}). Two at a time: "
            f"{one.wall:.0f} s on the clock by one, {two.wall:.0f} s by two; the largest process held {one.peak:.0f} MiB.",
            *("", "| | CPU s | chains |", "|---|--:|--:|", *rows, ""),
            *(aim(text, reached=reached) for text, reached in aims),
        ]
    )
