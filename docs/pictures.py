"""The pictures of the documentation: the beginning of the demo organisation's pages, on a desk and on a phone, light and dark.

    python docs/pictures.py reports docs/pictures

takes the pages that `make report` made; a third word, such as capacity, makes the pictures of that report alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.browser.chromium import FLAGS, executable

DESK, PHONE, WIDE = (1000, 780), (390, 844), (1280, 800)
QUALITY = {"": (DESK, "light"), "-phone": (PHONE, "light"), "-dark": (PHONE, "dark")}
CAPACITY = {"": (WIDE, "light")}
# Report, language and mark of the picture's name -> what is added to it, window and scheme.
SHOTS = {
    ("quality", "en", ""): QUALITY,
    ("quality", "zh", "-zh"): QUALITY,
    ("capacity", "en", ""): CAPACITY,
    ("capacity", "zh", "-zh"): CAPACITY,
}


def main(pages: Path, out: Path, only: str = "") -> None:
    """Write quality-report[-zh][-phone|-dark].png and capacity-report[-zh].png; `only` names one of the two reports."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        for (report, language, mark), shots in SHOTS.items():
            if only not in ("", report):
                continue
            newest = max(pages.glob(f"{report}-*-{language}.html"))
            for name, ((width, height), scheme) in shots.items():
                context = browser.new_context(
                    offline=True,
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,  # type: ignore[arg-type]
                )
                page = context.new_page()
                page.goto(newest.resolve().as_uri(), wait_until="load")
                picture = out / f"{report}-report{mark}{name}.png"
                page.screenshot(path=picture)
                with Image.open(picture) as drawn:
                    drawn.convert("RGB").quantize(128).save(picture, optimize=True)  # a third of the bytes
                context.close()
        browser.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]), *sys.argv[3:4])
