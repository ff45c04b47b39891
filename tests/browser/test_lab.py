"""JupyterLab in a browser: the notebook that answers a question runs, its charts show, answer a hover and can be filtered."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PATIENCE = 240_000  # ms: a kernel starts and computes ten cells, beside whatever else the machine does


@pytest.fixture
def lab(demo: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab over a copy of the notebooks, with the demo as its workspace."""
    pytest.importorskip("jupyterlab")
    shutil.copytree(NOTEBOOKS, tmp_path / "notebooks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = ["--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token=", "--ServerApp.password="]
    home = {"ITSQ_WORKSPACE": str(demo), "HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    command = [sys.executable, "-m", "jupyterlab", *settings, str(tmp_path / "notebooks")]
    log = (tmp_path / "lab.log").open("w", encoding="utf-8")
    with log, subprocess.Popen(command, env={**os.environ, **home}, stdout=log, stderr=log) as server:
        address = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=2)  # noqa: S310 - our own server
                break
            except OSError:
                time.sleep(0.5)
        yield address
        server.terminate()


def test_explore_runs_and_its_charts_answer(lab: str, browser: Browser) -> None:
    page: Page = browser.new_page(viewport={"width": 1400, "height": 1400})
    page.goto(f"{lab}/lab/tree/explore.ipynb?reset", timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Did it fall?")).to_be_visible(timeout=PATIENCE)
    page.locator(".jp-Notebook").first.click(position={"x": 5, "y": 5})
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()
    chart = page.locator(".vega-embed").first
    expect(chart).to_be_visible(timeout=PATIENCE)
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.4)
    page.mouse.move(box["x"] + box["width"] * 0.52, box["y"] + box["height"] * 0.42)
    tooltip = page.locator("#vg-tooltip-element.visible")
    expect(tooltip).to_be_visible(timeout=10_000)
    expect(tooltip).to_contain_text("judgement")
    if shots := os.environ.get("ITSQ_SHOTS"):
        page.screenshot(path=Path(shots) / "lab.png")
    before = chart.screenshot()
    strip = box["y"] + box["height"] - 45
    page.mouse.move(box["x"] + box["width"] * 0.5, strip)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, strip, steps=8)
    page.mouse.up()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    assert chart.screenshot() != before  # the upper picture shows the stretch
    if shots:
        page.screenshot(path=Path(shots) / "brushed.png")
    page.close()
