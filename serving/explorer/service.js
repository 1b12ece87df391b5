/** What is served: the model's card, its limits, and facts of the index, if any. */

import { getOnce } from "./api.js";

export async function openService() {
  const info = await getOnce("info");
  return { info, index: info.index ? (await getOnce("index")).index : null };
}
