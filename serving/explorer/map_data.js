/** The map's points as typed arrays, one entry per document. */

import { getOnce } from "./api.js";

const decoded = new WeakMap();

export async function loadMap() {
  const answer = await getOnce("map");
  if (!decoded.has(answer)) decoded.set(answer, decode(answer));
  return decoded.get(answer);
}

function decode({ documents, labels, columns }) {
  const number = new Uint32Array(bytesOf(columns.number));
  return {
    size: documents,
    labels,
    number,
    x: new Float32Array(bytesOf(columns.x)),
    y: new Float32Array(bytesOf(columns.y)),
    topic: new Int16Array(bytesOf(columns.topic)),
    label: new Int16Array(bytesOf(columns.label)),
    rowOf: new Map(Array.from(number, (n, row) => [n, row])),
  };
}

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}

/** How many of some rows have each code; rows of a code, most first: `[code, rows]`. */
export function countCodes(codes, rows) {
  const counts = new Map();
  for (const row of rows) counts.set(codes[row], (counts.get(codes[row]) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

export function allRows({ size }) {
  return Uint32Array.from({ length: size }, (_, row) => row);
}
