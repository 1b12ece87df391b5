/** The service's HTTP interface: its errors, its key, and the model that is asked. */

import { ApiError } from "./api_error.js";
import { askForKey } from "./key_form.js";

const STORED_KEY = "kate-key";
const STORED_MODEL = "kate-model";

/** Fires `replaced` when answers come from another model or index than those before. */
export const modelChanges = new EventTarget();

let fingerprints = new Map();
let indexVersions = new Map();
let kept = new Map();

function chosenModel() {
  return sessionStorage.getItem(STORED_MODEL);
}

export function chooseModel(name) {
  sessionStorage.setItem(STORED_MODEL, name);
}

/** Leaves the choice of the model to the service; tells whether there had been one. */
export function leaveModel() {
  const had = chosenModel() !== null;
  sessionStorage.removeItem(STORED_MODEL);
  return had;
}

/** Forgets answers that were kept, and what they came from. */
export function forget() {
  fingerprints = new Map();
  indexVersions = new Map();
  kept = new Map();
}

export function get(path, query = {}, signal = undefined) {
  const model = chosenModel();
  const parameters = new URLSearchParams({ ...query, ...(model && { model }) });
  const text = parameters.toString();
  return request(text ? `${path}?${text}` : path, {}, signal);
}

/** As `get`, asked once: the answer does not change as long as the model does not. */
export function getOnce(path, query = {}) {
  const key = JSON.stringify([path, query]);
  if (!kept.has(key)) {
    const answers = kept;
    const answer = get(path, query);
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
  }
  return kept.get(key);
}

export function post(path, body, signal = undefined) {
  const model = chosenModel();
  return request(
    path,
    {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...body, ...(model && { model }) }),
    },
    signal,
  );
}

async function request(path, options, signal) {
  for (;;) {
    const key = sessionStorage.getItem(STORED_KEY);
    const headers = { ...options.headers, ...(key && { Authorization: `Bearer ${key}` }) };
    const response = await reach(path, { ...options, headers, signal });
    const answer = await read(response);
    if (response.ok) {
      checkSource(answer);
      return answer;
    }
    const { message, code } = answer.error ?? {};
    if (response.status !== 401) {
      throw new ApiError(message ?? `The service answered with status ${response.status}.`, code);
    }
    // Another request may have got the key while this one was under way.
    if (sessionStorage.getItem(STORED_KEY) === key) {
      sessionStorage.setItem(STORED_KEY, await askForKey(message));
    }
  }
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(
      "The service does not answer. Check that it runs and that it can be reached.",
      "unreachable",
    );
  }
}

async function read(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (!response.ok) return {};
    throw new ApiError("The answer is not JSON. Does a proxy stand in between?", "not_json");
  }
}

function checkSource({ model, fingerprint, index_version: indexVersion }) {
  check(
    fingerprints,
    model,
    fingerprint,
    "The service now answers with another version of the model.",
  );
  check(indexVersions, model, indexVersion, "The documents of the index have changed.");
}

function check(versions, model, version, words) {
  if (version === undefined) return;
  if (!versions.has(model)) versions.set(model, version);
  if (versions.get(model) === version) return;
  modelChanges.dispatchEvent(new CustomEvent("replaced", { detail: words }));
}
