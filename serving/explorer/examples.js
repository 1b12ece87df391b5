/** Texts to try: words of the model's own topics, so that any model knows them. */

import { allTopics } from "./topic_names.js";

const ENDS = 3;
const WORDS = 10;

/** The words of some topics, each at its stronger end, strongest first. */
export async function exampleEnds() {
  const topics = await allTopics();
  const n = Math.min(ENDS, topics.length);
  return Array.from({ length: n }, (_, place) =>
    strongerEnd(topics[Math.floor((place * topics.length) / n)]),
  ).filter((words) => words.length > 1);
}

function strongerEnd({ positive, negative }) {
  const ends = [positive, negative].sort((a, b) => influence(b) - influence(a));
  return ends[0].slice(0, WORDS).map(({ word }) => word);
}

function influence(end) {
  return end.length ? Math.abs(end[0].influence) : 0;
}

/** What a button that fills in such words is called. */
export function nameOf(words) {
  return words[0];
}
