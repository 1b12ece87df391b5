/**
 * What the map's colors mean. A coloring is `{categories, of, strong}`: categories with a
 * name, a count and a color (given the theme's colors), the category of each row or -1, and
 * whether points in a category stand out of the rest.
 */

import { MOST_COLORS, pixelOf, themeColors } from "./colors.js";
import { allRows, countCodes } from "./map_data.js";
import { DIM, NORMAL, STRONG } from "./point_canvas.js";
import { firstWords, signOf } from "./topic_names.js";

const NONE = -1;

export function byLabel(map) {
  const name = (code) => (code === NONE ? "no label" : map.labels[code]);
  return byCode(map.label, map, name, NONE);
}

export function byTopic(map, topics) {
  return byCode(map.topic, map, (code) => topicCodeName(code, topics), 0);
}

function topicCodeName(code, topics) {
  if (code === 0) return "no topic";
  const topic = topics[Math.abs(code) - 1];
  const sign = signOf(code);
  return `${topic.index}${code < 0 ? "−" : "+"} ${firstWords(topic, sign)}`;
}

/** Colors the most frequent codes, and gives the rest one color together. */
function byCode(codes, map, name, none) {
  const counted = countCodes(codes, allRows(map));
  const frequent = counted.filter(([code]) => code !== none).slice(0, MOST_COLORS);
  const place = new Map(frequent.map(([code], category) => [code, category]));
  const rest = map.size - frequent.reduce((sum, [, rows]) => sum + rows, 0);
  const categories = frequent.map(([code, count], category) => ({
    name: name(code),
    count,
    color: ({ palette }) => palette[category],
  }));
  if (rest > 0) {
    categories.push({ name: "other", count: rest, color: ({ other }) => other });
  }
  const of = Int16Array.from(codes, (code) => place.get(code) ?? frequent.length);
  return { categories, of, strong: false };
}

/** Colors the documents at both sides of a topic. */
export function byOneTopic(map, index, topics) {
  const sides = [index + 1, -(index + 1)];
  const of = Int16Array.from(map.topic, (code) => sides.indexOf(code));
  const counts = [0, 0];
  for (const side of of) if (side !== NONE) counts[side] += 1;
  const categories = sides.map((code, side) => ({
    name: topicCodeName(code, topics),
    count: counts[side],
    color: (colors) => colors.sides[side],
  }));
  return { categories, of, strong: true };
}

/** Colors search results by similarity, in steps from the least to the most similar. */
export function bySimilarity(map, results) {
  const values = results.map(({ similarity }) => similarity);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const steps = low < high ? 4 : 1;
  const width = (high - low) / steps || 1;
  const of = new Int16Array(map.size).fill(NONE);
  const counts = new Array(steps).fill(0);
  for (const { number, similarity } of results) {
    const row = map.rowOf.get(number);
    if (row === undefined) continue;
    const step = Math.min(Math.floor((similarity - low) / width), steps - 1);
    of[row] = step;
    counts[step] += 1;
  }
  const categories = counts.map((count, step) => ({
    name:
      steps === 1
        ? low.toFixed(2)
        : `${(low + step * width).toFixed(2)} to ${(low + (step + 1) * width).toFixed(2)}`,
    count,
    color: ({ ramp }) => ramp[step],
  }));
  return { categories, of, strong: true };
}

/**
 * Turns a coloring into what is drawn: rows that are not in the one category that is
 * isolated, or not in the selection, are dimmed.
 */
export function paintOf({ categories, of, strong }, isolated, selected) {
  const colors = themeColors();
  const inks = categories.map(({ color }) => pixelOf(color(colors)));
  const dim = pixelOf(colors.dim);
  const pixels = new Uint32Array(of.length);
  const levels = new Uint8Array(of.length);
  for (let row = 0; row < of.length; row += 1) {
    const category = of[row];
    const shown =
      category !== NONE &&
      (isolated === null || category === isolated) &&
      (selected === null || selected[row] === 1);
    pixels[row] = shown ? inks[category] : dim;
    levels[row] = shown ? (strong ? STRONG : NORMAL) : DIM;
  }
  return { pixels, levels, background: pixelOf(colors.background) };
}
