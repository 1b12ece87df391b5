/** What the map's colors mean; pressing an entry shows only its documents. */

import { themeColors } from "./colors.js";
import { button, element, foreign } from "./elements.js";
import { count } from "./numbers.js";

/** `isolate` is called with the category that alone is to be shown, or null for all. */
export function legend({ categories }, isolated, isolate) {
  const colors = themeColors();
  const entries = categories.map(({ name, count: documents, color }, category) => {
    const swatch = element("span", { class: "swatch", "aria-hidden": "true" });
    swatch.style.setProperty("--swatch", color(colors));
    const entry = button(swatch, () => press(category), { class: "legend-entry" });
    entry.append(foreign("span", name), element("span", { class: "hint" }, count(documents)));
    return entry;
  });
  const mark = () => {
    entries.forEach((entry, category) => {
      entry.setAttribute("aria-pressed", String(category === isolated));
    });
  };
  const press = (category) => {
    isolated = category === isolated ? null : category;
    mark();
    isolate(isolated);
  };
  mark();
  return element("ul", { class: "legend" }, ...entries.map((entry) => element("li", {}, entry)));
}
