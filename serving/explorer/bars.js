/** Lists of things with a bar for a number. */

import { element } from "./elements.js";

/**
 * A list with bars. A row is `{label, value, text}`: a node or text, a number, and the
 * number as it is written. With both signs, bars start in the middle.
 */
export function barList(rows, { bothSigns = rows.some(({ value }) => value < 0) } = {}) {
  const largest = Math.max(...rows.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  return element(
    "ul",
    { class: "bars" },
    ...rows.map(({ label, value, text }) =>
      element(
        "li",
        {},
        element("span", { class: "bar-label" }, label),
        bar(value / largest, bothSigns),
        element("span", { class: "bar-number" }, text),
      ),
    ),
  );
}

/** A bar from -1 to 1, or from 0 to 1. */
export function bar(part, bothSigns = false) {
  const fill = element("span", { class: part < 0 ? "negative" : "positive" });
  fill.style.setProperty("--part", Math.abs(part));
  return element(
    "span",
    { class: bothSigns ? "bar both-signs" : "bar", "aria-hidden": "true" },
    fill,
  );
}
