"""Takes pictures of the explorer, PNG files.

    python -m benchmarks.search.screenshots DATA -o docs/pictures/explorer

DATA is the folder of `benchmarks.quality`. The posts are without headers, footers and
quotes: the model is trained on the training part, and all posts are indexed. Every view
is taken on a wide screen, light, and on a phone's, dark.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.quality.corpora import read_documents
from benchmarks.search.growth import index
from benchmarks.service.process import Service
from kate_keras import KATE

N_COMPONENTS, MAX_FEATURES = 32, 10_000
TEXT = (
    "The doctor said that the treatment helps most patients, but the shuttle's crew "
    "has to wait for a second examination before the launch."
)
SCREENS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
# How the map's documents of a group are found: by what they say.
QUERY = "hockey goalie overtime"
# Around the posts on hockey and baseball, from the middle of the map, in shorter sides.
CORNERS = [
    (-0.40, -0.25),
    (-0.30, -0.40),
    (-0.26, -0.49),
    (-0.12, -0.49),
    (-0.10, -0.30),
    (-0.16, -0.20),
    (-0.36, -0.20),
]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search.screenshots",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path, help="folder of the corpora")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        train, test = read_documents(options.data, "20news-stripped")
        model = KATE(N_COMPONENTS, max_features=MAX_FEATURES, min_df=5)
        model.fit(d.text for d in train).save(work / "news")
        with (work / "posts.jsonl").open("w", encoding="utf-8") as file:
            for d in [*train, *test]:
                row = {"id": d.id, "text": d.text, "labels": d.labels}
                file.write(json.dumps(row) + "\n")
        index(work / "news", work / "posts.jsonl", work / "index")
        with Service(work / "news", engine="light", index=work / "index") as service:
            for path in take(f"http://127.0.0.1:{service.port}", options.output):
                print(path)
    return 0


def take(address: str, output: Path) -> list[Path]:
    """Takes all pictures; returns their files."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    paths = []
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=arguments)
        for screen, how in SCREENS.items():
            page = browser.new_context(**how).new_page()
            for name, (view, prepare) in VIEWS.items():
                page.goto(f"{address}/#/{view}")
                page.wait_for_load_state("networkidle")
                prepare(page)
                page.wait_for_timeout(1500)
                paths.append(output / f"{name}-{screen}.png")
                page.screenshot(path=paths[-1])
        browser.close()
    return paths


def _as_it_is(page: Any) -> None:
    """Nothing to do first."""


def _lasso(page: Any) -> None:
    page.reload()
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Lasso").click()
    box = page.locator("canvas").first.bounding_box()
    side = min(box["width"], box["height"])
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    points = [(middle[0] + x * side, middle[1] + y * side) for x, y in CORNERS]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()


def _search(page: Any) -> None:
    page.reload()
    page.wait_for_load_state("networkidle")
    page.get_by_label("Search by meaning").fill(QUERY)
    page.keyboard.press("Enter")


def _type(page: Any) -> None:
    page.get_by_role("textbox", name="Text").fill(TEXT)


# By name: the view, and what is done on it.
VIEWS: dict[str, tuple[str, Callable[[Any], None]]] = {
    "map": ("map", _as_it_is),
    "lasso": ("map", _lasso),
    "search": ("map", _search),
    "topics": ("topics", _as_it_is),
    "topic": ("topics/3", _as_it_is),
    "text": ("text", _type),
    "compare": ("compare", _as_it_is),
    "words": ("words/space", _as_it_is),
    "about": ("about", _as_it_is),
}


if __name__ == "__main__":
    sys.exit(main())
