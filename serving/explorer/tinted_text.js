/** A text with its words tinted by their shares. */

import { element } from "./elements.js";
import { signed } from "./numbers.js";
import { pieces, wordsOfForms } from "./word_pieces.js";

// A page of every word of a book would be slow, and nobody would read it here.
const MOST_SHOWN = 20_000;

/**
 * Shows the beginning of a text with words tinted.
 *
 * @param {string} text - The text that was explained.
 * @param {Map<string, number>} shares - Of the vocabulary's words that are in it.
 * @param {string[]} unknown - Its words that the model does not know.
 */
export function tintedText(text, shares, unknown) {
  const cut = pieces(text.slice(0, MOST_SHOWN));
  const forms = cut.map(({ form }) => form).filter((form) => form !== null);
  const words = wordsOfForms(forms, [...shares.keys()], unknown);
  const ignored = new Set(unknown);
  const largest = Math.max(...[...shares.values()].map(Math.abs), Number.MIN_VALUE);
  const node = element("p", {
    class: "tinted",
    dir: "auto",
    role: "region",
    "aria-label": "Text with tinted words",
    tabindex: "0",
  });
  for (const piece of cut) {
    const word = words.get(piece.form);
    if (word !== undefined) node.append(tinted(piece.text, word, shares.get(word), largest));
    else if (ignored.has(piece.form))
      node.append(element("span", { class: "unknown" }, piece.text));
    else node.append(piece.text);
  }
  if (text.length > MOST_SHOWN) node.append("…");
  return node;
}

function tinted(text, word, share, largest) {
  const node = element(
    "span",
    {
      class: share < 0 ? "tint negative" : "tint positive",
      title: `${word} ${signed(share)}`,
    },
    text,
  );
  node.style.setProperty("--part", Math.abs(share) / largest);
  return node;
}
