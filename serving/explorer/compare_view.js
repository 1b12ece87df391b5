/** Two texts: how alike their vectors are, and the topics and words that make them so. */

import { post } from "./api.js";
import { bar } from "./bars.js";
import { button, element, foreign, section } from "./elements.js";
import { exampleEnds, nameOf } from "./examples.js";
import { latest } from "./latest.js";
import { counted, signed } from "./numbers.js";
import { empty, fill, retire, settle } from "./states.js";
import { textField } from "./text_field.js";
import { allTopics, signOf, topicLink } from "./topic_names.js";
import { wordShares } from "./word_share.js";

const WORDS = 5;
const PAGE = 10;

// What the reader has written, so that it is still there on the way back.
let written = null;

export function title() {
  return "Compare two texts";
}

export function show(body, { service: { info }, signal }) {
  fill(body, exampleEnds, (ends) => compareView(ends, info, signal), signal);
}

function compareView(ends, info, signal) {
  const examples = [0, 1].map((place) => ends.map((words) => half(words, place)));
  // At first two texts of one topic that have no word in common.
  const texts = written ?? examples.map(([first]) => first?.[1] ?? "");
  const result = element("div", { class: "results" });
  // Stays in the page, so that a screen reader tells what changes in it.
  const status = element("p", { class: "hidden-text", role: "status" });
  const next = latest(signal);
  const update = () => {
    const current = next();
    if (texts.some((text) => !text.trim())) {
      settle(result, empty("Give two texts to see what they have in common."));
      status.textContent = "";
      return;
    }
    const load = async () => {
      try {
        return await compare([...texts], info.dimensions, current);
      } catch (error) {
        if (!current.aborted) status.textContent = "";
        throw error;
      }
    };
    const tell = (loaded) => {
      status.textContent =
        nothingToCompare(loaded) ?? `Cosine similarity ${signed(loaded.similarity)}`;
      return render(loaded);
    };
    fill(result, load, tell, current);
  };
  const field = (place) =>
    textField({
      label: place === 0 ? "First text" : "Second text",
      text: texts[place],
      limit: info.limits.max_document_bytes,
      examples: Promise.resolve(examples[place]),
      changed: (text) => {
        texts[place] = text;
        written = texts;
        update();
      },
    });
  update();
  return [element("div", { class: "columns" }, field(0), field(1)), status, result];
}

/** Every other word of a topic, from the first or from the second on. */
function half(words, place) {
  return [nameOf(words), words.filter((_, rank) => rank % 2 === place).join(" ")];
}

async function compare(documents, dimensions, signal) {
  const [{ embeddings, known_words: known }, { explanations }, topics] = await Promise.all([
    post("encode", { documents, normalize: true }, signal),
    post("explain", { documents, n_topics: dimensions }, signal),
    allTopics(),
  ]);
  const [first, second] = embeddings;
  const shares = first
    .map((value, index) => ({
      index,
      share: value * second[index],
      values: [value, second[index]],
    }))
    .sort((a, b) => Math.abs(b.share) - Math.abs(a.share));
  const similarity = shares.reduce((sum, { share }) => sum + share, 0);
  return { similarity, shares, explanations, known, topics };
}

function nothingToCompare({ known }) {
  if (!known.includes(0)) return null;
  const text = known[0] === 0 ? "first" : "second";
  return `No word of the ${text} text is in the vocabulary, so there is nothing to compare.`;
}

function render({ similarity, shares, explanations, known, topics }) {
  const nothing = nothingToCompare({ known });
  if (nothing !== null) return empty(nothing);
  return [
    verdict(similarity, known),
    element(
      "div",
      { class: "columns" },
      section(
        "Topics by their share of the similarity",
        element(
          "p",
          { class: "hint" },
          "The shares of all topics sum to the similarity. Below each: the words that move it most, by text.",
        ),
        topicShares(shares, explanations, topics),
      ),
      element("div", {}, ...wordSets(explanations)),
    ),
  ];
}

function verdict(similarity, known) {
  return element(
    "div",
    { class: "verdict" },
    element("p", {}, "Cosine similarity ", element("strong", {}, signed(similarity))),
    bar(similarity, true),
    element(
      "p",
      { class: "hint" },
      `−1 opposite, 0 unrelated, +1 the same. Known words: ${known.join(" and ")}.`,
    ),
  );
}

function topicShares(shares, explanations, topics) {
  const list = element("ol", { class: "lit" });
  const largest = Math.abs(shares[0].share) || 1;
  const byIndex = explanations.map(
    (explanation) => new Map(explanation.topics.map((topic) => [topic.index, topic])),
  );
  const more = button("", () => extend());
  const extend = () => {
    const start = list.children.length;
    const rows = shares.slice(start, start + PAGE);
    list.append(...rows.map((share) => shareItem(share, largest, byIndex, topics)));
    const left = shares.length - list.children.length;
    more.textContent = `Show more of ${counted(left, "topic")}`;
    if (left === 0) retire(more, list.children[start]);
  };
  extend();
  return element("div", { class: "stack" }, list, element("p", {}, more));
}

function shareItem({ index, share, values }, largest, byIndex, topics) {
  return element(
    "li",
    {},
    element(
      "p",
      { class: "lit-head" },
      // The words are those of the side on which the first text lies.
      topicLink(topics[index], signOf(values[0])),
      bar(share / largest, true),
      element("span", { class: "bar-number" }, signed(share)),
    ),
    ...byIndex.map((explained, place) =>
      element(
        "p",
        { class: "causes" },
        element(
          "span",
          { class: "hint" },
          `${place === 0 ? "First" : "Second"} ${signed(values[place], 2)}: `,
        ),
        ...wordShares(explained.get(index).words, WORDS),
      ),
    ),
  );
}

function wordSets(explanations) {
  const [first, second] = explanations.map(
    ({ topics }) => new Set(topics[0].words.map(({ word }) => word)),
  );
  const [unknownFirst, unknownSecond] = explanations.map((e) => e.unknown_words);
  return [
    wordSet(
      "In both",
      [...first].filter((word) => second.has(word)),
    ),
    wordSet(
      "Only in the first",
      [...first].filter((word) => !second.has(word)),
    ),
    wordSet(
      "Only in the second",
      [...second].filter((word) => !first.has(word)),
    ),
    wordSet("Unknown words of the first", unknownFirst),
    wordSet("Unknown words of the second", unknownSecond),
  ];
}

function wordSet(heading, words) {
  return section(
    heading,
    words.length === 0
      ? element("p", { class: "hint" }, "None.")
      : element("p", { class: "chips" }, ...words.flatMap((word) => [foreign("span", word), " "])),
  );
}
