/** A text cut where its words begin and end, as the model cuts it, losing nothing. */

// Characters that format a word and do not end it: soft hyphen, joiners, direction marks.
const FORMATTING = String.raw`\u00AD\u034F\u061C\u180B-\u180E\u200C-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFE00-\uFE0F\uFEFF\u{E0100}-\u{E01EF}`;
const INVISIBLE = new RegExp(`[${FORMATTING}]`, "gu");
const RUN = new RegExp(String.raw`[\p{L}\p{N}\p{M}${FORMATTING}]+`, "gu");
const LETTER = /\p{L}/u;
const SHORTEST_STEM = 3;

/** Pieces of a text: `{text, form}`, where `form` is null between words. */
export function pieces(text) {
  const found = [];
  let end = 0;
  for (const { 0: run, index } of text.matchAll(RUN)) {
    if (index > end) found.push({ text: text.slice(end, index), form: null });
    found.push({ text: run, form: LETTER.test(run) ? formOf(run) : null });
    end = index + run.length;
  }
  if (end < text.length) found.push({ text: text.slice(end), form: null });
  return found;
}

function formOf(run) {
  return run
    .replace(INVISIBLE, "")
    .toLowerCase()
    .replace(/([ij\u012F])\u0307/g, "$1");
}

/**
 * Finds the vocabulary's word that stands for each form of a text.
 *
 * The vocabulary may fold forms ("orbiters", "orbiting") into one word ("orbit"), and the
 * service tells only that word. Folded forms begin alike, so the word that shares the
 * longest beginning is taken.
 */
export function wordsOfForms(forms, words, unknown) {
  const ignored = new Set(unknown);
  const exact = new Set(words);
  const found = new Map();
  for (const form of new Set(forms)) {
    if (exact.has(form)) found.set(form, form);
    else if (!ignored.has(form)) {
      const word = likest(form, words);
      if (word !== null) found.set(form, word);
    }
  }
  return found;
}

function likest(form, words) {
  let best = null;
  let longest = SHORTEST_STEM - 1;
  for (const word of words) {
    const shared = sharedStart(form, word);
    if (shared > longest) {
      longest = shared;
      best = word;
    }
  }
  return best;
}

function sharedStart(a, b) {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
