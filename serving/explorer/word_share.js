/** A word with what it adds to a topic. */

import { element, foreign } from "./elements.js";
import { signed } from "./numbers.js";
import { signOf } from "./topic_names.js";

function wordShare({ word, share }) {
  return element(
    "span",
    { class: `word-share ${signOf(share)}` },
    foreign("span", word),
    ` ${signed(share)}`,
  );
}

/** The first words of a topic's explanation, the largest shares first. */
export function wordShares(words, n) {
  return words.slice(0, n).flatMap((word) => [wordShare(word), " "]);
}
