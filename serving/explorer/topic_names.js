/** Topics by the words that move them: a topic has no other name. */

import { getOnce } from "./api.js";
import { element, foreign, link } from "./elements.js";
import { routeTo } from "./router.js";

/** Words per sign that are known of every topic. */
export const TOP_WORDS = 30;

export async function allTopics() {
  return (await getOnce("topics", { n_words: TOP_WORDS })).topics;
}

/**
 * As `allTopics`, but topics are without words where the model cannot tell them, because
 * they act through two layers.
 */
export async function topicsToName(dimensions) {
  try {
    return await allTopics();
  } catch (error) {
    if (error.code !== "wrong_value") throw error;
    return Array.from({ length: dimensions }, (_, index) => ({
      index,
      positive: [],
      negative: [],
    }));
  }
}

export function firstWords(topic, sign, n = 3) {
  return topic[sign]
    .slice(0, n)
    .map(({ word }) => word)
    .join(" ");
}

export function signOf(number) {
  return number < 0 ? "negative" : "positive";
}

/** A topic's number and the first words of one of its sides, as a link to its page. */
export function topicLink(topic, sign) {
  return link(routeTo("topics", [topic.index]), ...topicName(topic, sign));
}

function topicName(topic, sign) {
  const symbol = sign === "negative" ? "−" : "+";
  return [
    element("span", { class: "number" }, `${topic.index}${symbol} `),
    foreign("span", firstWords(topic, sign)),
  ];
}

export function wordLink(word) {
  return foreign("a", word, { href: routeTo("words", [word]) });
}
