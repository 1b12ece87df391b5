/** What is served: the model's card, its limits, and facts of the index, if any. */

import { getOnce } from "./api.js";

export async function openService() {
  const info = await getOnce("info");
  return { info, index: await indexFacts() };
}

async function indexFacts() {
  try {
    return (await getOnce("index")).index;
  } catch (error) {
    if (error.code === "no_index" || error.code === "not_found") return null;
    throw error;
  }
}
