/** Documents by number, read when they are needed and kept for a while. */

import { get } from "./api.js";

/** Most numbers that one request may name. */
export const BATCH = 100;
const MOST_KEPT = 5000;

let kept = new Map();

/** Reads documents in the order of their numbers; those deleted since are left out. */
export async function documentsOf(numbers, signal) {
  // Answers that come once all is forgotten, of another model, are not kept.
  const answers = kept;
  // What is forgotten in between must still be there for this list.
  const found = new Map(numbers.map((number) => [number, kept.get(number)]));
  const missing = numbers.filter((number) => found.get(number) === undefined);
  for (let start = 0; start < missing.length; start += BATCH) {
    const batch = missing.slice(start, start + BATCH);
    const { documents } = await get("documents", { numbers: batch.join() }, signal);
    if (answers.size > MOST_KEPT) answers.clear();
    for (const number of batch) answers.set(number, null);
    for (const document of documents) {
      answers.set(document.number, document);
      found.set(document.number, document);
    }
  }
  return numbers.map((number) => found.get(number)).filter(Boolean);
}

export function forgetDocuments() {
  kept = new Map();
}
