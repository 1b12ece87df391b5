/** What is served: the model's card, its limits, and facts of the index, if any. */

import { getOnce, leaveModel } from "./api.js";

export async function openService() {
  const info = await readInfo();
  return { info, index: info.index ? (await getOnce("index")).index : null };
}

async function readInfo() {
  try {
    return await getOnce("info");
  } catch (error) {
    // The tab may remember a model that is served no longer.
    if (error.code !== "model_not_found" || !leaveModel()) throw error;
    return getOnce("info");
  }
}
