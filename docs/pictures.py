"""The pictures of the documentation: the beginning of the demo organisation's pages, on a desk and on a phone, light and dark.

    python docs/pictures.py reports docs/pictures

takes the pages that `make report` made.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.browser.chromium import FLAGS, executable

DESK, PHONE = (1000, 780), (390, 844)
SHOTS = {"": (DESK, "light"), "-phone": (PHONE, "light"), "-dark": (PHONE, "dark")}


def main(pages: Path, out: Path) -> None:
    """Write quality-report[-zh][-phone|-dark].png for both languages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        for language, mark in (("en", ""), ("zh", "-zh")):
            newest = max(pages.glob(f"quality-*-{language}.html"))
            for name, ((width, height), scheme) in SHOTS.items():
                context = browser.new_context(
                    offline=True,
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,  # type: ignore[arg-type]
                )
                page = context.new_page()
                page.goto(newest.resolve().as_uri(), wait_until="load")
                page.screenshot(path=out / f"quality-report{mark}{name}.png")
                context.close()
        browser.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
