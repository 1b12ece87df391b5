/** Lists of things with a bar for a number. */

import { element } from "./elements.js";

/**
 * A list with bars. A row is `{label, value, text}`: a node or text, a number, and the
 * number as it is written. With both signs, bars start in the middle. A bar is whole at
 * `full`, the largest of the numbers if that is not given.
 */
export function barList(
  rows,
  { bothSigns = rows.some(({ value }) => value < 0), full = largestOf(rows) } = {},
) {
  return element(
    "ul",
    { class: "bars" },
    ...rows.map(({ label, value, text }) =>
      element(
        "li",
        {},
        element("span", { class: "bar-label" }, label),
        bar(value / full, bothSigns),
        element("span", { class: "bar-number" }, text),
      ),
    ),
  );
}

function largestOf(rows) {
  return Math.max(...rows.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
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
