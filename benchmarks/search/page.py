"""How soon the explorer can be used, and how many frames it draws, in Chromium."""

import os
import shutil
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.service.process import Service

SCREENS = ((1440, 900, 1), (1440, 900, 2), (2560, 1300, 1))
# Seconds of frames for each movement.
SECONDS = 3.0

# Returns when the map was drawn and could be used, in ms.
INTERACTIVE = """
async () => {
  for (;;) {
    const [mark] = performance.getEntriesByName("kate-interactive");
    if (mark) return mark.startTime;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
"""
# Returns the times between frames, in ms, while the wheel or the mouse moves the map.
FRAMES = """
async ([seconds, zooms]) => {
  const canvas = document.querySelector("canvas");
  const box = canvas.getBoundingClientRect();
  const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
  const options = { bubbles: true, pointerId: 1, isPrimary: true, buttons: 1, ...at };
  if (!zooms) canvas.dispatchEvent(new PointerEvent("pointerdown", options));
  const gaps = [];
  let last = null, step = 0;
  const end = performance.now() + 1000 * seconds;
  return new Promise((resolve) => {
    const frame = (now) => {
      if (last !== null) gaps.push(now - last);
      last = now;
      step += 1;
      const turn = Math.sin(step / 10);
      if (zooms) {
        const deltaY = turn > 0 ? -60 : 60;
        const wheel = { deltaY, cancelable: true, ...at };
        canvas.dispatchEvent(new WheelEvent("wheel", wheel));
      } else {
        const clientX = at.clientX + 200 * turn;
        canvas.dispatchEvent(new PointerEvent("pointermove", { ...options, clientX }));
      }
      if (now < end) requestAnimationFrame(frame);
      else {
        canvas.dispatchEvent(new PointerEvent("pointerup", options));
        resolve(gaps);
      }
    };
    requestAnimationFrame(frame);
  });
}
"""


def measure_page(model: Path, index: Path) -> list[dict[str, Any]]:
    """Opens the map of an index on screens of several sizes."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    rows = []
    with (
        Service(model, engine="light", index=index) as service,
        sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=chromium, args=arguments)
        for width, height, ratio in SCREENS:
            page = browser.new_page(
                viewport={"width": width, "height": height}, device_scale_factor=ratio
            )
            page.goto(f"http://127.0.0.1:{service.port}/#/map")
            row = {"screen": f"{width} × {height}", "ratio": ratio}
            row["interactive"] = page.evaluate(INTERACTIVE) / 1e3
            page.wait_for_timeout(1000)
            for name, zooms in (("pan", False), ("zoom", True)):
                gaps = page.evaluate(FRAMES, [SECONDS, zooms])
                row[name] = 1e3 / median(gaps)
                row[f"{name}_slowest"] = sorted(gaps)[int(0.95 * len(gaps))]
            rows.append(row)
            page.close()
        browser.close()
    return rows
