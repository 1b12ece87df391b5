/** A field for a text, with its size and buttons that fill it. */

import { button, element, foreign, freshId } from "./elements.js";
import { bytes, count } from "./numbers.js";
import { debounced } from "./states.js";

const PAUSE = 200;

/**
 * Makes a field; `changed` is called with its text once typing pauses. `examples` promises
 * the names of texts and the texts, for a button each.
 */
export function textField({ label, text, limit, examples, changed }) {
  const id = freshId("text");
  const size = element("p", { class: "hint", id: `${id}-size` });
  const area = element(
    "textarea",
    {
      id,
      rows: "7",
      dir: "auto",
      "aria-describedby": `${id}-size`,
      placeholder: "Type or paste a text",
    },
    text,
  );
  const measure = () => {
    const length = new TextEncoder().encode(area.value).length;
    size.textContent =
      length > limit
        ? `${bytes(length)}: too long. The service takes at most ${bytes(limit)}.`
        : `${count(area.value.length)} characters`;
  };
  const settled = debounced(PAUSE, () => changed(area.value));
  area.addEventListener("input", () => {
    measure();
    settled();
  });
  const put = (value) => {
    area.value = value;
    measure();
    changed(value);
  };
  const filling = ([name, example]) =>
    button(foreign("span", name), () => put(example), {
      class: "quiet",
      "aria-label": `${label}: fill in ${name}`,
    });
  measure();
  const clear = button("Clear", () => put(""), {
    class: "quiet",
    "aria-label": `${label}: clear`,
  });
  examples.then((texts) => clear.before(...texts.map(filling)));
  return element(
    "div",
    { class: "stack text-field" },
    element("label", { for: id }, label),
    area,
    element(
      "div",
      { class: "field-foot" },
      size,
      clear,
    ),
  );
}
